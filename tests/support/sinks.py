#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# sinks - what stands at the other end of an alert in tests and in the demonstration: an HTTP server and a mail server that answer
#         by script and remember everything.
# What:  classes for tests (HttpSink, SmtpSink) and a command line for programs in any language:
#          sinks.py http [--secret whsec_...] [--tls FOLDER] [--script FILE] [--record FILE] [--port N]
#          sinks.py smtp [--starttls FOLDER | --tls FOLDER] [--auth USER:PASSWORD] [--script FILE] [--record FILE] [--port N]
#        which print `READY http 127.0.0.1:PORT` and run until SIGTERM. FOLDER is one made by tests/support/pki.
# Keeps: loopback only, port 0 unless told; one JSON object a line in the record, written before the answer is sent.
#
# HTTP script: {"/path": [step, ...], "*": [step, ...]} or just [step, ...]. Each request to a path takes the next step, the last one
# stays. A step may hold: status (200), body (text), headers {..}, retry_after (s), delay (s, before answering), pad (bytes of filling
# added to the body), close: "before" (without an answer), "reset" (the same with a TCP reset), "middle" (in the middle of the
# body), "after" (a whole answer, then close without having announced it). An unknown path without "*" answers 200.
#
# SMTP script: {"connect"|"helo"|"starttls"|"auth"|"mail"|"rcpt"|"data"|"dot": [answer, ...]}. Each time the next answer, then the usual
# one. An answer is a reply line ("451 4.3.0 later"), "close", or "hang" (silence until the client goes away).
import argparse
import base64
import hashlib
import hmac
import json
import signal
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_MAX = 4 << 20
HANG_S = 120
TOLERANCE_S = 300  # Standard Webhooks: how far the timestamp may be off


def server_context(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/server.pem", folder + "/server.key")
    return context


def webhook_signature(secret, headers, body, now=None):
    """"valid", "invalid" or "absent", as the Standard Webhooks text says: HMAC-SHA256 over id.timestamp.body."""
    names = {name.lower(): value for name, value in headers.items()}
    identity, stamp, given = (names.get("webhook-" + part) for part in ("id", "timestamp", "signature"))
    if not identity or not stamp or not given:
        return "absent"
    key = base64.b64decode(secret[len("whsec_"):] if secret.startswith("whsec_") else secret)
    wanted = base64.b64encode(hmac.new(key, b".".join((identity.encode(), stamp.encode(), body)), hashlib.sha256).digest()).decode()
    is_fresh = stamp.isdigit() and abs((time.time() if now is None else now) - int(stamp)) <= TOLERANCE_S
    is_signed = any(hmac.compare_digest("v1," + wanted, one) for one in given.split(" "))
    return "valid" if is_fresh and is_signed else "invalid"


class Record:
    """What arrived, in order: a list for tests, lines in a file for everybody else."""

    def __init__(self, path=None):
        self.items = []
        self.changed = threading.Condition()
        self.file = open(path, "a", encoding="utf-8") if path else None

    def add(self, item):
        with self.changed:
            self.items.append(item)
            if self.file:
                self.file.write(json.dumps(item, ensure_ascii=False) + "\n")
                self.file.flush()
            self.changed.notify_all()

    def wait(self, count, timeout=10):
        """The items once there are `count` of them, or after the time-out whatever there is."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.items) >= count, timeout)
            return list(self.items)


class Script:
    """Takes the next entry of a named list; the last entry stays if is_sticky, else the default follows."""

    def __init__(self, lists, is_sticky):
        self.lists = {name: list(entries) for name, entries in lists.items()}
        self.is_sticky = is_sticky
        self.lock = threading.Lock()

    def take(self, name, default):
        with self.lock:
            entries = self.lists.get(name) or self.lists.get("*") or []
            if not entries:
                return default
            return entries[0] if self.is_sticky and len(entries) == 1 else entries.pop(0)


def put_text(item, body):
    """Text where it is text, base64 where it is not."""
    try:
        item["body"] = body.decode("utf-8")
    except UnicodeDecodeError:
        item["body_base64"] = base64.b64encode(body).decode()


class Gone(Exception):
    """The connection is to be closed now."""


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Sink:
    """A server on loopback in a thread of its own."""

    def start(self, server):
        self.server = server
        self.port = server.server_address[1]
        self.thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()


# ---- HTTP ----------------------------------------------------------------------------------------------------

class HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        if self.server.sink.tls:
            self.request.settimeout(10)
            self.request = self.server.sink.tls.wrap_socket(self.request, server_side=True)
            self.request.settimeout(None)
        super().setup()

    def log_message(self, *ignored):
        pass

    def answer(self):
        sink = self.server.sink
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), BODY_MAX))
        step = sink.script.take(self.path.split("?")[0], {})
        item = {"at": time.time(), "method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                "connection": self.client_address[1], "answer": step.get("status", 200)}
        put_text(item, body)
        if sink.secret:
            item["signature"] = webhook_signature(sink.secret, item["headers"], body)
        sink.record.add(item)
        time.sleep(step.get("delay", 0))
        self.write_step(step)

    def write_step(self, step):
        how = step.get("close")
        self.close_connection = self.close_connection or how is not None
        if how in ("before", "reset"):
            if how == "reset":
                reset(self.connection)
            raise Gone
        body = step.get("body", "").encode() + b"x" * step.get("pad", 0)
        self.send_response(step.get("status", 200))
        for name, value in step.get("headers", {}).items():
            self.send_header(name, value)
        if "retry_after" in step:
            self.send_header("Retry-After", str(step["retry_after"]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if how == "middle" else body)
        self.wfile.flush()

    def guarded(self):
        try:
            self.answer()
        except (Gone, OSError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = guarded


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, address):
        problem = sys.exc_info()[1]
        if not isinstance(problem, OSError):  # ssl.SSLError is one: a client that does not trust us
            super().handle_error(request, address)


class HttpSink(Sink):
    def __init__(self, script=None, secret=None, tls=None, record=None, port=0, host="127.0.0.1"):
        lists = script if isinstance(script, dict) else {"*": script or [{}]}
        self.script = Script(lists, is_sticky=True)
        self.secret = secret
        self.tls = server_context(tls) if tls else None
        self.record = Record(record)
        self.host = host
        server = QuietServer((host, port), HttpHandler)
        server.sink = self
        self.start(server)

    @property
    def requests(self):
        return self.record.wait(0)

    def url(self, path="/"):
        return "%s://%s:%d%s" % ("https" if self.tls else "http", self.host, self.port, path)


# ---- SMTP ----------------------------------------------------------------------------------------------------

class SmtpHandler(socketserver.BaseRequestHandler):
    USUAL = {"connect": "220 sink.test ESMTP", "starttls": "220 2.0.0 go ahead", "auth": "235 2.7.0 welcome", "mail": "250 2.1.0 ok",
             "rcpt": "250 2.1.5 ok", "data": "354 end with a dot", "dot": "250 2.0.0 queued"}

    def handle(self):
        try:
            self.is_encrypted = False
            self.request.settimeout(HANG_S)
            self.open_files(self.server.sink.tls)
            self.say("connect")
            self.mail = {}
            while self.command(self.line()):
                pass
        except (Gone, OSError):
            pass

    def open_files(self, context):
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
            self.is_encrypted = True
        self.file = self.request.makefile("rb")

    def line(self):
        line = self.file.readline(8192)
        if not line:
            raise Gone
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def write(self, text):
        self.request.sendall(text.encode() + b"\r\n")

    def say(self, name):
        """Answers by script; true for a positive reply."""
        answer = self.server.sink.script.take(name, self.USUAL.get(name, "250 ok"))
        if answer == "close":
            raise Gone
        if answer == "hang":
            while self.file.read(1):
                pass
            raise Gone
        self.write(answer)
        return answer[0] in "23"

    def hello(self, is_extended):
        sink = self.server.sink
        offers = ["8BITMIME", "SMTPUTF8"]
        if sink.starttls and not self.is_encrypted:
            offers.append("STARTTLS")
        if sink.auth and (self.is_encrypted or not sink.starttls):
            offers.append("AUTH PLAIN LOGIN")
        if sink.script.lists.get("helo"):
            self.say("helo")
        elif is_extended:
            self.write("\r\n".join(["250-sink.test"] + ["250-" + offer for offer in offers[:-1]] + ["250 " + offers[-1]]))
        else:
            self.write("250 sink.test")

    def prompt(self, text):
        self.write("334 " + base64.b64encode(text.encode()).decode())
        return base64.b64decode(self.line()).decode()

    def authenticate(self, words):
        sink = self.server.sink
        if words[1].upper() == "PLAIN":
            initial = base64.b64decode(words[2]).decode() if len(words) > 2 else self.prompt("")
            given = tuple(initial.split("\0")[1:3])
        else:
            given = (base64.b64decode(words[2]).decode() if len(words) > 2 else self.prompt("Username:"), self.prompt("Password:"))
        if given != sink.auth:
            self.write("535 5.7.8 no")
            return
        if self.say("auth"):
            self.mail["user"] = given[0]

    def read_body(self):
        lines, stuffed = [], 0
        while True:
            line = self.file.readline()
            if not line:
                raise Gone
            if line == b".\r\n":
                return b"".join(lines), stuffed
            if line.startswith(b"."):
                line, stuffed = line[1:], stuffed + 1
            lines.append(line)

    def take_data(self):
        if not self.say("data"):
            return
        body, stuffed = self.read_body()
        item = dict(self.mail, at=time.time(), tls=self.is_encrypted, stuffed=stuffed, connection=self.client_address[1])
        put_text(item, body)
        self.server.sink.record.add(item)
        self.say("dot")
        self.mail = {name: value for name, value in self.mail.items() if name in ("helo", "user")}

    def command(self, line):
        words = line.split()
        verb = words[0].upper() if words else ""
        if verb in ("EHLO", "HELO"):
            self.mail["helo"] = line[5:]
            self.hello(verb == "EHLO")
        elif verb == "STARTTLS" and self.server.sink.starttls:
            if self.say("starttls"):
                self.mail = {}
                self.open_files(self.server.sink.starttls)
        elif verb == "AUTH" and len(words) > 1:
            self.authenticate(words)
        elif verb == "MAIL" and self.server.sink.auth and "user" not in self.mail:
            self.write("530 5.7.0 log in first")
        elif verb == "MAIL":
            if self.say("mail"):
                self.mail.update({"from": line.split(":", 1)[1].strip(), "to": []})
        elif verb == "RCPT":
            if self.say("rcpt"):
                self.mail["to"].append(line.split(":", 1)[1].strip())
        elif verb == "DATA":
            self.take_data()
        elif verb == "QUIT":
            self.write("221 bye")
            return False
        else:
            self.write("250 ok" if verb in ("RSET", "NOOP") else "502 5.5.1 what")
        return True


class SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)


class SmtpSink(Sink):
    def __init__(self, script=None, starttls=None, tls=None, auth=None, record=None, port=0):
        self.script = Script(script or {}, is_sticky=False)
        self.starttls = server_context(starttls) if starttls else None
        self.tls = server_context(tls) if tls else None
        self.auth = tuple(auth) if auth else None
        self.record = Record(record)
        server = SmtpServer(("127.0.0.1", port), SmtpHandler)
        server.sink = self
        self.start(server)

    @property
    def mails(self):
        return self.record.wait(0)

    def url(self, helo="gw.test"):
        return "%s://127.0.0.1:%d/%s" % ("smtps" if self.tls else "smtp", self.port, helo)


# ---- command line --------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description="scripted HTTP and SMTP servers for tests")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("http", "smtp"):
        one = kinds.add_parser(kind)
        one.add_argument("--port", type=int, default=0)
        one.add_argument("--record", help="file that gets one JSON object a line")
        one.add_argument("--script", help="file with the script, JSON")
        one.add_argument("--tls", metavar="FOLDER", help="made by tests/support/pki")
        if kind == "http":
            one.add_argument("--secret", help="verify Standard Webhooks signatures with it")
        else:
            one.add_argument("--starttls", metavar="FOLDER")
            one.add_argument("--auth", metavar="USER:PASSWORD")
    options = parser.parse_args()
    script = None
    if options.script:
        with open(options.script, encoding="utf-8") as file:
            script = json.load(file)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *ignored: ended.set())
    if options.kind == "http":
        sink = HttpSink(script, options.secret, options.tls, options.record, options.port)
    else:
        sink = SmtpSink(script, options.starttls, options.tls, options.auth.split(":", 1) if options.auth else None, options.record,
                        options.port)
    print("READY %s 127.0.0.1:%d" % (options.kind, sink.port), flush=True)
    ended.wait()
    sink.close()


if __name__ == "__main__":
    main()
