#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_outage - the disk of the database is full, or takes no write: what she is told, who is told of her, and what is there afterwards.
# What:  a small memory disk (where mounting is allowed; else those stories are skipped) and a ceiling on the size of files stand for
#        the disk; the spool lies on another one.
# Not here: every single failing write (tests/unit/test_outage); kills under load (tests/crash).
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, alerts_at, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TEXT = "tulong po sinasaktan ako ng amo ko"
TINY = 16384  # no turn fits below it, and a record does
FIXED = helpline.FIXED.replace('"helplined.db"', '"{disk}/helplined.db"')
STORAGE = 'storage = {{ ballast = {ballast}; spool = "{spool}"; }}; auditor = {{ contacts = [ "boss" ]; }};'


@contextlib.contextmanager
def small_disk(megabytes):
    """A file system of that size; None where it cannot be mounted."""
    folder = tempfile.mkdtemp(prefix="helpline-disk-")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=0700" % megabytes, "none", folder],
                          capture_output=True, check=False)
    try:
        yield None if done.returncode else folder
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", folder], check=False)
        os.rmdir(folder)


def contacts(sink):
    return ", ".join([desk(sink), desk(sink, "masked", "house", "shelter"), desk(sink, "full", "embassy", "consulate"),
                      desk(sink, "minimal", "boss")])


POLICY = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "house", "embassy" ]; } ); }'


def config_of(sink, spool, ballast=0):
    return simple_config(sink, contacts=contacts(sink), policy=POLICY, more=STORAGE.format(ballast=ballast, spool=spool))


def fill(folder):
    """Takes all the room that is left there."""
    path = os.path.join(folder, "filler")
    with open(path, "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return path


def health(line):
    return line.ctl_json("health", check=False)[0]


def notices(sink, name="boss"):
    bodies = [json.loads(item["body"]) for item in sink.requests if item["path"] == "/" + name]
    return [body["text"] for body in bodies if body["type"] == "notice"]


def limit(line, size):
    _, hard = resource.prlimit(line.daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(line.daemon.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def fail_next_turns(line, size=TINY):
    """From now on no turn can be committed."""
    limit(line, size)
    line.text("+966501119999", "ok salamat", identity="first")
    assert health(line)["degraded"] is True


def check_one_message_each(line, numbers):
    wait_until(lambda: health(line)["degraded"] is False, "the end of the outage")
    assert health(line)["spooled"] == 0
    rows = [row for row in line.rows("messages", "list", "--limit", "1000") if row.get("direction", "in") == "in"]
    assert len(rows) == numbers, rows
    assert line.ctl("audit", "verify").returncode == 0


def full_disk_gives_up_the_ballast_then_spools_and_alerts_from_memory_and_recovers():
    with sinks.HttpSink() as sink, small_disk(6) as disk, tempfile.TemporaryDirectory() as spool:
        if not disk:
            raise tap.Skip("no file system can be mounted here")
        line = Line(config_of(sink, spool, 1), fixed=FIXED.replace("{disk}", disk))
        with line:
            assert health(line)["ballast"] == "kept" and os.path.getsize(os.path.join(disk, "helplined.db.ballast")) == 1 << 20
            assert line.text(HER, TEXT, identity="n0").status == 200
            received(sink, "/ngo")
            filler = fill(disk)
            number = 0
            while not line.events("ballast_released"):  # the log of the database has room of its own for some turns
                number += 1
                assert number < 500 and line.text("+96650222%04d" % number, TEXT, identity="b%d" % number).status == 200
            assert not os.path.exists(os.path.join(disk, "helplined.db.ballast"))
            wait_until(lambda: any("ballast" in text for text in notices(sink)), "a word about the ballast")
            fill(disk)
            while not line.events("request_spooled"):
                number += 1
                assert number < 500 and line.text("+96650222%04d" % number, TEXT, identity="b%d" % number).status == 200
                fill(disk)
            assert line.text("+966503330001", TEXT + " 0501234567", identity="c1").status == 200
            assert line.request("GET", "/healthz").body == b"ok"
            row = health(line)
            assert row["degraded"] and row["degraded_since"] and row["spooled"] >= 2 and row["line"] == "in trouble", row
            flare = wait_until(lambda: [alert for alert in alerts_at(sink, "/ngo") if alert.get("from") == "+966503330001"],
                               "an alert from memory")[0]
            assert (flare["case"], flare["stored"], flare["may_be_repeated"]) == (0, False, True), flare
            assert "ack_url" not in flare and "code" not in flare and flare["text"].startswith(TEXT)
            masked = wait_until(lambda: [alert for alert in alerts_at(sink, "/house") if alert["case"] == 0], "the masked one")[-1]
            assert "from" not in masked and "0501234567" not in masked["text"], masked
            assert not alerts_at(sink, "/embassy")
            wait_until(lambda: any("cannot store (disk full)" in text for text in notices(sink)), "the alarm")
            os.unlink(filler)
            check_one_message_each(line, number + 2)
            case = wait_until(lambda: [alert for alert in alerts_at(sink, "/ngo")
                                       if alert.get("from") == "+966503330001" and alert["case"]], "its case")[0]
            assert case["may_be_repeated"] and case["received_at"] == flare["received_at"], (case, flare)
            wait_until(lambda: any("stores again" in text for text in notices(sink)), "the report")
            outages = [row for row in line.rows("audit", "list", "--limit", "1000") if row["action"] == "storage.outage"]
            assert outages and "spooled=" in outages[0]["detail"], outages
            assert not os.listdir(spool)


def records_survive_kills_and_are_taken_in_once():
    with sinks.HttpSink() as sink, tempfile.TemporaryDirectory() as spool:
        with Line(config_of(sink, spool)) as line:
            assert line.text(HER, TEXT, identity="n0").status == 200
            fail_next_turns(line)
            for number in range(20):
                assert line.text("+96650444%04d" % number, TEXT, identity="k%d" % number).status == 200
            # One that came twice, one that nobody can open, and one that a crash left half written.
            assert line.text("+966504440000", TEXT, identity="k0").status == 200
            line.kill()
            names = sorted(os.listdir(spool))
            assert len(names) == 22 and all(os.stat(os.path.join(spool, name)).st_mode & 0o777 == 0o600 for name in names), names
            with open(os.path.join(spool, names[5]), "rb") as file:
                bytes_of = file.read()
            assert TEXT.encode() not in bytes_of and b"966504" not in bytes_of
            with open(os.path.join(spool, names[5].replace("-line", "-other")), "wb") as file:
                file.write(bytes_of)  # moved to another name: it must not open
            with open(os.path.join(spool, ".new"), "wb") as file:
                file.write(bytes_of[:40])
            for _ in range(3):  # killed at once again: whatever was done by then is not done twice
                line.start()
                line.kill()
            line.start()
            check_one_message_each(line, 22)
            assert health(line)["spool_aside"] == 1 and len(line.events("spool_unreadable")) == 1
            assert [name for name in os.listdir(spool) if not name.endswith(".aside")] == []
            assert all(row["messages"] == 1 for row in line.rows("cases", "list", "--limit", "100"))


def without_a_spool_it_is_503_and_still_somebody_is_told():
    with sinks.HttpSink() as sink, tempfile.TemporaryDirectory() as spool:
        with Line(config_of(sink, spool)) as line:
            fail_next_turns(line, 0)
            answer = line.text(HER, TEXT, identity="r1")
            assert answer.status == 503, answer.status
            assert line.text(HER, TEXT, identity="r1").status == 503  # the provider comes again
            assert line.request("GET", "/healthz").status == 503
            assert health(line)["spool"] == "failing"
            assert received(sink, "/ngo")[0]["case"] == 0
            wait_until(lambda: any("SPOOL CANNOT" in text for text in notices(sink)), "the alarm")
            limit(line, None)
            wait_until(lambda: line.text(HER, TEXT, identity="r1").status == 200, "texts to be taken again")
            assert line.request("GET", "/healthz").body == b"ok"
            check_one_message_each(line, 1)
            wait_until(lambda: [alert for alert in alerts_at(sink, "/ngo") if alert["case"]], "its case")
            assert len([alert for alert in alerts_at(sink, "/ngo") if not alert["case"]]) == 1
            assert not alerts_at(sink, "/embassy")


def what_is_no_cry_for_help_wakes_nobody_and_is_kept_all_the_same():
    with sinks.HttpSink() as sink, tempfile.TemporaryDirectory() as spool:
        with Line(config_of(sink, spool)) as line:
            fail_next_turns(line)
            assert line.text(HER, "STOP", identity="s1").status == 200
            assert line.text(HER, "maraming salamat po", identity="s2").status == 200
            assert line.request("POST", "/in/line/status", b"id=x&status=delivered").status == 503
            assert line.request("POST", "/in/other/message", b"from=1&text=x").status == 503
            limit(line, None)
            check_one_message_each(line, 3)
            assert not alerts_at(sink), sink.requests


tap.run([
    full_disk_gives_up_the_ballast_then_spools_and_alerts_from_memory_and_recovers,
    records_survive_kills_and_are_taken_in_once,
    without_a_spool_it_is_503_and_still_somebody_is_told,
    what_is_no_cry_for_help_wakes_nobody_and_is_kept_all_the_same,
])
