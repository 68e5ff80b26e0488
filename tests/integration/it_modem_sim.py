#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_sim - the scripted modem itself: what it says and what it refuses, so that the stories over it (it_modem*.py) can be believed.
# What:  a terminal of its own on the pty of each profile; every fault once; the PDUs of tests/support/gsm.py against tests/golden/pdus.json.
# Not here: helpline-modem.
import datetime
import json
import os
import select
import subprocess
import sys
import tempfile
import time

SUPPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support")
sys.path.insert(0, SUPPORT)
import gsm  # noqa: E402
import modem_faults  # noqa: E402
import tap  # noqa: E402
from modem_profiles import PROFILES  # noqa: E402
from modem_sim import Modem  # noqa: E402

HER = "+966501110001"
GOLDEN = os.path.join(SUPPORT, "..", "golden", "pdus.json")
SUBMIT = "000105" + "0C91" + gsm.swapped("966501110001").hex() + "0000" + "05" + gsm.pack(gsm.septets_of("hello")).hex()


class Terminal:
    """Types at a modem and reads what it says."""

    def __init__(self, modem):
        self.fd = os.open(modem.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.said = b""

    def read(self, patience):
        end = time.monotonic() + patience
        while time.monotonic() < end and select.select([self.fd], [], [], end - time.monotonic())[0]:
            data = os.read(self.fd, 4096)
            if not data:
                return
            self.said += data
            return

    def type(self, text):
        os.write(self.fd, text.encode("latin-1"))

    def until(self, *ends, patience=5.0):
        """What was said up to one of these words, which is included."""
        stop = time.monotonic() + patience
        while time.monotonic() < stop:
            text = self.said.decode("latin-1")
            places = [text.find(end) + len(end) for end in ends if end in text]
            if places:
                self.said = self.said[min(places):]
                return text[:min(places)]
            self.read(0.05)
        raise AssertionError("no %s in %r" % (" or ".join(map(repr, ends)), self.said[-300:]))

    def ask(self, command, patience=5.0):
        """A command; the lines of its answer, the final code last."""
        self.said = b""
        self.type(command + "\r")
        text = self.until("OK\r\n", "ERROR\r\n", "SUPPORT\r\n", patience=patience) if "ERROR" not in command else ""
        return [line for line in text.replace("\r", "\n").split("\n") if line and line != command]

    def ask_error(self, command):
        self.said = b""
        self.type(command + "\r")
        self.until("ERROR")
        return self.until("\r\n").strip(": \r\n")

    def quiet(self, seconds=0.1):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
        said, self.said = self.said, b""
        return said.decode("latin-1")

    def prepare(self):
        for command in ("ATE0", "AT+CMEE=1", "AT+CMGF=0", "AT^CURC=0", 'AT+QINDCFG="all",0', "AT+CTZR=0"):
            self.type(command + "\r")
            self.until("OK", "ERROR", "SUPPORT")
        for routing in ("2,1,0,1,0", "1,1,0,1,0"):
            if self.ask("AT+CNMI=" + routing)[-1] == "OK":
                break
        self.quiet(0.05)
        return self


def until(condition, what, patience=5.0):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain: " + what
        time.sleep(0.005)


def golden():
    with open(GOLDEN, encoding="utf-8") as file:
        return json.load(file)


# ---- PDUs ------------------------------------------------------------------------------------------------------

def every_message_of_the_vectors_is_written_octet_for_octet():
    count = 0
    for vector in golden()["vectors"]:
        if vector["type"] != "DELIVER" or vector["alphabet"] == "8bit" or "single" in vector or "locking" in vector or "text" not in vector:
            continue
        reference, total, number, bits = vector.get("part") or (0, 0, 0, 8)
        smsc_octets = int(vector["pdu"][:2], 16) + 1
        first = int(vector["pdu"][2 * smsc_octets:2 * smsc_octets + 2], 16) & ~0x40
        pdu = gsm.deliver(vector["address"], vector["text"], alphabet=vector["alphabet"], first=first, smsc=vector["smsc"],
                          coding=vector.get("coding", 0 if vector["alphabet"] == "gsm7" else 8), protocol_id=vector.get("protocol_id", 0),
                          header=gsm.concat(reference, total, number, bits) if total else b"",
                          moment=datetime.datetime.fromisoformat(vector["sent_at"]))
        assert pdu == vector["pdu"], (vector["label"], pdu, vector["pdu"])
        assert gsm.length_of(pdu) == vector["length"], vector["label"]
        count += 1
    assert count > 55, count


def every_report_of_the_vectors_is_written_octet_for_octet():
    for vector in golden()["vectors"]:
        if vector["type"] == "STATUS-REPORT":
            sent, discharged = (datetime.datetime.fromisoformat(vector[name]) for name in ("sent_at", "discharged_at"))
            pdu = gsm.report(vector["address"], vector["reference"], vector["status"], sent, discharged, vector["smsc"])
            assert pdu == vector["pdu"], (vector["label"], pdu, vector["pdu"])


def every_submit_of_the_vectors_is_read():
    count = 0
    for vector in golden()["vectors"]:
        if vector["type"] != "SUBMIT":
            continue
        read = gsm.read_submit(vector["pdu"], vector["length"])
        assert read["to"] == vector["address"], vector["label"]
        assert read["national"] or read["text"] == vector.get("text", read["text"]), (vector["label"], read["text"])
        count += 1
        for broken in (vector["pdu"][:-2], vector["pdu"] + "00", vector["pdu"][:10]):
            try:
                gsm.read_submit(broken, vector["length"])
            except ValueError:
                continue
            raise AssertionError("read all the same: " + vector["label"])
    assert count > 10, count


def parts_are_joined_though_a_pair_is_split():
    text = "tulong " + "\U0001F622" * 70
    parts = gsm.parts_of(HER, text, 7, bits=16)
    assert len(parts) == 3 and any(bytes.fromhex(pdu)[-2] & 0xFC == 0xD8 for pdu in parts[:-1]), "no part ends in half a pair"


# ---- the dialogue ----------------------------------------------------------------------------------------------

def message_is_told_listed_and_emptied():
    for name in sorted(PROFILES):
        with Modem(name, chatter=60) as modem:
            terminal = Terminal(modem).prepare()
            modem.sms(HER, "tulong po")
            modem.sms(HER, "tulong po ulit")
            told = [terminal.until("+CMTI: ", patience=5) and terminal.until("\r\n").strip() for _ in range(2)]
            first = PROFILES[name].first_slot
            assert [int(row.split(",")[1]) for row in told] == [first, first + 1], (name, told)
            assert terminal.ask("AT+CPMS?")[-1] == "OK"
            rows = terminal.ask("AT+CMGL=4")
            assert len(rows) == 5 and rows[0].startswith("+CMGL:"), (name, rows)
            assert int(rows[0].replace(" ", "").split(",")[-1]) == gsm.length_of(rows[1]), (name, rows)
            assert terminal.ask("AT+CMGD=%d" % first) == ["OK"]
            assert len(terminal.ask("AT+CMGL=4")) == 3
            assert terminal.ask("AT+CMGR=%d" % (first + 1))[1] == rows[3]
            assert len(modem.deletes) == 1 and not modem.violations and not modem.unknown, modem.dump()


def network_holds_what_does_not_fit():
    with Modem("quectel", chatter=60, capacity=3) as modem:
        terminal = Terminal(modem).prepare()
        for number in range(5):
            modem.sms(HER, "number %d" % number)
        terminal.until("smsfull")
        assert len(modem.held()) == 3 and len(modem.queue) == 2
        terminal.ask("AT+CMGL=4")
        terminal.ask("AT+CMGD=1")
        until(lambda: len(modem.queue) == 1, "one more to be handed over")
        assert any(row.startswith('+CPMS: "ME",3,3') for row in terminal.ask("AT+CPMS?"))


def message_is_sent_with_its_reference_and_reported():
    with Modem("plain", reference=254, report_delay=1.0) as modem:
        terminal = Terminal(modem).prepare()
        for want in (254, 255, 0):
            terminal.type("AT+CMGS=%d\r" % gsm.length_of(SUBMIT))
            terminal.until("> ")
            terminal.type(SUBMIT.replace("000105", "002105") + "\x1a")
            terminal.until("+CMGS: %d\r\n" % want)
            terminal.until("OK\r\n")
        cds = terminal.until("+CDS: ") and terminal.until("\r\n") and terminal.until("\r\n")
        assert cds.strip()[16:20] == "06FE", cds
        assert [one["text"] for one in modem.sent] == ["hello"] * 3 and modem.texts_to(HER) == ["hello"] * 3
        terminal.type("AT+CMGS=%d\r" % gsm.length_of(SUBMIT))
        terminal.until("> ")
        terminal.type("\x1b")
        terminal.until("OK\r\n")
        assert len(modem.sent) == 3 and not modem.violations


def what_a_driver_must_not_do_is_listed():
    with Modem("plain") as modem:
        terminal = Terminal(modem).prepare()
        modem.fill(2)
        terminal.until("+CMTI: ")
        terminal.until("+CMTI: ")
        wrong = ["AT+CMGD=1", "AT+CMGD=1,4", "AT+CNMI=2,2,0,1,0", "ATA", "AT=", "XT+CSQ"]
        for command in wrong:
            terminal.type(command + "\r")
            terminal.until("OK", "ERROR")
        terminal.type("AT+CMGS=%d\r" % (gsm.length_of(SUBMIT) + 1))
        terminal.until("> ")
        terminal.type(SUBMIT + "\x1a")
        terminal.until("ERROR")
        assert len(modem.violations) >= 7, modem.violations


def pin_and_its_tries():
    with Modem("plain", pin="4321") as modem:
        terminal = Terminal(modem)
        terminal.type("ATE0\rAT+CMEE=1\r")
        terminal.quiet()
        assert terminal.ask("AT+CPIN?")[0] == "+CPIN: SIM PIN"
        assert terminal.ask_error("AT+CMGF=0") == "311" and terminal.ask_error('AT+CPIN="0000"') == "16"
        assert terminal.ask('AT+CPIN="4321"') == ["OK"] and terminal.ask("AT+CPIN?")[0] == "+CPIN: READY"
        assert modem.pins == ["0000", "4321"]
    with Modem("plain", pin="4321", pin_tries=1) as modem:
        terminal = Terminal(modem)
        terminal.type("ATE0\rAT+CMEE=1\r")
        terminal.quiet()
        assert terminal.ask_error('AT+CPIN="0000"') == "12" and terminal.ask("AT+CPIN?")[0] == "+CPIN: SIM PUK"


def reboot_forgets_the_settings():
    with Modem("simcom", boot=0.05) as modem:
        terminal = Terminal(modem).prepare()
        modem.reboot()
        said = terminal.until("SMS Ready")
        assert "RDY" in said
        terminal.type("AT+CMGL=4\r")
        assert "AT+CMGL=4" in terminal.until("ERROR"), "echo and text mode are back"


def unplugged_modem_comes_back_under_its_name():
    with Modem("huawei") as modem:
        terminal = Terminal(modem).prepare()
        modem.sms(HER, "held by the network")
        modem.pull(0.1)
        assert not os.path.exists(modem.link)
        until(lambda: os.path.exists(modem.link), "the port")
        os.close(terminal.fd)
        terminal = Terminal(modem).prepare()
        assert len(terminal.ask("AT+CMGL=4")) == 3


def call_rings_with_its_number():
    with Modem("simcom", chatter=60, ring=0.02) as modem:
        terminal = Terminal(modem).prepare()
        terminal.ask("AT+CLIP=1")
        modem.ring(HER, 2)
        assert terminal.until("NO CARRIER").count('+CLIP: "%s",145' % HER) == 2
        terminal.until("MISSED_CALL")


# ---- faults ----------------------------------------------------------------------------------------------------

def every_fault_does_what_it_says():
    done = {"hang": lambda said: said == "", "deaf": lambda said: said == "", "error": lambda said: said.strip() == "+CMS ERROR: 38",
            "unplug": lambda said: said == "", "gone": lambda said: said == "", "reboot": lambda said: said == "",
            "lose": lambda said: "+CMGL" in said and "OK" not in said, "half": lambda said: "+CMGL" in said and "OK" not in said,
            "slow": lambda said: said == "", "drip": lambda said: said.startswith("\r\n+CMG"), "garbage": lambda said: "OK" not in said,
            "noise": lambda said: "\x80" in said and "OK" in said, "mid": lambda said: "^RSSI" in said and "OKAY" in said,
            "storm": lambda said: said.count("+QIND") == 400, "call": lambda said: "RING" in said,
            "badlength": lambda said: ",%d\r\n" % (LENGTH + 1) in said, "cut": lambda said: PDU not in said and PDU[:-4] in said,
            "dupindex": lambda said: said.count("+CMGL: 1,") == 2, "glue": lambda said: PDU + "+CMGL" in said}
    values = {"error": 38, "slow": 30, "unplug": 30, "gone": 30}
    assert sorted(done) == sorted(modem_faults.KINDS)
    PDU = gsm.deliver(HER, "tulong po, walang pagkain dito")
    LENGTH = gsm.length_of(PDU)
    for kind, is_right in done.items():
        with Modem("plain") as modem:
            terminal = Terminal(modem).prepare()
            modem.arrive(PDU)
            modem.arrive(PDU)
            until(lambda: len(modem.held()) == 2, "two messages")
            terminal.quiet(0.03)
            modem.fault(kind, "CMGL", "once", values.get(kind))
            terminal.type("AT+CMGL=4\r")
            try:
                said = terminal.quiet(0.3 if kind == "storm" else 0.12)
            except OSError:
                said = ""
            assert is_right(said), (kind, said)
            assert modem.faults.used == [(kind, "CMGL")] and not modem.violations


def every_script_can_be_read():
    folder = os.path.join(SUPPORT, "modem")
    scripts = sorted(name for name in os.listdir(folder) if name.endswith(".script"))
    assert len(scripts) >= 4
    for name in scripts:
        with Modem("plain", capacity=50) as modem, open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in file.read().splitlines():
                modem.order(line[len("at 0.0"):].lstrip() if line.startswith("at ") else line)
            assert modem.arrived, name


def script_is_played_by_the_program():
    with tempfile.TemporaryDirectory() as folder:
        script, control = os.path.join(folder, "a.script"), os.path.join(folder, "control")
        with open(script, "w", encoding="utf-8") as file:
            file.write("# a comment\nset capacity 5\nsms +966501110001 tulong po # with this\nat 0.05 long +966501110002 9 ساعدوني انا محبوسة\n")
        program = subprocess.Popen([sys.executable, os.path.join(SUPPORT, "modem_sim.py"), "--link", os.path.join(folder, "tty"), "--profile",
                                    "zte", "--script", script, "--control", control, "--stdin"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        try:
            assert program.stdout.readline() == "READY %s/tty\n" % folder
            time.sleep(0.2)
            program.stdin.write("dump\nnonsense\n")
            program.stdin.flush()
            dump = json.loads(program.stdout.readline())["answer"]
            assert dump["arrived"] == 2 and len(dump["memory"]["ME"]) == 2, dump
            assert not json.loads(program.stdout.readline())["ok"]
        finally:
            program.stdin.close()
            program.wait(10)
            program.stdout.close()


tap.run([
    every_message_of_the_vectors_is_written_octet_for_octet,
    every_report_of_the_vectors_is_written_octet_for_octet,
    every_submit_of_the_vectors_is_read,
    parts_are_joined_though_a_pair_is_split,
    message_is_told_listed_and_emptied,
    network_holds_what_does_not_fit,
    message_is_sent_with_its_reference_and_reported,
    what_a_driver_must_not_do_is_listed,
    pin_and_its_tries,
    reboot_forgets_the_settings,
    unplugged_modem_comes_back_under_its_name,
    call_rings_with_its_number,
    every_fault_does_what_it_says,
    every_script_can_be_read,
    script_is_played_by_the_program,
])
