/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_clock - calendar arithmetic, printing and parsing of times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

static int64_t fixed_now(void)
{
    return 1795560614123;
}

static int64_t fixed_mono(void)
{
    return 77;
}

static void source_replaces_both_clocks(void **state)
{
    (void)state;
    clock_set_source(fixed_now, fixed_mono);
    assert_int_equal(clock_now_ms(), 1795560614123);
    assert_int_equal(clock_mono_ms(), 77);
    assert_int_equal(clock_mono_us(), 77000);
    clock_set_source(NULL, NULL);
    assert_int_not_equal(clock_now_ms(), 1795560614123);
    assert_true(clock_mono_us() <= clock_mono_us());
}

static void times_print_in_both_forms(void **state)
{
    static const struct {
        int64_t ms;
        const char *rfc3339, *mail;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000" },
        { 999, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000" },
        { -1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 +0000" },
        { 951782400000, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 +0000" },
        { 1795560614123, "2026-11-24T22:50:14Z", "Tue, 24 Nov 2026 22:50:14 +0000" },
        { 4107542400000, "2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 +0000" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char text[CLOCK_TEXT_MAX + 8];
        clock_format(rows[i].ms, text);
        assert_string_equal(text, rows[i].rfc3339);
        clock_format_mail(rows[i].ms, text);
        assert_string_equal(text, rows[i].mail);
    }
}

static void civil_days_go_there_and_back(void **state)
{
    struct clock_civil civil;
    int weekday = 4;

    (void)state;
    for (int64_t day = 0; day < 150 * 366; day++, weekday = (weekday + 1) % 7) {
        int64_t ms = day * 86400000 + 3723000;
        clock_to_civil(ms, &civil);
        assert_int_equal(civil.weekday, weekday);
        assert_int_equal(civil.hour * 10000 + civil.minute * 100 + civil.second, 10203);
        assert_true(clock_from_civil(&civil) == ms);
    }
}

static void extreme_times_fit_their_buffers(void **state)
{
    char text[CLOCK_TEXT_MAX + 8];

    (void)state;
    clock_format(INT64_MAX, text);
    assert_true(strlen(text) < CLOCK_TEXT_MAX);
    clock_format_mail(INT64_MIN, text);
    assert_true(strlen(text) < CLOCK_TEXT_MAX + 8);
}

static void relatives_of_rfc3339_are_read(void **state)
{
    static const struct {
        const char *in;
        int64_t want;
    } rows[] = {
        { "2026-11-24T22:50:14Z", 1795560614000 },
        { "2026-11-24t22:50:14z", 1795560614000 },
        { "2026-11-24 22:50:14", 1795560614000 },
        { "2026-11-24T22:50:14.123Z", 1795560614123 },
        { "2026-11-24T22:50:14.1234567Z", 1795560614123 },
        { "2026-11-24T22:50:14,5", 1795560614500 },
        { "2026-11-25T01:50:14+03:00", 1795560614000 },
        { "2026-11-25T01:50:14+0300", 1795560614000 },
        { "2026-11-25 01:50:14 +03", 1795560614000 },
        { "2026-11-24T17:20:14-05:30", 1795560614000 },
        { "2026-11-24T22:50", 1795560600000 },
        { "2016-12-31T23:59:60Z", 1483228800000 },
        { "1969-12-31T23:59:59Z", -1000 },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t ms = 0;
        int code = clock_parse(rows[i].in, &ms);
        if (code != 0 || ms != rows[i].want)
            fail_msg("%s: code %d, %lld", rows[i].in, code, (long long)ms);
    }
}

static void dates_of_mail_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } rows[] = {
        { "Tue, 24 Nov 2026 22:50:14 +0000", 1795560614000 },
        { "24 Nov 2026 22:50:14 +0000", 1795560614000 },
        { "Wed, 25 Nov 2026 01:50:14 +0300", 1795560614000 },
        { "tue, 24 nov 2026 22:50:14 GMT", 1795560614000 },
        { "Tue, 24 Nov 2026 22:50 UTC", 1795560600000 },
        { "Tue,  1 Dec 2026 00:00:00", 1796083200000 },
    };
    static const char *const bad[] = { "", "Tue", "Tue,", "24 Nov", "31 Nov 2026 00:00:00", "24 Now 2026 00:00:00",
        "24 Nov 2026", "24 Nov 2026 22:50:14 EST", "24 Nov 2026 22:50:14 +0000 x", "2026-11-24T22:50:14Z" };
    int64_t ms;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (clock_parse_mail(rows[i].text, &ms) != 0 || ms != rows[i].want)
            fail_msg("%s", rows[i].text);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (clock_parse_mail(bad[i], &ms) != ERR_INVALID)
            fail_msg("%s was read", bad[i]);
    assert_int_equal(clock_parse_mail(NULL, &ms), ERR_INVALID);
}

static void anything_else_is_refused(void **state)
{
    static const char *const rows[] = { "", "2026-11-24", "2026-13-24T22:50:14Z", "2026-00-24T22:50:14Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T22:60:14Z", "2026-11-24T22:50:61Z", "2026-11-24T22:50:14.Z", "2026-11-24T22:50:14ZZ",
        "2026-11-24T22:50:14+3", "2026-11-24T22:50:14+24:00", "2026-11-24T22:50:14+03:", "2026-11-24T22:50:14+03:00x",
        "26-11-24T22:50:14Z", " 2026-11-24T22:50:14Z", "2026-11-24X22:50:14Z", "1795560614" };
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (clock_parse(rows[i], &ms) != ERR_INVALID)
            fail_msg("\"%s\" was accepted", rows[i]);
    assert_int_equal(clock_parse(NULL, &ms), ERR_INVALID);
}

static void mail_dates_are_read(void **state)
{
    static const struct {
        const char *in, *want; /* NULL = refused */
    } rows[] = {
        { "Tue, 24 Nov 2026 22:50:14 +0000", "2026-11-24T22:50:14Z" },
        { "24 Nov 2026 22:50:14 +0000", "2026-11-24T22:50:14Z" },
        { "Sun, 1 Nov 2026 01:50:14 +0300", "2026-10-31T22:50:14Z" },
        { "Tue, 24 nov 2026 22:50 GMT", "2026-11-24T22:50:00Z" },
        { "Tue, 24 Nov 2026 22:50:14 -0730", "2026-11-25T06:20:14Z" },
        { "Tue, 31 Nov 2026 22:50:14 +0000", NULL },
        { "Tue, 24 Foo 2026 22:50:14 +0000", NULL },
        { "Tue, 24 Nov 26 22:50:14 +0000", NULL },
        { "Tue, 24 Nov 2026 22:50:14 +0000 x", NULL },
        { "Tue,", NULL },
        { "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_MAX] = "";
        int64_t ms = 0;
        int code = clock_parse_mail(rows[i].in, &ms);
        if (code == 0)
            clock_format(ms, text);
        if ((code == 0) != (rows[i].want != NULL) || (rows[i].want && strcmp(text, rows[i].want) != 0))
            fail_msg("%s: %d %s", rows[i].in, code, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_dates_are_read),
        cmocka_unit_test(source_replaces_both_clocks),
        cmocka_unit_test(times_print_in_both_forms),
        cmocka_unit_test(civil_days_go_there_and_back),
        cmocka_unit_test(extreme_times_fit_their_buffers),
        cmocka_unit_test(relatives_of_rfc3339_are_read),
        cmocka_unit_test(dates_of_mail_are_read),
        cmocka_unit_test(anything_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
