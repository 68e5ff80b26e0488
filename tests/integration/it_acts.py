#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_acts - a contact answers where it reads the alert: a button in a chat, an acknowledgement at a pager, words typed to the bot.
# What:  the real daemon and sender against a sink that answers as Telegram, Slack and PagerDuty do; the touches come back as these
#        providers post them, and as forgers would.
# Not here: every form a request may have (test_channel_telegram, test_channel_slack, test_channel_pagerduty).
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
from helpline import Line, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
URGENT = "tulong po sinasaktan ako ng amo ko"
GROUP = -1001234567890
TOKEN, SIGNING, PAGER = "tg-secret-0123456789", "slack-signing-secret", "pager-secret-0123456789"
ROUTING = "0123456789abcdef0123456789abcdef"
SCRIPT = {
    "/bot12:Ab/sendMessage": [{"body": '{"ok":true,"result":{"message_id":7}}'}],
    "/services/T/B/X": [{"body": "ok"}],
    "/v2/enqueue": [{"status": 202, "body": '{"status":"success","message":"x","dedup_key":"k"}'}],
    "*": [{}],
}
ALL = '{ name = "all"; steps = ( { contacts = [ "chat", "team", "pager", "ngo" ]; } ); }'


def contact(name, channel, to="default"):
    return '{ name = "%s"; title = "%s"; kind = "ngo"; trust = "full"; addresses = ( { channel = "%s"; to = "%s"; } ); }' % (
        name, name.title(), channel, to)


def configuration(sink, **more):
    retry = 'retry_first = "100 ms"; retry_max = "1 s";'
    channels = """,
  {{ name = "bot"; kind = "telegram"; token = "12:Ab"; chat_id = "{group}"; secret_token = "{token}"; api_url = "{url}"; {retry} }},
  {{ name = "slack"; kind = "slack"; hook = "T/B/X"; signing_secret = "{signing}"; api_url = "{url}/services"; {retry} }},
  {{ name = "pd"; kind = "pagerduty"; routing_key = "{routing}"; webhook_secret = "{pager}"; api_url = "{url}"; {retry} }}""".format(
        group=GROUP, token=TOKEN, signing=SIGNING, routing=ROUTING, pager=PAGER, url=sink.url("").rstrip("/"), retry=retry)
    contacts = ", ".join([contact("chat", "bot"), contact("team", "slack"), contact("pager", "pd"), desk(sink)])
    return simple_config(sink, channels=channels, contacts=contacts, policy=ALL, **more)


# ---- what went out

def sent(sink, path, condition=lambda body: True):
    return [json.loads(item["body"]) for item in sink.requests
            if item["path"] == path and condition(json.loads(item["body"]))]


def to_chat(sink, word=""):
    return sent(sink, "/bot12:Ab/sendMessage", lambda body: word in body["text"])


def to_team(sink, word=""):
    return sent(sink, "/services/T/B/X", lambda body: word in body["text"])


def to_pager(sink, action):
    return sent(sink, "/v2/enqueue", lambda body: body["event_action"] == action)


def buttons(sink):
    """callback_data of the newest alert in the chat: (take, decline)"""
    alert = wait_until(lambda: to_chat(sink, "Text of"), "an alert in the chat")[-1]
    row = alert["reply_markup"]["inline_keyboard"][0]
    for button in row:
        assert len(button["callback_data"].encode()) <= 64, row
    return row[0]["callback_data"], row[1]["callback_data"]


def all_told(line, sink):
    received(sink, "/ngo")
    wait_until(lambda: to_chat(sink) and to_team(sink) and to_pager(sink, "trigger"), "everybody is asked")
    wait_until(lambda: not line.rows("outbox", "list", "--state", "leased"), "nothing is on its way")


# ---- what comes back

def touch(line, data, identity="q1", chat=GROUP, token=TOKEN, action="message"):
    query = {"id": identity, "from": {"id": 42, "is_bot": False, "first_name": "Maria", "last_name": "Cruz"},
             "message": {"message_id": 7, "chat": {"id": chat, "type": "supergroup"}, "date": 1767225600}, "data": data}
    return update(line, {"callback_query": query}, token, action)


def update(line, fields, token=TOKEN, action="message"):
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = token
    return line.request("POST", "/in/bot/" + action, json.dumps(dict(fields, update_id=1)).encode(), headers)


def typed(line, text, identity=1, chat=GROUP, kind="supergroup"):
    message = {"message_id": identity, "from": {"id": 42, "is_bot": False, "first_name": "Maria"},
               "chat": {"id": chat, "type": kind}, "date": int(time.time()), "text": text}
    return update(line, {"message": message})


def slack_touch(line, value, trigger="t1", age=0, secret=SIGNING):
    payload = {"type": "block_actions", "user": {"id": "U1", "name": "maria"}, "trigger_id": trigger,
               "actions": [{"action_id": "ack", "value": value, "type": "button", "action_ts": "1.2"}]}
    body = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()) - age)
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return line.request("POST", "/in/slack/message", body, {
        "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + signature})


def pager_event(line, kind, key, identity="e1", agent=None, secret=PAGER):
    event = {"id": identity, "event_type": "incident." + kind, "resource_type": "incident", "occurred_at": "2026-01-01T00:00:00.169Z",
             "agent": agent or {"id": "PLH1HKV", "type": "user_reference", "summary": "Tess Engineer"}, "client": None,
             "data": {"id": "PGR0VU2", "type": "incident", "number": 2, "incident_key": key, "status": kind}}
    body = json.dumps({"event": event}).encode()
    signature = "v1=" + "0" * 64 + ",v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return line.request("POST", "/in/pd/message", body, {"Content-Type": "application/json", "X-PagerDuty-Signature": signature})


# ---- what became of it

def the_case(line):
    return line.rows("cases", "list", "--state", "all")[0]


def holder(line):
    return the_case(line)["state"], the_case(line)["owner"]


def kept(line):
    return [row["reason"] for row in line.rows("quarantine", "list")]


def audited(line, action):
    return [row for row in line.rows("audit", "list") if row["action"] == action]


# ---- stories

def button_in_the_chat_takes_the_case_and_all_others_learn_of_it():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, _ = buttons(sink)
        answer = touch(line, take)
        shown = json.loads(answer.body)
        assert (answer.status, shown["method"], shown["callback_query_id"]) == (200, "answerCallbackQuery", "q1"), answer.body
        assert "it is yours" in shown["text"] and URGENT not in shown["text"] and HER not in shown["text"], shown
        assert holder(line) == ("taken", "chat")
        wait_until(lambda: to_team(sink, "taken by Chat"), "the team is told")
        wait_until(lambda: to_chat(sink, "Answered by Maria Cruz (42)"), "the group sees who took it")
        trigger = to_pager(sink, "trigger")[0]["dedup_key"]
        resolved = wait_until(lambda: to_pager(sink, "resolve"), "the incident is called off")
        assert [body["dedup_key"] for body in resolved] == [trigger]
        row = audited(line, "alert.callback")[0]
        assert (row["actor"], row["case"]) == ("contact:chat", the_case(line)["case"]), row
        assert row["detail"] == "channel=bot act=take by=Maria Cruz (42)", row


def repetition_counts_once_even_after_a_restart_and_after_giving_back():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, decline = buttons(sink)
        assert touch(line, take).status == 200
        assert touch(line, take).status == 200 and touch(line, take, action="status").status == 200
        assert len(audited(line, "case.take")) == 1
        assert "hold it already" in json.loads(touch(line, take, identity="q2").body)["text"]
        assert touch(line, decline, identity="q3").status == 200
        assert holder(line) == ("open", ""), holder(line)
        line.end()
        line.start()
        line.start_sender()
        again = touch(line, take)
        assert again.status == 200 and "already" in json.loads(again.body)["text"], again.body
        assert holder(line) == ("open", ""), "an old touch told again took the case anew"
        assert len(audited(line, "case.take")) == 1


def touch_after_a_restart_is_understood():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, _ = buttons(sink)
        line.end()
        line.start()
        line.start_sender()
        assert "it is yours" in json.loads(touch(line, take).body)["text"]
        assert holder(line) == ("taken", "chat")


def forged_touch_is_refused_and_kept():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, _ = buttons(sink)
        key = take.split(":")[1]
        for token in ("wrong", "", None):
            assert touch(line, take, token=token).status == 403, token
        assert slack_touch(line, take, secret="another-signing-secret").status == 403
        assert slack_touch(line, take, age=301).status == 403
        assert pager_event(line, "acknowledged", key, secret="another-secret-01").status == 403
        assert kept(line) == ["signature"] * 6, kept(line)
        assert holder(line) == ("open", "")


def alert_of_another_contact_or_another_place_is_nobodys():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, _ = buttons(sink)
        key = take.split(":")[1]
        for answer in (touch(line, take, chat=-100999), touch(line, "ack:" + "0" * 32, identity="q2"), touch(line, "ack:", identity="q3"),
                       touch(line, "something", identity="q4"), touch(line, "ack:a1", identity="q5")):
            assert answer.status == 200 and "not known" in json.loads(answer.body)["text"], answer.body
        assert slack_touch(line, take).status == 200 and pager_event(line, "acknowledged", key).status == 200
        assert holder(line) == ("open", "") and not audited(line, "alert.callback")
        assert len(line.events("callback_refused")) == 7, line.events("callback_refused")


def late_touch_is_answered_with_how_things_stand():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        take, decline = buttons(sink)
        team = to_team(sink)[0]["blocks"][1]["elements"]
        assert slack_touch(line, team[0]["value"]).status == 200
        assert holder(line) == ("taken", "team")
        assert "taken by Team before you" in json.loads(touch(line, take).body)["text"]
        assert "somebody else holds it" in json.loads(touch(line, decline, identity="q2").body)["text"]
        line.ctl("cases", "close", str(the_case(line)["case"]), "safe")
        assert "closed" in json.loads(touch(line, take, identity="q3").body)["text"]


def slack_answers_empty_and_the_channel_sees_who_took_it():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        actions = to_team(sink)[0]["blocks"][1]
        assert actions["type"] == "actions" and [element["action_id"] for element in actions["elements"]] == ["ack", "decline"], actions
        answer = slack_touch(line, actions["elements"][1]["value"])
        assert (answer.status, answer.body) == (200, b"")
        wait_until(lambda: to_team(sink, "the next contact is asked"), "the channel sees the answer")
        answer = slack_touch(line, actions["elements"][0]["value"], trigger="t2")
        assert (answer.status, answer.body) == (200, b"") and holder(line) == ("taken", "team")
        wait_until(lambda: to_team(sink, "Answered by maria (U1)"), "the channel sees who")


def pager_takes_by_a_person_and_hears_when_it_is_over():
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        key = to_pager(sink, "trigger")[0]["dedup_key"]
        robot = {"id": "P1", "type": "service_reference", "summary": "Orchestration"}
        assert pager_event(line, "acknowledged", key, agent=robot).status == 200
        assert pager_event(line, "resolved", key, identity="e2").status == 200
        assert holder(line) == ("open", "")
        answer = pager_event(line, "acknowledged", key, identity="e3")
        assert (answer.status, answer.body) == (200, b"") and holder(line) == ("taken", "pager")
        assert [row["detail"] for row in audited(line, "alert.callback")] == [
            "channel=pd act=take by=Tess Engineer (PLH1HKV)", "channel=pd act=quiet by=Tess Engineer (PLH1HKV)"]
        assert pager_event(line, "resolved", key, identity="e4").status == 200
        assert holder(line) == ("taken", "pager"), "an incident that is resolved closes no case"
        line.ctl("cases", "close", str(the_case(line)["case"]), "safe")
        resolved = wait_until(lambda: to_pager(sink, "resolve"), "the incident is over")
        assert [body["dedup_key"] for body in resolved] == [key]
        assert all(body["dedup_key"] == key for body in to_pager(sink, "trigger")), "a notice woke somebody"


def command_typed_to_the_bot_counts_as_one_by_sms():
    fixed = __import__("helpline").FIXED.replace('public_url = "http://127.0.0.1:1";\n', "")
    with sinks.HttpSink(SCRIPT) as sink, Line(configuration(sink), fixed=fixed) as line:
        line.text(HER, URGENT)
        all_told(line, sink)
        number, code = re.search(r"OK (\d+) ([A-Z]{4}) takes it", to_chat(sink, "Text of")[0]["text"]).groups()
        assert typed(line, "OK %s %s" % (number, code)).status == 200
        assert holder(line) == ("open", ""), "the talk of a group is no command"
        assert typed(line, "/ok@line_bot %s %s" % (number, code), identity=2).status == 200
        assert holder(line) == ("taken", "chat")
        wait_until(lambda: to_chat(sink, "it is yours"), "the answer")
        assert typed(line, "/ok@line_bot %s %s" % (number, code), identity=2).status == 200
        assert len(to_chat(sink, "it is yours")) == 1, "a repetition was answered again"
        assert typed(line, "help me", chat=77, kind="private").status == 200
        assert kept(line) == ["unknown_sender"] and len(line.rows("cases", "list", "--state", "all")) == 1


def line_without_public_address_fetches_the_touches():
    script = dict(SCRIPT)
    with sinks.HttpSink(script) as sink:
        config = configuration(sink).replace('secret_token = "%s";' % TOKEN, 'get_updates = true; catch_up = "200 ms";')
        sink.script.lists["/bot12:Ab/getUpdates"] = [{"body": '{"ok":true,"result":[]}'}]
        with Line(config) as line:
            line.text(HER, URGENT)
            all_told(line, sink)
            take, _ = buttons(sink)
            query = {"id": "q1", "from": {"id": 42, "first_name": "Maria"}, "message": {"message_id": 7, "chat": {"id": GROUP}}, "data": take}
            sink.script.lists["/bot12:Ab/getUpdates"] = [
                {"body": json.dumps({"ok": True, "result": [{"update_id": 900, "callback_query": query}]})},
                {"body": '{"ok":true,"result":[]}'}]
            wait_until(lambda: holder(line) == ("taken", "chat"), "the case is taken")
            wait_until(lambda: to_chat(sink, "Answered by Maria (42)"), "the group sees it")
            wait_until(lambda: sent(sink, "/bot12:Ab/getUpdates", lambda body: body["offset"] == 901), "Telegram may forget it")
            assert touch(line, take).status == 403, "nothing is believed that is brought"


tap.run([
    button_in_the_chat_takes_the_case_and_all_others_learn_of_it,
    repetition_counts_once_even_after_a_restart_and_after_giving_back,
    touch_after_a_restart_is_understood,
    forged_touch_is_refused_and_kept,
    alert_of_another_contact_or_another_place_is_nobodys,
    late_touch_is_answered_with_how_things_stand,
    slack_answers_empty_and_the_channel_sees_who_took_it,
    pager_takes_by_a_person_and_hears_when_it_is_over,
    command_typed_to_the_bot_counts_as_one_by_sms,
    line_without_public_address_fetches_the_touches,
])
