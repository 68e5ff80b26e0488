/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trends - how the parts of a list went from month to month: a small picture for each of the largest, and one table
 * with every month; see sections.h.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/figures/sections.h"
#include "gateway/console/parts.h"

#define MONTHS_MAX 24
#define WORDS_MAX 32
#define PICTURES_MAX 12 /* the further ones are in the table */

struct trend {
    const char *word;
    int64_t total; /* of the months that are shown */
    int64_t counts[MONTHS_MAX];
};
struct trends {
    unsigned month_count, word_count;
    bool is_hidden; /* as a whole */
    const char *months[MONTHS_MAX];
    struct trend words[WORDS_MAX];
};

static int month_of(const struct trends *trends, const char *month)
{
    for (unsigned i = 0; i < trends->month_count; i++)
        if (str_equal(trends->months[i], month))
            return (int)i;
    return -1;
}

static struct trend *word_of(struct trends *trends, const char *word, size_t len)
{
    for (unsigned i = 0; i < trends->word_count; i++)
        if (strlen(trends->words[i].word) == len && !memcmp(trends->words[i].word, word, len))
            return &trends->words[i];
    return NULL;
}

/* "wages 2026-10" */
static void add(struct trends *trends, const json_t *row)
{
    const char *value = json_text(row, "value", ""), *gap = strrchr(value, ' ');
    trends->is_hidden = trends->is_hidden || !value[0];
    struct trend *trend = gap ? word_of(trends, value, (size_t)(gap - value)) : NULL;
    int month = gap ? month_of(trends, gap + 1) : -1;
    if (!trend || month < 0)
        return;
    trend->counts[month] = json_int(row, "cases", CHART_HIDDEN);
    trend->total += trend->counts[month] > 0 ? trend->counts[month] : 0;
}

static void collect(const json_t *rows, const char *by, const char *of, struct trends *ret)
{
    size_t i;
    json_t *row;
    memset(ret, 0, sizeof *ret);
    json_array_foreach(rows, i, row)
    {
        const char *is = json_text(row, "by", ""), *value = json_text(row, "value", "");
        if (str_equal(is, "month") && ret->month_count < MONTHS_MAX)
            ret->months[ret->month_count++] = value;
        else if (str_equal(is, of) && value[0] && ret->word_count < WORDS_MAX)
            ret->words[ret->word_count++].word = value;
    }
    json_array_foreach(rows, i, row)
    {
        if (str_equal(json_text(row, "by", ""), by))
            add(ret, row);
    }
}

static void sort(struct trends *trends)
{
    for (unsigned i = 1; i < trends->word_count; i++) {
        struct trend moved = trends->words[i];
        unsigned at = i;
        for (; at && trends->words[at - 1].total < moved.total; at--)
            trends->words[at] = trends->words[at - 1];
        trends->words[at] = moved;
    }
}

/* ---- pictures -------------------------------------------------------------------------------------------------- */

static void write_picture(struct html *html, const struct trends *trends, const struct trend *trend, const char *of)
{
    char label[SECTIONS_LABEL_MAX], title[SECTIONS_LABEL_MAX + 32];
    int64_t max = 0;
    for (unsigned i = 0; i < trends->month_count; i++)
        max = trend->counts[i] > max ? trend->counts[i] : max;
    sections_label(of, trend->word, label);
    (void)snprintf(title, sizeof title, "%s, month by month", label);
    H_LIT(html, "<li><b>");
    html_string(html, label);
    H_LIT(html, "</b> <span class=\"hint\">up to ");
    html_number(html, max);
    H_LIT(html, "</span>\n");
    chart_write_spark(html, title, trend->counts, trends->month_count);
    H_LIT(html, "</li>\n");
}

static void write_pictures(struct html *html, const struct trends *trends, const char *of)
{
    H_LIT(html, "<ul class=\"sparks\">\n");
    for (unsigned i = 0; i < trends->word_count && i < PICTURES_MAX; i++)
        if (trends->words[i].total)
            write_picture(html, trends, &trends->words[i], of);
    H_LIT(html, "</ul>\n<p class=\"hint\">Each picture goes from ");
    html_string(html, trends->months[0]);
    H_LIT(html, " to ");
    html_string(html, trends->months[trends->month_count - 1]);
    H_LIT(html, " and has a height of its own; where a count is hidden there is a gap.</p>\n");
}

static void write_table(struct html *html, const struct trends *trends, const char *of, const char *title)
{
    const char *headings[MONTHS_MAX + 1] = { "" };
    char label[SECTIONS_LABEL_MAX];
    for (unsigned i = 0; i < trends->month_count; i++)
        headings[i + 1] = trends->months[i];
    headings[0] = str_equal(of, "language") ? "Language" : "Category";
    parts_begin_table(html, "", title, headings, trends->month_count + 1);
    for (unsigned w = 0; w < trends->word_count; w++) {
        H_LIT(html, "<tr>\n<th scope=\"row\">");
        html_string(html, sections_label(of, trends->words[w].word, label));
        H_LIT(html, "</th>\n");
        for (unsigned m = 0; m < trends->month_count; m++)
            sections_write_count(html, "", trends->words[w].counts[m]);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
}

void trends_write(struct html *html, const json_t *rows, const char *by, const char *of, const char *title)
{
    struct trends trends;
    collect(rows, by, of, &trends);
    if (trends.month_count < 2 || trends.is_hidden)
        return;
    sort(&trends);
    H_LIT(html, "<section class=\"figure trend\">\n<h2>");
    html_string(html, title);
    H_LIT(html, "</h2>\n");
    write_pictures(html, &trends, of);
    write_table(html, &trends, of, title);
    SECTIONS_END(html);
}
