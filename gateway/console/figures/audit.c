/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit - who read, changed or took away what: the record with its filters, as a page and as a file.
 * Keeps: shows names, words and case numbers; no text and no number of a person is in the record.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/figures/csv.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define PAGE 50
#define FILE_MAX 1000 /* rows of one file */
#define VALUE_MAX 80

static const struct parts_option actions[] = {
    { "case.read", "read a case" },
    { "message.read", "read a text" },
    { "quarantine.read", "read a kept request" },
    { "case", "anything about a case" },
    { "person", "wrote to her" },
    { "consent", "consent and overrides" },
    { "alert", "alerts" },
    { "contact", "contacts and duty" },
    { "figures.read", "read figures" },
    { "audit.export", "took the record away" },
    { "export", "took cases away" },
    { "case.purge", "destroyed texts" },
    { "config", "configuration" },
};
static const char *const fields[] = { "user", "action", "case", "from", "to" };

struct audit {
    struct visit *visit;
    char values[STR_COUNT(fields)][VALUE_MAX];
    int64_t before;
};

static void read_fields(struct audit *audit)
{
    for (size_t i = 0; i < STR_COUNT(fields); i++)
        visit_text(audit->visit, fields[i], audit->values[i], VALUE_MAX);
    audit->before = visit_number(audit->visit, "before");
}

static int ask(struct audit *audit, const char *words, int limit, struct visit_answer *ret_answer)
{
    json_t *args = json_pack("{s:i}", "limit", limit);
    int rc = args ? 0 : ERR_NOMEM;
    for (size_t i = 0; !rc && i < STR_COUNT(fields); i++)
        if (audit->values[i][0] && json_object_set_new(args, fields[i], json_string(audit->values[i])))
            rc = ERR_NOMEM;
    if (!rc && audit->before > 0 && json_object_set_new(args, "before", json_integer(audit->before)))
        rc = ERR_NOMEM;
    if (!rc)
        return visit_verb(audit->visit, words, args, ret_answer);
    json_decref(args);
    return rc;
}

/* path with the filter as its query; before 0 = from the newest. */
static void print_address(const struct audit *audit, const char *path, int64_t before, struct buf *out)
{
    buf_add_format(out, "%s?", path);
    for (size_t i = 0; i < STR_COUNT(fields); i++)
        if (audit->values[i][0]) {
            buf_add_format(out, "%s=", fields[i]);
            str_percent_encode(out, span_of(audit->values[i]));
            buf_add_char(out, '&');
        }
    if (before)
        buf_add_format(out, "before=%lld", (long long)before);
}

static void write_filter(struct html *html, const struct audit *audit)
{
    parts_begin_filter(html, "audit", "Filter");
    parts_write_field(html, "user", "Who", "text", audit->values[0]);
    parts_write_choice(html, "action", "What", actions, STR_COUNT(actions), audit->values[1]);
    parts_write_field(html, "case", "Case", "text", audit->values[2]);
    parts_write_field(html, "from", "From day", "date", audit->values[3]);
    parts_write_field(html, "to", "To day", "date", audit->values[4]);
    parts_end_filter(html, "audit");
}

static void write_row(struct html *html, const json_t *row, int64_t now_ms)
{
    int64_t case_id = json_int(row, "case", 0);
    H_LIT(html, "<tr>\n");
    parts_begin_cell(html, "When");
    parts_write_time(html, parts_time_of(row, "at"), now_ms);
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Who");
    parts_write_name(html, json_text(row, "actor", ""));
    PARTS_CELL_END(html);
    parts_write_cell(html, "What", json_text(row, "action", ""));
    if (case_id)
        parts_write_number_cell(html, "Case", case_id);
    else
        parts_write_cell(html, "Case", "");
    parts_write_object_cell(html, row);
    H_LIT(html, "</tr>\n");
}

static void write_rows(struct html *html, const struct audit *audit, const json_t *rows)
{
    static const char *const headings[] = { "When", "Who", "What", "Case", "Of what" };
    size_t count = json_array_size(rows);
    AUTO_BUF next;
    buf_init(&next, PARTS_HREF_MAX);
    if (!count) {
        parts_write_empty(html, "Nothing was recorded that fits.", "Take away a part of the filter.");
        return;
    }
    H_LIT(html, "<div class=\"record\">\n");
    parts_begin_table(html, "cards", "Record, newest first", headings, STR_COUNT(headings));
    for (size_t i = 0; i < count && i < PAGE; i++)
        write_row(html, json_array_get(rows, i), audit->visit->now_ms);
    parts_end_table(html);
    H_LIT(html, "</div>\n");
    if (count > PAGE)
        print_address(audit, "audit", json_int(json_array_get(rows, PAGE - 1), "audit", 0), &next);
    parts_write_pager(html, audit->before > 0 ? "audit" : NULL, next.len ? next.data : NULL);
}

static void write_links(struct html *html, const struct audit *audit)
{
    AUTO_BUF address;
    buf_init(&address, PARTS_HREF_MAX);
    print_address(audit, "audit/csv", 0, &address);
    H_LIT(html, "<p class=\"more\"><a");
    H_ATTR(html, "href", address.data);
    H_LIT(html, ">The newest 1,000 of these as a file (CSV; is recorded)</a></p>\n");
    shell_form_begin(html, audit->visit, "/audit/verify");
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\">Verify the chain of all rows</button></div>\n");
    shell_form_end(html);
}

int page_audit(struct visit *visit, struct visits_page *ret_page)
{
    struct audit audit = { .visit = visit };
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    read_fields(&audit);
    int rc = ask(&audit, "audit list", PAGE + 1, &answer);
    if (!rc && answer.end != VERB_DONE)
        return shell_say(visit, 400, "Not understood", answer.why, "Go back and choose again.", ret_page);
    if (rc)
        return rc;
    shell_begin(html, visit, "Audit", "/audit");
    H_LIT(html,
        "<h1>Audit</h1>\n<p class=\"lead\">Every reading and every act is a row here, chained to the row before it: "
        "a row that is changed, added or removed breaks the chain.</p>\n");
    write_links(html, &audit);
    write_filter(html, &audit);
    if (answer.why[0]) {
        H_LIT(html, "<p>");
        html_string(html, answer.why);
        H_LIT(html, "</p>\n");
    }
    write_rows(html, &audit, answer.rows);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_audit_csv(struct visit *visit, struct visits_page *ret_page)
{
    struct audit audit = { .visit = visit };
    AUTO_ANSWER answer = { .rows = NULL };
    read_fields(&audit);
    int rc = ask(&audit, "audit export", FILE_MAX, &answer);
    if (!rc && answer.end != VERB_DONE)
        return shell_say(visit, 400, "Not understood", answer.why, "Go back and choose again.", ret_page);
    return rc ? rc : csv_answer(answer.rows, "attachment; filename=\"audit.csv\"", ret_page);
}

int page_audit_verify(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = visit_verb(visit, "audit verify", json_object(), &answer);
    return rc ? rc : visit_go(visit, "/audit", answer.why, answer.end != VERB_DONE, ret_page);
}
