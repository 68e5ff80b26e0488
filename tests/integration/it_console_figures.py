#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# it_console_figures - figures, the report of a month and the audit, as an auditor sees them through the real daemon.
# Not here: what is hidden of which counts (test_suppress), roles in full (test_access).
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import sinks  # noqa: E402
import tap  # noqa: E402
from console import Visitor  # noqa: E402
from helpline import Line, received, simple_config  # noqa: E402

COUNT = 7
WORDS = "no salary 5 months unseen-marker"


class World:
    """One line with seven cases of wages and one of violence."""
    line = sink = auditor = None


def start():
    World.sink = sinks.HttpSink().__enter__()
    World.line = Line(simple_config(World.sink)).__enter__()
    for i in range(COUNT):
        World.line.text(f"+96650111100{i}", WORDS, identity=f"w{i}")
    World.line.text("+97455111009", "my boss beats me", identity="v")
    received(World.sink, "/ngo", COUNT + 1)
    World.auditor = Visitor(World.line, "nadia", "auditor")


def figures_show_counts_and_hide_the_few():
    start()
    page = World.auditor.get("/figures")
    assert page.status == 200 and page.heading() == "Figures", page.text
    assert f"{COUNT + 1} cases were opened" in page.text
    assert page.text.count("<svg") >= 6 and page.text.count("<svg") == page.text.count("role=\"img\"")
    assert "unseen-marker" not in page.text and "96650" not in page.text
    # one case of Qatar would be what is left of the total, so the others of that table are hidden with it
    country = page.text.split("Where the phone was")[2]
    assert "hidden" in country.split("</table>")[0] and ">7<" not in country.split("</table>")[0], country[:800]
    assert World.auditor.get("/figures?from=2026-13").status == 400
    assert World.auditor.get("/figures?from=2020-01&to=2020-12").text.count("No case was opened") == 1


def trends_and_times_are_pages_of_their_own():
    trends = World.auditor.get("/figures/trends")
    assert trends.status == 200 and trends.heading() == "Figures: trends", trends.text
    assert "Categories by month" not in trends.text, "one month is no trend"
    times = World.auditor.get("/figures/times")
    assert times.status == 200 and "until somebody took the case" in times.text, times.text
    assert World.auditor.get("/figures/times?from=2026").status == 400


def the_file_is_what_the_verb_says():
    answer = World.auditor.get("/figures/csv")
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"figures.csv\""
    lines = answer.text.split("\r\n")
    assert lines[0] == '"by","value","cases"' and lines[1] == f'"all","",{COUNT + 1}', lines[:3]
    verb = World.line.rows("figures", "--by", "urgency")
    assert verb and all(row["by"] == "urgency" for row in verb), verb


def a_report_tells_how_it_was_counted():
    month = time.strftime("%Y-%m", time.gmtime())
    page = World.auditor.get(f"/report?month={month}")
    assert page.status == 200 and month in page.heading() and "How this was counted" in page.text
    assert "Messages of the line" not in page.text


def the_record_is_filtered_verified_and_taken_away():
    World.line.ctl("cases", "show", "1001")
    page = World.auditor.get("/audit?action=case.read")
    assert page.status == 200 and "case.read" in page.text and "case.open" not in page.text.split("<tbody>")[1]
    assert "unseen-marker" not in page.text
    assert World.auditor.get("/audit?user=nobody-of-that-name").text.count("Nothing was recorded that fits") == 1
    assert World.auditor.get("/audit?case=x").status == 400
    assert World.auditor.get("/audit?from=2020-01-01&to=2020-01-02").text.count("Nothing was recorded") == 1
    World.auditor.get("/audit")
    assert World.auditor.post("/audit/verify").status == 303
    assert "audit rows is intact" in World.auditor.get("/audit").text
    answer = World.auditor.get("/audit/csv?action=case.open")
    assert answer.status == 200 and answer.text.count("case.open") == COUNT + 1, answer.text[:500]
    row = World.line.rows("audit", "list", "--action", "audit.export")[0]
    assert row["actor"] == "user:nadia" and row["detail"] == f"rows={COUNT + 1}", row


def pages_of_fifty_lead_on():
    for _ in range(50):
        World.auditor.get("/report")  # each is a row
    page = World.auditor.get("/audit")
    assert page.text.split("<tbody>")[1].count("<tr>") == 50 and "before=" in page.text
    older = World.auditor.get("/audit?before=3")
    assert older.text.split("<tbody>")[1].count("<tr>") == 2, older.text


def cases_leave_with_a_record_and_many_of_them_by_two():
    first, second = Visitor(World.line, "sara", "supervisor"), Visitor(World.line, "tess", "supervisor")
    assert first.get("/export").status == 200
    assert first.ask("GET", "/export?state=all").headers.get("Content-Disposition") is None
    answer = first.post("/export", country="QA")
    assert answer.status == 200 and answer.headers["Content-Disposition"] == "attachment; filename=\"cases.csv\"", answer.text
    assert answer.text.count("\r\n") == 2 and answer.text.startswith('"case","state"'), answer.text
    assert "unseen-marker" not in answer.text and "97455" not in answer.text
    assert first.post("/export", country="QA", format="json").text.startswith('[{"case":')
    for i in range(14):
        World.line.text(f"+9665011120{i:02}", WORDS, identity=f"m{i}")
    received(World.sink, "/ngo", COUNT + 15)
    assert first.post("/export", country="").status == 303
    assert first.post("/export", country="").status == 303, "one person is not two"
    assert "a second person" in first.get("/export").text
    second.get("/export")
    assert second.post("/export", state="all").status == 303, "another filter is another request"
    answer = second.post("/export")
    assert answer.status == 200 and answer.text.count("\r\n") == COUNT + 16, answer.text[:300]
    rows = World.line.rows("audit", "list", "--action", "export.cases")
    assert rows[0]["actor"] == "user:tess" and rows[0]["detail"] == f"rows={COUNT + 15} filter", rows[0]
    assert rows[-1]["detail"] == "rows=1 filter country=QA", rows[-1]
    assert len(World.line.rows("export", "cases")) == COUNT + 15


def a_dossier_holds_her_words_and_who_did_what():
    worker = Visitor(World.line, "ngo", "caseworker")
    World.line.text("+966501112900", "<b>they lock me in</b> \u062f\u0639\u0648\u0646\u064a", identity="d")
    received(World.sink, "/ngo", COUNT + 16)
    number = World.line.rows("cases", "list", "--category", "confinement")[0]["case"]
    World.line.ctl("cases", "note", str(number), "spoke to the lawyer")
    page = worker.get(f"/cases/{number}/dossier")
    assert page.status == 200 and page.heading() == f"Case {number}: dossier", page.text
    assert "&lt;b&gt;they lock me in" in page.text and "\u062f\u0639\u0648\u0646\u064a" in page.text
    assert "spoke to the lawyer" in page.text and "case.note" in page.text and "+966501112900" in page.text
    assert World.line.rows("audit", "list", "--action", "export.dossier")[0]["actor"] == "user:ngo"
    assert Visitor(World.line, "sara", "supervisor").get(f"/cases/{number}/dossier").status in (403, 404)


def who_works_on_cases_sees_neither():
    worker = Visitor(World.line, "ngo", "caseworker")
    for path in ("/figures", "/figures/trends", "/figures/times", "/report", "/audit", "/audit/csv"):
        assert worker.get(path).status in (403, 404), path
    assert World.auditor.get("/cases").status in (403, 404)


if __name__ == "__main__":
    tap.run([figures_show_counts_and_hide_the_few, trends_and_times_are_pages_of_their_own, the_file_is_what_the_verb_says, a_report_tells_how_it_was_counted,
             the_record_is_filtered_verified_and_taken_away, pages_of_fifty_lead_on,
             cases_leave_with_a_record_and_many_of_them_by_two,
             a_dossier_holds_her_words_and_who_did_what, who_works_on_cases_sees_neither])
