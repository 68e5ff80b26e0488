/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tzrule - see tzrule.h. Signs in the text are those of POSIX: "CET-1" is one hour east. */
#include "config/tzrule.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/clock.h"

#define DAY_S 86400
#define HOURS_MAX 167 /* RFC 8536 3.3.1 */
#define OFFSET_HOURS_MAX 24

/* ---- parsing: each reader moves *at and returns false on what it does not know ---------------------------------- */

static bool read_number(const char **at, int max, int *ret_number)
{
    int number = 0;
    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); (*at)++) {
        number = number * 10 + (**at - '0');
        if (number > max)
            return false;
    }
    *ret_number = number;
    return true;
}

static bool read_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool read_name(const char **at)
{
    const char *start = *at;
    if (read_char(at, '<')) {
        while (isalnum((unsigned char)**at) || **at == '+' || **at == '-')
            (*at)++;
        return *at - start > 3 && read_char(at, '>');
    }
    while (isalpha((unsigned char)**at))
        (*at)++;
    return *at - start >= 3;
}

static bool read_time(const char **at, int hours_max, int32_t *ret_s)
{
    int sign = read_char(at, '-') ? -1 : 1;
    int hours, minutes = 0, seconds = 0;
    if (sign > 0)
        (void)read_char(at, '+');
    if (!read_number(at, hours_max, &hours))
        return false;
    if (read_char(at, ':') &&
        (!read_number(at, 59, &minutes) || (read_char(at, ':') && !read_number(at, 59, &seconds))))
        return false;
    *ret_s = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool read_day(const char **at, struct tzrule_change *change)
{
    if (read_char(at, 'J')) {
        change->kind = TZRULE_JULIAN;
        return read_number(at, 365, &change->day) && change->day >= 1;
    }
    if (!read_char(at, 'M')) {
        change->kind = TZRULE_DAY;
        return read_number(at, 365, &change->day);
    }
    change->kind = TZRULE_MONTH;
    return read_number(at, 12, &change->month) && change->month >= 1 && read_char(at, '.') &&
           read_number(at, 5, &change->week) && change->week >= 1 && read_char(at, '.') &&
           read_number(at, 6, &change->day);
}

static bool read_change(const char **at, struct tzrule_change *change)
{
    change->time_s = 2 * 3600;
    return read_char(at, ',') && read_day(at, change) &&
           (!read_char(at, '/') || read_time(at, HOURS_MAX, &change->time_s));
}

static bool read_dst(const char **at, struct tzrule *rule)
{
    rule->has_dst = true;
    rule->dst_s = rule->standard_s + 3600;
    if (!read_name(at))
        return false;
    if (**at != ',') {
        if (!read_time(at, OFFSET_HOURS_MAX, &rule->dst_s))
            return false;
        rule->dst_s = -rule->dst_s;
    }
    return read_change(at, &rule->start) && read_change(at, &rule->end);
}

int tzrule_parse(const char *text, struct tzrule *ret_rule)
{
    struct tzrule rule = { 0 };
    const char *at = text;
    if (!read_name(&at) || !read_time(&at, OFFSET_HOURS_MAX, &rule.standard_s))
        return ERR_INVALID;
    rule.standard_s = -rule.standard_s;
    if (*at && (!read_dst(&at, &rule) || *at))
        return ERR_INVALID;
    *ret_rule = rule;
    return 0;
}

/* ---- evaluating ------------------------------------------------------------------------------------------------ */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t midnight_s(int year, int month, int day)
{
    return clock_from_civil(&(struct clock_civil){ .year = year, .month = month, .day = day }) / 1000;
}

/* Mm.w.d: week 5 is the last such weekday of the month. */
static int64_t month_day_s(const struct tzrule_change *change, int year)
{
    int64_t first_s = midnight_s(year, change->month, 1);
    int64_t next_s = change->month == 12 ? midnight_s(year + 1, 1, 1) : midnight_s(year, change->month + 1, 1);
    struct clock_civil civil;
    clock_to_civil(first_s * 1000, &civil);
    int64_t day_s = first_s + ((change->day - civil.weekday + 7) % 7 + (change->week - 1) * 7) * (int64_t)DAY_S;
    while (day_s >= next_s)
        day_s -= 7 * DAY_S;
    return day_s;
}

/* Local seconds (as if UTC) of a change in a year. */
static int64_t change_s(const struct tzrule_change *change, int year)
{
    if (change->kind == TZRULE_MONTH)
        return month_day_s(change, year) + change->time_s;
    int day = change->day;
    if (change->kind == TZRULE_JULIAN)
        day = day - 1 + (is_leap(year) && day >= 60);
    return midnight_s(year, 1, 1) + (int64_t)day * DAY_S + change->time_s;
}

int32_t tzrule_offset_s(const struct tzrule *rule, int64_t now_ms)
{
    if (!rule->has_dst)
        return rule->standard_s;
    struct clock_civil civil;
    clock_to_civil(now_ms + (int64_t)rule->standard_s * 1000, &civil);
    int64_t start_ms = (change_s(&rule->start, civil.year) - rule->standard_s) * 1000;
    int64_t end_ms = (change_s(&rule->end, civil.year) - rule->dst_s) * 1000;
    bool is_dst = start_ms < end_ms ? now_ms >= start_ms && now_ms < end_ms : now_ms >= start_ms || now_ms < end_ms;
    return is_dst ? rule->dst_s : rule->standard_s;
}
