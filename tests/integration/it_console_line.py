#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_line - the pages about the line itself: what opened no case, what was kept back, what waits, how channels are.
# Not here: the matrix of roles and routes in full (test_access), how pages look (tests/browser).
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import Visitor  # noqa: E402
from helpline import WEBHOOK_SECRET, Line, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
PRIZE = "WIN the loan prize <b>today</b>, winner"
THANKS = "thank you po, God bless"


LINES = ('{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; }, '
         '{ name = "spare"; kind = "generic"; auth = "token"; secret = "abcdefghijklmnop12345678"; country = "AE"; }')


# Nobody listens behind `down`, so what it was given waits; the embassy is asked when she agrees.
DOWN = ', { name = "down"; kind = "webhook"; secret = "%s"; url = "http://127.0.0.1:9/"; retry_first = "600 s"; }' % WEBHOOK_SECRET
NIGHT = '{ name = "night"; title = "Night <shelter>"; kind = "shelter"; addresses = ( { channel = "down"; to = "http://127.0.0.1:9/"; } ); }'
EMBASSY = '{ name = "embassy"; title = "Embassy"; kind = "consulate"; addresses = ( { channel = "down"; to = "http://127.0.0.1:9/"; } ); }'
ALL = '{ name = "all"; steps = ( { contacts = [ "ngo", "night", "embassy" ]; } ); }'


class World:
    """One line for all stories, started by the first and put down by the last."""
    line = sink = worker = None


def start():
    World.sink = sinks.HttpSink().__enter__()
    contacts = ", ".join([desk(World.sink), NIGHT, EMBASSY])
    World.line = Line(simple_config(World.sink, line=LINES, channels=DOWN, contacts=contacts, policy=ALL)).__enter__()
    World.line.text(HER, "tulong po sinasaktan ako ng amo ko", identity="a")
    World.line.text("+966501110002", PRIZE, identity="b")
    World.line.text("+966501110003", THANKS, identity="c")
    received(World.sink, "/ngo", 1)
    World.worker = Visitor(World.line, "ngo", "caseworker")


def audited(action):
    return [row for row in World.line.rows("audit", "list", "--limit", "200") if row["action"] == action]


def a_text_that_was_set_aside_is_found_and_becomes_a_case():
    start()
    line, worker = World.line, World.worker
    page = worker.get("/messages")
    assert page.status == 200 and "&lt;b&gt;today" in page.text and "God bless" in re.sub("<[^>]*>", "", page.text)
    assert "sinasaktan" not in page.text and "+966501110002" not in page.text, "no text of a case, no whole number"
    assert [(row["actor"], row["detail"]) for row in audited("message.read")] == [("user:ngo", "3 2")]
    thanks = worker.get("/messages?intent=thanks").text
    assert "messages/3" in thanks and "messages/2\"" not in thanks
    assert worker.get("/messages?intent=spam").status == 400 and worker.get("/messages?before=x").status == 400
    one = worker.get("/messages/2")
    assert one.status == 200 and "+966501110002" in one.text and "Open a case" in one.text
    answer = worker.post("/messages/2/open")
    assert answer.status == 303 and answer.location == "../../cases/1002", answer.location
    assert "opened with that text" in worker.get("/cases/1002").text
    received(World.sink, "/ngo", 2)
    assert line.case(1002)["case"][0]["state"] == "open"
    assert "messages/2\"" not in worker.get("/messages").text
    assert worker.post("/messages/2/open").location == "../../cases/1002", "a second touch opens no second case"
    assert worker.get("/messages/2").location == "../cases/1002", "a text of a case is read there"
    assert worker.get("/messages/1").location == "../cases/1001"
    assert worker.get("/messages/4711").status == 404 and worker.post("/messages/4711/open").status == 303


def only_who_works_on_cases_reads_what_was_set_aside():
    line = World.line
    boss, eye, viewer = Visitor(line, "boss", "supervisor"), Visitor(line, "eye", "auditor"), Visitor(line, "house", "viewer")
    page = boss.get("/messages")
    assert page.status == 200 and "Text 3" in page.text and "God bless" not in page.text and "messages/3" not in page.text
    assert boss.get("/messages/3").status == 403 and boss.post("/messages/3/open").status == 404
    page = eye.get("/messages")
    assert page.status == 200 and "thanks" in page.text and "Text 3" not in page.text and "messages?intent" not in page.text
    assert eye.get("/messages/3").status == 404 and viewer.get("/messages").status == 404


FORGED = "from=%2B971501234567&id=q&text=%D8%A3%D9%86%D8%A7+%D9%81%D9%8A+%D8%AE%D8%B7%D8%B1+help+%3Cb%3E"


def what_was_kept_back_is_judged_by_a_person():
    line, worker = World.line, World.worker
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert line.request("POST", "/in/spare/message?token=wr0ng", FORGED.encode(), form).status == 403
    assert line.request("POST", "/in/line/message", b"\x00\x01 no form", form).status == 400
    page = worker.get("/quarantine")
    assert page.status == 200 and "quarantine/1\"" in page.text and "somebody forges" in page.text and "971501234567" not in page.text
    assert "quarantine/1\"" not in worker.get("/quarantine?channel=line").text
    assert "Nothing fits" in worker.get("/quarantine?state=dropped").text and worker.get("/quarantine?state=x").status == 400
    one = worker.get("/quarantine/1").text
    assert "أنا في خطر help &lt;b&gt;" in one and "+971501234567" in one and "wr0ng" not in one, one
    assert "00 01 20 6e" in worker.get("/quarantine/2").text
    assert [row["actor"] for row in audited("quarantine.read")] == ["user:ngo"] * 2
    before = len(line.rows("cases", "list"))
    assert worker.post("/quarantine/1/release").status == 303
    assert "released into case" in worker.get("/quarantine").text and len(line.rows("cases", "list")) == before + 1
    assert worker.post("/quarantine/1/release").status == 303 and "released already" in worker.get("/quarantine").text
    assert worker.post("/quarantine/2/drop").status == 303 and "thrown away" in worker.get("/quarantine").text
    assert worker.get("/quarantine/2").status == 404
    assert "let in by <bdi>user:ngo" in worker.get("/quarantine?state=released").text
    boss = Visitor(line, "boss", "supervisor")
    assert boss.get("/quarantine?state=released").status == 200 and boss.get("/quarantine/1").status == 403
    assert boss.post("/quarantine/1/drop").status == 404 and Visitor(line, "eye", "auditor").get("/quarantine").status == 404


def waiting(line, why):
    return [row for row in line.rows("outbox", "list", "--channel", "down") if row["why"] == why]


def what_waits_says_why_and_is_tried_again():
    line, worker = World.line, World.worker
    rows = wait_until(lambda: waiting(line, "retry"), "a row that failed and waits")
    page = worker.get("/outbox")
    text = re.sub("<[^>]*>", "", page.text)
    assert page.status == 200 and "Night &lt;shelter&gt;" in page.text and "it is tried again" in text
    assert "Held until she agrees" in page.text and "Embassy" in page.text
    assert HER not in page.text and "sinasaktan" not in page.text and len(page.text) < 60 * 1024
    assert "outbox/%d/kick" % rows[0]["outbox"] in page.text
    assert worker.post("/outbox/%d/kick" % rows[0]["outbox"]).status == 303 and "It is tried now." in worker.get("/outbox").text
    assert [row["object"] for row in audited("outbox.kick")] == ["outbox:%d" % rows[0]["outbox"]]
    assert worker.post("/outbox/4711/kick").status == 303 and "there is no outbox row 4711" in worker.get("/outbox").text
    assert "Nothing fits" in worker.get("/outbox?state=dead").text and worker.post("/outbox/kick").status == 303
    assert worker.get("/outbox?state=asleep").status == 400 and worker.get("/outbox?channel=down&state=queued").status == 200
    line.ctl("cases", "assign", "1001", "night")
    others = worker.get("/outbox").text
    assert "cases/1001\"" not in others and "of another" in others, "a case of another is not told"
    boss = Visitor(line, "boss", "supervisor")
    assert "cases/1001\"" in boss.get("/outbox").text
    assert Visitor(line, "eye", "auditor").get("/outbox").status == 404


def channels_say_how_they_are_and_are_tested():
    line, worker = World.line, World.worker
    page = worker.get("/channels")
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page.text))
    assert page.status == 200 and "generic, Saudi Arabia" in text and "down" in text and "No test is configured" in text
    last = {row["channel"]: row for row in line.rows("channels", "list")}
    assert last["line"]["last_received_at"] and not last["down"]["last_received_at"] and last["desk"]["last_sent_at"]
    found = worker.post("/channels/test", channel="spare")
    assert found.status == 200 and "forgery" in found.text and "abcdefghijklmnop" not in found.text
    assert worker.post("/channels/test", channel="nothing").status == 303 and "no channel of that name" in worker.get("/channels").text
    eye = Visitor(line, "eye", "auditor")
    page = eye.get("/channels")
    assert page.status == 200 and "channels/test" not in page.text and eye.post("/channels/test", channel="spare").status == 404
    assert Visitor(line, "house", "viewer").get("/channels").status == 404


def the_line_is_put_down():
    World.line.__exit__(None)
    World.sink.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run([a_text_that_was_set_aside_is_found_and_becomes_a_case, only_who_works_on_cases_reads_what_was_set_aside,
             what_was_kept_back_is_judged_by_a_person, what_waits_says_why_and_is_tried_again,
             channels_say_how_they_are_and_are_tested, the_line_is_put_down])
