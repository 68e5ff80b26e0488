#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_ctl - what an administrator has in her hands: every verb of helplinectl, for people and for programs.
# What:  readable tables, --json with stable columns, exit codes, usage errors, the audit, backup, classify as a filter, colour only
#        on a terminal, and texts that try to play with that terminal.
# Keeps: the columns are written here once more on purpose: programs of others depend on them.
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TWILIO_LINE, Line, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TEXT = "tulong po sinasaktan ako ng amo ko"
HOSTILE = "tulong \x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u202c \u2066x\u2069 \x08\x08 \x7f \u009b31m sakit"
LEXICON = os.path.join(helpline.ROOT, "config/lexicon")
CTL = os.path.join(helpline.BUILD, "helplinectl")

COLUMNS = {
    "cases list": "case state verification urgency categories flags language country owner messages opened_at last_message_at next_step_at "
                  "unread unanswered origin origin_basis sex ending",
    "messages list": "message case direction channel received_at language intent urgency categories flags late unproved",
    "alerts list": "alert case state contact policy step created_at answered_at",
    "outbox list": "outbox kind state case alert contact channel urgency attempt outcome code may_be_repeated why created_at due_at sent_at delivered_at",
    "quarantine list": "id state channel reason size at resolved_at resolved_by",
    "channels list": "channel kind state receives sends country in_flight failures last_poll_at poll_error late_found signature unproved "
                     "problem registration operator signal storage credit last_received_at last_sent_at restarts model",
    "contacts list": "contact kind title trust duty addresses last_sent_at last_delivered_at last_answer_at",
    "contacts roster": "contact title kind trust duty changes_at hours zone offset_s languages countries channels last_sent_at last_delivered_at "
                       "last_answer_at drill_sent_at drill_answered_at drills missed",
    "lexicon list": "language file reviewed entries categories flags intents concepts places weak added",
    "replies list": "language key encoding segments characters left instead text",
    "replies rules": "rule mode urgencies languages countries consent",
    "replies countries": "country sender sender_max links numbers replies quiet zone forbidden",
    "contacts gaps": "urgency reached policy country hours of first others line",
    "audit list": "audit at actor action case object detail",
}


def busy_line(sink):
    """A line in which every list has a row."""
    contacts = desk(sink) + ", " + desk(sink, name="consulate", kind="consulate")
    policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "consulate" ]; } ); }'
    return Line(simple_config(sink, line=TWILIO_LINE, contacts=contacts, policy=policy))


def fill(line, sink):
    line.twilio(HER, TEXT)
    line.twilio(HER, "forged", token="f" * 32)
    received(sink)
    wait_until(lambda: line.rows("outbox", "list", "--state", "sent"), "a sent row")


# ---- lists -----------------------------------------------------------------------------------------------------

def every_list_has_its_columns_in_their_order_and_a_table_that_a_person_can_read():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        for verb, columns in COLUMNS.items():
            words = verb.split() + (["--state", "all"] if verb == "outbox list" else [])
            done = line.ctl("--json", *words)
            rows = [json.loads(text) for text in done.stdout.splitlines()]
            assert rows, verb
            assert [list(row) for row in rows] == [columns.split()] * len(rows), (verb, rows)
            table = line.ctl(*words).stdout.splitlines()
            assert table[0].split() == columns.split(), (verb, table[0])
            assert len(table) == len(rows) + 1, (verb, table)
            for name in columns.split()[1:4]:  # what stands under a heading begins where the heading begins
                at = table[0].index(name)
                assert table[0][at - 1] == " " and all(row[at - 1:at] in ("", " ") for row in table[1:]), (verb, name, table)


def json_may_stand_before_or_behind_the_words():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        assert line.ctl("--json", "channels", "list").stdout == line.ctl("channels", "list", "--json").stdout


def empty_list_says_so_to_people_and_nothing_to_programs():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        assert line.ctl("cases", "list").stdout == "(none)\n"
        assert line.ctl("--json", "cases", "list").stdout == ""


def cases_can_be_filtered_and_paged_and_the_worst_stands_first():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        texts = ("hindi po ako binabayaran ng sweldo 3 buwan na", "papatayin nya ako, may kutsilyo", TEXT)
        for i, text in enumerate(texts):
            line.text("+9665055500%02d" % i, text)
        line.text("+96550111009", texts[0])
        assert [row["case"] for row in line.rows("cases", "list")] == [1002, 1003, 1001, 1004]
        assert [row["case"] for row in line.rows("cases", "list", "--urgency", "critical")] == [1002]
        assert [row["case"] for row in line.rows("cases", "list", "--category", "wages", "--country", "KW")] == [1004]
        line.ctl("cases", "close", "1001", "paid")
        assert [row["case"] for row in line.rows("cases", "list", "--state", "closed")] == [1001]
        assert sorted(row["case"] for row in line.rows("cases", "list", "--state", "all")) == [1001, 1002, 1003, 1004]
        assert len(line.rows("cases", "list", "--limit", "2")) == 2
        older = line.rows("cases", "list", "--state", "all", "--before", "1003")
        assert [row["case"] for row in older] == [1002, 1001], older


# ---- single things ---------------------------------------------------------------------------------------------

def case_shows_its_texts_alerts_steps_and_notes_and_who_read_it():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        line.ctl("cases", "note", "1001", "spoke", "to", "her sister")
        text = line.ctl("cases", "show", "1001").stdout
        for part in ("[case]", "[message]", "[alert]", "[note]", TEXT, HER, "held", "spoke to her sister"):
            assert part in text, (part, text)
        audit = line.rows("audit", "list", "--case", "1001")
        assert {"case.open", "case.read", "case.note", "alert.open", "alert.hold", "alert.send"} <= {row["action"] for row in audit}, audit
        assert {row["actor"] for row in audit if row["action"] == "case.read"} == {"uid:%d" % os.getuid()}, audit


def message_shows_the_words_that_led_to_each_label():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        shown = line.rows("messages", "show", "1")[1]
        assert shown["text"] == TEXT and shown["from"] == HER, shown
        assert any(item["label"] == "violence" and item["text"] in TEXT for item in shown["evidence"]), shown
        assert 'violence <- "' in line.ctl("messages", "show", "1").stdout


def closing_ends_a_case_once():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        assert line.ctl("cases", "close", "1001", "safe", "at", "home").stdout.strip()
        case = line.case(1001)
        assert case["case"][0]["state"] == "closed" and "safe at home" in json.dumps(case), case
        assert {row["state"] for row in case["alert"]} == {"ended"}, case
        assert line.ctl("cases", "close", "1001", "again", check=False).returncode == 1


def contact_can_be_switched_off_and_on_by_hand():
    with sinks.HttpSink() as sink:
        contacts = desk(sink) + ", " + desk(sink, name="other")
        policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "other" ]; } ); }'
        with Line(simple_config(sink, contacts=contacts, policy=policy)) as line:
            line.ctl("contacts", "off", "other")
            line.text(HER, TEXT)
            received(sink, "/ngo")
            assert [row["contact"] for row in line.rows("alerts", "list")] == ["ngo"]
            assert line.rows("contacts", "list")[1]["duty"] == "off (by hand)"
            line.ctl("contacts", "auto", "other")
            line.text("+966501110002", TEXT)
            received(sink, "/other")
            line.ctl("contacts", "on", "ngo")
            assert line.rows("contacts", "list")[0]["duty"] == "on (by hand)"


def simulated_text_goes_the_whole_way_and_is_recorded_as_simulated():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        row = line.ctl_json("simulate", "--channel", "line", "--from", "0501110007", "papatayin", "nya", "ako")[0]
        assert (row["case"], row["new_case"], row["urgency"]) == (1001, True, "critical"), row
        alert = received(sink)[0]
        assert (alert["from"], alert["text"]) == ("+966501110007", "papatayin nya ako"), alert
        assert "message.simulate" in [audit["action"] for audit in line.rows("audit", "list")]


def quarantine_can_be_looked_at_and_dropped():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        assert "Body=forged" in line.ctl("quarantine", "show", "1").stdout
        line.ctl("quarantine", "drop", "1")
        assert not line.rows("quarantine", "list")
        assert line.ctl("quarantine", "show", "1", check=False).returncode == 1
        assert line.ctl("quarantine", "drop", "1", check=False).returncode == 1
        assert {"quarantine.read", "quarantine.drop"} <= {row["action"] for row in line.rows("audit", "list")}


# ---- exit codes ------------------------------------------------------------------------------------------------

CODES = [  # words, exit code, what the sentence says
    (["cases", "show", "4711"], 1, "there is no case 4711"),
    (["cases", "note", "4711", "x"], 1, "4711"),
    (["cases", "close", "4711", "x"], 1, "4711"),
    (["cases", "purge", "4711"], 1, "4711"),
    (["messages", "show", "4711"], 1, "4711"),
    (["outbox", "kick", "4711"], 1, "4711"),
    (["quarantine", "show", "4711"], 1, "4711"),
    (["quarantine", "release", "4711"], 1, "4711"),
    (["quarantine", "drop", "4711"], 1, "4711"),
    (["contacts", "on", "nobody"], 1, "no contact"),
    (["simulate", "--channel", "none", "--from", "+1", "x"], 1, "no channel"),
    (["cases", "show", "abc"], 2, "case number"),
    (["cases", "show", "-1"], 2, ""),
    (["cases", "show", "99999999999999999999"], 2, ""),
    (["cases", "show"], 2, "missing argument"),
    (["cases", "show", "1001", "1002", "--nonsense", "x"], 2, "nonsense"),
    (["cases", "list", "--state", "weird"], 2, "unknown state"),
    (["cases", "list", "--urgency", "weird"], 2, "unknown urgency"),
    (["cases", "list", "--category", "weird"], 2, "unknown category"),
    (["cases", "list", "extra"], 2, "too many"),
    (["cases", "list", "--state"], 2, "needs a value"),
    (["cases"], 2, "unknown noun or verb"),
    (["cases", "dance"], 2, "unknown noun or verb"),
    (["alerts", "list", "--state", "weird"], 2, ""),
    (["outbox", "list", "--state", "weird"], 2, ""),
    (["outbox", "kick", "zero"], 2, ""),
    (["quarantine", "list", "--state", "weird"], 2, ""),
    (["messages", "list", "--case", "weird"], 2, ""),
    (["simulate", "no channel"], 2, "--channel"),
    (["backup", "relative.db"], 2, "absolute"),
    (["backup", "/nonexistent/folder/x.db"], 1, ""),
    (["classify", "--nonsense"], 2, ""),
    (["classify", "--json", "--lexicon", "/nonexistent"], 1, "lexicon"),
    ([], 2, "Usage"),
]


def exit_codes_are_one_for_refused_and_two_for_wrong_use():
    failures = []
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        rows = len(line.rows("audit", "list", "--limit", "1000"))
        for words, code, sentence in CODES:
            done = line.ctl(*words, check=False)
            if done.returncode != code or sentence not in done.stderr or not done.stderr.strip():
                failures.append((words, done.returncode, done.stderr))
        assert not failures, failures
        assert len(line.rows("audit", "list", "--limit", "1000")) == rows, "what was refused left a trace of having been done"


def exit_code_is_three_without_a_daemon_and_help_needs_none():
    def ctl(*words):
        return subprocess.run([CTL] + list(words), capture_output=True, text=True, timeout=20, check=False)
    done = ctl("--socket", "/nonexistent/control.sock", "health")
    assert done.returncode == 3 and done.stderr, done
    assert ctl("--help").returncode == 0 and "cases show CASE" in ctl("--help").stdout
    assert ctl("--version").stdout.startswith("helplinectl ")


def health_says_what_is_wrong_by_its_exit_code():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        assert line.ctl("health").stdout.startswith("line ")
        line.end_sender()
        done = wait_until(lambda: line.ctl("health", check=False).returncode == 1 and line.ctl("health", check=False), "health to notice")
        assert "no sender" in done.stderr and "in trouble" in done.stdout, done
        row = line.ctl_json("health", check=False)[0]
        assert (row["line"], row["senders"]) == ("in trouble", 0), row


# ---- audit and backup ------------------------------------------------------------------------------------------

TAMPERING = {
    "a changed detail": ["DROP TRIGGER audit_is_never_changed", "UPDATE audit SET detail = 'contact=other' WHERE id = 2"],
    "a changed time": ["DROP TRIGGER audit_is_never_changed", "UPDATE audit SET at = at + 1 WHERE id = 1"],
    "a row cut out": ["DROP TRIGGER audit_is_never_cut", "DELETE FROM audit WHERE id = 2"],
    "rows cut off the end": ["DROP TRIGGER audit_is_never_cut", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"],
    "everything cut off": ["DROP TRIGGER audit_is_never_cut", "DELETE FROM audit"],
    "a row put in": ["INSERT INTO audit (id, at, actor, action, object, detail, mac) SELECT max(id) + 1, max(at), 'uid:0', 'case.read', '', '', "
                     "zeroblob(32) FROM audit"],
}


def audit_notices_what_was_changed_behind_its_back():
    for label, statements in TAMPERING.items():
        with sinks.HttpSink() as sink, busy_line(sink) as line:
            fill(line, sink)
            line.ctl("cases", "show", "1001")
            assert "intact" in line.ctl("audit", "verify").stdout
            line.end()
            line.change_database(*statements)
            try:
                line.start()
            except AssertionError:
                assert "audit" in line.log(), (label, line.log())
                continue  # it refuses to go on such a chain: noticed as well
            done = line.ctl("audit", "verify", check=False)
            assert done.returncode == 1 and "audit row" in done.stderr, (label, done)


def backup_is_complete_for_the_owner_alone_and_overwrites_nothing():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        path = line.path("copy.db")
        assert "written" in line.ctl("backup", path).stdout
        assert os.stat(path).st_mode & 0o777 == 0o600
        before = os.stat(path).st_mtime_ns
        done = line.ctl("backup", path, check=False)
        assert done.returncode == 1 and os.stat(path).st_mtime_ns == before, done
        os.symlink(path, line.path("link.db"))
        assert line.ctl("backup", line.path("link.db"), check=False).returncode == 1
        assert line.ctl("backup", line.path("helplined.db"), check=False).returncode == 1
        assert "backup.write" in [row["action"] for row in line.rows("audit", "list")]
        line.end()
        with sqlite3.connect(path) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) FROM messages").fetchone() == (1,)
        copy.close()


# ---- classify --------------------------------------------------------------------------------------------------

def classify(data, *extra):
    return subprocess.run([CTL, "classify", "--json", "--lexicon", LEXICON, *extra], input=data, capture_output=True, timeout=30, check=False)


def classifier_answers_every_line_in_order_with_its_id():
    ids = ["a", 7, 2.5, None, True, "é\U0001f62d", "a"]
    lines = [json.dumps({"id": identity, "text": TEXT}) for identity in ids]
    done = classify("\n".join(lines).encode() + b"\n")
    rows = [json.loads(text) for text in done.stdout.decode().splitlines()]
    assert done.returncode == 0 and [row["id"] for row in rows] == ids, rows
    want = {"id", "language", "help", "intent", "categories", "urgency", "flags", "evidence"}
    assert all(set(row) >= want for row in rows), rows
    assert all(row["language"] == "tl" and "violence" in row["categories"] and row["help"] is True for row in rows), rows


def classifier_reads_bad_lines_as_texts_that_nobody_could_read():
    bad = [b"", b"not json", b"[]", b"{}", b'{"id":"x"}', b'{"id":"y","text":5}', b'{"id":"z","text":"a\\ud83d"}', b'{"id":"n","text":"a\\u0000b"}',
           b'{"id":"u","text":"\xff\xfe"}', b"\x00\x01", b'{"id":"big","text":"' + b"a" * 3000000 + b'"}', b'{"id":"last","text":"no newline at the end"}']
    done = classify(b"\n".join(bad))
    rows = [json.loads(text) for text in done.stdout.decode().splitlines()]
    assert len(rows) == len(bad), (len(rows), done.stderr)
    assert [row["id"] for row in rows][4:9] == ["x", "y", "z", "n", "u"] and rows[-1]["id"] == "last", [row["id"] for row in rows]
    assert all(row["help"] is True for row in rows), "an unreadable line is not 'no help needed'"


def classifier_answers_a_person_at_once():
    process = subprocess.Popen([CTL, "classify", "--json", "--lexicon", LEXICON], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for number in (1, 2):
            process.stdin.write(json.dumps({"id": number, "text": TEXT}).encode() + b"\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 10)[0], "no answer before the end of the input"
            assert json.loads(process.stdout.readline())["id"] == number
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def words_are_explained_and_checked_without_a_daemon():
    def ctl(*words, data=b""):
        return subprocess.run([CTL, *words], input=data, capture_output=True, timeout=30, check=False)

    tried = ctl("lexicon", "try", "--lexicon", LEXICON, "they", "do", "not", "beat", "me")
    assert tried.returncode == 0, tried.stderr
    shown = tried.stdout.decode()
    assert '"they do not beat me"' in shown and "after a denial" in shown and "en.conf:" in shown, shown
    explained = ctl("classify", "--explain", "--lexicon", LEXICON, data=b'no food 3 days\n{"text": "he hits me"}\n')
    assert explained.returncode == 0 and explained.stdout.count(b"  language ") == 2, explained.stdout
    checked = ctl("lexicon", "check", "--lexicon", LEXICON)
    assert checked.returncode == 0 and b": 0 errors," in checked.stdout, checked.stdout[-300:]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as chat:
        chat.write("he will kill me tonight with a knife\n")
        chat.flush()
        checked = ctl("lexicon", "check", "--lexicon", LEXICON, "--chat", chat.name)
        assert checked.returncode == 1 and b":1: error, chat is read as danger" in checked.stdout, checked.stdout[-300:]
    assert ctl("lexicon", "try").returncode == 2
    assert ctl("lexicon", "check", "--lexicon", "/nonexistent").returncode == 1


# ---- the terminal ----------------------------------------------------------------------------------------------

def on_a_terminal(command):
    """What the program writes when its standard output is a terminal."""
    parent, child = pty.openpty()
    process = subprocess.Popen(command, stdout=child, stderr=child, stdin=subprocess.DEVNULL)
    os.close(child)
    written = b""
    try:
        while True:
            written += os.read(parent, 65536)
    except OSError:
        pass  # EIO: the other end is closed
    process.wait(10)
    os.close(parent)
    return written.decode("utf-8", "replace")


def colour_is_for_terminals_only():
    with sinks.HttpSink() as sink, busy_line(sink) as line:
        fill(line, sink)
        command = [CTL, "--socket", line.path("control.sock"), "cases", "list"]
        assert "\x1b[1m" in on_a_terminal(command)
        assert "\x1b" not in line.ctl("cases", "list").stdout
        assert "\x1b" not in on_a_terminal(command + ["--json"])


def hostile_text_cannot_play_with_the_terminal():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, HOSTILE)
        line.text("\x1b[31mMAMA\u202e", "tulong po")
        line.ctl("cases", "note", "1001", "note \x1b[2J \u202e end")
        received(sink)
        line.request("POST", "/in/line/message", ("wrong=" + HOSTILE).encode())
        control = re.compile("[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
        for words in (["cases", "show", "1001"], ["messages", "show", "1"], ["messages", "show", "2"], ["cases", "list"],
                      ["quarantine", "show", "1"], ["quarantine", "list"], ["audit", "list"]):
            shown = line.ctl(*words).stdout
            assert not control.search(shown), (words, shown)
        assert "\\x1b[2J" in line.ctl("messages", "show", "1").stdout
        assert line.rows("messages", "show", "1")[1]["text"] == HOSTILE, "programs get the text as it is"


MODEM = """#!/bin/sh
printf '%s|' "$@"
exit 7
"""


def modem_is_probed_by_the_program_beside_it_without_a_shell():
    with tempfile.TemporaryDirectory() as root:
        def ctl(*words):
            return subprocess.run([os.path.join(root, "bin", "helplinectl"), *words], capture_output=True, text=True, timeout=20, check=False)

        def put(folder):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
            path = os.path.join(root, folder, "helpline-modem")
            with open(path, "w", encoding="utf-8") as file:
                file.write(MODEM)
            os.chmod(path, 0o755)
            return path

        os.makedirs(os.path.join(root, "bin"))
        shutil.copy(CTL, os.path.join(root, "bin", "helplinectl"))
        if not os.access("/usr/sbin/helpline-modem", os.X_OK):
            done = ctl("modem", "probe", "/dev/null")
            assert done.returncode == 3 and "not installed" in done.stderr, done
        device = "/dev/tty $(touch x); 'y'"
        for folder in ("sbin", "bin"):
            path = put(folder)
            done = ctl("modem", "probe", device)
            assert (done.returncode, done.stdout) == (7, "--probe|%s|" % device), (folder, done)
            os.unlink(path)
        for wrong in ([], ["a", "b"], ["--help"]):
            assert ctl("modem", "probe", *wrong).returncode == 2, wrong
        assert ctl("modem", "dance").returncode == 2


tap.run([
    every_list_has_its_columns_in_their_order_and_a_table_that_a_person_can_read,
    json_may_stand_before_or_behind_the_words,
    empty_list_says_so_to_people_and_nothing_to_programs,
    cases_can_be_filtered_and_paged_and_the_worst_stands_first,
    case_shows_its_texts_alerts_steps_and_notes_and_who_read_it,
    message_shows_the_words_that_led_to_each_label,
    closing_ends_a_case_once,
    contact_can_be_switched_off_and_on_by_hand,
    simulated_text_goes_the_whole_way_and_is_recorded_as_simulated,
    quarantine_can_be_looked_at_and_dropped,
    exit_codes_are_one_for_refused_and_two_for_wrong_use,
    exit_code_is_three_without_a_daemon_and_help_needs_none,
    health_says_what_is_wrong_by_its_exit_code,
    audit_notices_what_was_changed_behind_its_back,
    backup_is_complete_for_the_owner_alone_and_overwrites_nothing,
    classifier_answers_every_line_in_order_with_its_id,
    classifier_reads_bad_lines_as_texts_that_nobody_could_read,
    classifier_answers_a_person_at_once,
    words_are_explained_and_checked_without_a_daemon,
    colour_is_for_terminals_only,
    hostile_text_cannot_play_with_the_terminal,
    modem_is_probed_by_the_program_beside_it_without_a_shell,
])
