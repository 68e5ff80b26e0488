# SPDX-License-Identifier: GPL-3.0-or-later
# source - what the lint rules share: which files there are, C text without its comments and strings, and how to report.
# What:  a rule is a program of tests/lint/rules that checks the tree in its working folder and prints `file:line: [rule] sentence`.
# Keeps: only files of the project are looked at, never build/ or .git/; blanking keeps every line number.
# Not here: the rules; that each of them can fail (tests/lint/selftest).
import os
import re

PRODUCT = ("gateway", "config", "handlers")
EVERYWHERE = PRODUCT + ("tests", "systemd", ".ci")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def files(folders, suffixes=None):
    """Paths from the root, sorted; suffixes is a tuple such as ('.c', '.h'), None for every file."""
    found = []
    for folder in folders:
        for path, subfolders, names in os.walk(folder):
            subfolders[:] = sorted(name for name in subfolders if name != "__pycache__")
            found += [os.path.join(path, name) for name in names if suffixes is None or name.endswith(suffixes)]
    return sorted(found)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def blank(text, keep_strings=False):
    """The C text with comments (and strings) replaced by spaces, newlines kept."""
    def replace(match):
        token = match.group(0)
        if keep_strings and token[0] in "\"'":
            return token
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(replace, text)


class Rule:
    """Collects violations of one rule; `sys.exit(rule.verdict())` ends it."""

    def __init__(self, name):
        self.name = name
        self.count = 0

    def violation(self, path, line, sentence):
        print("%s:%d: [%s] %s" % (path, line, self.name, sentence))
        self.count += 1

    def search(self, path, text, pattern, sentence):
        """One violation for every match of the pattern; sentence may use the match's first group as %s."""
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            self.violation(path, line, sentence % match.group(1) if "%s" in sentence else sentence)

    def verdict(self):
        return 1 if self.count else 0


def shebang(path):
    with open(path, "rb") as file:
        first = file.readline(200)
    return first.decode("utf-8", "replace").strip() if first.startswith(b"#!") else ""
