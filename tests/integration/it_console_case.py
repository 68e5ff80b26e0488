#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_case - the page of one case through the real daemon: what it shows first, what each form does, what it refuses.
# What:  one line that takes and sends SMS, some cases, and a caseworker, a viewer and two supervisors who come in.
# Not here: how the page is made of rows (test_caseview), which verb a form means (test_caseacts), roles and routes (test_access).
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import FORM, Visitor  # noqa: E402
from helpline import Line, alerts_at, desk, received, simple_config, wait_until  # noqa: E402

LINE = '{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; send_url = "%s"; send_body = "to={to}&text={text}"; }'
ALL = '{ name = "all"; steps = ( { contacts = [ "ngo" ]; } ); }'
HER, QUIET, OTHER, KHMER = "+966501110001", "+966501110002", "+966501110003", "+966501110004"
ARABIC = "\u0633\u0627\u0639\u062f\u0648\u0646\u064a \u0647\u0648 \u064a\u0636\u0631\u0628\u0646\u064a \u0643\u0644 \u064a\u0648\u0645 <b>\u202e"
PAGE_MAX = 60 * 1024


class World:
    """One line, started for the first story and ended after the last."""
    line = sink = worker = None
    cases = {}


def new_case(name, sender, text):
    before = {row["message"] for row in World.line.rows("messages", "list")}
    assert World.line.text(sender, text, identity=name).status == 200
    rows = [row for row in World.line.rows("messages", "list") if row["message"] not in before]
    World.cases[name] = rows[0]["case"]
    return rows[0]


def start():
    World.sink = sinks.HttpSink().__enter__()
    line = LINE % World.sink.url("/sms")
    contacts = desk(World.sink) + ", " + desk(World.sink, name="house", kind="shelter") + ", " + desk(
        World.sink, name="embassy", kind="consulate")
    World.line = Line(simple_config(World.sink, contacts=contacts, policy=ALL, line=line)).__enter__()
    new_case("her", HER, ARABIC)
    new_case("quiet", QUIET, "he beats me. do not reply to this number")
    new_case("other", OTHER, "my salary is late")
    World.worker = Visitor(World.line, "ngo", "caseworker")


def address(name, act=""):
    return "/cases/%d%s" % (World.cases[name], act and "/" + act)


def look(name, visitor=None):
    answer = (visitor or World.worker).get(address(name))
    assert answer.status == 200, (name, answer.status, answer.text)
    return answer.text


def look_back(name):
    """The page with all that is older: on a fast machine everything here is of one second, and its order is that of kinds."""
    page = older = look(name)
    while re.search(r'[?&;]upto=\d+"', older):
        older = World.worker.get(address(name) + re.search(r'\?upto=\d+', older).group(0)).text
        page += older
    return page


def do(name, act, visitor=None, **fields):
    """Sends a form of the page and gives the sentence that the page then shows."""
    visitor = visitor or World.worker
    answer = visitor.post(address(name, act), **fields)
    assert answer.status == 303, (act, answer.status, answer.text)
    found = re.search(r'<p class="answer (done|refused)"[^>]*>(.*?)</p>', visitor.get(address(name)).text, re.S)
    assert found, "no sentence after " + act
    return found.group(1), found.group(2)


def row(name, section="case"):
    return World.line.case(World.cases[name])[section]


def newest_message(page):
    return max(int(number) for number in re.findall(r'name="after" value="(\d+)"', page))


# ---- reading

def her_rules_stand_first_and_her_words_are_marked():
    start()
    page = look("her")
    assert page.index('class="rules"') < page.index("<blockquote"), "her rules come first"
    assert '<blockquote dir="auto" lang="ar"' in page and "<mark title=" in page, page
    assert "\u202e" not in page and "[U+202E]" in page and "&lt;b&gt;" in page
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    assert marked and marked[0] in ARABIC, marked
    actions = [item["action"] + " " + item["actor"] for item in World.line.rows("audit", "list", "--limit", "3")]
    assert "case.read user:ngo" in actions, actions
    page = look("quiet")
    assert "SEND HER NOTHING" in page and "is held" in page, page


def a_long_text_and_a_long_timeline_stay_small():
    word = "\u1787\u17bd\u1799\u1781\u17d2\u1789\u17bb\u17c6\u1795\u1784 "
    for number in range(12):
        new_case("khmer", KHMER, (word * 200)[:1590] + " n%d" % number) if number == 0 else World.line.text(
            KHMER, (word * 200)[:1590] + " n%d" % number, identity="k%d" % number)
    seen, path = set(), address("khmer")
    for _ in range(20):
        answer = World.worker.get(path)
        assert answer.status == 200 and len(answer.text.encode()) < PAGE_MAX, (path, answer.status, len(answer.text.encode()))
        seen |= set(re.findall(r" n(\d+)</blockquote>", answer.text))
        older = re.search(r'href="(\d+\?upto=\d+)"', answer.text)
        if not older:
            break
        path = "/cases/" + older.group(1)
    assert len(seen) == 12, seen


# ---- acting

def a_caseworker_takes_notes_and_reaches():
    assert World.worker.get(address("her")).status == 200
    kind, sentence = do("her", "take")
    assert kind == "done" and "it is yours" in sentence, sentence
    assert row("her")[0]["owner"] == "ngo"
    after = re.search(r'/note".*?name="after" value="(\d+)"', look("her"), re.S).group(1)
    assert do("her", "note", text="second floor", after=after)[0] == "done"
    assert do("her", "note", text="second floor", after=after)[0] == "refused", "a second touch keeps nothing twice"
    assert len(row("her", "note")) == 1
    assert do("her", "verify", verification="verified")[0] == "done" and row("her")[0]["verification"] == "verified"
    assert do("her", "contacted")[0] == "done" and row("her")[0]["contacted_at"]
    page = look("her")
    assert "second floor</blockquote>" in page and "She was reached." in page


def writing_is_looked_at_first_and_leaves_once():
    page = look("her")
    after = newest_message(page)
    answer = World.worker.post(address("her", "say"), text="don\u2019t worry", after=after, do="preview")
    assert answer.status == 200 and "UCS-2" in answer.text and "1 SMS" in answer.text and "\u2019</q>" in answer.text, answer.text
    assert ">\ndon\u2019t worry</textarea>" in answer.text and "It would go at once." in answer.text
    assert not [item for item in World.sink.requests if item["path"] == "/sms"]
    assert do("her", "say", text="are you well", after=after, do="send")[0] == "done"
    sent = wait_until(lambda: [item for item in World.sink.requests if item["path"] == "/sms"], "the SMS")
    assert urllib.parse.parse_qs(sent[0]["body"])["text"] == ["are you well"], sent
    answer = World.worker.post(address("her", "say"), text="are you well", after=after, do="send")
    assert answer.status == 200 and "you wrote something since" in answer.text, "a second touch sends nothing twice"
    assert len([item for item in World.sink.requests if item["path"] == "/sms"]) == 1


def her_rules_hold_a_message_and_an_override_is_kept_with_its_reason():
    do("quiet", "take")
    answer = World.worker.post(address("quiet", "say"), text="hello <b>", do="send")
    assert answer.status == 200 and 'role="alert"' in answer.text and "hello &lt;b&gt;</textarea>" in answer.text, answer.text
    assert not row("quiet", "note")
    answer = World.worker.post(address("quiet", "override"), text="hello", reason=" ")
    assert answer.status == 200 and "needs a reason" in answer.text
    assert do("quiet", "override", text="hello", reason="her sister asked us to")[0] == "done"
    assert "her sister asked us to" in [note["text"] for note in row("quiet", "note")]
    acts = [item["action"] for item in World.line.rows("audit", "list", "--limit", "9")]
    assert "person.say_override" in acts, acts


def labels_are_corrected_and_a_rise_alerts():
    page = look("other")
    was_c = re.search(r'name="was_c" value="([^"]*)"', page).group(1)
    was_f = re.search(r'name="was_f" value="([^"]*)"', page).group(1)
    assert was_c == "wages", was_c
    message = World.line.rows("messages", "list", "--case", str(World.cases["other"]))[0]["message"]
    kind, sentence = do("other", "correct", was_c=was_c, was_f=was_f, c_wages="1", c_danger="1", f_minor="1", language="tl",
                        message=str(message))
    assert kind == "done" and "its contacts are asked" in sentence, sentence
    shown = row("other")[0]
    assert shown["urgency"] == "critical" and shown["categories"] == ["danger", "wages"], shown
    assert "minor" in shown["flags"] and shown["language"] == "tl", shown
    told = wait_until(lambda: [body for body in alerts_at(World.sink, "/ngo") if body["case"] == str(World.cases["other"]) and
                               body["urgency"] == "critical"] or
                      [body for body in alerts_at(World.sink, "/ngo") if body["case"] == World.cases["other"] and
                       body["urgency"] == "critical"], "an alert of the rise")
    assert told
    assert "corrected the labels" in look("other")
    assert do("other", "correct", was_c="danger,wages", c_wages="1", c_danger="1")[0] == "refused", "nothing differs"
    assert do("other", "flag", flag="possible_lure")[0] == "done" and "possible_lure" in row("other")[0]["flags"]
    assert do("other", "flag", flag="possible_lure", off="yes")[0] == "done" and "possible_lure" not in row("other")[0]["flags"]


def what_is_known_of_her_is_for_the_figures():
    page = look("other")
    assert "She is from" in page and ", probably" in page, "tl is the Philippines, probably"
    assert do("other", "correct", origin="NP", sex="female")[0] == "done"
    page = look("other")
    assert "Nepal" in page and ", probably" not in page and "female" in page
    shown = row("other")[0]
    assert (shown["origin"], shown["origin_basis"], shown["sex"], shown["ending"]) == ("NP", "stated", "female", ""), shown
    assert do("other", "correct", origin="Nepal")[0] == "refused"


def a_text_is_split_off_and_two_cases_are_joined():
    message = new_case("more", OTHER, "my friend Qadira here is sick and bleeding")
    assert message["case"] == World.cases["other"]
    kind, sentence = do("other", "split", message=str(message["message"]))
    assert kind == "done", sentence
    World.cases["fresh"] = int(re.search(r"case (\d+) now", sentence).group(1))
    assert "Qadira" in look("fresh") and "Qadira" not in look("other")
    assert do("fresh", "split", message=str(message["message"]))[0] == "refused", "the only text"
    assert do("other", "join", other=str(World.cases["fresh"]))[0] == "done"
    assert row("fresh")[0]["state"] == "closed"
    World.line.ctl("cases", "assign", str(World.cases["khmer"]), "house")
    kind, sentence = do("other", "join", other=str(World.cases["khmer"]))
    assert kind == "refused" and "not yours" in sentence, sentence
    assert row("khmer")[0]["state"] == "taken"


# ---- rights and wrong forms

def a_viewer_reads_and_does_nothing():
    viewer = Visitor(World.line, "house", "viewer")
    page = look("khmer", viewer)
    assert KHMER not in page and "+9665" in page and "<form" not in page.split("<main")[1]
    for act in ("take", "note", "say", "override", "correct", "close", "assign", "consent", "purge"):
        assert viewer.post(address("khmer", act), text="x", reason="x", outcome="x").status == 404, act
    assert viewer.get(address("her")).status == 404
    assert not row("khmer", "note")


def a_supervisor_gives_out_cases_without_their_words():
    boss = Visitor(World.line, "boss", "supervisor")
    page = look("quiet", boss)
    assert "beats" not in page and QUIET not in page and "her sister" not in page and "violence" in page, page
    acts = [item["action"] + " " + item["actor"] for item in World.line.rows("audit", "list", "--limit", "4")]
    assert "case.look user:boss" in acts and "case.read user:boss" not in acts, acts
    assert do("quiet", "assign", boss, contact="house")[0] == "done" and row("quiet")[0]["owner"] == "house"
    assert World.worker.get(address("quiet")).status == 404, "given away"
    assert do("quiet", "consent", boss, reason="she is bleeding")[0] == "done" and row("quiet")[0]["consent"] == "override"
    assert boss.post(address("quiet", "note"), text="x").status == 404


def wrong_forms_change_nothing():
    World.worker.get(address("her"))
    before = len(row("her", "note"))
    for act, fields in (("note", {"text": "x", "reason": "y"}), ("say", {"text": "x", "reason": "y"}), ("purge", {}),
                        ("correct", {"c_pay": "1"}), ("destroy", {}), ("close", {"outcome": "x", "case": "1"})):
        assert World.worker.post(address("her", act), **fields).status in (400, 404), act
    for act, fields in (("note", {"text": " "}), ("close", {"outcome": ""}), ("verify", {"verification": "maybe"}),
                        ("flag", {"flag": "tall"}), ("join", {"other": "abc"}), ("split", {"message": "-1"}),
                        ("correct", {"urgency": "high"}), ("correct", {"language": "no such"}), ("correct", {})):
        assert do("her", act, **fields)[0] == "refused", act
    assert World.worker.get(address("her") + "?upto=x").status == 400
    assert World.worker.get(address("her") + "?down=1").status == 400
    assert World.worker.get(address("her") + "?upto=999999").status == 200
    assert World.worker.ask("POST", address("her", "note"), "csrf=%s&text=%%ff%%00x" % World.worker.csrf, FORM).status == 303
    assert len(row("her", "note")) == before + 1 and row("her")[0]["state"] == "taken"


def a_closed_case_is_destroyed_by_two():
    assert do("her", "close", outcome="home & safe", ending="repatriated")[0] == "done"
    assert row("her")[0]["ending"] == "repatriated" and "she went home" in look("her")
    assert "home &amp; safe</blockquote>" in look_back("her"), "the sign-in is fresh"
    first, second = Visitor(World.line, "boss", "supervisor"), Visitor(World.line, "chief", "supervisor")
    first.get(address("her"))
    kind, sentence = do("her", "purge", first)
    assert kind == "refused" and "a second person" in sentence, sentence
    assert do("her", "purge", first)[0] == "refused", "the same person is no second one"
    assert row("her", "message")[0]["text"]
    second.get(address("her"))
    assert do("her", "purge", second)[0] == "done"
    assert not row("her", "message")[0]["text"] and not row("her", "note") and "home &amp; safe" not in look_back("her")
    asked = [item["actor"] for item in World.line.rows("audit", "list", "--limit", "30") if item["action"] == "case.purge_asked"]
    assert asked == ["user:boss"], asked


def a_restart_ends_no_visit_and_keeps_what_was_done():
    line = World.line
    line.kill()
    line.start()
    assert World.worker.get(address("other")).status == 200, "still in"
    page = look("other")
    assert "corrected the labels" in page and "Joined to it" in page, page
    line.__exit__(None)
    World.sink.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run([her_rules_stand_first_and_her_words_are_marked, a_long_text_and_a_long_timeline_stay_small,
             a_caseworker_takes_notes_and_reaches, writing_is_looked_at_first_and_leaves_once,
             her_rules_hold_a_message_and_an_override_is_kept_with_its_reason, labels_are_corrected_and_a_rise_alerts, what_is_known_of_her_is_for_the_figures,
             a_text_is_split_off_and_two_cases_are_joined, a_viewer_reads_and_does_nothing,
             a_supervisor_gives_out_cases_without_their_words, wrong_forms_change_nothing, a_closed_case_is_destroyed_by_two,
             a_restart_ends_no_visit_and_keeps_what_was_done])
