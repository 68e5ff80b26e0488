#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_sender - the stories of helpline-sender: the real program between a daemon's side of the worker protocol (FakeDaemon, below)
#             and scripted servers on loopback.
# Keeps: every story has a sender of its own; prints TAP.
# Not here: what the daemon makes of a result (the stories of the daemon).
import base64
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402

BUILD = os.environ.get("HELPLINED_BUILD", "build/release")
PKI = os.path.join(os.path.dirname(sinks.__file__), "pki")
WAIT_S = 15
MARKER = "Zebra7291"  # stands for a secret or a text: must never be seen in a log
STORIES = []


def story(function):
    function.__name__ = "it_sender_" + function.__name__
    STORIES.append(function)
    return function


def equal(got, want, what=""):
    if got != want:
        raise AssertionError("%s: got %r, want %r" % (what or "value", got, want))


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


class FakeDaemon:
    """The daemon's side of gateway/PROTOCOL.md §2, one connection at a time."""

    def __init__(self, path, allow=(), insecure=()):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.listener.settimeout(WAIT_S)
        self.allow, self.insecure = list(allow), list(insecure)
        self.connection = None

    def accept(self):
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(WAIT_S)
        return self.receive()

    def welcome(self):
        hello = self.accept()
        self.send({"welcome": 1, "allow": self.allow, "insecure_hosts": self.insecure})
        return hello

    def send_raw(self, data):
        self.connection.sendall(data)

    def send(self, value):
        text = json.dumps(value).encode()
        self.send_raw(struct.pack(">I", len(text)) + text)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self, timeout=WAIT_S):
        self.connection.settimeout(timeout)
        return json.loads(self.exactly(struct.unpack(">I", self.exactly(4))[0]))

    def is_closed_by_peer(self):
        try:
            while True:
                self.receive()
        except (EOFError, ConnectionResetError):
            return True

    def hang_up(self):
        self.connection.close()

    def results(self, count):
        found = {}
        for _ in range(count):
            result = self.receive()
            found[result["result"]] = result
        return found

    def do(self, **job):
        """One job, its result."""
        self.send(dict({"job": "j1", "kind": "http", "timeout_ms": 8000}, **job))
        return self.receive()

    def close(self):
        if self.connection:
            self.connection.close()
        self.listener.close()


class Sender:
    def __init__(self, folder, arguments=(), environment=None):
        self.log_path = os.path.join(folder, "sender.log")
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen([os.path.join(BUILD, "helpline-sender"), "--socket", os.path.join(folder, "w"), *arguments],
                                        stderr=self.log, env=dict(os.environ, **(environment or {})))

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(WAIT_S)
        self.log.close()
        return code

    def log_text(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()


@contextlib.contextmanager
def bench(allow=(), insecure=("127.0.0.1",), ca=None, environment=None):
    """A welcomed sender and its daemon. On the way out the sender must end cleanly and its log must hold no marker."""
    with tempfile.TemporaryDirectory() as folder:
        daemon = FakeDaemon(os.path.join(folder, "w"), allow, insecure)
        sender = Sender(folder, ["--ca-file", ca] if ca else [], environment)
        try:
            daemon.welcome()
            yield daemon, sender
            daemon.hang_up()
            equal(sender.end(), 0, "exit status")
            if MARKER in sender.log_text():
                raise AssertionError("the log holds what it must not: " + sender.log_text())
        finally:
            if sender.process.poll() is None:
                sender.end(signal.SIGKILL)
            daemon.close()


def raw_server(handle, **options):
    """A listener on loopback whose connections are handed to handle(connection, number)."""
    listener = socket.socket()
    for (level, option), value in options.get("socket", {}).items():
        listener.setsockopt(level, option, value)
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)

    def serve():
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            number += 1
            with contextlib.suppress(OSError), connection:
                handle(connection, number)

    threading.Thread(target=serve, daemon=True).start()
    return listener, listener.getsockname()[1]


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while length and len(body) < length[0]:
        body += connection.recv(65536)
    return head


HELD = []  # ports that refuse: bound, so that nobody else is given them, and never listening


def free_port():
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    HELD.append(probe)
    return probe.getsockname()[1]


PKI_FOLDER = tempfile.TemporaryDirectory()
OTHER_FOLDER = tempfile.TemporaryDirectory()
CA = os.path.join(PKI_FOLDER.name, "ca.pem")


# ---- HTTP ----------------------------------------------------------------------------------------------------

@story
def https_alert_arrives_whole_with_our_own_authority():
    text = "Ate, naka-lock po ako dito. ወንድሜ እርዳኝ \0 end".encode()
    with sinks.HttpSink([{"status": 201, "body": "{\"id\":7}", "retry_after": 12}], tls=PKI_FOLDER.name) as sink, \
            bench(["127.0.0.1:%d" % sink.port], [], CA) as (daemon, _):
        result = daemon.do(url=sink.url("/hook?t=" + MARKER), method="PUT", username="line", password=MARKER,
                           headers=[["Content-Type", "text/plain; charset=utf-8"], ["X-Empty", ""]], body=b64(text))
        equal(result, {"result": "j1", "kind": "answered", "status": 201, "retry_after": 12, "body": b64("{\"id\":7}"),
                       "truncated": False, "reason": "answered"})
        request = sink.requests[0]
        equal(request["method"], "PUT")
        equal(request["path"], "/hook?t=" + MARKER)
        equal(request["body"].encode(), text)
        headers = request["headers"]
        equal(headers["Authorization"], "Basic " + b64("line:" + MARKER))
        equal(headers["X-Empty"], "")
        equal(headers["Content-Type"], "text/plain; charset=utf-8")
        equal([name for name in headers if name in ("Expect", "Cookie", "Accept-Encoding")], [])


@story
def webhook_signature_survives_the_way():
    # Signed here as the daemon would: the sink recomputes it over the bytes that arrived.
    secret, stamp, body = "whsec_" + b64(b"k" * 32), str(int(time.time())), b'{"case":"1001","text":"\xd9\x85"}'
    for label, signed in (("valid", body), ("invalid", body + b" ")):
        mac = sinks.hmac.new(b"k" * 32, b".".join((b"m1", stamp.encode(), signed)), "sha256").digest()
        with sinks.HttpSink(secret=secret) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
            daemon.do(url=sink.url(), body=b64(body), headers=[
                ["webhook-id", "m1"], ["webhook-timestamp", stamp], ["webhook-signature", "v1," + b64(mac)]])
            equal(sink.requests[0]["signature"], label)


@story
def unknown_authority_or_wrong_name_sends_nothing():
    with sinks.HttpSink(tls=PKI_FOLDER.name) as sink:
        allow = ["127.0.0.1:%d" % sink.port]
        with bench(allow, [], os.path.join(OTHER_FOLDER.name, "ca.pem")) as (daemon, _):
            result = daemon.do(url=sink.url())
            equal((result["kind"], result["reason"]), ("not_sent", "the certificate is not trusted for this host"))
        with bench(allow, []) as (daemon, _):
            equal(daemon.do(url=sink.url())["kind"], "not_sent", "system authorities")
        equal(sink.requests, [])
    # The certificate is for localhost, 127.0.0.1 and ::1.
    with sinks.HttpSink(tls=PKI_FOLDER.name, host="127.0.0.2") as sink, bench(["127.0.0.2:%d" % sink.port], [], CA) as (daemon, _):
        equal(daemon.do(url=sink.url())["reason"], "the certificate is not trusted for this host", "other name")
        equal(sink.requests, [])
    with sinks.HttpSink(tls=PKI_FOLDER.name) as sink, bench(["localhost:%d" % sink.port], ["localhost"], CA) as (daemon, _):
        equal(daemon.do(url="https://localhost:%d/" % sink.port)["kind"], "answered", "the name in the certificate")


@story
def nothing_leaves_for_a_place_that_is_not_allowed():
    with sinks.HttpSink() as sink:
        port = sink.port
        listed, address, plain = ("the destination is not on the allow-list", "the address behind the name is not allowed",
                                  "plain text is not allowed to this host")
        here, malformed = ["127.0.0.1:%d" % port], "the job is malformed"
        cases = [
            ("not on the list", ["127.0.0.1:1"], ["127.0.0.1"], "http://127.0.0.1:%d/", listed),
            ("other spelling of the host", here, ["127.0.0.1"], "http://localhost:%d/", listed),
            ("plain text without permission", here, [], "http://127.0.0.1:%d/", plain),
            ("user information hides the host", here, ["127.0.0.1"], "http://127.0.0.1@127.0.0.1:%d/", malformed),
            ("other scheme", here, ["127.0.0.1"], "gopher://127.0.0.1:%d/", malformed),
            ("plain mail without permission", here, [], "smtp://127.0.0.1:%d/", plain),
            ("unspecified address", ["0.0.0.0:%d" % port], ["0.0.0.0"], "http://0.0.0.0:%d/", address),
            ("plain text beyond this machine", ["10.255.255.1:%d" % port], ["10.255.255.1"], "http://10.255.255.1:%d/", address),
        ]
        for label, allow, insecure, url, reason in cases:
            with bench(allow, insecure) as (daemon, _):
                job = {"kind": "mail", "to": "a@b.test", "body": b64("x"), "starttls": False} if url.startswith("smtp") else {}
                result = daemon.do(url=url % port, **job)
                equal((result["kind"], result["reason"]), ("not_sent", reason), label)
        equal(sink.requests, [])


@story
def name_that_leads_into_this_machine_is_not_followed():
    # All else is in order: the name is on the list, the certificate is good. Only the address behind it is not public.
    with sinks.HttpSink(tls=PKI_FOLDER.name) as sink:
        for insecure, kind, count in (([], "not_sent", 0), (["localhost"], "answered", 1)):
            with bench(["localhost:%d" % sink.port], insecure, CA) as (daemon, _):
                equal(daemon.do(url="https://localhost:%d/" % sink.port)["kind"], kind, repr(insecure))
                equal(len(sink.requests), count)


@story
def new_allow_list_holds_for_the_next_job():
    with sinks.HttpSink() as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
        equal(daemon.do(url=sink.url())["kind"], "answered")
        daemon.send({"allow": ["127.0.0.1:1"], "insecure_hosts": ["127.0.0.1"]})
        equal(daemon.do(url=sink.url())["kind"], "not_sent")
        equal(len(sink.requests), 1)


@story
def redirect_is_an_answer_and_is_not_followed():
    with sinks.HttpSink() as aim, sinks.HttpSink([{"status": 307, "headers": {"Location": aim.url()}}]) as sink, \
            bench(["127.0.0.1:%d" % sink.port, "127.0.0.1:%d" % aim.port]) as (daemon, _):
        equal(daemon.do(url=sink.url())["status"], 307)
        equal(aim.requests, [])


@story
def lost_answer_is_unknown():
    for label, step in (("time-out", {"delay": 3}), ("close", {"close": "before"}), ("reset", {"close": "reset"}),
                        ("half a body", {"body": "0123456789", "close": "middle"})):
        for method, body in (("POST", b64("x" * 5000)), ("GET", "")):
            with sinks.HttpSink([step]) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
                result = daemon.do(url=sink.url(), method=method, body=body, timeout_ms=600)
                equal((result["kind"], result["status"], result["body"]), ("unknown", 0, ""), label)
                equal(len(sink.requests), 1, label)


@story
def no_connection_is_not_sent():
    port = free_port()
    mute, mute_port = raw_server(lambda connection, number: time.sleep(3))
    with bench(["127.0.0.1:%d" % port, "127.0.0.1:%d" % mute_port, "nowhere.invalid:443"]) as (daemon, _):
        equal(daemon.do(url="http://127.0.0.1:%d/" % port)["reason"], "the connection was refused")
        result = daemon.do(url="https://127.0.0.1:%d/" % mute_port, timeout_ms=500, body=b64("x"))
        equal(result["kind"], "not_sent", "a server that never shakes hands")
        equal(daemon.do(url="https://nowhere.invalid/", timeout_ms=3000)["kind"], "not_sent", "no such name")
    mute.close()


@story
def half_written_request_is_not_sent():
    # Small segments and a small window: the kernel cannot take the whole body, and the server never reads.
    small = {(socket.IPPROTO_TCP, socket.TCP_MAXSEG): 536, (socket.SOL_SOCKET, socket.SO_RCVBUF): 4096}
    server, port = raw_server(lambda connection, number: time.sleep(3), socket=small)
    with bench(["127.0.0.1:%d" % port]) as (daemon, _):
        result = daemon.do(url="http://127.0.0.1:%d/" % port, body=b64(b"x" * 262144), timeout_ms=700)
        equal((result["kind"], result["reason"]), ("not_sent", "no answer in time"))
    server.close()


@story
def kept_connection_that_dies_is_never_written_twice():
    seen = []

    def handle(connection, number):
        while read_request(connection) is not None:
            seen.append(number)
            if len(seen) > 1:
                return  # took it, and goes without a word
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server, port = raw_server(handle)
    with bench(["127.0.0.1:%d" % port]) as (daemon, _):
        equal(daemon.do(url="http://127.0.0.1:%d/" % port, body=b64("1"))["kind"], "answered")
        equal(daemon.do(url="http://127.0.0.1:%d/" % port, body=b64("2"))["kind"], "unknown")
        equal(len(seen), 2)
    server.close()


@story
def kept_tls_connection_that_dies_is_never_written_twice():
    seen = []
    context = sinks.server_context(PKI_FOLDER.name)

    def handle(plain, number):
        with context.wrap_socket(plain, server_side=True) as connection:
            while read_request(connection) is not None:
                seen.append(number)
                if len(seen) > 1:
                    return
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server, port = raw_server(handle)
    with bench(["127.0.0.1:%d" % port], [], CA) as (daemon, _):
        equal(daemon.do(url="https://127.0.0.1:%d/" % port, body=b64("1"))["kind"], "answered")
        result = daemon.do(url="https://127.0.0.1:%d/" % port, body=b64("2"))
        equal((result["kind"], result["reason"]), ("unknown", "the kept connection was closed by the server"))
        equal(seen, [1, 1], "connections that carried the requests")
    server.close()


@story
def connection_is_kept_between_jobs():
    with sinks.HttpSink(tls=PKI_FOLDER.name) as sink, bench(["127.0.0.1:%d" % sink.port], [], CA) as (daemon, _):
        for number in range(5):
            equal(daemon.do(job="k%d" % number, url=sink.url(), body=b64("x"))["kind"], "answered")
        equal(len({request["connection"] for request in sink.requests}), 1, "connections used")


@story
def server_that_closes_after_its_answer_is_reached_anew():
    with sinks.HttpSink([{"close": "after", "body": "ok"}], tls=PKI_FOLDER.name) as sink, \
            bench(["127.0.0.1:%d" % sink.port], [], CA) as (daemon, _):
        for number in range(3):
            equal(daemon.do(job="k%d" % number, url=sink.url(), body=b64("x"))["kind"], "answered")
            time.sleep(0.1)
        equal(len(sink.requests), 3)


@story
def oversize_answer_is_cut_and_still_an_answer():
    for pad, length, is_cut in ((65536, 65536, False), (65537, 65536, True), (3000000, 65536, True)):
        with sinks.HttpSink([{"status": 202, "pad": pad}]) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
            result = daemon.do(url=sink.url(), body=b64("x"))
            equal((result["kind"], result["status"], result["truncated"]), ("answered", 202, is_cut), "pad %d" % pad)
            equal(len(base64.b64decode(result["body"])), length)


@story
def job_may_ask_for_more_of_its_answer():
    for wanted, length, is_cut in ((200000, 200000, True), (300000, 300000, False), (9000000, 300000, False)):
        with sinks.HttpSink([{"status": 200, "pad": 300000}]) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
            result = daemon.do(url=sink.url(), body=b64("x"), reply_max=wanted)
            equal((result["kind"], result["truncated"], len(base64.b64decode(result["body"]))), ("answered", is_cut, length), wanted)


@story
def endless_head_and_garbage_are_unknown():
    answers = {"endless": b"HTTP/1.1 200 OK\r\n" + b"X-Fill: " + b"y" * 1000 + b"\r\n", "garbage": b"\x15\x03\x01\x00\x02\x02\x46 no http\r\n"}
    for label, line in answers.items():
        def handle(connection, number, line=line, repeat=2000 if label == "endless" else 1):
            read_request(connection)
            connection.sendall(line)
            for _ in range(repeat):
                connection.sendall(b"X-Fill: " + b"y" * 1000 + b"\r\n")

        server, port = raw_server(handle)
        with bench(["127.0.0.1:%d" % port]) as (daemon, _):
            equal(daemon.do(url="http://127.0.0.1:%d/" % port, body=b64("x"))["kind"], "unknown", label)
        server.close()


@story
def proxies_and_netrc_of_the_environment_are_not_used():
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(home, ".netrc"), "w", encoding="utf-8") as file:
            file.write("default login someone password %s\n" % MARKER)
        proxy = "http://127.0.0.1:%d" % free_port()
        environment = {name: proxy for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY")}
        environment.update({"HOME": home, "SSLKEYLOGFILE": os.path.join(home, "keys"), "SSL_CERT_FILE": "/dev/null"})
        with sinks.HttpSink(tls=PKI_FOLDER.name) as sink, \
                bench(["127.0.0.1:%d" % sink.port], [], CA, environment) as (daemon, _):
            equal(daemon.do(url=sink.url(), body=b64("x"))["kind"], "answered")
            equal("Authorization" in sink.requests[0]["headers"], False)
        equal(os.path.exists(os.path.join(home, "keys")), False, "TLS keys were written")


# ---- mail ----------------------------------------------------------------------------------------------------

MAIL = ("Date: Tue, 24 Nov 2026 22:50:14 +0000\r\nFrom: <line@gw.test>\r\nTo: <duty@ngo.test>\r\nSubject: test\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        ".starts with a dot\r\n..two\r\n.\r\nமேடம் உதவி, ช่วยด้วย\r\nlast line\r\n")


def mail_job(sink, **changes):
    return dict({"kind": "mail", "url": sink.url(), "starttls": sink.starttls is not None, "from": "line@gw.test", "to": "duty@ngo.test",
                 "body": b64(MAIL)}, **changes)


@story
def mail_arrives_unchanged_by_starttls_smtps_and_loopback():
    ways = {"starttls": {"starttls": PKI_FOLDER.name}, "smtps": {"tls": PKI_FOLDER.name}, "plain": {}}
    for label, options in ways.items():
        with sinks.SmtpSink(auth=("line", MARKER), **options) as sink, \
                bench(["127.0.0.1:%d" % sink.port], ["127.0.0.1"] if label == "plain" else [], CA) as (daemon, _):
            for number in range(2):
                result = daemon.do(**mail_job(sink, job="m%d" % number, username="line", password=MARKER))
                equal((result["kind"], result["status"]), ("answered", 250), label)
            mail = sink.mails[1]
            equal(mail["body"], MAIL, label)
            equal((mail["from"].split(" ")[0], mail["to"], mail["helo"], mail["user"]),
                  ("<line@gw.test>", ["<duty@ngo.test>"], "gw.test", "line"), label)
            equal((mail["tls"], mail["stuffed"]), (label != "plain", 3), label)


@story
def mail_is_not_sent_where_starttls_is_missing_or_untrusted():
    with sinks.SmtpSink() as sink, bench(["127.0.0.1:%d" % sink.port], ["127.0.0.1"], CA) as (daemon, _):
        result = daemon.do(**mail_job(sink, starttls=True, username="line", password=MARKER))
        equal((result["kind"], result["reason"]), ("not_sent", "the server offers no STARTTLS"))
        equal(sink.mails, [])
    with sinks.SmtpSink(starttls=OTHER_FOLDER.name) as sink, bench(["127.0.0.1:%d" % sink.port], [], CA) as (daemon, _):
        result = daemon.do(**mail_job(sink, username="line", password=MARKER))
        equal((result["kind"], result["reason"]), ("not_sent", "the certificate is not trusted for this host"))


@story
def mail_server_codes_come_back():
    cases = [("connect", "421 4.3.2 busy", 421), ("helo", "502 5.5.1 no", 502), ("mail", "451 4.3.0 later", 451), ("rcpt", "550 5.1.1 unknown", 550),
             ("data", "452 4.2.2 full", 452), ("dot", "451 4.7.0 greylisted", 451), ("dot", "554 5.7.1 refused", 554)]
    for name, answer, status in cases:
        # Twice, because libcurl tries HELO after a refused EHLO.
        with sinks.SmtpSink({name: [answer, answer]}) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
            result = daemon.do(**mail_job(sink))
            equal((result["kind"], result["status"]), ("answered", status), name + " " + answer)
    with sinks.SmtpSink(auth=("line", "right")) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
        result = daemon.do(**mail_job(sink, username="line", password="wrong"))
        equal((result["kind"], result["status"]), ("answered", 535))


@story
def mail_without_a_last_word_is_unknown_only_after_the_dot():
    cases = [("connect", "not_sent"), ("helo", "not_sent"), ("mail", "not_sent"), ("rcpt", "not_sent"), ("data", "not_sent"), ("dot", "unknown")]
    for name, kind in cases:
        for how in ("close", "hang"):
            with sinks.SmtpSink({name: [how]}) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
                equal(daemon.do(**mail_job(sink, timeout_ms=400))["kind"], kind, name + " " + how)


# ---- the daemon's side ---------------------------------------------------------------------------------------

@story
def hello_names_version_role_and_capacity():
    with tempfile.TemporaryDirectory() as folder:
        daemon = FakeDaemon(os.path.join(folder, "w"))
        sender = Sender(folder, ["--name", "sender-2"])
        equal(daemon.welcome(), {"hello": 1, "role": "sender", "name": "sender-2", "capacity": 64})
        daemon.send({"ping": 9007199254740992})
        equal(daemon.receive(), {"pong": 9007199254740992})
        daemon.send({"pong": 1})
        daemon.send({"ping": 0, "unknown key": [1, {}]})
        equal(daemon.receive(), {"pong": 0})
        daemon.close()
        equal(sender.end(), 0)


@story
def slow_server_does_not_delay_the_others():
    with sinks.HttpSink({"/slow": [{"delay": 5}], "*": [{}]}) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, sender):
        for number in range(8):
            daemon.send({"job": "s%d" % number, "kind": "http", "url": sink.url("/slow"), "body": b64("x"), "timeout_ms": 2500})
        started = time.monotonic()
        for number in range(50):
            daemon.send({"job": "q%d" % number, "kind": "http", "url": sink.url("/quick"), "body": b64("x"), "timeout_ms": 4000})
        results = daemon.results(50)
        equal({result["kind"] for result in results.values()}, {"answered"})
        equal({name[0] for name in results}, {"q"}, "first fifty results")
        if time.monotonic() - started > tap.within(0.8):
            raise AssertionError("quick jobs took %.1f s" % (time.monotonic() - started))
        equal({result["kind"] for result in daemon.results(8).values()}, {"unknown"}, "the slow ones")


@story
def slow_mail_server_does_not_delay_the_others():
    # Silence at the greeting, in the dialogue, and after the final dot, where libcurl alone would stand still for all.
    slow = [sinks.SmtpSink({name: ["hang"]}) for name in ("connect", "helo", "rcpt", "dot")]
    with sinks.HttpSink() as sink:
        with bench(["127.0.0.1:%d" % one.port for one in slow + [sink]]) as (daemon, _):
            for number, one in enumerate(slow):
                daemon.send(mail_job(one, job="s%d" % number, timeout_ms=3000))
            time.sleep(0.3)
            started = time.monotonic()
            for number in range(20):
                equal(daemon.do(job="q%d" % number, url=sink.url())["result"], "q%d" % number)
            if time.monotonic() - started > tap.within(0.8):
                raise AssertionError("quick jobs took %.1f s" % (time.monotonic() - started))
            kinds = {name: result["kind"] for name, result in daemon.results(4).items()}
            equal(kinds, {"s0": "not_sent", "s1": "not_sent", "s2": "not_sent", "s3": "unknown"})
            if time.monotonic() - started > tap.within(2):
                raise AssertionError("time-outs came after %.1f s" % (time.monotonic() - started))
    for one in slow:
        one.close()


SLOW_NAMES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node != NULL && strstr(node, "slow") != NULL)
        sleep(8);
    return real(node, service, hints, found);
}
"""


@story
def slow_name_server_does_not_delay_the_others():
    if tap.IS_SANITIZED:
        raise tap.Skip("a preloaded library and a sanitizer exclude each other")
    with tempfile.TemporaryDirectory() as folder, sinks.HttpSink() as sink:
        library = os.path.join(folder, "slow.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-", "-ldl"], input=SLOW_NAMES.encode(), check=True)
        with bench(["127.0.0.1:%d" % sink.port, "slow.invalid:443"], environment={"LD_PRELOAD": library}) as (daemon, _):
            daemon.send({"job": "s", "kind": "http", "url": "https://slow.invalid/", "timeout_ms": 500})
            started = time.monotonic()
            for number in range(10):
                daemon.send({"job": "q%d" % number, "kind": "http", "url": sink.url()})
                time.sleep(0.1)
            equal({result["kind"] for name, result in daemon.results(11).items() if name != "s"}, {"answered"})
            if time.monotonic() - started > 6:
                raise AssertionError("everybody waited for the name: %.1f s" % (time.monotonic() - started))


@story
def surplus_job_is_handed_back():
    with sinks.HttpSink([{"delay": 2}]) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
        for number in range(65):
            daemon.send({"job": "c%d" % number, "kind": "http", "url": sink.url(), "timeout_ms": 8000})
        first = daemon.receive()
        equal((first["result"], first["kind"], first["reason"]), ("c64", "not_sent", "the worker is full"))
        equal({result["kind"] for result in daemon.results(64).values()}, {"answered"})


@story
def malformed_job_is_handed_back_and_stops_nobody():
    with sinks.HttpSink() as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, _):
        bad = [{"url": sink.url() + "\n"}, {"url": 7}, {"kind": "fax"}, {"method": "TRACE"}, {"body": "%%%"}, {"body": 1},
               {"headers": [["Host", "x"]]}, {"headers": [["X", "a\r\nY: b"]]}, {"headers": [["Transfer-Encoding", "chunked"]]},
               {"headers": "X: y"}, {"headers": [["X"]]}, {"timeout_ms": -1}, {"method": "GET", "body": b64("x")},
               {"kind": "mail"}, {"body": b64(b"x" * 262145)}, {"username": "a" * 1025}]
        for change in bad:
            result = daemon.do(**dict({"url": sink.url(), "body": ""}, **change))
            equal((result["kind"], result["reason"]), ("not_sent", "the job is malformed"), repr(change)[:60])
        equal(daemon.do(url=sink.url())["kind"], "answered")
        equal(len(sink.requests), 1)


@story
def broken_frame_closes_and_the_sender_comes_back():
    def frame(text):
        return struct.pack(">I", len(text)) + text
    bad = {"no JSON": frame(b"{"), "no object": frame(b"[1]"), "duplicate key": frame(b'{"ping":1,"ping":2}'), "unknown word": frame(b'{"do":"it"}'),
           "two words": frame(b'{"ping":1,"job":"a"}'), "a modem's word": frame(b'{"stored":"1"}'), "own word": frame(b'{"result":"1"}'),
           "length 0": struct.pack(">I", 0), "length over 1 MiB": struct.pack(">I", 1048577), "ping without number": frame(b'{"ping":"x"}'),
           "job id": frame(b'{"job":"a b","kind":"http"}'), "second welcome": frame(b'{"welcome":1,"allow":[]}'),
           "allow without port": frame(b'{"allow":["host"]}'), "allow no list": frame(b'{"allow":"host:1"}'),
           "nesting": frame(b'{"ping":1,"x":' + b"[" * 40 + b"]" * 40 + b"}"), "surrogate": frame(b'{"ping":1,"x":"\\ud800"}')}
    for label, data in bad.items():
        with bench() as (daemon, _):
            daemon.send_raw(data)
            equal(daemon.is_closed_by_peer(), True, label)
            daemon.hang_up()
            equal(daemon.welcome()["hello"], 1, label)
    with tempfile.TemporaryDirectory() as folder:
        daemon = FakeDaemon(os.path.join(folder, "w"))
        sender = Sender(folder)
        for first in ({"job": "a", "kind": "http", "url": "http://127.0.0.1/"}, {"welcome": 2, "allow": []}, {"refused": "not today"}):
            daemon.accept()
            daemon.send(first)
            equal(daemon.is_closed_by_peer(), True, repr(first))
        daemon.welcome()
        daemon.close()
        equal(sender.end(), 0)


@story
def absent_daemon_is_waited_for():
    with tempfile.TemporaryDirectory() as folder:
        sender = Sender(folder)
        time.sleep(0.5)
        equal(sender.process.poll(), None, "gave up")
        daemon = FakeDaemon(os.path.join(folder, "w"))
        equal(daemon.welcome()["role"], "sender")
        daemon.close()
        os.unlink(os.path.join(folder, "w"))
        daemon = FakeDaemon(os.path.join(folder, "w"))
        equal(daemon.welcome()["role"], "sender", "after a restart of the daemon")
        daemon.close()
        equal(sender.end(), 0)


@story
def lost_daemon_ends_its_jobs_and_hears_nothing_of_them_later():
    with sinks.HttpSink([{"delay": 1}]) as sink, bench(["127.0.0.1:%d" % sink.port]) as (daemon, sender):
        daemon.send({"job": "lost", "kind": "http", "url": sink.url(), "body": b64("x")})
        sink.record.wait(1)
        daemon.hang_up()
        daemon.welcome()
        result = daemon.do(job="next", url=sink.url())
        equal((result["result"], result["kind"]), ("next", "answered"))
        equal(len(sink.requests), 2)
        equal("dropped=1" in sender.log_text(), True, "the log says what was dropped")


@story
def killed_sender_repeats_nothing_after_its_restart():
    with tempfile.TemporaryDirectory() as folder, sinks.HttpSink([{"delay": 2}, {}]) as sink:
        daemon = FakeDaemon(os.path.join(folder, "w"), ["127.0.0.1:%d" % sink.port], ["127.0.0.1"])
        sender = Sender(folder)
        daemon.welcome()
        daemon.send({"job": "a", "kind": "http", "url": sink.url(), "body": b64("x")})
        sink.record.wait(1)
        sender.end(signal.SIGKILL)
        equal(daemon.is_closed_by_peer(), True)
        daemon.hang_up()
        sender = Sender(folder)
        daemon.welcome()
        equal(daemon.do(job="a", url=sink.url(), body=b64("y"))["kind"], "answered")
        equal([request["body"] for request in sink.requests], ["x", "y"])
        daemon.close()
        equal(sender.end(), 0)


@story
def sigterm_finishes_what_is_open_and_takes_nothing_new():
    with tempfile.TemporaryDirectory() as folder, sinks.HttpSink([{"delay": 1, "status": 204}]) as sink:
        daemon = FakeDaemon(os.path.join(folder, "w"), ["127.0.0.1:%d" % sink.port], ["127.0.0.1"])
        sender = Sender(folder)
        daemon.welcome()
        daemon.send({"job": "open", "kind": "http", "url": sink.url(), "body": b64("x")})
        sink.record.wait(1)
        sender.process.terminate()
        time.sleep(0.2)
        daemon.send({"job": "late", "kind": "http", "url": sink.url()})
        results = daemon.results(2)
        equal((results["open"]["kind"], results["open"]["status"]), ("answered", 204))
        equal((results["late"]["kind"], results["late"]["reason"]), ("not_sent", "the worker is stopping"))
        equal(daemon.is_closed_by_peer(), True)
        equal(sender.end(), 0)
        daemon.close()


@story
def sigterm_does_not_wait_for_ever():
    with tempfile.TemporaryDirectory() as folder, sinks.HttpSink([{"delay": 30}]) as sink:
        daemon = FakeDaemon(os.path.join(folder, "w"), ["127.0.0.1:%d" % sink.port], ["127.0.0.1"])
        sender = Sender(folder)
        daemon.welcome()
        daemon.send({"job": "open", "kind": "http", "url": sink.url(), "body": b64("x"), "timeout_ms": 60000})
        sink.record.wait(1)
        started = time.monotonic()
        equal(sender.end(), 0)
        took = time.monotonic() - started
        if not 4 < took < 4 + tap.within(2):
            raise AssertionError("took %.1f s" % took)
        daemon.close()


@story
def process_of_the_sender_cannot_be_inspected():
    with bench() as (_, sender):
        with open("/proc/%d/limits" % sender.process.pid, encoding="utf-8") as file:
            core = [line.split()[4:6] for line in file if line.startswith("Max core")]
        equal(core, [["0", "0"]], "core limit")
        if not tap.IS_SANITIZED:
            equal(os.stat("/proc/%d/environ" % sender.process.pid).st_uid, 0, "owner of a process that is not dumpable")


@story
def usage_errors_are_said_at_once():
    program = os.path.join(BUILD, "helpline-sender")
    for arguments, code in ((["--help"], 0), (["--version"], 0), ([], 2), (["--socket"], 2), (["--socket", "x", "y"], 2),
                            (["--socket", "x", "--name", "Not A Name"], 2), (["--nonsense"], 2)):
        equal(subprocess.run([program] + arguments, capture_output=True, check=False).returncode, code, repr(arguments))


def main():
    wanted = sys.argv[1:]
    subprocess.run(["sh", PKI, PKI_FOLDER.name], check=True)
    subprocess.run(["sh", PKI, OTHER_FOLDER.name], check=True)
    tap.run([one for one in STORIES if not wanted or one.__name__ in wanted])


if __name__ == "__main__":
    main()
