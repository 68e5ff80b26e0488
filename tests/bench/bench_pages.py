#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_pages - how long the daemon takes for each page of the console with 100,000 cases of a year, and how large the page is.
# What:  `bench_pages.py [cases]`; the middle of seven visits, compared with 50 ms and 60 kB: the time that the daemon's loop ran
#        (schedstat), so that other work of the machine does not count, and beside it what a visitor on loopback waited.
# Keeps: a page that takes longer or is larger ends the program with 1.
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
from console import Visitor  # noqa: E402
from helpline import BUILD, Line, simple_config  # noqa: E402

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
ROUNDS = 7
TIME_MAX_MS = 50
SIZE_MAX = 60 * 1024
TOO_MUCH = []


def ran_ms(line):
    with open("/proc/%d/schedstat" % line.daemon.pid, encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e6


def measure(visitor, name, path):
    ran, times, size = [], [], 0
    for _ in range(ROUNDS):
        begin, before = time.monotonic(), ran_ms(visitor.line)
        answer = visitor.get(path)
        times.append((time.monotonic() - begin) * 1000)
        ran.append(ran_ms(visitor.line) - before)
        assert answer.status == 200, (path, answer.status, answer.text[:500])
        size = len(answer.text.encode())
    is_file = name.endswith("(file)")
    middle = statistics.median(ran)
    if middle > TIME_MAX_MS or (size > SIZE_MAX and not is_file):
        TOO_MUCH.append(name)
    print("page   %-34s %6.1f ms, waited %6.1f ms, %6.1f kB%s" % (name, middle, statistics.median(times), size / 1024,
                                                                 "  TOO MUCH" if name in TOO_MUCH else ""), flush=True)


with sinks.HttpSink() as sink:
    line = Line(simple_config(sink), with_sender=False)
    begin = time.monotonic()
    subprocess.run([os.path.join(BUILD, "tests/programs/fill_line"), line.folder, str(CASES)], check=True)
    print("page   %d cases written in %.0f s, %.0f MB" % (CASES, time.monotonic() - begin, os.path.getsize(line.path("helplined.db")) / 1e6), flush=True)
    with line:
        year, month = time.gmtime()[:2]
        begun = "%04d-%02d" % (year - 1, month)
        today = "%04d-%02d" % (year, month)
        first, last = 1001, 1000 + CASES
        visitor = Visitor(line, "ngo", "caseworker")
        pages = [("cases", "/cases"), ("cases, a deep page", "/cases?after=%d" % (1000 + CASES // 2)), ("cases, the log", "/cases?state=all"),
                 ("cases, a rare flag", "/cases?flag=minor&urgency=routine&language=ne"), ("cases, nothing fits", "/cases?state=all&country=XX"),
                 ("cases, by number", "/cases?find=%2B966500000777"), ("case, the first", "/cases/%d" % first), ("case, the last", "/cases/%d" % last),
                 ("dossier", "/cases/%d/dossier" % last), ("contacts", "/contacts"), ("messages without a case", "/messages"),
                 ("messages, thanks", "/messages?intent=thanks"), ("quarantine", "/quarantine"), ("outbox", "/outbox"),
                 ("outbox, what has left too", "/outbox?state=all"), ("channels", "/channels"), ("export", "/export")]
        for name, path in pages:
            measure(visitor, name, path)
        visitor = Visitor(line, "maria", "caseworker")  # a caseworker who holds none
        for name, path in (("cases, of who has none", "/cases"), ("cases, the log of who has none", "/cases?state=all")):
            measure(visitor, name, path)
        visitor = Visitor(line, "nadia", "auditor")
        pages = [("figures, six months", "/figures"), ("figures, the year", "/figures?from=%s&to=%s" % (begun, today)),
                 ("figures, all years (file)", "/figures/csv?from=%s&to=%s" % (begun, today)), ("report of a month", "/report"),
                 ("audit", "/audit"), ("audit, one case", "/audit?case=%d" % last), ("audit, one person", "/audit?user=maria"),
                 ("audit, nobody", "/audit?user=nobody-of-that-name"), ("audit, a kind", "/audit?action=case.take")]
        for name, path in pages:
            measure(visitor, name, path)
sys.exit("bench_pages: too slow or too large: " + ", ".join(TOO_MUCH) if TOO_MUCH else 0)
