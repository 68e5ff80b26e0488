#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# modem_sim - a scripted modem with a SIM card and a network behind it, on a pty.
# What:  class Modem for stories; for programs in any language a command line:
#          modem_sim.py --link PATH [--profile NAME] [--script FILE] [--control SOCKET]
#        which prints `READY PATH` and runs until SIGTERM. A script has one order a line, `at SECONDS ORDER`, or `ORDER` for now; a control
#        socket (and standard input with --stdin) takes one order a line and answers each with one line of JSON. ORDERS lists them.
# Keeps: strict: what a driver must never do is listed in `violations` (orders that are none, a slot emptied before what lies there was
#        shown whole, direct routing, emptying all, a call taken). Memory, sent messages and deletions are remembered; dump() tells them.
# Not here: the wire (modem_tty), memory and network (modem_network), commands (modem_at), makes (modem_profiles), faults of an answer
#           (modem_faults), PDUs (gsm).
import argparse
import contextlib
import json
import os
import shlex
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gsm
from modem_at import Commands
from modem_profiles import PROFILES


class Modem(Commands):
    def __enter__(self):
        self.start()
        self.at(self.options["chatter"], self.chatter, 0)
        return self

    def __exit__(self, *ignored):
        self.close()
        if self.folder:
            os.rmdir(self.folder)

    # ---- orders of scripts and stories

    def sms(self, number, text, **others):
        self.arrive(gsm.deliver(number, text, **others))

    def flash(self, number, text):
        self.sms(number, text, message_class=0)

    def long(self, number, reference, text, order=None, bits=8):
        parts = gsm.parts_of(number, text, int(reference), bits)
        for place in order or range(len(parts)):
            self.arrive(parts[place])

    def ring(self, number, rings=2):
        """A call that rings some times and ends; a second one at the same time has to wait."""
        with self.lock:
            if self.call is not None:
                self.at(0.05, self.ring, number, rings)
                return
            self.call = number
            self.at(0, self.ring_once, number, int(rings))

    def fault(self, kind, command, times="once", value=None):
        with self.lock:
            self.faults.add(kind, command, times, value)

    def clear(self):
        with self.lock:
            self.faults.clear()
            self.is_deaf = False

    def pull(self, seconds=None):
        """Unplugged; plugged in again after so many seconds."""
        with self.lock:
            self.unplug()
            self.reset_settings()
            self.is_locked = bool(self.options["pin"])
            if seconds is not None:
                self.at(float(seconds), self.push)

    def push(self):
        with self.lock:
            self.is_deaf = False
            self.plug()
            self.at(0, self.hand_over)

    def reboot(self):
        """Off and on again by itself; the port stays."""
        with self.lock:
            self.reset_settings()
            self.output = b""
            self.is_booting, self.call = True, None
            self.is_locked = bool(self.options["pin"])
            self.at(float(self.options["boot"]), self.booted)

    def booted(self):
        self.is_booting = False
        self.urc(*self.profile.boot)
        self.hand_over()

    def storm(self, count):
        with self.lock:
            for number in range(int(count)):
                self.urc('+QIND: "csq",%d,99' % (number % 32))

    def change(self, name, value):
        with self.lock:
            if name not in self.options:
                raise ValueError("no option %s" % name)
            kind = type(self.options[name])
            self.options[name] = kind(float(value)) if kind is int else kind(value)
            if name == "registration" and self.settings["creg"]:
                self.urc("+CREG: %d" % self.options[name])
            self.was_full = False
            self.hand_over()

    def fill(self, count):
        with self.lock:
            for number in range(int(count)):
                self.sms("+966509%06d" % number, "filling %d" % number)

    def held(self):
        """What lies in the memory, in any of its parts."""
        return [message.pdu for memory in self.memory.values() for message in memory.values()]

    def dump(self):
        with self.lock:
            return {"memory": {name: {index: message.pdu for index, message in sorted(memory.items())} for name, memory in self.memory.items()},
                    "queue": [pdu for pdu, _ in self.queue], "sent": list(self.sent), "deletes": list(self.deletes),
                    "violations": list(self.violations), "unknown": list(self.unknown), "pins": list(self.pins), "arrived": self.arrived,
                    "bodies": len(self.bodies), "settings": dict(self.settings), "selected": list(self.selected), "plugs": self.plugs}

    def order(self, line):
        """One order of a script; what it answers."""
        words = shlex.split(line, comments=True)
        if not words:
            return None
        if words[0] == "at":
            self.at(float(words[1]), self.order, line.split(None, 2)[2])
            return None
        if words[0] not in ORDERS:
            raise ValueError("no order %s; there are: %s" % (words[0], " ".join(ORDERS)))
        if words[0] in WITH_TEXT:
            words = line.split(None, WITH_TEXT[words[0]])
            words[-1] = words[-1].replace("\\n", "\n")
        return ORDERS[words[0]](self, *words[1:])

    def play(self, text):
        """A whole script; its `at` count from now."""
        for line in text.splitlines():
            self.order(line)

    def texts_to(self, number):
        """The whole texts that went out to this number, in order; parts of one message joined when all are there."""
        whole, open_parts = [], {}
        for one in list(self.sent):
            if one["to"] != number:
                continue
            if not one["part"]:
                whole.append(one["text"])
                continue
            group = open_parts.setdefault(one["part"][0], {})
            group[one["part"][2]] = one
            if len(group) == one["part"][1]:
                whole.append(gsm.text_of(open_parts.pop(one["part"][0]).values()))
        return whole


# What a script may say, with its words. FROM is a number or a name; TEXT is the rest of the line.
ORDERS = {
    "sms": Modem.sms,  # FROM TEXT
    "flash": Modem.flash,  # FROM TEXT
    "long": Modem.long,  # FROM REFERENCE TEXT
    "pdu": Modem.arrive,  # HEX
    "call": Modem.ring,  # FROM [RINGS]
    "fault": Modem.fault,  # KIND COMMAND [once|TIMES|always] [VALUE]: modem_faults.py
    "clear": Modem.clear,
    "unplug": Modem.pull,  # [SECONDS until it is back]
    "plug": Modem.push,
    "reboot": Modem.reboot,
    "storm": Modem.storm,  # LINES
    "urc": Modem.urc,  # TEXT
    "set": Modem.change,  # OPTION VALUE: the keys of `options`
    "fill": Modem.fill,  # MESSAGES
    "dump": Modem.dump,
}
WITH_TEXT = {"set": 2, "sms": 2, "flash": 2, "long": 3, "urc": 1}


# ---- command line ----------------------------------------------------------------------------------------------

def answer_orders(modem, lines, out):
    for line in lines:
        try:
            answer = {"ok": True, "answer": modem.order(line)}
        except (ValueError, TypeError, IndexError, KeyError) as problem:
            answer = {"ok": False, "error": str(problem)}
        out.write(json.dumps(answer, default=str) + "\n")
        out.flush()


def serve_control(modem, path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(4)

    def serve():
        while True:
            connection, _ = listener.accept()
            with connection, connection.makefile("rw", encoding="utf-8") as file:
                answer_orders(modem, file, file)
    threading.Thread(target=serve, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description="a scripted modem on a pty")
    parser.add_argument("--link", required=True, help="path of the symbolic link to the pty")
    parser.add_argument("--profile", default="plain", choices=sorted(PROFILES))
    parser.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE")
    parser.add_argument("--script")
    parser.add_argument("--control")
    parser.add_argument("--stdin", action="store_true")
    arguments = parser.parse_args()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *ignored: ended.set())
    signal.signal(signal.SIGINT, lambda *ignored: ended.set())
    with Modem(arguments.profile, arguments.link) as modem:
        for pair in arguments.set:
            modem.change(*pair.split("=", 1))
        modem.is_locked = bool(modem.options["pin"])
        if arguments.control:
            serve_control(modem, arguments.control)
        print("READY " + arguments.link, flush=True)
        if arguments.script:
            with open(arguments.script, encoding="utf-8") as file:
                modem.play(file.read())
        if arguments.stdin:
            answer_orders(modem, sys.stdin, sys.stdout)
        else:
            ended.wait()


if __name__ == "__main__":
    main()
