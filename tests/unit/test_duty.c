/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_duty - windows, holidays and zones: what the wall shows, also when the clock is moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/duty.h"
#include "config/tzrule.h"
#include "gateway/base/clock.h"
#include "gateway/base/str.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_int_equal(clock_parse(text, &ms), 0);
    return ms;
}

static void windows_are_read(void **state)
{
    static const struct {
        const char *in;
        unsigned days, start, end; /* days 0 = refused */
    } rows[] = {
        { "Sun-Thu 08:00-17:00", 0x1f, 480, 1020 },
        { "daily 00:00-24:00", 0x7f, 0, 1440 },
        { "Daily  09:30-10:00", 0x7f, 570, 600 },
        { "Fri 20:00-06:00", 0x20, 1200, 1800 },
        { "fri,sat 20:00-06:00", 0x60, 1200, 1800 },
        { "Fri-Mon 10:00-11:00", 0x63, 600, 660 },
        { "Mon,Wed-Thu 10:00-24:00", 0x1a, 600, 1440 },
        { "Mon 24:00-01:00", 0, 0, 0 },
        { "Mon 10:00-10:00", 0, 0, 0 },
        { "Mon 10:00-24:01", 0, 0, 0 },
        { "Mon 10:60-11:00", 0, 0, 0 },
        { "Mon 8:00-9:00", 0, 0, 0 },
        { "Mon 08:00-09:00 ", 0, 0, 0 },
        { "Mon08:00-09:00", 0, 0, 0 },
        { "Monday 08:00-09:00", 0, 0, 0 },
        { "Mon- 08:00-09:00", 0, 0, 0 },
        { "Mon, 08:00-09:00", 0, 0, 0 },
        { "08:00-09:00", 0, 0, 0 },
        { "", 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct duty_window window = { 0, 0, 0 };
        struct error error;
        int code = duty_parse_window(rows[i].in, &error, &window);
        if (code != (rows[i].days ? 0 : ERR_INVALID))
            fail_msg("'%s': code %d", rows[i].in, code);
        if (rows[i].days &&
            (window.days != rows[i].days || window.start_min != rows[i].start || window.end_min != rows[i].end))
            fail_msg("'%s': %x %u %u", rows[i].in, window.days, window.start_min, window.end_min);
    }
}

static void dates_are_read(void **state)
{
    static const struct {
        const char *in;
        int code, year, month, day;
    } rows[] = {
        { "2026-12-25", 0, 2026, 12, 25 },
        { "12-25", 0, 0, 12, 25 },
        { "02-29", 0, 0, 2, 29 },
        { "2028-02-29", 0, 2028, 2, 29 },
        { "2027-02-29", ERR_INVALID, 0, 0, 0 },
        { "2100-02-29", ERR_INVALID, 0, 0, 0 },
        { "13-01", ERR_INVALID, 0, 0, 0 },
        { "00-10", ERR_INVALID, 0, 0, 0 },
        { "04-31", ERR_INVALID, 0, 0, 0 },
        { "04-00", ERR_INVALID, 0, 0, 0 },
        { "25.12.2026", ERR_INVALID, 0, 0, 0 },
        { "2026-12-2", ERR_INVALID, 0, 0, 0 },
        { "", ERR_INVALID, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct duty_date date = { 0, 0, 0 };
        struct error error;
        int code = duty_parse_date(rows[i].in, &error, &date);
        if (code != rows[i].code || date.year != rows[i].year || date.month != rows[i].month || date.day != rows[i].day)
            fail_msg("'%s': code %d, %d-%d-%d", rows[i].in, code, date.year, date.month, date.day);
    }
}

static void zone_offsets_follow_the_clock(void **state)
{
    static const struct {
        const char *zone, *when;
        int32_t want_s;
    } rows[] = {
        { "UTC", "2026-07-01T00:00:00Z", 0 },
        { "Asia/Riyadh", "2026-07-01T00:00:00Z", 10800 },
        { "Asia/Kathmandu", "2026-07-01T00:00:00Z", 20700 },
        /* Egypt moves the clock again since 2023: last Friday of April and last Thursday of October. */
        { "Africa/Cairo", "2026-01-01T00:00:00Z", 7200 },
        { "Africa/Cairo", "2026-07-01T00:00:00Z", 10800 },
        { "Europe/Berlin", "2026-03-29T00:59:59Z", 3600 },
        { "Europe/Berlin", "2026-03-29T01:00:00Z", 7200 },
        { "Europe/Berlin", "2026-10-25T00:59:59Z", 7200 },
        { "Europe/Berlin", "2026-10-25T01:00:00Z", 3600 },
        /* After the last line of the file the rule at its foot holds. */
        { "Europe/Berlin", "2060-03-28T00:59:59Z", 3600 },
        { "Europe/Berlin", "2060-03-28T01:00:00Z", 7200 },
        { "America/New_York", "2050-11-06T05:59:59Z", -14400 },
        { "America/New_York", "2050-11-06T06:00:00Z", -18000 },
        { "Australia/Sydney", "2055-01-15T00:00:00Z", 39600 },
        { "Australia/Sydney", "2055-07-15T00:00:00Z", 36000 },
        { "Asia/Hong_Kong", "1941-06-15T00:00:00Z", 32400 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct zone *zone = NULL;
        struct error error;
        assert_int_equal(zone_open(rows[i].zone, &error, &zone), 0);
        int32_t offset_s = zone_offset_s(zone, at(rows[i].when));
        if (offset_s != rows[i].want_s)
            fail_msg("%s %s: %d", rows[i].zone, rows[i].when, offset_s);
        assert_string_equal(zone_name(zone), rows[i].zone);
        zone_free(zone);
    }
    assert_int_equal(zone_offset_s(NULL, 0), 0);
}

static void names_outside_the_folder_are_refused(void **state)
{
    static const struct {
        const char *name;
        int code;
    } rows[] = {
        { "", ERR_INVALID },
        { "/etc/passwd", ERR_INVALID },
        { "../passwd", ERR_INVALID },
        { "Asia//Riyadh", ERR_INVALID },
        { "Asia/", ERR_INVALID },
        { "Asia/Nowhere", ERR_NOT_FOUND },
        { "zone.tab", ERR_INVALID },
        { "Asia", ERR_IO },
        { "leapseconds", ERR_INVALID },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct zone *zone = NULL;
        struct error error;
        int code = zone_open(rows[i].name, &error, &zone);
        if (code != rows[i].code)
            fail_msg("'%s': code %d, wanted %d: %s", rows[i].name, code, rows[i].code, error.text);
    }
}

static void broken_zone_files_are_refused(void **state)
{
    unsigned char bytes[4096];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    struct zone *zone = NULL;
    struct error error;
    (void)state;
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len > 500 && len < sizeof bytes);
    assert_int_equal(zone_parse("x", bytes, len, &error, &zone), 0);
    zone_free(zone);
    for (size_t cut = 0; cut < len; cut++) {
        unsigned char *copy = malloc(cut ? cut : 1);
        memcpy(copy, bytes, cut);
        assert_int_equal(zone_parse("x", copy, cut, &error, &zone), ERR_INVALID);
        free(copy);
    }
}

static void rules_of_the_footer_are_read(void **state)
{
    static const struct {
        const char *in, *when;
        int32_t want_s; /* 1 = refused */
    } rows[] = {
        { "<+03>-3", "2060-01-01T00:00:00Z", 10800 },
        { "EST5", "2060-01-01T00:00:00Z", -18000 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2060-07-01T00:00:00Z", 7200 },
        /* From RFC 8536: hours over 24 and before 0. */
        { "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2060-07-01T00:00:00Z", -7200 },
        { "IST-2IDT,M3.4.4/26,M10.5.0", "2060-03-25T23:59:59Z", 7200 },
        { "IST-2IDT,M3.4.4/26,M10.5.0", "2060-03-26T00:00:00Z", 10800 },
        { "AAA0BBB,J60/0,J365/0", "2060-02-29T23:00:00Z", 0 },
        { "AAA0BBB,J60/0,J365/0", "2060-03-01T00:00:00Z", 3600 },
        { "AAA0BBB,59/0,300/0", "2060-02-29T00:00:00Z", 3600 },
        { "EST5EDT,0/0,J365/25", "2060-12-31T23:30:00Z", -14400 },
        { "A0", "2060-01-01T00:00:00Z", 1 },
        { "<AB0", "2060-01-01T00:00:00Z", 1 },
        { "CET", "2060-01-01T00:00:00Z", 1 },
        { "CET-25", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,M3.5.0", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,M13.5.0,M10.5.0", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,M3.6.0,M10.5.0", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,M3.5.7,M10.5.0", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,M3.5.0/168,M10.5.0", "2060-01-01T00:00:00Z", 1 },
        { "CET-1CEST,J0,J5", "2060-01-01T00:00:00Z", 1 },
        { "CET-1 ", "2060-01-01T00:00:00Z", 1 },
        { "", "2060-01-01T00:00:00Z", 1 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct tzrule rule;
        int code = tzrule_parse(rows[i].in, &rule);
        int32_t got = code ? 1 : tzrule_offset_s(&rule, at(rows[i].when));
        if (got != rows[i].want_s)
            fail_msg("'%s' %s: %d", rows[i].in, rows[i].when, got);
    }
}

static void duty_follows_the_wall(void **state)
{
    static const struct {
        const char *label, *zone, *window, *holiday, *when;
        bool want;
    } rows[] = {
        { "no window", "UTC", NULL, NULL, "2026-11-24T03:00:00Z", true },
        { "no window, holiday", "UTC", NULL, "11-24", "2026-11-24T03:00:00Z", false },
        { "first minute", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T05:00:00Z", true },
        { "minute before", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T04:59:59Z", false },
        { "last minute", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T13:59:59Z", true },
        { "closing time", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T14:00:00Z", false },
        { "Friday", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-27T09:00:00Z", false },
        { "local Sunday is still Saturday in UTC", "Asia/Manila", "Sun 00:00-24:00", NULL, "2026-11-28T16:30:00Z",
            true },
        { "night before midnight", "UTC", "Fri 20:00-06:00", NULL, "2026-11-27T23:59:00Z", true },
        { "night after midnight", "UTC", "Fri 20:00-06:00", NULL, "2026-11-28T05:59:00Z", true },
        { "night ended", "UTC", "Fri 20:00-06:00", NULL, "2026-11-28T06:00:00Z", false },
        { "morning of the first day", "UTC", "Fri 20:00-06:00", NULL, "2026-11-27T05:00:00Z", false },
        { "holiday", "UTC", "daily 08:00-17:00", "2026-12-25", "2026-12-25T09:00:00Z", false },
        { "the same day another year", "UTC", "daily 08:00-17:00", "2026-12-25", "2027-12-25T09:00:00Z", true },
        { "yearly holiday", "UTC", "daily 08:00-17:00", "12-25", "2031-12-25T09:00:00Z", false },
        { "local holiday, other day in UTC", "Asia/Manila", "daily 00:00-24:00", "12-25", "2026-12-24T16:00:00Z",
            false },
        { "night that began before the holiday", "UTC", "daily 20:00-06:00", "12-25", "2026-12-25T03:00:00Z", true },
        { "night that began on the holiday", "UTC", "daily 20:00-06:00", "12-25", "2026-12-26T03:00:00Z", false },
        { "summer time", "Europe/Berlin", "daily 08:00-09:00", NULL, "2026-07-01T06:30:00Z", true },
        { "winter time", "Europe/Berlin", "daily 08:00-09:00", NULL, "2026-12-01T06:30:00Z", false },
        { "hour that is skipped", "Europe/Berlin", "Sun 02:00-03:00", NULL, "2026-03-29T01:00:00Z", false },
        { "hour that comes twice, first", "Europe/Berlin", "Sun 02:00-03:00", NULL, "2026-10-25T00:30:00Z", true },
        { "hour that comes twice, second", "Europe/Berlin", "Sun 02:00-03:00", NULL, "2026-10-25T01:30:00Z", true },
        { "after it", "Europe/Berlin", "Sun 02:00-03:00", NULL, "2026-10-25T02:00:00Z", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct duty duty = { 0 };
        struct zone *zone = NULL;
        struct error error;
        assert_int_equal(zone_open(rows[i].zone, &error, &zone), 0);
        duty.zone = zone;
        duty.window_count = rows[i].window != NULL;
        duty.holiday_count = rows[i].holiday != NULL;
        if (rows[i].window)
            assert_int_equal(duty_parse_window(rows[i].window, &error, &duty.windows[0]), 0);
        if (rows[i].holiday)
            assert_int_equal(duty_parse_date(rows[i].holiday, &error, &duty.holidays[0]), 0);
        if (duty_is_on(&duty, at(rows[i].when)) != rows[i].want)
            fail_msg("%s", rows[i].label);
        zone_free(zone);
    }
}

static void windows_are_written_as_they_are_read(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        { "Sun-Thu 08:00-17:00", "Sun-Thu 08:00-17:00" },
        { "daily 00:00-24:00", "daily 00:00-24:00" },
        { "Sun-Sat 20:00-06:30", "daily 20:00-06:30" },
        { "fri,sat 20:00-06:00", "Fri,Sat 20:00-06:00" },
        { "Thu-Sun 20:00-24:00", "Thu-Sun 20:00-24:00" },
        { "Sat,Sun,Tue 09:00-10:00", "Tue,Sat,Sun 09:00-10:00" },
        { "Mon,Wed,Fri 09:05-10:00", "Mon,Wed,Fri 09:05-10:00" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct duty_window window, again = { 0, 0, 0 };
        struct error error;
        char text[DUTY_TEXT_MAX];
        assert_int_equal(duty_parse_window(rows[i].in, &error, &window), 0);
        duty_print_window(&window, text);
        if (!str_equal(text, rows[i].want))
            fail_msg("%s: %s", rows[i].in, text);
        assert_int_equal(duty_parse_window(text, &error, &again), 0);
        assert_int_equal(window.days, again.days);
        assert_int_equal(window.start_min, again.start_min);
        assert_int_equal(window.end_min, again.end_min);
    }
}

static void the_next_change_of_duty_is_told(void **state)
{
    static const struct {
        const char *label, *zone, *window, *holiday, *when, *want; /* want "" = none */
    } rows[] = {
        { "all hours", "UTC", NULL, NULL, "2026-11-24T03:00:00Z", "" },
        { "all hours, holiday ahead", "Asia/Riyadh", NULL, "11-30", "2026-11-24T03:00:00Z", "2026-11-29T21:00:00Z" },
        { "on until the evening", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T05:00:00Z",
            "2026-11-24T14:00:00Z" },
        { "off until the morning", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-24T14:00:00Z",
            "2026-11-25T05:00:00Z" },
        { "over the end of the week", "Asia/Riyadh", "Sun-Thu 08:00-17:00", NULL, "2026-11-26T14:00:00Z",
            "2026-11-29T05:00:00Z" },
        { "in the night that began yesterday", "UTC", "Fri 20:00-06:00", NULL, "2026-11-28T01:00:00Z",
            "2026-11-28T06:00:00Z" },
        { "holiday between", "UTC", "daily 08:00-17:00", "12-25", "2026-12-24T17:00:00Z", "2026-12-26T08:00:00Z" },
        { "day after day without a break", "UTC", "daily 00:00-24:00", NULL, "2026-12-24T17:00:00Z", "" },
        { "the clock goes back in the night", "Europe/Berlin", "Sun 08:00-09:00", NULL, "2026-10-24T20:00:00Z",
            "2026-10-25T07:00:00Z" },
        { "the hour that comes twice ends late", "Europe/Berlin", "Sun 02:00-03:00", NULL, "2026-10-25T00:30:00Z",
            "2026-10-25T02:00:00Z" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct duty duty = { .window_count = rows[i].window != NULL, .holiday_count = rows[i].holiday != NULL };
        struct zone *zone = NULL;
        struct error error;
        char text[CLOCK_TEXT_MAX] = "";
        assert_int_equal(zone_open(rows[i].zone, &error, &zone), 0);
        duty.zone = zone;
        if (rows[i].window)
            assert_int_equal(duty_parse_window(rows[i].window, &error, &duty.windows[0]), 0);
        if (rows[i].holiday)
            assert_int_equal(duty_parse_date(rows[i].holiday, &error, &duty.holidays[0]), 0);
        int64_t next = duty_next_change(&duty, at(rows[i].when));
        if (next)
            clock_format(next, text);
        if (!str_equal(text, rows[i].want))
            fail_msg("%s: %s", rows[i].label, text);
        zone_free(zone);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_read),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(zone_offsets_follow_the_clock),
        cmocka_unit_test(names_outside_the_folder_are_refused),
        cmocka_unit_test(broken_zone_files_are_refused),
        cmocka_unit_test(rules_of_the_footer_are_read),
        cmocka_unit_test(duty_follows_the_wall),
        cmocka_unit_test(windows_are_written_as_they_are_read),
        cmocka_unit_test(the_next_change_of_duty_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
