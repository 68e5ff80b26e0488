#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_ack - a contact answers an alert by its link, from any browser; whoever only looks changes nothing.
# What:  the link of a real alert, asked for and posted to as browsers, mail scanners and forgers do, on the console's listener.
# Not here: answers by SMS (it_responders), what each trust level sees field by field (test_ack).
import http.client
import os
import socket
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
URGENT = "tulong po sinasaktan ako ng amo ko"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TWO_STEPS = '{ name = "all"; steps = ( { contacts = [ "ngo" ]; }, { after = "1 h"; contacts = [ "house" ]; } ); }'
BOTH = '{ name = "all"; steps = ( { contacts = [ "ngo", "house" ]; } ); }'


def configuration(sink, policy=BOTH, **more):
    contacts = desk(sink) + ", " + desk(sink, trust="masked", name="house", kind="shelter")
    return simple_config(sink, contacts=contacts, policy=policy, **more)


def ask(line, method, path, body=None, headers=None):
    """One request to the console's listener; every answer must carry every header of the list."""
    connection = http.client.HTTPConnection(line.ready["console"], timeout=helpline.PATIENCE_S)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        page = answer.read().decode()
        for name, value in HEADERS.items():
            assert answer.getheader(name) == value, (method, path[:5], name, answer.getheader(name))
        assert "geolocation=()" in answer.getheader("Permissions-Policy"), answer.getheaders()
        assert answer.getheader("Server") is None
        assert not page or answer.getheader("Content-Type").endswith("charset=utf-8"), answer.getheaders()
        return answer.status, page
    finally:
        connection.close()


def link(sink, path="/ngo", index=-1):
    """The path of the link in an alert."""
    return urllib.parse.urlparse(received(sink, path)[index]["ack_url"]).path


def touch(line, path, headers=None, **fields):
    return ask(line, "POST", path, urllib.parse.urlencode(fields), dict(FORM, **(headers or {})))


def the_case(line):
    return line.rows("cases", "list", "--state", "all")[0]


def alert_states(line):
    return {row["contact"]: row["state"] for row in reversed(line.rows("alerts", "list"))}


# ---- looking ---------------------------------------------------------------------------------------------------

def looking_twenty_times_changes_nothing():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path = link(sink)
        received(sink, "/house")
        before = the_case(line), alert_states(line), len(sink.requests)
        for _ in range(20):
            status, page = ask(line, "GET", path)
            assert status == 200 and URGENT in page
        assert (the_case(line), alert_states(line), len(sink.requests)) == before
        reads = [row for row in line.rows("audit", "list") if row["action"] == "alert.read"]
        assert len(reads) == 20 and {row["actor"] for row in reads} == {"contact:ngo"}, reads


def scanner_that_follows_and_heads_every_address_takes_nothing():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path = link(sink)
        before = the_case(line), alert_states(line)
        for address in (path, path + "?action=take", path + "?x=1", "/style.css", "/", "/ack/", "/robots.txt"):
            ask(line, "GET", address)
            for method in ("HEAD", "OPTIONS", "PUT", "DELETE"):
                assert ask(line, method, address)[0] == 405, method
        assert (the_case(line), alert_states(line)) == before


def hostile_text_is_shown_as_text():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, "<script>alert(1)</script><img src=x onerror=y> \u202etxt\u202c sinasaktan ako ng amo ko")
        page = ask(line, "GET", link(sink))[1]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "[U+202E]txt[U+202C]" in page
        assert "<script" not in page and "<img" not in page and "\u202e" not in page
        status, style = ask(line, "GET", "/style.css")
        assert status == 200 and "blockquote" in style


# ---- acting ----------------------------------------------------------------------------------------------------

def touch_takes_the_case_and_the_other_contact_is_told_once():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path, other = link(sink), link(sink, "/house")
        wait_until(lambda: not line.rows("outbox", "list", "--state", "leased"), "both alerts are sent")
        status, page = touch(line, path, action="take")
        assert status == 200 and "it is yours" in page
        assert (the_case(line)["state"], the_case(line)["owner"]) == ("taken", "ngo")
        told = wait_until(lambda: [item for item in sink.requests if item["path"] == "/house"][1:], "house is told")
        assert len(told) == 1 and "taken by ngo" in told[0]["body"], told
        touch(line, path, action="take")
        status, page = ask(line, "GET", other)
        assert status == 200 and "held by ngo" in page and URGENT not in page and "<form" not in page
        assert "held by ngo" in touch(line, other, action="take")[1]
        assert the_case(line)["owner"] == "ngo"
        assert len([item for item in sink.requests if item["path"] == "/house"]) == 2
        assert alert_states(line) == {"ngo": "acknowledged", "house": "ended"}


def declining_asks_the_next_step_at_once():
    with sinks.HttpSink() as sink, Line(configuration(sink, policy=TWO_STEPS)) as line:
        line.text(HER, URGENT)
        status, page = touch(line, link(sink), action="decline")
        assert status == 200 and "next contact is asked" in page
        received(sink, "/house")
        assert the_case(line)["state"] == "open"


def note_say_and_end_work_by_page():
    out = ('{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; send_url = "%s"; retry_first = "100 ms"; }')
    with sinks.HttpSink() as sink, Line(configuration(sink, line=out % sink.url("/sms"))) as line:
        line.text(HER, URGENT)
        path = link(sink)
        ask(line, "GET", path)
        assert line.rows("cases", "list", "--unread", "yes"), "a scanner looks at links too"
        touch(line, path, action="take")
        assert not line.rows("cases", "list", "--unread", "yes"), "who acts there has read what stands there"
        status, page = touch(line, path, action="note", text="Called the shelter.\r\nWaiting.")
        assert status == 200 and "noted" in page
        page = touch(line, path, action="say", text="Are you safe?", after="0.1")[1]
        sent = wait_until(lambda: [item for item in sink.requests if item["path"] == "/sms"], "her answer")
        assert "Are" in sent[0]["body"] and "You, to her" in page, page
        assert "not sent a second time" in touch(line, path, action="say", text="Are you safe?", after="0.1")[1]
        assert "how it ended" in touch(line, path, action="end")[1]
        assert "closed" in touch(line, path, action="end", text="She is in the shelter.")[1]
        assert the_case(line)["state"] == "closed"
        assert len([item for item in sink.requests if item["path"] == "/sms"]) == 1
        notes = [row["text"] for row in line.case(1001)["note"]]
        assert notes == ["Called the shelter.\nWaiting.", "She is in the shelter."], notes


def test_of_a_contact_is_answered_by_its_link():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.ctl("contacts", "drill", "ngo")
        text = wait_until(lambda: [item["body"] for item in sink.requests if "TEST" in item["body"]], "a drill")[0]
        path = "/ack/" + text.split("/ack/")[1].split()[0]
        assert "No one is in danger" in ask(line, "GET", path)[1]
        assert "your answer reached us" in touch(line, path, action="take")[1]


# ---- what is not ours ------------------------------------------------------------------------------------------

def forged_expired_and_unknown_links_give_one_and_the_same_page():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path = link(sink)
        identity, expiry, signature = path[len("/ack/"):].split(".")
        forged = ["/ack/%s.%d.%s" % (identity, int(expiry) + 1, signature), "/ack/%s.1.%s" % (identity, signature),
                  "/ack/%s.%s.%s" % (identity[::-1], expiry, signature), "/ack/%s.%s.%s" % (identity, expiry, "0" * 32), "/ack/x"]
        answers = {ask(line, "GET", address) for address in forged} | {touch(line, address, action="take") for address in forged}
        assert len(answers) == 1 and answers.pop()[0] == 404
        assert the_case(line)["state"] == "open"
        assert identity not in line.log() and signature not in line.log()


def form_of_another_site_is_refused():
    own = "http://127.0.0.1:1"  # the public_url of these stories
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path = link(sink)
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}):
            assert touch(line, path, headers, action="take")[0] == 403, headers
            assert the_case(line)["state"] == "open"
        assert touch(line, path, {"Origin": own, "Sec-Fetch-Site": "same-origin"}, action="take")[0] == 200
        assert the_case(line)["state"] == "taken"


def flood_on_one_link_is_slowed_down_and_harms_no_other():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        line.text(HER, URGENT)
        path, other = link(sink), link(sink, "/house")
        statuses = [ask(line, "GET", path)[0] for _ in range(60)]
        assert statuses[:30] == [200] * 30 and 429 in statuses, statuses
        assert ask(line, "GET", other)[0] == 200
        assert line.request("GET", "/healthz").status == 200


def broken_requests_are_answered_with_all_headers():
    with sinks.HttpSink() as sink, Line(configuration(sink)) as line:
        host, port = line.ready["console"].rsplit(":", 1)
        for raw in (b"GET /ack/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    b"POST /ack/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=helpline.PATIENCE_S) as connection:
                connection.sendall(raw)
                answer = connection.recv(65536).decode()
            for name, value in HEADERS.items():
                assert "%s: %s\r\n" % (name, value) in answer, (name, answer)
        assert ask(line, "GET", "/healthz")[0] == 200


tap.run([
    looking_twenty_times_changes_nothing,
    scanner_that_follows_and_heads_every_address_takes_nothing,
    hostile_text_is_shown_as_text,
    touch_takes_the_case_and_the_other_contact_is_told_once,
    declining_asks_the_next_step_at_once,
    note_say_and_end_work_by_page,
    test_of_a_contact_is_answered_by_its_link,
    forged_expired_and_unknown_links_give_one_and_the_same_page,
    form_of_another_site_is_refused,
    flood_on_one_link_is_slowed_down_and_harms_no_other,
    broken_requests_are_answered_with_all_headers,
])
