/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts - see parts.h. */
#include "gateway/console/parts.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/model.h"
#include "gateway/base/str.h"

#define MINUTE_MS 60000LL
#define HOUR_MIN 60
#define DAY_MIN (24 * HOUR_MIN)
#define TWO_DAYS_MIN (2 * DAY_MIN)
#define WORD_MAX 64

/* ---- words ----------------------------------------------------------------------------------------------------- */

/* Shapes differ in outline too, for an eye that sees no colours and for a print in black. */
static const char *shape_of(const char *urgency)
{
    static const char *const shapes[URGENCY_COUNT] = { [URGENCY_critical] = "\xe2\x96\xb2",
        [URGENCY_urgent] = "\xe2\x97\x86",
        [URGENCY_soon] = "\xe2\x97\x8f",
        [URGENCY_routine] = "\xe2\x97\x8b" };
    int index = urgency_from_word(urgency);
    return index < 0 ? NULL : shapes[index];
}

void parts_write_urgency(struct html *html, const char *word)
{
    const char *shape = shape_of(word);
    H_LIT(html, "<strong class=\"urgency\"");
    H_ATTR(html, "data-urgency", word);
    H_LIT(html, ">");
    if (shape) {
        H_LIT(html, "<span aria-hidden=\"true\">");
        html_string(html, shape);
        H_LIT(html, "</span> ");
    }
    html_string(html, word);
    H_LIT(html, "</strong>");
}

void parts_write_word(struct html *html, const char *word)
{
    char text[WORD_MAX];
    str_copy(text, sizeof text, word);
    for (char *p = text; *p; p++)
        if (*p == '_')
            *p = ' ';
    html_string(html, text);
}

void parts_write_chip(struct html *html, const char *kind, const char *text)
{
    char class[WORD_MAX];
    snprintf(class, sizeof class, "chip%s%s", kind[0] ? " " : "", kind);
    H_LIT(html, "<span");
    H_ATTR(html, "class", class);
    H_LIT(html, ">");
    parts_write_word(html, text);
    H_LIT(html, "</span>");
}

/* What a responder must not do wrong with the first touch. */
static bool is_rule(const char *flag)
{
    static const enum flag rules[] = { FLAG_do_not_call, FLAG_no_reply, FLAG_safe_time, FLAG_borrowed_phone,
        FLAG_other_number, FLAG_no_authorities, FLAG_possible_lure };
    for (size_t i = 0; i < STR_COUNT(rules); i++)
        if (str_equal(flag_word(rules[i]), flag))
            return true;
    return false;
}

static void write_flags(struct html *html, const json_t *flags, bool are_rules)
{
    size_t i;
    json_t *flag;
    json_array_foreach(flags, i, flag)
    {
        const char *word = json_is_string(flag) ? json_string_value(flag) : "";
        if (is_rule(word) != are_rules)
            continue;
        parts_write_chip(html, are_rules ? "rule" : "", word);
        H_LIT(html, " ");
    }
}

void parts_write_flags(struct html *html, const json_t *flags)
{
    write_flags(html, flags, true);
    write_flags(html, flags, false);
}

void parts_write_words(struct html *html, const json_t *words)
{
    size_t i;
    json_t *word;
    if (!json_array_size(words))
        H_LIT(html, "none");
    json_array_foreach(words, i, word)
    {
        if (i)
            H_LIT(html, ", ");
        parts_write_word(html, json_is_string(word) ? json_string_value(word) : "");
    }
}

void parts_write_name(struct html *html, const char *text)
{
    H_LIT(html, "<bdi>");
    html_string(html, text);
    H_LIT(html, "</bdi>");
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

static void print_people(int64_t at, char *ret, size_t size)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
        "Dec" };
    struct clock_civil civil;
    clock_to_civil(at, &civil);
    snprintf(
        ret, size, "%d %s %d, %02d:%02d UTC", civil.day, months[civil.month - 1], civil.year, civil.hour, civil.minute);
}

static void begin_time(struct html *html, int64_t at)
{
    char machine[CLOCK_TEXT_MAX];
    clock_format(at, machine);
    H_LIT(html, "<time");
    H_ATTR(html, "datetime", machine);
}

/* Into ret: "3 minutes", "1 hour", "12 days". */
static void print_span(int64_t minutes, char *ret, size_t size)
{
    int64_t count = minutes < HOUR_MIN ? minutes : minutes < TWO_DAYS_MIN ? minutes / HOUR_MIN : minutes / DAY_MIN;
    const char *unit = minutes < HOUR_MIN ? "minute" : minutes < TWO_DAYS_MIN ? "hour" : "day";
    snprintf(ret, size, "%lld %s%s", (long long)count, unit, count == 1 ? "" : "s");
}

void parts_write_moment(struct html *html, int64_t at)
{
    char people[WORD_MAX];
    print_people(at, people, sizeof people);
    begin_time(html, at);
    H_LIT(html, ">");
    html_string(html, people);
    H_LIT(html, "</time>");
}

void parts_write_time(struct html *html, int64_t at, int64_t now_ms)
{
    char span[WORD_MAX], relation[WORD_MAX * 2];
    int64_t distance = (now_ms > at ? now_ms - at : at - now_ms) / MINUTE_MS;
    if (!at) {
        H_LIT(html, "never");
        return;
    }
    print_span(distance, span, sizeof span);
    snprintf(relation, sizeof relation, distance == 0 ? "(now)" : now_ms > at ? "(%s ago)" : "(in %s)", span);
    parts_write_moment(html, at);
    H_LIT(html, " <span class=\"age\">");
    html_string(html, relation);
    H_LIT(html, "</span>");
}

void parts_write_age(struct html *html, int64_t at, int64_t now_ms)
{
    char people[WORD_MAX], text[WORD_MAX];
    bool is_past = now_ms >= at;
    int64_t minutes = (is_past ? now_ms - at : at - now_ms) / MINUTE_MS;
    int64_t count = minutes < HOUR_MIN ? minutes : minutes < TWO_DAYS_MIN ? minutes / HOUR_MIN : minutes / DAY_MIN;
    const char *unit = minutes < HOUR_MIN ? "min" : minutes < TWO_DAYS_MIN ? "h" : "d";
    if (!at) {
        H_LIT(html, "\xe2\x80\x93");
        return;
    }
    print_people(at, people, sizeof people);
    snprintf(text, sizeof text, "%s%lld\xc2\xa0%s", is_past ? "" : "in ", (long long)count, unit);
    begin_time(html, at);
    H_ATTR(html, "title", people);
    H_LIT(html, ">");
    html_string(html, minutes ? text : "now");
    H_LIT(html, "</time>");
}

int64_t parts_time_of(const json_t *row, const char *key)
{
    int64_t at = 0;
    const char *text = json_text(row, key, "");
    return text[0] && clock_parse(text, &at) == 0 ? at : 0;
}

/* ---- terms ----------------------------------------------------------------------------------------------------- */

void parts_begin_fact(struct html *html, const char *name)
{
    H_LIT(html, "<dt>");
    html_string(html, name);
    H_LIT(html, "</dt>\n<dd>");
}

void parts_write_fact(struct html *html, const char *name, const char *value)
{
    parts_begin_fact(html, name);
    parts_write_name(html, value);
    PARTS_FACT_END(html);
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

/* The frame can be reached by the keyboard, or nobody without a mouse could scroll it. */
void parts_begin_table(
    struct html *html, const char *kind, const char *caption, const char *const *headings, size_t count)
{
    H_LIT(html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\"");
    H_ATTR(html, "aria-label", caption);
    H_LIT(html, ">\n<table");
    if (kind[0])
        H_ATTR(html, "class", kind);
    H_LIT(html, ">\n<caption>");
    html_string(html, caption);
    H_LIT(html, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        if (!headings[i][0]) {
            H_LIT(html, "<td></td>");
            continue;
        }
        H_LIT(html, "<th scope=\"col\">");
        html_string(html, headings[i]);
        H_LIT(html, "</th>");
    }
    H_LIT(html, "</tr></thead>\n<tbody>\n");
}

void parts_end_table(struct html *html)
{
    H_LIT(html, "</tbody>\n</table>\n</div>\n");
}

void parts_begin_cell(struct html *html, const char *label)
{
    H_LIT(html, "<td");
    H_ATTR(html, "data-label", label);
    H_LIT(html, ">");
}

void parts_write_cell(struct html *html, const char *label, const char *value)
{
    parts_begin_cell(html, label);
    parts_write_name(html, value);
    PARTS_CELL_END(html);
}

void parts_write_number_cell(struct html *html, const char *label, int64_t value)
{
    H_LIT(html, "<td class=\"number\"");
    H_ATTR(html, "data-label", label);
    H_LIT(html, ">");
    html_number(html, value);
    PARTS_CELL_END(html);
}

/* ---- around a list --------------------------------------------------------------------------------------------- */

void parts_write_empty(struct html *html, const char *sentence, const char *next)
{
    H_LIT(html, "<div class=\"empty\"><p>");
    html_string(html, sentence);
    H_LIT(html, "</p>");
    if (next) {
        H_LIT(html, "<p class=\"hint\">");
        html_string(html, next);
        H_LIT(html, "</p>");
    }
    H_LIT(html, "</div>\n");
}

void parts_begin_words(struct html *html, const char *language)
{
    H_LIT(html, "<blockquote dir=\"auto\"");
    if (language[0] && !str_equal(language, "und"))
        H_ATTR(html, "lang", language);
    H_LIT(html, ">");
}

void parts_write_object_cell(struct html *html, const json_t *row)
{
    parts_begin_cell(html, "Of what");
    parts_write_name(html, json_text(row, "object", ""));
    H_LIT(html, " ");
    parts_write_name(html, json_text(row, "detail", ""));
    PARTS_CELL_END(html);
}

static void write_link(struct html *html, const char *href, const char *text)
{
    if (!href)
        return;
    H_LIT(html, "<a class=\"button\"");
    H_ATTR(html, "href", href);
    H_LIT(html, ">");
    html_string(html, text);
    H_LIT(html, "</a>\n");
}

void parts_write_pager(struct html *html, const char *first, const char *next)
{
    if (!first && !next)
        return;
    H_LIT(html, "<nav class=\"pager\" aria-label=\"Pages\">\n");
    write_link(html, first, "Back to the beginning");
    write_link(html, next, "Further");
    H_LIT(html, "</nav>\n");
}

void parts_begin_filter(struct html *html, const char *action, const char *label)
{
    H_LIT(html, "<form class=\"filter\" method=\"get\" role=\"search\"");
    H_ATTR(html, "action", action);
    H_ATTR(html, "aria-label", label);
    H_LIT(html, ">\n");
}

void parts_end_filter(struct html *html, const char *reset)
{
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\">Show</button>\n");
    write_link(html, reset, "Without filter");
    H_LIT(html, "</div>\n</form>\n");
}

static void begin_field(struct html *html, const char *label)
{
    H_LIT(html, "<label class=\"field\"><span>");
    html_string(html, label);
    H_LIT(html, "</span>\n");
}

static void write_options(struct html *html, const struct parts_option *options, size_t count, const char *chosen)
{
    for (size_t i = 0; i < count; i++) {
        H_LIT(html, "<option");
        H_ATTR(html, "value", options[i].value);
        if (str_equal(options[i].value, chosen))
            H_LIT(html, " selected");
        H_LIT(html, ">");
        parts_write_word(html, options[i].text);
        H_LIT(html, "</option>\n");
    }
}

static void begin_select(struct html *html, const char *name, const char *label)
{
    begin_field(html, label);
    H_LIT(html, "<select");
    H_ATTR(html, "name", name);
    H_LIT(html, ">\n");
}

void parts_write_choice(struct html *html, const char *name, const char *label, const struct parts_option *options,
    size_t count, const char *chosen)
{
    begin_select(html, name, label);
    H_LIT(html, "<option value=\"\">any</option>\n");
    write_options(html, options, count, chosen);
    H_LIT(html, "</select></label>\n");
}

void parts_write_select(struct html *html, const char *name, const char *label, const struct parts_option *options,
    size_t count, const char *chosen)
{
    begin_select(html, name, label);
    write_options(html, options, count, chosen);
    H_LIT(html, "</select></label>\n");
}

void parts_write_field(struct html *html, const char *name, const char *label, const char *type, const char *value)
{
    begin_field(html, label);
    H_LIT(html, "<input dir=\"auto\" autocomplete=\"off\"");
    H_ATTR(html, "type", type);
    H_ATTR(html, "name", name);
    H_ATTR(html, "value", value);
    H_LIT(html, "></label>\n");
}

void parts_write_check(struct html *html, const char *name, const char *label, bool is_checked)
{
    H_LIT(html, "<label class=\"check\"><input type=\"checkbox\" value=\"yes\"");
    H_ATTR(html, "name", name);
    if (is_checked)
        H_LIT(html, " checked");
    H_LIT(html, "> <span>");
    html_string(html, label);
    H_LIT(html, "</span></label>\n");
}
