#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# golden_replies - the committed sentences, read and measured a second time without the program's own code.
# Why:   what is sent to her is decided here; an error shared by loader and test would pass both.
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

BUILD = os.environ.get("HELPLINED_BUILD", "build/release")
MAIN = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
           "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = set("\f^{}\\[~]|€")
PURPOSES = ("neutral", "consent", "who")
TELLING = re.compile(r"police|polisi|pulis|embass|embahada|kedutaan|\bcase\b|\bhelp|abuse|rescue|complain|shelter|\bngo\b|union", re.IGNORECASE)


def sentences():
    """{tag: {purpose: sentence}} of every file, by a reader of our own."""
    found = {}
    for path in sorted(glob.glob("config/replies/*.conf")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        values = dict(re.findall(r'^(neutral|consent|who) = "([^"\\]*)";$', text, re.MULTILINE))
        found[os.path.basename(path)[:-len(".conf")]] = values
    return found


def travel(text):
    """(alphabet, segments, units) by counting, for texts without pairs at an edge."""
    if all(sign in MAIN or sign in EXTENSION for sign in text):
        units = sum(2 if sign in EXTENSION else 1 for sign in text)
        return "GSM-7", 1 if units <= 160 else -(-units // 153), units
    units = len(text.encode("utf-16-be")) // 2
    return "UCS-2", 1 if units <= 70 else -(-units // 67), units


def every_language_of_the_lexicon_has_three_sentences():
    replies = sentences()
    for path in sorted(glob.glob("config/lexicon/*.conf")):
        tag = os.path.basename(path)[:-len(".conf")]
        if tag not in ("common", "places"):
            assert set(replies.get(tag, ())) == set(PURPOSES), "%s: %s" % (tag, sorted(replies.get(tag, ())))


def no_sentence_tells():
    for tag, values in sentences().items():
        for purpose, text in values.items():
            assert not TELLING.search(text), "%s %s" % (tag, purpose)
            assert not re.search(r"\d{3}|://|www\.", text), "%s %s" % (tag, purpose)


def sentences_of_a_purpose_are_one_a_language():
    # Identical bytes for every state: a second variant would tell.
    for path in glob.glob("config/replies/*.conf"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for purpose in PURPOSES:
            assert len(re.findall(r"^%s = " % purpose, text, re.MULTILINE)) == 1, "%s %s" % (path, purpose)


def check_config_shows_how_each_sentence_travels():
    done = subprocess.run([os.path.join(BUILD, "helplined"), "--config", "config/helplined.conf.example", "--check-config"],
                          stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout.decode("utf-8")
    shown = {}
    for line in done.stdout.decode("utf-8").splitlines():
        match = re.match(r"replies (\S+) (\w+): (\S+), (\d+) segments?, (\d+) units, \d+ left$", line)
        if match:
            shown[match.group(1), match.group(2)] = (match.group(3), int(match.group(4)), int(match.group(5)))
    wanted = {(tag, purpose): travel(text) for tag, values in sentences().items() for purpose, text in values.items()}
    assert shown == wanted, sorted(set(shown.items()) ^ set(wanted.items()))[:6]
    assert len(wanted) >= 120, len(wanted)


tap.run([
    every_language_of_the_lexicon_has_three_sentences,
    no_sentence_tells,
    sentences_of_a_purpose_are_one_a_language,
    check_config_shows_how_each_sentence_travels,
])
