#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_privacy - a text and a number leave no trace but ciphertext: not in logs, database, backup, command lines or file modes.
# What:  a marker goes through every path that a text can take; then everything that is left on the disk is searched for it, also
#        in base64, hexadecimal, UTF-16 and percent form.
# Keeps: the search itself is tried first on a file that holds each form.
import base64
import glob
import os
import shutil
import sqlite3
import stat
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TWILIO_LINE, Line, desk, received, simple_config, wait_until  # noqa: E402

MARKER = "Kagubatang7291"  # stands for what she wrote; inside words that the lexicon knows
NUMBER = "966512399731"
NOTE = "Talampas4483"
TEXT = "tulong po " + MARKER + " sinasaktan ako"


def base64_forms(data):
    """The three ways in which base64 shows some bytes, without the ends that depend on their neighbours."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
        yield text[(shift * 8 + 5) // 6 + (1 if shift else 0):-1]


def forms(marker):
    plain = marker.encode()
    found = {plain, plain.lower(), plain.upper(), plain.hex().encode(), plain.hex().upper().encode(), marker.encode("utf-16-le"),
             marker.encode("utf-16-be"), plain[::-1], urllib.parse.quote("+" + marker).encode(), " ".join(marker).encode()}
    found.update(base64_forms(plain))
    return sorted(form for form in found if len(form) > 6)


FORMS = [(marker, form) for marker in (MARKER, NUMBER, NUMBER[3:], NOTE) for form in forms(marker)]


def traces(data, where):
    return ["%s: %s" % (where, form) for _, form in FORMS if form in data]


def search(paths):
    found = []
    for path in paths:
        if not stat.S_ISREG(os.stat(path).st_mode):
            continue
        with open(path, "rb") as file:
            found += traces(file.read(), os.path.basename(path))
    return found


def configuration(sink):
    contacts = desk(sink) + ", " + desk(sink, name="broken") + ", " + desk(sink, name="masked", trust="masked")
    policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "broken", "masked" ]; }, { after = "1 h"; contacts = [ "ngo" ]; } ); }'
    return simple_config(sink, line=TWILIO_LINE, contacts=contacts, policy=policy,
                         channels=', { name = "open"; kind = "generic"; auth = "none"; country = "SA"; }')


def walk(line, sink):
    """Every way that a text and a number can take through the programs."""
    her = "+" + NUMBER
    assert line.twilio(her, TEXT).status == 200
    assert line.twilio(her, TEXT + " ulit", token="f" * 32).status == 403
    assert line.twilio(her, MARKER, token="f" * 32, identity="SM" + MARKER).status == 403
    assert line.request("GET", "/in/open/message?" + urllib.parse.urlencode({"from": her, "text": TEXT})).status == 200
    assert line.request("GET", "/in/nowhere/message?" + urllib.parse.urlencode({"from": her, "text": TEXT})).status == 404
    assert line.request("POST", "/in/open/message", "from=%s&wrong=%s" % (her, TEXT)).status == 400
    assert line.request("GET", "/%s/%s" % (NUMBER, MARKER)).status == 404
    assert line.request(MARKER.upper(), "/in/open/message").status == 405
    line.raw(("GET /%s HTTP/1.1\r\nHost: a\r\nHost: %s\r\n\r\n" % (MARKER, NUMBER)).encode())
    line.ctl("simulate", "--channel", "open", "--from", her, TEXT)
    line.ctl("cases", "note", "1001", NOTE + " spoke to " + her)
    line.ctl("cases", "show", "1001")
    line.ctl("cases", "show", NUMBER, check=False)
    line.ctl("messages", "show", "1")
    for row in line.rows("quarantine", "list"):
        line.ctl("quarantine", "show", str(row["id"]))
    line.ctl("quarantine", "release", "1")
    line.ctl("quarantine", "drop", "2")
    line.ctl("contacts", "on", MARKER, check=False)
    line.ctl("cases", "list", "--country", MARKER, check=False)
    received(sink, "/broken")
    wait_until(lambda: len([row for row in line.rows("outbox", "list", "--state", "dead")]) > 0, "a dead row")


def search_finds_every_form_of_the_marker():
    for marker, form in FORMS:
        assert traces(b"\0\1" + form + b"\2", "probe"), (marker, form)
    for shift in range(3):
        assert traces(base64.b64encode(b"x" * (30 + shift) + MARKER.encode() + b"yy"), "probe"), shift
    assert not traces(b"nothing of that kind, +966501110001", "probe")


def text_and_number_are_in_no_log_no_database_no_backup_and_no_command_line():
    with sinks.HttpSink(script={"/broken": [{"status": 500}, {"status": 400}], "*": [{}]}) as sink, Line(configuration(sink)) as line:
        walk(line, sink)
        alert = received(sink, "/ngo")[0]
        assert alert["text"] == TEXT and alert["from"] == "+" + NUMBER, "the marker did not even pass through"
        line.ctl("backup", line.path("copy.db"))
        for name, process in (("daemon", line.daemon), ("sender", line.sender)):
            for part in ("cmdline", "environ"):
                with open("/proc/%d/%s" % (process.pid, part), "rb") as file:
                    assert not traces(file.read(), name), part
        running = search(glob.glob(line.path("*")))
        assert not running, running
        logged = line.log() + line.log("sender")
        assert "event=message_stored" in logged and "event=quarantined" in logged, logged
        line.end()
        line.end_sender()
        stopped = search(glob.glob(line.path("*")))
        assert not stopped, stopped
        assert os.path.getsize(line.path("copy.db")) > 50000 and os.path.getsize(line.path("helplined.db")) > 50000


def what_is_purged_cannot_be_read_even_with_the_keys():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text("+" + NUMBER, TEXT)
        received(sink)
        line.ctl("cases", "note", "1001", NOTE)
        assert line.case(1001)["note"][0]["text"] == NOTE
        refused = line.ctl("cases", "purge", "1001", check=False)
        assert refused.returncode == 1 and "not closed" in refused.stderr, refused
        line.ctl("cases", "close", "1001", "done")
        line.ctl("cases", "purge", "1001")
        case = line.case(1001)
        assert all(not row.get("text") and not row.get("from") for row in case["message"] + case["note"]), case
        line.end()
        with sqlite3.connect(line.path("helplined.db")) as database:
            assert database.execute("SELECT key_wrap, sender_tag FROM cases WHERE id = 1001").fetchone() == (None, None)
        database.close()


def backup_can_be_opened_with_the_keys_and_not_without():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text("+" + NUMBER, TEXT)
        received(sink)
        line.ctl("backup", line.path("copy.db"))
        line.end()
        for name in ("helplined.db-wal", "helplined.db-shm"):
            if os.path.exists(line.path(name)):
                os.unlink(line.path(name))
        shutil.copy(line.path("copy.db"), line.path("helplined.db"))
        line.start()
        assert line.case(1001)["message"][0]["text"] == TEXT
        line.end()
        line.write("hot.key", "ab" * 32 + "\n")
        line.start()
        message = line.case(1001)["message"][0]
        assert not message["text"] and not message["from"], message
        assert line.ctl("messages", "show", "1", check=False).returncode == 1
        assert line.text("+966501110002", TEXT).status == 200  # and the line goes on
        assert line.case(1002)["message"][0]["text"] == TEXT


def files_and_sockets_are_for_the_owner_alone():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text("+" + NUMBER, TEXT)
        received(sink)
        line.ctl("backup", line.path("copy.db"))
        for name in os.listdir(line.folder):
            mode = stat.S_IMODE(os.lstat(line.path(name)).st_mode)
            allowed = 0o660 if name.endswith(".sock") else 0o700 if os.path.isdir(line.path(name)) else 0o600
            if name.endswith(".log"):
                continue  # written by this test
            assert mode & ~allowed == 0, "%s has mode %03o" % (name, mode)


def loose_modes_of_keys_and_database_are_refused():
    with sinks.HttpSink() as sink:
        for name in ("hot.key", "helplined.db"):
            line = Line(simple_config(sink))
            try:
                line.start()
                line.end()
                os.chmod(line.path(name), 0o644)
                said = line.say("--config", line.path("helplined.conf"))
                assert said.returncode in (1, 2) and name in said.stderr, (name, said)
            finally:
                line.close()


tap.run([
    search_finds_every_form_of_the_marker,
    text_and_number_are_in_no_log_no_database_no_backup_and_no_command_line,
    what_is_purged_cannot_be_read_even_with_the_keys,
    backup_can_be_opened_with_the_keys_and_not_without,
    files_and_sockets_are_for_the_owner_alone,
    loose_modes_of_keys_and_database_are_refused,
])
