# SPDX-License-Identifier: GPL-3.0-or-later
# modem_at - the commands of a scripted modem: bytes in, lines out (3GPP TS 27.005, 27.007, V.250).
# What:  class Commands on a network: take_typed() finds commands and bodies, run() does one, say() answers, through a fault if one waits.
# Keeps: what a driver must never do is listed in `violations`; a message counts as shown when its header and its whole PDU went out.
import re
import time

import gsm
from modem_network import REACHABLE, Network
from modem_profiles import ME

ESC, SUB, CR = 0x1B, 0x1A, 0x0D
COMMAND_MAX = 512
COMMAND = re.compile(r"^((?:[+^*$%&][A-Z0-9]*|[A-Z])[0-9]*)(=\?|\?|=.*|)$", re.IGNORECASE)
QUIET = ("", "E", "Z", "&F", "H", "I")  # basic commands that need no SIM
WITHOUT_SIM = QUIET + ("+CMEE", "+CPIN", "+CFUN", "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+CSQ", "+CREG", "+CEREG", "+CGREG", "+CLIP", "+CLAC",
                       "^CURC", "+QURCCFG", "+QINDCFG", "+CTZR", "+CTZU", "+CRC", "+CSCS", "+IPR", "+CCLK")
IGNORED = ("+CSMS", "+CSCS", "+CTZR", "+CTZU", "+CRC", "+IPR", "^CURC", "+QURCCFG", "+QINDCFG", "+CFUN", "+CMMS", "+CNMP", "+CVHU", "+CCLK")


class Refused(Exception):
    """The final line of a command that failed."""


class Commands(Network):
    # ---- bytes in

    def received(self, data):
        if self.is_deaf or self.is_booting:
            return
        self.typed += data
        self.take_typed()

    def take_typed(self):
        while self.typed and not self.is_busy:
            if self.body_of is not None:
                if not self.take_body():
                    return
                continue
            ends = [place for place, octet in enumerate(self.typed) if octet in (CR, ESC)]
            if not ends:
                if len(self.typed) > COMMAND_MAX:
                    self.violate("a command of %d octets without an end", len(self.typed))
                    self.typed.clear()
                return
            taken, end = bytes(self.typed[:ends[0]]), self.typed[ends[0]]
            del self.typed[:ends[0] + 1]
            if end == CR:
                self.take_command(taken.lstrip(b"\n"))

    def take_body(self):
        ends = [place for place, octet in enumerate(self.typed) if octet in (SUB, ESC)]
        if not ends:
            return False
        taken, end = bytes(self.typed[:ends[0]]), self.typed[ends[0]]
        del self.typed[:ends[0] + 1]
        length, self.body_of = self.body_of, None
        if self.settings["echo"]:
            self.emit(taken + bytes([end]))
        if end == ESC:
            self.answer("CMGS", lambda: [])
        else:
            self.bodies.append(taken.decode("latin-1"))
            self.answer("BODY", lambda: self.send(taken, length), self.options["send_latency"])
        return True

    def take_command(self, raw):
        if not raw:
            return
        line = raw.decode("latin-1")
        if self.settings["echo"]:
            self.emit(raw + b"\r")
        self.orders_seen.append(line)
        if not re.fullmatch(r"[Aa][Tt][\x20-\x7e]*", line):
            self.violate("not a command: %r", line[:60])
            self.answer("AT", self.refuse)
            return
        pieces = [piece for piece in re.findall(r'(?:"[^"]*"|[^;"])+', line[2:]) if piece] or [""]
        name = re.sub(r"[^A-Z0-9]", "", (COMMAND.match(pieces[0].strip()) or [None, "AT"])[1].upper() if pieces[0] else "AT") or "AT"
        self.answer(re.sub(r"^E[01]?$", "ATE", name), lambda: [row for piece in pieces for row in self.run(piece.strip())])

    # ---- answers

    def refuse(self):
        raise Refused(self.profile.refusal)

    def cms(self, number):
        return Refused("+CMS ERROR: %d" % number if self.settings["errors"] else "ERROR")

    def cme(self, number, words="SIM failure"):
        return Refused({0: "ERROR", 1: "+CME ERROR: %d" % number}.get(self.settings["errors"], "+CME ERROR: " + words))

    def answer(self, name, perform, latency=None):
        """Runs a command, unless a fault is in its way, and answers after the latency."""
        fault = self.faults.take(name)
        if fault and fault.stops_before:
            fault.before()
            return
        try:
            lines = perform()
            final = "OK"
        except Refused as refused:
            lines, final = [], str(refused)
        if lines == ["> "]:
            self.emit(b"\r\n> ", self.options["latency"])
            return
        chunks = [(0.0, line) for line in lines + [final]]
        if fault:
            chunks = fault.changed(chunks)
        self.say(chunks, self.options["latency"] if latency is None else latency)

    def say(self, chunks, latency):
        """Emits the lines of an answer, each (pause before it, text or raw bytes), and notes which messages were shown whole."""
        lead = "\r\n" if self.profile.has_leading_line else ""
        delay = latency
        self.note_shown([text for _, text in chunks if isinstance(text, str)])
        for place, (pause, text) in enumerate(chunks):
            delay += pause
            data = text if isinstance(text, bytes) else ((lead if place == 0 or place == len(chunks) - 1 else "") + text + "\r\n").encode()
            delay = max(delay, self.emit(data, delay))
        if delay > 0:
            self.is_busy = True
            self.at(delay, self.unbusy, self.plugs)

    def unbusy(self, plug):
        if plug == self.plugs:
            self.is_busy = False
            self.take_typed()

    def note_shown(self, lines):
        index = None
        for line in "\n".join(lines).replace("+CMGL:", "\n+CMGL:").split("\n"):
            found = re.match(r"\+CMG[LR]: ?(\d+)", line)
            if found:
                index = int(found[1]) if line.startswith("+CMGL") else self.reading
            elif index is not None and index in self.memory[self.selected[0]]:
                message = self.memory[self.selected[0]][index]
                message.is_shown = message.is_shown or line == message.pdu

    # ---- commands

    def run(self, piece):
        """One command of a line; its lines. Raises Refused."""
        found = COMMAND.match(piece) if piece else None
        if piece and not found:
            self.violate("not a command: AT%s", piece[:60])
            self.refuse()
        name, rest = (found[1].upper(), found[2]) if found else ("", "")
        basic = re.fullmatch(r"(E|Z|&F|I|H|A|D|Q|V|X)(\d*)", name)
        name, rest = (basic[1], basic[2]) if basic else (name, rest)
        if name in self.profile.unsupported:
            self.refuse()
        if piece.upper() == self.profile.silenced_by.upper() and piece:
            self.settings["is_silent"] = True
        if name not in WITHOUT_SIM:
            self.check_sim(name)
        handler = getattr(self, "run_" + name.lstrip("+^&").lower(), None)
        if handler:
            return handler(rest)
        if name not in IGNORED and name not in QUIET:
            self.unknown.append(piece)
            self.refuse()
        return []

    def check_sim(self, name):
        if not self.options["sim"]:
            raise self.cms(310) if name.startswith("+CM") else self.cme(10, "SIM not inserted")
        if self.is_locked:
            raise self.cms(311) if name.startswith("+CM") else self.cme(11, "SIM PIN required")

    def run_e(self, rest):
        self.settings["echo"] = rest == "1"
        return []

    def run_z(self, rest):
        self.reset_settings()
        return []

    run_f = run_z

    def run_a(self, rest):
        self.violate("a call was taken")
        return []

    run_d = run_a

    def run_h(self, rest):
        self.call = None
        return []

    run_chup = run_h

    def run_i(self, rest):
        return [self.profile.maker, self.profile.model]

    def run_cgmi(self, rest):
        return [self.profile.maker]

    def run_cgmm(self, rest):
        return [self.profile.model]

    def run_cgmr(self, rest):
        return ["11.126.03.00.00"]

    def run_cgsn(self, rest):
        return ["356938035643809"]

    def run_cimi(self, rest):
        return ["420010000000001"]

    def run_cmee(self, rest):
        self.settings["errors"] = int(rest[1:]) if re.fullmatch("=[012]", rest) else self.settings["errors"]
        return []

    def run_cmgf(self, rest):
        if rest == "?":
            return ["+CMGF: %d" % self.settings["text_mode"]]
        if rest not in ("=0", "=1"):
            raise self.cms(304)
        self.settings["text_mode"] = rest == "=1"
        return []

    def run_clip(self, rest):
        self.settings["clip"] = rest == "=1"
        return []

    def run_cnum(self, rest):
        return []

    def run_csq(self, rest):
        return ["+CSQ: %d,99" % int(self.options["signal"])]

    def run_registration(self, name, rest):
        if rest == "?":
            return ["+%s: %d,%d" % (name, self.settings["creg"], int(self.options["registration"]))]
        if re.fullmatch("=[012]", rest):
            self.settings["creg"] = int(rest[1:])
        return []

    def run_creg(self, rest):
        return self.run_registration("CREG", rest)

    def run_cereg(self, rest):
        return self.run_registration("CEREG", rest)

    def run_cgreg(self, rest):
        return self.run_registration("CGREG", rest)

    def run_cops(self, rest):
        if rest != "?":
            return []
        is_there = int(self.options["registration"]) in REACHABLE
        return ['+COPS: 0,0,"%s",7' % self.options["operator"] if is_there else "+COPS: 0"]

    def run_csca(self, rest):
        return ['+CSCA: "%s",%d' % (self.options["smsc"], 145 if self.options["smsc"].startswith("+") else 129)]

    def run_cusd(self, rest):
        code = re.fullmatch(r'=1,"([^"]+)"(?:,15)?', rest)
        if code:
            self.at(self.options["ussd_delay"], self.urc, '+CUSD: 0,"%s",15' % self.options["balance"])
        return []

    # ---- the SIM's lock

    def run_cpin(self, rest):
        if not self.options["sim"]:
            raise self.cme(10, "SIM not inserted")
        if rest == "?":
            if int(self.options["cpin_busy"]) > 0:
                self.options["cpin_busy"] = int(self.options["cpin_busy"]) - 1
                raise self.cme(14, "SIM busy")
            state = "READY" if not self.is_locked else "SIM PIN" if int(self.options["pin_tries"]) > 0 else "SIM PUK"
            return ["+CPIN:%s%s" % ("  " if self.profile.cpin_spaces else " ", state)]
        tried = re.fullmatch(r'="?(\d{4,8})"?', rest)
        if not tried or not self.is_locked:
            raise self.cme(3, "operation not allowed")
        self.pins.append(tried[1])
        if int(self.options["pin_tries"]) <= 0:
            raise self.cme(12, "SIM PUK required")
        if tried[1] != str(self.options["pin"]):
            self.options["pin_tries"] = int(self.options["pin_tries"]) - 1
            raise self.cme(16, "incorrect password") if int(self.options["pin_tries"]) else self.cme(12, "SIM PUK required")
        self.is_locked = False
        self.at(0.02, self.urc, "+CPIN: READY")
        self.at(0.03, self.hand_over)
        return []

    # ---- the memory

    def usage(self):
        return ["%d,%d" % (len(self.memory.get(name, self.memory[ME])), self.capacity()) for name in self.selected]

    def run_cpms(self, rest):
        if rest == "=?":
            return ["+CPMS: " + ",".join("(%s)" % ",".join('"%s"' % name for name in names) for names in self.profile.memories)]
        if rest == "?":
            return ["+CPMS: " + ",".join('"%s",%s' % pair for pair in zip(self.selected, self.usage()))]
        names = re.findall(r'"(\w+)"', rest)
        if not names or any(name not in allowed for name, allowed in zip(names, self.profile.memories)):
            raise self.cms(302)
        self.selected[:len(names)] = names
        self.selected = [ME if name == "MT" else name for name in self.selected]
        return ["+CPMS: " + ",".join(self.usage())]

    def run_cnmi(self, rest):
        if rest == "=?":
            return ["+CNMI: " + ",".join("(%s)" % ",".join(map(str, allowed)) for allowed in self.profile.cnmi)]
        if rest == "?":
            return ["+CNMI: " + ",".join(map(str, self.settings["cnmi"]))]
        try:
            wanted = tuple(int(value) for value in rest[1:].split(","))
        except ValueError:
            raise self.cms(304)
        if any(value not in allowed for value, allowed in zip(wanted, self.profile.cnmi)) or len(wanted) > 5:
            raise self.cms(303)
        if len(wanted) > 1 and wanted[1] in (2, 3):
            self.violate("direct routing: AT+CNMI%s", rest)
        self.settings["cnmi"] = wanted + (0,) * (5 - len(wanted))
        return []

    def check_pdu_mode(self):
        if self.settings["text_mode"]:
            raise self.cms(304)

    def run_cmgl(self, rest):
        if rest == "=?":
            return ["+CMGL: (0-4)"]
        self.check_pdu_mode()
        if not re.fullmatch("=[0-4]", rest):
            raise self.cms(304)
        rows = []
        for index, message in sorted(self.memory[self.selected[0]].items()):
            if rest in ("=4", "=%d" % message.is_read):
                rows += [self.profile.header % ("CMGL", index, message.is_read, self.length(message)), message.pdu]
                message.is_read = True
        return rows

    @staticmethod
    def length(message):
        """Of something that is no PDU, what a modem would make of it."""
        try:
            return max(0, gsm.length_of(message.pdu))
        except ValueError:
            return len(message.pdu) // 2

    def slot(self, rest):
        found = re.fullmatch(r"=(\d+)", rest)
        if not found:
            raise self.cms(321)
        return int(found[1]), self.memory[self.selected[0]].get(int(found[1]))

    def run_cmgr(self, rest):
        self.check_pdu_mode()
        self.reading, message = self.slot(rest)
        if not message:
            return self.say_empty()
        row = "+CMGR: %d,,%d" % (message.is_read, self.length(message))
        message.is_read = True
        return [row, message.pdu]

    def say_empty(self):
        if self.profile.empty_slot == "OK":
            return []
        raise Refused(self.profile.empty_slot if self.settings["errors"] else "ERROR")

    def run_cmgd(self, rest):
        if "," in rest and not rest.endswith(",0"):
            self.violate("AT+CMGD%s empties more than one slot", rest)
        index, message = self.slot(rest.removesuffix(",0"))
        if not message:
            return self.say_empty()
        if not message.is_shown:
            self.violate("slot %d was emptied before what lies there was shown", index)
        del self.memory[self.selected[0]][index]
        self.deletes.append(message.pdu)
        self.was_full = False
        self.at(float(self.options["redeliver"]), self.hand_over)
        return []

    # ---- sending

    def run_cmgs(self, rest):
        self.check_pdu_mode()
        found = re.fullmatch(r"=(\d+)", rest)
        if not found or not 8 <= int(found[1]) <= 176:
            self.violate("AT+CMGS%s", rest[:20])
            raise self.cms(304)
        self.body_of = int(found[1])
        return ["> "]

    def send(self, body, length):
        """A body went out: what the network makes of it."""
        try:
            submit = gsm.read_submit(body.decode("ascii"), length)
        except (ValueError, UnicodeDecodeError) as problem:
            self.violate("a body that is no SUBMIT: %s", problem)
            raise self.cms(304)
        if int(self.options["registration"]) not in REACHABLE:
            raise self.cms(331)
        reference = int(self.options["reference"]) & 0xFF
        self.options["reference"] = reference + 1
        self.sent.append(dict(submit, reference=reference, at=time.time()))
        self.changed.notify_all()
        if submit["wants_report"] and int(self.options["reports"]):
            pdu = gsm.report(submit["to"], reference, int(self.options["report_status"]))
            self.at(float(self.options["report_delay"]) + self.options["send_latency"], self.arrive, pdu, True)
        return ["+CMGS: %d" % reference]
