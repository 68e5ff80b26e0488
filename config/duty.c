/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duty - see duty.h.
 * Why wall-clock minutes: on the two days a year on which the clock is moved, "08:00-17:00" means what the wall shows.
 */
#include "config/duty.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define DAY_MIN 1440
#define MINUTE_MS 60000LL
#define DAY_MS 86400000LL
#define ALL_DAYS 0x7f

static const char *const day_words[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* ---- asking ---------------------------------------------------------------------------------------------------- */

static bool is_holiday(const struct duty *duty, const struct clock_civil *civil)
{
    for (unsigned i = 0; i < duty->holiday_count; i++) {
        const struct duty_date *date = &duty->holidays[i];
        if ((date->year == 0 || date->year == civil->year) && date->month == civil->month && date->day == civil->day)
            return true;
    }
    return false;
}

/* Is the minute, counted from the start of that local day (over 1440 = the next day), within a window of the day? */
static bool is_in_window(const struct duty *duty, const struct clock_civil *day, int minute)
{
    if (is_holiday(duty, day))
        return false;
    for (unsigned i = 0; i < duty->window_count; i++) {
        const struct duty_window *window = &duty->windows[i];
        if (window->days & 1u << day->weekday && minute >= window->start_min && minute < window->end_min)
            return true;
    }
    return false;
}

bool duty_is_on(const struct duty *duty, int64_t now_ms)
{
    int64_t local_ms = now_ms + (int64_t)zone_offset_s(duty->zone, now_ms) * 1000;
    struct clock_civil today, yesterday;
    clock_to_civil(local_ms, &today);
    clock_to_civil(local_ms - DAY_MS, &yesterday);
    if (duty->window_count == 0)
        return !is_holiday(duty, &today);
    int minute = today.hour * 60 + today.minute;
    return is_in_window(duty, &today, minute) || is_in_window(duty, &yesterday, minute + DAY_MIN);
}

/* The earliest of the moments at which the clock on the wall shows that minute, after now_ms, at which duty is another.
 * On the day on which the clock is moved a minute comes twice or not at all: both offsets are tried. */
static void try_edge(const struct duty *duty, int64_t local_ms, int64_t now_ms, bool is_on, int64_t *best)
{
    const int64_t offsets[] = { zone_offset_s(duty->zone, local_ms - DAY_MS / 2),
        zone_offset_s(duty->zone, local_ms + DAY_MS / 2) };
    for (size_t i = 0; i < STR_COUNT(offsets); i++) {
        int64_t at = local_ms - offsets[i] * 1000;
        if (at > now_ms && (!*best || at < *best) && duty_is_on(duty, at) != is_on)
            *best = at;
    }
}

int64_t duty_next_change(const struct duty *duty, int64_t now_ms)
{
    int64_t today = (now_ms + (int64_t)zone_offset_s(duty->zone, now_ms) * 1000) / DAY_MS * DAY_MS, best = 0;
    bool is_on = duty_is_on(duty, now_ms);
    for (int day = -1; day <= DUTY_AHEAD_DAYS && !best; day++) {
        int64_t start = today + day * DAY_MS;
        try_edge(duty, start, now_ms, is_on, &best);
        for (unsigned i = 0; i < duty->window_count; i++) {
            try_edge(duty, start + duty->windows[i].start_min * MINUTE_MS, now_ms, is_on, &best);
            try_edge(duty, start + duty->windows[i].end_min * MINUTE_MS, now_ms, is_on, &best);
        }
    }
    return best;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static bool read_digits(const char **at, unsigned digits, int *ret_number)
{
    int number = 0;
    for (; digits > 0; digits--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        number = number * 10 + (**at - '0');
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

static bool read_day(const char **at, unsigned *ret_day)
{
    for (unsigned day = 0; day < STR_COUNT(day_words); day++)
        if (str_starts_nocase(*at, day_words[day])) {
            *at += 3;
            *ret_day = day;
            return true;
        }
    return false;
}

/* "Sun-Thu,Sat": a range may run over the end of the week. */
static bool read_days(const char **at, uint8_t *ret_days)
{
    *ret_days = 0;
    if (str_starts_nocase(*at, "daily")) {
        *at += strlen("daily");
        *ret_days = ALL_DAYS;
        return true;
    }
    do {
        unsigned first, last;
        if (!read_day(at, &first))
            return false;
        last = first;
        if (read_char(at, '-') && !read_day(at, &last))
            return false;
        for (unsigned day = first;; day = (day + 1) % 7) {
            *ret_days |= (uint8_t)(1u << day);
            if (day == last)
                break;
        }
    } while (read_char(at, ','));
    return true;
}

static bool read_clock(const char **at, int *ret_minute)
{
    int hour, minute;
    if (!read_digits(at, 2, &hour) || !read_char(at, ':') || !read_digits(at, 2, &minute))
        return false;
    *ret_minute = hour * 60 + minute;
    return minute < 60 && *ret_minute <= DAY_MIN;
}

int duty_parse_window(const char *text, struct error *error, struct duty_window *ret_window)
{
    const char *at = text;
    int start, end;
    bool is_read = read_days(&at, &ret_window->days) && read_char(&at, ' ');
    while (is_read && *at == ' ')
        at++;
    if (!is_read || !read_clock(&at, &start) || !read_char(&at, '-') || !read_clock(&at, &end) || *at ||
        start == DAY_MIN)
        return error_set(error, ERR_INVALID,
            "duty hours are written \"Sun-Thu 08:00-17:00\", \"Fri,Sat 20:00-06:00\" or \"daily 00:00-24:00\"");
    if (start == end)
        return error_set(error, ERR_INVALID, "duty hours begin and end at the same minute; a whole day is 00:00-24:00");
    ret_window->start_min = (uint16_t)start;
    ret_window->end_min = (uint16_t)(end > start ? end : end + DAY_MIN);
    return 0;
}

int duty_parse_date(const char *text, struct error *error, struct duty_date *ret_date)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const char *at = text;
    int year = 0, month, day;
    bool has_year = strlen(text) == 10;
    bool is_read = !has_year || (read_digits(&at, 4, &year) && read_char(&at, '-') && year >= 1970);
    is_read = is_read && read_digits(&at, 2, &month) && read_char(&at, '-') && read_digits(&at, 2, &day) && !*at;
    if (!is_read || month < 1 || month > 12)
        return error_set(error, ERR_INVALID, "a holiday is written \"2026-12-25\", or \"12-25\" for every year");
    bool is_leap = !has_year || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    if (day < 1 || day > days[month - 1] + (month == 2 && is_leap))
        return error_set(error, ERR_INVALID, "month %d has no day %d", month, day);
    *ret_date = (struct duty_date){ (int16_t)year, (uint8_t)month, (uint8_t)day };
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* The first day of a run of days, and how many follow it; the week is a ring. */
static unsigned run_len(unsigned days, unsigned first)
{
    unsigned len = 1;
    while (len < 7 && days >> (first + len) % 7 & 1)
        len++;
    return len;
}

static void print_days(unsigned days, struct buf *out)
{
    for (unsigned day = 0; day < 7; day++) {
        if (!(days >> day & 1) || days >> (day + 6) % 7 & 1)
            continue;
        unsigned len = run_len(days, day);
        buf_add_format(out, "%s%s", out->len ? "," : "", day_words[day]);
        if (len > 1)
            buf_add_format(out, "%c%s", len > 2 ? '-' : ',', day_words[(day + len - 1) % 7]);
    }
}

void duty_print_window(const struct duty_window *window, char *ret)
{
    AUTO_BUF text;
    buf_init(&text, DUTY_TEXT_MAX - 1);
    unsigned end = window->end_min > DAY_MIN ? window->end_min - DAY_MIN : window->end_min;
    if ((window->days & ALL_DAYS) == ALL_DAYS)
        buf_add_text(&text, "daily");
    else
        print_days(window->days, &text);
    buf_add_format(&text, " %02u:%02u-%02u:%02u", window->start_min / 60u, window->start_min % 60u, end / 60, end % 60);
    str_copy(ret, DUTY_TEXT_MAX, text.data ? text.data : "");
}
