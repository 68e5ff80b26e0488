/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lexiconview - see lexiconview.h. */
#include "gateway/console/line/lexiconview.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/highlight.h"
#include "gateway/console/cases/reading.h"
#include "gateway/console/language.h"
#include "gateway/console/line/dutyparts.h"
#include "gateway/console/page.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"
#include "gateway/core/triage/lexcheck.h"

#define QUERY_MAX 512

/* ---- a text is tried ------------------------------------------------------------------------------------------- */

static void write_reading(struct html *html, const struct lexiconview *view)
{
    const json_t *evidence = json_object_get(view->reading, "evidence");
    if (!view->reading)
        return;
    H_LIT(html, "<div class=\"beside\">\n");
    parts_begin_words(html, json_text(view->reading, "language", ""));
    highlight_write(html, view->text, evidence);
    PARTS_WORDS_END(html);
    reading_write(html, view->reading, evidence);
    H_LIT(html, "</div>\n");
}

static void write_try(struct html *html, const struct lexiconview *view)
{
    H_LIT(html, "<section id=\"try\">\n<h2>Try a text</h2>\n");
    write_reading(html, view);
    shell_form_begin(html, view->visit, "/lexicon/try");
    H_LIT(html,
        "<label for=\"text\">A text as it might come. It is read as if it came first from a new number, and neither "
        "kept nor recorded.</label>\n<textarea id=\"text\" name=\"text\" rows=\"3\" dir=\"auto\" required>");
    html_text(html, view->text);
    H_LIT(
        html, "</textarea>\n<div class=\"buttons\"><button class=\"primary\" type=\"submit\">Read it</button></div>\n");
    shell_form_end(html);
    H_LIT(html, "</section>\n");
}

/* ---- languages ------------------------------------------------------------------------------------------------- */

static const char *const columns[] = { "Language", "Entries", "Weak", "Reviewed" };

const char *lexiconview_name(const char *tag)
{
    if (str_equal(tag, "common"))
        return "Shared by all languages";
    return str_equal(tag, "places") ? "Places" : language_name(tag);
}

static void write_part(struct html *html, const json_t *row, const char *key, const char *name, const char *joint)
{
    html_string(html, joint);
    html_number(html, json_int(row, key, 0));
    H_LIT(html, " ");
    html_string(html, name);
}

static bool is_reviewed(const json_t *row)
{
    const char *reviewed = json_text(row, "reviewed", "");
    return reviewed[0] && !str_equal(reviewed, "no");
}

static void write_language(struct html *html, const struct lexiconview *view, const json_t *row)
{
    AUTO_BUF query;
    const char *tag = json_text(row, "language", "");
    buf_init(&query, QUERY_MAX);
    dutyparts_add_query(&query, "language", tag);
    H_LIT(html, "<tr>\n<th scope=\"row\">");
    dutyparts_begin_link(html, view->visit, "/lexicon/words", query.data);
    html_string(html, lexiconview_name(tag));
    DUTYPARTS_LINK_END(html);
    if (json_int(row, "added", 0)) {
        H_LIT(html, " <span class=\"chip good\">");
        html_number(html, json_int(row, "added", 0));
        H_LIT(html, " added</span>");
    }
    H_LIT(html, " <span class=\"hint\">");
    write_part(html, row, "categories", "of troubles", "");
    write_part(html, row, "flags", "of her rules and marks", ", ");
    write_part(html, row, "concepts", "helpers", ", ");
    H_LIT(html, "</span></th>\n");
    parts_write_number_cell(html, "Entries", json_int(row, "entries", 0));
    parts_write_number_cell(html, "Weak", json_int(row, "weak", 0));
    parts_begin_cell(html, "Reviewed");
    if (is_reviewed(row))
        parts_write_name(html, json_text(row, "reviewed", ""));
    else
        parts_write_chip(html, "", "not yet");
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_languages(struct html *html, const struct lexiconview *view)
{
    size_t i;
    json_t *row;
    H_LIT(html, "<section id=\"languages\">\n<h2>Languages</h2>\n");
    parts_begin_table(html, "wordlist", "What is known of each", columns, STR_COUNT(columns));
    json_array_foreach(view->languages, i, row)
    {
        write_language(html, view, row);
    }
    parts_end_table(html);
    H_LIT(html,
        "<p class=\"hint\">Helpers are words that mean something together, as <i>pay</i> near <i>not</i>. Weak: too "
        "short or ambiguous to count by themselves. Reviewed: by a person who speaks the language, and when.</p>\n"
        "</section>\n");
}

/* ---- words of staff -------------------------------------------------------------------------------------------- */

void lexiconview_write_labels(struct html *html, const char *chosen, const char *empty, bool has_quiet)
{
    const char *section = "";
    if (empty) {
        H_LIT(html, "<option value=\"\">");
        html_string(html, empty);
        H_LIT(html, "</option>\n");
    }
    for (unsigned label = 0; label < LABEL_OF_PLACE; label++) {
        char value[48];
        if (!has_quiet && lexcheck_is_quieting(label))
            continue;
        if (!str_equal(section, lexicon_section(label))) {
            if (section[0])
                H_LIT(html, "</optgroup>\n");
            section = lexicon_section(label);
            H_LIT(html, "<optgroup");
            H_ATTR(html, "label", section);
            H_LIT(html, ">\n");
        }
        snprintf(value, sizeof value, "%s:%s", section, label_word(label));
        H_LIT(html, "<option");
        H_ATTR(html, "value", value);
        if (str_equal(value, chosen))
            H_LIT(html, " selected");
        H_LIT(html, ">");
        parts_write_word(html, label_word(label));
        H_LIT(html, "</option>\n");
    }
    H_LIT(html, "</optgroup>\n");
}

static void write_language_choice(struct html *html, const struct lexiconview *view)
{
    size_t i;
    json_t *row;
    H_LIT(html,
        "<label class=\"field\"><span>Language</span>\n<select name=\"language\" required>\n<option value=\"\"></option>\n");
    json_array_foreach(view->languages, i, row)
    {
        const char *tag = json_text(row, "language", "");
        H_LIT(html, "<option");
        H_ATTR(html, "value", tag);
        if (str_equal(tag, view->draft.language))
            H_LIT(html, " selected");
        H_LIT(html, ">");
        html_string(html, lexiconview_name(tag));
        H_LIT(html, "</option>\n");
    }
    H_LIT(html, "</select></label>\n");
}

static void write_weight_choice(struct html *html, const char *chosen)
{
    static const struct {
        const char *value, *text;
    } weights[] = { { "3", "stands by itself" }, { "2", "does not outweigh an advert" },
        { "1", "needs a second sign" } };
    H_LIT(html, "<label class=\"field\"><span>Weight</span>\n<select name=\"weight\">\n");
    for (size_t i = 0; i < STR_COUNT(weights); i++) {
        H_LIT(html, "<option");
        H_ATTR(html, "value", weights[i].value);
        if (str_equal(weights[i].value, chosen))
            H_LIT(html, " selected");
        H_LIT(html, ">");
        html_string(html, weights[i].value);
        H_LIT(html, ", ");
        html_string(html, weights[i].text);
        H_LIT(html, "</option>\n");
    }
    H_LIT(html, "</select></label>\n");
}

static void write_add(struct html *html, const struct lexiconview *view)
{
    H_LIT(html, "<section id=\"add\">\n<h2>Add a word</h2>\n");
    if (view->draft.refusal)
        page_write_answer(html, view->draft.refusal, false);
    shell_form_begin(html, view->visit, "/lexicon/add");
    H_LIT(html, "<div class=\"filter\">\n");
    write_language_choice(html, view);
    H_LIT(html, "<label class=\"field\"><span>Stands for</span>\n<select name=\"label\" required>\n");
    lexiconview_write_labels(html, view->draft.label, "", false);
    H_LIT(html, "</select></label>\n");
    write_weight_choice(html, view->draft.weight);
    parts_write_field(html, "words", "Words, up to six", "text", view->draft.words);
    H_LIT(html, "</div>\n");
    if (view->draft.refusal)
        parts_write_check(
            html, "anyway", "I know, add it all the same (an alarm for ordinary chat is never added)", false);
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\">Check and add</button></div>\n");
    shell_form_end(html);
    H_LIT(html,
        "<p class=\"hint\">Write as people write. Between two words one other may stand, <i>..</i> allows four; a star "
        "opens a word: <i>beat*</i>. The word is read from the next text on and stays over restarts. Words that make the "
        "line quieter, and answers such as stop or yes, are added in the files of the words only.</p>\n</section>\n");
}

static void write_added_row(struct html *html, const struct lexiconview *view, const json_t *row)
{
    char number[24];
    H_LIT(html, "<tr>\n<th scope=\"row\"><bdi");
    H_ATTR(html, "lang", json_text(row, "language", ""));
    H_LIT(html, ">");
    html_string(html, json_text(row, "words", ""));
    H_LIT(html, "</bdi></th>\n");
    parts_write_cell(html, "Language", lexiconview_name(json_text(row, "language", "")));
    parts_begin_cell(html, "Stands for");
    parts_write_word(html, json_text(row, "label", ""));
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, json_text(row, "section", ""));
    H_LIT(html, ", weight ");
    html_number(html, json_int(row, "weight", 0));
    H_LIT(html, "</span>");
    if (!json_bool(row, "in_force", true))
        parts_write_chip(html, "alarm", "not in force");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Added");
    parts_write_name(html, json_text(row, "by", ""));
    H_LIT(html, " <span class=\"hint\">");
    parts_write_time(html, parts_time_of(row, "at"), view->visit->now_ms);
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
    H_LIT(html, "<td data-label=\"\">");
    shell_form_begin(html, view->visit, "/lexicon/remove");
    snprintf(number, sizeof number, "%lld", (long long)json_int(row, "added", 0));
    H_LIT(html, "<input type=\"hidden\" name=\"added\"");
    H_ATTR(html, "value", number);
    H_LIT(html, ">\n<button class=\"small\" type=\"submit\">Take away</button>\n");
    shell_form_end(html);
    H_LIT(html, "</td>\n</tr>\n");
}

static void write_added(struct html *html, const struct lexiconview *view)
{
    static const char *const headings[] = { "Words", "Language", "Stands for", "Added", "" };
    size_t count = json_array_size(view->added);
    char next[PARTS_HREF_MAX] = "";
    H_LIT(html, "<section id=\"added\">\n<h2>Added by staff</h2>\n");
    if (!count)
        parts_write_empty(
            html, "Nobody added a word yet.", "What people correct in cases shows which words are missing.");
    else
        parts_begin_table(html, "cards roster", "Newest first", headings, STR_COUNT(headings));
    for (size_t i = 0; i < count && i < view->page_max; i++)
        write_added_row(html, view, json_array_get(view->added, i));
    if (count)
        parts_end_table(html);
    if (count > view->page_max)
        snprintf(next, sizeof next, "lexicon?before=%lld",
            (long long)json_int(json_array_get(view->added, view->page_max - 1), "added", 0));
    parts_write_pager(html, view->is_further ? "lexicon" : NULL, next[0] ? next : NULL);
    H_LIT(html, "</section>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

void lexiconview_write(struct html *html, const struct lexiconview *view)
{
    dutyparts_write_tabs(html, view->visit, "/lexicon");
    H_LIT(html,
        "<h1>Words</h1>\n<p class=\"lead\">What the line knows of each language, and what it makes of a text.</p>\n");
    write_try(html, view);
    write_add(html, view);
    write_added(html, view);
    if (view->visit->who->role == ROLE_caseworker) {
        H_LIT(html, "<p class=\"more\">");
        dutyparts_begin_link(html, view->visit, "/lexicon/candidates", NULL);
        H_LIT(html, "Words that corrections of cases suggest (is recorded)");
        DUTYPARTS_LINK_END(html);
        H_LIT(html, "</p>\n");
    }
    write_languages(html, view);
}
