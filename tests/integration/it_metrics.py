#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_metrics - /metrics tells the operator how the line is, and nothing of the people who write.
# What:  the real daemon; texts, an acknowledgement, a quarantined request; every line of every answer is read strictly.
# Not here: the writer alone (test_metrics), what is counted from which rows (test_tally).
import http.client
import json
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, received, simple_config, wait_until  # noqa: E402

HER, URGENT, LETHAL = "+966501110001", "tulong po sinasaktan ako ng amo ko", "he will kill me tonight with a knife"
TYPE = "text/plain; version=0.0.4; charset=utf-8"
NAME = r"[a-z_:][a-z0-9_:]*"
SAMPLE = re.compile(r'^(%s)(?:\{((?:%s="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?[0-9]+(?:\.[0-9]+)?)$' % (NAME, NAME))
LABEL = re.compile(r'(%s)="((?:[^"\\]|\\.)*)"' % NAME)
HEAD = re.compile(r"^# (HELP|TYPE) (%s) (.+)$" % NAME)
ROOT = helpline.ROOT


def ask(line, method="GET", headers=None, path="/metrics"):
    connection = http.client.HTTPConnection(line.ready["console"], timeout=helpline.PATIENCE_S)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read().decode()
        assert answer.getheader("X-Content-Type-Options") == "nosniff" and answer.getheader("Cache-Control") == "no-store"
        assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
        return answer, body
    finally:
        connection.close()


def family_of(name, types):
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    return base if types.get(base) == "histogram" else name


def parse(text):
    """{(name, labels): value}; fails on whatever a strict reader would refuse."""
    types, helps, values, order = {}, set(), {}, []
    assert text.endswith("\n") and "\n\n" not in text and "\r" not in text
    for row in text[:-1].split("\n"):
        head = HEAD.match(row)
        if head:
            kind, name, rest = head.groups()
            assert name.startswith("helpline_"), row
            assert kind == "HELP" or rest in ("counter", "gauge", "histogram"), row
            if kind == "HELP":
                assert name not in helps, "twice: " + row
                helps.add(name)
                order.append(name)
            else:
                assert order[-1] == name, row
                types[name] = rest
            continue
        sample = SAMPLE.match(row)
        assert sample, "not a sample: " + row
        name, labels, value = sample.groups()
        family = family_of(name, types)
        assert order[-1] == family and family in types, "not behind its head: " + row
        assert (types[family] == "counter") == name.endswith("_total"), row
        key = (name, tuple(LABEL.findall(labels or "")))
        assert key not in values, "twice: " + row
        values[key] = float(value)
    for name, kind in types.items():
        if kind != "histogram":
            continue
        buckets = [(labels[0][1], value) for (key, labels), value in values.items() if key == name + "_bucket"]
        assert [value for _, value in buckets] == sorted(value for _, value in buckets), buckets
        assert buckets[-1] == ("+Inf", values[name + "_count", ()]), buckets
        bounds = [float(bound) for bound, _ in buckets]
        assert bounds == sorted(set(bounds)), bounds
    return values


def scrape(line):
    answer, body = ask(line)
    assert answer.status == 200 and answer.getheader("Content-Type") == TYPE, answer.getheaders()
    return parse(body), body


def value(line, name, **labels):
    return scrape(line)[0].get(("helpline_" + name, tuple(labels.items())))


def settle(line, want, name, **labels):
    """What is read from the database is at most a second old."""
    wait_until(lambda: value(line, name, **labels) == want, "%s %s = %s" % (name, labels, want))


def what_happens_is_counted_and_nobody_is_named():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        first, _ = scrape(line)
        assert first["helpline_messages_received_total", (("channel", "line"),)] == 0
        line.text(HER, URGENT, identity="m1")
        line.text(HER, URGENT, identity="m1")
        line.text("+966501110002", LETHAL, identity="m2")
        line.request("POST", "/in/nobody/message", b"from=1&text=x")
        settle(line, 2, "messages_received_total", channel="line")
        values, _ = scrape(line)
        assert values["helpline_messages_category_total", (("category", "violence"),)] >= 1
        assert values["helpline_messages_urgency_total", (("urgency", "critical"),)] == 1
        assert values["helpline_cases_live", (("urgency", "critical"),)] == 1
        assert values["helpline_cases_untaken_critical", ()] == 1
        assert values["helpline_alerts_total", (("state", "open"),)] == 2
        assert values["helpline_channel_state", (("channel", "line"), ("state", "ok"))] == 1
        assert values["helpline_workers_connected", (("role", "sender"),)] == 1
        assert values["helpline_commit_seconds_count", ()] >= 2 and values["helpline_turn_seconds_sum", ()] > 0
        assert values["helpline_http_requests_total", (("listener", "webhooks"),)] >= 4
        assert values["helpline_channel_last_received_timestamp_seconds", (("channel", "line"),)] > 1e9
        assert values["helpline_case_take_seconds_count", ()] == 0
        alerts = received(sink, "/ngo", 2)
        settle(line, 2, "outbox_rows", state="sent")
        assert value(line, "channel_last_sent_timestamp_seconds", channel="desk") > 1e9
        for alert in alerts:
            connection = http.client.HTTPConnection(line.ready["console"], timeout=helpline.PATIENCE_S)
            connection.request("POST", urllib.parse.urlparse(alert["ack_url"]).path, "action=take",
                               {"Content-Type": "application/x-www-form-urlencoded"})
            assert connection.getresponse().read()
            connection.close()
        settle(line, 2, "case_take_seconds_count")
        settle(line, 2, "alerts_total", state="acknowledged")
        settle(line, 0, "cases_untaken_critical")
        settle(line, 1, "quarantine_rows")
        values, body = scrape(line)
        for (name, labels) in values:
            for label, said in labels:
                assert label in ("le", "version") or not re.search(r"[0-9]{2}", said), (name, label, said)
        secret = [HER, HER[1:], "966501110002", "sinasaktan", "knife", "ngo", alerts[0]["ack_url"].rsplit("/", 1)[1], "127.0.0.1", helpline.TOKEN]
        for word in secret:
            assert word not in body, word
        line.end()
        line.start()
        assert value(line, "messages_received_total", channel="line") == 0, "counters begin anew"
        assert value(line, "channel_last_received_timestamp_seconds", channel="line") > 1e9


def only_for_reading_and_not_through_a_proxy():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        answer, _ = ask(line, "POST")
        assert (answer.status, answer.getheader("Allow")) == (405, "GET"), answer.status
        for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
            assert ask(line, method)[0].status == 405, method
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            answer, body = ask(line, headers={name: "for=192.0.2.7"})
            assert answer.status == 303 and "helpline_" not in body, name
        assert ask(line, path="/metrics/")[0].status == 303
        assert line.request("GET", "/metrics").status in (404, 405), "the webhooks' listener has none"


def a_key_switches_it_off():
    fixed = helpline.FIXED.replace('console = "127.0.0.1:0";', 'console = "127.0.0.1:0"; metrics = false;')
    with sinks.HttpSink() as sink, Line(simple_config(sink), fixed=fixed) as line:
        answer, body = ask(line)
        assert answer.status == 303 and "helpline_" not in body


def rules_and_dashboard_ask_for_what_there_is():
    with open(os.path.join(ROOT, "gateway/base/metrics.def"), encoding="utf-8") as file:
        known = {"helpline_" + name: kind for name, kind in re.findall(r"^METRIC\((\w+), (\w+),", file.read(), re.MULTILINE)}
    for path in ("systemd/prometheus/helplined.rules.yml", "systemd/prometheus/helplined.dashboard.json"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
        used = set(re.findall(r"\bhelpline_\w+", text))
        assert len(used) > 8, path
        for name in used:
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            assert name in known or known.get(family) == "histogram", "%s: %s" % (path, name)
        if path.endswith(".json"):
            panels = json.loads(text)["panels"]
            assert len({panel["id"] for panel in panels}) == len(panels) and all(panel["targets"] for panel in panels)


tap.run([
    what_happens_is_counted_and_nobody_is_named,
    only_for_reading_and_not_through_a_proxy,
    a_key_switches_it_off,
    rules_and_dashboard_ask_for_what_there_is,
])
