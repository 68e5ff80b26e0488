/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_moment - times as providers write them, with and without a zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/moment.h"

#define JAN_1 1767225600000LL /* 2026-01-01T00:00:00Z */
#define HOUR 3600000LL

static void times_are_read(void **state)
{
    (void)state;
    static const struct moment_style riyadh = { .zone_minutes = 180 };
    static const struct moment_style american = { .is_month_first = true };
    static const struct {
        const char *text;
        const struct moment_style *style;
        int64_t want;
    } cases[] = {
        { "1767225600", NULL, JAN_1 },
        { "1767225600000", NULL, JAN_1 },
        { "1767225600000000", NULL, JAN_1 },
        { "1767225600000000000", NULL, JAN_1 },
        { "1767225600.123", NULL, JAN_1 },
        { "1767225600", &riyadh, JAN_1 },
        { " 1767225600\n", NULL, JAN_1 },
        { "2026-01-01T00:00:00Z", &riyadh, JAN_1 },
        { "2026-01-01T03:00:00+03:00", NULL, JAN_1 },
        { "2026-01-01T03:00:00+0300", NULL, JAN_1 },
        { "2026-01-01T03:00:00 03:00", NULL, JAN_1 },
        { "2026-01-01T00:00:00.500Z", NULL, JAN_1 + 500 },
        { "2026-01-01 00:00:00", NULL, JAN_1 },
        { "2026-01-01 03:00:00", &riyadh, JAN_1 },
        { "2026-01-01 03:00", &riyadh, JAN_1 },
        { "2026-01-01 00:00:00 UTC", &riyadh, JAN_1 },
        { "2026/01/01 00:00:00", NULL, JAN_1 },
        { "2026-01-01", NULL, JAN_1 },
        { "20260101000000", NULL, JAN_1 },
        { "20260101030000", &riyadh, JAN_1 },
        { "20260101T000000Z", &riyadh, JAN_1 },
        { "Thu, 01 Jan 2026 03:00:00 +0300", NULL, JAN_1 },
        { "Thu, 01 Jan 2026 03:00:00  0300", NULL, JAN_1 },
        { "Thu, 1 Jan 2026 00:00:00 GMT", &riyadh, JAN_1 },
        { "01 Jan 2026 00:00", NULL, JAN_1 },
        { "Thu Jan  1 00:00:00 2026", NULL, JAN_1 },
        { "Thu Jan 01 00:00:00 UTC 2026", NULL, JAN_1 },
        { "01/01/2026 00:00:00", NULL, JAN_1 },
        { "02/01/2026 00:00", NULL, JAN_1 + 24 * HOUR },
        { "01/02/2026 00:00", &american, JAN_1 + 24 * HOUR },
        { "01/13/2026 00:00", NULL, JAN_1 + 12 * 24 * HOUR },
        { "01.01.2026 03:00:00", &riyadh, JAN_1 },
        { "01-01-26 00:00", NULL, JAN_1 },
        { "1/1/2026 12:00:00 AM", NULL, JAN_1 },
        { "1/1/2026 1:30 PM", NULL, JAN_1 + 13 * HOUR + HOUR / 2 },
        { "", NULL, 0 },
        { "yesterday", NULL, 0 },
        { "31/02/2026 00:00", NULL, 0 },
        { "1/1/2026 13:00 PM", NULL, 0 },
        { "Thu, 01 Jan 2026 00:00:00 XYZ", NULL, 0 },
        { "2026-01-01 25:00:00", NULL, 0 },
        { "-1", NULL, 0 },
        { "12:00", NULL, 0 },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        int64_t got = moment_read(span_of(cases[i].text), cases[i].style);
        if (got != cases[i].want)
            fail_msg("\"%s\": %lld, not %lld", cases[i].text, (long long)got, (long long)cases[i].want);
    }
}

static void zones_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int want, minutes;
    } cases[] = { { "+03:00", 0, 180 }, { "-0530", 0, -330 }, { "+03", 0, 180 }, { "Z", 0, 0 }, { "GMT", 0, 0 },
        { "+05:45", 0, 345 }, { "3", ERR_INVALID, 0 }, { "+3", ERR_INVALID, 0 }, { "+25:00", ERR_INVALID, 0 },
        { "+03:0x", ERR_INVALID, 0 }, { "", ERR_INVALID, 0 }, { "+03:60", ERR_INVALID, 0 } };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        int minutes = 0, rc = moment_read_zone(cases[i].text, &minutes);
        if (rc != cases[i].want || (!rc && minutes != cases[i].minutes))
            fail_msg("\"%s\": %d, %d minutes", cases[i].text, rc, minutes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(zones_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
