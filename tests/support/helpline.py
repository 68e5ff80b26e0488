# SPDX-License-Identifier: GPL-3.0-or-later
# helpline - the real programs in a folder of their own, for stories and for the demonstration.
# What:  `with Line(config) as line:` writes keys and configuration, starts helplined (and helpline-sender), and gives what a user has:
#        HTTP requests, helplinectl, SIGHUP, SIGTERM, SIGKILL. `config` is the part of the file behind the fixed part.
# Keeps: port 0 everywhere; every process started here is ended here; the log of each program is kept for a failing story.
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("HELPLINED_BUILD", "build/release"))
TOKEN = "0123456789abcdef0123456789abcdef"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of test secret!").decode()
PATIENCE_S = 20
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer")

FIXED = """
database = "helplined.db";
lexicon = "{lexicon}";
public_url = "http://127.0.0.1:1";
listen = {{ webhooks = "127.0.0.1:0"; console = "127.0.0.1:0"; control = "{folder}/control.sock"; workers = "{folder}/workers.sock"; }};
keys = {{ hot = "@file:hot.key"; index = "@file:index.key"; }};
sender = {{ private_networks = true; }};
"""


def wait_until(condition, what, patience=PATIENCE_S):
    """Polls until the condition gives something true, and returns that."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain: " + what)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Line:
    def __init__(self, config, with_sender=True, fixed=FIXED, environment=None, wrapper=None):
        self.folder = tempfile.mkdtemp(prefix="helpline-")
        self.with_sender = with_sender
        self.fixed = fixed
        self.environment = dict(os.environ, **(environment or {}))
        self.wrapper = wrapper or []
        self.pass_fds = ()
        self.daemon = self.sender = None
        for name in ("hot.key", "index.key"):
            self.write(name, secrets.token_hex(32) + "\n")
        self.configure(config)

    # ---- files

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        fd = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)

    def configure(self, config):
        fixed = self.fixed.format(folder=self.folder, lexicon=os.path.join(ROOT, "config/lexicon"))
        self.write("helplined.conf", fixed + config)

    def log(self, name="helplined"):
        try:
            with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    # ---- processes

    def start(self):
        log = open(self.path("helplined.log"), "ab")
        self.daemon = subprocess.Popen(self.wrapper + [os.path.join(BUILD, "helplined"), "--config", self.path("helplined.conf")],
                                       stdout=subprocess.PIPE, stderr=log, env=self.environment, pass_fds=self.pass_fds)
        log.close()
        ready = self.daemon.stdout.readline().decode()
        if not ready.startswith("READY "):
            self.daemon.wait()
            raise AssertionError("helplined did not start:\n" + self.log()[-3000:])
        self.ready = dict(part.split("=", 1) for part in ready.split()[1:])
        host, port = self.ready["webhooks"].rsplit(":", 1)
        self.address = (host, int(port))
        if self.with_sender and self.sender is None:
            self.start_sender()
        return self

    def start_sender(self):
        log = open(self.path("sender.log"), "ab")
        self.sender = subprocess.Popen([os.path.join(BUILD, "helpline-sender"), "--socket", self.path("workers.sock")],
                                       stdout=log, stderr=log, env=self.environment)
        log.close()
        wait_until(lambda: self.ctl_json("health", check=False)[0].get("senders"), "a sender that says hello")

    def say(self, *arguments):
        """What another helplined says when it is started with these arguments and ends by itself: a completed process."""
        return subprocess.run([os.path.join(BUILD, "helplined")] + list(arguments), capture_output=True, text=True, timeout=PATIENCE_S,
                              env=self.environment, check=False)

    def reload(self, config=None, event="config_loaded"):
        """SIGHUP, with another configuration if one is given; returns when the daemon has logged what came of it."""
        if config is not None:
            self.configure(config)
        before = len(self.events(event))
        self.daemon.send_signal(signal.SIGHUP)
        wait_until(lambda: len(self.events(event)) > before, "event=%s after SIGHUP" % event)

    def events(self, name, program="helplined"):
        """The lines of the log that report this event."""
        return [row for row in self.log(program).splitlines() if re.search(r"\bevent=%s\b" % name, row)]

    def end(self, number=signal.SIGTERM):
        self.daemon.send_signal(number)
        status = self.daemon.wait(60)
        self.daemon.stdout.close()
        self.daemon = None
        return status

    def kill(self):
        return self.end(signal.SIGKILL)

    def end_sender(self, number=signal.SIGTERM):
        self.sender.send_signal(number)
        self.sender.wait(60)
        self.sender = None

    def close(self):
        if self.sender:
            self.end_sender()
        if self.daemon:
            self.end()
        found = [row for name in ("helplined", "sender") for row in self.log(name).splitlines() if SANITIZER.search(row)]
        shutil.rmtree(self.folder, ignore_errors=True)
        if found:
            raise AssertionError("a sanitizer has found something: " + "\n".join(found[:5]))

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, kind, *ignored):
        if kind:
            print("# log of helplined:\n# " + self.log()[-4000:].replace("\n", "\n# "))
        self.close()

    # ---- what users do

    def request(self, method, path, body=b"", headers=None):
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def raw(self, data, patience=PATIENCE_S):
        """Sends these bytes on a connection of their own and returns everything that comes back until it is closed."""
        answer = b""
        with socket.create_connection(self.address, timeout=patience) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while True:
                    more = connection.recv(65536)
                    if not more:
                        break
                    answer += more
            except TimeoutError:
                raise
            except OSError:
                pass  # closed while we were still sending
        return answer

    def text(self, sender, text, channel="line", identity=None, to="+966500000000"):
        """One SMS by a generic channel without authentication."""
        fields = {"from": sender, "to": to, "text": text, "id": identity or secrets.token_hex(8)}
        return self.request("POST", "/in/%s/message" % channel, urllib.parse.urlencode(fields),
                            {"Content-Type": "application/x-www-form-urlencoded"})

    def twilio(self, sender, text, channel="line", identity=None, to="+966500000000", token=TOKEN, base="https://line.example.org"):
        """One SMS as Twilio delivers it, signed for the address that the configuration names."""
        fields = {"MessageSid": identity or "SM" + secrets.token_hex(16), "AccountSid": "AC" + "0" * 32, "From": sender, "To": to,
                  "Body": text, "NumMedia": "0", "NumSegments": "1"}
        return self.twilio_form("/in/%s/message" % channel, fields, token, base)

    def twilio_form(self, path, fields, token=TOKEN, base="https://line.example.org"):
        """Any form as Twilio signs and sends it: a message, or a delivery report."""
        signed = base + path + "".join(name + fields[name] for name in sorted(fields))
        signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        return self.request("POST", path, urllib.parse.urlencode(fields),
                            {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature})

    def ctl(self, *words, check=True):
        """helplinectl; its completed process."""
        done = subprocess.run([os.path.join(BUILD, "helplinectl"), "--socket", self.path("control.sock")] + list(words),
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if check and done.returncode:
            raise AssertionError("helplinectl %s: exit %d: %s%s" % (" ".join(words), done.returncode, done.stdout, done.stderr))
        return done

    def ctl_json(self, *words, check=True):
        """The rows of helplinectl --json; one empty row when there is none."""
        done = self.ctl("--json", *words, check=check)
        return [json.loads(row) for row in done.stdout.splitlines() if row.startswith("{")] or [{}]

    def rows(self, *words):
        return [row for row in self.ctl_json(*words) if row]

    def case(self, number):
        """One case with its messages, alerts, steps and notes: a list of rows of each section."""
        rows = self.ctl_json("cases", "show", str(number))
        return {section: [row for row in rows if row.get("section") == section]
                for section in ("case", "message", "alert", "step", "note")}

    def change_database(self, *statements):
        """What nobody should do: changes rows of the database behind the back of the stopped daemon."""
        assert self.daemon is None
        with contextlib.closing(sqlite3.connect(self.path("helplined.db"))) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()


def alerts_at(sink, path=None):
    """The alerts that a sink has seen, in order, whatever it answered; other notices are left out."""
    bodies = [json.loads(item["body"]) for item in sink.requests if path is None or item["path"] == path]
    return [body for body in bodies if body["type"] == "alert"]


def received(sink, path=None, count=1, patience=PATIENCE_S):
    """The alerts of a sink once there are at least `count`."""
    return wait_until(lambda: len(alerts_at(sink, path)) >= count and alerts_at(sink, path),
                      "%d alerts at %s" % (count, path or "the sink"), patience)


def desk(sink, trust="full", name="ngo", kind="ngo", extra=""):
    """One contact behind a signed webhook."""
    return ('{ name = "%s"; title = "%s"; kind = "%s"; trust = "%s"; %s addresses = ( { channel = "desk"; to = "%s"; } ); }'
            % (name, name, kind, trust, extra, sink.url("/" + name)))


OPEN_LINE = '{ name = "line"; kind = "generic"; auth = "none"; country = "SA"; }'
TWILIO_LINE = ('{ name = "line"; kind = "twilio"; account_sid = "AC00000000000000000000000000000000"; auth_token = "%s"; '
               'public_url = "https://line.example.org/in/line/message"; from = "+966500000000"; country = "SA"; catch_up = "0 s"; }' % TOKEN)


def simple_config(sink, channels="", contacts=None, policy=None, retry="retry_first = \"100 ms\"; retry_max = \"1 s\";", line=OPEN_LINE,
                  more=""):
    """A line with one channel in, one webhook channel out and one contact, unless told otherwise."""
    return more + """
channels = (
  {line},
  {{ name = "desk"; kind = "webhook"; secret = "{secret}"; url = "{url}"; {retry} }}{channels}
);
contacts = ( {contacts} );
policies = ( {policy} );
routes = ( {{ policy = "all"; }} );
""".format(url=sink.url("/"), secret=WEBHOOK_SECRET, channels=channels, retry=retry, line=line, contacts=contacts or desk(sink),
           policy=policy or '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "ngo" ]; } ); }')
