#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_systemd - the daemon under a service manager: sockets by name, notifications, restarts that refuse nobody, no way out.
# What:  this file plays the manager: it holds the listening sockets and the notification socket, as the units do.
# Not here: the units themselves (it_units).
import glob
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
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
NAMES = ("webhooks", "console", "control", "workers")
RESTARTS = 20
CLIENTS = 4

# Puts the sockets where sd_listen_fds(3) says, and becomes the daemon, so that the pid is right.
ACTIVATE = """
import fcntl, os, sys
numbers = [fcntl.fcntl(int(n), fcntl.F_DUPFD, 100) for n in sys.argv[1].split(",")]
for at, number in enumerate(numbers):
    os.dup2(number, 3 + at, inheritable=True)
    os.close(number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(numbers)), LISTEN_FDNAMES=sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""


class Manager:
    """A line whose sockets this process opened, and keeps open while the daemon comes and goes."""

    def __init__(self, sink, names=NAMES, prefix=(), **options):
        self.line = Line(simple_config(sink), **options)
        self.sockets = {name: self.listen(name) for name in names}
        order = sorted(names, reverse=True)  # not the order in which the daemon asks
        numbers = [self.sockets[name].fileno() for name in order]
        self.line.pass_fds = tuple(numbers)
        self.line.wrapper = list(prefix) + [sys.executable, "-c", ACTIVATE, ",".join(map(str, numbers)), ":".join(order)]

    def listen(self, name):
        if name in ("webhooks", "console"):
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
        else:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(self.line.path(name + ".sock"))
        listener.listen(512)
        return listener

    def port(self, name):
        return self.sockets[name].getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, kind, *ignored):
        if kind:
            print("# " + self.line.log()[-3000:].replace("\n", "\n# "))
        self.line.close()
        for listener in self.sockets.values():
            listener.close()


def post(address, identity):
    body = urllib.parse.urlencode({"from": HER, "text": TEXT + " " + identity, "id": identity})
    connection = http.client.HTTPConnection(*address, timeout=helpline.PATIENCE_S)
    try:
        connection.request("POST", "/in/line/message", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status
    finally:
        connection.close()


# ---- sockets ---------------------------------------------------------------------------------------------------

def sockets_are_taken_by_their_names_and_left_alone_at_the_end():
    with sinks.HttpSink() as sink, Manager(sink) as manager:
        line = manager.line.start()
        assert line.address[1] == manager.port("webhooks"), line.ready
        assert line.ready["console"] == "127.0.0.1:%d" % manager.port("console"), line.ready
        line.text(HER, TEXT)
        received(sink)
        assert line.end() == 0
        for name in ("control", "workers"):
            assert os.path.exists(line.path(name + ".sock")), name + " was removed although the manager holds it"
        line.start()
        assert line.ctl_json("cases", "list")[0]["case"] == 1001
        line.text("+966501110002", TEXT)
        received(sink, count=2)  # the sender found its way back through the same socket


def sockets_that_are_not_passed_are_opened():
    with sinks.HttpSink() as sink, Manager(sink, names=("webhooks",)) as manager:
        line = manager.line.start()
        assert line.address[1] == manager.port("webhooks")
        assert line.ready["console"].startswith("127.0.0.1:") and line.ready["console"] != "127.0.0.1:0", line.ready
        line.text(HER, TEXT)
        received(sink)


def sockets_meant_for_another_process_are_not_taken():
    with sinks.HttpSink() as sink:
        environment = {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "webhooks"}
        with Line(simple_config(sink), environment=environment) as line:
            assert line.text(HER, TEXT).status == 200


def daemon_serves_without_any_network_of_its_own():
    unshare = shutil.which("unshare")
    apart = [unshare, "--net"] if os.getuid() == 0 else [unshare, "--map-root-user", "--net"]
    if not unshare or subprocess.run(apart + ["true"], capture_output=True, check=False).returncode:
        raise tap.Skip("no network namespace can be made here")
    with sinks.HttpSink() as sink, Manager(sink, prefix=apart) as manager:
        line = manager.line.start()
        with open("/proc/%d/net/dev" % line.daemon.pid, encoding="ascii") as file:
            assert [row.split(":")[0].strip() for row in file if ":" in row] == ["lo"], "it is not apart"
        line.text(HER, TEXT)
        assert received(sink)[0]["text"] == TEXT


class Client(threading.Thread):
    """Texts without a pause, each over a connection of its own, until told to end."""

    def __init__(self, address, name):
        super().__init__(daemon=True)
        self.address, self.label, self.taken, self.failed, self.is_over = address, name, [], [], False
        self.start()

    def run(self):
        number = 0
        while not self.is_over:
            number += 1
            identity = "%s-%d" % (self.label, number)
            try:
                status = post(self.address, identity)
            except (OSError, http.client.HTTPException) as problem:
                status = problem
            (self.taken if status == 200 else self.failed).append(identity if status == 200 else status)
            time.sleep(0.002)


def twenty_restarts_under_load_refuse_nobody_and_lose_nothing():
    with sinks.HttpSink() as sink, Manager(sink, with_sender=False) as manager:
        line = manager.line.start()
        clients = [Client(line.address, "c%d" % i) for i in range(CLIENTS)]
        for _ in range(RESTARTS):
            seen = sum(len(client.taken) for client in clients)
            wait_until(lambda: sum(len(client.taken) for client in clients) > seen + CLIENTS, "texts between two restarts")
            assert line.end() == 0
            line.start()
        for client in clients:
            client.is_over = True
        for client in clients:
            client.join(helpline.PATIENCE_S)
        failed = [problem for client in clients for problem in client.failed]
        taken = sum(len(client.taken) for client in clients)
        assert not failed, "%d of %d: %r" % (len(failed), len(failed) + taken, failed[:5])
        assert line.ctl_json("cases", "list")[0]["messages"] == taken
        print("# %d texts over %d restarts" % (taken, RESTARTS))


# ---- notifications ---------------------------------------------------------------------------------------------

class Notices:
    """The manager's end of NOTIFY_SOCKET."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="notify-")
        self.path = os.path.join(self.folder, "socket")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(helpline.PATIENCE_S)
        self.seen = []

    def wait(self, word):
        """Reads until a message has this line; that message."""
        while True:
            self.seen.append(self.socket.recv(4096).decode())
            if word in self.seen[-1].split("\n"):
                return self.seen[-1]

    def forget(self):
        """Throws away what waits; how much that was."""
        count = 0
        self.socket.setblocking(False)
        try:
            while count < 1000:
                self.socket.recv(4096)
                count += 1
        except BlockingIOError:
            pass
        self.socket.settimeout(helpline.PATIENCE_S)
        return count

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.socket.close()
        shutil.rmtree(self.folder)


def manager_hears_when_the_daemon_is_ready_reloads_and_stops():
    with sinks.HttpSink() as sink, Notices() as notices:
        line = Line(simple_config(sink), with_sender=False, environment={"NOTIFY_SOCKET": notices.path})
        try:
            line.start()
            assert notices.wait("READY=1") == notices.seen[0]
            line.reload()
            message = notices.wait("RELOADING=1")
            assert re.search(r"^MONOTONIC_USEC=\d+$", message, re.MULTILINE), message
            notices.wait("READY=1")
            line.end()
            notices.wait("STOPPING=1")
            assert not [text for text in notices.seen if "WATCHDOG" in text], "nobody asked for a watchdog"
        finally:
            line.close()


def watchdog_is_fed_while_the_daemon_lives_and_not_while_it_hangs():
    with sinks.HttpSink() as sink, Notices() as notices:
        line = Line(simple_config(sink), with_sender=False, environment={"NOTIFY_SOCKET": notices.path, "WATCHDOG_USEC": "400000"})
        try:
            line.start()
            notices.forget()
            notices.wait("WATCHDOG=1")
            begin = time.monotonic()
            for _ in range(4):
                notices.wait("WATCHDOG=1")
            assert 0.7 < time.monotonic() - begin < tap.within(1), time.monotonic() - begin
            os.kill(line.daemon.pid, signal.SIGSTOP)  # as if the loop were stuck
            notices.forget()
            time.sleep(0.6)
            assert not notices.forget(), "it was fed although the daemon stood still"
            os.kill(line.daemon.pid, signal.SIGCONT)
            notices.wait("WATCHDOG=1")
        finally:
            line.close()


# ---- no way out ------------------------------------------------------------------------------------------------

def outward_connections(pid, own_ports):
    """TCP and UDP sockets of a process that are neither listening nor accepted on one of its own ports."""
    inodes = set()
    for path in glob.glob("/proc/%d/fd/*" % pid):
        try:
            found = re.match(r"socket:\[(\d+)\]", os.readlink(path))
        except FileNotFoundError:
            continue
        if found:
            inodes.add(found.group(1))
    out = []
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw"):
        try:
            with open("/proc/%d/net/%s" % (pid, kind), encoding="ascii") as file:
                rows = [row.split() for row in file.readlines()[1:]]
        except FileNotFoundError:
            continue
        for row in rows:
            port = int(row[1].rsplit(":", 1)[1], 16)
            if row[9] in inodes and not (kind.startswith("tcp") and port in own_ports):
                out.append((kind, row[1], row[2]))
    return out


def daemon_never_opens_a_connection_of_its_own():
    with sinks.HttpSink(script=[{"delay": 0.3}]) as sink, Line(simple_config(sink)) as line:
        ports = {line.address[1], int(line.ready["console"].rsplit(":", 1)[1])}
        seen_by_sender = []
        for i in range(10):
            line.text("+96650777%04d" % i, TEXT)
            assert not outward_connections(line.daemon.pid, ports)
            sink.record.wait(1)
            seen_by_sender += outward_connections(line.sender.pid, set())
        received(sink, count=10)
        assert not outward_connections(line.daemon.pid, ports)
        assert seen_by_sender, "the search finds nothing even where there must be something"


tap.run([
    sockets_are_taken_by_their_names_and_left_alone_at_the_end,
    sockets_that_are_not_passed_are_opened,
    sockets_meant_for_another_process_are_not_taken,
    daemon_serves_without_any_network_of_its_own,
    twenty_restarts_under_load_refuse_nobody_and_lose_nothing,
    manager_hears_when_the_daemon_is_ready_reloads_and_stops,
    watchdog_is_fed_while_the_daemon_lives_and_not_while_it_hangs,
    daemon_never_opens_a_connection_of_its_own,
])
