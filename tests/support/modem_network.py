# SPDX-License-Identifier: GPL-3.0-or-later
# modem_network - what lies behind the port of a scripted modem: the card's memory, the network that holds what does not fit, calls.
# What:  class Network on a wire: arrive() hands a PDU to the network; it reaches the memory, and is told or shown by the settings of the
#        moment, as soon as there is room and the modem can be reached.
# Not here: commands (modem_at), orders of scripts (modem_sim).
import os
import tempfile

import gsm
import modem_faults
from modem_profiles import ME, PROFILES, SM, SR
from modem_tty import Wire

SETTINGS = {"echo": True, "errors": 0, "text_mode": True, "cnmi": (0, 0, 0, 0, 0), "clip": False, "creg": 0, "is_silent": False}
REACHABLE = (1, 5, 6, 7)  # +CREG


class Stored:
    """One message in a slot."""

    def __init__(self, pdu, is_report=False):
        self.pdu, self.is_report = pdu, is_report
        self.is_read = self.is_shown = False


class Network(Wire):
    def __init__(self, profile="plain", link=None, **options):
        self.folder = None if link else tempfile.mkdtemp(prefix="modem-")
        super().__init__(link or os.path.join(self.folder, "ttyModem"))
        self.profile = PROFILES[profile]
        self.options = {"capacity": 10, "latency": 0.002, "send_latency": 0.01, "redeliver": 0.005, "registration": 1, "signal": 18,
                        "operator": "Example Net", "smsc": "+966500000001", "lose_urc": 0, "boot": 0.15, "chatter": 0.3, "ring": 0.3,
                        "reports": 1, "report_delay": 0.02, "report_status": 0, "ussd_delay": 0.05, "balance": "Balance 12.50", "sim": 1,
                        "cpin_busy": 0, "pin": "", "pin_tries": 3, "reference": 1}
        self.options.update(options)
        self.is_locked = bool(self.options["pin"])
        self.memory = {SM: {}, ME: {}, SR: {}}
        self.queue = []  # what the network holds
        self.sent, self.bodies, self.deletes, self.orders_seen = [], [], [], []
        self.violations, self.unknown, self.pins = [], [], []
        self.arrived = 0
        self.faults = modem_faults.Faults(self)
        self.is_deaf = False  # dead until replugged
        self.typed, self.is_busy, self.body_of = bytearray(), False, None
        self.is_booting = False
        self.was_full = False
        self.call = None
        self.reset_settings()

    def reset_settings(self):
        self.settings = dict(SETTINGS, echo=self.profile.echo)
        self.selected = list(self.profile.preferred)
        self.body_of = None
        self.typed.clear()
        self.is_busy = False
        for memory in self.memory.values():
            for message in memory.values():
                message.is_shown = False

    # ---- lines out

    def urc(self, *lines):
        """Lines that nobody asked for."""
        if not self.is_booting and not self.is_deaf:
            lead = "\r\n" if self.profile.has_leading_line else ""
            self.emit("".join("%s%s\r\n" % (lead, line) for line in lines).encode())

    def chatter(self, turn):
        if self.profile.chatter and not self.settings["is_silent"] and self.is_plugged():
            self.urc(self.profile.chatter[turn % len(self.profile.chatter)])
        self.at(self.options["chatter"], self.chatter, turn + 1)

    def violate(self, what, *values):
        self.violations.append(what % values if values else what)

    # ---- messages

    def capacity(self):
        return int(self.options["capacity"])

    def is_reachable(self):
        return (self.is_plugged() and not self.is_booting and not self.is_locked and int(self.options["sim"])
                and int(self.options["registration"]) in REACHABLE)

    def arrive(self, pdu, is_report=False):
        """The network has something for this modem."""
        with self.lock:
            self.arrived += 1
            self.queue.append((pdu, is_report))
            self.at(0, self.hand_over)

    def hand_over(self):
        while self.queue and self.is_reachable():
            pdu, is_report = self.queue[0]
            if not (self.hand_report(pdu) if is_report else self.hand_message(pdu)):
                return
            self.queue.pop(0)

    def store(self, name, pdu, is_report=False):
        """The index of a free slot that it lies in now, or None."""
        memory = self.memory[name]
        free = [index for index in range(self.profile.first_slot, self.profile.first_slot + self.capacity()) if index not in memory]
        if not free:
            if not self.was_full and self.profile.full:
                self.urc(self.profile.full)
            self.was_full = True
            return None
        memory[free[0]] = Stored(pdu, is_report)
        return free[0]

    def hand_message(self, pdu):
        coding = gsm.coding_of(pdu)
        is_class = coding is not None and (coding & 0xD0 == 0x10 or coding & 0xF0 == 0xF0)
        if is_class and coding & 3 == 0 and self.settings["cnmi"][1] > 0:
            self.urc("+CMT: ,%d\r\n%s" % (gsm.length_of(pdu), pdu))
            return True
        name = SM if is_class and coding & 3 == 2 else self.selected[2]
        index = self.store(name, pdu)
        if index is None:
            return False
        if self.settings["cnmi"][1] == 1:
            self.tell('+CMTI: "%s",%d' % (name, index))
        return True

    def hand_report(self, pdu):
        how = self.settings["cnmi"][3]
        if how == 1:
            self.urc("+CDS: %d\r\n%s" % (gsm.length_of(pdu), pdu))
        elif how == 2:
            name = SR if SR in self.profile.memories[0] else self.selected[2]
            index = self.store(name, pdu, True)
            if index is None:
                return False
            self.tell('+CDSI: "%s",%d' % (name, index))
        return True

    def tell(self, line):
        if int(self.options["lose_urc"]) > 0:
            self.options["lose_urc"] = int(self.options["lose_urc"]) - 1
        else:
            self.urc(line)

    # ---- calls

    def ring_once(self, number, left):
        if self.call is None or not left:
            if self.call is not None:
                self.call = None
                self.urc(*(["NO CARRIER"] + ([self.profile.after_call] if self.profile.after_call else [])))
            return
        self.urc("RING")
        if self.settings["clip"]:
            kind = 145 if number.startswith("+") else 129 if number else 128
            self.urc('+CLIP: "%s",%d,"",,"",%d' % (number, kind, 0 if number else 1))
        self.at(float(self.options["ring"]), self.ring_once, number, left - 1)
