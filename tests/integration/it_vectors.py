#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_vectors - every committed signature (tests/golden/signatures.json), valid and not, through the real daemon over HTTP.
# What:  one daemon with a channel for each scheme, secret and address; each request byte for byte, with a Host and an X-Forwarded-Host that
#        lie. Then all of it again with the secret as the previous one, and with the query typed into public_url.
# Why:   the daemon's clock is today's, so what is right but old must come in marked late; what is wrong must be refused and kept, and what is
#        right must never be.
# Not here: verdicts at the time of the vector, with a clock that can be set (tests/unit/test_channel_*.c).
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import ROOT, Line, simple_config  # noqa: E402

CHANNELS_MAX = 60  # of one daemon, beside those of simple_config
MARGIN_S = 120
OTHER = "another-secret-than-that"
LIES = {"Host": "elsewhere.example.net", "X-Forwarded-Host": "elsewhere.example.net", "X-Forwarded-Proto": "http", "Forwarded": "host=elsewhere"}


class Scheme:
    """How a scheme of the file is spelled as a channel. `timed`: it signs a time, so that an old request is late."""
    def __init__(self, kind, secret, settings="", has_url=False, in_path=False, timed=False, user=None, direction="in"):
        self.kind, self.secret, self.settings = kind, secret, settings
        self.has_url, self.in_path, self.timed, self.user, self.direction = has_url, in_path, timed, user, direction
        self.previous = secret + "_previous"


SCHEMES = {
    "twilio": Scheme("twilio", "auth_token", 'account_sid = "AC00000000000000000000000000000001"; from = "+962790000002";', has_url=True),
    "vonage_sms": Scheme("vonage_sms", "secret", 'api_key = "abcd1234"; signature_method = "%(algorithm)s";', timed=True),
    "vonage_messages": Scheme("vonage_messages", "secret", timed=True),
    "telnyx": Scheme("telnyx", "public_key", timed=True),
    "plivo_v2": Scheme("plivo", "auth_token", 'auth_id = "MA1";', has_url=True),
    "plivo_v3": Scheme("plivo", "auth_token", 'auth_id = "MA1";', has_url=True),
    "messagebird_jwt": Scheme("messagebird", "signing_key", has_url=True, timed=True),
    "messagebird_legacy": Scheme("messagebird", "signing_key", "accept_legacy = true;", has_url=True, timed=True),
    "bird_channels": Scheme("bird_channels", "signing_key", has_url=True, timed=True),
    "sinch": Scheme("sinch", "secret", 'service_plan_id = "p";', timed=True),
    "android_sms_gateway": Scheme("android_sms_gateway", "secret", timed=True),
    "httpsms": Scheme("httpsms", "secret", has_url=True),
    "standard_webhooks": Scheme("generic", "secret", 'auth = "standard_webhooks"; format = "json"; field_text = "/data";', timed=True),
    "whatsapp_cloud": Scheme("whatsapp_cloud", "app_secret", 'phone_number_id = "1";'),
    "infobip": Scheme("infobip", "auth_password", user="auth_user"),
    "46elks": Scheme("46elks", "webhook_password", user="webhook_user"),
    "telerivet": Scheme("telerivet", "secret"),
    "kannel": Scheme("kannel", "token"),
    "africastalking": Scheme("africastalking", "token", 'username = "helpline"; api_key = "k";', in_path=True),
    # What contacts do where they read their alerts: these send, and take only that back.
    "slack": Scheme("slack", "signing_secret", direction="both"),
    "telegram": Scheme("telegram", "secret_token", 'token = "1234567890:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";', direction="both"),
    "pagerduty": Scheme("pagerduty", "webhook_secret", 'routing_key = "%s";' % ("r" * 32), direction="both"),
}
# Signed and read, and there is nothing to be kept: reports of what was never sent, pings, acts on alerts that nobody has.
NOTHING_TO_KEEP = (
    ("twilio", "the example that the manual of the provider prints: the query stays in the URL"), ("twilio", "no field at all"),
    ("plivo_v3", "a POST without fields"),
    ("android_sms_gateway", "android_sms_gateway: a report"), ("sinch", "sinch: a report"), ("telnyx", "telnyx: a report"),
    ("infobip", "infobip: the scheme in lower case"), ("infobip", "infobip: letters beyond ASCII"),
    ("messagebird_jwt", "a report by GET has no digest of a body"), ("messagebird_legacy", "the query is sorted before signing"),
)


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def load():
    with open(os.path.join(ROOT, "tests/golden/signatures.json"), encoding="utf-8") as file:
        return [item for item in (fresh(item) for item in json.load(file)) if item]


def coded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hmac_of(item, text):
    return hmac.new(item["secret"].encode(), text.encode(), hashlib.sha256)


def fresh_token(item):
    parts = item["headers"].get("Authorization", "")[len("Bearer "):].split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
    except (ValueError, IndexError):
        return item
    if len(parts) != 3 or coded(hmac_of(item, parts[0] + "." + parts[1]).digest()) != parts[2]:
        return item
    times = {name: claims[name] for name in ("iat", "nbf", "exp") if isinstance(claims.get(name), (int, float))}
    if any(abs(times[name] - item["now_s"]) < MARGIN_S for name in times if name != "iat"):
        return None
    shift = int(time.time()) - item["now_s"]
    text = parts[0] + "." + coded(json.dumps(dict(claims, **{name: at + shift for name, at in times.items()})).encode())
    return dict(item, headers=dict(item["headers"], Authorization="Bearer " + text + "." + coded(hmac_of(item, text).digest())))


def fresh_slack(item):
    at, given = item["headers"].get("X-Slack-Request-Timestamp", ""), item["headers"].get("X-Slack-Signature")
    if not at.isdigit() or given != "v0=" + hmac_of(item, "v0:%s:%s" % (at, item["body"])).hexdigest():
        return item
    if abs(item["now_s"] - int(at)) > MARGIN_S:
        return None if item["verdict"] != "invalid" else item
    now = str(int(time.time()))
    signature = "v0=" + hmac_of(item, "v0:%s:%s" % (now, item["body"])).hexdigest()
    return dict(item, headers=dict(item["headers"], **{"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}))


def fresh(item):
    """What is refused once it is old is signed anew for today, if its secret had signed it. None for what begins or ends within seconds:
    today's clock does not stand still (test_channel_httpsms.c and test_channel_slack.c have them)."""
    makers = {"httpsms": fresh_token, "slack": fresh_slack}
    return makers.get(item["scheme"], lambda same: same)(item)


def secret_of(item, scheme):
    return item["secret"].split(":", 1)[1] if scheme.user else item["secret"]


def channel_of(item, mode):
    """The group of the configuration for this vector, without its name."""
    scheme = SCHEMES[item["scheme"]]
    secret = secret_of(item, scheme)
    text = 'kind = "%s"; country = "SA"; direction = "%s"; %s' % (scheme.kind, scheme.direction, scheme.settings % {"algorithm": item.get("algorithm", "sha256hmac")})
    if mode == "previous":
        text += "%s = %s; %s = %s;" % (scheme.secret, quoted(other_secret(item)), scheme.previous, quoted(secret))
    else:
        text += "%s = %s;" % (scheme.secret, quoted(secret))
    if scheme.user:
        text += "%s = %s;" % (scheme.user, quoted(item["secret"].split(":", 1)[0]))
    if scheme.has_url:
        text += "public_url = %s;" % quoted(item["url"] if mode == "typed" else item["url"].split("?")[0])
    return text


def other_secret(item):
    if item["scheme"] == "telnyx":
        return base64.b64encode(bytes(range(100, 132))).decode()
    if item["scheme"] == "standard_webhooks":
        return "whsec_" + base64.b64encode(OTHER.encode()).decode()
    return OTHER


def request_of(item, name, mode):
    """(method, path, body, headers) as they go over the wire."""
    scheme = SCHEMES[item["scheme"]]
    url = urllib.parse.urlsplit(item["url"])
    query = item["url"].split("?", 1)[1] if "?" in item["url"] and mode != "typed" else None
    path = "/in/%s/message" % name
    if scheme.in_path:
        path += "/" + url.path.rsplit("/", 1)[1]
    return item["method"], path if query is None else path + "?" + query, item["body"].encode(), dict(item["headers"], **LIES)


@contextlib.contextmanager
def with_channels(groups):
    text = "".join(', { name = "%s"; %s }' % (name, group) for group, name in groups.items())
    with sinks.HttpSink() as sink, Line(simple_config(sink, channels=text), with_sender=False) as line:
        yield line


def batches(items, mode):
    """Vectors in their order, in groups whose channels fit one daemon."""
    groups, batch = {}, []
    for item in items:
        group = channel_of(item, mode)
        if group not in groups and len(groups) == CHANNELS_MAX:
            yield groups, batch
            groups, batch = {}, []
        groups.setdefault(group, "c%d" % len(groups))
        batch.append((item, groups[group]))
    if batch:
        yield groups, batch


def is_unframed(item):
    """A GET with a body is refused before anybody looks at its signature."""
    return item["method"] == "GET" and bool(item["body"])


def judge(line, item, name, mode):
    """Sends one and returns what is wrong, or None."""
    before = len(line.log())
    status = line.request(*request_of(item, name, mode)).status
    said = line.log()[before:]
    refused = re.findall(r"event=quarantined .*channel=%s .*reason=signature" % name, said)
    stored = re.findall(r"event=message_stored .*channel=%s\b" % name, said)
    wanted = item["verdict"]
    if is_unframed(item):
        is_right = status == 400 and not said
    elif wanted == "invalid":
        is_right = status == 403 and len(refused) == 1 and not stored and "message_duplicate" not in said
    else:
        traces = stored or re.findall(r"event=(?:message_duplicate|quarantined) .*channel=%s\b" % name, said)
        is_acts = SCHEMES[item["scheme"]].direction == "both"
        is_kept = bool(traces) or is_acts or (item["scheme"], item["name"]) in NOTHING_TO_KEEP
        is_answered = 200 <= status < 300 or (status == 400 and "reason=malformed" in said)  # proved, and not to be read
        is_right = is_answered and not refused and is_kept
    return None if is_right else "%s: %s (%s, %s): %d %s" % (item["scheme"], item["name"], wanted, mode, status, said.strip()[-300:])


def run(mode, items):
    wrong, stored, late = [], 0, 0
    for groups, batch in batches(items, mode):
        with with_channels(groups) as line:
            kinds = {name: item["scheme"] for item, name in batch}
            wrong += [one for one in (judge(line, item, name, mode) for item, name in batch) if one]
            rows = line.rows("messages", "list", "--limit", "1000")
            stored += len(rows)
            late += sum(row["late"] for row in rows)
            wrong += ["%s: late is %s" % (kinds[row["channel"]], row["late"]) for row in rows
                      if row["late"] != SCHEMES[kinds[row["channel"]]].timed]
            held = line.rows("quarantine", "list", "--limit", "1000")
            refused = sum(item["verdict"] == "invalid" and not is_unframed(item) for item, _ in batch)
            if sum(row["reason"] == "signature" for row in held) != refused:
                wrong.append("%s: %d refused, %d kept" % (mode, refused, len(held)))
    assert not wrong, "\n".join(wrong[:20])
    return stored, late


def each_scheme_of_the_file_has_a_channel():
    items = load()
    missing = {item["scheme"] for item in items} - set(SCHEMES)
    assert not missing, missing
    for scheme in sorted({item["scheme"] for item in items}):
        verdicts = {item["verdict"] == "invalid" for item in items if item["scheme"] == scheme}
        assert verdicts == {True, False}, (scheme, verdicts)
    assert len(items) >= 270, len(items)


def signed_request_is_taken_and_another_is_refused_and_kept():
    stored, late = run("current", load())
    assert stored >= 25 and late >= 10, (stored, late)


def previous_secret_counts_as_much():
    stored, late = run("previous", load())
    assert stored >= 25 and late >= 10, (stored, late)


def query_that_was_typed_and_lost_on_the_way_is_signed_all_the_same():
    items = [item for item in load() if SCHEMES[item["scheme"]].has_url and "?" in item["url"] and item["method"] == "POST"
             and item["scheme"] not in ("messagebird_legacy",)]
    assert len(items) > 8, len(items)
    run("typed", items)


tap.run([
    each_scheme_of_the_file_has_a_channel,
    signed_request_is_taken_and_another_is_refused_and_kept,
    previous_secret_counts_as_much,
    query_that_was_typed_and_lost_on_the_way_is_signed_all_the_same,
])
