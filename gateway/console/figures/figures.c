/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - the figures of a period as charts, tables and a file, and the report of one month for a funder.
 * Keeps: made of the rows of the verb `figures` alone, which hide what is too little; whole months only, because days
 *        would tell single persons by their difference.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/figures/chart.h"
#include "gateway/console/figures/csv.h"
#include "gateway/console/language.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define MONTH_SIZE 8 /* "2026-11" with NUL */
#define ROWS_MAX 512
#define MONTHS_BACK 5 /* before this one that are shown at first */

struct period {
    char from[MONTH_SIZE], to[MONTH_SIZE];
};

static const struct section {
    const char *by, *title, *heading;
    bool is_in_report;
} sections[] = {
    { "month", "Cases by month", "Month", false },
    { "category", "What they wrote about", "Category", true },
    { "urgency", "How urgent it was", "Urgency", true },
    { "country", "Where the phone was", "Country", true },
    { "language", "In which language", "Language", true },
    { "state", "What became of them", "State", true },
    { "open_age", "Open now, by age", "Age", false },
    { "delivery", "Messages of the line, by channel", "Channel and state", false },
};

/* ---- the period ------------------------------------------------------------------------------------------------ */

static void print_month(int64_t now_ms, int back, char *ret)
{
    struct clock_civil civil;
    clock_to_civil(now_ms, &civil);
    int months = civil.year * 12 + civil.month - 1 - back;
    (void)snprintf(ret, MONTH_SIZE, "%04u-%02u", (unsigned)(months / 12) % 10000, (unsigned)(months % 12 + 1) % 100);
}

static bool is_month(const char *text)
{
    int64_t at;
    char whole[CLOCK_TEXT_MAX];
    (void)snprintf(whole, sizeof whole, "%.7s-01T00:00:00Z", text);
    return strlen(text) == MONTH_SIZE - 1 && clock_parse(whole, &at) == 0;
}

static bool read_month(const struct visit *visit, const char *name, int back, char *ret)
{
    struct span value = visit_field(visit, name);
    print_month(visit->now_ms, back, ret);
    return !value.len || (str_copy_span(ret, MONTH_SIZE, value) && is_month(ret));
}

static int ask(struct visit *visit, const struct period *period, struct visit_answer *ret_answer)
{
    return visit_verb(visit, "figures", json_pack("{s:s, s:s}", "from", period->from, "to", period->to), ret_answer);
}

static int say_wrong(struct visit *visit, struct visits_page *ret_page)
{
    return shell_say(visit, 400, "Not understood", "A period is made of whole months, such as 2026-11.",
        "Go back and choose again.", ret_page);
}

/* ---- one section ----------------------------------------------------------------------------------------------- */

static const char *label_of(const char *by, const char *value)
{
    const char *name = str_equal(by, "country") ? phone_country_name(value) : NULL;
    if (str_equal(by, "language"))
        return language_name(value);
    return name ? name : value[0] ? value : "too few to be told apart";
}

static size_t collect(const json_t *rows, const char *by, struct chart_row *ret_rows)
{
    size_t i, count = 0;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (str_equal(json_text(row, "by", ""), by) && count < ROWS_MAX)
            ret_rows[count++] =
                (struct chart_row){ label_of(by, json_text(row, "value", "")), json_int(row, "cases", CHART_HIDDEN) };
    }
    return count;
}

/* Most first, the hidden ones last; words that have an order of their own keep it. */
static void sort(const char *by, struct chart_row *rows, size_t count)
{
    if (!str_equal(by, "country") && !str_equal(by, "language") && !str_equal(by, "category"))
        return;
    for (size_t i = 1; i < count; i++) {
        struct chart_row moved = rows[i];
        size_t at = i;
        for (; at && rows[at - 1].value < moved.value; at--)
            rows[at] = rows[at - 1];
        rows[at] = moved;
    }
}

static void write_table(struct html *html, const struct section *section, const struct chart *chart)
{
    const char *const headings[] = { section->heading, str_equal(section->by, "delivery") ? "Messages" : "Cases" };
    parts_begin_table(html, "", section->title, headings, STR_COUNT(headings));
    for (size_t i = 0; i < chart->count; i++) {
        H_LIT(html, "<tr>\n");
        parts_begin_cell(html, headings[0]);
        parts_write_word(html, chart->rows[i].label);
        PARTS_CELL_END(html);
        if (chart->rows[i].value == CHART_HIDDEN)
            parts_write_cell(html, headings[1], "hidden");
        else
            parts_write_number_cell(html, headings[1], chart->rows[i].value);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
}

static void write_section(struct html *html, const struct section *section, const json_t *rows)
{
    struct chart_row list[ROWS_MAX];
    struct chart chart = { section->by, section->title, list, collect(rows, section->by, list) };
    if (!chart.count)
        return;
    sort(section->by, list, chart.count);
    H_LIT(html, "<section class=\"figure\">\n<h2>");
    html_string(html, section->title);
    H_LIT(html, "</h2>\n");
    if (str_equal(section->by, "month"))
        chart_write_line(html, &chart);
    else
        chart_write_bars(html, &chart);
    write_table(html, section, &chart);
    H_LIT(html, "</section>\n");
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

static int64_t value_of(const json_t *rows, const char *by, const char *value)
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

static void write_times(struct html *html, const json_t *rows)
{
    static const struct {
        const char *by, *title;
    } times[] = { { "first_alert", "until the first alert had left" },
        { "acknowledge", "until somebody took the case" }, { "close", "until the case was ended" } };
    const char *const headings[] = { "From the first text", "Half of the cases within", "Nine of ten within" };
    H_LIT(html, "<section class=\"figure\">\n<h2>How fast it was answered</h2>\n");
    parts_begin_table(html, "", "How fast it was answered", headings, STR_COUNT(headings));
    for (size_t i = 0; i < STR_COUNT(times); i++) {
        H_LIT(html, "<tr>\n");
        parts_write_cell(html, headings[0], times[i].title);
        parts_begin_cell(html, headings[1]);
        write_span(html, value_of(rows, times[i].by, "median, s"));
        PARTS_CELL_END(html);
        parts_begin_cell(html, headings[2]);
        write_span(html, value_of(rows, times[i].by, "90th percentile, s"));
        PARTS_CELL_END(html);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
    H_LIT(html, "</section>\n");
}

static void write_method(struct html *html)
{
    H_LIT(html,
        "<section class=\"method\">\n<h2>How this was counted</h2>\n<ul>\n"
        "<li>A case is one person's trouble, however many texts she or her relatives sent. Cases that were found to "
        "be of one person are counted once.</li>\n"
        "<li>The cases are those that were opened in these months (UTC), as they stand today: later figures of "
        "the same month may differ. A case may have several categories.</li>\n"
        "<li>The country is where the telephone is, or a place that was named; it is not a nationality.</li>\n"
        "<li>A count under five is hidden, so that nobody can be recognised. Further counts of the same table "
        "are hidden where the small one could be found by subtraction. Do not give out figures of periods that "
        "overlap: their difference would tell what is hidden.</li>\n"
        "<li>Times are of the newest 2,000 cases of the period, where that step was reached; fewer than five "
        "give none. Deliveries are of the newest 5,000 messages.</li>\n"
        "<li>No text, number or name of a person was read for these figures.</li>\n</ul>\n</section>\n");
}

/* ---- the pages ------------------------------------------------------------------------------------------------- */

static void write_chooser(struct html *html, const struct period *period)
{
    char path[PARTS_HREF_MAX];
    parts_begin_filter(html, "figures", "Period");
    parts_write_field(html, "from", "From month", "month", period->from);
    parts_write_field(html, "to", "To month", "month", period->to);
    parts_end_filter(html, "figures");
    (void)snprintf(path, sizeof path, "figures/csv?from=%s&to=%s", period->from, period->to);
    H_LIT(html, "<p class=\"more\"><a");
    H_ATTR(html, "href", path);
    H_LIT(html, ">These figures as a file (CSV)</a> <a href=\"report\">The report of a month</a></p>\n");
}

static void write_total(struct html *html, const json_t *rows)
{
    int64_t total = value_of(rows, "all", "");
    if (!str_equal(json_text(json_array_get(rows, 0), "by", ""), "all")) /* the first row, when there is any case */
        H_LIT(html, "No case was opened in this time.");
    else if (total == CHART_HIDDEN)
        H_LIT(html, "Fewer than five cases were opened in this time: too few for figures.");
    else {
        html_number(html, total);
        H_LIT(html, " cases were opened in this time.");
    }
}

static void write_sections(struct html *html, const json_t *rows, bool is_report)
{
    for (size_t i = 0; i < STR_COUNT(sections); i++)
        if (!is_report || sections[i].is_in_report)
            write_section(html, &sections[i], rows);
    write_times(html, rows);
    write_method(html);
}

int page_figures(struct visit *visit, struct visits_page *ret_page)
{
    struct period period;
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    if (!read_month(visit, "from", MONTHS_BACK, period.from) || !read_month(visit, "to", 0, period.to))
        return say_wrong(visit, ret_page);
    int rc = ask(visit, &period, &answer);
    if (rc)
        return rc;
    shell_begin(html, visit, "Figures", "/figures");
    H_LIT(html, "<h1>Figures</h1>\n<p class=\"lead\">");
    write_total(html, answer.rows);
    H_LIT(html, "</p>\n");
    write_chooser(html, &period);
    write_sections(html, answer.rows, false);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_figures_csv(struct visit *visit, struct visits_page *ret_page)
{
    struct period period;
    AUTO_ANSWER answer = { .rows = NULL };
    if (!read_month(visit, "from", MONTHS_BACK, period.from) || !read_month(visit, "to", 0, period.to))
        return say_wrong(visit, ret_page);
    int rc = ask(visit, &period, &answer);
    return rc ? rc : csv_answer(answer.rows, "attachment; filename=\"figures.csv\"", ret_page);
}

int page_report(struct visit *visit, struct visits_page *ret_page)
{
    struct period period;
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    if (!read_month(visit, "month", 1, period.from))
        return say_wrong(visit, ret_page);
    str_copy(period.to, sizeof period.to, period.from);
    int rc = ask(visit, &period, &answer);
    if (rc)
        return rc;
    shell_begin(html, visit, "Report of a month", "/figures");
    H_LIT(html, "<h1>Help line for domestic workers: report of ");
    html_string(html, period.from);
    H_LIT(html, "</h1>\n");
    parts_begin_filter(html, "report", "Month");
    parts_write_field(html, "month", "Month", "month", period.from);
    parts_end_filter(html, "report");
    H_LIT(html, "<p class=\"lead\">");
    write_total(html, answer.rows);
    H_LIT(html,
        " Domestic workers, and people who worry about them, write to the line by SMS in their own language; the "
        "line passes each cry to people who help, and does not stop until one of them has taken it.</p>\n");
    write_sections(html, answer.rows, true);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}
