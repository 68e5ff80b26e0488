#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_parts - a long SMS that arrives in pieces, and one SMS that arrives by two ways, with the real programs.
# What:  stories through the webhooks of two channels, over kills of the daemon.
# Keeps: the wait of ninety seconds is not slept: its row is moved while the daemon is down.
# Not here: every order of parts (test_pieces, test_parts_model).
import os
import secrets
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, alerts_at, received, simple_config, wait_until  # noqa: E402

HER = "966501110001"
VONAGE = '{ name = "line"; kind = "vonage_sms"; api_key = "k"; path_secret = "open-sesame"; country = "SA"; }'
MODEM = ', { name = "modem"; kind = "generic"; auth = "none"; country = "SA"; }'
FIRST = "hindi po ako binabayaran ng sweldo "
SECOND = "3 buwan na, at papatayin "
THIRD = "nya ako, may kutsilyo"


def desk_sink():
    return sinks.HttpSink(secret=helpline.WEBHOOK_SECRET)


def line_of(sink):
    return Line(simple_config(sink, channels=MODEM, line=VONAGE))


def piece(line, part, total, text, ref="41", identity=None, path="/in/line/message/open-sesame"):
    fields = {"msisdn": HER, "to": "966500000000", "messageId": identity or secrets.token_hex(8), "text": text, "type": "text",
              "concat": "true", "concat-ref": ref, "concat-total": str(total), "concat-part": str(part)}
    answer = line.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 200, (answer.status, answer.body)


def settled(line):
    wait_until(lambda: not line.rows("outbox", "list"), "an outbox in which nothing waits")


def messages(line):
    return line.case(1001)["message"]


def parts_over_kills_are_one_message_and_one_update():
    with desk_sink() as sink, line_of(sink) as line:
        piece(line, 3, 3, THIRD)
        line.kill()
        line.start()
        assert [row["text"] for row in messages(line)] == [" [...] " + THIRD]
        piece(line, 1, 3, FIRST)
        line.kill()
        line.start()
        piece(line, 2, 3, SECOND)
        whole = FIRST + SECOND + THIRD
        alert = wait_until(lambda: [a for a in alerts_at(sink) if a.get("text") == whole], "the whole text at the desk")[0]
        assert alert["urgency"] == "critical" and "part" not in alert, alert
        row = messages(line)
        assert len(row) == 1 and (row[0]["text"], row[0]["part"], row[0]["part_total"]) == (whole, 3, 3), row
        settled(line)
        shown = line.rows("messages", "show", str(row[0]["message"]))
        assert shown[1]["text"] == whole and shown[0]["urgency"] == "critical", shown
        assert len(line.rows("cases", "list")) == 1


def missing_part_is_told_after_the_wait_and_completed_later():
    with desk_sink() as sink, line_of(sink) as line:
        piece(line, 1, 2, FIRST)
        assert len(line.rows("cases", "list")) == 1 and not alerts_at(sink)
        line.kill()
        line.daemon = None
        line.change_database("UPDATE joins SET due_at = 1 WHERE due_at > 0")
        line.start()
        alert = received(sink)[0]
        assert (alert["text"], alert["part"], alert["part_total"]) == (FIRST, 1, 2), alert
        settled(line)
        piece(line, 2, 2, "3 buwan na")
        alert = received(sink, count=2)[1]
        assert (alert["text"], alert["completed"]) == (FIRST + "3 buwan na", True), alert
        assert line.case(1001)["case"][0]["case"] == 1001 and len(messages(line)) == 1


def part_that_the_provider_repeats_is_stored_once():
    with desk_sink() as sink, line_of(sink) as line:
        for _ in range(3):
            piece(line, 1, 2, FIRST, identity="aa01")
        piece(line, 1, 2, FIRST, identity="aa02")
        piece(line, 2, 2, "3 buwan na")
        received(sink)
        settled(line)
        row = messages(line)
        assert len(row) == 1 and (row[0]["text"], row[0]["copies"]) == (FIRST + "3 buwan na", 3), row
        assert len(alerts_at(sink)) == 1


def same_text_by_two_ways_is_one_message_with_two_origins():
    with desk_sink() as sink, line_of(sink) as line:
        assert line.text("+" + HER, "tulong po,  sinasaktan ako", channel="modem").status == 200
        line.kill()
        line.start()
        piece(line, 2, 2, "sinasaktan ako", ref="5")
        piece(line, 1, 2, "tulong po, ", ref="5")
        received(sink)
        settled(line)
        row = messages(line)
        assert len(row) == 1 and row[0]["origins"] == ["modem", "line"] and row[0]["copies"] == 1, row
        assert line.text("+" + HER, "tulong po,  sinasaktan ako", channel="modem").status == 200
        assert len(messages(line)) == 2, "an honest repetition is a message of its own"


def message_and_report_at_each_others_address_are_heard():
    with desk_sink() as sink, line_of(sink) as line:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        report = urllib.parse.urlencode({"msisdn": HER, "to": "966500000000", "messageId": "0B01", "status": "delivered", "err-code": "0",
                                         "scts": "2511241600"})
        assert line.request("POST", "/in/line/message/open-sesame", report, form).status == 200
        assert not line.rows("messages", "list") and not line.rows("quarantine", "list")
        message = urllib.parse.urlencode({"msisdn": HER, "to": "966500000000", "messageId": "0A01", "text": "sinasaktan ako"})
        assert line.request("POST", "/in/line/status/open-sesame", message, form).status == 200
        assert received(sink)[0]["text"] == "sinasaktan ako"
        assert not line.rows("quarantine", "list")


tap.run([
    parts_over_kills_are_one_message_and_one_update,
    missing_part_is_told_after_the_wait_and_completed_later,
    part_that_the_provider_repeats_is_stored_once,
    same_text_by_two_ways_is_one_message_with_two_origins,
    message_and_report_at_each_others_address_are_heard,
])
