/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading - see reading.h. */
#include "gateway/console/cases/reading.h"

#include "gateway/base/str.h"
#include "gateway/console/language.h"

#define QUOTE_MAX 60 /* bytes of a reason that are quoted beside its label */

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

void reading_write_reasons(struct html *html, const json_t *evidence)
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

void reading_write(struct html *html, const json_t *row, const json_t *evidence)
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
    reading_write_reasons(html, evidence);
    H_LIT(html, "</ul>\n");
}
