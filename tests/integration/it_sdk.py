#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_sdk - the providers' own libraries sign requests to the running daemon, and check what the daemon signs.
# What:  each signs a text now: it is stored; with one byte changed it is refused and kept; with the secret that was changed a moment ago
#        it is stored too. The alert that follows is checked by the library of Standard Webhooks.
# Why:   vectors show that we read a description as it was meant; the libraries are what a provider's platform was tested with.
# Keeps: skipped, with the reason, where node or the packages are not there: `make sdk` fetches them into build/sdk and then insists.
import contextlib
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import ROOT, WEBHOOK_SECRET, Line, received, simple_config  # noqa: E402

MODULES = os.path.join(ROOT, "build/sdk/node_modules")
MUST = os.environ.get("HELPLINED_SDK") == "must"
KEY = "a-key-of-thirty-two-letters-and-more"
OTHER = "another-key-of-thirty-two-letters-or-so"
WHSEC = "whsec_bm8gb25lIGVsc2Uga25vd3MgdGhpcyBzZWNyZXQhIQ=="
WHSEC_OTHER = "whsec_YW5vdGhlciBzZWNyZXQgdGhhdCBub2JvZHkga25vd3M="
URL = "https://line.example.org/in/%s/message"
# sdk: kind, key of the secret, other settings, secret, secret of another
CHANNELS = {
    "twilio": ("twilio", "auth_token", 'account_sid = "AC%s"; from = "+966500000000"; public_url = "%s";' % ("0" * 32, URL % "twilio"), KEY, OTHER),
    "telnyx": ("telnyx", "public_key", "", KEY, OTHER),
    "vonage": ("vonage_messages", "secret", "", KEY, OTHER),
    "plivo": ("plivo", "auth_token", 'auth_id = "MA1"; public_url = "%s";' % (URL % "plivo"), KEY, OTHER),
    "messagebird": ("messagebird", "signing_key", 'public_url = "%s";' % (URL % "messagebird"), KEY, OTHER),
    "standardwebhooks": ("generic", "secret", 'auth = "standard_webhooks"; format = "json";', WHSEC, WHSEC_OTHER),
}


class Libraries:
    """tests/sdk/sign.js: asked one thing at a time."""
    def __init__(self):
        if not shutil.which("node") or not os.path.isdir(MODULES):
            reason = "no node" if not shutil.which("node") else "no packages in build/sdk (make sdk fetches them)"
            if MUST:
                raise AssertionError(reason)
            raise tap.Skip(reason)
        self.node = subprocess.Popen(["node", os.path.join(ROOT, "tests/sdk/sign.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     env=dict(os.environ, NODE_PATH=MODULES), text=True)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.node.stdin.close()
        self.node.wait(20)
        self.node.stdout.close()

    def ask(self, **what):
        self.node.stdin.write(json.dumps(what) + "\n")
        self.node.stdin.flush()
        answer = self.node.stdout.readline()
        assert answer, "sign.js has ended"
        return json.loads(answer)

    def sign(self, sdk, secret, text):
        made = self.ask(sdk=sdk, secret=secret, url=URL % sdk, text=text, **{"from": "+966501110001"})
        assert made["accepts"] and not made["accepts_altered"], (sdk, made)
        return made


def config_of(libraries, sdk, secret, previous):
    kind, key, more, _, _ = CHANNELS[sdk]
    if sdk == "telnyx":
        secret, previous = (libraries.ask(key=one)["public_key"] if one else "" for one in (secret, previous))
    text = '{ name = "%s"; kind = "%s"; country = "SA"; direction = "in"; %s %s = "%s";' % (sdk, kind, more, key, secret)
    return ", " + text + (' %s_previous = "%s"; }' % (key, previous) if previous else " }")


@contextlib.contextmanager
def with_line(is_rotated=False):
    with Libraries() as libraries, sinks.HttpSink(secret=WEBHOOK_SECRET) as sink:
        channels = "".join(config_of(libraries, sdk, row[4] if is_rotated else row[3], row[3] if is_rotated else None) for sdk, row in CHANNELS.items())
        with Line(simple_config(sink, channels=channels)) as line:
            line.sink, line.libraries = sink, libraries
            yield line


def post(line, sdk, made, body):
    return line.request("POST", "/in/%s/message" % sdk, body.encode(), dict(made["headers"], Host="elsewhere.example.net")).status


def text_that_a_library_signs_is_stored():
    with with_line() as line:
        for sdk, row in CHANNELS.items():
            text = "tulong po, walang asin salt & sugar = 50% \u0633\u0627\u0639\u062f\u0648\u0646\u064a " + sdk
            made = line.libraries.sign(sdk, row[3], text)
            assert post(line, sdk, made, made["body"]) == 200, (sdk, made, line.log()[-500:])
        rows = line.rows("messages", "list")
        assert {row["channel"] for row in rows} == set(CHANNELS) and not any(row["late"] for row in rows), rows
        shown = line.ctl_json("messages", "show", str(rows[0]["message"]))
        assert "50% \u0633\u0627\u0639\u062f\u0648\u0646\u064a" in json.dumps(shown, ensure_ascii=False), shown


def one_byte_more_or_less_is_refused_and_kept():
    with with_line() as line:
        for sdk, row in CHANNELS.items():
            made = line.libraries.sign(sdk, row[3], "no salt")
            assert made["altered"] != made["body"]
            assert post(line, sdk, made, made["altered"]) == 403, sdk
            other = line.libraries.sign(sdk, row[4], "no salt")
            assert post(line, sdk, other, other["body"]) == 403, sdk
        held = line.rows("quarantine", "list")
        assert not line.rows("messages", "list") and len(held) == 2 * len(CHANNELS), held
        assert {row["reason"] for row in held} == {"signature"}, held


def secret_that_was_changed_counts_with_the_new_one():
    with with_line(is_rotated=True) as line:
        for sdk, row in CHANNELS.items():
            for secret in (row[3], row[4]):
                made = line.libraries.sign(sdk, secret, "salt %s %s" % (sdk, secret))
                assert post(line, sdk, made, made["body"]) == 200, (sdk, line.log()[-500:])
        assert len(line.rows("messages", "list")) == 2 * len(CHANNELS)


def alert_of_ours_is_accepted_by_their_library():
    with with_line() as line:
        line.text("+966505550123", "he beats me \u0633\u0627\u0639\u062f\u0648\u0646\u064a")
        received(line.sink)
        item = [one for one in line.sink.requests if json.loads(one["body"])["type"] == "alert"][0]
        for body, wanted in ((item["body"], True), (item["body"] + " ", False)):
            assert line.libraries.ask(check="standardwebhooks", secret=WEBHOOK_SECRET, headers=item["headers"], body=body)["accepts"] is wanted
        assert not line.libraries.ask(check="standardwebhooks", secret=WHSEC, headers=item["headers"], body=item["body"])["accepts"]


tap.run([
    text_that_a_library_signs_is_stored,
    one_byte_more_or_less_is_refused_and_kept,
    secret_that_was_changed_counts_with_the_new_one,
    alert_of_ours_is_accepted_by_their_library,
])
