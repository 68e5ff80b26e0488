# SPDX-License-Identifier: GPL-3.0-or-later
# console - a visitor of the console, for stories: comes in with a pass of the host or by an account, asks for pages, sends their forms.
# Keeps: every answer is looked over for the headers that each must have.
import base64
import hashlib
import hmac
import http.client
import re
import struct
import time
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


def time_code(secret, later=0):
    """What an authenticator app shows (RFC 6238), or shows `later` steps of 30 seconds from now."""
    key = base64.b32decode(secret.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


class Account:
    """Somebody with password, app and recovery codes, made on the host; its own browser has begun it."""
    def __init__(self, line, name, role, password, *options):
        self.line, self.name, self.password = line, name, password
        self.begin(line.ctl_json("users", "add", name, role, *options)[0]["address"])

    def begin(self, address):
        """What its person does at the address that was handed on. Makes self.visitor, who is in."""
        path = urllib.parse.urlparse(address).path
        self.visitor = Visitor(self.line)
        self.secret = re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', self.visitor.get(path).text).group(1)
        fields = {"name": self.name, "password": self.password, "repeated": self.password, "code": time_code(self.secret)}
        answer = self.visitor.ask("POST", path, urllib.parse.urlencode(fields), FORM)
        assert answer.status == 200, (answer.status, answer.heading(), answer.text)
        self.visitor.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.codes = re.findall(r"<li><code>([^<]+)</code>", answer.text)
        return answer

    def sign_in(self, code, **more):
        """The answer to the form, and the browser that sent it."""
        visitor = Visitor(self.line)
        fields = dict({"name": self.name, "password": self.password, "code": code, "next": "/"}, **more)
        answer = visitor.ask("POST", "/login", urllib.parse.urlencode(fields), FORM)
        if answer.status == 303:
            visitor.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return answer, visitor


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
