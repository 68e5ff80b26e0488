#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_crash - kills helpline-modem and helplined at random while sixty messages come in by a small card: none lost, none doubled.
# What:  MODEM_CRASH_RUNS runs (2), each with a database of its own; kills go on until all is stored. Then every message is compared with what
#        the network sent. MODEM_CRASH_EXPECT=loss: the worker was built to empty a slot before the daemon said `stored` (make
#        modem-crash-control), and the harness passes only if it finds loss.
# Keeps: prints its seed; MODEM_CRASH_SEED repeats the moments of the kills.
import collections
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402
from modem_sim import Modem  # noqa: E402
from modemline import ModemLine  # noqa: E402

RUNS = int(os.environ.get("MODEM_CRASH_RUNS", "2"))
SEED = int(os.environ.get("MODEM_CRASH_SEED", "0")) or int.from_bytes(os.urandom(4), "big")
IS_LOSS_EXPECTED = os.environ.get("MODEM_CRASH_EXPECT") == "loss"
MESSAGES = 60
KILLS_MAX = 20
RUN_S = 60
SPACING_S = 0.03
MAKES = ("huawei", "quectel", "simcom", "zte")
SETTINGS = "deadline_percent = 5;"


def is_done(modem):
    return not modem.queue and not modem.held()


def kill_one(line, rng):
    """One of the two processes, or both, and up again; sometimes while a slow disk leaves unread what the worker has said."""
    which = rng.random()
    is_worker, is_daemon = which < 0.6, which > 0.35
    if is_daemon and rng.random() < 0.6:
        line.daemon.send_signal(signal.SIGSTOP)
        time.sleep(rng.uniform(0.05, 0.25))
    if is_worker:
        line.end_modem(number=signal.SIGKILL)
    if is_daemon:
        line.kill()
        line.start()
    if is_worker:
        line.start_modem()


def run_once(number):
    """One run: (kills, texts lost, texts doubled)."""
    rng = random.Random(SEED + number)
    want = ["tulong %d sa bahay %d" % (place, number) for place in range(MESSAGES)]
    with Modem(MAKES[number % len(MAKES)], capacity=10, redeliver=0.01) as modem, ModemLine(modem, SETTINGS) as line:
        kills, end = 0, time.monotonic() + RUN_S
        for place, text in enumerate(want):
            modem.at(SPACING_S * place, modem.sms, "+9665040%05d" % (place % 20), text)
        while time.monotonic() < end and (modem.arrived < MESSAGES or not is_done(modem)):
            time.sleep(rng.uniform(0.01, 0.2))
            if kills < KILLS_MAX:
                kill_one(line, rng)
                kills += 1
        assert is_done(modem), "the card is not empty after %d s: %r" % (RUN_S, modem.dump()["memory"])
        line.end_modem()
        got = collections.Counter(text for _, text in line.texts())
        line.check_manners()
    lost = [text for text in want if not got[text]]
    doubled = [text for text in want if got[text] > 1]
    print("# run %d (%s): %d kills, %d stored, %d lost, %d doubled" % (number, MAKES[number % len(MAKES)], kills, sum(got.values()), len(lost),
                                                                     len(doubled)), flush=True)
    return kills, lost, doubled


def no_message_is_lost_or_doubled_by_kills():
    print("# seed %d" % SEED, flush=True)
    kills, lost, doubled = 0, [], []
    for number in range(RUNS):
        result = run_once(number)
        kills += result[0]
        lost += result[1]
        doubled += result[2]
        if IS_LOSS_EXPECTED and lost:
            break
    print("# %d kills, %d lost, %d doubled" % (kills, len(lost), len(doubled)), flush=True)
    if IS_LOSS_EXPECTED:
        assert lost, "a worker that deletes too early lost nothing: the harness is blind"
        return
    assert not lost and not doubled and kills >= 3 * RUNS, (lost, doubled, kills)


tap.run([no_message_is_lost_or_doubled_by_kills])
