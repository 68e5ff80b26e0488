/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the only place that asks what time it is.
 * Keeps: due times are UTC milliseconds (clock_now_ms); time-outs inside a process are monotonic (clock_mono_ms).
 *        Pure functions never call this: their caller passes the time.
 */
#ifndef GATEWAY_BASE_CLOCK_H
#define GATEWAY_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define CLOCK_TEXT_MAX 32

int64_t clock_now_ms(void);  /* UTC, milliseconds since 1970 */
int64_t clock_mono_ms(void); /* monotonic milliseconds */
int64_t clock_mono_us(void); /* monotonic microseconds, for figures */

/* The test seam: replaces both clocks; NULL restores them. */
typedef int64_t (*clock_fn)(void);
void clock_set_source(clock_fn now_ms, clock_fn mono_ms);

/* RFC 3339 UTC with milliseconds cut: "2026-11-24T22:50:14Z". ret is CLOCK_TEXT_MAX bytes. */
void clock_format(int64_t ms, char *ret);
/* RFC 5322 date: "Tue, 24 Nov 2026 22:50:14 +0000". ret is CLOCK_TEXT_MAX + 8 bytes. */
void clock_format_mail(int64_t ms, char *ret);
/* RFC 3339 and its common relatives (offset without colon, space for T, no zone = UTC, fractions). ERR_INVALID. */
int clock_parse(const char *text, int64_t *ret_ms) MUST_CHECK;

/* The date of RFC 5322, 3.3: "Tue, 24 Nov 2026 22:50:14 +0000"; the day of the week may be absent, GMT stands for
 * +0000. ERR_INVALID. */
int clock_parse_mail(const char *text, int64_t *ret_ms) MUST_CHECK;

struct clock_civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int weekday; /* 0 = Sunday */
};
void clock_to_civil(int64_t ms, struct clock_civil *ret); /* UTC, proleptic Gregorian */
int64_t clock_from_civil(const struct clock_civil *civil);

#endif
