#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_driver - the stories of helpline-modem: the real program between a daemon's side of the worker protocol and a small scripted
#                   modem on a pty (Modem, below).
# Keeps: every story has a worker, a modem and a daemon of its own; prints TAP.
# Not here: what the daemon makes of a message or a result.
import base64
import concurrent.futures
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tty

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import gsm  # noqa: E402
import modem_sim  # noqa: E402
import tap  # noqa: E402
from modem_profiles import PROFILES  # noqa: E402

BUILD = os.environ.get("HELPLINED_BUILD", "build/release")
WAIT_S = 15
STORIES = []


def story(function):
    function.__name__ = "it_modem_driver_" + function.__name__
    STORIES.append(function)
    return function


def equal(got, want, what=""):
    if got != want:
        raise AssertionError("%s: got %r, want %r" % (what or "value", got, want))


def wait_for(condition, what, seconds=WAIT_S):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("never: " + what)


def deliver(number):
    """A DELIVER whose text is one digit string that makes it unlike every other; and its TPDU length."""
    tpdu = "04" + "0B91" + "697605000021" + "0004" + "62114291200000" + "04" + "%08X" % number
    return "0791" + "697605000000" + tpdu, len(tpdu) // 2


class Modem:
    """Slots, a queue of the network, and hooks: before[verb] = function(modem, command) -> True when it has answered itself."""

    def __init__(self, capacity=20, first=0):
        self.lock = threading.RLock()
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)
        self.slots, self.queue = {}, []
        self.capacity, self.first = capacity, first
        self.pin, self.pin_tries, self.reference, self.echo, self.registration = None, [], 16, True, 1
        self.sent, self.commands, self.before, self.indicates = [], [], {}, True
        self.body_length, self.body_delay, self.final = None, 0, None
        self.is_running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def say(self, text):
        data = ("\r\n%s\r\n" % text).encode("latin-1")
        with contextlib.suppress(OSError):
            os.write(self.master, data)

    def receive(self, pdu, length=None):
        with self.lock:
            self.queue.append((pdu, length))
            self.fill()

    def fill(self):
        for slot in range(self.first, self.first + self.capacity):
            if slot not in self.slots and self.queue:
                pdu, length = self.queue.pop(0)
                self.slots[slot] = (pdu, len(pdu) // 2 - 8 if length is None else length)
                if self.indicates:
                    self.say('+CMTI: "SM",%d' % slot)

    def listing(self):
        lines = []
        for slot in sorted(self.slots):
            pdu, length = self.slots[slot]
            lines += ["+CMGL: %d,1,,%d" % (slot, length), pdu]
        return lines

    def answer(self, command):
        verb = re.match(r"AT[+^]?[A-Z0-9]*[?=]?", command).group(0) if command.startswith("AT") else command
        hook = self.before.get(verb)
        if hook and hook(self, command):
            return
        if verb == "AT+CPIN?":
            lines = ["+CPIN: " + ("SIM PIN" if self.pin else "READY")]
        elif verb == "AT+CPIN=":
            self.pin_tries.append(command)
            if command != 'AT+CPIN="%s"' % self.pin:
                return self.say("+CME ERROR: 16")
            self.pin, lines = None, []
        elif verb == "AT+CPMS=" and command.endswith("?"):
            lines = ['+CPMS: ("SM"),("SM"),("SM")']
        elif verb == "AT+CPMS?":
            lines = ['+CPMS: "SM",%d,%d,"SM",%d,%d,"SM",%d,%d' % ((len(self.slots), self.capacity) * 3)]
        elif verb == "AT+CMGL=":
            lines = self.listing()
        elif verb == "AT+CMGR=":
            slot = self.slots.get(int(command[8:]))
            lines = ["+CMGR: 1,,%d" % slot[1], slot[0]] if slot else []
        elif verb == "AT+CMGD=":
            self.slots.pop(int(command[8:]), None)
            self.say("OK")
            return self.fill()
        elif verb == "AT+CMGS=":
            self.body_length = int(command[8:])
            return os.write(self.master, b"\r\n> ")
        elif verb == "AT+CSQ":
            lines = ["+CSQ: 17,99"]
        elif verb in ("AT+CREG?", "AT+CEREG?", "AT+CGREG?"):
            lines = ["+%s: 1,%d" % (verb[3:-1], self.registration)]
        elif verb == "AT+COPS?":
            lines = ['+COPS: 0,0,"Test, Net",7']
        elif verb == "AT+CGMM":
            lines = ["SIM800 X"]
        elif verb == "AT+CSCA?":
            lines = ['+CSCA: "+96650000000",145']
        elif verb in ("AT^CURC=", "AT+QURCCFG=", "AT+QINDCFG="):
            return self.say("COMMAND NOT SUPPORT")
        else:
            lines = []
        if verb == "ATE0":
            self.echo = False
        self.say("\r\n".join(lines + ["OK"]))

    def take_body(self, body):
        length, self.body_length = self.body_length, None
        if self.final is not None:
            return self.say(self.final) if self.final else None
        equal(len(body) // 2 - 1, length, "length of the body")
        time.sleep(self.body_delay)
        self.sent.append(body)
        self.reference += 1
        self.say("+CMGS: %d\r\n\r\nOK" % self.reference)

    def take(self, data):
        for c in data.decode("latin-1"):
            if c == "\x1b":
                self.line, self.body_length = "", None
            elif c == "\x1a" and self.body_length is not None:
                body, self.line = self.line, ""
                self.take_body(body)
            elif c == "\r" and self.line:
                line, self.line = self.line, ""
                if self.echo:
                    os.write(self.master, (line + "\r").encode())
                self.commands.append(line)
                self.answer(line)
            elif c not in "\r\n":
                self.line += c

    def run(self):
        self.line = ""
        while self.is_running:
            try:
                if not select.select([self.master], [], [], 0.05)[0]:
                    continue
                data = os.read(self.master, 4096)
            except (OSError, ValueError):
                return
            with self.lock:
                self.take(data)

    def close(self):
        self.is_running = False
        self.thread.join()  # a reader would keep the device open
        for fd in (self.slave, self.master):
            with contextlib.suppress(OSError):
                os.close(fd)


class Daemon:
    def __init__(self, path, settings):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(4)
        self.settings = settings
        self.messages, self.stored, self.statuses, self.frames, self.hellos = [], [], [], [], 0
        self.answer, self.connection, self.may_pin = "stored", None, "go"
        self.came = {}
        threading.Thread(target=self.run, daemon=True).start()

    def send(self, value):
        text = json.dumps(value).encode()
        self.connection.sendall(struct.pack(">I", len(text)) + text)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def take(self, frame):
        self.frames.append(frame)
        if "hello" in frame:
            self.hellos += 1
            self.send({"welcome": 1, "allow": [], "insecure_hosts": [], "modem": self.settings})
        elif "message" in frame:
            self.messages.append(frame)
            self.came.setdefault(frame.get("pdu"), time.monotonic())
            if self.answer:
                if self.answer == "stored":
                    self.stored.append(frame.get("pdu"))
                self.send({self.answer: frame["message"]})
        elif "status" in frame and "result" not in frame:
            self.statuses.append(frame["status"])
        elif frame.get("pin") == "trying" and self.may_pin:
            self.send({"pin": self.may_pin})

    def run(self):
        while True:
            try:
                self.connection, _ = self.listener.accept()
                while True:
                    self.take(json.loads(self.exactly(struct.unpack(">I", self.exactly(4))[0])))
            except (EOFError, ConnectionError):
                continue
            except OSError:
                return

    def state(self):
        last = self.statuses[-1] if self.statuses else {}
        return last.get("state"), last.get("problem")

    def result(self, job):
        found = [frame for frame in self.frames if frame.get("result") == job]
        if not found:
            return None
        body = json.loads(base64.b64decode(found[0]["body"]))
        return found[0]["kind"], found[0]["status"], [(s["part"], s["ref"]) for s in body["sent"]], body.get("error")

    def drop(self):
        self.connection.shutdown(socket.SHUT_RDWR)


class Line:
    def __init__(self, modem=None, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="modem")
        self.modem = modem or Modem()
        self.path = os.path.join(self.folder.name, "workers.sock")
        self.daemon = Daemon(self.path, dict({"device": self.modem.path, "sweep_s": 30}, **settings))
        self.worker = None

    def start(self):
        self.log = open(os.path.join(self.folder.name, "log"), "a+b")
        self.worker = subprocess.Popen([os.path.join(BUILD, "helpline-modem"), "--socket", self.path, "--name", "sim1"], stderr=self.log)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *rest):
        if self.worker.poll() is None:
            self.worker.terminate()
        try:
            code = self.worker.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.worker.kill()
            code = "killed"
        self.log.seek(0)
        log = self.log.read().decode()
        if kind:
            print("# " + log.replace("\n", "\n# ")[-4000:], "\n# commands:", self.modem.commands[-30:], "\n# states:", self.daemon.statuses[-5:])
        self.modem.close()
        self.daemon.listener.close()
        if not kind:
            equal(code, 0, "exit of the worker")
            for pdu, _ in list(self.modem.slots.values()) + [(body, 0) for body in self.modem.sent]:
                assert pdu not in log, "a message in the log"

    def ready(self):
        wait_for(lambda: self.daemon.state() == ("ready", "none"), "ready")

    def job(self, job, count=1, **more):
        tpdu = "0100" + "0B91" + "696605052143" + "0000" + "02" + "C834"
        parts = [{"part": i + 1, "total": count, "length": len(tpdu) // 2, "pdu": "00" + tpdu} for i in range(count)]
        self.daemon.send(dict({"job": job, "kind": "sms", "parts": parts, "timeout_ms": 130000}, **more))
        wait_for(lambda: self.daemon.result(job), "a result")
        return self.daemon.result(job)


@story
def a_message_is_stored_and_then_deleted():
    with Line() as line:
        begun = time.monotonic()
        line.ready()
        print("# ready after %.0f ms" % ((time.monotonic() - begun) * 1000))
        times = []
        for i in range(20):
            pdu, length = deliver(i)
            at = time.monotonic()
            line.modem.receive(pdu)
            wait_for(lambda: not line.modem.slots, "an empty slot")
            times.append((line.daemon.came[pdu] - at) * 1000)
            equal(line.daemon.messages[-1]["length"], length)
            equal(line.daemon.messages[-1]["kind"], "pdu")
        print("# from the indication to the daemon: median %.0f ms, longest %.0f ms" % (sorted(times)[10], max(times)))
        equal(line.daemon.stored, [deliver(i)[0] for i in range(20)])


@story
def what_is_not_stored_stays_on_the_sim():
    with Line(sweep_s=1) as line:
        line.ready()
        line.daemon.answer = None
        pdu, _ = deliver(1)
        line.modem.receive(pdu)
        wait_for(lambda: line.daemon.messages, "a message")
        time.sleep(1.5)
        equal(len(line.daemon.messages), 1, "unanswered messages")
        line.daemon.drop()
        wait_for(lambda: len(line.daemon.messages) == 2, "sent again after hello")
        assert line.daemon.messages[0]["message"] != line.daemon.messages[1]["message"]
        equal(len(line.modem.slots), 1)
        line.daemon.answer = "busy"
        line.daemon.drop()
        wait_for(lambda: len(line.daemon.messages) == 3, "sent again")
        time.sleep(0.3)
        equal(len(line.modem.slots), 1)
        line.daemon.answer = "stored"
        wait_for(lambda: not line.modem.slots, "an empty slot")


@story
def a_burst_of_a_thousand_through_ten_slots_loses_none():
    with Line(Modem(capacity=10, first=1)) as line:
        line.ready()
        begun = time.monotonic()
        with line.modem.lock:
            line.modem.queue = [(deliver(i)[0], None) for i in range(1000)]
            line.modem.fill()
        wait_for(lambda: len(set(line.daemon.stored)) == 1000 and not line.modem.slots, "all stored", 60)
        print("# 1000 messages in %.1f s" % (time.monotonic() - begun))
        equal(len(line.daemon.stored), 1000, "doubles")


@story
def unasked_lines_in_a_listing_cost_nothing():
    with Line() as line:
        line.ready()
        line.modem.indicates = False
        for i in range(3):
            line.modem.receive(deliver(i)[0])
        flash, length = deliver(77)

        def noisy(modem, _):
            lines = modem.listing()
            noise = ["^RSSI: 17", '+CMTI: "SM",9', "+CMT: ,%d" % length, flash, "+CREG: 5", "RING", "DEADBEEF"]
            mixed = []
            for text in lines:
                mixed += [text] + noise
            modem.say("\r\n".join(mixed + ["OK"]))
            del modem.before["AT+CMGL="]
            return True

        line.modem.before["AT+CMGL="] = noisy
        line.modem.say('+CMTI: "SM",0')
        wait_for(lambda: not line.modem.slots, "empty slots", 10)
        equal(set(line.daemon.stored) - {None}, {deliver(i)[0] for i in range(3)} | {flash})


@story
def a_length_that_does_not_fit_is_read_three_times_and_kept_raw():
    with Line() as line:
        line.ready()
        pdu, length = deliver(5)
        line.modem.receive(pdu, length + 3)
        wait_for(lambda: not line.modem.slots, "an empty slot", 12)
        equal([(m["kind"], m["pdu"]) for m in line.daemon.messages], [("raw", pdu)])
        equal(len([c for c in line.modem.commands if c.startswith("AT+CMGR=")]), 2)


@story
def a_job_is_sent_with_its_references():
    with Line() as line:
        line.ready()
        wait_for(lambda: "AT+CGMM" in line.modem.commands, "the first look")
        time.sleep(0.1)
        line.modem.body_delay = 0.05
        begun = time.monotonic()
        equal(line.job("1-1"), ("answered", 0, [(1, 17)], None))
        print("# one part: %.0f ms, of which the modem 50 ms" % ((time.monotonic() - begun) * 1000))
        equal(line.job("2-1", 3), ("answered", 0, [(1, 18), (2, 19), (3, 20)], None))
        equal(len([f for f in line.daemon.frames if f.get("progress") == "2-1"]), 3)
        line.modem.final = "+CMS ERROR: 38"
        equal(line.job("3-1", 2), ("answered", 38, [], "+CMS ERROR: 38"))
        line.modem.final = "ERROR"
        equal(line.job("4-1")[:2], ("answered", 500))
        equal(line.job("5-1", parts=[{"part": 1, "length": 9, "pdu": "00AA"}])[:2], ("not_sent", 0))


@story
def a_body_without_a_final_code_is_unknown_and_a_missing_prompt_not_sent():
    with Line(deadline_percent=5) as line:
        line.ready()
        line.modem.final = ""
        equal(line.job("1-1", timeout_ms=20000), ("unknown", 0, [], None))
        line.ready()
        line.modem.final = None
        line.modem.before["AT+CMGS="] = lambda modem, command: True
        equal(line.job("2-1")[:2], ("not_sent", 0))
        del line.modem.before["AT+CMGS="]
        line.ready()
        wait_for(lambda: line.daemon.state() == ("ready", "none"), "ready again")
        time.sleep(0.3)
        line.ready()
        equal(line.job("3-1")[:2], ("answered", 0))


@story
def a_late_answer_to_another_message_is_none_to_this_one():
    def late(final):
        def answer(modem, command):
            modem.say("+CMGS: 99" + final)
            modem.body_length = int(command[8:])
            os.write(modem.master, b"\r\n> ")
            return True

        return answer

    with Line(deadline_percent=5) as line:
        line.ready()
        line.modem.before["AT+CMGS="] = late("\r\n\r\nOK")
        equal(line.job("1-1")[:3], ("not_sent", 0, []))
        equal(line.modem.sent, [])
        line.modem.before["AT+CMGS="], line.modem.final = late(""), ""
        wait_for(lambda: line.daemon.state() == ("ready", "none"), "ready again")
        time.sleep(0.3)
        line.ready()
        equal(line.job("2-1", timeout_ms=20000)[:3], ("unknown", 0, []))


@story
def a_reboot_before_stored_deletes_nothing():
    with Line() as line:
        line.ready()
        line.daemon.answer = None
        line.modem.receive(deliver(1)[0])
        wait_for(lambda: line.daemon.messages, "the message")
        line.modem.slots = {0: (deliver(2)[0], deliver(2)[1])}  # another storage is selected now
        line.modem.say("RDY")
        time.sleep(0.3)
        line.daemon.answer = "stored"
        line.daemon.send({"stored": line.daemon.messages[0]["message"]})
        wait_for(lambda: not line.modem.slots, "an empty slot")
        equal([m["pdu"] for m in line.daemon.messages], [deliver(1)[0], deliver(2)[0]])


@story
def a_modem_that_booted_unseen_gets_no_message_as_text():
    with Line() as line:
        line.ready()
        wait_for(lambda: "AT+CGMM" in line.modem.commands, "the first look")
        time.sleep(0.1)
        line.modem.echo = True
        kind, _, sent, _ = line.job("1-1")
        equal((kind, sent, line.modem.sent), ("not_sent", [], []))
        wait_for(lambda: not line.modem.echo, "set up again")


@story
def a_pin_is_tried_once_after_the_daemon_said_go():
    modem = Modem()
    modem.pin = "1234"
    with Line(modem, pin="1234") as line:
        line.ready()
        words = [f["pin"] for f in line.daemon.frames if "pin" in f]
        equal(words, ["trying", "accepted"])
        modem.pin = "1234"  # a power cut
        modem.say("RDY")
        wait_for(lambda: len(modem.pin_tries) == 2, "the PIN again")
        line.ready()
        equal([f["pin"] for f in line.daemon.frames if "pin" in f], ["trying", "accepted"] * 2)
    modem = Modem()
    modem.pin = "1234"
    with Line(modem, pin="9999", deadline_percent=2) as line:
        wait_for(lambda: line.daemon.state() == ("sim", "pin_refused"), "pin_refused")
        time.sleep(1)
        equal(len(modem.pin_tries), 1, "tries")
    modem = Modem()
    modem.pin = "1234"
    line = Line(modem, pin="1234")
    line.daemon.may_pin = "no"
    with line:
        wait_for(lambda: line.daemon.state() == ("sim", "pin_refused"), "pin_refused")
        equal(len(modem.pin_tries), 0, "tries")


@story
def a_pin_is_asked_for_again_when_the_daemon_says_nothing():
    modem = Modem()
    modem.pin = "1234"
    line = Line(modem, pin="1234", deadline_percent=3)
    line.daemon.may_pin = None
    with line:
        wait_for(lambda: line.daemon.frames.count({"pin": "trying"}) == 2, "the question again")
        equal(len(modem.pin_tries), 0, "tries")
        line.daemon.may_pin = "go"
        line.ready()
        time.sleep(0.5)
        equal(len(modem.pin_tries), 1, "tries")


@story
def a_hang_in_a_listing_is_overcome():
    with Line(deadline_percent=3) as line:
        line.ready()

        def hang(modem, _):
            del modem.before["AT+CMGL="]
            return True

        line.modem.before["AT+CMGL="] = hang
        for i in range(5):
            line.modem.receive(deliver(i)[0])
        wait_for(lambda: not line.modem.slots, "empty slots")
        equal(set(line.daemon.stored), {deliver(i)[0] for i in range(5)})
        line.modem.before["AT+CMGL="] = lambda modem, command: True
        line.modem.receive(deliver(9)[0])
        wait_for(lambda: line.daemon.state() == ("closed", "no_answer"), "closed after the second")
        del line.modem.before["AT+CMGL="]
        wait_for(lambda: not line.modem.slots, "read in the end")


@story
def a_stick_that_is_pulled_out_and_put_in_again_goes_on():
    link = os.path.join(tempfile.mkdtemp(prefix="modem"), "tty")
    first, second = Modem(), Modem()
    os.symlink(first.path, link)
    with Line(first, device=link) as line:
        line.ready()
        os.unlink(link)
        first.close()
        wait_for(lambda: line.daemon.state() == ("closed", "no_device"), "no_device")
        second.receive(deliver(3)[0])
        os.symlink(second.path, link)
        wait_for(lambda: deliver(3)[0] in line.daemon.stored and not second.slots, "the message of the second")
        line.ready()
    second.close()


@story
def a_device_that_another_program_holds_is_left_alone():
    modem = Modem()
    holder = os.open(modem.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with Line(modem) as line:
        wait_for(lambda: line.daemon.state() == ("closed", "busy_device"), "busy_device")
        equal(modem.commands, [])
        os.close(holder)
        line.ready()


@story
def a_call_is_told_once():
    with Line() as line:
        line.ready()
        for _ in range(3):
            line.modem.say("RING")
            line.modem.say('+CLIP: "+966505550123",145,,,,0')
        line.modem.say("NO CARRIER")
        wait_for(lambda: line.daemon.messages, "a call")
        time.sleep(0.2)
        equal([(m["kind"], m["from"], m["type"]) for m in line.daemon.messages], [("call", "+966505550123", 145)])


@story
def no_network_is_told_and_receiving_goes_on():
    modem = Modem()
    modem.registration = 3
    with Line(modem, health_s=1) as line:
        wait_for(lambda: line.daemon.state() == ("config", "not_registered"), "not_registered")
        modem.receive(deliver(1)[0])
        wait_for(lambda: line.daemon.stored, "stored all the same")
        equal(line.job("1-1")[0], "answered")
        modem.registration = 5
        modem.say("+CREG: 5")
        line.ready()


@story
def a_kill_at_any_moment_loses_nothing():
    with Line(Modem(capacity=10)) as line:
        line.ready()
        for i in range(60):
            line.modem.receive(deliver(i)[0])
            if i % 6 == 0:
                line.worker.kill()
                line.worker.wait()
                line.start()
            time.sleep(0.01)
        wait_for(lambda: len(set(line.daemon.stored)) == 60 and not line.modem.slots, "all stored", 30)


@story
def sigterm_waits_for_the_part_that_is_out():
    with Line() as line:
        line.ready()
        time.sleep(0.3)
        line.modem.body_delay = 1
        threading.Timer(0.3, lambda: line.worker.send_signal(signal.SIGTERM)).start()
        equal(line.job("1-1", 2), ("not_sent", 0, [(1, 17)], None))
        equal(line.worker.wait(WAIT_S), 0)


class Seen:
    """A scripted modem of tests/support as the class Line wants it."""

    def __init__(self, sim):
        self.path, self.commands, self.slots, self.sent = sim.link, sim.orders_seen, {}, []

    def close(self):
        pass


FAULTS = ("badlength", "cut", "drip", "dupindex", "error", "garbage", "gone", "half", "hang", "lose", "mid", "noise", "reboot", "slow", "storm",
          "unplug")


def play_faults(make, command):
    """Three messages for each fault: all come, nothing is emptied too early, and in the end nothing lies on the SIM."""
    with modem_sim.Modem(make, latency=0.001, chatter=0.05) as sim, Line(Seen(sim), deadline_percent=3, sweep_s=1) as line:
        line.ready()
        for number, kind in enumerate(FAULTS):
            wanted = [gsm.deliver("+9665011%03d%d" % (number, i), "text %d" % i) for i in range(3)]
            sim.fault(kind, command)
            for pdu in wanted:
                sim.arrive(pdu)
            wait_for(lambda: set(wanted) <= set(line.daemon.stored) and not sim.held() and not sim.queue, "all after %s" % kind)
        equal([m["kind"] for m in line.daemon.messages if m["kind"] != "pdu"], [], "what was not understood")
        dump = sim.dump()
        equal((dump["violations"], dump["unknown"]), ([], []), make)


@story
def faults_while_listing_or_deleting_cost_no_message_on_any_make():
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        plays = [pool.submit(play_faults, make, "CMGL") for make in sorted(PROFILES)] + [pool.submit(play_faults, "plain", "CMGD")]
        for play in plays:
            play.result()


def probe(modem):
    done = subprocess.run([os.path.join(BUILD, "helpline-modem"), "--probe", modem.path], stdout=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode()


@story
def probe_says_what_is_there_and_what_to_do():
    modem = Modem()
    code, text = probe(modem)
    equal(code, 0, text)
    for words in ("SIM800 X", "unlocked", "registered", "17 of 31", "Test, Net", "can serve the line"):
        assert words in text, text
    modem.pin = "1234"
    code, text = probe(modem)
    assert code == 1 and "PIN" in text and "-> write `pin`" in text, text
    equal(modem.pin_tries, [])
    modem.before["AT"] = lambda *_: True
    code, text = probe(modem)
    assert code == 1 and "try the other paths" in text, text
    modem.close()
    code, text = probe(modem)
    assert code == 1 and "->" in text, text


tap.run(STORIES)
