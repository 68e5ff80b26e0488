#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_http - many clients, slow clients and dead clients at the daemon's door: each text is taken, and taken soon.
# What:  hundreds of keep-alive connections, drips that never end, idle crowds, /healthz; and a disk that takes no more.
# Not here: the bytes of a request (it_bad_input), figures (tests/bench).
import http.client
import os
import resource
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TEXT = "tulong po sinasaktan ako ng amo ko"
SLOWEST_S = tap.within(1.0)
ROUNDS = 4


def request(identity, host="line"):
    body = urllib.parse.urlencode({"from": HER, "text": TEXT + " " + identity, "id": identity})
    return ("POST /in/line/message HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
            % (host, len(body), body)).encode()


def answers_of(connections, count):
    """Reads one answer from each connection; how long the slowest took, and the statuses."""
    begin, slowest, statuses, waiting = time.monotonic(), 0.0, [], {c.fileno(): c for c in connections}
    poll = select.poll()
    for number in waiting:
        poll.register(number, select.POLLIN)
    while waiting and time.monotonic() - begin < helpline.PATIENCE_S:
        for number, _ in poll.poll(1000):
            data = waiting.pop(number).recv(4096)
            poll.unregister(number)
            statuses.append(int(data[9:12] or 0))
            slowest = time.monotonic() - begin
    assert len(statuses) == count, "%d of %d connections were not answered" % (count - len(statuses), count)
    return slowest, statuses


def hundreds_of_keep_alive_connections_are_all_answered_soon():
    for count in (128, 256, 512):
        with sinks.HttpSink() as sink, Line(simple_config(sink, more="limits = { connections_max = 600; };"), with_sender=False) as line:
            connections = [socket.create_connection(line.address) for _ in range(count)]
            for number in range(ROUNDS):
                for at, connection in enumerate(connections):
                    connection.sendall(request("%d-%d" % (number, at)))
                slowest, statuses = answers_of(connections, count)
                assert set(statuses) == {200} and slowest < SLOWEST_S, (count, slowest, set(statuses))
            assert line.ctl_json("cases", "list")[0]["messages"] == count * ROUNDS
            for connection in connections:
                connection.close()


def server_alone_does_not_stall_at_128_connections():
    program = os.path.join(helpline.BUILD, "tests/bench/bench_stall")
    if not os.path.exists(program):
        raise tap.Skip("bench_stall is not built")
    done = subprocess.run([program, "3000"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Drip(threading.Thread):
    """A client that sends a byte now and then and never comes to an end."""

    def __init__(self, address, start, byte):
        super().__init__(daemon=True)
        self.connection = socket.create_connection(address)
        self.data, self.byte, self.cut_after = start, byte, None
        self.start()

    def run(self):
        begin = time.monotonic()
        try:
            self.connection.sendall(self.data)
            while time.monotonic() - begin < 10:
                self.connection.sendall(self.byte)
                if select.select([self.connection], [], [], 0.1)[0] and not self.connection.recv(4096):
                    break
        except OSError:
            pass
        self.cut_after = time.monotonic() - begin
        self.connection.close()


def client_that_drips_is_cut_at_the_deadline_while_others_are_served():
    head = b"POST /in/line/message HTTP/1.1\r\nHost: line\r\nContent-Length: 4000\r\n"
    with sinks.HttpSink() as sink, Line(simple_config(sink, more='limits = { request_deadline = "2 s"; };')) as line:
        drips = [Drip(line.address, head, b"X-A: b\r\n") for _ in range(10)] + [Drip(line.address, head + b"\r\n", b"a") for _ in range(10)]
        slowest = 0.0
        while any(drip.cut_after is None for drip in drips):
            begin = time.monotonic()
            assert line.text(HER, TEXT).status == 200
            slowest = max(slowest, time.monotonic() - begin)
            time.sleep(0.02)
        assert slowest < tap.within(0.5), slowest
        assert all(1.8 < drip.cut_after < tap.within(2) for drip in drips), [drip.cut_after for drip in drips]


def crowd_of_idle_connections_does_not_keep_a_text_out():
    with sinks.HttpSink() as sink, Line(simple_config(sink, more="limits = { connections_max = 16; };")) as line:
        idle = [socket.create_connection(line.address) for _ in range(40)]
        time.sleep(0.2)
        begin = time.monotonic()
        assert line.text(HER, TEXT).status == 200
        assert time.monotonic() - begin < tap.within(1), time.monotonic() - begin
        for connection in idle:
            connection.close()


def client_that_goes_away_before_its_answer_has_still_sent_a_text():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        for number in range(20):
            connection = socket.create_connection(line.address)
            connection.sendall(request("gone-%d" % number))
            connection.close()
        wait_until(lambda: line.ctl_json("cases", "list")[0].get("messages") == 20, "all twenty texts")


def health_page_is_ok_on_both_doors():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        answer = line.request("GET", "/healthz")
        assert (answer.status, answer.body) == (200, b"ok"), answer.body
        host, port = line.ready["console"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=helpline.PATIENCE_S)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok"
        connection.close()


def disk_that_takes_no_more_is_answered_503_and_recovers_without_a_restart():
    # A ceiling on the size of files stands for the full disk; there is no place for the spool.
    spoolless = 'storage = { ballast = 0; spool = "helplined.conf/none"; };'
    wrapper = ["sh", "-c", "ulimit -S -f 1600; exec \"$@\"", "sh"]
    with sinks.HttpSink() as sink, Line(simple_config(sink, more=spoolless), wrapper=wrapper) as line:
        taken, refused = [], None
        for number in range(3000):
            answer = line.text("+96651%07d" % number, TEXT + " " + "mahaba " * 100, identity="n%d" % number)
            if answer.status != 200:
                refused = answer
                break
            taken.append(number)
        assert refused and refused.status == 503 and refused.headers.get("Retry-After"), refused
        assert line.request("GET", "/healthz").status == 503
        assert line.ctl("health", check=False).returncode == 1
        assert line.events("storage_failed") or line.events("request_failed"), line.log()
        _, hard = resource.prlimit(line.daemon.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(line.daemon.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert wait_until(lambda: line.text(HER, TEXT).status == 200, "texts to be taken again")
        assert line.request("GET", "/healthz").body == b"ok"
        stored = line.rows("messages", "list", "--limit", "1")[0]["message"]
        cases = [row["case"] for row in line.rows("cases", "list", "--state", "all", "--limit", "1000")]
        assert len(cases) == min(1000, len(taken) + 1) and stored >= len(taken) + 1, (len(cases), len(taken), stored)
        assert line.ctl("audit", "verify").returncode == 0
        assert line.text("x", "y", identity="n0").status == 200  # known: a copy
        wanted = {"+96651%07d" % number for number in taken} | {HER}
        wait_until(lambda: {alert["from"] for alert in helpline.alerts_at(sink) if alert["case"]} == wanted, "their alerts", 60)


tap.run([
    hundreds_of_keep_alive_connections_are_all_answered_soon,
    server_alone_does_not_stall_at_128_connections,
    client_that_drips_is_cut_at_the_deadline_while_others_are_served,
    crowd_of_idle_connections_does_not_keep_a_text_out,
    client_that_goes_away_before_its_answer_has_still_sent_a_text,
    health_page_is_ok_on_both_doors,
    disk_that_takes_no_more_is_answered_503_and_recovers_without_a_restart,
])
