/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queueview - see queueview.h. Here: the list, and what stands above it; the filter is in queuefilter.c. */
#include "gateway/console/cases/queueview.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/queuefilter.h"
#include "gateway/console/language.h"
#include "gateway/console/parts.h"

#define NOBODY "nobody"
#define HREF_MAX PARTS_HREF_MAX

const char *queueview_field_name(enum queue_field field)
{
    static const char *const names[QUEUE_FIELD_COUNT] = { "state", "urgency", "category", "flag", "language", "country",
        "owner", "unread", "unanswered" };
    return names[field];
}

/* Values are words (verbs_queue.c), a comma among them; what is no word of an address is left out. */
void queueview_write_address(const struct queueview *view, const char *place, struct buf *out)
{
    const char *joint = "?";
    buf_add_text(out, "cases");
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++) {
        const char *value = view->fields[i];
        if (!value[0] || strpbrk(value, "&#% \"<>+?="))
            continue;
        buf_add_format(out, "%s%s=%s", joint, queueview_field_name((enum queue_field)i), value);
        joint = "&";
    }
    if (place[0])
        buf_add_format(out, "%safter=%s", joint, place);
}

/* ---- what waits ------------------------------------------------------------------------------------------------ */

static void write_sum(struct html *html, const json_t *count, const char *key, const char *href, const char *label)
{
    int64_t sum = json_int(count, key, 0);
    H_LIT(html, "<li");
    if (!sum)
        H_ATTR(html, "class", "zero");
    H_LIT(html, "><a");
    H_ATTR(html, "href", href);
    H_LIT(html, "><b>");
    html_number(html, sum);
    H_LIT(html, "</b> ");
    html_string(html, label);
    H_LIT(html, "</a></li>\n");
}

static void write_sums(struct html *html, const json_t *count)
{
    if (!count)
        return;
    H_LIT(html, "<ul class=\"sums\" aria-label=\"What waits\">\n");
    write_sum(html, count, "live", "cases", "not closed");
    write_sum(html, count, "critical", "cases?urgency=critical", "critical");
    write_sum(html, count, "unread", "cases?unread=yes", "unread");
    write_sum(html, count, "unanswered", "cases?unanswered=yes", "unanswered");
    write_sum(html, count, "nobody", "cases?owner=nobody", "held by nobody");
    H_LIT(html, "</ul>\n");
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

enum column { COLUMN_CASE, COLUMN_TROUBLE, COLUMN_FROM, COLUMN_OPEN, COLUMN_LAST, COLUMN_NEXT, COLUMN_OWNER, COLUMNS };
static const char *const columns[COLUMNS] = { "Case", "What it is about", "From", "Open for", "Last text", "Next alarm",
    "Held by" };

static void write_case_cell(struct html *html, const json_t *row)
{
    char href[40];
    snprintf(href, sizeof href, "cases/%lld", (long long)json_int(row, "case", 0));
    H_LIT(html, "<th scope=\"row\"><a class=\"number\"");
    H_ATTR(html, "href", href);
    H_LIT(html, ">");
    html_number(html, json_int(row, "case", 0));
    H_LIT(html, "</a> ");
    parts_write_urgency(html, json_text(row, "urgency", ""));
    if (json_bool(row, "unread", false))
        H_LIT(html, " <span class=\"chip new\">unread</span>");
    H_LIT(html, "</th>\n");
}

static void write_trouble_cell(struct html *html, const json_t *row)
{
    parts_begin_cell(html, columns[COLUMN_TROUBLE]);
    parts_write_flags(html, json_object_get(row, "flags"));
    H_LIT(html, "<span class=\"what\">");
    parts_write_words(html, json_object_get(row, "categories"));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

static void write_from_cell(struct html *html, const json_t *row)
{
    const char *code = json_text(row, "country", ""), *country = phone_country_name(code);
    parts_begin_cell(html, columns[COLUMN_FROM]);
    html_string(html, language_name(json_text(row, "language", "")));
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, country ? country : code[0] ? code : "country unknown");
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

static void write_time_cell(
    struct html *html, enum column column, const json_t *row, const char *key, const struct queueview *view)
{
    parts_begin_cell(html, columns[column]);
    parts_write_age(html, parts_time_of(row, key), view->now_ms);
    if (column == COLUMN_LAST) {
        int64_t messages = json_int(row, "messages", 0);
        H_LIT(html, " <span class=\"hint\">");
        html_number(html, messages);
        html_string(html, messages == 1 ? " text" : " texts");
        H_LIT(html, "</span>");
        if (json_bool(row, "unanswered", false) && !str_equal(json_text(row, "state", ""), "closed"))
            H_LIT(html, " <span class=\"chip\">unanswered</span>");
    }
    PARTS_CELL_END(html);
}

static void write_owner_cell(struct html *html, const json_t *row, const struct queueview *view)
{
    const char *owner = json_text(row, "owner", ""), *state = json_text(row, "state", "");
    const struct config_contact *contact = owner[0] ? config_find_contact(view->config, owner) : NULL;
    parts_begin_cell(html, columns[COLUMN_OWNER]);
    if (str_equal(state, "closed"))
        H_LIT(html, "<span class=\"hint\">closed</span> ");
    if (owner[0] && str_equal(owner, view->me))
        H_LIT(html, "you");
    else if (owner[0])
        parts_write_name(html, contact ? contact->title : owner);
    else if (!str_equal(state, "closed"))
        H_LIT(html, "<span class=\"chip alarm\">nobody</span>");
    PARTS_CELL_END(html);
}

static void write_row(struct html *html, const json_t *row, const struct queueview *view)
{
    H_LIT(html, "<tr");
    if (json_bool(row, "unread", false))
        H_ATTR(html, "class", "unread");
    H_ATTR(html, "data-urgency", json_text(row, "urgency", ""));
    H_LIT(html, ">\n");
    write_case_cell(html, row);
    write_trouble_cell(html, row);
    write_from_cell(html, row);
    write_time_cell(html, COLUMN_OPEN, row, "opened_at", view);
    write_time_cell(html, COLUMN_LAST, row, "last_message_at", view);
    write_time_cell(html, COLUMN_NEXT, row, "next_step_at", view);
    write_owner_cell(html, row, view);
    H_LIT(html, "</tr>\n");
}

static void write_nothing(struct html *html, const struct queueview *view)
{
    if (view->find[0])
        parts_write_empty(html, "No case has this number.",
            "A case number has four digits or more. A telephone number is looked for as a whole, with its country code.");
    else if (queuefilter_is_set(view) || view->is_further)
        parts_write_empty(
            html, "No case fits this filter.", "Take a condition away, or look at all that is not closed.");
    else
        parts_write_empty(html, "Nothing waits.", "Every case is closed. New texts appear here by themselves.");
}

static void write_list(struct html *html, const struct queueview *view)
{
    size_t i;
    json_t *row;
    if (!json_array_size(view->rows)) {
        write_nothing(html, view);
        return;
    }
    parts_begin_table(html, "cards queue", view->find[0] ? "Found" : "Cases", columns, COLUMNS);
    json_array_foreach(view->rows, i, row)
    {
        if (i < view->page_max)
            write_row(html, row, view);
    }
    parts_end_table(html);
}

/* ---- pages ----------------------------------------------------------------------------------------------------- */

static void write_pages(struct html *html, const struct queueview *view)
{
    AUTO_BUF first;
    AUTO_BUF next;
    char place[64] = "";
    bool has_more = json_array_size(view->rows) > view->page_max;
    buf_init(&first, HREF_MAX);
    buf_init(&next, HREF_MAX);
    if (has_more) {
        const json_t *last = json_array_get(view->rows, view->page_max - 1);
        snprintf(place, sizeof place, "%s-%lld", json_text(last, "urgency", ""), (long long)json_int(last, "case", 0));
    }
    queueview_write_address(view, "", &first);
    queueview_write_address(view, place, &next);
    if (buf_check(&first) == 0 && buf_check(&next) == 0)
        parts_write_pager(html, view->is_further ? first.data : NULL, has_more ? next.data : NULL);
}

void queueview_write(struct html *html, const struct queueview *view)
{
    H_LIT(html, "<h1>Cases</h1>\n");
    write_sums(html, view->count);
    queuefilter_write(html, view);
    write_list(html, view);
    write_pages(html, view);
}
