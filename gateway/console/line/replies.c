/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replies - what the machine may say by itself: every sentence as it leaves, what it costs, where it goes, which are
 * missing. Not here: whether it answers one text (core/replies); the sentences are files that an organisation edits.
 */
#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/line/dutyparts.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define QUERY_MAX 128
#define KEYS 3

static const struct {
    const char *key, *word, *title, *meaning;
} keys[KEYS] = {
    { "neutral", "Receipt", "Receipt", "the same words whatever she wrote and whatever became of it" },
    { "consent", "Consent", "May we pass it on?",
        "asked before public offices are told; holds the words of yes and no" },
    { "who", "Where", "Where is she?", "asked of somebody who wrote about another person" },
};

struct replies {
    struct visit *visit;
    char language[LANGUAGE_MAX]; /* "" = all */
    const json_t *rows, *rules, *countries;
};

static bool is_missing(const json_t *row)
{
    return !json_is_string(json_object_get(row, "text"));
}

static const json_t *find_row(const struct replies *replies, const char *language, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(replies->rows, i, row)
    {
        if (str_equal(json_text(row, "language", ""), language) && str_equal(json_text(row, "key", ""), key))
            return row;
    }
    return NULL;
}

/* ---- what it costs --------------------------------------------------------------------------------------------- */

static void write_cell(struct html *html, const struct replies *replies, const char *language, int key)
{
    const json_t *row = find_row(replies, language, keys[key].key);
    parts_begin_cell(html, keys[key].word);
    if (row && !is_missing(row)) {
        html_number(html, json_int(row, "segments", 0));
        H_LIT(html, " SMS");
    } else {
        parts_write_chip(html, "alarm", row ? "English" : "as main");
    }
    PARTS_CELL_END(html);
}

/* Of its first sentence: a file has one alphabet. */
static const char *encoding_of(const struct replies *replies, const char *language)
{
    for (int key = 0; key < KEYS; key++) {
        const json_t *row = find_row(replies, language, keys[key].key);
        if (row && !is_missing(row))
            return json_text(row, "encoding", "");
    }
    return "";
}

static bool is_first_of_language(const struct replies *replies, size_t index)
{
    const char *language = json_text(json_array_get(replies->rows, index), "language", "");
    for (size_t i = 0; i < index; i++)
        if (str_equal(json_text(json_array_get(replies->rows, i), "language", ""), language))
            return false;
    return true;
}

static bool has_own(const struct replies *replies, const char *language)
{
    return encoding_of(replies, language)[0] != '\0';
}

static void write_language(struct html *html, const struct replies *replies, const char *language)
{
    AUTO_BUF query;
    buf_init(&query, QUERY_MAX);
    dutyparts_add_query(&query, "language", language);
    H_LIT(html, "<tr>\n<th scope=\"row\">");
    dutyparts_begin_link(html, replies->visit, "/replies", query.data);
    html_string(html, language_name(language));
    DUTYPARTS_LINK_END(html);
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, language);
    H_LIT(html, ", ");
    html_string(html, encoding_of(replies, language));
    H_LIT(html, "</span></th>\n");
    for (int key = 0; key < KEYS; key++)
        write_cell(html, replies, language, key);
    H_LIT(html, "</tr>\n");
}

static void write_languages(struct html *html, const struct replies *replies)
{
    static const char *const headings[] = { "Language", "Receipt", "Consent", "Where" };
    H_LIT(html, "<section id=\"languages\">\n<h2>Sentences by language</h2>\n");
    parts_begin_table(html, "wordlist", "What each costs", headings, STR_COUNT(headings));
    for (size_t i = 0; i < json_array_size(replies->rows); i++) {
        const char *language = json_text(json_array_get(replies->rows, i), "language", "");
        if (is_first_of_language(replies, i) && has_own(replies, language))
            write_language(html, replies, language);
    }
    parts_end_table(html);
    H_LIT(html,
        "<p class=\"hint\">GSM-7 carries 160 letters in an SMS, UCS-2 carries 70: it is needed for every script but the "
        "Latin one. Whoever writes in Latin letters is answered in them.</p>\n</section>\n");
}

static void write_missing(struct html *html, const struct replies *replies)
{
    bool has_any = false;
    H_LIT(html, "<section id=\"missing\">\n<h2>Missing</h2>\n");
    for (size_t i = 0; i < json_array_size(replies->rows); i++) {
        const char *language = json_text(json_array_get(replies->rows, i), "language", "");
        if (!is_first_of_language(replies, i) || has_own(replies, language))
            continue;
        html_string(html, has_any ? ", " : "");
        if (!has_any)
            H_LIT(html,
                "<p>These languages are recognised and have no sentence: who writes in them is answered in English. ");
        html_string(html, language_name(language));
        has_any = true;
    }
    if (has_any)
        H_LIT(html, ".</p>\n");
    else
        H_LIT(html, "<p>Every language that is recognised has its sentences.</p>\n");
    H_LIT(html, "</section>\n");
}

/* ---- one language ---------------------------------------------------------------------------------------------- */

static void write_sentence(struct html *html, const struct replies *replies, int key)
{
    const json_t *row = find_row(replies, replies->language, keys[key].key);
    H_LIT(html, "<section>\n<h2>");
    html_string(html, keys[key].title);
    H_LIT(html, "</h2>\n<p class=\"hint\">");
    html_string(html, keys[key].meaning);
    H_LIT(html, "</p>\n");
    if (!row || is_missing(row)) {
        parts_write_empty(html, "There is no such sentence in this language.",
            row ? "Who writes in it gets the English one."
                : "Who writes in it gets the sentence of the main language.");
        H_LIT(html, "</section>\n");
        return;
    }
    parts_begin_words(html, replies->language);
    html_string(html, json_text(row, "text", ""));
    PARTS_WORDS_END(html);
    H_LIT(html, "<p>");
    html_number(html, json_int(row, "segments", 0));
    H_LIT(html, " SMS, ");
    html_string(html, json_text(row, "encoding", ""));
    H_LIT(html, ": ");
    html_number(html, json_int(row, "characters", 0));
    H_LIT(html, " characters, room for ");
    html_number(html, json_int(row, "left", 0));
    H_LIT(html, " more.</p>\n</section>\n");
}

static bool is_known(const struct replies *replies)
{
    for (int key = 0; key < KEYS; key++)
        if (find_row(replies, replies->language, keys[key].key))
            return true;
    return false;
}

/* ---- when and where -------------------------------------------------------------------------------------------- */

static void write_list(struct html *html, const json_t *list, const char *(*name_of)(const char *), const char *any)
{
    size_t i;
    json_t *item;
    if (!json_array_size(list))
        html_string(html, any);
    json_array_foreach(list, i, item)
    {
        const char *word = json_string_value(item);
        const char *name = name_of ? name_of(word) : word;
        html_string(html, i ? ", " : "");
        parts_write_name(html, name ? name : word);
    }
}

static void write_mode(struct html *html, const char *mode)
{
    if (str_equal(mode, "neutral"))
        parts_write_chip(html, "good", "the receipt is sent");
    else
        parts_write_chip(html, "", "nothing is sent");
}

static void write_rules(struct html *html, const struct replies *replies)
{
    static const char *const headings[] = { "Urgency", "Language", "Country of her phone", "What is sent" };
    size_t i;
    json_t *row;
    H_LIT(html, "<section id=\"rules\">\n<h2>When</h2>\n");
    parts_begin_table(html, "cards", "The first line that fits decides", headings, STR_COUNT(headings));
    json_array_foreach(replies->rules, i, row)
    {
        const json_t *urgencies = json_object_get(row, "urgencies");
        H_LIT(html, "<tr>\n");
        parts_begin_cell(html, "Urgency");
        write_list(html, json_array_size(urgencies) == URGENCY_COUNT ? NULL : urgencies, NULL, "any");
        PARTS_CELL_END(html);
        parts_begin_cell(html, "Language");
        write_list(html, json_object_get(row, "languages"), language_name, "any");
        PARTS_CELL_END(html);
        parts_begin_cell(html, "Country");
        write_list(html, json_object_get(row, "countries"), phone_country_name, "any");
        PARTS_CELL_END(html);
        parts_begin_cell(html, "Sent");
        write_mode(html, json_text(row, "mode", ""));
        PARTS_CELL_END(html);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
    if (str_equal(json_text(json_array_get(replies->rules, 0), "consent", ""), "ask"))
        H_LIT(html,
            "<p class=\"hint\">Whoever may be passed on to public offices is asked first, whatever stands here.</p>\n");
    else
        H_LIT(html,
            "<p class=\"hint\">Nobody is asked whether public offices may be told: consent is off in the configuration.</p>\n");
    H_LIT(html, "</section>\n");
}

static void write_barred(struct html *html, const json_t *row)
{
    bool has_any = false;
    static const char *const names[] = { "links", "numbers" };
    for (size_t i = 0; i < STR_COUNT(names); i++) {
        if (json_bool(row, names[i], true))
            continue;
        html_string(html, has_any ? ", " : "");
        html_string(html, names[i]);
        has_any = true;
    }
    if (json_int(row, "forbidden", 0)) {
        html_string(html, has_any ? ", " : "");
        html_number(html, json_int(row, "forbidden", 0));
        H_LIT(html, " words");
        has_any = true;
    }
    html_string(html, has_any ? "" : "nothing");
}

static const char *sender_text(const char *word)
{
    static const struct {
        const char *word, *text;
    } senders[] = { { "any", "number or name" }, { "name", "a name" }, { "registered", "a registered name only" },
        { "number", "a number" } };
    for (size_t i = 0; i < STR_COUNT(senders); i++)
        if (str_equal(senders[i].word, word))
            return senders[i].text;
    return word;
}

static void write_country(struct html *html, const json_t *row)
{
    const char *code = json_text(row, "country", ""), *name = phone_country_name(code);
    H_LIT(html, "<tr>\n<th scope=\"row\">");
    html_string(html, name ? name : code);
    H_LIT(html, "</th>\n");
    parts_write_cell(html, "Sender", sender_text(json_text(row, "sender", "")));
    parts_begin_cell(html, "Her answer");
    html_string(html, json_bool(row, "replies", true) ? "reaches us" : "only to a number of the country");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Night");
    html_string(html, json_text(row, "quiet", "")[0] ? json_text(row, "quiet", "") : "no quiet hours");
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, json_text(row, "zone", ""));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Barred");
    write_barred(html, row);
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_countries(struct html *html, const struct replies *replies)
{
    static const char *const headings[] = { "Country", "Sender that shows", "Her answer", "Night", "Barred in a text" };
    size_t i;
    json_t *row;
    H_LIT(html, "<section id=\"countries\">\n<h2>Where they go</h2>\n");
    if (!json_array_size(replies->countries)) {
        parts_write_empty(html, "No country has rules.", "They stand in the file of countries.");
        H_LIT(html, "</section>\n");
        return;
    }
    H_LIT(html,
        "<p>Every sentence above keeps the rules of all these countries: one that does not keeps the line from "
        "starting.</p>\n<details class=\"filters\"><summary>Rules by country</summary>\n<div class=\"inside\">\n");
    parts_begin_table(html, "cards", "By the country of her phone", headings, STR_COUNT(headings));
    json_array_foreach(replies->countries, i, row)
    {
        write_country(html, row);
    }
    parts_end_table(html);
    H_LIT(html, "</div></details>\n</section>\n");
}

/* ---- the pages ------------------------------------------------------------------------------------------------- */

static void write_one(struct html *html, const struct replies *replies)
{
    H_LIT(html, "<h1>Replies: ");
    html_string(html, language_name(replies->language));
    H_LIT(html, "</h1>\n<p class=\"more\">");
    dutyparts_begin_link(html, replies->visit, "/replies", NULL);
    H_LIT(html, "All languages");
    DUTYPARTS_LINK_END(html);
    H_LIT(html, "</p>\n");
    for (int key = 0; key < KEYS; key++)
        write_sentence(html, replies, key);
}

static void write_all(struct html *html, const struct replies *replies)
{
    H_LIT(html,
        "<h1>Replies</h1>\n<p class=\"lead\">What the line may say by itself. It says nothing else, and these as seldom "
        "as can be: her phone is read by others.</p>\n");
    write_rules(html, replies);
    write_languages(html, replies);
    write_missing(html, replies);
    write_countries(html, replies);
}

static int show(const struct replies *replies, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, replies->visit, "Replies", DUTYPARTS_HERE);
    dutyparts_write_tabs(html, replies->visit, "/replies");
    if (replies->language[0])
        write_one(html, replies);
    else
        write_all(html, replies);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_replies(struct visit *visit, struct visits_page *ret_page)
{
    struct replies replies = { .visit = visit };
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER rules = { .rows = NULL };
    AUTO_ANSWER countries = { .rows = NULL };
    visit_text(visit, "language", replies.language, sizeof replies.language);
    int rc = visit_verb(visit, "replies list", json_pack("{s:s}", "language", replies.language), &rows);
    replies.rows = rows.rows;
    if (!rc && replies.language[0] && !is_known(&replies))
        return shell_say(visit, 404, "No such language", "The line has no sentence in a language of that name.",
            "Go back to the list of languages.", ret_page);
    if (!rc)
        rc = visit_verb(visit, "replies rules", json_object(), &rules);
    if (!rc)
        rc = visit_verb(visit, "replies countries", json_object(), &countries);
    if (rc)
        return rc;
    replies.rules = rules.rows;
    replies.countries = countries.rows;
    return show(&replies, ret_page);
}
