#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_bad_input - whatever arrives gets the right answer, and nothing that was a message is lost.
# What:  one table of requests, as bytes: what is answered, and where the request is afterwards: "case" (a message that opened one),
#        "kept" (in quarantine), or nothing (it never was a message). After each row the daemon must still answer.
# Keeps: a status alone proves nothing: every row looks where the text is.
import json
import os
import socket
import struct
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, simple_config  # noqa: E402

CHANNELS = """,
  { name = "latin"; kind = "generic"; auth = "none"; country = "SA"; charset = "iso-8859-1"; },
  { name = "signed"; kind = "generic"; auth = "header"; secret = "sesame"; auth_header = "X-Key"; },
  { name = "shut"; kind = "generic"; auth = "none"; enabled = false; },
  { name = "outward"; kind = "generic"; auth = "none"; direction = "out"; send_url = "http://127.0.0.1:9/"; }"""
FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"
LONG = "tulong po " * 200  # 2,000 characters
FROM = "from=%2B9665011100"


def request(body=b"", head=(FORM,), line="POST /in/line/message HTTP/1.1", length=None, host=("Host: line",)):
    """The bytes of one request; each part can be spoilt."""
    body = body if isinstance(body, bytes) else body.encode()
    length = ["Content-Length: %d" % len(body)] if length is None else length
    return "\r\n".join([line, *host, *head, *length, "", ""]).encode("latin-1") + body


def form(**fields):
    return urllib.parse.urlencode(dict({"from": "+966501110001", "text": "tulong po"}, **fields))


def js(text):
    """JSON text with the text put in as it stands, so that escapes stay escapes."""
    return b'{"from":"+966501110001","id":"%d","text":"' % len(text) + text + b'"}'


BODY_MAX = 16384

# label, request, status (0 = refused or only closed), where ("case", "kept", None), text of the message as it must be shown (None = any)
ROWS = [
    # what a form can be
    ("usual form", request(form(text="tulong po 1")), 200, "case", "tulong po 1"),
    ("empty text", request(form(text="")), 200, "case", ""),
    ("2,000 characters", request(form(text=LONG)), 200, "case", LONG),
    ("as long as a body may be", request("%s01&text=%s" % (FROM, "a" * (BODY_MAX - len(FROM) - 8))), 200, "case", None),
    ("one byte more", request("%s01&text=%s" % (FROM, "a" * (BODY_MAX + 1 - len(FROM) - 8))), 413, None, None),
    ("10 GB announced", request(length=["Content-Length: 10000000000"]), 413, None, None),
    ("100 fields", request(form() + "".join("&f%d=1" % i for i in range(98))), 200, "case", "tulong po"),
    ("101 fields", request(form() + "".join("&f%d=1" % i for i in range(99))), 400, "kept", None),
    ("duplicate text, equal", request(form(text="tulong tulong") + "&text=tulong+tulong"), 200, "case", "tulong tulong"),
    ("duplicate text, other", request(form() + "&text=papatayin+ako"), 200, "case", "tulong po\npapatayin ako"),
    ("no text", request("from=%2B966501110001&to=1"), 400, "kept", None),
    ("no sender", request("text=tulong+po+walang+numero"), 200, "case", "tulong po walang numero"),
    ("no field at all", request("", length=["Content-Length: 0"]), 400, "kept", None),
    ("broken escapes", request(form() + "%zz%4&&&=&=x&%"), 200, "case", "tulong po%zz%4"),
    ("binary rubbish", request(b"\x00\xff\xfe\x80=&%%%\x01"), 400, "kept", None),
    ("NUL in the text", request(FROM + "02&text=tulong%00po"), 200, "case", None),
    ("NUL raw in the text", request((FROM + "02&text=tulong").encode() + b"\0po mam"), 200, "case", None),
    ("invalid UTF-8", request(FROM + "02&text=tulong+%ff%fepo"), 200, "case", "tulong \ufffd\ufffdpo"),
    ("surrogate in UTF-8", request(FROM + "02&text=tulong+%ed%a0%80po"), 200, "case", None),
    ("overlong UTF-8", request(FROM + "02&text=saklolo+%c0%afpo"), 200, "case", None),
    ("Latin-1 by charset parameter", request(FROM + "03&text=au+secours+%E9", (FORM + "; charset=iso-8859-1",)), 200, "case", "au secours é"),
    ("Latin-1 by configuration", request(FROM + "03&text=au+secours+%E8", line="POST /in/latin/message HTTP/1.1"), 200, "case", "au secours è"),
    ("charset that does not exist", request(FROM + "03&text=saklolo+ma%27am", (FORM + "; charset=klingon",)), 200, "case", "saklolo ma'am"),
    ("charset that is wrong", request(FROM + "03&text=tulong+%C3%A9+naman", (FORM + "; charset=utf-16be",)), 200, "case", None),
    ("no content type", request(form(text="walang content type"), ()), 200, "case", "walang content type"),
    ("JSON called a form", request(js(b"JSON called a form"), ()), 200, "case", "JSON called a form"),
    ("form called JSON", request(form(text="form called JSON"), (JSON,)), 400, "kept", None),
    # what JSON can be
    ("usual JSON", request(js(b"tulong po 2"), (JSON,)), 200, "case", "tulong po 2"),
    ("JSON with a pair of surrogates", request(js(b"tulong \\ud83d\\ude2d"), (JSON,)), 200, "case", "tulong \U0001f62d"),
    ("JSON with half a pair", request(js(b"tulong po \\ud83d wala"), (JSON,)), 200, "case", "tulong po \ufffd wala"),
    ("JSON with NUL", request(js(b"tulong po\\u0000 a"), (JSON,)), 200, "case", "tulong po\ufffd a"),
    ("JSON with invalid UTF-8", request(js(b"tulong \xd9\x85\xd9"), (JSON,)), 200, "case", "tulong \u0645\ufffd"),
    ("JSON in Latin-1", request(js(b"au secours \xe9"), (JSON,)), 200, "case", "au secours \xe9"),
    ("JSON behind a byte order mark", request(b"\xef\xbb\xbf" + js(b"tulong po, may BOM ito sa unahan"), (JSON,)), 200, "case", "tulong po, may BOM ito sa unahan"),
    ("JSON with duplicate keys", request(b'{"from":"+966501110001","text":"a","text":"b"}', (JSON,)), 400, "kept", None),
    ("JSON cut off", request(b'{"from":"+966501110001","text":"tulong', (JSON,)), 400, "kept", None),
    ("JSON nested a thousand deep", request(b"[" * 1000 + b"]" * 1000, (JSON,)), 400, "kept", None),
    ("JSON with a list as text", request(b'{"from":"1","text":["tulong"]}', (JSON,)), 400, "kept", None),
    ("JSON with a number as text", request(b'{"from":"+966501110001","text":911}', (JSON,)), 200, "case", "911"),
    ("JSON that is a string", request(b'"tulong po"', (JSON,)), 400, "kept", None),
    # where it goes
    ("unknown channel", request(form(), line="POST /in/lime/message HTTP/1.1"), 404, "kept", None),
    ("channel that is switched off", request(form(), line="POST /in/shut/message HTTP/1.1"), 404, "kept", None),
    ("channel that only sends", request(form(), line="POST /in/outward/message HTTP/1.1"), 404, "kept", None),
    ("wrong key", request(form(), (FORM, "X-Key: wrong"), line="POST /in/signed/message HTTP/1.1"), 403, "kept", None),
    ("no key", request(form(), line="POST /in/signed/message HTTP/1.1"), 403, "kept", None),
    ("other path", request(form(), line="POST /in/line/massage HTTP/1.1"), 404, None, None),
    ("no channel in the path", request(form(), line="POST /in//message HTTP/1.1"), 404, None, None),
    ("root", request(form(), line="POST / HTTP/1.1"), 404, None, None),
    ("path with dots", request(form(), line="POST /in/../in/line/message HTTP/1.1"), 404, None, None),
    ("name of 300 letters", request(form(), line="POST /in/%s/message HTTP/1.1" % ("a" * 300)), 404, None, None),
    ("absolute form", request(form(), line="POST http://line/in/line/message HTTP/1.1"), 400, None, None),
    # GET
    ("GET", request(line="GET /in/line/message?from=%2B966501110004&text=tulong+get HTTP/1.1", length=[], head=()), 200, "case", "tulong get"),
    ("GET with raw UTF-8", request(line="GET /in/line/message?from=1&text=saklolo\xc3\xa9 HTTP/1.1", length=[], head=()), 200, "case", "saklolo\xe9"),
    ("GET without a text", request(line="GET /in/line/message?from=1 HTTP/1.1", length=[], head=()), 400, "kept", None),
    ("GET without a query", request(line="GET /in/line/message HTTP/1.1", length=[], head=()), 400, "kept", None),
    ("GET with a body", request(form(), line="GET /in/line/message HTTP/1.1"), 400, None, None),
    ("PUT", request(form(), line="PUT /in/line/message HTTP/1.1"), 405, None, None),
    ("DELETE", request(line="DELETE /in/line/message HTTP/1.1", length=[], head=()), 405, None, None),
    ("HEAD", request(line="HEAD /in/line/message HTTP/1.1", length=[], head=()), 405, None, None),
    ("OPTIONS", request(line="OPTIONS /in/line/message HTTP/1.1", length=[], head=()), 405, None, None),
    ("invented method", request(form(), line="HELP /in/line/message HTTP/1.1"), 405, None, None),
    # framing (each of these is how two readers come to disagree about where a request ends)
    ("two equal Content-Length", request(form(), (FORM, "Content-Length: 33")), 400, None, None),
    ("two other Content-Length", request(form(), (FORM, "Content-Length: 0")), 400, None, None),
    ("Content-Length with a sign", request(b"text=", length=["Content-Length: +5"]), 400, None, None),
    ("Content-Length in hexadecimal", request(b"text=", length=["Content-Length: 0x5"]), 400, None, None),
    ("Content-Length as a list", request(b"text=", length=["Content-Length: 5,5"]), 400, None, None),
    ("no Content-Length", request(b"", length=[]), 411, None, None),
    ("chunked", request(b"5\r\ntext=\r\n0\r\n\r\n", (FORM, "Transfer-Encoding: chunked"), length=[]), 400, None, None),
    ("chunked and a length", request(form(), (FORM, "Transfer-Encoding: chunked")), 400, None, None),
    ("Transfer-Encoding with a space", request(b"5\r\ntext=\r\n0\r\n\r\n", (FORM, "Transfer-Encoding : chunked"), length=[]), 400, None, None),
    ("no Host", request(form(), host=()), 400, None, None),
    ("two Host", request(form(), host=("Host: a", "Host: b")), 400, None, None),
    ("two content types", request(form(), (FORM, JSON)), 400, None, None),
    ("101 headers", request(form(), tuple("X-%d: 1" % i for i in range(101))), 431, None, None),
    ("headers of 64 KiB", request(form(), ("X-Big: " + "a" * 65536,)), 0, None, None),
    ("HTTP/0.9", b"GET /\r\n\r\n", 0, None, None),
    ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, 0, None, None),
    ("Expect that we do not know", request(form(), (FORM, "Expect: miracles")), 417, None, None),
]


def statuses_of(answer):
    return [int(part[:3]) for part in answer.decode("latin-1").split("HTTP/1.1 ")[1:]]


def everything(line):
    """How many messages and kept requests there are, and the newest of each."""
    messages, kept = line.rows("messages", "list", "--limit", "1000"), line.rows("quarantine", "list", "--limit", "1000")
    return len(messages), len(kept), messages[0]["message"] if messages else 0


def check(line, row):
    label, data, status, where, text = row
    messages, kept, _ = everything(line)
    answer = line.raw(data)
    got = statuses_of(answer)
    # The library repeats the head of some of its own refusals.
    assert set(got) == {status} if status else not got or got[0] in (400, 431, 505), "%s: answered %r, want %d" % (label, answer[:200], status)
    now_messages, now_kept, newest = everything(line)
    grown = (now_messages - messages, now_kept - kept)
    want = {"case": (1, 0), "kept": (0, 1), None: (0, 0)}[where]
    assert grown == want, "%s: messages and kept grew by %r, want %r" % (label, grown, want)
    if where == "case":
        shown = line.rows("messages", "show", str(newest))
        assert shown[0]["case"], "%s: the message has no case: %r" % (label, shown)
        assert text is None or shown[1]["text"] == text, "%s: text %r, want %r" % (label, shown[1]["text"], text)
    assert line.request("GET", "/healthz").body == b"ok", label
    assert line.daemon.poll() is None, label


def config(sink):
    return simple_config(sink, channels=CHANNELS, more='limits = { request_deadline = "1 s"; };')


def every_request_of_the_table_is_answered_as_it_must_be_and_nothing_is_lost():
    failures = []
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        for row in ROWS:
            try:
                check(line, row)
            except AssertionError as failure:
                failures.append(str(failure))
        assert not failures, "\n".join(failures)
        assert not line.events("request_failed") and not line.events("storage_failed"), line.log()


def what_is_kept_in_quarantine_is_kept_byte_for_byte():
    body = b"from=%2B966501110001&txt=wrong+field\x01\xc3\xa9"
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        assert statuses_of(line.raw(request(body, (FORM, "X-Odd: yes")))) == [400]
        shown = line.rows("quarantine", "show", "1")[1]["request"]
        assert "POST /in/line/message" in shown and "X-Odd: yes" in shown, shown
        assert "txt=wrong+field\\x01\xe9" in shown, shown


def smuggled_second_request_is_never_served():
    inner = request(line="GET /in/line/message?from=1&text=smuggled HTTP/1.1", length=[], head=())
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        for data in (request(b"", (FORM, "Content-Length: %d" % len(inner))) + inner,
                     request(b"0\r\n\r\n", (FORM, "Transfer-Encoding: chunked")) + inner,
                     request(form(), line="PUT /in/line/message HTTP/1.1") + inner,
                     request(length=["Content-Length: 99999"]) + inner):
            assert len(statuses_of(line.raw(data))) == 1, data
        assert not line.rows("messages", "list")


def two_requests_in_one_packet_are_two_messages():
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        answer = line.raw(request(form(text="tulong isa")) + request(form(text="tulong dalawa")))
        assert statuses_of(answer) == [200, 200], answer
        assert len(line.rows("messages", "list")) == 2


def request_that_ends_in_the_middle_is_no_message():
    whole = request(form(text="tulong po"))
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        for cut in (1, 20, len(whole) - 40, len(whole) - 1):
            line.raw(whole[:cut])
        assert line.text("+966501110009", "tulong").status == 200
        assert len(line.rows("messages", "list")) == 1


def bad_answers_and_frames_on_the_control_socket_do_no_harm():
    frames = [b"\xff\xff\xff\xff", struct.pack(">I", 0), struct.pack(">I", 5) + b"hello", struct.pack(">I", 2) + b"[]",
              struct.pack(">I", 2) + b"{}", struct.pack(">I", 40) + b"{", json.dumps({"control": 2}).encode()]
    with sinks.HttpSink() as sink, Line(config(sink)) as line:
        for name in ("control.sock", "workers.sock"):
            for frame in frames:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.settimeout(helpline.PATIENCE_S)
                    connection.connect(line.path(name))
                    connection.sendall(frame)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
        assert line.ctl_json("health")[0]["line"] == "ok"
        line.text("+966501110001", "tulong po")
        helpline.received(sink)


tap.run([
    every_request_of_the_table_is_answered_as_it_must_be_and_nothing_is_lost,
    what_is_kept_in_quarantine_is_kept_byte_for_byte,
    smuggled_second_request_is_never_served,
    two_requests_in_one_packet_are_two_messages,
    request_that_ends_in_the_middle_is_no_message,
    bad_answers_and_frames_on_the_control_socket_do_no_harm,
])
