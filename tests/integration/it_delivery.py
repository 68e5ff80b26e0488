#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_delivery - an alert finds its way although the other side is slow, broken, full, gone or wrong.
# What:  scripted receivers (HTTP and mail) and what the line does with their answers: back-off, Retry-After, second address, circuit
#        breaker, pause for wrong credentials; and what each trust level lets out over the wire.
# Not here: the sender alone (it_sender), restarts (it_restart).
import email
import email.policy
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, alerts_at, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
URGENT = "tulong po sinasaktan ako ng amo ko"
CRITICAL = "papatayin nya ako, may kutsilyo"
BACK_OFF_FIRST_S, BACK_OFF_SECOND_S = 0.4, 0.8


def rows(line, **wanted):
    found = line.rows("outbox", "list", "--state", "all")
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def times_at(sink, path):
    return [item["at"] for item in sink.requests if item["path"] == path]


def two_addresses(sink, first="/first", second="/second", channel="spare"):
    return ('{ name = "ngo"; title = "NGO"; kind = "ngo"; trust = "full"; addresses = ( { channel = "desk"; to = "%s"; }, '
            '{ channel = "%s"; to = "%s"; } ); }' % (sink.url(first), channel, sink.url(second)))


def spare_channel(sink, extra=""):
    return ', { name = "spare"; kind = "webhook"; secret = "%s"; url = "%s"; retry_first = "100 ms"; retry_max = "1 s"; %s }' % (
        helpline.WEBHOOK_SECRET, sink.url("/"), extra)


# ---- tries and waits -------------------------------------------------------------------------------------------

def failing_receiver_is_tried_again_with_growing_pauses_until_it_takes_the_alert():
    retry = 'retry_first = "400 ms"; retry_max = "10 s";'
    with sinks.HttpSink(script={"/ngo": [{"status": 500}, {"status": 500}, {}]}, secret=helpline.WEBHOOK_SECRET) as sink:
        with Line(simple_config(sink, retry=retry)) as line:
            line.text(HER, URGENT)
            received(sink, "/ngo", count=3)
            wait_until(lambda: rows(line, state="sent"), "a sent row")
            at = times_at(sink, "/ngo")
            # The pause doubles; a quarter of jitter, and some time for the machine, on top.
            assert BACK_OFF_FIRST_S <= at[1] - at[0] < BACK_OFF_FIRST_S * 1.25 + 0.5, at
            assert BACK_OFF_SECOND_S <= at[2] - at[1] < BACK_OFF_SECOND_S * 1.25 + 0.5, at
            assert [item["signature"] for item in sink.requests] == ["valid"] * 3
            assert len({item["headers"]["webhook-id"] for item in sink.requests}) == 1
            row = rows(line)[0]
            assert (row["attempt"], row["outcome"], row["may_be_repeated"]) == (3, "sent", False), row


def retry_after_of_the_receiver_is_obeyed():
    with sinks.HttpSink(script={"/ngo": [{"status": 429, "retry_after": 2}, {}]}) as sink, Line(simple_config(sink)) as line:
        line.text(HER, URGENT)
        received(sink, "/ngo", count=2)
        at = times_at(sink, "/ngo")
        assert 1.9 <= at[1] - at[0] < 3.0, at
        assert line.ctl_json("channels", "list")[1]["failures"] == 0  # it says nothing about the health of the channel


def receiver_that_is_gone_is_listed_as_dead_and_can_be_kicked():
    with sinks.HttpSink(script={"/ngo": [{"status": 410}, {}]}) as sink, Line(simple_config(sink)) as line:
        line.text(HER, URGENT)
        wait_until(lambda: rows(line, state="dead"), "a dead row")
        row = line.rows("outbox", "list", "--state", "dead")[0]
        assert (row["attempt"], row["outcome"], row["contact"]) == (1, "rejected", "ngo"), row
        assert row in line.rows("outbox", "list"), "a dead row is not shown without being asked for"
        assert len(sink.requests) == 1
        line.ctl("outbox", "kick", str(row["outbox"]))
        received(sink, count=2)
        wait_until(lambda: rows(line, state="sent"), "a sent row")
        assert line.ctl("outbox", "kick", str(row["outbox"]), check=False).returncode == 1
        assert "outbox.kick" in [audit["action"] for audit in line.rows("audit", "list")]


def all_dead_rows_are_kicked_at_once():
    with sinks.HttpSink(script={"/ngo": [{"status": 404}, {"status": 404}, {}]}) as sink, Line(simple_config(sink)) as line:
        line.text(HER, URGENT)
        line.text("+966501110002", URGENT)
        wait_until(lambda: len(rows(line, state="dead")) == 2, "two dead rows")
        assert "2 rows" in line.ctl("outbox", "kick", "dead").stdout
        received(sink, count=4)


def row_is_dead_after_its_last_try():
    with sinks.HttpSink(script={"/ngo": [{"status": 500}]}) as sink:
        with Line(simple_config(sink, retry='retry_first = "100 ms"; retry_max = "1 s"; attempts_max = 3;')) as line:
            line.text(HER, URGENT)
            wait_until(lambda: rows(line, state="dead"), "a dead row")
            assert len(sink.requests) == 3
            assert "alert.fail" in [audit["action"] for audit in line.rows("audit", "list")]


def answer_that_is_lost_makes_the_alert_come_again_marked():
    for how in ("before", "middle", "reset"):
        with sinks.HttpSink(script={"/ngo": [{"close": how, "pad": 100}, {}]}) as sink, Line(simple_config(sink)) as line:
            line.text(HER, URGENT)
            alerts = received(sink, "/ngo", count=2)
            assert [alert["may_be_repeated"] for alert in alerts] == [False, True], (how, alerts)


def redirect_is_not_followed():
    with sinks.HttpSink(script={"/ngo": [{"status": 302, "headers": {"Location": "/elsewhere"}}, {}]}) as sink, Line(simple_config(sink)) as line:
        line.text(HER, URGENT)
        received(sink, "/ngo", count=2)
        assert not alerts_at(sink, "/elsewhere")


# ---- second address --------------------------------------------------------------------------------------------

def dead_first_address_leads_to_the_second():
    with sinks.HttpSink(script={"/first": [{"status": 410}], "/second": [{}]}) as sink:
        with Line(simple_config(sink, channels=spare_channel(sink), contacts=two_addresses(sink))) as line:
            line.text(HER, URGENT)
            alert = received(sink, "/second")[0]
            assert alert["text"] == URGENT
            assert (len(rows(line, state="dead")), len(rows(line, channel="spare", state="sent"))) == (1, 1), rows(line)


def working_first_address_leaves_the_second_alone():
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=spare_channel(sink), contacts=two_addresses(sink))) as line:
        line.text(HER, URGENT)
        received(sink, "/first")
        wait_until(lambda: rows(line, state="sent"), "a sent row")
        assert len(rows(line)) == 1 and not alerts_at(sink, "/second")


def critical_alert_goes_to_the_second_address_too_when_the_first_does_not_answer_in_time():
    more = 'limits = { second_address_after = "5 s"; };'
    with sinks.HttpSink(script={"/first": [{"delay": 20}], "/second": [{}]}) as sink:
        with Line(simple_config(sink, channels=spare_channel(sink), contacts=two_addresses(sink), more=more)) as line:
            line.text(HER, CRITICAL)
            line.text("+966501110002", URGENT)
            received(sink, "/second")
            at, first = times_at(sink, "/second")[0], times_at(sink, "/first")[0]
            assert 4.8 <= at - first < 7, at - first
            assert [alert["case"] for alert in alerts_at(sink, "/second")] == [1001], "only the critical one"


def closed_case_is_not_carried_to_the_second_address():
    more = 'limits = { second_address_after = "5 s"; };'
    with sinks.HttpSink(script={"/first": [{"status": 500}]}) as sink:
        with Line(simple_config(sink, channels=spare_channel(sink), contacts=two_addresses(sink), more=more)) as line:
            line.text(HER, CRITICAL)
            received(sink, "/first")
            assert len(rows(line, state="queued", channel="spare")) == 1, rows(line)
            line.ctl("cases", "close", "1001", "done")
            wait_until(lambda: len(rows(line, state="cancelled")) == 2, "cancelled rows")
            assert not alerts_at(sink, "/second")


# ---- one bad channel does not spoil the others -----------------------------------------------------------------

def hanging_receiver_does_not_delay_the_others():
    with sinks.HttpSink(script={"/slow": [{"delay": 20}], "*": [{}]}) as sink:
        contacts = ('{ name = "slow"; title = "s"; kind = "ngo"; addresses = ( { channel = "desk"; to = "%s"; } ); }, '
                    '{ name = "quick"; title = "q"; kind = "ngo"; trust = "full"; addresses = ( { channel = "spare"; to = "%s"; } ); }'
                    % (sink.url("/slow"), sink.url("/quick")))
        policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "slow", "quick" ]; } ); }'
        retry = 'in_flight_max = 2; retry_first = "100 ms"; retry_max = "1 s";'
        with Line(simple_config(sink, channels=spare_channel(sink), contacts=contacts, policy=policy, retry=retry)) as line:
            for i in range(20):
                line.text("+96650333%04d" % i, URGENT)
            received(sink, "/quick", count=20)
            spread = max(times_at(sink, "/quick")) - min(times_at(sink, "/slow"))
            assert spread < 3, spread
            assert len(times_at(sink, "/slow")) == 2, "the limit of tries in flight is not kept"
            # The receiver has the last one a moment before the daemon has its answer.
            in_flight = lambda: {row["channel"]: row["in_flight"] for row in line.rows("channels", "list")}
            wait_until(lambda: in_flight()["spare"] == 0, "the last answer")
            assert in_flight()["desk"] == 2, in_flight()
            assert processor_time(line.daemon.pid, 1.0) < 0.3, "the daemon is busy although it only waits"


def processor_time(pid, seconds):
    def spent():
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    before = spent()
    time.sleep(seconds)
    return spent() - before


def broken_channel_rests_after_several_failures_and_is_then_probed():
    script = {"/ngo": [{"status": 500}] * 5 + [{}]}
    with sinks.HttpSink(script=script) as sink, Line(simple_config(sink)) as line:
        line.text(HER, URGENT)
        wait_until(lambda: line.events("channel_resting"), "the channel to rest")
        channel = line.rows("channels", "list")[1]
        assert (channel["state"], channel["failures"]) == ("resting", 5), channel
        for i in range(5):
            line.text("+96650444%04d" % i, URGENT)
        assert processor_time(line.daemon.pid, 0.5) < 0.2, "the daemon is busy although the channel rests"
        assert len(sink.requests) == 5, "a resting channel was tried"
        received(sink, count=11, patience=25)  # 10 s of rest
        at = times_at(sink, "/ngo")
        assert at[5] - at[4] > 9, at
        wait_until(lambda: line.events("channel_recovered"), "the channel to recover")
        assert line.rows("channels", "list")[1]["state"] == "ok"


def wrong_credentials_pause_the_channel_and_the_next_address_is_used():
    with sinks.HttpSink(script={"/first": [{"status": 401}], "/second": [{}]}) as sink:
        with Line(simple_config(sink, channels=spare_channel(sink), contacts=two_addresses(sink))) as line:
            line.text(HER, URGENT)
            received(sink, "/second")
            wait_until(lambda: line.events("channel_paused"), "a loud pause")
            assert line.rows("channels", "list")[1]["state"] == "paused"
            line.text("+966501110002", URGENT)
            time.sleep(0.3)
            assert len(times_at(sink, "/first")) == 1, "a paused channel was tried"


def disabled_channel_and_missing_sender_cost_no_processor_time():
    with sinks.HttpSink() as sink:
        line = Line(simple_config(sink, channels=', { name = "off"; kind = "loopback"; enabled = false; }'), with_sender=False)
        with line:
            line.text(HER, URGENT)
            assert processor_time(line.daemon.pid, 0.7) < 0.2


# ---- mail ------------------------------------------------------------------------------------------------------

def mail_config(sink, mail, trust="full", extra=""):
    channel = ', { name = "mail"; kind = "mail"; url = "smtp://127.0.0.1:%d"; security = "none"; from = "line@example.org"; retry_first = "100 ms"; %s }' % (
        mail.port, extra)
    contact = '{ name = "ngo"; title = "NGO"; kind = "ngo"; trust = "%s"; addresses = ( { channel = "mail"; to = "duty@ngo.example.org"; } ); }' % trust
    return simple_config(sink, channels=channel, contacts=contact)


def mails_of(mail, count=1):
    wait_until(lambda: len(mail.mails) >= count, "%d mails" % count)
    return [email.message_from_string(item["body"], policy=email.policy.default) for item in mail.mails]


def alert_by_mail_is_plain_text_with_its_case_and_its_rules():
    text = "እርዱኝ አሠሪዬ ይመታኛል ፓስፖርቴን ወሰደ"
    with sinks.HttpSink() as sink, sinks.SmtpSink() as mail, Line(mail_config(sink, mail)) as line:
        line.text(HER, text)
        one = mails_of(mail)[0]
        assert mail.mails[0]["from"].startswith("<line@example.org>") and mail.mails[0]["to"][0].startswith("<duty@ngo.example.org>"), mail.mails
        assert one["Subject"].startswith("URGENT case 1001: ") and "violence" in one["Subject"], one["Subject"]
        assert one["From"] == "Help line <line@example.org>" and one["To"] == "duty@ngo.example.org", (one["From"], one["To"])
        assert (one["Auto-Submitted"], one.get_content_type(), one.get_content_charset()) == ("auto-generated", "text/plain", "utf-8")
        assert one["In-Reply-To"] == one["References"] == "<case-1001@example.org>", one["References"]
        assert text in one.get_content() and HER in one.get_content() and "Unverified" in one.get_content(), one.get_content()
        head = mail.mails[0]["body"].split("\r\n\r\n")[0]
        assert all(ord(c) < 127 for c in head) and text.split()[1] not in head, head


def mail_that_is_tried_again_keeps_its_id_and_mails_of_a_case_make_a_thread():
    script = {"dot": ["451 4.3.0 later", "451 4.3.0 later"]}
    with sinks.HttpSink() as sink, sinks.SmtpSink(script=script) as mail, Line(mail_config(sink, mail)) as line:
        line.text(HER, URGENT)
        mails_of(mail, 3)
        line.text(HER, CRITICAL)
        line.text("+966501110002", URGENT)
        mails = mails_of(mail, 5)
        ids = [one["Message-ID"] for one in mails]
        assert ids[0] == ids[1] == ids[2] and len(set(ids)) == 3, ids
        threads = sorted(one["References"] for one in mails[3:])
        assert threads == ["<case-1001@example.org>", "<case-1002@example.org>"], threads
        critical = [one for one in mails if one["Subject"].startswith("CRITICAL case 1001")]
        assert critical and critical[0]["X-Priority"] == "1", [one["Subject"] for one in mails]


def mail_server_that_refuses_the_address_makes_the_row_dead():
    with sinks.HttpSink() as sink, sinks.SmtpSink(script={"rcpt": ["550 5.1.1 no such user"]}) as mail, Line(mail_config(sink, mail)) as line:
        line.text(HER, URGENT)
        wait_until(lambda: rows(line, state="dead"), "a dead row")
        assert rows(line)[0]["code"] == "550", rows(line)


def wrong_mail_password_pauses_the_channel():
    login = 'user = "line"; password = "wrong";'
    with sinks.HttpSink() as sink, sinks.SmtpSink(auth=("line", "right")) as mail, Line(mail_config(sink, mail, extra=login)) as line:
        line.text(HER, URGENT)
        wait_until(lambda: line.events("channel_paused"), "a loud pause")
        assert not mail.mails


# ---- trust -----------------------------------------------------------------------------------------------------

def each_trust_level_receives_what_it_may_and_no_more():
    text = "ako po si Rosalinda Magtanggol, sinasaktan ako ng amo ko, tawag 0551234567 o sulat rosalinda@mail.example 3 days na"
    levels = ("minimal", "masked", "full")
    with sinks.HttpSink(secret=helpline.WEBHOOK_SECRET) as sink, sinks.SmtpSink() as mail:
        contacts = ", ".join(desk(sink, name=level, trust=level) for level in levels)
        contacts += ', { name = "post"; title = "p"; kind = "ngo"; trust = "minimal"; addresses = ( { channel = "mail"; to = "a@b.example"; } ); }'
        policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "minimal", "masked", "full", "post" ]; } ); }'
        channel = ', { name = "mail"; kind = "mail"; url = "smtp://127.0.0.1:%d"; security = "none"; from = "line@example.org"; }' % mail.port
        with Line(simple_config(sink, channels=channel, contacts=contacts, policy=policy)) as line:
            line.text(HER, text)
            received(sink, count=3)
            alerts = {level: alerts_at(sink, "/" + level)[0] for level in levels}
            assert alerts["full"]["text"] == text and alerts["full"]["from"] == HER
            assert "from" not in alerts["masked"] and "sinasaktan ako ng amo ko" in alerts["masked"]["text"], alerts["masked"]
            assert "3 days" in alerts["masked"]["text"], alerts["masked"]
            assert "text" not in alerts["minimal"] and "from" not in alerts["minimal"], alerts["minimal"]
            for level in levels:
                assert {"case", "alert", "urgency", "categories", "flags", "language", "country", "received_at", "verified",
                        "ack_url", "may_be_repeated"} <= set(alerts[level]), (level, alerts[level])
            post = mails_of(mail)[0]
            limited = [json.dumps(alerts["masked"]), json.dumps(alerts["minimal"]), str(post), post.get_content()]
            for word in ("Rosalinda", "Magtanggol", "0551234567", "551234567", "rosalinda@", HER[1:]):
                assert not any(word in shown for shown in limited), word
            for word in ("sinasaktan", "amo"):
                assert not any(word in shown for shown in limited[1:]), word


tap.run([
    failing_receiver_is_tried_again_with_growing_pauses_until_it_takes_the_alert,
    retry_after_of_the_receiver_is_obeyed,
    receiver_that_is_gone_is_listed_as_dead_and_can_be_kicked,
    all_dead_rows_are_kicked_at_once,
    row_is_dead_after_its_last_try,
    answer_that_is_lost_makes_the_alert_come_again_marked,
    redirect_is_not_followed,
    dead_first_address_leads_to_the_second,
    working_first_address_leaves_the_second_alone,
    critical_alert_goes_to_the_second_address_too_when_the_first_does_not_answer_in_time,
    closed_case_is_not_carried_to_the_second_address,
    hanging_receiver_does_not_delay_the_others,
    broken_channel_rests_after_several_failures_and_is_then_probed,
    wrong_credentials_pause_the_channel_and_the_next_address_is_used,
    disabled_channel_and_missing_sender_cost_no_processor_time,
    alert_by_mail_is_plain_text_with_its_case_and_its_rules,
    mail_that_is_tried_again_keeps_its_id_and_mails_of_a_case_make_a_thread,
    mail_server_that_refuses_the_address_makes_the_row_dead,
    wrong_mail_password_pauses_the_channel,
    each_trust_level_receives_what_it_may_and_no_more,
])
