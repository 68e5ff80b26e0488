#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_looptest - the line texts itself: what comes back is no message, what stays out is told by another way.
# What:  the real daemon and sender; a provider that is a script: it brings back what was sent to the line's number, or does not.
# Not here: times and odd texts (test_looptest), what is refused in the file (test_config_loop_tests).
import os
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, desk, simple_config, wait_until  # noqa: E402
from modem_sim import Modem  # noqa: E402

OURS, THEIRS = "+966500000000", "+966500000077"
COLUMNS = "from to state last_at last_state last_sending passed_at latency_ms failures passed_30d failed_30d".split()
EVERY = 'every = "5 s"; within = "2 s";'


def config(provider, bosses, every=EVERY):
    line = ('{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; number = "%s"; send_url = "%s"; '
            'send_body = "to={to}&text={text}"; },\n { name = "sim"; kind = "generic"; auth = "none"; country = "SA"; number = "%s"; '
            'direction = "in"; }' % (OURS, provider.url("/send"), THEIRS))
    contacts = (desk(bosses) + ', { name = "boss"; title = "Boss"; kind = "ngo"; addresses = ( { channel = "desk"; to = "%s"; }, '
                '{ channel = "line"; to = "+966500000104"; } ); }' % bosses.url("/boss"))
    policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo", "boss" ]; } ); }'
    more = ('loop_tests = ( { from = "line"; to = "sim"; %s } );\nauditor = { contacts = [ "boss" ]; every = "1 s"; };\n' % every)
    return simple_config(bosses, line=line, contacts=contacts, policy=policy, more=more)


def sent_tests(provider):
    """The texts that went to the other number, in order."""
    forms = [urllib.parse.parse_qs(item["body"]) for item in provider.requests]
    return [form["text"][0] for form in forms if form["to"][0] == THEIRS]


def next_test(provider, known=0):
    return wait_until(lambda: len(sent_tests(provider)) > known and sent_tests(provider), "test %d" % (known + 1))[-1]


def told(bosses, words):
    return [item for item in bosses.requests if item["path"] == "/boss" and words in item["body"]]


def texts_by_line(provider, number):
    return [item for item in provider.requests if urllib.parse.parse_qs(item["body"])["to"][0] == number]


def loop(line):
    return line.rows("loops", "list")[0]


def what_comes_back_is_no_message():
    with sinks.HttpSink() as provider, sinks.HttpSink() as bosses, Line(config(provider, bosses)) as line:
        text = next_test(provider)
        assert line.text("+966500000000", text, channel="sim", identity="t1").status == 200
        row = loop(line)
        assert list(row) == COLUMNS, row
        assert (row["state"], row["last_state"], row["failures"]) == ("ok", "passed", 0), row
        assert 0 <= row["latency_ms"] < 2000, row
        assert line.text("+966500000000", text, channel="sim", identity="t1").status == 200  # the provider says it again
        assert not line.rows("messages", "list") and not line.rows("cases", "list")
        health = line.rows("health")[0]
        assert (health["loops"], health["loops_failing"], health["loop_latency_ms"]) == (1, 0, row["latency_ms"]), health
        figures = {row["by"]: row["cases"] for row in line.rows("figures") if row["value"] == "line > sim"}
        assert figures["loop tests passed, 30 d"] == 1 and figures["loop test latency, ms"] == row["latency_ms"], figures
        kinds = [row["kind"] for row in line.rows("outbox", "list", "--state", "all")]
        assert kinds == ["loop"], kinds


def what_stays_out_is_told_by_another_way_and_its_end_too():
    with sinks.HttpSink() as provider, sinks.HttpSink() as bosses, Line(config(provider, bosses)) as line:
        next_test(provider)
        wait_until(lambda: told(bosses, "loop_test_missing (loop:line>sim)"), "an alarm")
        assert loop(line)["state"] == "failing" and loop(line)["failures"] == 1
        assert line.rows("health")[0]["loops_failing"] == 1
        text = next_test(provider, 1)
        line.text("+966500000000", text, channel="sim")
        wait_until(lambda: told(bosses, "no longer finds"), "the end of the alarm")
        assert len(told(bosses, "loop_test_missing")) == 2  # begin and end
        assert not texts_by_line(provider, "+966500000104"), "the alarm took the way that it is about"


def what_looks_like_a_test_is_a_message():
    with sinks.HttpSink() as provider, sinks.HttpSink() as bosses, Line(config(provider, bosses)) as line:
        text = next_test(provider)
        line.text("+966500000000", text, channel="line")
        wait_until(lambda: len(line.rows("cases", "list")) == 1, "a case of the text on the wrong channel")
        line.text("+966500000000", text, channel="sim")
        line.text("+966511111111", text, channel="sim")  # the code is used up
        wait_until(lambda: len(line.rows("cases", "list")) == 2, "a case of the copied text")


def test_survives_a_restart():
    with sinks.HttpSink() as provider, sinks.HttpSink() as bosses, Line(config(provider, bosses, 'every = "1 h"; within = "3 s";')) as line:
        text = next_test(provider)
        line.kill()
        line.start()
        line.text("+966500000000", text, channel="sim")
        row = loop(line)
        assert (row["last_state"], row["state"]) == ("passed", "ok"), row
        assert len(sent_tests(provider)) == 1, "a start is no reason for another test"
        assert not line.rows("messages", "list")


def reload_takes_a_test_away():
    with sinks.HttpSink() as provider, sinks.HttpSink() as bosses, Line(config(provider, bosses)) as line:
        next_test(provider)
        wait_until(lambda: told(bosses, "loop_test_missing"), "an alarm")
        line.reload(config(provider, bosses).replace("loop_tests = (", "#"))
        assert not line.rows("loops", "list")
        wait_until(lambda: not line.rows("findings", "list"), "the finding is gone with its test")


def modem_texts_itself():
    with sinks.HttpSink() as bosses, Modem() as modem:
        channel = ',\n  { name = "sim1"; kind = "modem"; device = "%s"; country = "SA"; number = "%s"; }' % (modem.link, OURS)
        more = ('loop_tests = ( { from = "sim1"; to = "sim1"; every = "5 s"; within = "3 s"; } );\n'
                'auditor = { contacts = [ "ngo" ]; every = "1 s"; };\n')
        with Line(simple_config(bosses, channels=channel, more=more)) as line:
            driver = subprocess.Popen([os.path.join(helpline.BUILD, "helpline-modem"), "--socket", line.path("workers.sock"), "--name", "sim1"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                text = wait_until(lambda: modem.texts_to(OURS), "a test that went out")[-1]
                assert modem.sent[-1]["part"] is None, "a test is one SMS"
                modem.sms(OURS, text)
                wait_until(lambda: loop(line)["last_state"] == "passed", "a test that came in")
                assert loop(line)["last_sending"] in ("sent", "delivered"), loop(line)
                assert not line.rows("messages", "list") and not line.rows("cases", "list")
                wait_until(lambda: not modem.held(), "an empty card")
                modem.sms("+966511111111", text)  # somebody else, the same words, too late
                wait_until(lambda: len(line.rows("cases", "list")) == 1, "a case of the copied text")
                assert not modem.violations, modem.violations
            finally:
                driver.terminate()
                driver.wait(30)


if __name__ == "__main__":
    tap.run([what_comes_back_is_no_message, what_stays_out_is_told_by_another_way_and_its_end_too, what_looks_like_a_test_is_a_message,
             test_survives_a_restart, reload_takes_a_test_away, modem_texts_itself])
