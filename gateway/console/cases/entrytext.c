/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entrytext - entries of the timeline that hold words: her texts beside what the machine read in them and why, and what
 * people and the machine wrote to her.
 */
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/highlight.h"
#include "gateway/console/cases/timeline.h"
#include "gateway/console/language.h"
#include "gateway/console/parts.h"

#define QUOTE_MAX 60 /* bytes of a reason that are quoted beside its label */

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

static void write_list(struct html *html, const char *title, const json_t *list)
{
    size_t i;
    json_t *word;
    if (!json_array_size(list))
        return;
    H_LIT(html, "<li>");
    html_string(html, title);
    json_array_foreach(list, i, word)
    {
        if (i)
            H_LIT(html, ", ");
        H_LIT(html, "<b>");
        html_string(html, json_string_value(word));
        H_LIT(html, "</b>");
    }
    H_LIT(html, "</li>\n");
}

static bool is_again(const json_t *evidence, size_t index)
{
    const json_t *item = json_array_get(evidence, index);
    for (size_t i = 0; i < index; i++) {
        const json_t *other = json_array_get(evidence, i);
        if (str_equal(json_text(other, "label", ""), json_text(item, "label", "")) &&
            str_equal(json_text(other, "text", ""), json_text(item, "text", "")))
            return true;
    }
    return false;
}

/* Which of her words spoke for which label. */
static void write_reasons(struct html *html, const json_t *evidence)
{
    size_t i;
    json_t *item;
    json_array_foreach(evidence, i, item)
    {
        struct span quote = span_of(json_text(item, "text", ""));
        if (!quote.len || quote.len > QUOTE_MAX || is_again(evidence, i))
            continue;
        H_LIT(html, "<li class=\"why\"><b>");
        html_string(html, json_text(item, "label", ""));
        H_LIT(html, "</b> because of <q dir=\"auto\">");
        html_text(html, quote);
        H_LIT(html, "</q></li>\n");
    }
}

static void write_reading(struct html *html, const json_t *row)
{
    const char *intent = json_text(row, "intent", ""), *second = json_text(row, "second_language", "");
    H_LIT(html, "<ul class=\"reading\" aria-label=\"What the machine read\">\n<li>");
    html_string(html, language_name(json_text(row, "language", "")));
    if (second[0]) {
        H_LIT(html, " with ");
        html_string(html, language_name(second));
    }
    H_LIT(html, ", <b>");
    html_string(html, json_text(row, "urgency", ""));
    H_LIT(html, "</b>");
    if (!str_equal(intent, "help")) {
        H_LIT(html, ", no request: <b>");
        html_string(html, intent);
        H_LIT(html, "</b>");
    }
    H_LIT(html, "</li>\n");
    write_list(html, "About: ", json_object_get(row, "categories"));
    write_list(html, "Marks: ", json_object_get(row, "flags"));
    write_reasons(html, json_object_get(row, "evidence"));
    H_LIT(html, "</ul>\n");
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
        write_reading(html, row);
        H_LIT(html, "</div>\n");
    } else {
        write_delivery(html, view, row);
    }
    H_LIT(html, "</li>\n");
}
