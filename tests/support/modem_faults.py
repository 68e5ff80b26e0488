# SPDX-License-Identifier: GPL-3.0-or-later
# modem_faults - what goes wrong between a command and its answer, by script: tests/support/modem_sim.py asks here before and after every
#                command.
# What:  `fault KIND COMMAND [once|TIMES|always] [VALUE]`. COMMAND is CMGL, CMGR, CMGD, CMGS (the prompt), BODY (behind Ctrl-Z), AT,
#        ATE, CPIN ... or `*`. KINDS says what each kind does; the first that fits is used up first.
# Keeps: whether the command took effect is part of a kind's meaning: `hang` has none, `lose` has.
import os


class Fault:
    stops_before = False

    def __init__(self, modem, value):
        self.modem, self.value = modem, value

    def before(self):
        pass

    def changed(self, chunks):
        """The answer, [(pause before, line or raw bytes), ...], as it goes out; the last one is the final code."""
        return chunks

    def number(self, default):
        return float(self.value) if self.value is not None else default


class Hang(Fault):
    """No effect, no answer."""
    stops_before = True


class Deaf(Fault):
    """From here on nothing is heard or said, until it is plugged in again."""
    stops_before = True

    def before(self):
        self.modem.is_deaf = True


class Error(Fault):
    """No effect; the value is the number of a +CMS error, or the whole line. `+CMS ERROR: 500` is a number, `ERROR` a line."""
    stops_before = True

    def before(self):
        value = self.value if self.value is not None else "ERROR"
        self.modem.say([(0.0, "+CMS ERROR: " + value if value.isdigit() else value)], self.modem.options["latency"])


class Unplug(Fault):
    """Unplugged at this command, without effect; back after the value in seconds."""
    stops_before = True

    def before(self):
        self.modem.pull(self.number(0.3))


class Reboot(Fault):
    stops_before = True

    def before(self):
        self.modem.reboot()


class Gone(Fault):
    """It took effect, and then it was unplugged."""

    def changed(self, chunks):
        self.modem.pull(self.number(0.3))
        return []


class Lose(Fault):
    """It took effect; the final code is lost, and with it the reference of a message."""

    def changed(self, chunks):
        return [chunk for chunk in chunks[:-1] if not chunk[1].startswith("+CMGS")]


class Half(Fault):
    """The answer breaks off in the middle."""

    def changed(self, chunks):
        whole = "\r\n" + "\r\n".join(line for _, line in chunks)
        return [(0.0, whole[:max(1, len(whole) // 2)].encode())]


class Slow(Fault):
    """The whole answer comes late."""

    def changed(self, chunks):
        return [(self.number(0.3), chunks[0][1])] + chunks[1:]


class Drip(Fault):
    """One octet at a time, with a pause (the value, seconds)."""

    def changed(self, chunks):
        lines = [line for _, line in chunks]
        whole = ("\r\n" + "\r\n".join(lines) + "\r\n").encode()
        self.modem.note_shown(lines)
        return [(self.number(0.0005), whole[place:place + 1]) for place in range(len(whole))]


class Garbage(Fault):
    """Bytes that mean nothing instead of the answer."""

    def changed(self, chunks):
        return [(0.0, bytes(octet | 0x80 for octet in os.urandom(int(self.number(64)))) + b"\r\n")]


class Noise(Fault):
    """Lines that mean nothing before the answer and between its lines."""

    def changed(self, chunks):
        noisy = []
        for pause, line in chunks:
            noisy += [(pause, b"\xff\x00\x80\x07\r\n"), (0.0, line)]
        return noisy


class Mid(Fault):
    """Lines that nobody asked for, between all lines of the answer, also between a header and its PDU."""
    LINES = ('+QIND: "csq",17,99', "OKAY", "^RSSI:12", '+CMTI: "SM",1', "RING", "+CTZV: +12,0", "+CREG: 1", "*PSUTTZ: 26,11,24")

    def changed(self, chunks):
        mixed = []
        for place, (pause, line) in enumerate(chunks):
            mixed += [(pause, self.LINES[place % len(self.LINES)]), (0.0, line)]
        return mixed


class Storm(Fault):
    """Very many of them before and after the first line."""

    def changed(self, chunks):
        storm = [(0.0, '+QIND: "csq",%d,99' % (number % 32)) for number in range(int(self.number(200)))]
        return storm + chunks[:1] + storm + chunks[1:]


class Call(Fault):
    """Somebody calls in the middle of the answer."""

    def changed(self, chunks):
        return chunks[:1] + [(0.0, "RING"), (0.0, '+CLIP: "+966505550123",145,"",,"",0')] + chunks[1:]


class BadLength(Fault):
    """The length beside each PDU is wrong by the value."""

    def changed(self, chunks):
        wrong = []
        for pause, line in chunks:
            if line.startswith("+CMG"):
                head, length = line.rsplit(",", 1)
                line = "%s,%d" % (head, int(length) + int(self.number(1)))
            wrong.append((pause, line))
        return wrong


class Cut(Fault):
    """Each PDU lacks its last octets (the value)."""

    def changed(self, chunks):
        return [(pause, line[:-2 * int(self.number(2))] if len(line) > 30 and not line.startswith("+") else line) for pause, line in chunks]


class DupIndex(Fault):
    """Every message of a listing bears the index of the first."""

    def changed(self, chunks):
        first, same = None, []
        for pause, line in chunks:
            if line.startswith("+CMGL:"):
                index, rest = line[6:].split(",", 1)
                first = first or index
                line = "+CMGL:%s,%s" % (first, rest)
            same.append((pause, line))
        return same


class Glue(Fault):
    """No new line between a PDU and the next header."""

    def changed(self, chunks):
        glued = []
        for pause, line in chunks:
            if line.startswith("+CMGL") and glued and not glued[-1][1].startswith("+"):
                glued[-1] = (glued[-1][0], glued[-1][1] + line)
            else:
                glued.append((pause, line))
        return glued


KINDS = {"hang": Hang, "deaf": Deaf, "error": Error, "unplug": Unplug, "gone": Gone, "reboot": Reboot, "lose": Lose, "half": Half, "slow": Slow,
         "drip": Drip, "garbage": Garbage, "noise": Noise, "mid": Mid, "storm": Storm, "call": Call, "badlength": BadLength, "cut": Cut,
         "dupindex": DupIndex, "glue": Glue}
ALWAYS = 1 << 30


class Faults:
    """Those that wait for their command."""

    def __init__(self, modem):
        self.modem, self.waiting, self.used = modem, [], []

    def add(self, kind, command, times="once", value=None):
        if kind not in KINDS:
            raise ValueError("no fault %s; there are: %s" % (kind, " ".join(KINDS)))
        count = {"once": 1, "always": ALWAYS}.get(times) or int(times)
        self.waiting.append([kind, command.upper(), count, None if value is None else str(value)])

    def clear(self):
        self.waiting.clear()

    def take(self, command):
        """The fault of this command, or None."""
        for entry in self.waiting:
            if entry[1] in (command, "*"):
                entry[2] -= 1
                if not entry[2]:
                    self.waiting.remove(entry)
                self.used.append((entry[0], command))
                return KINDS[entry[0]](self.modem, entry[3])
        return None
