#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_modem - a modem with the real daemon and driver: ready after open, SMS to durable, what sending costs beside the modem's own time,
#               and a burst of 1,000 on a card with ten slots.
# What:  the scripted modem on a pty (tests/support/modem_sim.py), answering at once: what is measured is ours. A text counts as durable
#        when its slot is emptied, which the driver does only after the daemon has said `stored`: so the emptying is in the figure.
# Keeps: nothing may be lost or doubled, and no order of the driver may be one that loses texts: else the exit status is 1.
import contextlib
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
from helpline import Line, simple_config, wait_until  # noqa: E402
from modem_sim import Modem  # noqa: E402

SINGLE = 60
BURST = 1000
BOSS = "+966500000104"
OWN_S = {"latency": 0.002, "send_latency": 0.05}  # the modem's own time: the prompt and the network
failures = []


def config(sink, modem):
    channel = ',\n  { name = "sim1"; kind = "modem"; device = "%s"; country = "SA"; number = "+966500000000"; reports = false; }' % modem.link
    contact = ('{ name = "ngo"; title = "Desk"; kind = "ngo"; trust = "full"; addresses = ( { channel = "sim1"; to = "%s"; } ); }' % BOSS)
    return simple_config(sink, channels=channel, contacts=contact)


@contextlib.contextmanager
def running(quiet=False, **options):
    """A line with a modem, and the seconds from the start of its driver until it is ready."""
    with sinks.HttpSink() as sink, Modem(**options) as modem:
        text = config(sink, modem)
        if quiet:  # a burst of texts is not a burst of alerts
            text = text.replace('channel = "sim1"; to = "%s"' % BOSS, 'channel = "desk"; to = "%s"' % sink.url("/ngo"))
        with Line(text) as line:
            log = open(line.path("modem.log"), "ab")
            begin = time.monotonic()
            driver = subprocess.Popen([os.path.join(helpline.BUILD, "helpline-modem"), "--socket", line.path("workers.sock"), "--name", "sim1"],
                                      stdout=log, stderr=log)
            log.close()
            try:
                wait_until(lambda: re.search(r"event=modem_state channel=sim1 state=ready", line.log()), "a modem that is ready")
                yield line, modem, time.monotonic() - begin
            finally:
                driver.terminate()
                driver.wait(60)
            if modem.violations:
                failures.append("the driver broke a rule: %s" % modem.violations[:3])


def until(condition, patience=60.0):
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.0005)
    return time.monotonic()


def say(name, text, *values):
    print("%-34s %s" % (name, text % values), flush=True)


def ready():
    times = []
    for _ in range(3):
        with running() as (_, _, seconds):
            times.append(seconds * 1000)
    say("modem: start to ready", "median %.0f ms, worst %.0f ms", statistics.median(times), max(times))


def receive():
    times = []
    with running(quiet=True, **OWN_S) as (line, modem, _):
        for number in range(SINGLE):
            begin = time.monotonic()
            modem.sms("+96650111%04d" % number, "no food %d days" % number)
            times.append((until(lambda: len(modem.deletes) > number) - begin) * 1000)
            time.sleep(0.05)
        if len(line.rows("messages", "list", "--limit", "1000")) != SINGLE:
            failures.append("single texts: not each is stored once")
    median = statistics.median(times)
    say("modem: SMS to durable and off the SIM", "median %.0f ms, p95 %.0f ms", median, sorted(times)[SINGLE * 95 // 100])


def send():
    gaps = []
    with running(**OWN_S) as (_, modem, _):
        words = " ".join("no food no salary day %d" % day for day in range(60))
        modem.long("+966501119999", 7, words)
        seen, last, end = 0, None, time.monotonic() + 30
        while time.monotonic() < end and len(gaps) < 8:
            if len(modem.sent) > seen:
                now = time.monotonic()
                if last and modem.sent[seen]["part"] and modem.sent[seen]["part"][2] > 1:
                    gaps.append((now - last) * 1000)
                seen, last = seen + 1, now
            time.sleep(0.0003)
    if len(gaps) < 4:
        failures.append("sending: only %d parts went out one after the other" % len(gaps))
        return
    own = sum(OWN_S.values()) * 1000
    say("modem: one part of an SMS sent", "median %.1f ms, of which the modem's own %.0f ms: overhead %.1f ms", statistics.median(gaps), own,
        statistics.median(gaps) - own)


def burst():
    with running(quiet=True, capacity=10) as (line, modem, _):
        begin = time.monotonic()
        for number in range(BURST):
            modem.sms("+9665%08d" % number, "no food, text %d" % number)
        seconds = until(lambda: len(modem.deletes) >= BURST and not modem.held(), 300) - begin
        texts = len(line.rows("messages", "list", "--limit", "1000"))
        line.end()
        with contextlib.closing(sqlite3.connect(line.path("helplined.db"))) as database:
            stored, senders = database.execute("SELECT count(*), count(DISTINCT sender_tag) FROM messages WHERE direction = 'in'").fetchone()
        line.start()
    lost, doubled = BURST - senders, stored - senders
    say("modem: burst of %d, 10 slots" % BURST, "%.1f s, %.0f a second, %d lost, %d doubled", seconds, BURST / seconds, lost, doubled)
    if lost or doubled or texts != BURST:
        failures.append("burst: %d lost, %d doubled" % (lost, doubled))


for measure in (ready, receive, send, burst):
    measure()
for failure in failures:
    print("bench_modem: " + failure, file=sys.stderr)
sys.exit(1 if failures else 0)
