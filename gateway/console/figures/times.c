/* SPDX-License-Identifier: GPL-3.0-or-later */
/* times - how fast cases were alerted, taken and ended: of all, and by label; see sections.h. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/figures/sections.h"
#include "gateway/console/parts.h"

#define MEDIAN "median, s"
#define MOST "90th percentile, s"
#define LABELS_MAX 24 /* further ones are in the file only */

static void write_span(struct html *html, int64_t seconds)
{
    char text[48];
    if (seconds == 0)
        str_copy(text, sizeof text, "a second");
    else if (seconds < 120)
        (void)snprintf(text, sizeof text, "%lld s", (long long)seconds);
    else if (seconds < 7200)
        (void)snprintf(text, sizeof text, "%lld min", (long long)seconds / 60);
    else if (seconds < 172800)
        (void)snprintf(text, sizeof text, "%lld h", (long long)seconds / 3600);
    else
        (void)snprintf(text, sizeof text, "%lld days", (long long)seconds / 86400);
    html_string(html, seconds < 0 ? "too few" : text);
}

static void write_span_cell(struct html *html, const char *heading, int64_t seconds)
{
    parts_begin_cell(html, heading);
    write_span(html, seconds);
    PARTS_CELL_END(html);
}

void times_write(struct html *html, const json_t *rows)
{
    static const struct {
        const char *by, *title;
    } times[] = { { "first_alert", "until the first alert had left" },
        { "acknowledge", "until somebody took the case" }, { "close", "until the case was ended" } };
    const char *const headings[] = { "From the first text", "Half of the cases within", "Nine of ten within" };
    sections_begin(html, "How fast it was answered");
    parts_begin_table(html, "", "How fast it was answered", headings, STR_COUNT(headings));
    for (size_t i = 0; i < STR_COUNT(times); i++) {
        H_LIT(html, "<tr>\n");
        parts_write_cell(html, headings[0], times[i].title);
        write_span_cell(html, headings[1], sections_value(rows, times[i].by, MEDIAN));
        write_span_cell(html, headings[2], sections_value(rows, times[i].by, MOST));
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
    SECTIONS_END(html);
}

/* ---- by label -------------------------------------------------------------------------------------------------- */

/* "wages median, s" of acknowledge_category. */
static bool read_label(const json_t *row, const char *by, char *ret)
{
    const char *value = json_text(row, "value", ""), *end = strstr(value, " " MEDIAN);
    return str_equal(json_text(row, "by", ""), by) && end &&
           str_copy_span(ret, SECTIONS_LABEL_MAX, (struct span){ value, (size_t)(end - value) });
}

static void write_row(
    struct html *html, const json_t *rows, const char *of, const char *value, const char *const *headings)
{
    static const char *const steps[] = { "acknowledge", "close" }, *const marks[] = { MEDIAN, MOST };
    char by[64], mark[SECTIONS_LABEL_MAX + 32], label[SECTIONS_LABEL_MAX];
    H_LIT(html, "<tr>\n");
    parts_begin_cell(html, headings[0]);
    parts_write_word(html, sections_label(of, value, label));
    PARTS_CELL_END(html);
    for (size_t s = 0; s < STR_COUNT(steps); s++)
        for (size_t m = 0; m < STR_COUNT(marks); m++) {
            (void)snprintf(by, sizeof by, "%s_%s", steps[s], of);
            (void)snprintf(mark, sizeof mark, "%s %s", value, marks[m]);
            write_span_cell(html, headings[1 + 2 * s + m], sections_value(rows, by, mark));
        }
    H_LIT(html, "</tr>\n");
}

void times_write_by(struct html *html, const json_t *rows, const char *of, const char *title, const char *heading)
{
    const char *const headings[] = { heading, "Half taken within", "Nine of ten", "Half ended within", "Nine of ten" };
    char by[64], value[SECTIONS_LABEL_MAX];
    size_t i, count = 0;
    json_t *row;
    (void)snprintf(by, sizeof by, "acknowledge_%s", of);
    json_array_foreach(rows, i, row)
    {
        if (!read_label(row, by, value) || count == LABELS_MAX)
            continue;
        if (!count++) {
            sections_begin(html, title);
            parts_begin_table(html, "", title, headings, STR_COUNT(headings));
        }
        write_row(html, rows, of, value, headings);
    }
    if (!count)
        return;
    parts_end_table(html);
    SECTIONS_END(html);
}
