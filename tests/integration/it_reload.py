#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_reload - SIGHUP puts a new configuration in force as a whole, or leaves the old one as a whole.
# What:  good and bad files, new contacts and secrets, the sender's list of destinations, new words in the lexicon.
# Keeps: every story shows both sides: what has changed, and that it had not been so before.
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import helpline  # noqa: E402
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import TWILIO_LINE, Line, alerts_at, desk, received, simple_config, wait_until  # noqa: E402

HER = "+966501110001"
TEXT = "tulong po sinasaktan ako ng amo ko"


def bad_configuration_leaves_the_old_one_in_force_and_every_error_is_logged():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        good = simple_config(sink)
        bad = good.replace('kind = "ngo"', 'kind = "agency"').replace('policy = "all"', 'policy = "none"').replace('country = "SA"', 'contry = "SA"')
        line.reload(bad, event="config_refused")
        wait_until(lambda: len(line.events("config_refused")) >= 3, "all errors in the log")
        errors = "\n".join(line.events("config_refused"))
        for word in ("helplined.conf:", "agency", "contry", "did you mean"):
            assert word in errors, (word, errors)
        line.text(HER, TEXT)
        received(sink)
        assert line.ctl_json("contacts", "list")[0]["kind"] == "ngo"


def file_that_is_no_configuration_or_is_gone_changes_nothing():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.reload("channels = (((", event="config_refused")
        os.unlink(line.path("helplined.conf"))
        line.reload(event="config_refused")
        line.text(HER, TEXT)
        received(sink)
        line.reload(simple_config(sink))
        assert len(line.events("config_loaded")) == 2


def new_contact_is_alerted_after_the_reload_and_a_lost_one_no_more():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, TEXT)
        received(sink, "/ngo")
        policy = '{ name = "all"; steps = ( { after = "0 s"; contacts = [ "shelter" ]; } ); }'
        line.reload(simple_config(sink, contacts=desk(sink, name="shelter", kind="shelter"), policy=policy))
        line.text("+966501110002", TEXT)
        assert received(sink, "/shelter")[0]["case"] == 1002
        assert [alert["case"] for alert in alerts_at(sink, "/ngo")] == [1001]
        assert [row["contact"] for row in line.rows("contacts", "list")] == ["shelter"]
        assert "config.load" in [row["action"] for row in line.rows("audit", "list")]


def rotated_secret_is_accepted_after_the_reload():
    rotated = TWILIO_LINE.replace(helpline.TOKEN, "9" * 32)
    with sinks.HttpSink() as sink, Line(simple_config(sink, line=TWILIO_LINE)) as line:
        assert line.twilio(HER, TEXT, token="9" * 32).status == 403
        line.reload(simple_config(sink, line=rotated))
        assert line.twilio(HER, TEXT, token="9" * 32).status == 200
        assert line.twilio(HER, TEXT, token=helpline.TOKEN).status == 403


def released_request_is_read_by_the_configuration_in_force():
    other = '{ name = "line"; kind = "generic"; auth = "none"; field_text = "msg"; country = "SA"; }'
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        answer = line.request("POST", "/in/line/message", "from=%2B966501110001&msg=" + TEXT.replace(" ", "+"))
        assert answer.status == 400
        assert line.ctl("quarantine", "release", "1", check=False).returncode == 1
        line.reload(simple_config(sink, line=other))
        line.ctl("quarantine", "release", "1")
        assert received(sink)[0]["text"] == TEXT


def sender_follows_the_list_of_destinations():
    with sinks.HttpSink() as old, sinks.HttpSink() as new, Line(simple_config(old)) as line:
        line.text(HER, TEXT)
        received(old)
        line.reload(simple_config(new))
        wait_until(lambda: line.events("sender_allow_changed", "sender"), "the sender to hear of it")
        line.text("+966501110002", TEXT)
        assert received(new)[0]["case"] == 1002
        assert len(old.requests) == 1


def waiting_alert_goes_to_the_new_address_of_its_contact():
    retry = 'retry_first = "1 s"; retry_max = "1 s";'
    with sinks.HttpSink(script=[{"status": 500}]) as old, sinks.HttpSink() as new, Line(simple_config(old, retry=retry)) as line:
        line.text(HER, TEXT)
        received(old)
        line.reload(simple_config(new, retry=retry))
        assert received(new)[0]["case"] == 1001


def word_added_to_the_lexicon_is_recognised_after_the_reload():
    with sinks.HttpSink() as sink:
        fixed = helpline.FIXED.replace("{lexicon}", "{folder}/lexicon")
        line = Line(simple_config(sink), fixed=fixed)
        try:
            shutil.copytree(os.path.join(helpline.ROOT, "config/lexicon"), line.path("lexicon"))
            line.start()
            line.text(HER, "zarqwonk po ako sa amo ko")
            assert received(sink)[0]["categories"] == ["unclear"]
            with open(line.path("lexicon/tl.conf"), encoding="utf-8") as file:
                words = file.read()
            assert "    escaped = (\n" in words
            with open(line.path("lexicon/tl.conf"), "w", encoding="utf-8") as file:
                file.write(words.replace("    escaped = (\n", '    escaped = (\n        "zarqwonk",\n', 1))
            line.reload()
            line.text("+966501110002", "zarqwonk po ako sa amo ko")
            alert = received(sink, count=2)[1]
            assert "escaped" in alert["categories"], alert
            evidence = line.rows("messages", "show", "2")[1]["evidence"]
            assert {"kind": "category", "label": "escaped", "text": "zarqwonk", "start": 0, "len": 8} in evidence, evidence
            with open(line.path("lexicon/tl.conf"), "w", encoding="utf-8") as file:
                file.write("categories = { escaped = ( ")
            line.reload(event="config_refused")
            line.text("+966501110003", "zarqwonk po ako sa amo ko")
            assert "escaped" in received(sink, count=3)[2]["categories"]
        finally:
            line.close()


def changed_address_is_named_in_a_warning_and_the_old_one_served():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.fixed = line.fixed.replace('webhooks = "127.0.0.1:0"', 'webhooks = "127.0.0.2:0"')
        line.reload(simple_config(sink))
        assert any("restart" in row for row in line.events("config_warning")), line.log()
        assert line.text(HER, TEXT).status == 200


def reload_of_the_keys_does_not_lose_the_old_ones():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        line.text(HER, TEXT)
        received(sink)
        line.write("hot.key", "cd" * 32 + "\n")
        line.reload()
        assert any("keys" in row for row in line.events("config_warning")), line.log()
        assert line.case(1001)["message"][0]["text"] == TEXT


def thirty_reloads_between_texts_lose_nothing():
    with sinks.HttpSink() as sink, Line(simple_config(sink)) as line:
        config = simple_config(sink)
        for i in range(30):
            line.reload(config)
            assert line.text("+96650222%04d" % i, TEXT).status == 200
        alerts = received(sink, count=30)
        assert sorted(alert["case"] for alert in alerts) == list(range(1001, 1031))


tap.run([
    bad_configuration_leaves_the_old_one_in_force_and_every_error_is_logged,
    file_that_is_no_configuration_or_is_gone_changes_nothing,
    new_contact_is_alerted_after_the_reload_and_a_lost_one_no_more,
    rotated_secret_is_accepted_after_the_reload,
    released_request_is_read_by_the_configuration_in_force,
    sender_follows_the_list_of_destinations,
    waiting_alert_goes_to_the_new_address_of_its_contact,
    word_added_to_the_lexicon_is_recognised_after_the_reload,
    changed_address_is_named_in_a_warning_and_the_old_one_served,
    reload_of_the_keys_does_not_lose_the_old_ones,
    thirty_reloads_between_texts_lose_nothing,
])
