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
#include "gateway/console/figures/sections.h"
#include "gateway/console/language.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define MONTH_SIZE 8  /* "2026-11" with NUL */
#define MONTHS_BACK 5 /* before this one that are shown at first */

struct period {
    char from[MONTH_SIZE], to[MONTH_SIZE];
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

static int ask(struct visit *visit, const struct period *period, bool wants_more, struct visit_answer *ret_answer)
{
    return visit_verb(visit, "figures",
        json_pack("{s:s, s:s, s:s}", "from", period->from, "to", period->to, "more", wants_more ? "yes" : ""),
        ret_answer);
}

static int say_wrong(struct visit *visit, struct visits_page *ret_page)
{
    return shell_say(visit, 400, "Not understood", "A period is made of whole months, such as 2026-11.",
        "Go back and choose again.", ret_page);
}

/* ---- the pages ------------------------------------------------------------------------------------------------- */

static const struct part {
    const char *path, *name, *title;
} parts[] = {
    [SECTIONS_LISTS] = { "figures", "Counts", "Figures" },
    [SECTIONS_TRENDS] = { "figures/trends", "Trends", "Figures: trends" },
    [SECTIONS_TIMES] = { "figures/times", "Times", "Figures: times" },
};

static void write_link(
    struct html *html, const char *back, const char *path, const struct period *period, const char *name, bool is_here)
{
    char href[PARTS_HREF_MAX];
    (void)snprintf(href, sizeof href, "%s%s?from=%s&to=%s", back, path, period->from, period->to);
    H_LIT(html, "<a");
    H_ATTR(html, "href", href);
    if (is_here)
        H_ATTR(html, "aria-current", "page");
    H_LIT(html, ">");
    html_string(html, name);
    H_LIT(html, "</a> ");
}

static void write_chooser(struct html *html, const struct period *period, enum sections_part here)
{
    char path[PARTS_HREF_MAX];
    const char *back = here == SECTIONS_LISTS ? "" : "../";
    (void)snprintf(path, sizeof path, "%s%s", back, parts[here].path);
    parts_begin_filter(html, path, "Period");
    parts_write_field(html, "from", "From month", "month", period->from);
    parts_write_field(html, "to", "To month", "month", period->to);
    parts_end_filter(html, path);
    H_LIT(html, "<p class=\"more\">");
    for (size_t i = 0; i < STR_COUNT(parts); i++)
        write_link(html, back, parts[i].path, period, parts[i].name, i == (size_t)here);
    write_link(html, back, "figures/csv", period, "All of it as a file (CSV)", false);
    (void)snprintf(path, sizeof path, "%sreport", back);
    H_LIT(html, "<a");
    H_ATTR(html, "href", path);
    H_LIT(html, ">The report of a month</a></p>\n");
}

static void write_total(struct html *html, const json_t *rows)
{
    int64_t total = sections_value(rows, "all", "");
    if (!str_equal(json_text(json_array_get(rows, 0), "by", ""), "all")) /* the first row, when there is any case */
        H_LIT(html, "No case was opened in this time.");
    else if (total == CHART_HIDDEN)
        H_LIT(html, "Fewer than five cases were opened in this time: too few for figures.");
    else {
        html_number(html, total);
        H_LIT(html, " cases were opened in this time.");
    }
}

static int write_page(struct visit *visit, enum sections_part part, struct visits_page *ret_page)
{
    struct period period;
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    if (!read_month(visit, "from", MONTHS_BACK, period.from) || !read_month(visit, "to", 0, period.to))
        return say_wrong(visit, ret_page);
    int rc = ask(visit, &period, part != SECTIONS_LISTS, &answer);
    if (rc)
        return rc;
    shell_begin(html, visit, parts[part].title, "/figures");
    H_LIT(html, "<h1>");
    html_string(html, parts[part].title);
    H_LIT(html, "</h1>\n<p class=\"lead\">");
    write_total(html, answer.rows);
    H_LIT(html, "</p>\n");
    write_chooser(html, &period, part);
    sections_write(html, answer.rows, part);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_figures(struct visit *visit, struct visits_page *ret_page)
{
    return write_page(visit, SECTIONS_LISTS, ret_page);
}

int page_figures_trends(struct visit *visit, struct visits_page *ret_page)
{
    return write_page(visit, SECTIONS_TRENDS, ret_page);
}

int page_figures_times(struct visit *visit, struct visits_page *ret_page)
{
    return write_page(visit, SECTIONS_TIMES, ret_page);
}

int page_figures_csv(struct visit *visit, struct visits_page *ret_page)
{
    struct period period;
    AUTO_ANSWER answer = { .rows = NULL };
    if (!read_month(visit, "from", MONTHS_BACK, period.from) || !read_month(visit, "to", 0, period.to))
        return say_wrong(visit, ret_page);
    int rc = ask(visit, &period, true, &answer);
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
    int rc = ask(visit, &period, true, &answer);
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
    sections_write(html, answer.rows, SECTIONS_REPORT);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}
