#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_duty - contacts, words and replies in the console: who is on duty, whether tests are answered, what is read in a text.
# Not here: which role may come (test_access), how pages look (tests/browser).
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import FORM, Visitor  # noqa: E402
from helpline import Line, desk, simple_config, wait_until  # noqa: E402

NIGHT = 'time_zone = "Asia/Riyadh"; duty = [ "daily 00:00-24:00" ]; languages = [ "tl", "ar" ]; countries = [ "SA" ];'
POLICY = '{ name = "all"; steps = ( { contacts = [ "ngo", "house" ]; } ); }'


class World:
    """One line with two contacts, started for the first story and ended after the last."""
    line = sink = boss = worker = None


def start():
    World.sink = sinks.HttpSink().__enter__()
    contacts = desk(World.sink) + ", " + desk(World.sink, name="house", kind="shelter", extra=NIGHT).replace('title = "house"', 'title = "بيت <b>x</b>"')
    World.line = Line(simple_config(World.sink, contacts=contacts, policy=POLICY)).__enter__()
    World.boss = Visitor(World.line, "boss", "supervisor")


def rows_of(page):
    """The rows of the roster as text, by the name of the contact."""
    roster = page.text.split('id="roster"')[1].split("</section>")[0]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)) for row in roster.split("<tr>")[1:]]
    return {name: row for name in ("ngo", "house") for row in rows if " %s " % name in row}


def the_roster_says_who_is_on_duty_for_whom():
    start()
    page = World.boss.get("/contacts")
    assert page.status == 200 and page.heading() == "Contacts", page.text
    rows = rows_of(page)
    assert "on duty" in rows["ngo"] and "all hours" in rows["ngo"] and "any language" in rows["ngo"], rows
    assert "daily 00:00-24:00, Asia/Riyadh" in rows["house"], rows
    assert "Tagalog" in rows["house"] and "Arabic" in rows["house"] and "Saudi Arabia" in rows["house"] and "never tested" in rows["house"], rows
    assert "<b>x</b>" not in page.text and "&lt;b&gt;x" in page.text
    assert World.sink.url("/ngo") not in page.text, "an address of a contact is not shown"
    assert "fewer than two" in page.text
    assert World.boss.get("/contacts?after=nobody").status == 400 and World.boss.get("/contacts?x=1").status == 400


def a_contact_is_put_off_duty_and_back_by_hand():
    boss = World.boss
    boss.get("/contacts")
    for what, words in (("off", "off duty by hand"), ("on", "on duty by hand"), ("auto", "on duty")):
        answer = boss.post("/contacts", contact="house", do=what)
        assert answer.status == 303, answer.text
        row = re.sub(r"\s+", " ", rows_of(boss.get("/contacts"))["house"])
        assert words in row and ("by hand" in row) == (what != "auto"), (what, row)
    assert boss.post("/contacts", contact="house", do="away").status == 400
    boss.post("/contacts", contact="nobody", do="off")
    assert "there is no contact of that name" in boss.get("/contacts").text
    actions = [(row["actor"], row["action"]) for row in World.line.rows("audit", "list", "--limit", "20")]
    assert ("user:boss", "contact.off") in actions and ("user:boss", "contact.auto") in actions, actions
    worker = Visitor(World.line, "ngo", "caseworker")
    page = worker.get("/contacts")
    assert page.status == 200 and 'name="do"' not in page.text, "who may not change it sees no buttons"


def a_test_is_sent_and_its_answer_is_told():
    boss = World.boss
    boss.get("/contacts")
    assert boss.post("/contacts", contact="ngo", do="drill").status == 303
    assert "is on its way" in boss.get("/contacts").text
    text = wait_until(lambda: [item["body"] for item in World.sink.requests if "TEST" in item["body"]], "a test")[0]
    page = boss.get("/contacts")
    assert "waiting for the answer" in rows_of(page)["ngo"] and "0 of 1 missed" in rows_of(page)["ngo"], rows_of(page)
    path = "/ack/" + text.split("/ack/")[1].split()[0]
    stranger = Visitor(World.line)
    assert "your answer reached us" in stranger.ask("POST", path, "action=take", FORM).text
    page = boss.get("/contacts")
    assert re.search(r"answered (within|after)", rows_of(page)["ngo"]) and "last answer now" in rows_of(page)["ngo"], rows_of(page)


def an_added_word_works_at_once_and_outlives_a_restart():
    line = World.line
    text = "tulong po kukurikabu ako ng amo ko"

    def reads():
        return "wages" in line.ctl_json("lexicon", "read", text)[0]["categories"]

    assert not reads()
    refused = line.ctl("lexicon", "add", "en", "danger", "happy", check=False)
    assert refused.returncode == 1 and "chat.txt" in refused.stderr and "happy" in refused.stderr, refused.stderr
    assert line.ctl("lexicon", "add", "en", "wages", "birthday", check=False).returncode == 1
    line.ctl("lexicon", "add", "en", "wages", "birthday", "--anyway", "yes")
    line.ctl("lexicon", "remove", "1")
    number = line.ctl("lexicon", "add", "tl", "wages", "kukurikabu").stdout.split()[2]
    wait_until(reads, "the added word to be read")
    row = line.rows("lexicon", "added")[0]
    assert (row["words"], row["weight"], row["in_force"]) == ("kukurikabu", 3, True) and row["by"].startswith("uid:"), row
    line.end()
    line.start()
    assert reads(), "an added word outlives a restart"
    line.reload()
    assert reads(), "and a reload"
    line.ctl("lexicon", "remove", number)
    wait_until(lambda: not reads(), "the added word to be gone")
    actions = [(row["action"], row["object"], row["detail"]) for row in line.rows("audit", "list", "--limit", "20")]
    assert ("lexicon.add", "tl categories:wages", "kukurikabu") in actions and ("lexicon.remove", "tl categories:wages", "kukurikabu") in actions
    assert "kukurikabu ako" not in line.log(), "a text that is tried is not logged"


def a_text_is_tried_on_a_page_and_kept_nowhere():
    worker = World.worker = Visitor(World.line, "ngo", "caseworker")
    worker.get("/lexicon")
    text = "walang sahod <b>5</b> buwan"
    before = len(World.line.rows("messages", "list"))
    page = worker.post("/lexicon/try", text=text)
    assert page.status == 200 and "<mark" in page.text and "<b>wages</b>" in page.text, page.text
    assert "<b>5</b>" not in page.text and "&lt;b&gt;5" in page.text
    assert len(World.line.rows("messages", "list")) == before and "sahod" not in World.line.log()
    assert not [row for row in World.line.rows("audit", "list", "--limit", "50") if "sahod" in str(row)]
    assert worker.post("/lexicon/try", text="x" * 5000).status == 303
    assert "at most 4,000 bytes" in worker.get("/lexicon").text


def the_words_of_a_language_are_searched_and_paged():
    worker = World.worker
    page = worker.get("/lexicon")
    assert "Tagalog" in page.text and "lexicon/words?language=tl" in page.text and len(page.text) < 60 * 1024
    first = worker.get("/lexicon/words?language=tl&label=categories:wages")
    assert first.heading() == "Tagalog" and "walang sahod" in first.text and len(first.text) < 60 * 1024
    further = re.search(r'href="(words\?[^"]*after=[^"]*)"', first.text).group(1).replace("&amp;", "&")
    second = worker.get("/lexicon/" + further)
    assert second.status == 200 and ">walang sahod<" not in second.text, second.text
    assert "Back to the beginning" in second.text, second.text
    found = worker.get("/lexicon/words?language=tl&find=SUMASAHOD")
    assert "di pa sumasahod" in found.text and ">walang sahod<" not in found.text
    assert "No entry fits" in worker.get("/lexicon/words?language=tl&find=qqqq").text
    assert worker.get("/lexicon/words?language=xx").status == 400 and worker.get("/lexicon/words?language=tl&label=king").status == 400


def a_word_is_added_and_taken_away_on_a_page():
    worker, line = World.worker, World.line
    worker.get("/lexicon")
    page = worker.post("/lexicon/add", language="en", label="categories:wages", words="birthday", weight="3")
    assert page.status == 200 and "not added: " in page.text and "means something else" in page.text, page.text
    assert 'value="birthday"' in page.text and 'name="anyway"' in page.text and "--anyway" not in page.text
    page = worker.post("/lexicon/add", language="en", label="categories:danger", words="happy", weight="3", anyway="yes")
    assert page.status == 200 and "chat is read as danger" in page.text
    page = worker.post("/lexicon/add", language="en", label="intents:not_help", words="salary", weight="3", anyway="yes")
    assert page.status == 200 and "makes the line quieter" in page.text
    answer = worker.post("/lexicon/add", language="km", label="categories:wages", words="\u1780\u1781\u1782\u1783\u1784", weight="2")
    assert answer.status == 303, answer.text
    page = worker.get("/lexicon")
    assert "is read from the next text on" in page.text and "\u1780\u1781\u1782\u1783\u1784" in page.text and "user:ngo" in page.text
    wait_until(lambda: "1 added" in worker.get("/lexicon").text, "the word in force")
    assert "added by staff" in worker.get("/lexicon/words?language=km&label=categories:wages&find=\u1780\u1781\u1782\u1783\u1784".replace(
        "\u1780\u1781\u1782\u1783\u1784", "%E1%9E%80%E1%9E%81")).text
    number = line.rows("lexicon", "added")[0]["added"]
    worker.get("/lexicon")
    assert worker.post("/lexicon/remove", added=str(number)).status == 303
    assert "Nobody added a word yet" in worker.get("/lexicon").text
    assert worker.get("/lexicon/candidates").status == 200


def replies_are_shown_as_they_leave_with_what_they_cost():
    worker, line = World.worker, World.line
    rows = line.rows("replies", "list")
    khmer = [row for row in rows if row["language"] == "km"]
    assert [(row["key"], row["encoding"], row["segments"]) for row in khmer] == [("neutral", "UCS-2", 1), ("consent", "UCS-2", 1), ("who", "UCS-2", 1)]
    missing = {row["language"] for row in rows if row["text"] is None}
    assert "ha" in missing and "tl" not in missing and "km-Latn" not in missing, missing
    assert {row["language"] for row in line.rows("replies", "list", "--language", "ne")} == {"ne", "ne-Latn"}
    page = worker.get("/replies")
    assert page.status == 200 and "Khmer" in page.text and "Hausa" in page.text and "Saudi Arabia" in page.text and len(page.text) < 60 * 1024
    assert "nothing is sent" in page.text, "replies are off in this configuration"
    one = worker.get("/replies?language=km")
    assert one.heading() == "Replies: Khmer" and khmer[1]["text"] in one.text and "1 SMS, UCS-2" in one.text
    assert worker.get("/replies?language=ha").text.count("There is no such sentence in this language.") == 3
    assert worker.get("/replies?language=qq").status == 404 and worker.get("/replies?x=1").status == 400


def the_line_is_put_down():
    World.line.__exit__(None, None, None)
    World.sink.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run([the_roster_says_who_is_on_duty_for_whom, a_contact_is_put_off_duty_and_back_by_hand, a_test_is_sent_and_its_answer_is_told,
             an_added_word_works_at_once_and_outlives_a_restart, a_text_is_tried_on_a_page_and_kept_nowhere,
             the_words_of_a_language_are_searched_and_paged, a_word_is_added_and_taken_away_on_a_page, replies_are_shown_as_they_leave_with_what_they_cost,
             the_line_is_put_down])
