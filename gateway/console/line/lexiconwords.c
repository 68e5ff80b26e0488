/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lexiconwords - the words of one language, and those that corrections of cases suggest. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/line/dutyparts.h"
#include "gateway/console/line/lexiconview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define PAGE 40
#define CANDIDATES_SHOWN 60
#define VALUE_MAX 80
#define QUERY_MAX 900

struct words {
    struct visit *visit;
    char language[LANGUAGE_MAX], label[48], find[VALUE_MAX];
    int64_t after;
    const json_t *rows, *labels;
};

static void write_filter(struct html *html, const struct words *words)
{
    AUTO_BUF reset;
    buf_init(&reset, QUERY_MAX);
    buf_add_text(&reset, "words?");
    buf_add_format(&reset, "language=");
    str_percent_encode(&reset, span_of(words->language));
    parts_begin_filter(html, "words", "Filter");
    H_LIT(html, "<input type=\"hidden\" name=\"language\"");
    H_ATTR(html, "value", words->language);
    H_LIT(html, ">\n<label class=\"field\"><span>Stand for</span>\n<select name=\"label\">\n");
    lexiconview_write_labels(html, words->label, "any", true);
    H_LIT(html, "</select></label>\n");
    parts_write_field(html, "find", "Hold", "search", words->find);
    parts_end_filter(html, reset.data);
}

static void write_label(struct html *html, const struct words *words, const json_t *row)
{
    AUTO_BUF query;
    char label[64];
    buf_init(&query, QUERY_MAX);
    snprintf(label, sizeof label, "%s:%s", json_text(row, "section", ""), json_text(row, "label", ""));
    dutyparts_add_query(&query, "language", words->language);
    dutyparts_add_query(&query, "label", label);
    H_LIT(html, "<li>");
    dutyparts_begin_link(html, words->visit, "/lexicon/words", query.data);
    parts_write_word(html, json_text(row, "label", ""));
    DUTYPARTS_LINK_END(html);
    H_LIT(html, " ");
    html_number(html, json_int(row, "entries", 0));
    H_LIT(html, "</li>\n");
}

/* A line a section. */
static void write_labels(struct html *html, const struct words *words)
{
    const char *section = "";
    size_t i;
    json_t *row;
    H_LIT(html, "<details class=\"filters counts\"><summary>What they stand for, with counts</summary>\n");
    json_array_foreach(words->labels, i, row)
    {
        if (!str_equal(section, json_text(row, "section", ""))) {
            if (section[0])
                H_LIT(html, "</ul>\n");
            section = json_text(row, "section", "");
            H_LIT(html, "<h2>");
            html_string(html, section);
            H_LIT(html, "</h2>\n<ul>\n");
        }
        write_label(html, words, row);
    }
    if (section[0])
        H_LIT(html, "</ul>\n");
    H_LIT(html, "</details>\n");
}

static void write_word_row(struct html *html, const struct words *words, const json_t *row)
{
    int64_t line = json_int(row, "line", 0);
    H_LIT(html, "<tr>\n<th scope=\"row\"><bdi");
    H_ATTR(html, "lang", words->language);
    H_LIT(html, ">");
    html_string(html, json_text(row, "words", ""));
    H_LIT(html, "</bdi></th>\n");
    parts_begin_cell(html, "Stands for");
    parts_write_word(html, json_text(row, "label", ""));
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, json_text(row, "section", ""));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Weight");
    html_number(html, json_int(row, "weight", 0));
    if (json_bool(row, "weak", false)) {
        H_LIT(html, " ");
        parts_write_chip(html, "", "too short alone");
    }
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Line");
    if (line)
        html_number(html, line);
    else
        parts_write_chip(html, "good", "added by staff");
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_words(struct html *html, const struct words *words)
{
    static const char *const headings[] = { "Words", "Stands for", "Weight", "Line" };
    size_t count = json_array_size(words->rows);
    AUTO_BUF first;
    AUTO_BUF next;
    AUTO_BUF start;
    buf_init(&first, QUERY_MAX);
    buf_init(&next, QUERY_MAX);
    buf_init(&start, QUERY_MAX);
    if (!count) {
        parts_write_empty(html, "No entry fits.", "Take a part of the filter away.");
        return;
    }
    parts_begin_table(html, "wordlist", "In the order of the file", headings, STR_COUNT(headings));
    for (size_t i = 0; i < count && i < PAGE; i++)
        write_word_row(html, words, json_array_get(words->rows, i));
    parts_end_table(html);
    dutyparts_add_query(&first, "language", words->language);
    dutyparts_add_query(&first, "label", words->label);
    dutyparts_add_query(&first, "find", words->find);
    buf_add_format(&next, "words?%s&after=%lld", first.data,
        (long long)json_int(json_array_get(words->rows, count > PAGE ? PAGE - 1 : count - 1), "entry", 0));
    buf_add_format(&start, "words?%s", first.data);
    parts_write_pager(html, words->after ? start.data : NULL, count > PAGE ? next.data : NULL);
}

static int show(const struct words *words, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, words->visit, lexiconview_name(words->language), DUTYPARTS_HERE);
    dutyparts_write_tabs(html, words->visit, "/lexicon");
    H_LIT(html, "<h1>");
    html_string(html, lexiconview_name(words->language));
    H_LIT(html, "</h1>\n<p class=\"more\">");
    dutyparts_begin_link(html, words->visit, "/lexicon", NULL);
    H_LIT(html, "All languages, and the form to add a word");
    DUTYPARTS_LINK_END(html);
    H_LIT(html, "</p>\n");
    write_labels(html, words);
    write_filter(html, words);
    write_words(html, words);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

static int ask(struct words *words, struct visit_answer *ret_answer)
{
    json_t *args = json_pack("{s:s, s:s, s:s, s:i}", "language", words->language, "label", words->label, "find",
        words->find, "limit", PAGE + 1);
    if (args && words->after > 0 && json_object_set_new(args, "after", json_integer(words->after))) {
        json_decref(args);
        return ERR_NOMEM;
    }
    return visit_verb(words->visit, "lexicon words", args, ret_answer);
}

int page_lexicon_words(struct visit *visit, struct visits_page *ret_page)
{
    struct words words = { .visit = visit, .after = visit_number(visit, "after") };
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER labels = { .rows = NULL };
    visit_text(visit, "language", words.language, sizeof words.language);
    visit_text(visit, "label", words.label, sizeof words.label);
    visit_text(visit, "find", words.find, sizeof words.find);
    int rc = ask(&words, &rows);
    if (!rc && (rows.end != VERB_DONE || words.after < 0))
        return shell_say(visit, 400, "Not understood", rows.why[0] ? rows.why : "There is no such page of words.",
            "Go back to the list of languages.", ret_page);
    if (!rc)
        rc = visit_verb(visit, "lexicon labels", json_pack("{s:s}", "language", words.language), &labels);
    if (rc)
        return rc;
    words.rows = rows.rows;
    words.labels = labels.rows;
    return show(&words, ret_page);
}

/* ---- what corrections suggest ---------------------------------------------------------------------------------- */

/* A category or a flag can be filled into the form to add a word. */
static void write_use(struct html *html, const struct visit *visit, const json_t *row)
{
    AUTO_BUF query;
    const char *kind = json_text(row, "kind", "");
    const char *section = str_equal(kind, "category") ? "categories" : str_equal(kind, "flag") ? "flags" : NULL;
    char label[64];
    buf_init(&query, QUERY_MAX);
    H_LIT(html, "<td data-label=\"\">");
    if (section && str_equal(json_text(row, "change", ""), "add")) {
        snprintf(label, sizeof label, "%s:%s", section, json_text(row, "label", ""));
        dutyparts_add_query(&query, "language", json_text(row, "language", ""));
        dutyparts_add_query(&query, "label", label);
        dutyparts_add_query(&query, "words", json_text(row, "word", ""));
        dutyparts_begin_link(html, visit, "/lexicon", query.data);
        H_LIT(html, "Fill into the form");
        DUTYPARTS_LINK_END(html);
    }
    H_LIT(html, "</td>\n");
}

static void write_candidate(struct html *html, const struct visit *visit, const json_t *row)
{
    bool is_doubt = str_equal(json_text(row, "change", ""), "doubt");
    H_LIT(html, "<tr>\n<th scope=\"row\"><bdi");
    H_ATTR(html, "lang", json_text(row, "language", ""));
    H_LIT(html, ">");
    html_string(html, json_text(row, "word", ""));
    H_LIT(html, "</bdi></th>\n");
    parts_write_cell(html, "Language", language_name(json_text(row, "language", "")));
    parts_begin_cell(html, "Suggests");
    html_string(html, is_doubt ? "spoke for " : "may stand for ");
    H_LIT(html, "<b>");
    parts_write_word(html, json_text(row, "label", ""));
    H_LIT(html, "</b>");
    html_string(html, is_doubt ? ", which a person took off" : "");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Corrections");
    html_number(html, json_int(row, "corrections", 0));
    H_LIT(html, " of ");
    html_number(html, json_int(row, "of", 0));
    H_LIT(html, " that hold it");
    PARTS_CELL_END(html);
    write_use(html, visit, row);
    H_LIT(html, "</tr>\n");
}

int page_lexicon_candidates(struct visit *visit, struct visits_page *ret_page)
{
    static const char *const headings[] = { "Word", "Language", "Suggests", "Corrections", "" };
    char language[LANGUAGE_MAX];
    size_t i;
    json_t *row;
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    json_t *args = json_pack(
        "{s:s, s:i}", "language", visit_text(visit, "language", language, sizeof language), "limit", CANDIDATES_SHOWN);
    int rc = visit_verb(visit, "lexicon candidates", args, &answer);
    if (rc || !html)
        return rc ? rc : ERR_NOMEM;
    shell_begin(html, visit, "Words of corrections", DUTYPARTS_HERE);
    dutyparts_write_tabs(html, visit, "/lexicon");
    H_LIT(html,
        "<h1>Words of corrections</h1>\n<p class=\"lead\">Single words of texts whose labels people put right, most "
        "frequent first. A word in many texts whatever their labels says nothing.</p>\n");
    if (!json_array_size(answer.rows)) {
        parts_write_empty(html, "No correction suggests a word.",
            "When somebody puts the labels of a case right, the words of its texts are counted here.");
    } else {
        parts_begin_table(html, "cards", "Words, most frequent first", headings, STR_COUNT(headings));
        json_array_foreach(answer.rows, i, row)
        {
            write_candidate(html, visit, row);
        }
        parts_end_table(html);
    }
    shell_end(html);
    return page_finish(html, 200, ret_page);
}
