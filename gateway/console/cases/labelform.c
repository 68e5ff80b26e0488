/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * labelform - the form that corrects what the machine read, with the labels as they stood when it was made: only what
 * its reader changes of them is changed.
 */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/caseforms.h"

static bool has_word(const json_t *list, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (str_equal(json_string_value(item), word))
            return true;
    }
    return false;
}

static void write_box(struct html *html, const char *prefix, const char *word, const char *meaning, bool is_on)
{
    char name[40];
    snprintf(name, sizeof name, "%s%s", prefix, word);
    H_LIT(html, "<label class=\"tick\"><input type=\"checkbox\" value=\"1\"");
    H_ATTR(html, "name", name);
    if (is_on)
        H_LIT(html, " checked");
    H_LIT(html, "> <b>");
    html_string(html, word);
    H_LIT(html, "</b> <span class=\"meaning\">");
    html_string(html, meaning);
    H_LIT(html, "</span></label>\n");
}

/* The labels as they are now: only what the reader changes of them is changed, whatever came meanwhile. */
static void write_was(struct html *html, const char *name, const json_t *list)
{
    AUTO_BUF words;
    buf_init(&words, 1000);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_add_format(&words, "%s%s", i ? "," : "", json_string_value(json_array_get(list, i)));
    H_LIT(html, "<input type=\"hidden\"");
    H_ATTR(html, "name", name);
    H_ATTR(html, "value", words.data ? words.data : "");
    H_LIT(html, ">\n");
}

static void write_boxes(struct html *html, const struct caseview *view)
{
    const json_t *row = caseview_section(view->rows, "case");
    write_was(html, "was_c", json_object_get(row, "categories"));
    write_was(html, "was_f", json_object_get(row, "flags"));
    H_LIT(html, "<fieldset>\n<legend>What it is about</legend>\n");
    for (int i = 0; i < CATEGORY_COUNT; i++)
        write_box(html, "c_", category_word((enum category)i), category_meaning((enum category)i),
            has_word(json_object_get(row, "categories"), category_word((enum category)i)));
    H_LIT(html, "</fieldset>\n<fieldset>\n<legend>Marks</legend>\n");
    for (int i = 0; i < FLAG_COUNT; i++)
        write_box(html, "f_", flag_word((enum flag)i), flag_meaning((enum flag)i),
            has_word(json_object_get(row, "flags"), flag_word((enum flag)i)));
    H_LIT(html, "</fieldset>\n");
}

void caseforms_write_texts(struct html *html, const struct caseview *view, const char *id, bool is_required)
{
    size_t i;
    json_t *row;
    H_LIT(html, "<select name=\"message\"");
    H_ATTR(html, "id", id);
    H_LIT(html, ">\n");
    if (!is_required)
        caseforms_write_option(html, "", "the case as a whole", true);
    json_array_foreach(view->rows, i, row)
    {
        char number[24], title[64];
        bool is_hers = str_equal(json_text(row, "section", ""), "message") &&
                       str_equal(json_text(row, "direction", ""), "in") && !json_text(row, "author", "")[0];
        if (!is_hers)
            continue;
        snprintf(number, sizeof number, "%lld", (long long)json_int(row, "message", 0));
        snprintf(title, sizeof title, "text %s of %.16s", number, json_text(row, "received_at", ""));
        caseforms_write_option(html, number, title, false);
    }
    H_LIT(html, "</select>\n");
}

void caseforms_write_correct(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Correct the labels, the urgency, the language", false);
    caseforms_begin(html, view, "correct");
    H_LIT(html,
        "<p class=\"hint\">What stood there before is kept, and helps to improve the words of the machine.</p>\n");
    write_boxes(html, view);
    H_LIT(html, "<label for=\"urgency\">How soon (if it rises, people are alerted)</label>\n"
                "<select id=\"urgency\" name=\"urgency\">\n");
    caseforms_write_option(html, "", "as it is, or worse by what is marked above", true);
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        caseforms_write_option(html, urgency_word((enum urgency)i), urgency_word((enum urgency)i), false);
    H_LIT(html, "</select>\n<label for=\"language\">Language (a tag: tl, ne-Latn, ar ...)</label>\n"
                "<input id=\"language\" name=\"language\" maxlength=\"15\" autocomplete=\"off\" spellcheck=\"false\"");
    H_ATTR(html, "value", caseforms_word(view, "language"));
    H_LIT(html,
        ">\n<label for=\"request\">Is it a request for help?</label>\n<select id=\"request\" name=\"request\">\n");
    caseforms_write_option(html, "", "as it is", true);
    caseforms_write_option(html, "yes", "yes", false);
    caseforms_write_option(html, "no", "no: advert, joke, wrong number", false);
    H_LIT(html, "</select>\n<label for=\"shows\">Which text shows it?</label>\n");
    caseforms_write_texts(html, view, "shows", false);
    caseforms_end(html, view, "Keep the correction", false);
    caseforms_end_fold(html);
}
