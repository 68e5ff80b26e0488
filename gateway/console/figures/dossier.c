/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dossier - one case as a paper: what is known, every text, every note, who was asked, and the record of who did what.
 * Why:   a lawyer or a court needs it in one piece, and must see who has read and changed it.
 * Keeps: made of the rows of `export dossier` alone; texts stand in their own direction and can pass for nothing else.
 */
#include <stdio.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

struct dossier {
    struct visit *visit;
    const json_t *rows;
};

typedef void (*row_fn)(struct html *html, const struct dossier *dossier, const json_t *row);

static void each(struct html *html, const struct dossier *dossier, const char *section, row_fn fn)
{
    size_t i;
    json_t *row;
    json_array_foreach(dossier->rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), section))
            fn(html, dossier, row);
    }
}

static bool has(const struct dossier *dossier, const char *section)
{
    size_t i;
    json_t *row;
    json_array_foreach(dossier->rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), section))
            return true;
    }
    return false;
}

static void write_time(struct html *html, const struct dossier *dossier, const json_t *row, const char *key)
{
    parts_write_time(html, parts_time_of(row, key), dossier->visit->now_ms);
}

static const char *country_of(const json_t *row, const char *key)
{
    const char *name = phone_country_name(json_text(row, key, ""));
    return name ? name : "unknown";
}

static void write_facts(struct html *html, const struct dossier *dossier, const json_t *row)
{
    static const struct {
        const char *name, *key;
    } words[] = { { "State", "state" }, { "Verified by a person", "verification" }, { "Urgency", "urgency" },
        { "Held by", "owner" }, { "Consent", "consent" } };
    static const struct {
        const char *name, *key;
    } times[] = { { "Opened", "opened_at" }, { "Last text", "last_message_at" }, { "Reached", "contacted_at" },
        { "Ended", "closed_at" } };
    PARTS_FACTS_BEGIN(html);
    for (size_t i = 0; i < STR_COUNT(words); i++)
        parts_write_fact(html, words[i].name, json_text(row, words[i].key, ""));
    parts_write_fact(html, "Phone in", country_of(row, "country"));
    parts_begin_fact(html, "She is from");
    html_string(html, country_of(row, "origin"));
    if (str_equal(json_text(row, "origin_basis", ""), "probable"))
        H_LIT(html, ", probably (by language or number)");
    PARTS_FACT_END(html);
    parts_write_fact(html, "Language", language_name(json_text(row, "language", "")));
    parts_begin_fact(html, "Categories");
    parts_write_words(html, json_object_get(row, "categories"));
    PARTS_FACT_END(html);
    parts_begin_fact(html, "Flags");
    parts_write_words(html, json_object_get(row, "flags"));
    PARTS_FACT_END(html);
    for (size_t i = 0; i < STR_COUNT(times); i++) {
        parts_begin_fact(html, times[i].name);
        write_time(html, dossier, row, times[i].key);
        PARTS_FACT_END(html);
    }
    PARTS_FACTS_END(html);
}

static void write_words(struct html *html, const json_t *row)
{
    const char *text = json_text(row, "text", NULL), *language = json_text(row, "language", "");
    if (!text) {
        H_LIT(html, "<p class=\"hint\">The words are gone, or do not open.</p>\n");
        return;
    }
    parts_begin_words(html, language);
    html_string(html, text);
    PARTS_WORDS_END(html);
}

static void write_message(struct html *html, const struct dossier *dossier, const json_t *row)
{
    bool is_hers = str_equal(json_text(row, "direction", ""), "in");
    H_LIT(html, "<li>\n<p>");
    html_string(html, is_hers ? "Received, " : "Sent to her, ");
    write_time(html, dossier, row, "received_at");
    html_string(html, is_hers ? ", from " : ", by ");
    parts_write_name(html, json_text(row, is_hers ? "from" : "author", "an unknown number"));
    H_LIT(html, ", channel ");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, "</p>\n");
    write_words(html, row);
    H_LIT(html, "</li>\n");
}

static void write_note(struct html *html, const struct dossier *dossier, const json_t *row)
{
    H_LIT(html, "<li>\n<p>");
    write_time(html, dossier, row, "at");
    H_LIT(html, ", ");
    parts_write_name(html, json_text(row, "author", ""));
    H_LIT(html, "</p>\n");
    write_words(html, row);
    H_LIT(html, "</li>\n");
}

static void write_alert(struct html *html, const struct dossier *dossier, const json_t *row)
{
    H_LIT(html, "<tr>\n");
    parts_begin_cell(html, "Asked");
    write_time(html, dossier, row, "created_at");
    PARTS_CELL_END(html);
    parts_write_cell(html, "Whom", json_text(row, "contact", ""));
    parts_write_cell(html, "State", json_text(row, "state", ""));
    H_LIT(html, "</tr>\n");
}

static void write_act(struct html *html, const struct dossier *dossier, const json_t *row)
{
    H_LIT(html, "<tr>\n");
    parts_begin_cell(html, "When");
    write_time(html, dossier, row, "at");
    PARTS_CELL_END(html);
    parts_write_cell(html, "Who", json_text(row, "actor", ""));
    parts_write_cell(html, "What", json_text(row, "action", ""));
    parts_write_object_cell(html, row);
    H_LIT(html, "</tr>\n");
}

static void write_sections(struct html *html, const struct dossier *dossier)
{
    static const char *const alerts[] = { "Asked", "Whom", "State" };
    static const char *const acts[] = { "When", "Who", "What", "Of what" };
    each(html, dossier, "case", write_facts);
    H_LIT(html, "<h2>What was written</h2>\n<ol class=\"texts\">\n");
    each(html, dossier, "message", write_message);
    H_LIT(html, "</ol>\n");
    if (has(dossier, "note")) {
        H_LIT(html, "<h2>Notes</h2>\n<ol class=\"texts\">\n");
        each(html, dossier, "note", write_note);
        H_LIT(html, "</ol>\n");
    }
    if (has(dossier, "alert")) {
        H_LIT(html, "<h2>Who was asked to help</h2>\n");
        parts_begin_table(html, "", "Who was asked to help", alerts, STR_COUNT(alerts));
        each(html, dossier, "alert", write_alert);
        parts_end_table(html);
    }
    H_LIT(html,
        "<h2>Who read and did what</h2>\n<p>Each row is chained to the one before it in the record of the line, so "
        "that a change of it would be found.</p>\n");
    parts_begin_table(html, "", "Record of this case, newest first", acts, STR_COUNT(acts));
    each(html, dossier, "act", write_act);
    parts_end_table(html);
}

int page_dossier(struct visit *visit, struct visits_page *ret_page)
{
    char title[48];
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? visit_verb(visit, "export dossier", json_pack("{s:I}", "case", (json_int_t)visit->id), &answer)
                  : ERR_NOMEM;
    if (rc)
        return rc;
    if (answer.end != VERB_DONE)
        return shell_say(visit, 404, "No such case", answer.why, NULL, ret_page);
    struct dossier dossier = { visit, answer.rows };
    (void)snprintf(title, sizeof title, "Case %lld: dossier", (long long)visit->id);
    shell_begin(html, visit, title, "/cases");
    H_LIT(html, "<h1>");
    html_string(html, title);
    H_LIT(html,
        "</h1>\n<p class=\"lead\">Confidential. For the lawyer of the person whom it is about, and with her consent: her "
        "number and her words stand here. Times are of UTC.</p>\n");
    write_sections(html, &dossier);
    shell_end(html);
    rc = page_finish(html, 200, ret_page);
    return rc != ERR_LIMIT
               ? rc
               : shell_say(visit, 413, "Too long for one page", "This case has more texts than one page holds.",
                     "The person who runs the line can write it by helplinectl export dossier.", ret_page);
}
