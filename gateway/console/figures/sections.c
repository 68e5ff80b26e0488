/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sections - see sections.h. */
#include "gateway/console/figures/sections.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/model.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/parts.h"

#define ROWS_MAX 256
#define CORRIDORS_MAX CHART_ROWS_MAX
#define CORRIDOR_WIDTH 215 /* of the labels: two countries */

static const struct section {
    const char *by, *title, *heading;
    bool is_in_report;
} sections[] = {
    { "month", "Cases by month", "Month", false },
    { "category", "What they wrote about", "Category", true },
    { "urgency", "How urgent it was", "Urgency", true },
    { "country", "Where the phone was", "Country", true },
    { "origin", "Where they come from", "Country", true },
    { "corridor", "From where to where", "Corridor", true },
    { "language", "In which language", "Language", true },
    { "sex", "Women and men", "Sex", true },
    { "state", "What became of them", "State", true },
    { "ending", "How they ended", "Ending", true },
    { "open_age", "Open now, by age", "Age", false },
    { "delivery", "Messages of the line, by channel", "Channel and state", false },
};

/* ---- rows ------------------------------------------------------------------------------------------------------ */

int64_t sections_value(const json_t *rows, const char *by, const char *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (str_equal(json_text(row, "by", ""), by) && str_equal(json_text(row, "value", ""), value))
            return json_int(row, "cases", CHART_HIDDEN);
    }
    return CHART_HIDDEN;
}

static const char *country_label(const char *value)
{
    const char *name = phone_country_name(value);
    return name ? name : value;
}

/* "PH > SA"; who texts from home is a relative, or back home. */
static void print_corridor(const char *value, char *ret)
{
    char origin[32], country[32];
    const char *sign = strstr(value, " > ");
    if (!sign || !str_copy_span(origin, sizeof origin, (struct span){ value, (size_t)(sign - value) })) {
        str_copy(ret, SECTIONS_LABEL_MAX, value);
        return;
    }
    str_copy(country, sizeof country, sign + 3);
    if (str_equal(origin, country) && phone_country_name(country))
        (void)snprintf(ret, SECTIONS_LABEL_MAX, "%s, at home", country_label(origin));
    else
        (void)snprintf(ret, SECTIONS_LABEL_MAX, "%s to %s", country_label(origin), country_label(country));
}

static const char *ending_label(const char *value)
{
    int ending = ending_from_word(value);
    return ending < 0 ? "still open, or not said" : ending_meaning((enum ending)ending);
}

const char *sections_label(const char *by, const char *value, char *ret)
{
    str_copy(ret, SECTIONS_LABEL_MAX, value[0] ? value : "too few to be told apart");
    if (!value[0])
        return ret;
    if (str_equal(by, "language"))
        str_copy(ret, SECTIONS_LABEL_MAX, language_name(value));
    else if (str_equal(by, "country") || str_equal(by, "origin"))
        str_copy(ret, SECTIONS_LABEL_MAX, country_label(value));
    else if (str_equal(by, "corridor"))
        print_corridor(value, ret);
    else if (str_equal(by, "ending"))
        str_copy(ret, SECTIONS_LABEL_MAX, ending_label(value));
    return ret;
}

struct list {
    size_t count, hidden; /* hidden: corridors that are left out because they are hidden */
    struct chart_row rows[ROWS_MAX];
    char labels[ROWS_MAX][SECTIONS_LABEL_MAX];
};

static void collect(const json_t *rows, const char *by, struct list *ret)
{
    size_t i;
    json_t *row;
    ret->count = ret->hidden = 0;
    json_array_foreach(rows, i, row)
    {
        int64_t value = json_int(row, "cases", CHART_HIDDEN);
        if (!str_equal(json_text(row, "by", ""), by) || ret->count == ROWS_MAX)
            continue;
        if (value == CHART_HIDDEN && str_equal(by, "corridor")) {
            ret->hidden++;
            continue;
        }
        const char *label = sections_label(by, json_text(row, "value", ""), ret->labels[ret->count]);
        ret->rows[ret->count++] = (struct chart_row){ label, value };
    }
}

/* Most first, the hidden ones last; words that have an order of their own keep it. */
static void sort(const char *by, struct list *list)
{
    static const char *const sorted[] = { "country", "language", "category", "origin", "corridor", "ending" };
    bool is_sorted = false;
    for (size_t i = 0; i < STR_COUNT(sorted); i++)
        is_sorted = is_sorted || str_equal(by, sorted[i]);
    for (size_t i = 1; is_sorted && i < list->count; i++) {
        struct chart_row moved = list->rows[i];
        size_t at = i;
        for (; at && list->rows[at - 1].value < moved.value; at--)
            list->rows[at] = list->rows[at - 1];
        list->rows[at] = moved;
    }
}

/* ---- one list -------------------------------------------------------------------------------------------------- */

void sections_begin(struct html *html, const char *title)
{
    H_LIT(html, "<section class=\"figure\">\n<h2>");
    html_string(html, title);
    H_LIT(html, "</h2>\n");
}

void sections_write_count(struct html *html, const char *heading, int64_t value)
{
    if (value == CHART_HIDDEN)
        parts_write_cell(html, heading, "hidden");
    else
        parts_write_number_cell(html, heading, value);
}

static void write_table(struct html *html, const struct section *section, const struct list *list)
{
    const char *const headings[] = { section->heading, str_equal(section->by, "delivery") ? "Messages" : "Cases" };
    parts_begin_table(html, "", section->title, headings, STR_COUNT(headings));
    for (size_t i = 0; i < list->count && (i < CORRIDORS_MAX || !str_equal(section->by, "corridor")); i++) {
        H_LIT(html, "<tr>\n");
        parts_begin_cell(html, headings[0]);
        parts_write_word(html, list->rows[i].label);
        PARTS_CELL_END(html);
        sections_write_count(html, headings[1], list->rows[i].value);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
}

static void write_basis(struct html *html, const json_t *rows)
{
    int64_t stated = sections_value(rows, "origin_basis", "stated");
    H_LIT(html, "<p class=\"hint\">");
    if (stated == CHART_HIDDEN)
        H_LIT(html, "Most of it is probable only: guessed by the language, or by the number of a relative.");
    else {
        html_number(html, stated);
        H_LIT(html, " were stated by a person; the others are probable: guessed by the language, or by the number of a "
                    "relative.");
    }
    H_LIT(html, "</p>\n");
}

static void write_hidden(struct html *html, const struct list *list)
{
    if (list->count > CORRIDORS_MAX)
        H_LIT(html, "<p class=\"hint\">These are the largest; the file (CSV) has every one.</p>\n");
    if (!list->hidden)
        return;
    H_LIT(html, "<p class=\"hint\">Further corridors are hidden, because few cases are in them: ");
    html_number(html, (int64_t)list->hidden);
    H_LIT(html, ".</p>\n");
}

static void write_section(struct html *html, const struct section *section, const json_t *rows)
{
    struct list list;
    bool is_corridor = str_equal(section->by, "corridor");
    collect(rows, section->by, &list);
    sort(section->by, &list);
    struct chart chart = { section->by, section->title, list.rows, list.count, is_corridor ? CORRIDOR_WIDTH : 0 };
    if (!chart.count && !list.hidden)
        return;
    sections_begin(html, section->title);
    if (str_equal(section->by, "month"))
        chart_write_line(html, &chart);
    else if (chart.count)
        chart_write_bars(html, &chart);
    if (str_equal(section->by, "origin"))
        write_basis(html, rows);
    if (chart.count)
        write_table(html, section, &list);
    write_hidden(html, &list);
    SECTIONS_END(html);
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static void write_method(struct html *html)
{
    H_LIT(html,
        "<section class=\"method\">\n<h2>How this was counted</h2>\n<ul>\n"
        "<li>A case is one person's trouble, however many texts she or her relatives sent. Cases that were found to "
        "be of one person are counted once.</li>\n"
        "<li>The cases are those that were opened in these months (UTC), as they stand today: later figures of "
        "the same month may differ. A case may have several categories.</li>\n"
        "<li>The country is where the telephone is, or a place that was named; it is not a nationality. Where she "
        "comes from is what a person stated, or else a guess by her language or the number of a relative: English, "
        "Arabic, Swahili and others are written by people of many countries, and give none.</li>\n"
        "<li>A count under five is hidden, so that nobody can be recognised. Further counts of the same table "
        "are hidden where the small one could be found by subtraction, also from the totals. Do not give out figures of "
        "periods that overlap: their difference would tell what is hidden.</li>\n"
        "<li>Times are of the newest 2,000 cases of the period, where that step was reached; fewer than five "
        "give none. Deliveries are of the newest 5,000 messages.</li>\n"
        "<li>No text, number or name of a person was read for these figures.</li>\n</ul>\n</section>\n");
}

static void write_lists(struct html *html, const json_t *rows, bool is_report)
{
    for (size_t i = 0; i < STR_COUNT(sections); i++)
        if (!is_report || sections[i].is_in_report)
            write_section(html, &sections[i], rows);
    times_write(html, rows);
}

void sections_write(struct html *html, const json_t *rows, enum sections_part part)
{
    switch (part) {
    case SECTIONS_LISTS:
        write_lists(html, rows, false);
        break;
    case SECTIONS_TRENDS:
        trends_write(html, rows, "category_month", "category", "Categories by month");
        trends_write(html, rows, "language_month", "language", "Languages by month");
        break;
    case SECTIONS_TIMES:
        times_write(html, rows);
        times_write_by(html, rows, "category", "By category", "Category");
        times_write_by(html, rows, "language", "By language", "Language");
        times_write_by(html, rows, "corridor", "By corridor", "Corridor");
        times_write_by(html, rows, "sex", "By sex", "Sex");
        break;
    case SECTIONS_REPORT:
        write_lists(html, rows, true);
        times_write_by(html, rows, "category", "How fast, by category", "Category");
        break;
    }
    write_method(html);
}
