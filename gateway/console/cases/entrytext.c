/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entrytext - entries of the timeline that hold words: her texts beside what the machine read in them and why, and what
 * people and the machine wrote to her.
 */
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/highlight.h"
#include "gateway/console/cases/reading.h"
#include "gateway/console/cases/timeline.h"
#include "gateway/console/parts.h"

static void write_number(struct html *html, const struct caseview *view, const json_t *row)
{
    const char *number = json_text(row, "from", "");
    char masked[PHONE_MAX];
    if (!number[0])
        return;
    if (view->is_masked)
        phone_mask(number, masked);
    H_LIT(html, " <span class=\"from\"><bdi>");
    html_string(html, view->is_masked ? masked : number);
    H_LIT(html, "</bdi></span>");
}

void timeline_write_words(
    struct html *html, const struct caseview *view, const json_t *row, const json_t *evidence, const char *language)
{
    const char *text = json_text(row, "text", NULL);
    if (!text && view->hides_words) {
        H_LIT(html, "<p class=\"hint\">The words are for those who work on the case.</p>\n");
        return;
    }
    if (!text) {
        H_LIT(html, "<p class=\"hint\">The words are gone, or do not open.</p>\n");
        return;
    }
    parts_begin_words(html, language);
    highlight_write(html, span_of(text), evidence);
    PARTS_WORDS_END(html);
}

static void write_remarks(struct html *html, const struct caseview *view, const json_t *row)
{
    int64_t part = json_int(row, "part", 0), total = json_int(row, "part_total", 0);
    if (json_bool(row, "doubtful", false))
        H_LIT(html, "<p class=\"doubt\">This may not be her: another may have her phone.</p>\n");
    if (json_bool(row, "unproved", false))
        H_LIT(html, "<p class=\"doubt\">It came without a proof of its origin.</p>\n");
    if (part < total) {
        H_LIT(html, "<p class=\"doubt\">So far ");
        html_number(html, part);
        H_LIT(html, " of ");
        html_number(html, total);
        H_LIT(html, " parts have come.</p>\n");
    }
    if (json_int(row, "copies", 0)) {
        H_LIT(html, "<p class=\"hint\">It came ");
        html_number(html, json_int(row, "copies", 0) + 1);
        H_LIT(html, " times.</p>\n");
    }
    if (json_int(row, "case", 0) != view->id) {
        H_LIT(html, "<p class=\"hint\">From case ");
        html_number(html, json_int(row, "case", 0));
        H_LIT(html, ", which was joined to this one.</p>\n");
    }
}

/* How far a person's words to her have come. */
static void write_delivery(struct html *html, const struct caseview *view, const json_t *row)
{
    size_t i;
    json_t *reply;
    json_array_foreach(view->rows, i, reply)
    {
        bool is_its = str_equal(json_text(reply, "section", ""), "reply") && json_text(reply, "author", "")[0] &&
                      json_int(reply, "message", 0) == json_int(row, "message", -1);
        if (!is_its)
            continue;
        H_LIT(html, "<p class=\"hint\">");
        html_string(html, json_text(reply, "state", ""));
        H_LIT(html, "</p>\n");
    }
}

void timeline_write_message(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const json_t *row = entry->row;
    const char *author = json_text(row, "author", "");
    bool is_in = str_equal(json_text(row, "direction", ""), "in"), is_hers = is_in && !author[0];
    H_LIT(html, "<li");
    H_ATTR(html, "class", is_in ? "in" : "out");
    H_LIT(html, ">\n<p class=\"who\"><strong>");
    if (is_hers)
        H_LIT(html, "She wrote");
    else {
        caseview_write_actor(html, view, author);
        html_string(html, is_in ? " wrote to us" : " wrote to her");
    }
    H_LIT(html, "</strong>");
    if (is_hers)
        write_number(html, view, row);
    timeline_write_when(html, view, entry);
    H_LIT(html, " <span class=\"hint\">text ");
    html_number(html, json_int(row, "message", 0));
    H_LIT(html, "</span></p>\n");
    write_remarks(html, view, row);
    if (is_hers)
        H_LIT(html, "<div class=\"beside\">\n");
    timeline_write_words(html, view, row, is_hers ? json_object_get(row, "evidence") : NULL,
        is_hers ? json_text(row, "language", "") : "");
    if (is_hers) {
        reading_write(html, row, json_object_get(row, "evidence"));
        H_LIT(html, "</div>\n");
    } else {
        write_delivery(html, view, row);
    }
    H_LIT(html, "</li>\n");
}
