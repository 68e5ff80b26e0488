# SPDX-License-Identifier: GPL-3.0-or-later
# console - a visitor of the console, for stories: comes in with a pass of the host, asks for pages, sends their forms.
# Keeps: every answer is looked over for the headers that each must have.
import http.client
import re
import urllib.parse

import helpline

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text
        self.location = headers.get("Location")

    def heading(self):
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.S)
        return re.sub(r"<[^>]*>", "", found.group(1)) if found else ""


class Visitor:
    """One browser. `Visitor(line, "maria", "caseworker")` comes in; without a name nobody is in."""
    def __init__(self, line, name=None, role=None):
        self.line, self.cookie, self.csrf = line, None, ""
        if name:
            self.come_in(name, role)

    def come_in(self, name, role):
        address = self.line.ctl_json("users", "pass", name, role)[0]["address"]
        answer = self.ask("POST", urllib.parse.urlparse(address).path, "", FORM)
        assert answer.status == 303, (answer.status, answer.text)
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return answer

    def ask(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.cookie and "Cookie" not in headers:
            headers["Cookie"] = self.cookie
        connection = http.client.HTTPConnection(self.line.ready["console"], timeout=helpline.PATIENCE_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for name, value in HEADERS.items():
                assert answer.getheader(name) == value, (method, path, name, answer.getheader(name))
            return Answer(answer.status, dict(answer.getheaders()), text)
        finally:
            connection.close()

    def get(self, path):
        answer = self.ask("GET", path)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
        self.csrf = found.group(1) if found else self.csrf
        return answer

    def post(self, path, headers=None, **fields):
        """Sends a form as the pages would; a redirect is not followed."""
        return self.ask("POST", path, urllib.parse.urlencode(dict({"csrf": self.csrf}, **fields)), dict(FORM, **(headers or {})))
