#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_generic_guide - the two worked examples of handlers/guides/generic.md do what the guide says, through the real programs.
# What:  the configuration is read out of the guide; only the secrets are written out and the provider's host is a scripted one. A text comes
#        in, its alert goes out by the same provider, the report on it comes back.
# Not here: every other shape (it_requests.py generic, tests/unit/test_channel_generic_shapes.c).
import hashlib
import hmac
import json
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import ROOT, Line, simple_config, wait_until  # noqa: E402

SECRET = "a-secret-of-a-test"
TEXT = "tulong po, sinasaktan ako ng amo ko"


def example(name, sink):
    with open(os.path.join(ROOT, "handlers/guides/generic.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```\n(\{.*?\})\n```", file.read(), re.DOTALL)
    block = [item for item in blocks if 'name = "%s"' % name in item][0]
    block = re.sub(r'"@credential:[a-z-]+"', '"%s"' % SECRET, block).replace("https://%s.example" % name, sink.url(""))
    contact = '{ name = "ngo"; title = "NGO"; kind = "ngo"; trust = "full"; addresses = ( { channel = "%s"; to = "+639170000001"; } ); }' % name
    return simple_config(sink, line=block, contacts=contact)


def state_of(line):
    rows = line.rows("outbox", "list", "--state", "all")
    return rows[0]["state"] if rows else None


def xml_example_receives_sends_and_hears_of_it():
    with sinks.HttpSink(script={"/send": [{"status": 200, "body": "OK ID:4711"}]}) as sink, Line(example("gw", sink)) as line:
        body = ('<inbox><sms id="7"><msisdn>966500000001</msisdn><body>%s &amp; walang pagkain</body><received>01/01/2026 03:00:00</received></sms></inbox>' % TEXT)
        assert line.request("POST", "/in/gw/message?key=wrong", body, {"Content-Type": "text/xml"}).status == 403
        answer = line.request("POST", "/in/gw/message?key=" + SECRET, body, {"Content-Type": "text/xml"})
        assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"<ok/>", "text/xml"), (answer.status, answer.body)
        assert [row["reason"] for row in line.rows("quarantine", "list")] == ["signature"]
        wait_until(lambda: state_of(line) == "sent", "a sent alert")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(sink.requests[0]["path"]).query)
        assert (query["key"], query["to"], query["type"]) == ([SECRET], ["639170000001"], ["t"]), query
        assert "walang pagkain" in query["msg"][0], query
        assert line.request("GET", "/in/gw/status?key=%s&id=4711&state=1" % SECRET).status == 200
        assert state_of(line) == "delivered"


def signed_example_tells_messages_from_reports_and_reads_stop():
    script = {"/v2/sms": [{"status": 202, "body": '{"message":{"ref":"o1"}}'}]}
    with sinks.HttpSink(script=script) as sink, Line(example("ev", sink)) as line:
        def post(events, key=SECRET):
            body, now = json.dumps({"events": events}), int(time.time())
            mac = hmac.new(key.encode(), ("%d.%s" % (now, body)).encode(), hashlib.sha512).hexdigest()
            return line.request("POST", "/in/ev/message", body, {"Content-Type": "application/json", "X-Sign": "t=%d,v1=%s" % (now, mac)}).status
        events = [{"type": "sms.in", "ref": "r1", "from": "+966500000001", "text": TEXT}]
        assert post(events, key="guess") == 403
        assert [row["reason"] for row in line.rows("quarantine", "list")] == ["signature"]
        assert post(events) == 200
        wait_until(lambda: state_of(line) == "sent", "a sent alert")
        assert json.loads(sink.requests[0]["body"])["to"] == "+639170000001"
        assert sink.requests[0]["headers"]["Authorization"] == "Bearer " + SECRET
        assert post([{"type": "sms.dlr", "ref": "o1", "state": "DELIVRD"}]) == 200
        assert state_of(line) == "delivered"
        assert len(line.rows("messages", "list")) == 1


def opt_out_of_the_provider_ends_the_row():
    script = {"/v2/sms": [{"status": 422, "body": '{"code":"blacklisted"}'}]}
    with sinks.HttpSink(script=script) as sink, Line(example("ev", sink)) as line:
        body, now = json.dumps({"events": [{"ref": "r1", "from": "+966500000001", "text": TEXT}]}), int(time.time())
        mac = hmac.new(SECRET.encode(), ("%d.%s" % (now, body)).encode(), hashlib.sha512).hexdigest()
        assert line.request("POST", "/in/ev/message", body, {"Content-Type": "application/json", "X-Sign": "t=%d,v1=%s" % (now, mac)}).status == 200
        wait_until(lambda: state_of(line) == "dead", "a dead row")
        assert "opted_out" in line.log(), "the outcome is told"


tap.run([
    xml_example_receives_sends_and_hears_of_it,
    signed_example_tells_messages_from_reports_and_reads_stop,
    opt_out_of_the_provider_ends_the_row,
])
