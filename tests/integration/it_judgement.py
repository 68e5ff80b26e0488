#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_judgement - a person puts the machine's reading right: labels, urgency, texts of somebody else; and looks before writing.
# What:  the real daemon, sender and helplinectl, over a kill: what was kept is there afterwards, what was alerted is not alerted again.
# Not here: every rule (test_correct), the page (it_console_case).
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from helpline import Line, alerts_at, received, simple_config, wait_until  # noqa: E402

HER, OTHER = "+966501110001", "+966501110002"


def open_line(sink):
    return Line(simple_config(sink))


def section(line, case, name, *more):
    return [row for row in line.rows("cases", "show", str(case), *more) if row["section"] == name]


def new_case(line, sender, text, identity):
    assert line.text(sender, text, identity=identity).status == 200
    return wait_until(lambda: [row for row in line.rows("messages", "list") if row["case"]], "a case")[0]


def correction_outlives_a_kill_and_a_rise_alerts_once():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        row = new_case(line, HER, "my salary is late, please", "m1")
        case = row["case"]
        received(sink)
        before = len(alerts_at(sink))
        assert line.ctl("cases", "correct", str(case), "--categories", "+danger", "--language", "tl",
                        "--message", str(row["message"])).returncode == 0
        wait_until(lambda: len(alerts_at(sink)) > before, "an alert of the rise")
        told = [body for body in alerts_at(sink) if body["urgency"] == "critical"]
        assert told and "danger" in told[0]["categories"], told
        line.kill()
        line.start()
        kept = section(line, case, "correction")
        assert len(kept) == 1 and kept[0]["after"]["language"] == "tl" and kept[0]["message"] == row["message"], kept
        assert "danger" in kept[0]["after"]["categories"] and "danger" not in kept[0]["before"]["categories"], kept
        shown = section(line, case, "case")[0]
        assert shown["urgency"] == "critical" and shown["language"] == "tl", shown
        people = line.ctl("cases", "show", str(case)).stdout
        assert "after            language=tl  request=yes  urgency=critical" in people, people
        acts = [row["action"] for row in section(line, case, "act", "--history", "yes")]
        assert "case.correct" in acts and "case.read" in acts, acts
        assert line.ctl("audit", "verify").returncode == 0


def evidence_is_told_by_its_bytes_in_the_original():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        text = "\u0633\u0627\u0639\u062f\u0648\u0646\u064a \u0647\u0648 \u064a\u0636\u0631\u0628\u0646\u064a \u0643\u0644 \u064a\u0648\u0645"
        row = new_case(line, HER, text, "m1")
        message = section(line, row["case"], "message")[0]
        assert message["evidence"], message
        for reason in message["evidence"]:
            whole = message["text"].encode()
            assert whole[reason["start"]:reason["start"] + reason["len"]].decode() == reason["text"], reason


def split_text_is_alerted_as_a_case_of_its_own():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        case = new_case(line, HER, "my salary is late, please", "m1")["case"]
        second = new_case(line, HER, "tulong po sinasaktan ako ng amo ko", "m2")
        assert second["case"] == case
        answer = line.ctl("cases", "split", str(case), str(second["message"]))
        assert answer.returncode == 0, answer
        fresh = line.rows("messages", "show", str(second["message"]))[0]["case"]
        assert fresh != case and str(fresh) in answer.stdout, answer.stdout
        wait_until(lambda: [body for body in alerts_at(sink) if str(body["case"]) == str(fresh)], "an alert of the new case")
        assert section(line, fresh, "case")[0]["split_from"] == case
        assert [row["case"] for row in section(line, case, "split")] == [fresh]
        assert "sinasaktan" in section(line, fresh, "message")[0]["text"]
        assert not [row for row in section(line, case, "message") if row["message"] == second["message"]]
        again = line.ctl("cases", "split", str(case), str(second["message"]), check=False)
        assert again.returncode == 1, again


def looking_before_writing_sends_nothing():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        case = new_case(line, HER, "tulong po sinasaktan ako ng amo ko", "m1")["case"]
        for text, encoding, segments in (("are you well", "GSM-7", 1), ("a" * 161, "GSM-7", 2), ("\u1780" * 71, "UCS-2", 2)):
            row = line.rows("cases", "preview", str(case), text)[0]
            assert (row["encoding"], row["segments"]) == (encoding, segments), row
        assert not [row for row in line.rows("messages", "list") if row["direction"] == "out"]
        bad = line.ctl("cases", "preview", str(case), check=False)
        assert bad.returncode == 2, bad


def candidates_hold_words_and_no_text():
    with sinks.HttpSink() as sink, open_line(sink) as line:
        for number, sender in enumerate((HER, OTHER)):
            row = new_case(line, sender, "madam qwertz me since monday zz%d 0501112223" % number, "m%d" % number)
            assert line.ctl("cases", "correct", str(row["case"]), "--categories", "+violence").returncode == 0
        rows = line.rows("lexicon", "candidates")
        found = [row for row in rows if row["word"] == "qwertz" and row["label"] == "violence"]
        assert found and found[0]["corrections"] == 2 and found[0]["change"] == "add", rows
        assert not [row for row in rows if " " in row["word"] or "0501112223" in row["word"]], rows
        for name, words in (("urgency", ["--urgency", "high"]), ("flags", ["--flags", "tall"]), ("nothing", [])):
            answer = line.ctl("cases", "correct", "1001", *words, check=False)
            assert answer.returncode == 2, (name, answer)


if __name__ == "__main__":
    tap.run([
        correction_outlives_a_kill_and_a_rise_alerts_once,
        evidence_is_told_by_its_bytes_in_the_original,
        split_text_is_alerted_as_a_case_of_its_own,
        looking_before_writing_sends_nothing,
        candidates_hold_words_and_no_text,
    ])
