#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_requests - hundreds of requests as providers make them, odd but legal, through the real daemon.
# What:  tests/golden/requests/<kind>.json says what is asked and what must come of it (README.md there tells the form). Each group of a
#        file has a daemon of its own; every case is one HTTP request; then helplinectl and the kept reports are read back.
# Keeps: a request that may hold a text of a person is a message or in quarantine, never nothing; the answer is what that provider needs.
# Not here: the parsers by themselves (tests/unit/test_channel_*.c).
import contextlib
import glob
import json
import os
import re
import sqlite3
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import ROOT, Line, simple_config  # noqa: E402
from signers import SIGNERS  # noqa: E402

FOLDER = os.path.join(ROOT, "tests/golden/requests")
FORM = "application/x-www-form-urlencoded"
STATUSES = ("pending", "sent", "delivered", "failed_temporary", "failed", "opted_out")


def quote(value):
    """A setting as the configuration writes it."""
    if isinstance(value, (bool, int)):
        return str(value).lower()
    if isinstance(value, list):
        return "[ " + ", ".join(quote(item) for item in value) + " ]"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def config_of(kind, group, sink):
    pairs = dict({"name": "in", "kind": kind, "country": "SA"}, **group["settings"])
    line = "{ " + " ".join("%s = %s;" % (name, quote(value)) for name, value in pairs.items()) + " }"
    return simple_config(sink, line=line)


def request_of(case, group):
    """method, path, query, headers and body (bytes) of a case; exactly one of body, form, json, hex says the body."""
    request = {"method": case.get("method", group.get("method", "POST")), "path": "/in/in/%s" % case.get("verb", "message"),
               "query": case.get("query", ""), "headers": dict(case.get("headers", {})), "body": b""}
    if "base" in case:
        request["base"] = case["base"]
    content_type = None
    if "form" in case:
        request["body"] = urllib.parse.urlencode(case["form"]).encode()
        content_type = FORM
    elif "json" in case:
        request["body"] = json.dumps(case["json"], ensure_ascii=bool(case.get("is_escaped"))).encode()
        content_type = "application/json"
    elif "hex" in case:
        request["body"] = bytes.fromhex(case["hex"])
    elif "body" in case:
        request["body"] = case["body"].encode()
    content_type = case.get("type", content_type or group.get("type"))
    if content_type and request["method"] != "GET":
        request["headers"].setdefault("Content-Type", content_type)
    if group.get("token") and not case.get("is_unsigned"):
        request["query"] += ("&" if request["query"] else "") + group["token"]
    return request


def prove(request, case, group):
    sign = case.get("sign", group.get("sign"))
    if sign and not case.get("is_unsigned"):
        SIGNERS[sign](request, case.get("key", group["key"]), int(time.time()) - case.get("age_s", 0))


def read_log(line, start):
    """What the daemon says it did since byte `start` of its log: [messages], [copies], [reasons of quarantine], new start."""
    with open(line.path("helplined.log"), encoding="utf-8", errors="replace") as file:
        file.seek(start)
        text = file.read()
        end = file.tell()

    def ids(event, field):
        return re.findall(r"\bevent=%s\b.*?\b%s=(\S+)" % (event, field), text)
    return ids("message_stored", "message"), ids("message_duplicate", "message"), ids("quarantined", "reason"), end


class Run:
    """One group: its cases, what came of each, and the complaints."""

    def __init__(self, kind, group):
        self.kind, self.group = kind, group
        self.complaints = []
        self.messages = {}  # label: ids of the messages it made
        self.last_case = {}  # id: the case that wrote it last
        self.reports = {}

    def complain(self, case, what, want, got):
        self.complaints.append("%s: %s: %s: wanted %r, got %r" % (self.kind, case["label"], what, want, got))

    def check(self, case, what, want, got):
        if want != got:
            self.complain(case, what, want, got)

    def check_answer(self, case, answer):
        want = dict(self.group.get("answer", {"body": "", "type": "text/plain"}), **case["want"])
        self.check(case, "status", want.get("status", 200), answer.status)
        if answer.status == 200 or "body" in case["want"]:
            self.check(case, "body of the answer", want["body"], answer.body.decode("utf-8", "replace"))
            self.check(case, "content type", want["type"], answer.headers.get("Content-Type"))

    def send(self, line, case, start):
        request = request_of(case, self.group)
        prove(request, case, self.group)
        path = request["path"] + ("?" + request["query"] if request["query"] else "")
        answer = line.request(request["method"], path, request["body"], request["headers"])
        self.check_answer(case, answer)
        stored, copies, reasons, end = read_log(line, start)
        want = case["want"]
        self.check(case, "messages stored", len(want.get("messages", [])), len(stored))
        self.check(case, "reasons of quarantine", [want["held"]] if "held" in want else [], reasons)
        self.messages[case["label"]] = stored
        expected = [i for label in want.get("copy_of", []) for i in self.messages.get(label, ["no such case"])]
        self.check(case, "copies", expected, copies)
        for index, identity in enumerate(stored):
            self.last_case[identity] = (case, index)
        for report in want.get("reports", []):
            self.reports[report["id"]] = (case, report)
        return end

    def check_message(self, line, identity):
        case, index = self.last_case[identity]
        if index >= len(case["want"].get("messages", [])):
            return
        want = case["want"]["messages"][index]
        head, body = line.ctl_json("messages", "show", identity)[:2]
        got = dict(body, late=head["late"], intent=head["intent"], part="%d/%d" % (body["part"], body["part_total"]))
        for name, value in want.items():
            self.check(case, name, value, got[name])

    def check_reports(self, path):
        with contextlib.closing(sqlite3.connect(path)) as database:
            rows = {row[0]: row[1:] for row in database.execute("SELECT remote_id, status, provider_code, at FROM reports")}
        for identity, (case, want) in self.reports.items():
            status, code, at = rows.pop(identity, (None, None, None))
            self.check(case, "status of the report", want["status"], status)
            self.check(case, "code of the report", want.get("code", code), code)
            self.check(case, "time of the report", want.get("at", at), at)
        if rows:
            self.complaints.append("%s: reports that no case expects: %r" % (self.kind, rows))

    def run(self):
        with sinks.HttpSink() as sink, Line(config_of(self.kind, self.group, sink), with_sender=False) as line:
            end = os.path.getsize(line.path("helplined.log"))
            for case in self.group["cases"]:
                end = self.send(line, case, end)
            for identity in self.last_case:
                self.check_message(line, identity)
            line.end()
            self.check_reports(line.path("helplined.db"))


def story_of(path):
    kind = os.path.splitext(os.path.basename(path))[0]

    def story():
        with open(path, encoding="utf-8") as file:
            groups = json.load(file)
        complaints, count = [], 0
        for group in groups:
            labels = [case["label"] for case in group["cases"]]
            assert len(labels) == len(set(labels)), "labels are not unique: " + kind
            run = Run(kind, group)
            run.run()
            complaints += run.complaints
            count += len(labels)
        print("# %s: %d requests" % (kind, count))
        assert not complaints, "%d complaints\n%s" % (len(complaints), "\n".join(complaints))
    story.__name__ = "requests_of_%s_come_to_what_they_mean" % kind
    return story


def main():
    wanted = sys.argv[1:]
    paths = sorted(glob.glob(os.path.join(FOLDER, "*.json")))
    tap.run([story_of(path) for path in paths if not wanted or os.path.splitext(os.path.basename(path))[0] in wanted])


main()
