#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_catchup - what no webhook brought is fetched from the provider's own list.
# What:  the real daemon and sender against lists as Twilio and Infobip keep them: after an outage of the webhooks, after one of the
#        daemon, with a list that is broken, slow or refuses us, and with a daemon that is killed between question and answer.
# Not here: what each provider's list looks like (test_channel_listings), when it is asked (test_catchup).
import email.utils
import json
import os
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TOKEN, Line, alerts_at, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
OURS = "+966500000000"
TEXT = "tulong po sinasaktan ako ng amo ko"
HOUR_S = 3600
PAGE = 20


class TwilioList:
    """What Twilio has in its log: pages of 20, newest first."""

    def __init__(self):
        self.messages, self.lock, self.step = [], threading.Lock(), None

    def add(self, sid, sender=HER, text=TEXT, ago=HOUR_S, direction="inbound"):
        with self.lock:
            self.messages.append({"sid": sid, "direction": direction, "from": sender, "to": OURS, "body": text, "status": "received",
                                  "date_sent": email.utils.formatdate(time.time() - ago), "price": None, "new_field": {"x": [1]}})
            self.messages.sort(key=lambda one: email.utils.parsedate_to_datetime(one["date_sent"]), reverse=True)

    def page(self, number):
        with self.lock:
            part = self.messages[number * PAGE:(number + 1) * PAGE]
            is_last = len(self.messages) <= (number + 1) * PAGE
        link = "/2010-04-01/Accounts/AC0/Messages.json?PageSize=20&Page=%d&PageToken=PA%d" % (number + 1, number + 1)
        return {"body": json.dumps({"messages": part, "page": number, "next_page_uri": None if is_last else link})}

    def answer(self, path):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
        return self.step or self.page(int(query.get("Page", ["0"])[0]))


class InfobipList:
    """What Infobip has not handed out yet: each message is given once."""

    def __init__(self):
        self.messages, self.lock, self.step = [], threading.Lock(), None

    def add(self, identity, sender=HER, text=TEXT, ago=HOUR_S):
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(time.time() - ago))
        with self.lock:
            self.messages.append({"messageId": identity, "from": sender.lstrip("+"), "to": OURS.lstrip("+"), "text": text,
                                  "cleanText": text, "receivedAt": at, "smsCount": 1})

    def answer(self, path):
        del path
        if self.step:
            return self.step
        with self.lock:
            given, self.messages = self.messages[:2], self.messages[2:]
            return {"body": json.dumps({"results": given, "messageCount": len(given), "pendingMessageCount": len(self.messages)})}


class ListHandler(sinks.HttpHandler):
    """Answers what the list makes of this very request."""

    def answer(self):
        sink = self.server.sink
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        step = sink.content.answer(self.path)
        sink.record.add({"at": time.time(), "method": self.command, "path": self.path, "headers": dict(self.headers.items())})
        time.sleep(step.get("delay", 0))
        self.write_step(step)

    do_GET = do_POST = sinks.HttpHandler.guarded


def list_sink(content):
    sink = sinks.HttpSink()
    sink.content = content
    sink.server.RequestHandlerClass = ListHandler
    return sink


def twilio_line(provider, extra='catch_up = "300 ms";'):
    return ('{ name = "line"; kind = "twilio"; account_sid = "AC00000000000000000000000000000000"; auth_token = "%s"; api_url = "%s"; '
            'public_url = "https://line.example.org/in/line/message"; from = "%s"; country = "SA"; %s }' % (TOKEN, provider.url(""), OURS, extra))


def infobip_line(provider, extra='catch_up = "300 ms";'):
    return ('{ name = "line"; kind = "infobip"; auth_user = "u"; auth_password = "p"; api_url = "%s"; api_key = "k"; country = "SA"; %s }'
            % (provider.url(""), extra))


def channel(line):
    return line.ctl_json("channels", "list")[0]


def messages(line, count):
    """The stored texts once there are at least `count`."""
    return wait_until(lambda: len(line.rows("messages", "list")) >= count and line.rows("messages", "list"), "%d messages" % count)


def polled_again(line, provider, more=2):
    """Returns when the list was asked so often after now, and the last answer has been read."""
    before = len(provider.requests)
    wait_until(lambda: len(provider.requests) >= before + more, "%d more questions" % more)


# ---- the webhooks were down ------------------------------------------------------------------------------------

def hour_without_webhooks_loses_nothing_and_doubles_nothing():
    content = TwilioList()
    for number in range(45):  # three pages
        content.add("SM%d" % number, sender="+9665011%05d" % number, ago=HOUR_S - number)
    content.add("SM900", direction="outbound-api", text="ours")
    content.add("SM901", ago=30 * 24 * HOUR_S, text="long ago")
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
        found = messages(line, 45)
        polled_again(line, provider)
        assert len(line.rows("messages", "list")) == 45
        assert all(row["late"] for row in found), found[0]
        alerts = received(sink, count=45)
        assert len({alert["case"] for alert in alerts}) == 45
        assert channel(line)["late_found"] == 45 and channel(line)["poll_error"] == "" and channel(line)["last_poll_at"], channel(line)
        assert len(line.events("catch_up_found")) >= 1
        for number in (0, 20, 44):  # the provider comes round to its webhooks after all
            assert line.twilio("+9665011%05d" % number, TEXT, identity="SM%d" % number, to=OURS).status == 200
        assert len(line.rows("messages", "list")) == 45
        assert len(alerts_at(sink)) == 45


def text_that_a_webhook_brought_is_not_late_and_is_not_fetched():
    content = TwilioList()
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
        line.twilio(HER, TEXT, identity="SM1", to=OURS)
        content.add("SM1", ago=0)
        polled_again(line, provider)
        rows = line.rows("messages", "list")
        assert len(rows) == 1 and not rows[0]["late"], rows
        assert channel(line)["late_found"] == 0


def what_the_provider_gives_only_once_is_taken_page_by_page():
    content = InfobipList()
    for number in range(5):
        content.add("m%d" % number, sender="+96650111000%d" % number)
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=infobip_line(provider))) as line:
        assert all(row["late"] for row in messages(line, 5))
        received(sink, count=5)
        assert provider.requests[0]["headers"]["Authorization"] == "App k"
        body = json.dumps({"results": [{"messageId": "m3", "from": "966501110003", "to": OURS, "text": TEXT}]})
        login = {"Authorization": "Basic dTpw", "Content-Type": "application/json"}
        assert line.request("POST", "/in/line/message", body, login).status == 200
        assert len(line.rows("messages", "list")) == 5
        content.add("m9", text=TEXT + " na")
        messages(line, 6)


# ---- the list is in trouble ------------------------------------------------------------------------------------

def broken_list_is_asked_again_and_touches_neither_receiving_nor_alerts():
    for label, step in (("500", {"status": 500}), ("401", {"status": 401, "body": '{"code":20003}'}), ("no JSON", {"body": "<html>"}),
                        ("closed", {"close": "before"}), ("cut", {"close": "middle", "body": '{"messages":[]}'})):
        content = TwilioList()
        content.step = step
        with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
            wait_until(lambda: channel(line)["poll_error"], "a failure of the list (%s)" % label)
            is_refused = channel(line)["poll_error"] == "bad_config"
            assert is_refused == (label == "401"), (label, channel(line))
            assert line.ctl_json("health")[0]["lists_failing"] == 1, label
            assert channel(line)["state"] == "ok" and channel(line)["failures"] == 0, (label, channel(line))
            assert len(line.events("catch_up_paused")) == (label == "401"), label
            line.twilio(HER, TEXT, identity="SM1", to=OURS)
            received(sink)
            content.add("SM2", sender="+966501110002")
            content.step = None
            if is_refused:
                line.reload()  # nobody waits an hour for a token that was corrected
            messages(line, 2)
            assert channel(line)["poll_error"] == "", label


def slow_list_delays_no_alert():
    content = TwilioList()
    content.step = {"delay": 5 if not tap.IS_SANITIZED else 15, "body": '{"messages":[]}'}
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
        wait_until(lambda: provider.requests, "a question")
        begin = time.monotonic()
        line.twilio(HER, TEXT, to=OURS)
        received(sink)
        assert time.monotonic() - begin < content.step["delay"], "the text waited for the list"
        assert len(provider.requests) == 1  # one at a time


# ---- the daemon is in trouble ----------------------------------------------------------------------------------

def daemon_that_is_killed_before_the_answer_asks_again():
    content = TwilioList()
    content.add("SM1")
    content.step = {"delay": 1, "body": json.dumps({"messages": content.messages})}
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
        wait_until(lambda: provider.requests, "a question")
        line.kill()
        line.start()
        rows = messages(line, 1)
        polled_again(line, provider, 1)
        assert len(rows) == 1 and len(line.rows("messages", "list")) == 1
        assert len(received(sink)) == 1


def outage_of_the_daemon_itself_is_covered_from_where_it_ended():
    content = TwilioList()
    with sinks.HttpSink() as sink, list_sink(content) as provider, Line(simple_config(sink, line=twilio_line(provider))) as line:
        wait_until(lambda: channel(line)["last_poll_at"], "a first answer")
        line.end()
        content.add("SM1", ago=1)
        asked = len(provider.requests)
        line.start()
        messages(line, 1)
        since = urllib.parse.parse_qs(urllib.parse.urlsplit(provider.requests[asked]["path"]).query)["DateSent>"][0]
        age = time.time() - time.mktime(time.strptime(since, "%Y-%m-%dT%H:%M:%SZ")) + time.timezone
        assert 14 * 60 < age < 17 * 60, since


def list_that_is_turned_off_is_not_asked():
    content = TwilioList()
    content.add("SM1")
    with sinks.HttpSink() as sink, list_sink(content) as provider:
        with Line(simple_config(sink, line=twilio_line(provider, 'catch_up = "0 s";'))) as line:
            line.twilio(HER, TEXT, to=OURS)
            received(sink)
            assert provider.requests == []
            line.reload(simple_config(sink, line=twilio_line(provider)))
            messages(line, 2)


tap.run([
    hour_without_webhooks_loses_nothing_and_doubles_nothing,
    text_that_a_webhook_brought_is_not_late_and_is_not_fetched,
    what_the_provider_gives_only_once_is_taken_page_by_page,
    broken_list_is_asked_again_and_touches_neither_receiving_nor_alerts,
    slow_list_delays_no_alert,
    daemon_that_is_killed_before_the_answer_asks_again,
    outage_of_the_daemon_itself_is_covered_from_where_it_ended,
    list_that_is_turned_off_is_not_asked,
])
