#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# pages - every page of the real daemon in Debian's Chromium, with scripts and without, on a phone and on a desk.
# What:  fills a line with invented cases (Arabic, Khmer, a text of 1,600 characters, hostile texts), opens every page by tests/browser/drive.js
#        and acts on the pages without JavaScript. Screenshots go to build/browser for people to look at.
# Keeps: skipped, with the reason, where Chromium or the packages are not there: `make browser` fetches them and then insists.
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import Account  # noqa: E402
from helpline import ROOT, WEBHOOK_SECRET, Line, desk, received, simple_config, wait_until  # noqa: E402

MODULES = os.path.join(ROOT, "build/browser/node_modules")
SHOTS = os.path.join(ROOT, "build/browser/screens")
MUST = os.environ.get("HELPLINED_BROWSER") == "must"
PATIENCE_S = 600
LONG = ("Please read all of this. I work in two houses and they do not pay me since March. " * 20)[:1600]
# Texts that open no case.
ASIDE = ["WIN the loan prize <b>today</b>, winner \u202etxt", "thank you po, God bless", "مبروك لقد ربحت جائزة كبيرة", "stop"]
TWO_LINES = ('{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; }, '
             '{ name = "spare"; kind = "generic"; auth = "token"; secret = "abcdefghijklmnop12345678"; country = "AE"; }')
DOWN = (', { name = "down"; kind = "webhook"; secret = "%s"; url = "http://127.0.0.1:9/"; retry_first = "600 s"; }, '
        '{ name = "sim"; kind = "modem"; device = "/dev/ttyUSB99"; country = "KW"; }' % WEBHOOK_SECRET)
NOT_REACHED = (', { name = "night"; title = "Night shelter"; kind = "shelter"; addresses = ( { channel = "down"; to = "http://127.0.0.1:9/"; } ); }, '
               '{ name = "embassy"; title = "Embassy"; kind = "consulate"; addresses = ( { channel = "down"; to = "http://127.0.0.1:9/"; } ); }')
ALL = '{ name = "all"; steps = ( { contacts = [ "ngo", "night", "embassy" ]; } ); }'
# who, text
TEXTS = [
    ("+966501110001", "tulong po sinasaktan ako ng amo ko, dont call me text only"),
    ("+971501110002", "أنا خادمة في بيت مقفل عليّ من يومين بدون أكل. أرجوكم ساعدوني، لا تتصلوا"),
    ("+85512345678", "ជួយខ្ញុំផង ម្ចាស់ផ្ទះវាយខ្ញុំ ហើយចាក់សោទ្វារ"),
    ("+966501110004", LONG),
    ("+966501110005", "<script>alert(1)</script><img src=x onerror=y> \u202etxt\u202c =HYPERLINK(\"http://example.org\") sinasaktan ako ng amo ko"),
    ("+96550111006", "malik le talab diye na 5 mahine se, passport bhi uske paas hai"),
    ("+6581110007", "how can i renew my visa?"),
]


class Browser:
    """What drive.js found: problems by page."""
    def __init__(self, plan):
        done = subprocess.run(["node", os.path.join(HERE, "drive.js")], input=json.dumps(plan), capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False, env=dict(os.environ, HELPLINED_BROWSER_MODULES=MODULES))
        self.looks = [json.loads(row) for row in done.stdout.splitlines() if row.startswith("{")]
        self.problems = ["%s (%s): %s" % (look["page"], look["variant"], problem) for look in self.looks for problem in look["problems"]]
        if done.returncode and not self.problems:
            self.problems = ["the browser ended with %d: %s" % (done.returncode, done.stderr[-2000:])]


def need_browser():
    missing = None
    if not shutil.which("node"):
        missing = "node is not installed"
    elif not os.path.isdir(os.path.join(MODULES, "playwright-core")):
        missing = "the packages are not in build/browser"
    elif not os.path.exists(os.environ.get("CHROMIUM", "/usr/bin/chromium")):
        missing = "Chromium is not installed"
    if missing and MUST:
        raise AssertionError(missing + ": make browser installs it")
    if missing:
        raise tap.Skip(missing + "; make browser installs it")


def page(name, path, *words, status=200, never=()):
    return {"name": name, "path": path, "words": words, "status": status, "never": never}


def links(sink):
    """The paths of the links in the alerts, in the order of the texts."""
    return [urllib.parse.urlparse(alert["ack_url"]).path for alert in received(sink, "/ngo", len(TEXTS) - 1)]


def fill(line):
    for number, (sender, text) in enumerate(TEXTS):
        assert line.text(sender, text, identity="t%d" % number).status == 200


def keep_back(line):
    """Four that are not let in: without a proof, to no channel, no text at all, bytes."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", "/in/spare/message?token=wrong", b"from=%2B971501234567&id=q&text=%D8%A3%D9%86%D8%A7+%D9%81%D9%8A+%D8%AE%D8%B7%D8%B1+%3Cb%3E", form)
    line.request("POST", "/in/old/message", b'{"messages":[{"from":"+9665","body":"\xe2\x80\xaetulong"}]}', {"Content-Type": "application/json"})
    line.request("POST", "/in/line/message", b"not a form <b>at all</b>", {"Content-Type": "text/plain"})
    line.request("POST", "/in/line/message", bytes(range(256)), {"Content-Type": "application/octet-stream"})


def set_aside(line):
    for number, text in enumerate(ASIDE):
        assert line.text("+9665022200%02d" % number, text, identity="n%d" % number).status == 200


def look(line, pages, **more):
    plan = dict({"base": "http://" + line.ready["console"], "shots": SHOTS, "pages": pages}, **more)
    return Browser(plan)


def check(browser, at_least):
    assert not browser.problems, "\n" + "\n".join(browser.problems)
    assert len(browser.looks) >= at_least, "only %d looks" % len(browser.looks)


def the_page_behind_a_link_is_read_and_acted_on_from_any_browser():
    need_browser()
    with sinks.HttpSink() as sink, Line(simple_config(sink, contacts=desk(sink))) as line:
        fill(line)
        paths = links(sink)
        names = ["taglish", "arabic", "khmer", "long", "hostile", "hindi", "question"]
        pages = [page("link-" + name, path, "Case 100") for name, path in zip(names, paths)]
        pages.append(page("link-unknown", "/ack/nothing", status=404))
        steps = [
            {"name": "taken", "path": paths[0], "form": "form:has(input[value=take])", "words": ["You hold this case."]},
            {"name": "reached", "form": "form:has(input[value=contacted])", "words": ["She was reached."]},
        ]
        browser = look(line, pages, stories=[{"name": "a contact takes a case", "steps": steps}])
        check(browser, 6 * len(pages))
        wait_until(lambda: line.case(1001)["case"][0]["state"] == "taken", "a taken case")
        assert line.case(1001)["case"][0]["contacted_at"]


def entry(line, name, role):
    """The address that lets somebody in, and what is done there."""
    path = urllib.parse.urlparse(line.ctl_json("users", "pass", name, role)[0]["address"]).path
    return [{"name": name, "path": path, "words": ["Cases"]}]


def cases_are_read_and_worked_in_any_browser():
    need_browser()
    with sinks.HttpSink() as sink, Line(simple_config(sink, contacts=desk(sink))) as line:
        fill(line)
        links(sink)
        names = ["taglish", "arabic", "khmer", "long", "hostile", "hindi", "question"]
        pages = [page("case-" + name, "/cases/%d" % (1001 + number), "Case 100") for number, name in enumerate(names)]
        pages += [
            page("cases", "/cases", "1001", "do not call", "Arabic", "nobody"),
            page("cases-filter", "/cases?flag=do_not_call&state=open", "1001", "Keep this filter"),
            page("cases-none", "/cases?flag=minor", "No case fits this filter."),
            page("cases-found", "/cases?find=%2B966501110004", "1004"),
            page("cases-not-found", "/cases?find=4711", "No case has this number."),
            page("lexicon", "/lexicon", "Try a text", "Tagalog"),
            page("lexicon-words", "/lexicon/words?language=km&label=categories:wages", "Khmer"),
            page("replies", "/replies", "Khmer", "Where they go"),
            page("replies-khmer", "/replies?language=km", "1 SMS, UCS-2"),
            page("lexicon-candidates", "/lexicon/candidates", "No correction suggests a word."),
            page("no-such-page", "/cases/4711", "Nothing here for you", status=404),
        ]
        steps = [
            {"name": "filter", "path": "/cases", "form": "form.filter", "fields": {"flag": "do_not_call", "unanswered": "yes"}, "words": ["1002"]},
            {"name": "view", "form": "form[action$='views']", "fields": {"name": "الكويت"}, "words": ["The view is kept."]},
            {"name": "search", "form": "form.search", "fields": {"find": "1001"}, "words": ["1001"]},
            {"name": "take", "path": "/cases/1001", "form": "form[action$='1001/take']", "words": ["Case 1001: it is yours."]},
            {"name": "note", "form": "form[action$='1001/note']", "fields": {"text": "អ្នកជួយ\n<b>x</b>"}, "words": ["<b>x</b>"]},
        ]
        steps += [
            {"name": "try", "path": "/lexicon", "form": "form[action$='try']", "fields": {"text": TEXTS[1][1]}, "words": ["confinement"]},
            {"name": "refused", "path": "/lexicon", "form": "form[action$='add']",
             "fields": {"language": "en", "label": "categories:wages", "words": "birthday"}, "words": ["not added"]},
        ]
        browser = look(line, pages, signin=entry(line, "ngo", "caseworker"), stories=[{"name": "a caseworker", "steps": steps}])
        check(browser, 6 * len(pages) + len(steps))
        case = line.case(1001)
        assert case["case"][0]["owner"] == "ngo" and case["note"][0]["author"] == "user:ngo"
        assert case["note"][0]["text"] == "អ្នកជួយ\n<b>x</b>"
        pages = [page("contacts", "/contacts", "on duty", "Send a test"), page("cases-supervisor", "/cases", "not closed"), page("case-supervisor", "/cases/1002", "Case 1002", never=[TEXTS[1][0], TEXTS[1][1][:20]])]
        check(look(line, pages, signin=entry(line, "boss", "supervisor")), 6 * len(pages))
        signin = entry(line, "eye", "auditor")
        signin[0]["words"] = ["Audit"]
        pages = [page("figures", "/figures", "Figures"), page("figures-trends", "/figures/trends", "Figures: trends"),
                 page("figures-times", "/figures/times", "Figures: times"), page("report", "/report"), page("audit", "/audit", "user.enter"),
                 page("cases-auditor", "/cases", "Nothing here for you", status=404)]
        check(look(line, pages, signin=signin), 6 * len(pages))


def the_line_is_looked_after_in_any_browser():
    need_browser()
    with sinks.HttpSink() as sink, Line(simple_config(
            sink, contacts=desk(sink) + NOT_REACHED, line=TWO_LINES, channels=DOWN, policy=ALL)) as line:
        fill(line)
        set_aside(line)
        keep_back(line)
        first = len(TEXTS) + 1
        pages = [page("messages", "/messages", "God bless", "<b>today</b>"), page("messages-kind", "/messages?intent=stop", "All of them"),
                 page("messages-none", "/messages?intent=yes", "No further text"), page("message", "/messages/%d" % first, "Open a case"),
                 page("quarantine", "/quarantine", "somebody forges"), page("quarantine-none", "/quarantine?state=dropped", "Nothing fits"),
                 page("kept-form", "/quarantine/1", "Let it in", "<b>"), page("kept-json", "/quarantine/2", "messages[0].from"),
                 page("kept-raw", "/quarantine/3", "<b>at all</b>"), page("kept-bytes", "/quarantine/4", "00 01 02"),
                 page("outbox", "/outbox", "Held until she agrees", "Night shelter"), page("outbox-none", "/outbox?state=dead", "Nothing fits"),
                 page("channels", "/channels", "not connected", "The line tests itself")]
        wait_until(lambda: line.rows("outbox", "list", "--state", "queued"), "something that waits")
        steps = [{"name": "test", "path": "/channels", "form": "form:has(input[value=spare])", "words": ["nothing was sent or stored"]},
                 {"name": "kick", "path": "/outbox", "form": "form[action$='kick']", "words": ["It is tried now."]},
                 {"name": "let-in", "path": "/quarantine/1", "form": "form[action$='release']", "words": ["released into case"]},
                 {"name": "open", "path": "/messages/%d" % first, "form": "form[action$='open']", "words": ["opened with that text"]}]
        browser = look(line, pages, signin=entry(line, "ngo", "caseworker"), stories=[{"name": "a text is no advert", "steps": steps}])
        check(browser, 6 * len(pages) + len(steps))
        pages = [page("messages-supervisor", "/messages", "advert or chat", never=["God bless"])]
        check(look(line, pages, signin=entry(line, "boss", "supervisor")), 6 * len(pages))


def people_come_in_and_are_given_accounts_in_any_browser():
    need_browser()
    with sinks.HttpSink() as sink, Line(simple_config(sink, contacts=desk(sink))) as line:
        fill(line)
        links(sink)
        address = line.ctl_json("users", "add", "joan", "viewer")[0]["address"]
        passed = line.ctl_json("users", "pass", "guest", "viewer")[0]["address"]
        pages = [page("login", "/login?next=/cases", "Come in", "recovery codes"), page("login-unknown", "/enter/nothing", "Come in"),
                 page("enrolment", urllib.parse.urlparse(address).path, "Your account", "joan", "15 to 128 characters"),
                 page("pass", urllib.parse.urlparse(passed).path, "This address opens the console once")]
        check(look(line, pages), 6 * len(pages))
        boss = Account(line, "boss", "supervisor", "sieben graue Steine am Ufer")
        fields = {"name": "boss", "password": boss.password, "code": boss.codes[0]}
        signin = [{"name": "boss", "path": "/login?next=/users", "fields": fields, "words": ["Somebody new", "recovery code"]}]
        pages = [page("users", "/users", "Who is in", "has not begun yet"), page("me", "/me", "Where you are in", "Recovery codes left"),
                 page("me-change", "/me/change", "A new password"), page("again", "/again", "Is it you?"),
                 page("case-glass", "/cases/1001", "Read this case in an emergency", never=["sinasaktan"])]
        steps = [
            {"name": "add", "path": "/users", "form": "form[action$='users/add']", "fields": {"name": "lea", "role": "auditor"}, "words": ["An address for", "/enter/"]},
            {"name": "prove", "path": "/again?next=/me", "form": "form[action$='again']", "fields": {"code": boss.codes[1]}, "words": ["Where you are in"]},
            {"name": "codes", "path": "/me/change", "form": "form[action$='me/codes']", "words": ["Your recovery codes"]},
            {"name": "glass", "path": "/cases/1001", "form": "form[action$='glass']", "fields": {"reason": "nobody answers her now"}, "words": ["sinasaktan", "against the rule"]},
            {"name": "leave", "form": "form[action$='leave']", "words": ["You have left"]},
        ]
        check(look(line, pages, signin=signin, stories=[{"name": "a supervisor", "steps": steps}]), 6 * len(pages) + len(steps))


class Faulty(http.server.BaseHTTPRequestHandler):
    """A page with one fault of each kind."""
    BODY = ("<!doctype html><html><head><title>x</title></head><body><h1>Faulty</h1><img src='http://192.0.2.1/x.png'>"
            "<div style='width:2000px'>wide</div><input name='unlabelled'><script>nothing()</script><!--%s--></body></html>" % ("x" * 70000))

    def do_GET(self):  # noqa: N802 - the name is the library's
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.BODY.encode())

    def log_message(self, *ignored):
        pass


def a_page_with_a_fault_is_seen():
    """The browser's own control: each kind of problem is found on a page that has it."""
    need_browser()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        browser = Browser({"base": "http://127.0.0.1:%d" % server.server_port, "shots": os.path.join(SHOTS, "control"),
                           "pages": [page("faulty", "/", "a word that no page says", status=404, never=["wide"])]})
    finally:
        server.shutdown()
        server.server_close()
    found = "\n".join(browser.problems)
    for kind in ("does not say", "says what it should not", "status 200", "px too wide", "bytes", "asked another host", "axe: label", "axe: image-alt"):
        assert kind in found, (kind, found)
    assert {row["variant"] for row in browser.looks} == {"phone", "phone-noscript", "desk", "desk-noscript", "night", "print"}


if __name__ == "__main__":
    tap.run([cases_are_read_and_worked_in_any_browser, the_line_is_looked_after_in_any_browser, the_page_behind_a_link_is_read_and_acted_on_from_any_browser,
             people_come_in_and_are_given_accounts_in_any_browser, a_page_with_a_fault_is_seen])
