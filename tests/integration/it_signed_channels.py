#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_signed_channels - texts of providers that prove themselves, through the real daemon.
# What:  for each provider a request that is signed now, one that was changed on its way, and one that came an hour late; then the committed
#        signatures, over HTTP.
# Keeps: what is refused is in quarantine; what is late is a message with that mark.
# Not here: every odd shape of a request (tests/unit/test_channel_*.c).
import base64
import contextlib
import hashlib
import hmac
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import ROOT, Line, simple_config  # noqa: E402

KEY = "a-key-of-thirty-two-letters-and-more"
HOUR = 3600
CHANNELS = {
    "android": 'kind = "android_sms_gateway"; secret = "%s";' % KEY,
    "httpsms": 'kind = "httpsms"; secret = "%s"; public_url = "https://line.example.org/in/httpsms/message";' % KEY,
    "infobip": 'kind = "infobip"; auth_user = "line"; auth_password = "%s";' % KEY,
    "sinch": 'kind = "sinch"; service_plan_id = "p"; secret = "%s";' % KEY,
    "vonage": 'kind = "vonage_sms"; api_key = "k"; secret = "%s"; signature_method = "sha256hmac";' % KEY,
    "vmessages": 'kind = "vonage_messages"; secret = "%s";' % KEY,
}


ALL = "".join(', { name = "%s"; %s country = "SA"; }' % item for item in CHANNELS.items())


@contextlib.contextmanager
def with_line(channels=ALL):
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=channels), with_sender=False) as line:
        yield line


def mac(text):
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256)


def token(claims):
    def part(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")
    text = part(b'{"alg":"HS256"}') + "." + part(json.dumps(claims).encode())
    return "Bearer " + text + "." + part(mac(text).digest())


def android(text, at):
    body = json.dumps({"event": "sms:received", "payload": {"messageId": "1a2b", "sender": "0501110001", "message": text}})
    return body, {"X-Timestamp": str(at), "X-Signature": mac(body + str(at)).hexdigest()}


def httpsms(text, at):
    body = json.dumps({"type": "message.phone.received", "data": {"owner": "+966500000000", "contact": "+966501110001", "content": text}})
    claims = {"iss": "api.httpsms.com", "aud": ["https://line.example.org/in/httpsms/message"], "nbf": at - 600, "exp": at + 600}
    return body, {"Authorization": token(claims)}


def infobip(text, _):
    body = json.dumps({"results": [{"messageId": "1", "from": "966501110001", "to": "966500000000", "text": text}]})
    return body, {"Authorization": "Basic " + base64.b64encode(("line:" + KEY).encode()).decode()}


def sinch(text, at):
    body = json.dumps({"type": "mo_text", "id": "1", "from": "966501110001", "to": "966500000000", "body": text})
    signature = base64.b64encode(mac("%s.n1.%d" % (body, at)).digest()).decode()
    return body, {"x-sinch-webhook-signature": signature, "x-sinch-webhook-signature-nonce": "n1",
                  "x-sinch-webhook-signature-timestamp": str(at), "x-sinch-webhook-signature-algorithm": "HmacSHA256"}


def vonage(text, at):
    fields = {"messageId": "1", "msisdn": "966501110001", "text": text, "timestamp": str(at), "to": "966500000000"}
    signed = "".join("&%s=%s" % (name, value.replace("&", "_").replace("=", "_")) for name, value in sorted(fields.items()))
    return json.dumps(dict(fields, sig=mac(signed).hexdigest())), {}


def vmessages(text, at):
    body = json.dumps({"message_uuid": "1", "from": "966501110001", "to": "966500000000", "message_type": "text", "text": text})
    return body, {"Authorization": token({"iss": "Vonage", "iat": at, "payload_hash": hashlib.sha256(body.encode()).hexdigest()})}


MAKERS = {"android": android, "httpsms": httpsms, "infobip": infobip, "sinch": sinch, "vonage": vonage, "vmessages": vmessages}
TIMED = ("android", "sinch", "vonage", "vmessages")
SEALED = ("android", "sinch", "vonage", "vmessages")  # those whose proof covers the body


def post(line, name, body, headers):
    return line.request("POST", "/in/%s/message" % name, body.encode(), dict(headers, **{"Content-Type": "application/json"}))


def signed_text_of_each_provider_is_a_message_from_the_same_number():
    with with_line() as line:
        for name, make in MAKERS.items():
            answer = post(line, name, *make("tulong po & salamat = " + name, int(time.time())))
            assert (answer.status, answer.body) == (200, b""), (name, answer.status, answer.body)
            assert answer.headers["Content-Type"] == "text/plain", (name, answer.headers)
        rows = line.rows("messages", "list")
        assert {row["channel"] for row in rows} == set(MAKERS), rows
        assert len({row["case"] for row in rows}) == 1, rows
        assert not any(row["late"] for row in rows), rows


def text_that_was_changed_on_its_way_is_refused_and_kept():
    with with_line() as line:
        for name in SEALED:
            body, headers = MAKERS[name]("tulong po", int(time.time()))
            assert post(line, name, body.replace("tulong", "salamat"), headers).status == 403, name
        for name in MAKERS:
            body, _ = MAKERS[name]("tulong po", int(time.time()))
            assert post(line, name, body.replace('"sig"', '"gis"'), {}).status == 403, name
        assert not line.rows("messages", "list")
        assert len(line.rows("quarantine", "list")) == len(SEALED) + len(MAKERS)


def text_that_was_signed_an_hour_ago_is_taken_once_and_marked_late():
    with with_line() as line:
        for name in TIMED:
            request = MAKERS[name]("tulong po " + name, int(time.time()) - HOUR)
            for _ in range(3):
                assert post(line, name, *request).status == 200, name
        assert len({row["case"] for row in line.rows("messages", "list")}) == 1
        rows = line.rows("messages", "list")
        assert len(rows) == len(TIMED) and all(row["late"] for row in rows), rows


def token_that_has_ended_is_refused_because_it_does_not_bind_its_body():
    with with_line() as line:
        assert post(line, "httpsms", *httpsms("tulong po", int(time.time()) - HOUR)).status == 403


def text_that_is_told_twice_is_one_message():
    with with_line() as line:
        for name, make in MAKERS.items():
            for _ in range(2):
                assert post(line, name, *make("tulong po " + name, int(time.time()))).status == 200, name
        assert len(line.rows("messages", "list")) == len(MAKERS)


def committed_signatures_of_telnyx_are_judged_over_http():
    with open(os.path.join(ROOT, "tests/golden/signatures.json"), encoding="utf-8") as file:
        vectors = [item for item in json.load(file) if item["scheme"] == "telnyx" and item["body"]]
    for key in sorted({item["secret"] for item in vectors}):
        channel = ', { name = "telnyx"; kind = "telnyx"; public_key = "%s"; }' % key
        with with_line(channel) as line:
            for item in (item for item in vectors if item["secret"] == key):
                want = 403 if item["verdict"] == "invalid" else 200  # all are old by now: late
                answer = line.request("POST", "/in/telnyx/message", item["body"].encode(), item["headers"])
                assert answer.status == want, (item["name"], answer.status)
            stored = len(line.rows("messages", "list"))
            for item in (item for item in vectors if item["secret"] == key):
                line.request("POST", "/in/telnyx/message", item["body"].encode(), item["headers"])
            assert len(line.rows("messages", "list")) == stored
            assert all(row["late"] for row in line.rows("messages", "list"))


tap.run([
    signed_text_of_each_provider_is_a_message_from_the_same_number,
    text_that_was_changed_on_its_way_is_refused_and_kept,
    text_that_was_signed_an_hour_ago_is_taken_once_and_marked_late,
    token_that_has_ended_is_refused_because_it_does_not_bind_its_body,
    text_that_is_told_twice_is_one_message,
    committed_signatures_of_telnyx_are_judged_over_http,
])
