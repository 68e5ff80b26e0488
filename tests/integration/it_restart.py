#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_restart - programs end, are killed and come back; what was promised goes on.
# What:  orderly end (SIGTERM), kills of daemon and sender in the middle of a delivery, due steps and retries over a restart, and
#        what must not start at all: a second daemon on the same database, an older one on a newer database.
# Not here: kills at random under load with an account of every message (tests/crash).
import http.client
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, alerts_at, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TEXT = "tulong po sinasaktan ako ng amo ko"
HANG = {"delay": 30}


def open_line(sink, **options):
    return Line(simple_config(sink, **options))


def rows_by_state(line):
    states = {}
    for row in line.rows("outbox", "list", "--state", "all"):
        states[row["state"]] = states.get(row["state"], 0) + 1
    return states


def webhook_ids(sink):
    return [item["headers"]["webhook-id"] for item in sink.requests]


# ---- orderly end -----------------------------------------------------------------------------------------------

class Texter(threading.Thread):
    """Texts over one keep-alive connection until it is refused; remembers which texts were answered with success."""

    def __init__(self, line, name):
        super().__init__(daemon=True)
        self.address, self.name_of, self.taken, self.others = line.address, name, [], []
        self.start()

    def run(self):
        connection = http.client.HTTPConnection(*self.address, timeout=helpline.PATIENCE_S)
        number = 0
        while not self.others:
            number += 1
            identity = "%s-%d" % (self.name_of, number)
            body = urllib.parse.urlencode({"from": HER, "text": TEXT + " " + identity, "id": identity})
            try:
                connection.request("POST", "/in/line/message", body, {"Content-Type": "application/x-www-form-urlencoded"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as problem:
                self.others.append(problem)
                return
            (self.taken if answer.status == 200 else self.others).append(identity)


def sigterm_under_load_ends_well_and_keeps_every_text_that_it_answered():
    with sinks.HttpSink() as sink:
        line = open_line(sink)
        try:
            line.start()
            texters = [Texter(line, str(i)) for i in range(8)]
            wait_until(lambda: all(texter.taken for texter in texters), "texts under way")
            assert line.end() == 0
            for texter in texters:
                texter.join(helpline.PATIENCE_S)
            line.start()
            taken = [name for texter in texters for name in texter.taken]
            before = line.ctl_json("cases", "list")[0]["messages"]
            assert before >= len(taken), "%d of %d answered texts are missing" % (len(taken) - before, len(taken))
            for name in taken:  # each is known, so it is a copy and nothing grows
                assert line.text(HER, TEXT + " " + name, identity=name).status == 200
            after = line.ctl_json("cases", "list")[0]["messages"]
            assert after == before, "%d of the answered texts were not there" % (after - before)
            assert "event=stopped" in line.log()
        finally:
            line.close()


def sigterm_waits_for_a_delivery_that_is_under_way():
    with sinks.HttpSink(script={"/ngo": [{"delay": 1.0}]}) as sink:
        line = open_line(sink)
        try:
            line.start()
            line.text(HER, TEXT)
            sink.record.wait(1)
            assert line.end() == 0
            line.start()
            assert rows_by_state(line) == {"sent": 1}, rows_by_state(line)
            assert alerts_at(sink)[-1]["may_be_repeated"] is False and len(sink.requests) == 1
        finally:
            line.close()


def sigterm_does_not_wait_for_idle_connections_or_for_ever():
    with sinks.HttpSink(script={"/ngo": [HANG]}) as sink:
        line = open_line(sink, more='limits = { drain_deadline = "1 s"; };')
        try:
            line.start()
            idle = [socket.create_connection(line.address) for _ in range(5)]
            line.text(HER, TEXT)
            sink.record.wait(1)
            before = time.monotonic()
            assert line.end() == 0
            assert time.monotonic() - before < tap.within(1.5), time.monotonic() - before
            for connection in idle:
                connection.close()
        finally:
            line.close()


# ---- kills -----------------------------------------------------------------------------------------------------

def killed_daemon_sends_an_alert_again_and_says_that_it_may_be_repeated():
    with sinks.HttpSink(script={"/ngo": [HANG, {}]}) as sink:
        line = open_line(sink)
        try:
            line.start()
            line.text(HER, TEXT)
            sink.record.wait(1)
            line.kill()
            line.start()
            alerts = received(sink, count=2)
            assert [alert["may_be_repeated"] for alert in alerts] == [False, True], alerts
            assert len(set(webhook_ids(sink))) == 1, webhook_ids(sink)  # so the receiver can tell
            wait_until(lambda: rows_by_state(line) == {"sent": 1}, "one sent row")
            assert len(line.rows("cases", "list")) == 1
            assert line.ctl("audit", "verify").returncode == 0
        finally:
            line.close()


def killed_sender_loses_nothing():
    with sinks.HttpSink(script={"/ngo": [HANG, {}]}) as sink, open_line(sink) as line:
        line.text(HER, TEXT)
        sink.record.wait(1)
        line.end_sender(signal.SIGKILL)
        wait_until(lambda: rows_by_state(line) == {"queued": 1}, "the row back in the queue")
        row = line.rows("outbox", "list")[0]
        assert (row["outcome"], row["may_be_repeated"]) == ("uncertain", True), row
        line.start_sender()
        alerts = received(sink, count=2)
        assert [alert["may_be_repeated"] for alert in alerts] == [False, True], alerts
        assert line.events("worker_gone"), line.log()


def stopped_sender_finishes_what_it_has_begun():
    with sinks.HttpSink(script={"/ngo": [{"delay": 0.7}]}) as sink, open_line(sink) as line:
        line.text(HER, TEXT)
        sink.record.wait(1)
        line.end_sender()
        wait_until(lambda: rows_by_state(line) == {"sent": 1}, "the row to be sent")
        assert len(sink.requests) == 1


def sender_may_come_later_than_the_daemon_and_find_it_again():
    with sinks.HttpSink() as sink:
        line = open_line(sink)
        line.with_sender = False
        try:
            line.start()
            assert line.text(HER, TEXT).status == 200
            health = line.ctl("health", check=False)
            assert health.returncode == 1 and "no sender" in health.stderr, health
            assert not sink.requests
            line.start_sender()
            received(sink)
            line.end()
            line.start()
            line.text("+966501110002", TEXT)
            assert received(sink, count=2)[1]["case"] == 1002
            assert line.sender.poll() is None
        finally:
            line.close()


# ---- what goes on ----------------------------------------------------------------------------------------------

def two_steps(sink, after):
    return {"contacts": desk(sink) + ", " + desk(sink, name="second"),
            "policy": '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo" ]; }, { after = "%s"; contacts = [ "second" ]; } ); }' % after}


def due_step_runs_once_over_restarts():
    with sinks.HttpSink() as sink:
        line = open_line(sink, **two_steps(sink, "2 s"))
        try:
            line.start()
            line.text(HER, TEXT)
            received(sink, "/ngo")
            asked = time.time()
            line.end()
            line.start()
            assert not alerts_at(sink, "/second")
            received(sink, "/second")
            late = [item["at"] for item in sink.requests if item["path"] == "/second"][0] - asked
            assert 1.0 < late < 4.0, late
            line.end()
            line.start()
            states = [row["state"] for row in line.case(1001)["step"]]
            assert states == ["done"], states
            assert len(alerts_at(sink, "/second")) == 1 and len(alerts_at(sink, "/ngo")) == 1
        finally:
            line.close()


def step_that_fell_due_while_nothing_ran_runs_at_the_start():
    with sinks.HttpSink() as sink:
        line = open_line(sink, **two_steps(sink, "1 h"))
        try:
            line.start()
            line.text(HER, TEXT)
            received(sink, "/ngo")
            line.end()
            line.change_database("UPDATE steps SET due_at = due_at - 3600000 * 2 WHERE state = 'waiting'")
            line.start()
            received(sink, "/second")
        finally:
            line.close()


def closed_case_runs_no_further_step():
    with sinks.HttpSink() as sink, Line(simple_config(sink, **two_steps(sink, "1 s"))) as line:
        line.text(HER, TEXT)
        received(sink, "/ngo")
        line.ctl("cases", "close", "1001", "done")
        line.text("+966501110002", TEXT)
        assert received(sink, "/second")[0]["case"] == 1002
        assert [alert["case"] for alert in alerts_at(sink, "/second")] == [1002]


def policy_that_repeats_begins_again():
    policy = '{ name = "all"; repeat = "1 min"; steps = ( { after = "0 s"; contacts = [ "ngo" ]; } ); }'
    with sinks.HttpSink() as sink:
        line = open_line(sink, policy=policy)
        try:
            line.start()
            line.text(HER, TEXT)
            received(sink)
            line.end()
            line.change_database("UPDATE steps SET due_at = 1 WHERE state = 'waiting'")
            line.start()
            again = received(sink, count=2)[1]
            assert again["case"] == 1001, again
            waiting = [row for row in line.case(1001)["step"] if row["state"] == "waiting"]
            assert len(waiting) == 1 and waiting[0]["step"] == 0, waiting
        finally:
            line.close()


def retries_go_on_after_a_restart_and_count_on():
    with sinks.HttpSink(script={"/ngo": [{"status": 500}, {"status": 500}, {}]}) as sink:
        line = open_line(sink, retry='retry_first = "1 s"; retry_max = "1 s";')
        try:
            line.start()
            line.text(HER, TEXT)
            wait_until(lambda: rows_by_state(line) == {"queued": 1}, "a row that waits for its second try")
            line.end()
            line.start()
            received(sink, count=3)
            wait_until(lambda: rows_by_state(line) == {"sent": 1}, "a sent row")
            row = line.rows("outbox", "list", "--state", "all")[0]
            assert (row["attempt"], row["may_be_repeated"]) == (3, False), row
        finally:
            line.close()


# ---- what must not start ---------------------------------------------------------------------------------------

def second_daemon_on_the_same_database_is_refused_and_disturbs_nobody():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        said = line.say("--config", line.path("helplined.conf"))
        assert said.returncode == 1 and "another process" in said.stderr, said
        assert not said.stdout.startswith("READY"), said
        assert line.ctl_json("health")[0]["line"] == "ok"  # its sockets are still there
        line.end_sender()
        line.start_sender()
        line.text(HER, TEXT)
        received(sink)


def newer_database_is_refused_and_left_as_it_is():
    with sinks.HttpSink() as sink:
        line = open_line(sink)
        try:
            line.start()
            line.text(HER, TEXT)
            line.end()
            line.change_database("PRAGMA user_version = 9999")
            before = os.path.getsize(line.path("helplined.db"))
            said = line.say("--config", line.path("helplined.conf"))
            assert said.returncode == 1 and "newer" in said.stderr, said
            assert os.path.getsize(line.path("helplined.db")) == before
        finally:
            line.close()


def file_that_is_no_database_is_refused():
    with sinks.HttpSink() as sink:
        line = open_line(sink)
        try:
            line.write("helplined.db", "this is no database " * 100)
            said = line.say("--config", line.path("helplined.conf"))
            assert said.returncode == 1 and "helplined.db" in said.stderr, said
        finally:
            line.close()


tap.run([
    sigterm_under_load_ends_well_and_keeps_every_text_that_it_answered,
    sigterm_waits_for_a_delivery_that_is_under_way,
    sigterm_does_not_wait_for_idle_connections_or_for_ever,
    killed_daemon_sends_an_alert_again_and_says_that_it_may_be_repeated,
    killed_sender_loses_nothing,
    stopped_sender_finishes_what_it_has_begun,
    sender_may_come_later_than_the_daemon_and_find_it_again,
    due_step_runs_once_over_restarts,
    step_that_fell_due_while_nothing_ran_runs_at_the_start,
    closed_case_runs_no_further_step,
    policy_that_repeats_begins_again,
    retries_go_on_after_a_restart_and_count_on,
    second_daemon_on_the_same_database_is_refused_and_disturbs_nobody,
    newer_database_is_refused_and_left_as_it_is,
    file_that_is_no_database_is_refused,
])
