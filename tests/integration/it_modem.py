#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem - the line's main ear: the real daemon, the real helpline-modem, and a scripted modem (tests/support/modem_sim.py).
# What:  stories of what comes in by a SIM card and what goes out by it, over restarts of either side.
# Not here: what goes wrong on the wire (it_modem_faults), every PDU of the vectors (it_modem_vectors), kills (it_modem_crash).
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import gsm  # noqa: E402
import tap  # noqa: E402
from helpline import wait_until  # noqa: E402
from modem_sim import Modem  # noqa: E402
from modemline import DUTY, DUTY_PHONE, TRIAL_DESK, ModemLine  # noqa: E402

HER = "+966501110001"
URGENT = "tulong po, kinulong nila ako, walang pagkain"
FULL = ("Maam tulong po. Hindi po ako pinapasahod ng tatlong buwan, kinuha ng amo ang passport ko at kinulong nila ako. Wala pong pagkain, "
        "text lang po, wag tumawag.")
LONG = ("Maam tulong po. Hindi po ako pinapasahod ng tatlong buwan, kinuha ng amo ko ang passport ko at kinulong nila ako dito sa bahay. "
        "Wala pong pagkain, isang beses lang sa isang araw. Gusto ko na pong umuwi. Huwag po kayong tumawag, text lang po.")


def code_of(texts, case=1001):
    """The code of the alert, as a responder reads it."""
    found = [re.search(r"OK %d ([A-Z]{4})" % case, text) for text in texts]
    return [one.group(1) for one in found if one][-1]


def outbox(line, state="all"):
    return line.rows("outbox", "list", "--state", state)


# ---- in --------------------------------------------------------------------------------------------------------

def text_becomes_a_case_and_the_slot_is_free():
    with Modem("huawei") as modem, ModemLine(modem) as line:
        modem.sms(HER, URGENT)
        assert line.wait_for_texts(1) == [(HER, URGENT)]
        line.emptied()
        case = line.case(1001)
        assert case["message"][0]["channel"] == "sim1" and case["case"][0]["country"] == "SA", case
        assert len(modem.deletes) == 1


def texts_from_before_the_start_are_taken_too():
    with Modem("zte") as modem:
        modem.fill(4)
        with ModemLine(modem) as line:
            line.wait_for_texts(4)
            line.emptied()


def long_text_out_of_order_is_one_message():
    with Modem("quectel") as modem, ModemLine(modem) as line:
        modem.long(HER, 77, LONG, order=[1, 0])
        modem.long("+966501110002", 300, "\U0001F622" * 100 + " tulong", order=[3, 0, 2, 1], bits=16)
        line.emptied()
        wait_until(lambda: sorted(line.texts()) == sorted([(HER, LONG), ("+966501110002", "\U0001F622" * 100 + " tulong")]), "both texts whole")


def same_pdu_twice_is_one_message():
    with Modem("plain") as modem, ModemLine(modem) as line:
        pdu = gsm.deliver(HER, URGENT)
        for _ in range(3):
            modem.arrive(pdu)
        line.emptied()
        assert line.texts() == [(HER, URGENT)] and line.case(1001)["message"][0]["copies"] == 2, line.case(1001)["message"]


def flash_message_is_heard():
    with Modem("simcom") as modem, ModemLine(modem) as line:
        line.set_up()
        modem.flash(HER, URGENT)
        assert line.wait_for_texts(1) == [(HER, URGENT)]
        line.check_manners()


def missed_call_is_a_contact_and_is_never_answered():
    with Modem("simcom", ring=0.1) as modem, ModemLine(modem) as line:
        line.set_up()
        wait_until(lambda: modem.settings["clip"], "CLIP")
        modem.ring(HER, 3)
        case = wait_until(line.cases, "a case")[0]
        row = line.case(case)["message"][0]
        assert row["from"] == HER and "unclear" in row["categories"], row
        modem.ring("+966501110009", 2)
        wait_until(lambda: len(line.cases()) == 2, "a case of the other caller")
        assert not modem.sent
        line.check_manners()


def second_caller_is_heard_though_the_first_call_has_no_end():
    with Modem("plain") as modem, ModemLine(modem) as line:
        line.set_up()
        wait_until(lambda: modem.settings["clip"], "CLIP")
        for number in (HER, HER, "+966501110009"):
            modem.urc("RING")
            modem.urc('+CLIP: "%s",145,"",,"",0' % number)
        wait_until(lambda: len(line.cases()) == 2, "a case for each")
        assert sorted(number for number, _ in line.texts()) == [HER, "+966501110009"], line.texts()


def call_without_a_number_and_ignored_calls_harm_nothing():
    with Modem("plain", ring=0.05) as modem, ModemLine(modem, 'calls = "ignore";') as line:
        line.set_up()
        modem.ring(HER, 2)
        modem.ring("", 2)
        modem.sms(HER, URGENT)
        assert line.wait_for_texts(1) == [(HER, URGENT)]
        line.emptied()


# ---- out -------------------------------------------------------------------------------------------------------

def alert_goes_out_and_is_acknowledged_and_closed_by_sms():
    with Modem("huawei") as modem, ModemLine(modem, contacts=(DUTY_PHONE,)) as line:
        modem.sms(HER, URGENT)
        code = code_of(line.sent_texts())
        assert all(one["wants_report"] for one in modem.sent if one["to"] == DUTY), modem.sent
        modem.sms(DUTY, "ok 1001 %s" % code.lower())
        wait_until(lambda: line.case(1001)["case"][0]["state"] == "taken", "a case that is taken")
        modem.sms(DUTY, "SAY 1001 %s สวัสดี ปลอดภัยไหม" % code)
        assert "สวัสดี ปลอดภัยไหม" in line.sent_texts(HER)[0]
        modem.sms(HER, "opo, salamat")
        wait_until(lambda: [text for text in modem.texts_to(DUTY) if "salamat" in text], "her answer at the duty phone")
        modem.sms(DUTY, "END 1001 %s she is in the shelter" % code)
        wait_until(lambda: line.case(1001)["case"][0]["state"] == "closed", "a case that is closed")
        line.emptied()


def report_of_the_network_makes_an_alert_delivered():
    with Modem("plain") as modem, ModemLine(modem, contacts=(DUTY_PHONE,)) as line:
        modem.sms(HER, URGENT)
        wait_until(lambda: [row for row in outbox(line) if row["state"] == "delivered"], "a delivered alert")
        line.emptied()


def report_that_is_stored_on_the_sim_counts_as_well():
    with Modem("simcom") as modem:
        # A make that shows no report: +CDSI and the memory instead.
        modem.profile = type(modem.profile)(**dict(vars(modem.profile), cnmi=((0, 1, 2), (0, 1), (0,), (0, 2), (0, 1))))
        with ModemLine(modem, contacts=(DUTY_PHONE,)) as line:
            modem.sms(HER, URGENT)
            wait_until(lambda: [row for row in outbox(line) if row["state"] == "delivered"], "a delivered alert")
            line.emptied()


def alert_of_several_parts_is_resumed_at_the_part_that_failed():
    with Modem("plain") as modem, ModemLine(modem, contacts=(DUTY_PHONE,)) as line:
        line.set_up()
        modem.fault("error", "BODY", 1, 38)
        modem.fault("error", "CMGS", 1, 500)
        modem.sms(HER, FULL)
        texts = line.sent_texts()
        assert len(texts) == 1 and "1001" in texts[0], texts
        parts = [one["part"] for one in modem.sent if one["to"] == DUTY]
        assert [part[2] for part in parts] == list(range(1, parts[0][1] + 1)), parts
        assert len({part[0] for part in parts}) == 1, parts
        line.check_manners()


def part_in_the_middle_that_failed_is_the_only_one_sent_again():
    with Modem("plain", reports=0) as modem, ModemLine(modem, contacts=(DUTY_PHONE,)) as line:
        line.set_up()
        broken = []

        def break_second(*_):
            if len(modem.sent) == 1 and not broken:
                broken.append(1)
                modem.fault("error", "BODY", 1, 42)
        original = modem.send

        def send(body, length):
            lines = original(body, length)
            break_second()
            return lines
        modem.send = send
        modem.sms(HER, FULL)
        line.sent_texts()
        numbers = [one["part"][2] for one in modem.sent]
        assert broken and numbers == list(range(1, modem.sent[0]["part"][1] + 1)), numbers
        wait_until(lambda: [row for row in outbox(line) if row["state"] == "sent"], "an alert that is sent")


def number_that_is_refused_for_good_is_not_tried_again():
    with Modem("plain") as modem, ModemLine(modem, contacts=(DUTY_PHONE, TRIAL_DESK)) as line:
        line.set_up()
        modem.fault("error", "BODY", "always", 28)
        modem.sms(HER, URGENT)
        row = wait_until(lambda: [row for row in outbox(line, "dead") if row["contact"] == "duty"], "a dead alert")[0]
        assert (row["outcome"], row["attempt"]) == ("rejected", 1) and "28" in row["code"], row
        assert len(modem.bodies) == 1


def doubtful_alert_is_repeated_once_and_marked_with_the_same_reference():
    with Modem("plain", reports=0) as modem, ModemLine(modem, "reports = false;", contacts=(DUTY_PHONE,)) as line:
        line.set_up()
        modem.fault("gone", "BODY", "once", 0.1)
        modem.sms(HER, FULL)
        line.sent_texts(patience=40)
        wait_until(lambda: [row for row in outbox(line) if row["state"] == "sent"], "the alert")
        assert [row["may_be_repeated"] for row in outbox(line)] == [True], outbox(line)
        parts = [one["part"] for one in modem.sent]
        assert len({part[0] for part in parts}) == 1, parts
        assert [part[2] for part in parts].count(1) == 2, parts


def doubtful_reply_to_her_is_never_repeated():
    with Modem("plain", reports=0) as modem, ModemLine(modem, "reports = false;", contacts=(DUTY_PHONE,)) as line:
        modem.sms(HER, URGENT)
        code = code_of(line.sent_texts())
        modem.sms(DUTY, "OK 1001 " + code)
        wait_until(lambda: [text for text in modem.texts_to(DUTY) if "yours" in text], "the answer to OK")
        modem.fault("gone", "BODY", "once", 0.1)
        modem.sms(DUTY, "SAY 1001 %s Ligtas ka ba?" % code)
        wait_until(lambda: [row for row in outbox(line) if row["outcome"] == "uncertain"], "an uncertain reply", 40)
        line.set_up()
        modem.sms("+966501110077", "walang pagkain dito")
        wait_until(lambda: len(modem.texts_to(DUTY)) >= 3, "the next alert")
        assert len([one for one in modem.sent if one["to"] == HER]) == 1


# ---- restarts --------------------------------------------------------------------------------------------------

def daemon_restarted_under_the_worker_and_the_reverse():
    with Modem("quectel") as modem, ModemLine(modem) as line:
        modem.sms(HER, "una")
        line.wait_for_texts(1)
        line.kill()
        modem.sms(HER, "pangalawa")
        modem.sms("+966501110002", "pangatlo")
        line.start()
        line.wait_for_texts(3, 40)
        line.end_modem(number=9)
        modem.sms(HER, "pang-apat")
        line.start_modem()
        line.wait_for_texts(4)
        line.emptied()


def daemon_that_is_down_leaves_everything_on_the_sim():
    with Modem("plain", capacity=3) as modem, ModemLine(modem) as line:
        line.set_up()
        line.end()
        modem.fill(6)
        wait_until(lambda: len(modem.held()) == 3, "a full card")
        line.end_modem()
        assert len(modem.held()) == 3 and len(modem.queue) == 3 and not modem.deletes
        line.start()
        line.start_modem()
        line.wait_for_texts(6)
        line.emptied()


def reload_moves_the_worker_to_another_device():
    with Modem("plain") as first, Modem("huawei") as second, ModemLine({"sim1": first}) as line:
        first.sms(HER, "by the first")
        line.wait_for_texts(1)
        line.modems = {"sim1": second}
        line.reload(line.written())
        second.sms(HER, "by the second")
        line.wait_for_texts(2)
        line.emptied()
        line.modems = {"sim2": second}
        line.reload(line.written())
        second.sms(HER, "by nobody")
        assert line.workers["sim1"].poll() is None, "a worker whose channel is gone waits for it"
        line.start_modem("sim2")
        line.wait_for_texts(3)


def several_modems_work_at_once():
    modems = {name: Modem(profile) for name, profile in (("sim1", "huawei"), ("sim2", "quectel"), ("sim3", "simcom"), ("sim4", "zte"))}
    with modems["sim1"], modems["sim2"], modems["sim3"], modems["sim4"], ModemLine(modems, contacts=(DUTY_PHONE,)) as line:
        for number, modem in enumerate(modems.values()):
            for place in range(3):
                modem.sms("+96650222%d00%d" % (number, place), "tulong %d %d" % (number, place))
        line.wait_for_texts(12, 40)
        line.emptied()
        wait_until(lambda: len(modems["sim1"].texts_to(DUTY)) >= 12, "alerts by the first", 40)
        assert not any(one["to"] == DUTY for name in ("sim2", "sim3", "sim4") for one in modems[name].sent)


# ---- the SIM ---------------------------------------------------------------------------------------------------

def pin_opens_the_sim_and_a_wrong_one_is_tried_once_ever():
    with Modem("huawei", pin="4321") as modem, ModemLine(modem, 'pin = "1111";') as line:
        modem.sms(HER, URGENT)
        wait_until(lambda: modem.pins, "a try")
        for _ in range(2):
            line.end_modem(number=9)
            line.start_modem()
            wait_until(lambda: modem.orders_seen.count("AT+CPIN?") >= 2, "a look")
            modem.orders_seen.clear()
        line.kill()
        line.start()
        wait_until(lambda: modem.orders_seen.count("AT+CPIN?") >= 2, "a look", 40)
        assert modem.pins == ["1111"], modem.pins
        line.reload(line.written('pin = "4321";'))
        line.wait_for_texts(1, 40)
        line.emptied()
        assert modem.pins == ["1111", "4321"], modem.pins


def sim_that_is_busy_missing_or_unregistered_is_waited_for():
    with Modem("plain", cpin_busy=3, sim=0, registration=2) as modem, ModemLine(modem) as line:
        modem.sms(HER, URGENT)
        wait_until(lambda: "AT+CPIN?" in modem.orders_seen, "a look")
        modem.change("sim", 1)
        line.set_up(40)
        modem.change("registration", 5)
        line.wait_for_texts(1, 40)
        line.emptied()


tap.run([
    text_becomes_a_case_and_the_slot_is_free,
    texts_from_before_the_start_are_taken_too,
    long_text_out_of_order_is_one_message,
    same_pdu_twice_is_one_message,
    flash_message_is_heard,
    missed_call_is_a_contact_and_is_never_answered,
    second_caller_is_heard_though_the_first_call_has_no_end,
    call_without_a_number_and_ignored_calls_harm_nothing,
    alert_goes_out_and_is_acknowledged_and_closed_by_sms,
    report_of_the_network_makes_an_alert_delivered,
    report_that_is_stored_on_the_sim_counts_as_well,
    alert_of_several_parts_is_resumed_at_the_part_that_failed,
    part_in_the_middle_that_failed_is_the_only_one_sent_again,
    number_that_is_refused_for_good_is_not_tried_again,
    doubtful_alert_is_repeated_once_and_marked_with_the_same_reference,
    doubtful_reply_to_her_is_never_repeated,
    daemon_restarted_under_the_worker_and_the_reverse,
    daemon_that_is_down_leaves_everything_on_the_sim,
    reload_moves_the_worker_to_another_device,
    several_modems_work_at_once,
    pin_opens_the_sim_and_a_wrong_one_is_tried_once_ever,
    sim_that_is_busy_missing_or_unregistered_is_waited_for,
])
