/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the only place that asks what time it is, and the calendar arithmetic on it.
 * Why:   gmtime and its relatives drag in locale, zone files and static buffers; days of the proleptic Gregorian
 *        calendar are a few divisions.
 */
#include "gateway/base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DAY_MS 86400000LL

static clock_fn source_now;  /* mutable: the seam of the tests */
static clock_fn source_mono; /* mutable: the seam of the tests */

void clock_set_source(clock_fn now_ms, clock_fn mono_ms)
{
    source_now = now_ms;
    source_mono = mono_ms;
}

static int64_t read_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    return source_now ? source_now() : read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_ms(void)
{
    return source_mono ? source_mono() : read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
    return source_mono ? source_mono() * 1000 : read_us(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01. Years are counted from 1 March, so that the leap day is the last of its year. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct clock_civil *ret)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    ret->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    ret->month = (int)(month < 10 ? month + 3 : month - 9);
    ret->year = (int)(year_of_era + era * 400 + (ret->month <= 2));
    ret->weekday = (int)((days % 7 + 11) % 7);
}

void clock_to_civil(int64_t ms, struct clock_civil *ret)
{
    int64_t days = floor_div(ms, DAY_MS);
    int second_of_day = (int)((ms % DAY_MS + DAY_MS) % DAY_MS / 1000);

    date_from_days(days, ret);
    ret->hour = second_of_day / 3600;
    ret->minute = second_of_day / 60 % 60;
    ret->second = second_of_day % 60;
}

int64_t clock_from_civil(const struct clock_civil *civil)
{
    int64_t days = days_from_date(civil->year, civil->month, civil->day);

    return days * DAY_MS + ((int64_t)civil->hour * 3600 + civil->minute * 60 + civil->second) * 1000;
}

void clock_format(int64_t ms, char *ret)
{
    struct clock_civil c;

    clock_to_civil(ms, &c);
    snprintf(ret, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void clock_format_mail(int64_t ms, char *ret)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    struct clock_civil c;

    clock_to_civil(ms, &c);
    snprintf(ret, CLOCK_TEXT_MAX + 8, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000", days + 3 * c.weekday, c.day,
        months + 3 * (c.month - 1), c.year, c.hour, c.minute, c.second);
}

/* Reads exactly `count` digits within [min, max]. */
static bool take_number(const char **text, int count, int min, int max, int *ret)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        value = value * 10 + (**text - '0');
    }
    *ret = value;
    return value >= min && value <= max;
}

static bool take_char(const char **text, const char *any_of)
{
    for (const char *c = any_of; *c; c++)
        if (**text == *c) {
            (*text)++;
            return true;
        }
    return false;
}

static int days_of_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && is_leap);
}

static bool take_date(const char **text, struct clock_civil *c)
{
    return take_number(text, 4, 0, 9999, &c->year) && take_char(text, "-") && take_number(text, 2, 1, 12, &c->month) &&
           take_char(text, "-") && take_number(text, 2, 1, 31, &c->day) && c->day <= days_of_month(c->year, c->month);
}

/* Hours, minutes, and where given seconds (60 is a leap second) and a fraction. */
static bool take_time(const char **text, struct clock_civil *c, int *ret_ms)
{
    int scale = 100;

    *ret_ms = 0;
    c->second = 0;
    if (!take_number(text, 2, 0, 23, &c->hour) || !take_char(text, ":") || !take_number(text, 2, 0, 59, &c->minute))
        return false;
    if (!take_char(text, ":"))
        return true;
    if (!take_number(text, 2, 0, 60, &c->second))
        return false;
    if (!take_char(text, ".,"))
        return true;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
        *ret_ms += (**text - '0') * scale;
    return true;
}

/* "Z", "+03:00", "+0300", "+03" or nothing, perhaps after a space. */
static bool take_zone(const char **text, int *ret_minutes)
{
    int hours, minutes = 0;
    bool is_west;

    *ret_minutes = 0;
    take_char(text, " ");
    if (**text == '\0' || take_char(text, "Zz"))
        return true;
    is_west = **text == '-';
    if (!take_char(text, "+-") || !take_number(text, 2, 0, 23, &hours))
        return false;
    if (take_char(text, ":") || **text != '\0')
        if (!take_number(text, 2, 0, 59, &minutes))
            return false;
    *ret_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
}

int clock_parse(const char *text, int64_t *ret_ms)
{
    struct clock_civil c = { 0 };
    int ms, offset;

    if (!text || !take_date(&text, &c) || !take_char(&text, "Tt ") || !take_time(&text, &c, &ms) ||
        !take_zone(&text, &offset) || *text != '\0')
        return ERR_INVALID;
    *ret_ms = clock_from_civil(&c) + ms - offset * 60000LL;
    return 0;
}

static bool take_month(const char **text, int *ret)
{
    for (int i = 0; i < 12; i++)
        if (strncasecmp(*text, months + 3 * i, 3) == 0) {
            *text += 3;
            *ret = i + 1;
            return true;
        }
    return false;
}

/* "24 Nov 2026", the day with one digit or two. */
static bool take_mail_date(const char **text, struct clock_civil *c)
{
    int digits = **text && (*text)[1] == ' ' ? 1 : 2;
    return take_number(text, digits, 1, 31, &c->day) && take_char(text, " ") && take_month(text, &c->month) &&
           take_char(text, " ") && take_number(text, 4, 0, 9999, &c->year) &&
           c->day <= days_of_month(c->year, c->month);
}

int clock_parse_mail(const char *text, int64_t *ret_ms)
{
    struct clock_civil c = { 0 };
    int ms = 0, offset = 0;
    const char *comma = text ? strchr(text, ',') : NULL;

    if (comma)
        text = comma + 1 + strspn(comma + 1, " ");
    if (!text || !take_mail_date(&text, &c) || !take_char(&text, " ") || !take_time(&text, &c, &ms))
        return ERR_INVALID;
    bool is_universal = strcasecmp(text, " GMT") == 0 || strcasecmp(text, " UTC") == 0 || strcasecmp(text, " UT") == 0;
    if (!is_universal && (!take_zone(&text, &offset) || *text != '\0'))
        return ERR_INVALID;
    *ret_ms = clock_from_civil(&c) + ms - offset * 60000LL;
    return 0;
}
