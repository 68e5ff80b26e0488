#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_response - the response loop with the real programs: alerts by SMS, answers by SMS, escalation, relay, STOP, consent.
# What:  one generic SMS line both ways; what it sends is a form at a scripted receiver.
# Keeps: each story has a line of its own; nothing sleeps but to show that nothing more comes.
# Not here: the page behind a link (it_ack), intake itself (it_intake).
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, wait_until  # noqa: E402

HER, OTHER = "+966505550123", "+966505550124"
AMY, BEA, EMBASSY = "+966500000101", "+966500000102", "+966500000103"
QUIET_S = 1.0

CONFIG = """
channels = ( {{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; send_url = "{url}"; send_type = "form";
                send_body = "to={{to}}&text={{text}}"; retry_first = "200 ms"; retry_max = "1 s"; }} );
contacts = (
  {{ name = "amy"; title = "Amy's desk"; kind = "ngo"; trust = "full"; addresses = ( {{ channel = "line"; to = "{amy}"; }} ); }},
  {{ name = "bea"; title = "Bea's house"; kind = "shelter"; trust = "masked"; addresses = ( {{ channel = "line"; to = "{bea}"; }} ); }},
  {{ name = "embassy"; title = "Embassy"; kind = "consulate"; trust = "full"; addresses = ( {{ channel = "line"; to = "{embassy}"; }} ); }}
);
policies = (
  {{ name = "ladder"; repeat = "1 h"; steps = ( {{ contacts = [ "amy" ]; }}, {{ after = "{after}"; contacts = [ "bea" ]; }} ); }},
  {{ name = "wide"; repeat = "1 h"; steps = ( {{ contacts = [ "amy", "bea", "embassy" ]; }} ); }}
);
routes = ( {{ categories = [ "danger" ]; policy = "wide"; }}, {{ policy = "ladder"; }} );
{more}
"""


class Story:
    """A line, and the SMS that left it."""

    def __init__(self, after="1 h", more=""):
        self.sink = sinks.HttpSink()
        self.config = (after, more)

    def __enter__(self):
        self.sink.__enter__()
        after, more = self.config
        self.line = Line(CONFIG.format(url=self.sink.url("/sms"), amy=AMY, bea=BEA, embassy=EMBASSY, after=after, more=more))
        self.line.__enter__()
        return self

    def __exit__(self, *reason):
        try:
            self.line.__exit__(*reason)
        finally:
            self.sink.__exit__(*reason)

    def sent(self, to=None, words=""):
        """The texts that left, in order."""
        forms = [urllib.parse.parse_qs(item["body"], keep_blank_values=True) for item in list(self.sink.requests)]
        return [form["text"][0] for form in forms if (to is None or form["to"][0] == to) and words in form["text"][0]]

    def expect(self, to, words, count=1):
        texts = wait_until(lambda: len(self.sent(to, words)) >= count and self.sent(to, words), "%r to %s" % (words, to))
        assert len(texts) == count, texts
        return texts[-1]

    def text(self, sender, text):
        assert self.line.text(sender, text).status == 200

    def code(self, to, case=1001):
        found = [re.search(r"(?:OK|SAY) %d ([B-Z]{4})" % case, text) for text in self.sent(to)]
        return [match.group(1) for match in found if match][-1]

    def command(self, sender, word, rest="", case=1001):
        self.text(sender, ("%s %d %s %s" % (word, case, self.code(sender, case), rest)).strip())

    def case(self, number=1001):
        return self.line.case(number)["case"][0]


def alert_by_sms_is_taken_by_sms_and_the_others_are_told_once():
    with Story() as story:
        story.text(HER, "he will kill me tonight")
        alert = story.expect(AMY, "CRITICAL case 1001")
        story.expect(BEA, "CRITICAL case 1001")
        assert re.search(r"Answer: OK 1001 [BCDFGHJKLMNPRSTVWXZ]{4} takes it", alert), alert
        assert "http" not in alert, alert
        assert story.code(AMY) != story.code(BEA)
        story.text(AMY, "%s-1001 ok!" % story.code(AMY).lower())
        story.expect(AMY, "it is yours")
        assert re.search(r"taken by Amy's desk, \d\d:\d\d UTC", story.expect(BEA, "taken by"))
        story.command(BEA, "OK")
        story.expect(BEA, "it was taken by Amy's desk before you")
        row = story.case()
        assert (row["state"], row["owner"]) == ("taken", "amy"), row
        time.sleep(QUIET_S)
        assert len(story.sent(BEA, "taken by Amy's desk, ")) == 1
        assert not story.sent(EMBASSY), story.sent(EMBASSY)


def silence_asks_the_next_contact_also_after_a_restart_in_the_middle():
    with Story(after="4 s") as story:
        story.text(HER, "he beats me")
        story.expect(AMY, "case 1001")
        before = time.monotonic()
        story.line.kill()
        story.line.start()
        story.expect(BEA, "case 1001")
        assert time.monotonic() - before < tap.within(10)
        time.sleep(QUIET_S)
        assert len(story.sent(AMY, "case 1001")) <= 2  # the one that was on its way may be repeated
        assert len(story.sent(BEA, "case 1001")) == 1
        story.command(BEA, "OK")
        story.expect(AMY, "taken by Bea's house")


def decline_asks_the_next_contact_at_once():
    with Story(after="1 h") as story:
        story.text(HER, "he beats me")
        story.expect(AMY, "case 1001")
        story.command(AMY, "NO")
        story.expect(AMY, "the next contact is asked")
        story.expect(BEA, "case 1001")


def wrong_codes_are_answered_and_five_of_them_ask_the_next_contact():
    with Story(after="1 h") as story:
        story.text(HER, "he beats me")
        story.expect(AMY, "case 1001")
        wrong = "BBBB" if story.code(AMY) != "BBBB" else "CCCC"
        for left in (4, 3, 2, 1):
            story.text(AMY, "OK 1001 " + wrong)
            story.expect(AMY, "%d tries left" % left)
        story.text(AMY, "OK 1001 " + wrong)
        story.expect(AMY, "five wrong codes")
        story.expect(BEA, "URGENT case 1001")
        story.command(AMY, "OK")
        story.expect(AMY, "You have no alert for case 1001")
        assert story.case()["state"] == "open"


def words_go_both_ways_and_no_number_crosses():
    with Story() as story:
        story.text(HER, "he will kill me tonight")
        story.expect(BEA, "CRITICAL case 1001")
        story.command(BEA, "OK")
        story.expect(BEA, "it is yours")
        story.command(BEA, "SAY", "kumusta ka? نحن في الطريق")
        assert story.expect(HER, "kumusta") == "kumusta ka? نحن في الطريق"
        story.text(HER, "ok po salamat, dito ako sa likod")
        story.expect(BEA, "sa likod")
        assert not any("505550123" in text for text in story.sent(BEA)), story.sent(BEA)
        assert len(story.sent(HER)) == 1, story.sent(HER)
        assert not story.sent(AMY, "sa likod")
        story.command(BEA, "END")
        story.expect(BEA, "how did it end?")
        story.command(BEA, "END", "she is at the shelter")
        story.expect(BEA, "closed. Thank you.")
        assert story.case()["state"] == "closed"
        assert [note["text"] for note in story.line.case(1001)["note"]] == ["she is at the shelter"]


def stop_stops_words_to_her_and_start_lets_them_go_again():
    with Story() as story:
        story.text(HER, "he beats me")
        story.expect(AMY, "case 1001")
        story.command(AMY, "OK")
        story.expect(AMY, "it is yours")
        story.text(HER, "STOP")
        story.expect(AMY, "> STOP")
        story.command(AMY, "FORCE", "her life: go out now")
        story.expect(AMY, "she texted STOP")
        story.text(HER, "he beats me again")
        story.expect(AMY, "he beats me again")
        assert not story.sent(HER), story.sent(HER)
        story.text(HER, "START")
        story.expect(AMY, "> START")
        story.command(AMY, "SAY", "we are here")
        story.expect(HER, "we are here")


def authority_is_alerted_after_her_yes_only():
    with Story(more='consent = { mode = "ask"; };') as story:
        story.text(HER, "he will kill me tonight")
        story.expect(AMY, "CRITICAL case 1001")
        story.expect(HER, "May we pass your message on")
        time.sleep(QUIET_S)
        assert not story.sent(EMBASSY)
        story.text(HER, "YES")
        story.expect(EMBASSY, "CRITICAL case 1001")
        assert story.case()["consent"] == "yes", story.case()
        story.text(OTHER, "he will kill me tonight")
        story.expect(OTHER, "May we pass your message on")
        story.text(OTHER, "NO")
        story.expect(AMY, "> NO")
        assert not story.sent(EMBASSY, "case 1002")
        story.line.ctl("cases", "consent", "1002", "life at risk")
        story.expect(EMBASSY, "CRITICAL case 1002")
        assert [row for row in story.line.rows("audit", "list") if row["action"] == "consent.override"]


def machine_answers_once_and_nobody_but_a_person():
    with Story(more='replies = { mode = "neutral"; };') as story:
        for _ in range(3):
            story.text(HER, "he beats me")
        reply = story.expect(HER, "")
        story.text(HER, reply)
        story.text(OTHER, "auto-reply: I am driving, he beats me")
        story.text(AMY, "hello")
        story.expect(AMY, "Not understood")
        time.sleep(QUIET_S)
        assert len(story.sent(HER)) == 1 and not story.sent(OTHER), story.sent()


def reporter_at_home_is_asked_one_neutral_question():
    with Story(more='replies = { mode = "neutral"; };') as story:
        story.text("+639175550188", "my sister in Riyadh is locked in, her employer took her phone, please help us")
        question = story.expect("+639175550188", "")
        assert "?" in question and "Riyadh" not in question, question
        assert story.expect(AMY, "case 1001").count("Written by somebody else about her.") == 1
        story.text("+639175550188", "she works for a family in Olaya, please hurry")
        time.sleep(QUIET_S)
        assert story.sent("+639175550188") == [question], "asked once, and nothing else within a day"
        assert story.line.rows("cases", "list")[0]["flags"].count("third_party") == 1


def policy_for_texts_that_ask_for_the_embassy_needs_no_question():
    text = CONFIG.replace('name = "wide"; repeat', 'name = "wide"; consent_given = true; repeat')
    with sinks.HttpSink() as sink, Line(text.format(url=sink.url("/sms"), amy=AMY, bea=BEA, embassy=EMBASSY, after="1 h", more="")) as line:
        assert line.text(HER, "he will kill me, please call the embassy").status == 200
        wait_until(lambda: [item for item in sink.requests if urllib.parse.quote(EMBASSY, safe="") in item["body"]], "the embassy's alert")
        assert [row["action"] for row in line.rows("audit", "list") if row["action"] == "alert.open_by_policy"]


def drill_is_answered_by_sms():
    with Story() as story:
        story.line.ctl("contacts", "drill", "amy")
        test = story.expect(AMY, "TEST of the help line")
        number, code = re.search(r"answer OK (\d+) ([B-Z]{4})", test).groups()
        story.text(BEA, "OK %s %s" % (number, code))
        story.expect(BEA, "There is no case or test")
        story.text(AMY, "OK %s %s" % (number, code))
        story.expect(AMY, "Thank you: the test reached you")
        assert not story.line.rows("cases", "list")


def alert_to_a_strict_network_arrives_without_what_it_bars():
    emirates, qatar = "+971505550101", "+97455550102"
    strict = CONFIG.replace('kind = "generic";', 'kind = "generic"; senders = [ "AE=Line" ];', 1)
    strict = strict.replace('send_body = "', 'send_body = "from={{from}}&', 1)
    with sinks.HttpSink() as sink:
        with Line(strict.format(url=sink.url("/sms"), amy=emirates, bea=qatar, embassy=EMBASSY, after="1 s", more="")) as line:
            said = line.say("--check-config", "--config", line.path("helplined.conf")).stdout.splitlines()
            for words in ("(amy).addresses[0]: the network of United Arab Emirates bars telephone numbers",
                          "(bea).addresses[0]: alerts: QA: the word `", "(bea).addresses[0]: numbers do not show as senders in Qatar"):
                assert any(re.search(r"helplined.conf:\d+: warning: ", row) and words in row for row in said), (words, said)
            line.text(HER, "my boss raped me, he says his sex is my job. call +966 50 555 0199 or www.example.org")
            wait_until(lambda: len(sink.requests) >= 2, "both alerts")
            sent = {}
            for item in sink.requests:
                form = {key: value[0] for key, value in urllib.parse.parse_qs(item["body"]).items()}
                sent[form["to"]] = form
            there, here = sent[emirates], sent[qatar]
            assert there["from"] == "Line" and "his s*x is my job. call +*** or www(.)example(.)org" in there["text"], there
            assert HER not in there["text"] and "the network of United Arab Emirates bars them" in there["text"], there
            assert "from" not in here and "s*xual" in here["text"] and "sexual" not in here["text"], here
            assert all(re.search(r"OK 1001 [B-Z]{4}", form["text"]) for form in (there, here)), sent


tap.run([
    alert_to_a_strict_network_arrives_without_what_it_bars,
    alert_by_sms_is_taken_by_sms_and_the_others_are_told_once,
    silence_asks_the_next_contact_also_after_a_restart_in_the_middle,
    decline_asks_the_next_contact_at_once,
    wrong_codes_are_answered_and_five_of_them_ask_the_next_contact,
    words_go_both_ways_and_no_number_crosses,
    stop_stops_words_to_her_and_start_lets_them_go_again,
    authority_is_alerted_after_her_yes_only,
    machine_answers_once_and_nobody_but_a_person,
    reporter_at_home_is_asked_one_neutral_question, policy_for_texts_that_ask_for_the_embassy_needs_no_question,
         drill_is_answered_by_sms,
])
