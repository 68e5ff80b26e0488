#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# golden_manual - the manual pages are well-formed and say all that the program can do.
# What:  reads the definition tables with its own eyes (not through the C code that prints the pages) and the programs' --help.
# Why:   a page that lags behind the program is worse than none: people act on it at three in the morning.
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

BUILD = os.environ.get("HELPLINED_BUILD", "build/release")
PAGES = ("helplined.8", "helplinectl.1", "helplined.conf.5", "helpline-modem.8")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def page(name):
    """The text of a page on one long line: what a reader sees, without line breaks and hyphenation."""
    done = subprocess.run(["mandoc", "-Tutf8", "-Owidth=200", os.path.join(BUILD, "man", name)], check=True, stdout=subprocess.PIPE)
    text = re.sub(".\b", "", done.stdout.decode("utf-8"))
    return re.sub(r"\s+", " ", text)


def rows(table, macro):
    """[(word, meaning)] of every MACRO(...) line of a definition table; the word is named by its place in the macro."""
    found = []
    for match in re.finditer(r'^%s\(([^"]*)"([^"]*)"\)' % macro, read(os.path.join("gateway/base", table)), re.MULTILINE):
        fields = [field.strip() for field in match.group(1).split(",")]
        found.append((fields[1] if macro == "STATE" else fields[0], match.group(2)))
    assert found, "no %s in %s" % (macro, table)
    return found


def expect_rows(name, table, macro, prefix=""):
    text = page(name)
    for word, meaning in rows(table, macro):
        shown = re.sub(r"\s+", " ", meaning).rstrip(".")
        pattern = r"(?:^| )%s (?:\([^)]*\) )?%s" % (re.escape(prefix + word), re.escape(shown))
        assert re.search(pattern, text), "%s lacks %s: %s" % (name, word, meaning)


def pages_are_quiet_under_mandoc_lint():
    for name in PAGES:
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", os.path.join(BUILD, "man", name)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        complaints = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if "mandoc.db" not in line]
        assert not complaints, "\n".join(complaints)


def pages_have_no_unfilled_table():
    for name in PAGES:
        assert not re.search(r"^@", read(os.path.join(BUILD, "man", name)), re.MULTILINE), name


def unknown_table_is_refused():
    done = subprocess.run([os.path.join(BUILD, "man-tables")], input=b"@NO_SUCH@\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 1, done.returncode


def daemon_page_explains_every_event():
    expect_rows("helplined.8", "events.def", "EVENT")


def pages_explain_every_state_and_outcome():
    expect_rows("helplined.8", "states.def", "STATE")
    expect_rows("helplined.8", "metrics.def", "METRIC", "helpline_")
    expect_rows("helplinectl.1", "states.def", "STATE")
    expect_rows("helplined.8", "outcomes.def", "OUTCOME")


def pages_explain_every_word():
    for macro in ("URGENCY", "CATEGORY", "FLAG"):
        expect_rows("helplinectl.1", "words.def", macro)
        expect_rows("helplined.conf.5", "words.def", macro)
    expect_rows("helplinectl.1", "words.def", "INTENT")


def configuration_page_names_every_key():
    text = page("helplined.conf.5")
    count = 0
    for folder in ("config", "handlers"):
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".c"):
                continue
            source = read(os.path.join(folder, name))
            keys = re.findall(r'\{\s*(?:\.name = )?"(\w+)",\s*(?:\.type = )?KEY_\w+', source)
            for key in keys:
                assert re.search(r" %s \(" % key, text), "helplined.conf(5) lacks %s of %s/%s" % (key, folder, name)
            count += len(keys)
    assert count > 40, "found only %d keys in the sources" % count


def options_of(program):
    text = subprocess.run([os.path.join(BUILD, program), "--help"], check=True, stdout=subprocess.PIPE).stdout.decode()
    version = subprocess.run([os.path.join(BUILD, program), "--version"], check=True, stdout=subprocess.PIPE).stdout.decode()
    assert version.startswith(program + " "), version
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text)) | {"help", "version"}


def pages_and_help_name_the_same_options():
    for program, name in (("helplined", "helplined.8"), ("helplinectl", "helplinectl.1"), ("helpline-sender", "helplined.8"),
                          ("helpline-modem", "helpline-modem.8")):
        missing = [option for option in options_of(program) if "--" + option not in page(name)]
        assert not missing, "%s lacks --%s" % (name, ", --".join(missing))
    for option in re.findall(r"^\.It Fl -([a-z-]+)", read("gateway/man/helplined.8.in"), re.MULTILINE):
        assert option in options_of("helplined"), "helplined knows no --%s" % option
    for option in re.findall(r"^\.It Fl -([a-z-]+)", read("gateway/man/helplinectl.1.in"), re.MULTILINE):
        assert option in options_of("helplinectl"), "helplinectl knows no --%s" % option


def pages_and_help_name_the_same_verbs():
    text = subprocess.run([os.path.join(BUILD, "helplinectl"), "--help"], check=True, stdout=subprocess.PIPE).stdout.decode()
    manual = re.findall(r"^\.It Cm ([a-z]+(?: [a-z]+)?)", read(os.path.join(BUILD, "man", "helplinectl.1")), re.MULTILINE)
    assert len(manual) > 15, manual
    for verb in manual:
        assert re.search(r"^\s*(?:helplinectl )?%s\b" % verb, text, re.MULTILINE), "helplinectl --help lacks '%s'" % verb
    for verb in re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?: |$)", text, re.MULTILINE):
        assert verb in manual, "helplinectl(1) lacks '%s'" % verb


tap.run([
    pages_are_quiet_under_mandoc_lint,
    pages_have_no_unfilled_table,
    unknown_table_is_refused,
    daemon_page_explains_every_event,
    pages_explain_every_state_and_outcome,
    pages_explain_every_word,
    configuration_page_names_every_key,
    pages_and_help_name_the_same_options,
    pages_and_help_name_the_same_verbs,
])
