# SPDX-License-Identifier: GPL-3.0-or-later
# modemline - a line whose channels are modems: the real daemon, a real helpline-modem for each, scripted modems behind them.
# What:  `with ModemLine({"sim1": Modem("huawei")}) as line:` starts everything; line.texts() tells what the daemon holds, line.settled()
#        waits until every message that arrived is stored and every slot is free, with nothing done that a driver must not do.
# Keeps: no sender and no network; contacts are reached through the loopback channel `trial` unless the story says otherwise.
import os
import signal
import subprocess

import helpline
from helpline import BUILD, Line, wait_until

WORKER = os.environ.get("HELPLINED_MODEM") or os.path.join(BUILD, "helpline-modem")
DUTY = "+966505550190"
TRIAL_DESK = '{ name = "desk"; title = "Desk"; kind = "ngo"; trust = "full"; addresses = ( { channel = "trial"; to = "+966505550100"; } ); }'
DUTY_PHONE = ('{ name = "duty"; title = "Duty phone"; kind = "ngo"; trust = "full"; addresses = ( { channel = "sim1"; to = "%s"; } ); }' % DUTY)
LIST_MAX = "1000"
CONFIG = """
{more}
channels = ( {channels}{others}, {{ name = "trial"; kind = "loopback"; }} );
contacts = ( {contacts} );
policies = ( {{ name = "all"; steps = ( {{ after = "0 s"; contacts = [ {names} ]; }} ); }} );
routes = ( {{ policy = "all"; }} );
"""


def channel(name, device, settings=""):
    """One modem channel; later settings stand for earlier ones of the same name."""
    keys = {"name": '"%s"' % name, "kind": '"modem"', "device": '"%s"' % device, "country": '"SA"', "deadline_percent": "10",
            "sweep_every": '"1 s"', "health_every": '"1 s"', "retry_first": '"200 ms"', "retry_max": '"1 s"'}
    for part in settings.split(";"):
        if "=" in part:
            key, value = part.split("=", 1)
            keys[key.strip()] = value.strip()
    return "{ %s }" % " ".join("%s = %s;" % pair for pair in keys.items())


class ModemLine(Line):
    def __init__(self, modems, settings="", contacts=(TRIAL_DESK,), others="", more="", with_sender=False, **options):
        self.modems = modems if isinstance(modems, dict) else {"sim1": modems}
        self.workers = {}
        self.contacts, self.others, self.more = contacts, others, more
        super().__init__(self.written(settings), with_sender=with_sender, **options)

    def written(self, settings=""):
        """The configuration, with these settings for every modem."""
        channels = ", ".join(channel(name, modem.link, settings) for name, modem in self.modems.items())
        names = ", ".join('"%s"' % text.split('"')[1] for text in self.contacts)
        return CONFIG.format(channels=channels, others=self.others, more=self.more, contacts=", ".join(self.contacts), names=names)

    # ---- processes

    def __enter__(self):
        super().__enter__()
        try:
            for name in self.modems:
                self.start_modem(name)
        except BaseException:
            self.close()
            raise
        return self

    def start_modem(self, name="sim1", *more):
        log = open(self.path("modem-%s.log" % name), "ab")
        self.workers[name] = subprocess.Popen([WORKER, "--socket", self.path("workers.sock"), "--name", name] + list(more),
                                              stdout=log, stderr=log, env=self.environment)
        log.close()

    def end_modem(self, name="sim1", number=signal.SIGTERM):
        worker = self.workers.pop(name, None)
        if worker:
            worker.send_signal(number)
            worker.wait(20)

    def close(self):
        for name in list(self.workers):
            self.end_modem(name)
        found = [row for name in self.modems for row in self.log("modem-" + name).splitlines() if helpline.SANITIZER.search(row)]
        super().close()
        if found:
            raise AssertionError("a sanitizer has found something: " + "\n".join(found[:5]))

    def __exit__(self, kind, *ignored):
        if kind:
            for name, modem in self.modems.items():
                print("# log of %s:\n# %s" % (name, self.log("modem-" + name)[-3000:].replace("\n", "\n# ")))
                state = modem.dump()
                print("# modem: %s\n# last commands: %s" % ({key: state[key] for key in ("memory", "queue", "violations", "unknown", "settings",
                                                                                         "selected", "plugs")}, modem.orders_seen[-25:]))
        super().__exit__(kind, *ignored)

    # ---- what came of it

    def cases(self):
        return [row["case"] for row in self.rows("cases", "list", "--state", "all", "--limit", LIST_MAX)]

    def texts(self):
        """Every message that came in: (number, text), in no order; a call is (number, text shown for it)."""
        found = []
        for case in self.cases():
            found += [(row["from"], row["text"]) for row in self.case(case)["message"] if row["direction"] == "in"]
        for row in self.rows("messages", "list", "--case", "none", "--limit", LIST_MAX):
            if row["direction"] == "in":
                shown = self.rows("messages", "show", str(row["message"]))[1]
                found.append((shown["from"], shown["text"]))
        return found

    def wait_for_texts(self, count, patience=helpline.PATIENCE_S):
        """The texts once there are so many, and no more."""
        found = wait_until(lambda: len(self.texts()) >= count and self.texts(), "%d messages" % count, patience)
        assert len(found) == count, found
        return found

    def emptied(self, patience=helpline.PATIENCE_S):
        """Waits until the network holds nothing and every slot is free."""
        def is_empty():
            return all(not modem.queue and not modem.held() for modem in self.modems.values())
        wait_until(is_empty, "empty slots", patience)
        self.check_manners()

    def check_manners(self):
        """The driver did nothing that it must not, and said nothing that a modem does not know."""
        for name, modem in self.modems.items():
            assert not modem.violations, (name, modem.violations)
            assert not modem.unknown, (name, modem.unknown)

    def set_up(self, patience=helpline.PATIENCE_S):
        """Waits until every modem is set up and has been listed."""
        def is_ready():
            return all(modem.settings["cnmi"][1] == 1 and not modem.settings["text_mode"] for modem in self.modems.values())
        wait_until(is_ready, "modems that are set up", patience)

    def hasten(self):
        """Tries now what waits for its next try: a network of SMS is given 10 s at least."""
        for row in self.rows("outbox", "list", "--state", "queued"):
            if row["attempt"]:
                self.ctl("outbox", "kick", str(row["outbox"]), check=False)

    def sent_texts(self, number=DUTY, count=1, name="sim1", patience=helpline.PATIENCE_S):
        modem = self.modems[name]

        def are_there():
            self.hasten()
            return len(modem.texts_to(number)) >= count and modem.texts_to(number)
        return wait_until(are_there, "%d SMS to a phone" % count, patience)
