/* SPDX-License-Identifier: GPL-3.0-or-later */
/* messageview - see messageview.h. */
#include "gateway/console/line/messageview.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/model.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/cases/highlight.h"
#include "gateway/console/cases/reading.h"
#include "gateway/console/language.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/parts.h"

#define SHOWN_MAX 480 /* bytes of a text in the list */
#define WORD_MAX 40   /* a cut goes back so far to the end of a word */

/* ---- by what they were taken for ------------------------------------------------------------------------------- */

static const char *intent_name(const char *word)
{
    static const char *const names[INTENT_COUNT] = { [INTENT_help] = "a request",
        [INTENT_stop] = "stop",
        [INTENT_start] = "start again",
        [INTENT_safe] = "I am well",
        [INTENT_yes] = "yes",
        [INTENT_no] = "no",
        [INTENT_thanks] = "thanks",
        [INTENT_not_help] = "advert or chat" };
    int intent = intent_from_word(word);
    return intent < 0 ? word : names[intent];
}

static void write_count(struct html *html, const char *href, const char *name, int64_t count, bool has_more)
{
    if (href)
        H_LIT(html, "<a");
    else
        H_LIT(html, "<span");
    if (href)
        H_ATTR(html, "href", href);
    if (!count)
        H_ATTR(html, "class", "zero");
    H_LIT(html, "><b>");
    html_number(html, count);
    if (has_more)
        H_LIT(html, "+");
    H_LIT(html, "</b> ");
    html_string(html, name);
    if (href)
        H_LIT(html, "</a>");
    else
        H_LIT(html, "</span>");
}

static void write_counts(struct html *html, const struct messageview *view)
{
    size_t i;
    json_t *row;
    H_LIT(html, "<ul class=\"sums\" aria-label=\"What they were taken for\">\n");
    json_array_foreach(view->counts, i, row)
    {
        char href[48];
        const char *word = json_text(row, "intent", "");
        int64_t count = json_int(row, "count", 0);
        bool is_here = str_equal(word, view->intent);
        if (!count && !is_here)
            continue;
        snprintf(href, sizeof href, "messages?intent=%s", word);
        H_LIT(html, "<li");
        if (is_here)
            H_ATTR(html, "class", "here");
        H_LIT(html, ">");
        write_count(html, view->counts_only ? NULL : href, intent_name(word), count, json_bool(row, "more", false));
        H_LIT(html, "</li>\n");
    }
    H_LIT(html, "</ul>\n");
}

/* ---- the list -------------------------------------------------------------------------------------------------- */

/* The beginning of a text, at the end of a word where there is one near. */
static struct span beginning_of(struct span text)
{
    size_t len = utf8_prefix(text, SHOWN_MAX);
    for (size_t back = 0; len < text.len && back < WORD_MAX && back < len; back++)
        if (text.data[len - back - 1] == ' ')
            return (struct span){ text.data, len - back - 1 };
    return (struct span){ text.data, len };
}

static void write_number_cell(struct html *html, const struct messageview *view, const json_t *row)
{
    struct lineparts_record record = { .address = "messages",
        .noun = "Text",
        .id = json_int(row, "message", 0),
        .at = parts_time_of(row, "received_at"),
        .is_link = view->has_words };
    lineparts_write_record_cell(html, &record, view->now_ms);
}

static void write_text_cell(struct html *html, const json_t *row)
{
    const char *text = json_text(row, "text", NULL);
    parts_begin_cell(html, "");
    if (!text) {
        H_LIT(html, "<span class=\"hint\">The words are gone, or do not open.</span>");
        PARTS_CELL_END(html);
        return;
    }
    struct span whole = span_of(text), shown = beginning_of(whole);
    parts_begin_words(html, json_text(row, "language", ""));
    highlight_write(html, shown, json_object_get(row, "evidence"));
    if (shown.len < whole.len)
        H_LIT(html, " \xe2\x80\xa6");
    PARTS_WORDS_END(html);
    PARTS_CELL_END(html);
}

static void write_marks(struct html *html, const json_t *row)
{
    if (json_bool(row, "unproved", false))
        H_LIT(html, " <span class=\"chip alarm\">origin not proved</span>");
    if (json_bool(row, "late", false))
        H_LIT(html, " <span class=\"chip\">came late</span>");
}

/* Words that speak for something else than what the text was taken for. */
static void write_reasons(struct html *html, const json_t *row)
{
    size_t i;
    json_t *item;
    AUTO_JSON *others = json_array();
    json_array_foreach(json_object_get(row, "evidence"), i, item)
    {
        if (!str_equal(json_text(item, "label", ""), json_text(row, "intent", "")))
            json_array_append(others, item);
    }
    if (!json_array_size(others))
        return;
    H_LIT(html, "<ul class=\"reading\">\n");
    reading_write_reasons(html, others);
    H_LIT(html, "</ul>");
}

static void write_labels(struct html *html, const json_t *row)
{
    const json_t *categories = json_object_get(row, "categories");
    parts_write_chip(html, "", intent_name(json_text(row, "intent", "")));
    write_marks(html, row);
    H_LIT(html, " ");
    parts_write_flags(html, json_object_get(row, "flags"));
    if (json_array_size(categories)) {
        H_LIT(html, "<span class=\"what\">");
        parts_write_words(html, categories);
        H_LIT(html, "</span>");
    }
    write_reasons(html, row);
}

static void write_from_cell(struct html *html, const struct messageview *view, const json_t *row)
{
    char masked[PHONE_MAX];
    const char *from = json_text(row, "from", "");
    parts_begin_cell(html, "From");
    if (view->has_words && from[0]) {
        phone_mask(from, masked);
        H_LIT(html, "<span class=\"from\">");
        parts_write_name(html, masked);
        H_LIT(html, "</span> ");
    }
    H_LIT(html, "<span class=\"hint\">");
    html_string(html, language_name(json_text(row, "language", "")));
    H_LIT(html, ", ");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

static void write_row(struct html *html, const struct messageview *view, const json_t *row)
{
    H_LIT(html, "<tr>\n");
    write_number_cell(html, view, row);
    if (view->has_words)
        write_text_cell(html, row);
    parts_begin_cell(html, "Taken for");
    write_labels(html, row);
    PARTS_CELL_END(html);
    write_from_cell(html, view, row);
    H_LIT(html, "</tr>\n");
}

static void write_rows(struct html *html, const struct messageview *view)
{
    static const char *const headings[] = { "Text", "Words", "Taken for", "From" };
    static const char *const without[] = { "Text", "Taken for", "From" };
    size_t i;
    json_t *row;
    parts_begin_table(html, "cards letters", "Newest first", view->has_words ? headings : without,
        view->has_words ? STR_COUNT(headings) : STR_COUNT(without));
    json_array_foreach(view->rows, i, row)
    {
        if (i < view->page_max)
            write_row(html, view, row);
    }
    parts_end_table(html);
}

static void write_pages(struct html *html, const struct messageview *view)
{
    char first[64], next[96];
    bool has_more = json_array_size(view->rows) > view->page_max;
    snprintf(first, sizeof first, "messages%s%s", view->intent[0] ? "?intent=" : "", view->intent);
    if (has_more)
        snprintf(next, sizeof next, "%s%cbefore=%lld", first, view->intent[0] ? '&' : '?',
            (long long)json_int(json_array_get(view->rows, view->page_max - 1), "message", 0));
    parts_write_pager(html, view->is_further ? first : NULL, has_more ? next : NULL);
}

static void write_nothing(struct html *html, const struct messageview *view)
{
    if (view->intent[0] || view->is_further)
        parts_write_empty(html, "No further text was taken for that.", "Look at all of them, or at another kind.");
    else
        parts_write_empty(html, "Every text opened a case, or joined one.",
            "Adverts, thanks and chat would stand here, so that a person can see what the machine set aside.");
}

void messageview_write_list(struct html *html, const struct messageview *view)
{
    H_LIT(html,
        "<h1>Messages that opened no case</h1>\n<p class=\"lead\">Nobody was woken for these. A cry for help may have "
        "been misread: look through them now and then.</p>\n");
    write_counts(html, view);
    if (view->counts_only)
        return;
    if (view->intent[0])
        H_LIT(html, "<p><a href=\"messages\">All of them</a></p>\n");
    if (!view->has_words)
        H_LIT(html, "<p class=\"hint\">The words are for those who work on cases.</p>\n");
    if (json_array_size(view->rows))
        write_rows(html, view);
    else
        write_nothing(html, view);
    write_pages(html, view);
}

/* ---- one of them ----------------------------------------------------------------------------------------------- */

static void write_facts(struct html *html, const json_t *row, const json_t *words, int64_t now_ms)
{
    int64_t part = json_int(words, "part", 0), total = json_int(words, "part_total", 0);
    PARTS_FACTS_BEGIN(html);
    parts_write_fact(html, "From", json_text(words, "from", ""));
    parts_begin_fact(html, "Received");
    parts_write_time(html, parts_time_of(row, "received_at"), now_ms);
    PARTS_FACT_END(html);
    parts_begin_fact(html, "Came by");
    parts_write_words(html, json_object_get(words, "origins"));
    write_marks(html, row);
    PARTS_FACT_END(html);
    if (part < total) {
        parts_begin_fact(html, "Parts");
        html_number(html, part);
        H_LIT(html, " of ");
        html_number(html, total);
        H_LIT(html, " have come so far");
        PARTS_FACT_END(html);
    }
    if (json_int(words, "copies", 0)) {
        parts_begin_fact(html, "Came");
        html_number(html, json_int(words, "copies", 0) + 1);
        H_LIT(html, " times");
        PARTS_FACT_END(html);
    }
    PARTS_FACTS_END(html);
}

void messageview_write_text(struct html *html, const json_t *rows, int64_t now_ms)
{
    const json_t *row = json_array_get(rows, 0), *words = json_array_get(rows, 1);
    const json_t *evidence = json_object_get(words, "evidence");
    const char *text = json_text(words, "text", "");
    H_LIT(html, "<h1>Text ");
    html_number(html, json_int(row, "message", 0));
    H_LIT(html, "</h1>\n<p class=\"state\">It opened no case: it was taken for <b>");
    html_string(html, intent_name(json_text(row, "intent", "")));
    H_LIT(html, "</b>.</p>\n<div class=\"beside\">\n");
    if (text[0]) {
        parts_begin_words(html, json_text(row, "language", ""));
        highlight_write(html, span_of(text), evidence);
        PARTS_WORDS_END(html);
    } else {
        H_LIT(html, "<p class=\"hint\">The words are gone: they were destroyed, or none came.</p>\n");
    }
    reading_write(html, row, evidence);
    H_LIT(html, "</div>\n");
    write_facts(html, row, words, now_ms);
}
