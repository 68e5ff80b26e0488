#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_desk - coming in, the queue, a case, leaving: what each role may do and see, and what a forged form does not do.
# Not here: the matrix of roles and routes in full (test_access), how pages look (tests/browser).
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import FORM, Visitor  # noqa: E402
from helpline import Line, desk, received, simple_config  # noqa: E402

BOTH = '{ name = "all"; steps = ( { contacts = [ "ngo", "house" ]; } ); }'
HER = "+966501110001"


class World:
    """One line with three cases, started for the first story and ended after the last."""
    line = sink = None


def start():
    World.sink = sinks.HttpSink().__enter__()
    contacts = desk(World.sink) + ", " + desk(World.sink, name="house", kind="shelter")
    World.line = Line(simple_config(World.sink, contacts=contacts, policy=BOTH)).__enter__()
    World.line.text(HER, "tulong po sinasaktan ako ng amo ko", identity="a")
    World.line.text("+966501110002", "no salary 5 months", identity="b")
    World.line.text("+966501110003", "<b>they lock me in</b> no food 3 days", identity="c")
    received(World.sink, "/ngo", 3)


def nobody_gets_in_without_a_pass():
    start()
    visitor = Visitor(World.line)
    for path, door in (("/", "login"), ("/cases", "login?next=/cases"), ("/cases/1001", "../login?next=/cases/1001"),
                       ("/cases/9", "../login?next=/cases/9"), ("/nothing", "login?next=/nothing"), ("/audit/csv", "../login?next=/audit/csv"),
                       ("/cases?find=%2B966501110001", "login?next=/cases"), ("/a.b", "login"), ("//example.org", "../login"), ("/metrics/", "../login?next=/metrics/")):
        answer = visitor.get(path)
        assert (answer.status, answer.location, answer.text) == (303, door, ""), (path, answer.status, answer.location)
    for path in ("/cases/1001/note", "/nothing", "/"):
        answer = visitor.post(path, text="x")
        assert answer.status == 303 and answer.location.endswith("login"), (path, answer.location)
    assert visitor.get("/login").status == 200
    assert visitor.ask("GET", "/cases", headers={"Cookie": "__Host-s=" + "0" * 64}).status == 303
    assert visitor.ask("POST", "/enter/" + "0" * 64, "", FORM).status == 403


def a_pass_opens_once_and_looking_at_it_uses_nothing_up():
    line = World.line
    path = urllib.parse.urlparse(line.ctl_json("users", "pass", "ngo", "caseworker")[0]["address"]).path
    visitor = Visitor(line)
    for _ in range(3):
        assert visitor.get(path).status == 200
    assert visitor.ask("POST", path, "", dict(FORM, Origin="https://evil.example.org")).status == 403
    answer = visitor.ask("POST", path, "", FORM)
    assert answer.status == 303 and re.fullmatch(
        r"__Host-s=[0-9a-f]{64}; Path=/; Secure; HttpOnly; SameSite=Strict", answer.headers["Set-Cookie"]), answer.headers
    assert visitor.ask("POST", path, "", FORM).status == 403
    actions = [row["action"] for row in line.rows("audit", "list", "--limit", "4")]
    assert "user.enter" in actions and "user.pass" in actions and "user.refused" in actions, actions
    assert line.ctl("users", "pass", "Maria!", "caseworker", check=False).returncode == 2
    assert line.ctl("users", "pass", "maria", "king", check=False).returncode == 2


def a_caseworker_works_a_case_from_the_queue_to_its_end():
    line = World.line
    visitor = Visitor(line, "ngo", "caseworker")
    queue = visitor.get("/cases")
    assert queue.status == 200 and queue.text.index("cases/1003") < queue.text.index("cases/1002"), "the worst stands first"
    assert len(queue.text) < 60 * 1024
    case = visitor.get("/cases/1003")
    assert case.status == 200 and "&lt;b&gt;" in case.text and "<b>they" not in case.text
    answer = visitor.post("/cases/1003/take")
    assert answer.status == 303 and answer.location == "../../cases/1003", answer.location
    assert line.case(1003)["case"][0]["owner"] == "ngo"
    assert visitor.get("/cases/1003").text.count('class="answer done"') == 1
    assert visitor.get("/cases/1003").text.count('class="answer') == 0, "a sentence is told once"
    assert visitor.post("/cases/1003/note", text="brought to\r\na shelter").status == 303
    assert line.case(1003)["note"][0]["text"] == "brought to\na shelter"
    assert line.case(1003)["note"][0]["author"] == "user:ngo"
    assert "cases/1003" in visitor.get("/cases?owner=ngo").text
    assert visitor.post("/cases/1003/close", outcome="safe").status == 303
    assert line.case(1003)["case"][0]["state"] == "closed"
    assert "cases/1003" in visitor.get("/cases?state=closed").text


def roles_see_what_is_theirs():
    line = World.line
    line.ctl("cases", "assign", "1001", "house")
    worker = Visitor(line, "ngo", "caseworker")
    assert worker.get("/cases/1001").status == 404 and "cases/1001" not in worker.get("/cases").text
    assert "cases/1001" not in worker.get("/cases?owner=house").text
    assert "cases/1001" not in worker.get("/cases?find=" + urllib.parse.quote(HER)).text
    assert worker.post("/cases/1001/note", text="x").status == 404
    viewer = Visitor(line, "house", "viewer")
    case = viewer.get("/cases/1001")
    assert case.status == 200 and HER not in case.text, "a viewer sees no number"
    assert "cases/1002" not in viewer.get("/cases").text and viewer.post("/cases/1001/note", text="x").status == 404
    supervisor = Visitor(line, "boss", "supervisor")
    assert "cases/1001" in supervisor.get("/cases").text and "cases/1002" in supervisor.get("/cases").text
    case = supervisor.get("/cases/1001")
    assert case.status == 200 and "sinasaktan" not in case.text and HER not in case.text
    assert supervisor.post("/cases/1002/assign", contact="ngo").status == 303
    assert line.case(1002)["case"][0]["owner"] == "ngo"
    auditor = Visitor(line, "eye", "auditor")
    assert auditor.get("/cases").status == 404 and auditor.get("/cases/1001").status == 404
    denied = [(row["actor"], row["case"], row["object"], row["detail"]) for row in line.rows("audit", "list", "--limit", "1000")
              if row["action"] == "user.denied"]
    assert ("user:ngo", 1001, "/cases/{number}", "role") in denied and ("user:eye", None, "/cases", "role") in denied, denied


def a_forged_form_does_nothing():
    line = World.line
    visitor = Visitor(line, "ngo", "caseworker")
    visitor.get("/cases/1002")
    before = len(line.case(1002)["note"])
    assert visitor.post("/cases/1002/note", headers={"Origin": "https://evil.example.org"}, text="x").status == 403
    assert visitor.post("/cases/1002/note", headers={"Sec-Fetch-Site": "cross-site"}, text="x").status == 403
    assert visitor.post("/cases/1002/note", csrf="0" * 32, text="x").status == 403
    assert visitor.ask("POST", "/cases/1002/note", "text=x", FORM).status == 403
    assert visitor.ask("POST", "/cases/1002/note", "csrf=%s&text=x" % visitor.csrf, {"Content-Type": "text/plain"}).status == 400
    assert visitor.ask("POST", "/cases/1002/note", "csrf=%s&text=x&text=y" % visitor.csrf, FORM).status == 400
    for path in ("/cases?state=open&colour=red", "/cases?csrf=x", "/cases/1002?upto=1&x=", "/?x=1", "/export?state=open"):
        assert visitor.get(path).status == 400, path
    for path, key in (("/cases/1002/note", "urgency"), ("/cases/views", "find"), ("/leave", "x")):
        assert visitor.post(path, **{key: "x"}).status == 400, path
    assert visitor.get("/cases/1002/note?text=x").status == 405 and visitor.get("/cases/1002/note").headers["Allow"] == "POST"
    own = {"Origin": "http://" + line.ready["console"], "Sec-Fetch-Site": "same-origin"}
    assert visitor.post("/cases/1002/note", headers=own).status == 303, "the address that the browser asked is ours, by any name"
    other = Visitor(line, "house", "caseworker")
    other.get("/cases")
    assert visitor.post("/cases/1002/note", csrf=other.csrf, text="x").status == 403, "the sign of another visit"
    assert len(line.case(1002)["note"]) == before


def a_person_is_in_once_and_leaves_for_good():
    line = World.line
    first = Visitor(line, "ngo", "caseworker")
    second = Visitor(line, "ngo", "caseworker")
    assert first.get("/cases").status == 303 and second.get("/cases").status == 200
    answer = second.post("/leave")
    assert answer.status == 200 and "cookies" in answer.headers["Clear-Site-Data"] and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert second.get("/cases").status == 303
    third = Visitor(line, "ngo", "caseworker")
    assert third.get("/cases").status == 200
    assert line.ctl("users", "logout", "ngo").returncode == 0 and third.get("/cases").status == 303, "put out at the machine"
    assert "user.out" in [row["action"] for row in line.rows("audit", "list")]
    assert line.ctl("users", "logout", "No Name", check=False).returncode != 0


def accounts_are_made_changed_and_ended_at_the_machine():
    line = World.line

    def users():
        return {row["name"]: row for row in line.rows("users", "list")}

    def code(*words):
        return line.ctl(*words, check=False).returncode

    row = line.ctl_json("users", "add", "rosa", "supervisor", "--contact", "ngo")[0]
    assert re.fullmatch(r".*/enter/[0-9a-f]{64}", row["address"]) and row["role"] == "supervisor", row
    path = urllib.parse.urlparse(row["address"]).path
    assert Visitor(line).ask("POST", path, "", FORM).status != 303, "an account lets nobody in before it is set"
    rosa = users()["rosa"]
    assert rosa["state"] == "enabled" and rosa["contact"] == "ngo" and rosa["enrolled"] is None and rosa["codes_left"] == 0, rosa
    refused, wrong = 1, 2
    for words, want in ((("add", "rosa", "viewer"), refused), (("add", "Rosa", "viewer"), wrong), (("add", "rosa2", "king"), wrong),
                        (("add", "rosa2", "viewer", "--contact", "nobody"), refused), (("add", "r", "viewer"), wrong),
                        (("change", "rosa"), wrong), (("change", "rosa", "--role", "king"), wrong), (("enable", "rosa"), refused),
                        (("disable", "nobody"), refused), (("reset", "nobody"), refused), (("pass", "rosa", "viewer"), refused),
                        (("change", "rosa", "--role", "viewer", "--contact", ""), 0), (("disable", "rosa"), 0),
                        (("disable", "rosa"), refused), (("reset", "rosa"), refused), (("pass", "rosa", "viewer"), refused),
                        (("enable", "rosa"), 0), (("reset", "rosa"), 0), (("pass", "rosa", "viewer"), 0)):
        assert code("users", *words) == want, (words, want)
    assert users()["rosa"]["role"] == "viewer" and users()["rosa"]["contact"] == "" and len(users()) == 1, users()
    actions = [row["action"] for row in line.rows("audit", "list")]
    assert {"user.added", "user.changed", "user.disabled", "user.enabled", "user.reset"} <= set(actions), actions


def views_are_kept():
    line = World.line
    visitor = Visitor(line, "ngo", "caseworker")
    visitor.get("/cases?flag=minor")
    assert visitor.post("/cases/views", flag="minor", name="<i>children").status == 303
    page = visitor.get("/cases").text
    assert "&lt;i&gt;children" in page and "cases?flag=minor" in page
    assert visitor.post("/cases/views/drop", name="<i>children").status == 303
    assert "children" not in visitor.get("/cases").text.split("Forget a view")[0].split("<h1>")[1]
    World.line.__exit__(None)
    World.sink.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run([nobody_gets_in_without_a_pass, a_pass_opens_once_and_looking_at_it_uses_nothing_up,
             a_caseworker_works_a_case_from_the_queue_to_its_end, roles_see_what_is_theirs, a_forged_form_does_nothing,
             a_person_is_in_once_and_leaves_for_good, accounts_are_made_changed_and_ended_at_the_machine, views_are_kept])
