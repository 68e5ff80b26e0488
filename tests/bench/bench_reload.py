#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_reload - how long a reload keeps a request waiting: with the real words, changed and unchanged.
import os
import shutil
import signal
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
from helpline import FIXED, Line, simple_config, wait_until  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ROUNDS = 7


def reload_ms(line):
    """From the signal to the answer of a request that comes right behind it, once the reload was taken up."""
    count = len(line.events("config_loaded"))
    begin = time.monotonic()
    line.daemon.send_signal(signal.SIGHUP)
    time.sleep(0.002)
    assert line.request("GET", "/healthz").status == 200
    answered = (time.monotonic() - begin) * 1000
    wait_until(lambda: len(line.events("config_loaded")) > count, "the reload")
    return answered


def measure(line, words):
    same, changed = [], []
    with line:
        reload_ms(line)
        for _ in range(ROUNDS):
            same.append(reload_ms(line))
            os.utime(os.path.join(words, "en.conf"))
            changed.append(reload_ms(line))
    return same, changed


with sinks.HttpSink() as sink:
    line = Line(simple_config(sink), fixed=FIXED.replace("{lexicon}", "{folder}/words"))
    words = line.path("words")
    shutil.copytree(os.path.join(ROOT, "config", "lexicon"), words, ignore=shutil.ignore_patterns("build"))
    same, changed = measure(line, words)
print(f"reload keeps a request waiting (median of {ROUNDS}): {statistics.median(same):.1f} ms with the words as they were, "
      f"{statistics.median(changed):.1f} ms with a changed file")
