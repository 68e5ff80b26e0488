#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_intake - the main job, end to end: a text comes in by a provider's webhook, and the right people hold an alert.
# What:  stories with the real daemon and sender, signed requests, and scripted receivers.
# Keeps: each story has a line of its own; port 0; nothing sleeps where it can look.
# Not here: requests that are broken (it_bad_input), deliveries that fail (it_delivery), crashes (it_restart).
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TWILIO_LINE, Line, alerts_at, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TAGALOG = "tulong po, sinasaktan ako ng amo ko, ayaw ibigay passport ko. wag po tumawag, text lang"
WAGES = "hindi po ako binabayaran ng sweldo 3 buwan na"
DANGER = "papatayin nya ako, may kutsilyo"
ADVERT = "CONGRATULATIONS! You have won 50,000 in our lucky draw. Claim your prize now at www.prize.example"
XML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
ALERTED_S = tap.within(2.0)


def desk_sink(script=None):
    return sinks.HttpSink(script=script, secret=helpline.WEBHOOK_SECRET)


def only(rows):
    assert len(rows) == 1, rows
    return rows[0]


def no_more(sink, count):
    """Nothing else is on its way: the outbox is empty and the sink has seen exactly so many."""
    assert len(sink.requests) == count, [item["body"] for item in sink.requests]


def settled(line):
    wait_until(lambda: not line.rows("outbox", "list"), "an outbox in which nothing waits")


# ---- the way in ------------------------------------------------------------------------------------------------

def signed_text_in_tagalog_is_an_alert_at_the_desk_within_seconds():
    with desk_sink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        before = time.time()
        answer = line.twilio(HER, TAGALOG)
        assert (answer.status, answer.body) == (200, XML), (answer.status, answer.body)
        assert answer.headers["Content-Type"] == "text/xml", answer.headers
        alert = only(received(sink))
        item = sink.requests[0]
        assert item["at"] - before < ALERTED_S, item["at"] - before
        assert item["signature"] == "valid", item["headers"]
        assert item["headers"]["Content-Type"] == "application/json", item["headers"]
        assert alert["case"] >= 1000 and re.fullmatch("[0-9a-f]{32}", alert["alert"]), alert
        want = {"urgency": "urgent", "categories": ["violence", "documents"], "flags": ["do_not_call"], "language": "tl", "country": "SA",
                "verified": False, "text": TAGALOG, "from": HER, "may_be_repeated": False}
        for name, value in want.items():
            got = sorted(alert[name]) if isinstance(value, list) else alert[name]
            assert got == (sorted(value) if isinstance(value, list) else value), (name, got, value)
        stamp = time.strptime(alert["received_at"], "%Y-%m-%dT%H:%M:%SZ")
        assert abs(time.mktime(stamp) - time.timezone - before) < 5, alert["received_at"]
        assert alert["ack_url"].startswith("http://127.0.0.1:1/ack/"), alert["ack_url"]


def duplicate_webhook_opens_one_case_and_is_answered_with_success():
    with desk_sink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        answers = [line.twilio(HER, TAGALOG, identity="SM" + "a" * 32) for _ in range(3)]
        assert [(a.status, a.body) for a in answers] == [(200, XML)] * 3
        assert only(line.rows("cases", "list"))["messages"] == 1
        assert only(line.rows("messages", "list"))["flags"] == ["do_not_call"]
        settled(line)
        no_more(sink, 1)
        assert line.case(1001)["message"][0]["copies"] == 2


def copy_without_an_id_is_the_same_text_and_counted():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        body = "from=%2B966501110001&to=%2B966500000000&text=tulong+po"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert [line.request("POST", "/in/line/message", body, kind).status for _ in range(2)] == [200, 200]
        assert only(line.rows("cases", "list"))["messages"] == 1
        assert line.case(1001)["message"][0]["copies"] == 1


def forged_request_is_refused_kept_and_can_be_let_in_by_a_person():
    with desk_sink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        answer = line.twilio(HER, TAGALOG, token="f" * 32)
        assert (answer.status, answer.body) == (403, b""), (answer.status, answer.body)
        assert not line.rows("cases", "list") and not line.rows("messages", "list")
        kept = only(line.rows("quarantine", "list"))
        assert (kept["channel"], kept["reason"], kept["state"]) == ("line", "signature", "kept"), kept
        shown = line.rows("quarantine", "show", str(kept["id"]))
        assert "Body=tulong+po" in shown[1]["request"] and "POST /in/line/message" in shown[1]["request"], shown
        no_more(sink, 0)
        done = line.ctl("quarantine", "release", str(kept["id"]))
        assert "released into case 1001" in done.stdout, done.stdout
        alert = only(received(sink))
        assert (alert["case"], alert["text"], alert["from"]) == (1001, TAGALOG, HER), alert
        assert not line.rows("quarantine", "list")
        assert only(line.rows("quarantine", "list", "--state", "released"))["resolved_by"].startswith("uid:")
        assert line.ctl("quarantine", "release", str(kept["id"]), check=False).returncode == 1


def release_of_what_the_provider_has_repeated_meanwhile_opens_no_second_case():
    with desk_sink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        line.twilio(HER, TAGALOG, identity="SM" + "b" * 32, token="f" * 32)
        assert line.twilio(HER, TAGALOG, identity="SM" + "b" * 32).status == 200
        line.ctl("quarantine", "release", str(only(line.rows("quarantine", "list"))["id"]))
        assert only(line.rows("cases", "list"))["messages"] == 1


def token_before_the_rotation_is_accepted_beside_the_present_one():
    rotated = TWILIO_LINE.replace("public_url", 'auth_token_previous = "%s"; public_url' % ("9" * 32))
    with desk_sink() as sink, Line(simple_config(sink, line=rotated)) as line:
        statuses = [line.twilio(HER, TAGALOG, token=token).status for token in (helpline.TOKEN, "9" * 32, "8" * 32)]
        assert statuses == [200, 200, 403], statuses


def late_but_authentic_text_is_taken_and_marked_late():
    channel = ('{ name = "line"; kind = "generic"; auth = "hmac"; secret = "sesame"; country = "SA"; signed_text = "{timestamp}.{body}"; '
               'timestamp_header = "X-Time"; }')
    with desk_sink() as sink, Line(simple_config(sink, line=channel)) as line:
        def send(age_s, number):
            body = json.dumps({"from": number, "to": "+966500000000", "text": "tulong po", "id": secrets.token_hex(8)})
            stamp = str(int(time.time()) - age_s)
            mac = hmac.new(b"sesame", (stamp + "." + body).encode(), hashlib.sha256).hexdigest()
            return line.request("POST", "/in/line/message", body, {"Content-Type": "application/json", "X-Signature": mac, "X-Time": stamp})
        assert (send(0, HER).status, send(3600, "+966501110002").status) == (200, 200)
        late = {row["case"]: row["late"] for row in line.rows("messages", "list")}
        assert late == {1001: False, 1002: True}, late
        received(sink, count=2)


def unknown_channel_is_not_found_and_kept():
    with desk_sink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        assert line.text(HER, "tulong po", channel="lime").status == 404
        kept = only(line.rows("quarantine", "list"))
        assert (kept["channel"], kept["reason"]) == ("lime", "unknown_channel"), kept
        assert not line.rows("messages", "list")


# ---- delivery reports ------------------------------------------------------------------------------------------

SMS_PATH = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json"


def sms_line(sink):
    """The contact is a telephone: its alert goes out by the provider, which later reports on it."""
    contact = '{ name = "ngo"; title = "NGO"; kind = "ngo"; trust = "full"; addresses = ( { channel = "line"; to = "+639170000001"; } ); }'
    channel = TWILIO_LINE.replace("public_url", 'api_url = "%s"; public_url' % sink.url(""))
    return simple_config(sink, line=channel, contacts=contact)


def report(line, sid, status, code=""):
    fields = {"MessageSid": sid, "SmsSid": sid, "AccountSid": "AC" + "0" * 32, "MessageStatus": status, "To": "+639170000001"}
    if code:
        fields["ErrorCode"] = code
    answer = line.twilio_form("/in/line/status", fields)
    assert answer.status == 200, answer.status


def state_of(line, outbox=1):
    return only([row for row in line.rows("outbox", "list", "--state", "all") if row["outbox"] == outbox])["state"]


def sms_sink(sid, delay=0):
    return sinks.HttpSink(script={SMS_PATH: [{"status": 201, "body": json.dumps({"sid": sid, "status": "queued"}), "delay": delay}]})


def delivery_report_moves_an_alert_from_sent_to_delivered():
    sid = "SM" + "1" * 32
    with sms_sink(sid) as sink, Line(sms_line(sink)) as line:
        line.twilio(HER, TAGALOG)
        wait_until(lambda: state_of(line) == "sent", "a sent row")
        body = sink.requests[0]["body"]
        assert "To=%2B639170000001" in body and "StatusCallback=https%3A%2F%2Fline.example.org%2Fin%2Fline%2Fstatus" in body, body
        report(line, sid, "sent")
        assert state_of(line) == "sent"
        report(line, sid, "delivered")
        assert state_of(line) == "delivered"
        assert only(line.rows("contacts", "list"))["last_delivered_at"]


def delivery_report_counts_also_twice_and_out_of_order():
    sid = "SM" + "2" * 32
    with sms_sink(sid) as sink, Line(sms_line(sink)) as line:
        line.twilio(HER, TAGALOG)
        wait_until(lambda: state_of(line) == "sent", "a sent row")
        for status in ("delivered", "delivered", "sent", "queued"):
            report(line, sid, status)
            assert state_of(line) == "delivered", status
        no_more(sink, 1)


def delivery_report_that_comes_before_the_answer_of_the_provider_is_not_lost():
    sid = "SM" + "3" * 32
    with sms_sink(sid, delay=0.7) as sink, Line(sms_line(sink)) as line:
        line.twilio(HER, TAGALOG)
        sink.record.wait(1)
        report(line, sid, "delivered")
        assert state_of(line) == "leased"
        wait_until(lambda: state_of(line) == "delivered", "the early report to count")


def delivery_report_of_a_failure_lists_the_row_as_dead():
    sid = "SM" + "4" * 32
    with sms_sink(sid) as sink, Line(sms_line(sink)) as line:
        line.twilio(HER, TAGALOG)
        wait_until(lambda: state_of(line) == "sent", "a sent row")
        report(line, sid, "undelivered", "30005")
        row = only(line.rows("outbox", "list", "--state", "dead"))
        assert row["code"] == "30005", row


def forged_delivery_report_changes_nothing():
    sid = "SM" + "5" * 32
    with sms_sink(sid) as sink, Line(sms_line(sink)) as line:
        line.twilio(HER, TAGALOG)
        wait_until(lambda: state_of(line) == "sent", "a sent row")
        assert line.twilio_form("/in/line/status", {"MessageSid": sid, "MessageStatus": "failed"}, token="f" * 32).status == 403
        assert state_of(line) == "sent"


# ---- cases -----------------------------------------------------------------------------------------------------

def text_from_the_same_number_joins_the_open_case_and_marks_it_repeated():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, WAGES)
        line.text("00966501110001", WAGES + " please")  # the same number in another form
        line.text("+966501110002", WAGES)
        cases = {row["case"]: row for row in line.rows("cases", "list")}
        assert (cases[1001]["messages"], cases[1002]["messages"]) == (2, 1), cases
        assert "repeat" in cases[1001]["flags"] and "repeat" not in cases[1002]["flags"], cases


def rise_of_urgency_alerts_again_at_once():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, WAGES)
        assert only(received(sink))["urgency"] == "soon"
        settled(line)  # an alert that may not have gone out is told again with the next
        before = time.time()
        line.text(HER, DANGER)
        alerts = received(sink, count=2)
        assert sink.requests[1]["at"] - before < ALERTED_S, sink.requests[1]["at"] - before
        assert (alerts[1]["case"], alerts[1]["urgency"], alerts[1]["text"]) == (1001, "critical", DANGER), alerts[1]
        assert {"wages", "danger"} <= set(alerts[1]["categories"]), alerts[1]
        assert alerts[1]["message_count"] == 2 and "repeat" in alerts[1]["flags"], alerts[1]


def further_messages_are_told_together_when_their_time_has_come():
    with desk_sink() as sink:
        line = Line(simple_config(sink))
        try:
            line.start()
            for text in (WAGES, WAGES + " tulong", WAGES + " please po"):
                line.text(HER, text)
            received(sink)
            step = only([row for row in line.case(1001)["step"] if row["step"] == -1])
            assert step["state"] == "waiting", step
            settled(line)
            no_more(sink, 1)
            line.end()
            line.change_database("UPDATE steps SET due_at = 1 WHERE step = -1")
            line.start()
            alert = received(sink, count=2)[1]
            assert alert["text"] == WAGES + " tulong\n" + WAGES + " please po", alert["text"]
            assert (alert["case"], alert["message_count"]) == (1001, 3), alert
            settled(line)
            no_more(sink, 2)
        finally:
            line.close()


def thanks_in_an_open_case_wakes_nobody_and_is_kept():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, WAGES)
        received(sink)
        line.text(HER, "thank you po")
        case = line.case(1001)
        assert len(case["message"]) == 2 and not [row for row in case["step"] if row["step"] == -1], case
        settled(line)
        no_more(sink, 1)


def text_after_closing_opens_a_new_case_with_a_new_number():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, TAGALOG)
        received(sink)
        line.ctl("cases", "close", "1001", "sheltered")
        line.text(HER, TAGALOG)
        assert received(sink, count=2)[1]["case"] == 1002
        assert "repeat" not in line.case(1002)["case"][0]["flags"]
        assert line.case(1001)["case"][0]["state"] == "closed"


def case_number_is_never_used_again_after_purge_and_restart():
    with desk_sink() as sink:
        line = Line(simple_config(sink))
        try:
            line.start()
            line.text(HER, TAGALOG)
            line.text("+966501110002", TAGALOG)
            numbers = sorted(row["case"] for row in line.rows("cases", "list"))
            assert numbers == [1001, 1002], numbers
            line.ctl("cases", "close", "1002", "test")
            line.ctl("cases", "purge", "1002")
            line.end()
            line.change_database("DELETE FROM steps WHERE case_id = 1002", "DELETE FROM outbox WHERE case_id = 1002",
                                 "DELETE FROM alerts WHERE case_id = 1002", "DELETE FROM messages WHERE case_id = 1002",
                                 "DELETE FROM cases WHERE id = 1002")
            line.start()
            line.text("+966501110003", TAGALOG)
            assert max(row["case"] for row in line.rows("cases", "list")) == 1003
        finally:
            line.close()


# ---- who is told -----------------------------------------------------------------------------------------------

def advert_is_stored_and_listed_and_wakes_nobody():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        assert line.text(HER, ADVERT).status == 200
        row = only(line.rows("messages", "list", "--case", "none"))
        assert (row["intent"], row["case"]) == ("not_help", None), row
        assert not line.rows("cases", "list") and not line.rows("outbox", "list", "--state", "all")
        shown = line.rows("messages", "show", str(row["message"]))
        assert shown[1]["text"] == ADVERT, shown
        no_more(sink, 0)


def text_that_matches_nothing_is_alerted_as_unclear():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, "zzkq wvrt plomf")
        alert = only(received(sink))
        assert (alert["categories"], alert["urgency"], alert["text"]) == (["unclear"], "urgent", "zzkq wvrt plomf"), alert


def text_without_a_sender_is_a_case_of_its_own():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        for _ in range(2):
            assert line.text("", TAGALOG).status == 200
        alerts = received(sink, count=2)
        assert sorted(alert["case"] for alert in alerts) == [1001, 1002], alerts
        assert not any("from" in alert for alert in alerts), alerts


def authority_is_held_until_she_agrees():
    with desk_sink() as sink:
        contacts = helpline.desk(sink) + ", " + helpline.desk(sink, name="consulate", kind="consulate", trust="minimal")
        policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "consulate" ]; } ); }'
        with Line(simple_config(sink, contacts=contacts, policy=policy)) as line:
            line.text(HER, DANGER)
            received(sink, "/ngo")
            states = {row["contact"]: row["state"] for row in line.rows("alerts", "list")}
            assert states == {"ngo": "open", "consulate": "held"}, states
            settled(line)
            assert not alerts_at(sink, "/consulate")
            assert only(line.rows("alerts", "list", "--state", "held"))["contact"] == "consulate"


def route_chooses_the_policy_by_language_urgency_and_country():
    with desk_sink() as sink:
        names = ("kabar", "night", "gulf", "rest")
        contacts = ", ".join(helpline.desk(sink, name=name) for name in names)
        policies = ", ".join('{ name = "%s"; steps = ( { after = "0 s"; contacts = [ "%s" ]; } ); }' % (name, name) for name in names)
        config = simple_config(sink, contacts=contacts, policy=policies).replace(
            'routes = ( { policy = "all"; } );',
            'routes = ( { languages = [ "id" ]; policy = "kabar"; }, { urgency_min = "critical"; policy = "night"; }, '
            '{ countries = [ "KW" ]; policy = "gulf"; }, { policy = "rest"; } );')
        with Line(config) as line:
            for number, text, name in (("+886901110001", "tolong saya dipukul majikan", "kabar"), ("+966501110002", DANGER, "night"),
                                       ("+96550111003", WAGES, "gulf"), ("+966501110004", WAGES, "rest")):
                line.text(number, text)
                assert only(received(sink, "/" + name))["text"] == text, name
            no_more(sink, 4)


def country_comes_from_a_destination_prefix_and_a_relative_is_marked():
    with desk_sink() as sink, Line(simple_config(sink)) as line:
        for number in ("+97150111000", "+639171110002"):
            line.text(number, "please help my sister, her employer took her phone")
        alerts = {alert["from"]: alert for alert in received(sink, count=2)}
        assert alerts["+97150111000"]["country"] == "AE", alerts
        assert "country" not in alerts["+639171110002"] or alerts["+639171110002"]["country"] == "", alerts
        assert "third_party" in alerts["+639171110002"]["flags"], alerts


tap.run([
    signed_text_in_tagalog_is_an_alert_at_the_desk_within_seconds,
    duplicate_webhook_opens_one_case_and_is_answered_with_success,
    copy_without_an_id_is_the_same_text_and_counted,
    forged_request_is_refused_kept_and_can_be_let_in_by_a_person,
    release_of_what_the_provider_has_repeated_meanwhile_opens_no_second_case,
    token_before_the_rotation_is_accepted_beside_the_present_one,
    late_but_authentic_text_is_taken_and_marked_late,
    unknown_channel_is_not_found_and_kept,
    delivery_report_moves_an_alert_from_sent_to_delivered,
    delivery_report_counts_also_twice_and_out_of_order,
    delivery_report_that_comes_before_the_answer_of_the_provider_is_not_lost,
    delivery_report_of_a_failure_lists_the_row_as_dead,
    forged_delivery_report_changes_nothing,
    text_from_the_same_number_joins_the_open_case_and_marks_it_repeated,
    rise_of_urgency_alerts_again_at_once,
    further_messages_are_told_together_when_their_time_has_come,
    thanks_in_an_open_case_wakes_nobody_and_is_kept,
    text_after_closing_opens_a_new_case_with_a_new_number,
    case_number_is_never_used_again_after_purge_and_restart,
    advert_is_stored_and_listed_and_wakes_nobody,
    text_that_matches_nothing_is_alerted_as_unclear,
    text_without_a_sender_is_a_case_of_its_own,
    authority_is_held_until_she_agrees,
    route_chooses_the_policy_by_language_urgency_and_country,
    country_comes_from_a_destination_prefix_and_a_relative_is_marked,
])
