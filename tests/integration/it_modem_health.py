#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_modem_health - what helplinectl says of a modem: absent, not ready, well, and how.
# What:  the real daemon, and a driver that is a script: it says hello and tells how its modem is.
# Not here: what is alarmed after how long (test_modemwatch), a real driver (it_modem_*).
import http.client
import json
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, simple_config, wait_until  # noqa: E402

MODEM = '{ name = "sim1"; kind = "modem"; device = "/dev/ttyUSB0"; country = "SA"; number = "+966500000000"; ussd = "*123#"; }'
WELL = {"state": "ready", "problem": "none", "registration": 5, "operator": "Example Mobile", "signal": 17, "storage_used": 3,
        "storage_total": 20, "model": "E3372", "restarts": 2, "last_received_at": 1764000000000, "last_sent_at": 1764000060000,
        "sweeps": 40, "desyncs": 0, "ussd": "Your balance is SAR 12.50, valid until 01/02/2027"}


class Driver:
    def __init__(self, line):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(10)
        self.connection.connect(line.path("workers.sock"))
        self.send({"hello": 1, "role": "modem", "name": "sim1", "capacity": 1})
        self.welcome = self.receive()

    def send(self, frame):
        text = json.dumps(frame).encode()
        self.connection.sendall(struct.pack(">I", len(text)) + text)

    def receive(self):
        size = struct.unpack(">I", self.connection.recv(4, socket.MSG_WAITALL))[0]
        return json.loads(self.connection.recv(size, socket.MSG_WAITALL))

    def tell(self, **changes):
        self.send({"status": dict(WELL, **changes)})

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.connection.close()


def modem(line):
    return [row for row in line.rows("channels", "list") if row["kind"] == "modem"][0]


def health(line):
    """Exit code, the row of the line, the rows of its modems."""
    done = line.ctl("--json", "health", check=False)
    rows = [json.loads(row) for row in done.stdout.splitlines() if row.startswith("{")]
    return done, rows[0], [row for row in rows[1:] if row["section"] == "modem"]


def detail(line, **headers):
    host, port = line.ready["console"].rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", "/healthz/detail", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body) if answer.getheader("Content-Type", "").startswith("application/json") else None


def page_of_health_says_the_same_to_who_stands_at_the_machine():
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=",\n  " + MODEM)) as line:
        status, document = detail(line)
        assert status == 503 and not document["well"] and "sim1" in json.dumps(document), document
        with Driver(line) as driver:
            driver.tell()
            wait_until(lambda: detail(line)[0] == 200, "a modem that is well")
            status, document = detail(line)
            shown = [row for row in document["rows"] if row.get("section") == "modem"][0]
            assert document["well"] and shown["signal"] == 17 and shown["operator"] == "Example Mobile", document
            assert document["rows"] == [json.loads(row) for row in line.ctl("--json", "health").stdout.splitlines()
                                        if row.startswith("{")]
        assert detail(line, **{"X-Forwarded-For": "192.0.2.1"}) == (303, None)


def modem_is_shown_as_it_says_it_is():
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=",\n  " + MODEM)) as line:
        assert modem(line)["state"] == "absent" and modem(line)["signal"] is None, modem(line)
        done, row, modems = health(line)
        assert done.returncode == 1 and "modem sim1" in done.stderr and row["line"] == "in trouble", done
        assert (row["modems"], row["modems_ready"], modems[0]["state"]) == (1, 0, "absent"), row
        with Driver(line) as driver:
            driver.tell()
            wait_until(lambda: modem(line)["state"] == "ok", "a modem that is well")
            shown = modem(line)
            assert (shown["problem"], shown["registration"], shown["operator"], shown["signal"], shown["storage"]) == (
                "none", "roaming", "Example Mobile", 17, "3/20"), shown
            assert (shown["credit"], shown["restarts"], shown["model"]) == ("12.50", 2, "E3372"), shown
            assert shown["last_received_at"].startswith("2025-11-24T16:00:00"), shown
            done, row, modems = health(line)
            assert done.returncode == 0 and (row["modems"], row["modems_ready"]) == (1, 1), done
            assert modems[0]["operator"] == "Example Mobile" and modems[0]["channel"] == "sim1", modems
            for problem in ("no_sim", "puk", "not_registered", "storage_full"):
                driver.tell(state="sim", problem=problem)
                wait_until(lambda: modem(line)["problem"] == problem, problem)
                assert modem(line)["state"] == "not_ready"
                assert line.request("GET", "/healthz").status == 200, "what comes in elsewhere is taken in all the same"
        wait_until(lambda: modem(line)["state"] == "absent", "a driver that is gone")
        assert "[modem]" in line.ctl("health", check=False).stdout


def other_channels_have_empty_columns():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        for row in line.rows("channels", "list"):
            assert row["problem"] == "" and row["signal"] is None and row["credit"] is None, row
        assert health(line)[0].returncode == 0 and not health(line)[2]


def hostile_words_of_a_modem_do_no_harm():
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=",\n  " + MODEM)) as line, Driver(line) as driver:
        driver.tell(operator="\x1b[2J" + "x" * 5000, model="\u202e", ussd="9" * 4000, signal=99999999999, registration=-7)
        wait_until(lambda: modem(line)["restarts"] == 2, "a status")
        assert "\x1b" not in line.ctl("channels", "list").stdout
        driver.send({"status": {"state": 5, "problem": [], "signal": "x", "storage_used": {}}})
        assert line.ctl_json("health", check=False)[0]["storage"] == "ok"


tap.run([
    modem_is_shown_as_it_says_it_is,
    other_channels_have_empty_columns,
    hostile_words_of_a_modem_do_no_harm,
    page_of_health_says_the_same_to_who_stands_at_the_machine,
])
