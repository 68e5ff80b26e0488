#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_faults - whatever goes wrong between helpline-modem and a modem: nothing is lost, nothing doubled, nobody has to unplug it.
# What:  a table of faults, each played on four makes at once against one daemon; after each all messages are stored once and the cards are empty.
#        Then the ones that need a story: a full card, a storm, a lost announcement, a port that goes, a modem that is dead.
# Keeps: deadlines are a twentieth of the real ones.
# Not here: kills (it_modem_crash).
import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from helpline import wait_until  # noqa: E402
from modem_sim import Modem  # noqa: E402
from modemline import DUTY, DUTY_PHONE, ModemLine  # noqa: E402

FAST = "deadline_percent = 5;"
MAKES = {"sim1": "huawei", "sim2": "quectel", "sim3": "simcom", "sim4": "zte"}
HER = "+966501110001"

# Faults that meet a driver while it receives: (kind, command, times, value), several in a row where they belong together.
RECEIVING = {
    "no answer to the listing": [("hang", "CMGL", 1, None)],
    "the listing never ends": [("lose", "CMGL", 1, None)],
    "the listing breaks off": [("half", "CMGL", 2, None)],
    "the listing comes octet by octet": [("drip", "CMGL", 1, 0.0005)],
    "the listing is garbage": [("garbage", "CMGL", 1, 300)],
    "the listing is noisy": [("noise", "CMGL", 2, None)],
    "lines nobody asked for in the listing": [("mid", "CMGL", 2, None)],
    "a storm in the listing": [("storm", "CMGL", 1, 300)],
    "a call in the listing": [("call", "CMGL", 1, None)],
    "a wrong length": [("badlength", "CMGL", 1, 1)],
    "a wrong length in two sweeps": [("badlength", "CMGL", 2, 1), ("badlength", "CMGR", 1, 1)],
    "a PDU cut short": [("cut", "CMGL", 1, 2), ("cut", "CMGR", 1, 2)],
    "one index for all": [("dupindex", "CMGL", 1, None)],
    "no new line before the next header": [("glue", "CMGL", 1, None)],
    "an error for the listing": [("error", "CMGL", 1, 500)],
    "the modem has forgotten its settings": [("error", "CMGL", 1, 304)],
    "no answer to the deletion": [("hang", "CMGD", 1, None)],
    "the deletion happened, its answer is lost": [("lose", "CMGD", 1, None)],
    "an error for the deletion": [("error", "CMGD", 2, 302)],
    "unplugged while listing": [("unplug", "CMGL", 1, 0.2)],
    "unplugged after deleting": [("gone", "CMGD", 1, 0.2)],
    "rebooted while listing": [("reboot", "CMGL", 1, None)],
    "rebooted while deleting": [("reboot", "CMGD", 1, None)],
    "the signal is never told": [("hang", "CSQ", 1, None)],
    "everything is slow": [("slow", "*", 4, 0.1)],
}


@contextlib.contextmanager
def four_modems(**options):
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(Modem(make, **options)) for name, make in MAKES.items()}


def ranked(texts):
    return sorted(text for _, text in texts)


def nothing_is_lost_or_doubled_by_any_fault():
    call = "missed call"
    with four_modems(boot=0.1) as modems, ModemLine(modems, FAST) as line:
        want = []
        for number, (label, faults) in enumerate(RECEIVING.items()):
            for place, modem in enumerate(modems.values()):
                for fault in faults:
                    modem.fault(*fault)
                for turn in range(2):
                    text = "tulong %d modem %d turn %d" % (number, place, turn)
                    want.append(text)
                    modem.sms("+9665%02d%02d000" % (number, place), text)
            try:
                line.emptied(30)
            except AssertionError as problem:
                raise AssertionError("%s: %s" % (label, problem)) from problem
            for modem in modems.values():
                modem.clear()
        got = wait_until(lambda: len(line.texts()) >= len(want) and line.texts(), "all of them")
        assert [text for text in ranked(got) if call not in text] == sorted(want)
        assert not line.rows("quarantine", "list"), line.rows("quarantine", "list")


def wrong_length_for_good_is_kept_raw_and_frees_the_slot():
    with Modem("plain") as modem, ModemLine(modem, FAST) as line:
        modem.fault("badlength", "CMGL", "always", 3)
        modem.fault("badlength", "CMGR", "always", 3)
        modem.sms(HER, "tulong po")
        line.emptied(30)
        assert len(line.rows("quarantine", "list")) == 1 and not line.texts()


def burst_onto_a_small_card_loses_nothing():
    with Modem("quectel", capacity=5) as modem, ModemLine(modem, FAST) as line:
        line.set_up()
        want = ["tulong %d sa bahay" % number for number in range(200)]
        for number, text in enumerate(want):
            modem.sms("+9665090000%02d" % (number % 20), text)
        line.emptied(40)
        assert ranked(line.texts()) == sorted(want)


def message_that_nobody_announced_is_found_by_the_next_sweep():
    with Modem("huawei", lose_urc=100) as modem, ModemLine(modem, FAST) as line:
        line.set_up()
        modem.fill(5)
        line.wait_for_texts(5)
        line.emptied()


def announcements_of_other_kinds_only_mean_sweep():
    with Modem("simcom") as modem, ModemLine(modem, FAST) as line:
        line.set_up()
        for row in ('+CMTI: ,-1', '+CMTI: "SM",1,"MMS PUSH",2,1', "+CMT: x", "+CDS: 5", "+CDSI:", '+CMTI: "SM",99999999999999999999'):
            modem.urc(row)
        modem.storm(2000)
        modem.sms(HER, "tulong po")
        assert line.wait_for_texts(1) == [(HER, "tulong po")]
        line.emptied()


def modem_that_reboots_again_and_again_is_set_up_each_time():
    with Modem("simcom", boot=0.05) as modem, ModemLine(modem, FAST) as line:
        for number in range(3):
            line.set_up(30)
            modem.reboot()
            modem.sms(HER, "tulong %d" % number)
            line.wait_for_texts(number + 1, 30)
        line.emptied(30)


def port_that_comes_and_goes_is_opened_anew():
    with Modem("zte") as modem, ModemLine(modem, FAST) as line:
        for number in range(3):
            modem.pull(0.3)
            modem.sms(HER, "tulong %d" % number)
            line.wait_for_texts(number + 1, 30)
        line.emptied()
        assert modem.plugs == 4


def modem_that_is_dead_is_not_hammered_and_comes_back():
    with Modem("plain") as modem, ModemLine(modem, FAST) as line:
        line.set_up()
        modem.fault("deaf", "*")
        modem.sms(HER, "tulong po")
        wait_until(lambda: modem.is_deaf, "a dead modem")
        modem.orders_seen.clear()
        modem.at(1.5, modem.clear)
        line.wait_for_texts(1, 30)
        line.emptied()


def alert_gets_out_whatever_the_modem_does():
    sending = {
        "no prompt": ("hang", "CMGS", 1, None), "an error for the prompt": ("error", "CMGS", 1, 500), "network out of order": ("error", "BODY", 2, 38),
        "an error without a number": ("error", "BODY", 1, "ERROR"), "no memory in the network": ("error", "BODY", 1, 42),
        "a storm before the reference": ("storm", "BODY", 1, 200), "lines in between": ("mid", "BODY", 1, None), "a call": ("call", "BODY", 1, None),
        "noise": ("noise", "BODY", 1, None), "unplugged at the prompt": ("unplug", "CMGS", 1, 0.2), "rebooted at the prompt": ("reboot", "CMGS", 1, None)}
    with Modem("huawei", boot=0.1) as modem, ModemLine(modem, FAST, contacts=(DUTY_PHONE,)) as line:
        def cries():  # the call among the faults is alerted too, and counts for nothing here
            return [text for text in modem.texts_to(DUTY) if "walang pagkain" in text]
        for number, (label, fault) in enumerate(sending.items()):
            modem.fault(*fault)
            modem.sms("+96650300%04d" % number, "tulong po walang pagkain")
            wait_until(lambda: (line.hasten(), len(cries()) > number)[1], "the alert after: " + label, 30)
            modem.clear()
        wait_until(lambda: not line.rows("outbox", "list"), "an empty outbox")
        assert len(cries()) == len(sending), cries()
        line.check_manners()


tap.run([
    nothing_is_lost_or_doubled_by_any_fault,
    wrong_length_for_good_is_kept_raw_and_frees_the_slot,
    burst_onto_a_small_card_loses_nothing,
    message_that_nobody_announced_is_found_by_the_next_sweep,
    announcements_of_other_kinds_only_mean_sweep,
    modem_that_reboots_again_and_again_is_set_up_each_time,
    port_that_comes_and_goes_is_opened_anew,
    modem_that_is_dead_is_not_hammered_and_comes_back,
    alert_gets_out_whatever_the_modem_does,
])
