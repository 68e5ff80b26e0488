#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_worker - what the daemon does with a modem: the real daemon, and a worker of role modem that the story plays.
# What:  nothing is stored before it is on the disk, nothing twice, nothing lost; a message of ours goes out part by part, whatever
#        breaks between two of them.
# Not here: AT commands and slots (it_modem_*), each code of a network (test_channel_modem).
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import modem_worker  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import WEBHOOK_SECRET, Line, received, simple_config, wait_until  # noqa: E402
from modem_worker import Worker, deliver, report, submitted  # noqa: E402

HER = "+966501110001"
DUTY = "+966501112222"
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "pdus.json")
SIM = '{ name = "sim1"; kind = "modem"; device = "/dev/null"; country = "SA"; number = "+966500000000"; %s }'
CRY = "papatayin ako ng amo ko, may kutsilyo sya, tulong po"

with open(GOLDEN, encoding="utf-8") as golden_file:
    golden = json.load(golden_file)
vectors = {row["label"]: row for row in golden["vectors"]}


def line_of(sink, more="", contacts=None):
    return Line(simple_config(sink, line=SIM % more, contacts=contacts))


def sms_line(sink, more="", policy=None):
    """Alerts go out by the modem."""
    contact = ('{ name = "ngo"; title = "ngo"; kind = "ngo"; trust = "full"; addresses = ( { channel = "sim1"; to = "%s"; } ); }' % DUTY)
    return Line(simple_config(sink, line=SIM % more, contacts=contact, policy=policy))


def text_of(line, number):
    return line.rows("messages", "show", str(number))[-1]["text"]


def texts(line):
    return [text_of(line, row["message"]) for row in line.rows("messages", "list")]


def outbox(line, state="all"):
    return line.rows("outbox", "list", "--state", state)


def in_state(line, state, what="a row of the outbox"):
    return wait_until(lambda: [row for row in outbox(line) if row["state"] == state], "%s that is %s" % (what, state))


# ---- in --------------------------------------------------------------------------------------------------------------

def welcome_has_the_settings_and_strangers_are_refused():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink, 'pin = "1234"; sweep_every = "7 s"; ussd = "*123#";') as line:
        with Worker(line) as worker:
            modem = worker.modem
            assert worker.first["allow"] == [] and modem["device"] == "/dev/null" and modem["pin"] == "1234", worker.first
            assert (modem["sweep_s"], modem["storage"], modem["reports"], modem["ussd"]) == (7, "auto", True, "*123#"), modem
        for name in ("desk", "nobody"):
            with Worker(line, name) as worker:
                assert "refused" in worker.first, worker.first
        with Worker(line, "sim1", role="sender") as worker:
            worker.message(pdu="00")
            try:
                worker.read(lambda frame: "stored" in frame)
                raise AssertionError("a sender was taken for a modem")
            except modem_worker.Closed:
                pass


def message_is_stored_once_and_before_the_answer():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
        vector = vectors["deliver-tl-gsm7"]
        worker.store_pdu(vector)
        line.kill()
        worker.close()
        line.start()
        assert texts(line) == [vector["text"]], texts(line)
        with Worker(line) as again:
            again.store_pdu(vector)
            again.store_pdu(vector)
        row = line.rows("messages", "list")
        assert len(row) == 1 and row[0]["channel"] == "sim1", row
        assert received(sink)[0]["text"] == vector["text"]
        assert len(line.rows("cases", "list")) == 1


def parts_are_decoded_together_in_every_order():
    for row in golden["sets"]:
        for order in row["orders"]:
            if row["label"].startswith("set-submit"):
                continue
            with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
                for number in order:
                    worker.store_pdu(vectors[row["parts"][number]])
                found = line.rows("messages", "list")
                assert len(found) == 1, (row["label"], order, found)
                assert text_of(line, found[0]["message"]) == row["text"], (row["label"], order, row["text"])


def parts_meet_over_a_kill_of_the_daemon():
    row = next(row for row in golden["sets"] if row["label"] == "set-emoji-16bit")
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line:
        for number in (2, 0, 1):
            with Worker(line) as worker:
                worker.store_pdu(vectors[row["parts"][number]])
            line.kill()
            line.start()
        found = line.rows("messages", "list")
        assert len(found) == 1 and text_of(line, found[0]["message"]) == row["text"], found


def what_cannot_be_read_is_kept_and_stored():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
        worker.store("raw", pdu="+CMGL: 3,1\\r\\nno hex at all", read_at=1)
        worker.store("pdu", pdu=vectors["malformed-oa-len-255"]["pdu"], length=30)
        worker.store("pdu", pdu="", length=0)
        worker.store("never heard of", pdu="00")
        worker.store("pdu")
        rows = line.rows("quarantine", "list")
        assert len(rows) == 5 and {row["reason"] for row in rows} == {"malformed"}, rows
        worker.store("pdu", **deliver(HER, CRY))
        assert texts(line) == [CRY]


def nothing_of_a_modem_comes_by_http():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink, 'signature = "shadow";') as line:
        body = json.dumps(dict(deliver(HER, CRY), kind="pdu", message="m1"))
        for method in ("POST", "GET"):
            answer = line.request(method, "/in/sim1/message", body if method == "POST" else "", {"Content-Type": "application/json"})
            assert answer.status == 403, answer.status
        assert line.request("SMS", "/in/sim1/message", body).status in (405, 501)
        assert not texts(line)


def name_of_digits_is_nobodys_number():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line, Worker(line) as worker:
        digits = DUTY.lstrip("+")
        bits = sum(ord(c) << (7 * i) for i, c in enumerate(digits[:11])).to_bytes((len(digits[:11]) * 7 + 7) // 8, "little")
        text = "OK 1001 BCDF".encode("utf-16-be")
        tpdu = "04%02XD0%s000862113221506000%02X%s" % (len(bits) * 2, bits.hex(), len(text), text.hex())
        worker.store("pdu", pdu="00" + tpdu.upper(), length=len(tpdu) // 2)
        row = line.rows("messages", "list")
        assert len(row) == 1 and not row[0].get("author"), row
        shown = line.rows("messages", "show", str(row[0]["message"]))
        assert "966" in json.dumps(shown) and '"+966' not in json.dumps(shown).replace("+966500000000", ""), shown


def missed_call_is_a_silent_contact_and_several_are_one():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
        now = int(time.time() * 1000)
        for number in range(4):
            assert worker.answer(worker.call(HER.lstrip("+"), now + number)) == "stored"
        assert worker.answer(worker.call(HER, now + 3)) == "stored"
        rows = line.rows("messages", "list")
        assert len(rows) == 1 and text_of(line, rows[0]["message"]) == "(missed call)", rows
        case = line.case(1001)["case"][0]
        assert (case["categories"], case["urgency"], len(line.case(1001)["message"])) == (["unclear"], "urgent", 1), case
        assert received(sink)[0]["from"] == HER
        assert [row for row in outbox(line) if row["kind"] == "reply"] == []
        worker.store("pdu", **deliver(HER, CRY))
        assert len(line.case(1001)["message"]) == 2
        assert worker.answer(worker.call("")) == "stored"
        assert len(line.rows("cases", "list")) == 1 and len(line.rows("messages", "list")) == 3


def calls_can_be_ignored():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink, 'calls = "ignore";') as line, Worker(line) as worker:
        assert worker.answer(worker.call(HER)) == "stored" and not texts(line)


def sixty_four_wait_and_the_next_is_busy():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
        sent = [worker.message("pdu", **deliver(HER, "tulong %d" % number)) for number in range(200)]
        answers = [worker.answer(identity) for identity in sent]
        assert answers.count("stored") >= 64 and set(answers) <= {"stored", "busy"}, answers
        assert len(line.rows("messages", "list", "--limit", "500")) == answers.count("stored")


# ---- PIN -------------------------------------------------------------------------------------------------------------

def pin_is_tried_once_ever():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink, 'pin = "1234";') as line:
        with Worker(line, is_ready=False) as worker:
            worker.send(pin="trying")
            assert worker.read(lambda frame: "pin" in frame)["pin"] == "go"
        line.kill()
        line.start()
        with Worker(line, is_ready=False) as worker:
            assert "pin" not in worker.modem and worker.modem["pin_refused"] is True, worker.modem
            worker.send(pin="trying")
            assert worker.read(lambda frame: "pin" in frame)["pin"] == "no"
            line.reload(simple_config(sink, line=SIM % 'pin = "4321";'))
            fresh = worker.read(lambda frame: "modem" in frame)["modem"]
            assert fresh["pin"] == "4321" and "pin_refused" not in fresh, fresh
            worker.send(pin="trying")
            assert worker.read(lambda frame: "pin" in frame)["pin"] == "go"
            worker.send(pin="accepted")
            worker.store("pdu", **deliver(HER, CRY))
        with Worker(line, is_ready=False) as worker:
            assert worker.modem["pin"] == "4321", worker.modem


def reload_tells_a_modem_that_it_is_none():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, line_of(sink) as line, Worker(line) as worker:
        line.reload(simple_config(sink, line=SIM % "enabled = false;"))
        assert "refused" in worker.read(lambda frame: "refused" in frame)


# ---- out -------------------------------------------------------------------------------------------------------------

def alert_goes_out_in_parts_and_is_delivered_when_all_are():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line, Worker(line) as worker:
        worker.store("pdu", **deliver(HER, CRY))
        job = worker.job()
        parts = [submitted(part) for part in job["parts"]]
        assert job["kind"] == "sms" and len(parts) > 1 and {part[0] for part in parts} == {DUTY}, job
        assert [part[2] for part in parts] == list(range(1, len(parts) + 1)) and {part[3] for part in parts} == {len(parts)}
        assert len({part[1] for part in parts}) == 1 and CRY in "".join(part[4] for part in parts).replace("\n", " "), parts
        sent = worker.send_all(job, 250)
        in_state(line, "sent")
        for number, reference in enumerate(sent.values()):
            assert in_state(line, "sent")
            worker.store("report", **report(reference, DUTY if number % 2 else "0" + DUTY[4:], 0))
        in_state(line, "delivered")


def report_of_a_failure_ends_the_row():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line, Worker(line) as worker:
        worker.store("pdu", **deliver(HER, CRY))
        sent = worker.send_all(worker.job())
        worker.store("report", **report(sent[1], DUTY, 0x30))
        assert in_state(line, "sent")
        worker.store("report", **report(sent[1], "+966509999999", 0x46))
        worker.store("report", **report(77, DUTY, 0x46))
        assert in_state(line, "sent")
        worker.store("report", **report(sent[1], DUTY, 0x46))
        assert in_state(line, "dead")[0]["code"] == "st-46"


def broken_between_two_parts_the_rest_goes_alone():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink, "reports = false;") as line:
        with Worker(line) as worker:
            worker.store("pdu", **deliver(HER, CRY))
            job = worker.job()
            first = [submitted(part) for part in job["parts"]]
            worker.progress(job, [(1, 9)])
            worker.message("raw", "flush", pdu="x")
            worker.answer("flush")
        in_state(line, "queued")
        line.kill()
        line.change_database("UPDATE outbox SET due_at = 1 WHERE state = 'queued'")
        line.start()
        with Worker(line) as worker:
            rest = worker.job()
            second = [submitted(part) for part in rest["parts"]]
            assert second == first[1:], (first, second)
            worker.send_all(rest)
        assert in_state(line, "sent")[0]["may_be_repeated"] == 1


def doubt_repeats_an_alert_once_and_marked():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink, "reports = false;") as line:
        with Worker(line) as worker:
            worker.store("pdu", **deliver(HER, CRY))
            job = worker.job()
            reference = submitted(job["parts"][0])[1]
            worker.result(job, kind="unknown")
            in_state(line, "queued")
        line.kill()
        line.change_database("UPDATE outbox SET due_at = 1 WHERE state = 'queued'")
        line.start()
        with Worker(line) as worker:
            job = worker.job()
            again = [submitted(part) for part in job["parts"]]
            assert {part[1] for part in again} == {reference} and "may be repeated" in "".join(part[4] for part in again), again
            worker.result(job, kind="unknown")
            in_state(line, "dead")


def report_resolves_a_doubt():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line:
        with Worker(line) as worker:
            worker.store("pdu", **deliver(HER, CRY))
            job = worker.job()
            count = len(job["parts"])
            worker.progress(job, [(part, part) for part in range(1, count)])
            worker.result(job, [(part, part) for part in range(1, count)], kind="unknown")
            row = in_state(line, "queued")[0]
            assert row["may_be_repeated"] == 1
            for part in range(1, count):
                worker.store("report", **report(part, DUTY, 0))
            worker.store("report", **report(200, DUTY, 0))
        line.kill()
        line.change_database("UPDATE outbox SET due_at = 1 WHERE state = 'queued'")
        line.start()
        with Worker(line) as worker:
            in_state(line, "delivered")
            assert worker.hears_nothing(lambda frame: "job" in frame, 0.3)


def codes_of_the_network_are_passing_or_final():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line, Worker(line) as worker:
        worker.store("pdu", **deliver(HER, CRY))
        job = worker.job()
        worker.result(job, [(1, 5)], status=38, error="+CMS ERROR: 38")
        row = in_state(line, "queued")[0]
        assert row["code"] == "cms-38" and not row["may_be_repeated"], row
        line.ctl("outbox", "kick", str(row["outbox"]))
        job = worker.job()
        assert job["parts"][0]["part"] == 2, job
        worker.result(job, status=21, error="+CMS ERROR: 21")
        assert in_state(line, "dead")[0]["code"] == "cms-21"


def modem_that_is_not_ready_gets_no_job():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, sms_line(sink) as line, Worker(line, is_ready=False) as worker:
        worker.store("pdu", **deliver(HER, CRY))
        worker.status("sim", "not_registered")
        assert worker.hears_nothing(lambda frame: "job" in frame, 0.3)
        worker.status("ready", signal=17)
        worker.send_all(worker.job())
        in_state(line, "sent")


def lost_modem_leaves_a_reply_alone():
    with sinks.HttpSink(secret=WEBHOOK_SECRET) as sink, Line(simple_config(
            sink, line=SIM % "", more='replies = { mode = "neutral"; };')) as line:
        with Worker(line) as worker:
            worker.store("pdu", **deliver(HER, CRY))
            job = worker.job()
            assert {submitted(part)[0] for part in job["parts"]} == {HER}
        wait_until(lambda: [r for r in outbox(line) if r["kind"] == "reply" and r["state"] == "dead"], "a reply that is given up")
        with Worker(line) as worker:
            assert worker.hears_nothing(lambda frame: "job" in frame, 0.5)


tap.run([
    welcome_has_the_settings_and_strangers_are_refused,
    message_is_stored_once_and_before_the_answer,
    parts_are_decoded_together_in_every_order,
    parts_meet_over_a_kill_of_the_daemon,
    what_cannot_be_read_is_kept_and_stored,
    nothing_of_a_modem_comes_by_http,
    name_of_digits_is_nobodys_number,
    missed_call_is_a_silent_contact_and_several_are_one,
    calls_can_be_ignored,
    sixty_four_wait_and_the_next_is_busy,
    pin_is_tried_once_ever,
    reload_tells_a_modem_that_it_is_none,
    alert_goes_out_in_parts_and_is_delivered_when_all_are,
    report_of_a_failure_ends_the_row,
    broken_between_two_parts_the_rest_goes_alone,
    doubt_repeats_an_alert_once_and_marked,
    report_resolves_a_doubt,
    codes_of_the_network_are_passing_or_final,
    modem_that_is_not_ready_gets_no_job,
    lost_modem_leaves_a_reply_alone,
])
