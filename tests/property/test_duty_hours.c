/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_duty_hours - duty hours against two independent calculations.
 * What:  zones against mktime() of the C library, which goes the other way, from the wall to UTC; windows against a
 *        table of the 10,080 minutes of a week. Random draws from a printed seed; PROPERTY_SEED=<number> runs one
 * again.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "config/duty.h"
#include "gateway/base/clock.h"
#include "gateway/base/str.h"

/* mktime cannot be asked which of two readings it means (London 1971, Casablanca in Ramadan), so a few seeds in a
 * thousand draw such a moment; the usual one does not. */
#define SEED_USUAL 7919u
#define TIMES_A_ZONE 4000
#define DRAWS 2000
#define TIMES_A_DRAW 50
#define WEEK_MIN (7 * 1440)
#define HOUR_MS 3600000LL
#define LAST_YEAR_MS 2840140800000LL /* 2060 */

static const char *const zone_names[] = { "UTC", "Asia/Riyadh", "Asia/Manila", "Asia/Kathmandu", "Asia/Dhaka",
    "Africa/Cairo", "Asia/Beirut", "Asia/Amman", "Asia/Jerusalem", "Europe/Berlin", "Europe/London", "Europe/Dublin",
    "America/New_York", "America/Santiago", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Casablanca",
    "Asia/Tehran", "Pacific/Apia", "Africa/Addis_Ababa" };

static uint64_t generator;

/* xorshift64*: any seed but 0 */
static uint32_t next_random(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)(generator * 0x2545f4914f6cdd1dULL >> 32);
}

static int64_t draw_time(void)
{
    uint64_t wide = (uint64_t)next_random() << 32 | next_random();
    return (int64_t)(wide % LAST_YEAR_MS) / 60000 * 60000;
}

static int64_t from_wall(const struct clock_civil *wall, int is_dst)
{
    struct tm tm = { .tm_year = wall->year - 1900,
        .tm_mon = wall->month - 1,
        .tm_mday = wall->day,
        .tm_hour = wall->hour,
        .tm_min = wall->minute,
        .tm_sec = wall->second,
        .tm_isdst = is_dst };
    return (int64_t)mktime(&tm) * 1000;
}

/* In the hours around a change one wall time may stand for two moments; elsewhere there is exactly one. */
static bool is_near_change(const struct zone *zone, int64_t ms)
{
    return zone_offset_s(zone, ms - 26 * HOUR_MS) != zone_offset_s(zone, ms + 26 * HOUR_MS);
}

static void check_time(const struct zone *zone, int64_t ms)
{
    struct clock_civil wall;
    clock_to_civil(ms + (int64_t)zone_offset_s(zone, ms) * 1000, &wall);
    if (from_wall(&wall, -1) == ms)
        return;
    if (is_near_change(zone, ms) && (from_wall(&wall, 0) == ms || from_wall(&wall, 1) == ms))
        return;
    fail_msg("%s at %" PRId64 ": offset %d, mktime says %" PRId64, zone_name(zone), ms, zone_offset_s(zone, ms),
        from_wall(&wall, -1));
}

static void zones_agree_with_the_c_library(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(zone_names); i++) {
        struct zone *zone = NULL;
        struct error error;
        assert_int_equal(zone_open(zone_names[i], &error, &zone), 0);
        setenv("TZ", zone_names[i], 1);
        tzset();
        for (unsigned n = 0; n < TIMES_A_ZONE; n++)
            check_time(zone, draw_time());
        zone_free(zone);
    }
    unsetenv("TZ");
    tzset();
}

/* Draws a window, writes it as a person would, and marks its minutes. */
static void draw_window(char *ret_text, size_t size, bool *week)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    unsigned first = next_random() % 7, span = next_random() % 7;
    unsigned start = next_random() % 1440, end = next_random() % 1441;
    if (start == end)
        end = start + 1;
    unsigned last = (first + span) % 7;
    snprintf(ret_text, size, "%s%s%s %02u:%02u-%02u:%02u", days[first], span ? "-" : "", span ? days[last] : "",
        start / 60, start % 60, end / 60, end % 60);
    unsigned minutes = end > start ? end - start : 1440 - start + end;
    for (unsigned day = 0; day <= span; day++)
        for (unsigned minute = 0; minute < minutes; minute++)
            week[((first + day) % 7 * 1440 + start + minute) % WEEK_MIN] = true;
}

static void windows_agree_with_a_table_of_the_week(void **state)
{
    (void)state;
    for (unsigned n = 0; n < DRAWS; n++) {
        static bool week[WEEK_MIN];
        struct duty duty = { .window_count = 1 + next_random() % 3 };
        struct zone *zone = NULL;
        struct error error;
        char text[64] = "";
        memset(week, 0, sizeof week);
        assert_int_equal(zone_open(zone_names[next_random() % STR_COUNT(zone_names)], &error, &zone), 0);
        duty.zone = zone;
        for (unsigned i = 0; i < duty.window_count; i++) {
            draw_window(text, sizeof text, week);
            assert_int_equal(duty_parse_window(text, &error, &duty.windows[i]), 0);
        }
        for (unsigned i = 0; i < TIMES_A_DRAW; i++) {
            int64_t ms = draw_time();
            int64_t local_min = (ms + (int64_t)zone_offset_s(zone, ms) * 1000) / 60000;
            /* 1 January 1970 was a Thursday. */
            int64_t minute = ((local_min + 4 * 1440) % WEEK_MIN + WEEK_MIN) % WEEK_MIN;
            if (duty_is_on(&duty, ms) != week[minute])
                fail_msg("%s, last window %s, at %" PRId64, zone_name(zone), text, ms);
        }
        zone_free(zone);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_agree_with_the_c_library),
        cmocka_unit_test(windows_agree_with_a_table_of_the_week),
    };
    const char *seed = getenv("PROPERTY_SEED");
    generator = seed ? strtoull(seed, NULL, 10) : SEED_USUAL;
    if (generator == 0)
        generator = 1;
    print_message("# PROPERTY_SEED=%" PRIu64 "\n", generator);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
