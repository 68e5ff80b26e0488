/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export - cases as a file, labels and times without texts and numbers.
 * Keeps: only by a button and with a fresh pass; a caseworker takes away its own cases alone.
 * Not here: the second person, and the record of it (core/verbs_export).
 */
#include <string.h>

#include "gateway/base/model.h"
#include "gateway/base/str.h"
#include "gateway/console/figures/csv.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define FILE_MAX 1000 /* cases of one file */
#define VALUE_MAX 80

static const struct parts_option states[] = { { "all", "all" }, { "open", "open" }, { "taken", "taken" },
    { "closed", "closed" } };
static const struct parts_option formats[] = { { "json", "JSON" } };
static const char *const fields[] = { "state", "urgency", "category", "language", "country" };

static void write_words(struct html *html)
{
    struct parts_option options[CATEGORY_COUNT];
    for (int i = 0; i < URGENCY_COUNT; i++)
        options[i] = (struct parts_option){ urgency_word((enum urgency)i), urgency_word((enum urgency)i) };
    parts_write_choice(html, "urgency", "Urgency", options, URGENCY_COUNT, "");
    for (int i = 0; i < CATEGORY_COUNT; i++)
        options[i] = (struct parts_option){ category_word((enum category)i), category_word((enum category)i) };
    parts_write_choice(html, "category", "Category", options, CATEGORY_COUNT, "");
}

static void write_form(struct html *html, const struct visit *visit)
{
    shell_form_begin(html, visit, "/export");
    parts_write_choice(html, "state", "State (any: those that are not closed)", states, STR_COUNT(states), "");
    write_words(html);
    parts_write_field(html, "language", "Language tag", "text", "");
    parts_write_field(html, "country", "Country code", "text", "");
    parts_write_choice(html, "format", "Form of the file (any: CSV)", formats, STR_COUNT(formats), "");
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\">Take them away</button></div>\n");
    shell_form_end(html);
}

int page_export(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, visit, "Export of cases", "/cases");
    H_LIT(html,
        "<h1>Export of cases</h1>\n<p class=\"lead\">Labels and times of up to 1,000 cases, without texts and "
        "numbers.</p>\n<ul>\n<li>It is recorded who took how many, and by which filter.</li>\n<li>More than 20 cases "
        "need a second person who asks for the same within 24 hours.</li>\n<li>A file that lies about can hurt her: "
        "delete it when it has served.</li>\n</ul>\n");
    write_form(html, visit);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

static int ask(struct visit *visit, struct visit_answer *ret_answer)
{
    char value[VALUE_MAX];
    json_t *args = json_pack("{s:i}", "limit", FILE_MAX);
    int rc = args ? 0 : ERR_NOMEM;
    for (size_t i = 0; !rc && i < STR_COUNT(fields); i++)
        if (visit_text(visit, fields[i], value, sizeof value)[0] &&
            json_object_set_new(args, fields[i], json_string(value)))
            rc = ERR_NOMEM;
    if (!rc && visit->who->role == ROLE_caseworker &&
        json_object_set_new(args, "owner", json_string(visit->who->contact)))
        rc = ERR_NOMEM;
    if (!rc)
        return visit_verb(visit, "export cases", args, ret_answer);
    json_decref(args);
    return rc;
}

static int answer_json(const json_t *rows, struct visits_page *ret_page)
{
    ret_page->own[0] = (struct http_header){ "Content-Disposition", "attachment; filename=\"cases.json\"" };
    ret_page->own[1] = (struct http_header){ NULL, NULL };
    ret_page->extra = ret_page->own;
    ret_page->status = 200;
    ret_page->content_type = "application/json; charset=utf-8";
    return json_write(rows, &ret_page->body);
}

int page_export_take(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = ask(visit, &answer);
    if (rc)
        return rc;
    if (answer.end != VERB_DONE)
        return visit_go(visit, "/export", answer.why, true, ret_page);
    if (!json_array_size(answer.rows))
        return visit_go(visit, "/export", "No case fits that filter.", true, ret_page);
    if (span_equal(visit_field(visit, "format"), span_of("json")))
        return answer_json(answer.rows, ret_page);
    return csv_answer(answer.rows, "attachment; filename=\"cases.csv\"", ret_page);
}
