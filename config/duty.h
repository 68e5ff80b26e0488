/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duty - when a contact is on duty: weekly windows in her own time zone, minus holidays.
 * What:  "Sun-Thu 08:00-17:00", "Fri,Sat 20:00-06:00" (over midnight), "daily 00:00-24:00"; a holiday is a local date.
 * Keeps: pure: the time is passed in, the environment's TZ is never read or set.
 * Not here: that a critical case ignores duty hours (core/routing); ON and OFF by SMS (core).
 */
#ifndef CONFIG_DUTY_H
#define CONFIG_DUTY_H

#include <stdbool.h>
#include <stdint.h>

#include "config/zone.h"
#include "gateway/base/error.h"

#define DUTY_WINDOWS_MAX 32
#define DUTY_HOLIDAYS_MAX 128

/* Minutes of the local day in which the window starts; end > 1440 when it runs over midnight. */
struct duty_window {
    uint8_t days; /* bit 1u << weekday on which it starts, 0 = Sunday */
    uint16_t start_min, end_min;
};

/* A local date; year 0 = every year. A window that starts on a holiday is off duty. */
struct duty_date {
    int16_t year;
    uint8_t month, day;
};

struct duty {
    const struct zone *zone; /* borrowed from the snapshot; NULL = UTC */
    unsigned window_count;   /* 0 = all hours */
    struct duty_window windows[DUTY_WINDOWS_MAX];
    unsigned holiday_count;
    struct duty_date holidays[DUTY_HOLIDAYS_MAX];
};

bool duty_is_on(const struct duty *duty, int64_t now_ms);
/* When that next changes, within DUTY_AHEAD_DAYS; 0 = not so soon, or never. */
#define DUTY_AHEAD_DAYS 15
int64_t duty_next_change(const struct duty *duty, int64_t now_ms);

/* Reads one window or one date ("2026-12-25", or "12-25" for every year); ERR_INVALID with a sentence. */
int duty_parse_window(const char *text, struct error *error, struct duty_window *ret_window) MUST_CHECK;
int duty_parse_date(const char *text, struct error *error, struct duty_date *ret_date) MUST_CHECK;
/* A window as it is written; ret has DUTY_TEXT_MAX bytes. */
#define DUTY_TEXT_MAX 48
void duty_print_window(const struct duty_window *window, char *ret);

#endif
