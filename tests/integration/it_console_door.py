#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_door - accounts: begun at an address that is handed on, come in by password and code, prove themselves again, are changed by
# a supervisor; what is wrong is answered alike; a restart ends no visit; a supervisor breaks the glass of one case.
# Not here: how long delays are (test_accounts), what time codes are (test_totp), the matrix of roles (test_access).
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import FORM, Account, Visitor, time_code  # noqa: E402
from helpline import Line, desk, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
PASSWORD = "vier blaue Boote im Hafen"
OLD = 11 * 60 * 1000  # a proof of so long ago is too old


class World:
    """One line with two cases, started for the first story and ended after the last."""
    line = sink = maria = boss = None


def rows(action):
    return [row for row in World.line.rows("audit", "list", "--limit", "1000") if row["action"] == action]


def an_account_begins_at_the_address_that_was_handed_on():
    World.sink = sinks.HttpSink().__enter__()
    contacts = desk(World.sink) + ", " + desk(World.sink, name="watch")
    config = simple_config(World.sink, contacts=contacts) + 'auditor = { contacts = [ "watch" ]; };\n'
    World.line = line = Line(config).__enter__()
    line.text(HER, "tulong po sinasaktan ako ng amo ko", identity="a")
    line.text("+966501110002", "no salary 5 months", identity="b")
    address = line.ctl_json("users", "add", "maria", "caseworker", "--contact", "ngo")[0]["address"]
    path = urllib.parse.urlparse(address).path
    visitor = Visitor(line)
    page = visitor.get(path)
    secret = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', page.text).group(1)
    assert page.status == 200 and "otpauth://totp/" in page.text and "<svg" in page.text and "15 to 128" in page.text
    for wrong in ({"password": "too short"}, {"repeated": "another sentence of mine"}, {"code": "12345"}, {"code": ""},
                  {"password": "passwordpassword", "repeated": "passwordpassword"}):
        fields = dict({"name": "maria", "password": PASSWORD, "repeated": PASSWORD, "code": time_code(secret)}, **wrong)
        answer = visitor.ask("POST", path, urllib.parse.urlencode(fields), FORM)
        assert answer.status == 403 and secret in answer.text and "Set-Cookie" not in answer.headers, (wrong, answer.status)
    fields = {"name": "maria", "password": PASSWORD, "repeated": PASSWORD, "code": time_code(secret)}
    answer = visitor.ask("POST", path, urllib.parse.urlencode(fields), dict(FORM, Origin="https://evil.example.org"))
    assert answer.status == 403 and "Set-Cookie" not in answer.headers
    assert visitor.ask("POST", path, urllib.parse.urlencode(dict(fields, role="supervisor")), FORM).status == 400
    World.maria = Account.__new__(Account)
    World.maria.line, World.maria.name, World.maria.password = line, "maria", PASSWORD
    World.maria.begin(address)
    assert len(World.maria.codes) == 10 and len(set(World.maria.codes)) == 10
    assert visitor.ask("POST", path, urllib.parse.urlencode(fields), FORM).status == 403, "the address is used up"
    assert World.maria.visitor.get("/cases").status == 200 and "10" in World.maria.visitor.get("/me").text
    with open(line.path("helplined.db"), "rb") as file:
        assert PASSWORD.encode() not in file.read()
    assert PASSWORD not in line.log() and secret not in line.log() and World.maria.codes[0] not in line.log()


def password_and_code_let_in_and_lead_to_the_page_that_was_asked_for():
    maria = World.maria
    assert Visitor(World.line).get("/login?next=/cases/1001").status == 200
    assert Visitor(World.line).get("/login?next=/cases&x=1").status == 400
    code = time_code(maria.secret, 1)
    answer, visitor = maria.sign_in(code, next="/cases/1002", name=" Maria ")
    assert answer.status == 303 and answer.location == "cases/1002", (answer.status, answer.text)
    assert re.fullmatch(r"__Host-s=[0-9a-f]{64}; Path=/; Secure; HttpOnly; SameSite=Strict", answer.headers["Set-Cookie"])
    assert visitor.get("/cases/1002").status == 200
    assert visitor.get("/login").status == 303 and visitor.get("/login?next=/cases").location == "cases"
    assert maria.visitor.get("/cases").status == 303, "who comes in again is out everywhere else"
    assert maria.sign_in(code)[0].status == 403, "a code is good once"
    for evil in ("//evil.example.org", "https://evil.example.org/"):
        answer, visitor = maria.sign_in(maria.codes.pop(), next=evil)
        assert answer.status == 303 and answer.location == "./", (evil, answer.location)
    assert "recovery code" in visitor.get("/cases").text
    used = maria.codes.pop()
    assert maria.sign_in(used.lower().replace("-", " "))[0].status == 303
    assert maria.sign_in(used)[0].status == 403, "a recovery code is good once"
    details = {row["detail"] for row in rows("user.refused")}
    assert "code" in details and rows("user.signed_in") and rows("user.enrolled"), details


def what_is_wrong_is_answered_alike():
    maria, line = World.maria, World.line
    line.ctl("users", "add", "idle", "viewer")
    texts = set()
    for more in ({"password": "another sentence of mine"}, {"name": "nobody"}, {"name": "idle"}, {"code": "000000"},
                 {"name": "Ϩ' OR 1=1 --"}, {"name": ""}, {"password": ""}):
        answer, _ = maria.sign_in(more.pop("code", maria.codes[0]), **more)
        assert answer.status == 403 and "Set-Cookie" not in answer.headers, (more, answer.status)
        texts.add(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(texts) == 1, "one answer to all that is wrong"
    visitor = Visitor(line)
    for body in ("name=maria&name=boss", "name=maria&colour=red", "name=%zz&password=%00&code="):
        assert visitor.ask("POST", "/login", body, FORM).status in (400, 403), body
    assert visitor.ask("POST", "/login", "name=maria", {"Content-Type": "text/plain"}).status == 400
    assert visitor.ask("POST", "/login", "name=maria", dict(FORM, Origin="https://evil.example.org")).status == 403
    assert visitor.ask("POST", "/login", "name=maria", dict(FORM, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    statuses = [maria.sign_in("000000", name="ghost")[0].status for _ in range(6)]
    assert statuses[-1] == 429 and statuses[0] == 403, statuses
    assert int(maria.sign_in("000000", name="ghost")[0].headers["Retry-After"]) > 0


def a_restart_ends_no_visit_and_a_form_outlives_the_proof():
    maria, line = World.maria, World.line
    answer, visitor = maria.sign_in(maria.codes.pop())
    assert answer.status == 303
    assert visitor.get("/cases/1002").status == 200
    assert visitor.post("/cases/1002/take").status == 303
    line.end()
    line.change_database("UPDATE signins SET fresh_at = fresh_at - %d" % OLD)
    line.start()
    old = visitor.cookie
    assert visitor.get("/cases/1002").status == 200, "a restart ends no visit"
    words = "call me <b>back</b>\r\n& soon"
    answer = visitor.post("/cases/1002/override", text=words, reason="she asked for it")
    assert answer.status == 303 and answer.location == "../../again", (answer.status, answer.location)
    assert "nothing was done" in visitor.get("/again").text
    assert visitor.post("/again", password="wrong", code="").status == 403
    assert visitor.post("/again", password="", code="").status == 400
    page = visitor.post("/again", password=PASSWORD, code="")
    assert page.status == 200 and "call me &lt;b&gt;back&lt;/b&gt;" in page.text and 'name="reason"' in page.text, page.text
    visitor.cookie = page.headers["Set-Cookie"].split(";")[0]
    assert visitor.cookie != old, "a new proof brings a new cookie"
    assert visitor.ask("GET", "/cases", headers={"Cookie": old}).status == 303, "and the old one opens nothing"
    sign = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text).group(1)
    answer = visitor.post("/cases/1002/override", csrf=sign, text=words, reason="she asked for it")
    assert answer.status in (200, 303) and "again" not in (answer.location or ""), (answer.status, answer.location)
    assert visitor.get("/me/change").status == 200
    assert [row for row in rows("user.step_up")], "on record"


def who_is_in_changes_its_own_password_and_codes():
    maria = World.maria
    answer, visitor = maria.sign_in(maria.codes.pop())
    assert answer.status == 303
    visitor.get("/me/change")
    assert visitor.post("/me/password", name="maria", password="short", repeated="short").status == 403
    maria.password = "fünf rote Räder im Regen "
    assert visitor.post("/me/password", name="maria", password=maria.password, repeated=maria.password).status == 303
    page = visitor.post("/me/codes")
    maria.codes = re.findall(r"<li><code>([^<]+)</code>", page.text)
    assert page.status == 200 and len(maria.codes) == 10
    assert maria.sign_in(maria.codes[0], password=PASSWORD)[0].status == 403
    assert maria.sign_in(maria.codes.pop())[0].status == 303
    assert rows("user.password") and rows("user.codes")


def a_supervisor_gives_accounts_and_takes_them():
    line = World.line
    World.boss = boss = Account(line, "boss", "supervisor", "sieben graue Steine am Ufer")
    visitor = boss.visitor
    page = visitor.get("/users")
    assert page.status == 200 and "maria" in page.text and "Who is in" in page.text
    answer = visitor.post("/users/add", name="joan", role="viewer", contact="")
    address = re.search(r'class="secret"><code>([^<]+)</code>', answer.text).group(1)
    assert answer.status == 200 and "/enter/" in address
    joan = Account.__new__(Account)
    joan.line, joan.name, joan.password = line, "joan", "neun gelbe Lampen im Flur"
    joan.begin(address)
    assert joan.visitor.get("/cases").status == 200 and joan.visitor.get("/users").status == 404
    assert visitor.post("/users/act", name="joan", do="logout").status == 303 and joan.visitor.get("/cases").status == 303
    assert visitor.post("/users/act", name="joan", do="disable").status == 303
    assert joan.sign_in(joan.codes.pop())[0].status == 403, "a disabled account is one more wrong name"
    assert visitor.post("/users/act", name="joan", do="enable").status == 303
    answer, other = joan.sign_in(joan.codes.pop())
    assert answer.status == 303
    assert visitor.post("/users/change", name="joan", role="auditor", contact="").status == 303
    assert other.get("/cases").status == 303, "another role is another visit"
    answer = visitor.post("/users/act", name="joan", do="reset")
    assert answer.status == 200 and "/enter/" in answer.text
    assert joan.sign_in(joan.codes.pop())[0].status == 403, "what was set is forgotten"
    assert visitor.post("/users/act", name="boss", do="disable").status == 303
    assert visitor.get("/users").status == 200, "nobody locks himself out"
    actions = {row["action"] for row in line.rows("audit", "list", "--limit", "1000") if row["actor"] == "user:boss"}
    assert {"user.added", "user.disabled", "user.enabled", "user.changed", "user.reset"} <= actions, actions


def a_supervisor_breaks_the_glass_of_one_case_and_others_hear_of_it():
    line, visitor = World.line, World.boss.visitor
    page = visitor.get("/cases/1001")
    assert page.status == 200 and "sinasaktan" not in page.text and HER not in page.text
    assert visitor.post("/cases/1001/glass", reason="why not").status == 303
    assert "sinasaktan" not in visitor.get("/cases/1001").text, "a reason is some words"
    assert visitor.post("/cases/1001/glass", reason="nobody answers and she may be dying").status == 303
    page = visitor.get("/cases/1001")
    assert "sinasaktan" in page.text and "against the rule" in page.text
    assert "no salary" not in visitor.get("/cases/1002").text, "of one case"
    assert [row["case"] for row in rows("case.glass_broken")] == [1001]
    assert "she may be dying" in line.case(1001)["note"][0]["text"]
    told = wait_until(lambda: [item["body"] for item in World.sink.requests if item["path"] == "/watch" and "glass_broken" in item["body"]],
                      "the alarm")[0]
    assert "1001" in told and "boss" in told and "dying" not in told and "sinasaktan" not in told, told
    line.end()
    line.change_database("UPDATE glass SET until_at = until_at - %d" % (31 * 60 * 1000))
    line.start()
    assert "sinasaktan" not in visitor.get("/cases/1001").text, "for a time"


def leaving_clears_the_browser():
    visitor = World.boss.visitor
    visitor.get("/users")
    answer = visitor.post("/leave")
    assert answer.status == 200 and "cookies" in answer.headers["Clear-Site-Data"] and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert visitor.get("/users").status == 303
    World.line.__exit__(None)
    World.sink.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run([an_account_begins_at_the_address_that_was_handed_on, password_and_code_let_in_and_lead_to_the_page_that_was_asked_for,
             what_is_wrong_is_answered_alike, a_restart_ends_no_visit_and_a_form_outlives_the_proof,
             who_is_in_changes_its_own_password_and_codes, a_supervisor_gives_accounts_and_takes_them,
             a_supervisor_breaks_the_glass_of_one_case_and_others_hear_of_it, leaving_clears_the_browser])
