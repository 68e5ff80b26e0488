#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_vectors - every confirmed PDU of tests/golden/pdus.json through a scripted modem, helpline-modem and the daemon.
# What:  all messages as what they say, all sets in all their orders, malformed ones in quarantine or salvaged but never on the card for good,
#        reports of nothing, and lines that are no PDU.
# Not here: the codec alone (tests/unit/test_gsm_*.c).
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import gsm  # noqa: E402
import tap  # noqa: E402
from helpline import wait_until  # noqa: E402
from modem_sim import Modem  # noqa: E402
from modemline import ModemLine  # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "pdus.json")
with open(GOLDEN, encoding="utf-8") as golden:
    VECTORS = json.load(golden)
BY_LABEL = {vector["label"]: vector for vector in VECTORS["vectors"]}
# What is no text for a person, and what a network means to be thrown away.
NO_TEXT = ("deliver-wap-push-8bit",)


def whole_messages():
    return [vector for vector in VECTORS["vectors"] if vector["type"] == "DELIVER" and "part" not in vector]


def comparable(text):
    """As the daemon shows it: control characters but the new line become blanks."""
    return "".join(" " if ord(character) < 32 and character != "\n" else character for character in text).strip()


def every_message_says_what_it_says():
    with Modem("quectel", capacity=7) as modem, ModemLine(modem) as line:
        vectors = whole_messages()
        for vector in vectors:
            modem.arrive(vector["pdu"])
        line.emptied(50)
        shown = line.texts()
        said = [comparable(text) for _, text in shown]
        for vector in vectors:
            if vector["label"] not in NO_TEXT:
                assert comparable(vector["text"]) in said, (vector["label"], vector["text"])
        numbers = {number for number, _ in shown}
        missing = {vector["address"] for vector in vectors if vector["address"].startswith("+")} - numbers
        assert not missing, missing
        distinct = {vector["pdu"] for vector in vectors}
        assert len(shown) == len(distinct) == len(vectors) - 1, (len(shown), len(distinct), len(vectors))
        assert not line.rows("quarantine", "list"), line.rows("quarantine", "list")


def play_sets(order):
    sets = [one for one in VECTORS["sets"] if BY_LABEL[one["parts"][0]]["type"] == "DELIVER"]
    with Modem("huawei", capacity=4) as modem, ModemLine(modem) as line:
        for one in sets:
            for place in one["orders"][min(order, len(one["orders"]) - 1)]:
                modem.arrive(BY_LABEL[one["parts"][place]]["pdu"])
        line.emptied(40)
        want = sorted(comparable(one["text"]) for one in sets)
        got = wait_until(lambda: sorted(comparable(text) for _, text in line.texts()) == want and True or None, "whole texts, not %r"
                         % [text[:40] for _, text in line.texts()])
        assert got


def sets_in_order_are_whole():
    play_sets(0)


def sets_backwards_are_whole():
    play_sets(1)


def sets_mixed_are_whole():
    play_sets(2)


def malformed_pdu_is_kept_and_never_stays_on_the_card():
    malformed = [vector for vector in VECTORS["vectors"] if vector["type"] == "MALFORMED" and vector["pdu"]]
    with Modem("simcom", capacity=5) as modem, ModemLine(modem) as line:
        for vector in malformed:
            modem.arrive(vector["pdu"])
        modem.sms("+966501110001", "tulong po, after all that")
        line.emptied(50)
        kept = line.rows("quarantine", "list")
        shown = line.texts()
        assert ("+966501110001", "tulong po, after all that") in shown, shown
        refused = [vector for vector in malformed if vector["rule"] == "reject"]
        taken = [vector for vector in malformed if vector["rule"].startswith("accept") or vector["rule"] == "salvage"]
        assert len(kept) >= len(refused), (len(kept), len(refused))
        assert len(kept) + len(shown) + 1 >= len(malformed), (len(kept), len(shown), len(malformed))
        assert len(shown) >= len(taken) - 3, (len(shown), len(taken))
        assert line.request("GET", "/healthz").status == 200


def report_of_nothing_and_lines_that_are_no_pdu_harm_nothing():
    with Modem("zte", capacity=4) as modem, ModemLine(modem) as line:
        line.set_up()
        for vector in VECTORS["vectors"]:
            if vector["type"] == "STATUS-REPORT":
                modem.arrive(vector["pdu"], True)
                modem.arrive(vector["pdu"])  # on the card, among the messages
            elif vector["type"] == "SUBMIT":
                modem.arrive(vector["pdu"])
        modem.arrive(gsm.deliver("+966501110001", "tulong po"))
        line.emptied(50)
        assert ("+966501110001", "tulong po") in line.texts()


tap.run([
    every_message_says_what_it_says,
    sets_in_order_are_whole,
    sets_backwards_are_whole,
    sets_mixed_are_whole,
    malformed_pdu_is_kept_and_never_stays_on_the_card,
    report_of_nothing_and_lines_that_are_no_pdu_harm_nothing,
])
