#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_channels - an operator sets up a provider: `channels test`, shadow mode, a secret that was changed at one end only.
# Keeps: nothing that is printed holds a secret; a test of a channel stores and sends nothing.
import contextlib
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TOKEN, TWILIO_LINE, Line, simple_config, wait_until  # noqa: E402

OTHER = "f" * 32
TOKEN_LINE = '{ name = "line"; kind = "generic"; auth = "token"; secret = "secret-of-a-test"; country = "SA"; %s }'
SHADOW = 'signature = "shadow";'


@contextlib.contextmanager
def with_line(line=TWILIO_LINE, with_sender=True, channels=""):
    with sinks.HttpSink() as sink, Line(simple_config(sink, line=line, channels=channels), with_sender=with_sender) as running:
        running.sink = sink
        yield running


def look(line, name="line"):
    """The checks of a channel by name: (state, sentence); and the exit code."""
    done = line.ctl("channels", "test", name, "--json", check=False)
    rows = [json.loads(row) for row in done.stdout.splitlines() if row.startswith("{")]
    assert all(list(row) == ["check", "state", "what"] and row["state"] in ("ok", "wrong", "unknown") for row in rows), rows
    return {row["check"]: (row["state"], row["what"]) for row in rows}, done.returncode


def wrong(checks):
    return sorted(name for name, (state, _) in checks.items() if state == "wrong")


def sound_channel_is_found_sound_and_nothing_is_stored_or_sent():
    with with_line() as line:
        checks, code = look(line)
        assert (code, wrong(checks)) == (0, []), checks
        for name in ("enabled", "signature", "secret", "message", "forgery", "public_url", "refused", "sending", "sender", "health"):
            assert checks[name][0] == "ok", (name, checks[name])
        assert checks["last_received"][0] == "unknown"
        assert not line.rows("messages", "list") and not line.rows("quarantine", "list") and not line.sink.requests
        line.twilio("+966505550123", "he beats me")
        assert look(line)[0]["last_received"][0] == "ok"
        text = line.ctl("channels", "test", "line")
        assert TOKEN not in text.stdout + text.stderr
        assert re.search(r"^secret +ok ", text.stdout, re.M), text.stdout


def each_mistake_is_named_with_what_to_do():
    good = 'public_url = "https://line.example.org/in/line/message"'
    table = (
        ("plain http", good.replace("https", "http"), "public_url", "https"),
        ("a loopback address", 'public_url = "https://localhost/in/line/message"', "public_url", "only programs on this machine"),
        ("another channel's path", 'public_url = "https://line.example.org/in/other/message"', "public_url", "/in/line/message"),
        ("the path of reports", 'public_url = "https://line.example.org/in/line/status"', "public_url", "/in/line/message"),
        ("a channel that is off", good + '; enabled = false', "enabled", "enabled"),
        ("shadow mode", good + '; signature = "shadow"', "signature", "enforce"),
    )
    with sinks.HttpSink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        for label, written, check, words in table:
            line.reload(simple_config(sink, line=TWILIO_LINE.replace(good, written)))
            checks, code = look(line)
            assert (code, wrong(checks)) == (1, [check]) and words in checks[check][1], (label, code, checks)
        line.end_sender()
        line.reload(simple_config(sink, line=TWILIO_LINE))
        wait_until(lambda: line.ctl_json("health", check=False)[0]["senders"] == 0, "the sender to be gone")
        checks, code = look(line)
        assert (code, wrong(checks)) == (1, ["sender"]), checks


def alert_channel_and_unknown_name_are_answered_too():
    team = ', { name = "team"; kind = "slack"; signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"; }, { name = "quiet"; kind = "slack"; }'
    with with_line(channels=team) as line:
        checks, code = look(line, "desk")
        assert code == 0 and checks["sending"][0] == "ok" and "secret" not in checks, checks
        checks, code = look(line, "team")
        assert code == 0 and checks["secret"][0] == checks["forgery"][0] == "ok" and "message" not in checks, checks
        assert look(line, "quiet")[0]["secret"][0] == "unknown"
        done = line.ctl("channels", "test", "nowhere", check=False)
        assert done.returncode == 1 and "no channel of that name" in done.stderr, done
        assert line.ctl("channels", "test", check=False).returncode == 2


def secret_that_was_changed_at_the_provider_alone_is_found():
    with with_line() as line:
        assert line.twilio("+966505550123", "he beats me", token=OTHER).status == 403
        checks, code = look(line)
        assert (code, wrong(checks)) == (1, ["refused"]) and "quarantine 1" in checks["refused"][1], checks
        line.reload(simple_config(line.sink, line=TWILIO_LINE.replace(TOKEN, OTHER)))
        checks, code = look(line)
        assert code == 1 and "quarantine release 1" in checks["refused"][1], checks
        line.ctl("quarantine", "release", "1")
        assert look(line)[1] == 0
        assert len(line.rows("messages", "list")) == 1


def hint_for_outside_is_a_command_without_a_secret():
    with with_line(TWILIO_LINE.replace("/in/line/message", "/in/line/message?desk=" + "5" * 20)) as line:
        state, what = look(line)[0]["outside"]
        command = re.search(r"curl .*?'https://[^']*'", what).group(0)
        assert state == "unknown" and "555" not in command and TOKEN not in command, what
        address = "http://%s:%d" % line.address
        done = subprocess.run(["sh", "-c", command.replace("https://line.example.org", address)], capture_output=True, text=True, check=False)
        if done.returncode == 127:
            raise tap.Skip("there is no curl")
        assert done.stdout == "403\n", done


def shadow_mode_takes_marks_counts_and_ends():
    with with_line(TOKEN_LINE % SHADOW) as line:
        def channel():
            return [row for row in line.rows("channels", "list") if row["channel"] == "line"][0]
        assert line.text("+966505550123", "he beats me").status == 200  # carries no token
        message = line.rows("messages", "list")[0]
        assert message["unproved"] is True and message["case"], message
        assert (channel()["signature"], channel()["unproved"]) == ("shadow", 1)
        assert line.ctl_json("health")[0]["shadow"] == 1
        assert not line.rows("quarantine", "list")
        assert any("unproved" in row["detail"] for row in line.rows("audit", "list"))
        assert line.events("message_unproved") and any("shadow" in row for row in line.events("config_warning"))
        said = line.say("--check-config", "--config", line.path("helplined.conf"))
        assert said.returncode == 0 and "shadow" in said.stdout + said.stderr, said
        assert wrong(look(line)[0]) == ["signature"]
        line.reload(simple_config(line.sink, line=TOKEN_LINE % ""))
        assert line.text("+966505550124", "he beats me").status == 403
        assert (channel()["signature"], channel()["unproved"], line.ctl_json("health")[0]["shadow"]) == ("enforce", 1, 0)
        assert len(line.rows("messages", "list")) == 1 and len(line.rows("quarantine", "list")) == 1


tap.run([
    sound_channel_is_found_sound_and_nothing_is_stored_or_sent,
    each_mistake_is_named_with_what_to_do,
    alert_channel_and_unknown_name_are_answered_too,
    secret_that_was_changed_at_the_provider_alone_is_found,
    hint_for_outside_is_a_command_without_a_secret,
    shadow_mode_takes_marks_counts_and_ends,
])
