/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_virtual_day - 24 hours of an alarm that nobody answers, minute by minute, over a night in which the clocks
 * change. What:  a contact in Madrid has the nights, one in Riyadh the days; the alarm repeats every ten minutes. Who
 * is asked at each moment is compared with hours of UTC that were worked out by hand.
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
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/auditor.h"
#include "gateway/core/escalation.h"
#include "gateway/store/findings.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000
#define DAY_MIN 1440
#define REPEAT_MIN 10
#define HALVES_MAX (DAY_MIN / REPEAT_MIN + 2)

static const char contacts[] =
    "contacts = (\n"
    "  { name = \"madrid\"; title = \"Madrid\"; kind = \"ngo\"; trust = \"full\"; time_zone = \"Europe/Madrid\";\n"
    "    duty = [ \"daily 22:00-06:00\" ]; addresses = ( { channel = \"self\"; to = \"+34600000001\"; } ); },\n"
    "  { name = \"riyadh\"; title = \"Riyadh\"; kind = \"ngo\"; trust = \"full\"; time_zone = \"Asia/Riyadh\";\n"
    "    duty = [ \"daily 06:00-22:00\" ]; addresses = ( { channel = \"self\"; to = \"+966500000002\"; } ); }\n"
    ");\n"
    "policies = ( { name = \"all\"; repeat = \"10 min\"; steps = ( { contacts = [ \"madrid\", \"riyadh\" ]; } ); } );\n"
    "routes = ( { policy = \"all\"; } );\n";

/* [from, to) in UTC */
struct hours {
    const char *from, *to;
};
struct night {
    const char *label, *begin; /* of the 24 hours */
    struct hours madrid, riyadh[2];
};

/* Madrid puts the clock forward at 2026-03-29T01:00Z: that night has seven hours of duty. Riyadh never changes. */
static const struct night spring = { "spring", "2026-03-28T12:00:00Z",
    { "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z" },
    { { "2026-03-28T03:00:00Z", "2026-03-28T19:00:00Z" }, { "2026-03-29T03:00:00Z", "2026-03-29T19:00:00Z" } } };
/* And back at 2026-10-25T01:00Z: nine hours. */
static const struct night autumn = { "autumn", "2026-10-24T12:00:00Z",
    { "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z" },
    { { "2026-10-24T03:00:00Z", "2026-10-24T19:00:00Z" }, { "2026-10-25T03:00:00Z", "2026-10-25T19:00:00Z" } } };

static int64_t at(const char *text)
{
    int64_t ms;
    assert_int_equal(clock_parse(text, &ms), 0);
    return ms;
}

static bool is_within(const struct hours *hours, int64_t ms)
{
    return ms >= at(hours->from) && ms < at(hours->to);
}

/* ---- what was asked -------------------------------------------------------------------------------------------- */

struct asked { /* at one moment */
    int64_t at;
    bool madrid, riyadh;
};
struct day {
    unsigned count;
    struct asked asked[HALVES_MAX];
};

static int note_alert(void *context, const struct alert_row *row)
{
    struct day *day = context;
    struct asked *last = day->count ? &day->asked[day->count - 1] : NULL;
    if (!last || last->at != row->created_at) {
        assert_true(day->count < HALVES_MAX);
        last = &day->asked[day->count++];
        *last = (struct asked){ .at = row->created_at };
    }
    last->madrid = last->madrid || str_equal(row->contact, "madrid");
    last->riyadh = last->riyadh || str_equal(row->contact, "riyadh");
    return 0;
}

static int refuse_finding(void *context, const struct finding_row *row)
{
    fail_msg("%s: the auditor found %s", (const char *)context, row->kind);
    return 0;
}

static void pass_minute(struct core_rig *rig, int64_t now_ms)
{
    int64_t next_due;
    core_rig_begin(rig);
    assert_int_equal(escalation_run(&rig->core, now_ms, &next_due), 0);
    assert_true(next_due > now_ms && next_due <= now_ms + REPEAT_MIN * MINUTE_MS);
    core_rig_commit(rig);
}

/* The auditor knows steps and cases, and nothing may be wrong with them; rows are not sent here, so it does not look.
 */
static void audit(struct core_rig *rig, const char *label, int64_t now_ms)
{
    unsigned open;
    core_rig_begin(rig);
    assert_int_equal(outbox_cancel_case(rig->core.store, 1001), 0);
    assert_int_equal(auditor_run(&rig->core, now_ms, &open), 0);
    assert_int_equal(findings_list(rig->core.store, true, 100, refuse_finding, (void *)(uintptr_t)label), 0);
    core_rig_commit(rig);
}

static void run_day(const struct night *night, const char *text, struct day *day)
{
    static struct core_rig rig; /* large */
    AUTO_BUF config;
    buf_init(&config, 65536);
    buf_add(&config, core_rig_text, (size_t)(strstr(core_rig_text, "contacts = (") - core_rig_text));
    buf_add_text(&config, contacts);
    core_rig_open(&rig, config.data);
    int64_t begin = at(night->begin);
    core_rig_text_in(&rig, HER, text, "", begin);
    for (int minute = 1; minute < DAY_MIN; minute++) {
        pass_minute(&rig, begin + (int64_t)minute * MINUTE_MS);
        if (minute % 60 == 0)
            audit(&rig, night->label, begin + (int64_t)minute * MINUTE_MS);
    }
    assert_int_equal(alerts_list(rig.core.store, 1001, NULL, 0, 1000, note_alert, day), 0);
    core_rig_close(&rig);
}

/* ---- the tests ------------------------------------------------------------------------------------------------- */

static void compare(const struct night *night, const struct day *day)
{
    assert_int_equal(day->count, DAY_MIN / REPEAT_MIN);
    for (unsigned i = 0; i < day->count; i++) {
        const struct asked *asked = &day->asked[i];
        bool madrid = is_within(&night->madrid, asked->at);
        bool riyadh = is_within(&night->riyadh[0], asked->at) || is_within(&night->riyadh[1], asked->at);
        bool nobody = !madrid && !riyadh; /* then both are asked: a cry must reach somebody */
        char when[CLOCK_TEXT_MAX];
        clock_format(asked->at, when);
        if (asked->madrid != (madrid || nobody) || asked->riyadh != (riyadh || nobody))
            fail_msg("%s, %s: Madrid was %sasked, Riyadh was %sasked", night->label, when, asked->madrid ? "" : "not ",
                asked->riyadh ? "" : "not ");
    }
}

static void duty_follows_the_clock_of_each_contact_when_it_is_put_forward(void **state)
{
    struct day day = { 0 };
    (void)state;
    run_day(&spring, "he beats me", &day);
    compare(&spring, &day);
}

static void duty_follows_the_clock_of_each_contact_when_it_is_put_back(void **state)
{
    struct day day = { 0 };
    (void)state;
    run_day(&autumn, "he beats me", &day);
    compare(&autumn, &day);
}

static void critical_alarm_asks_everybody_at_every_hour_of_that_night(void **state)
{
    struct day day = { 0 };
    (void)state;
    run_day(&spring, "he will kill me", &day);
    assert_int_equal(day.count, DAY_MIN / REPEAT_MIN);
    for (unsigned i = 0; i < day.count; i++)
        assert_true(day.asked[i].madrid && day.asked[i].riyadh);
}

/* The steps are as long as before: an hour that does not exist, or comes twice, moves no alarm. */
static void no_alarm_is_skipped_or_doubled_when_the_clock_changes(void **state)
{
    static const struct night *const nights[] = { &spring, &autumn };
    (void)state;
    for (size_t n = 0; n < STR_COUNT(nights); n++) {
        struct day day = { 0 };
        run_day(nights[n], "he beats me", &day);
        for (unsigned i = 1; i < day.count; i++)
            assert_int_equal(llabs(day.asked[i].at - day.asked[i - 1].at), REPEAT_MIN * MINUTE_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(duty_follows_the_clock_of_each_contact_when_it_is_put_forward),
        cmocka_unit_test(duty_follows_the_clock_of_each_contact_when_it_is_put_back),
        cmocka_unit_test(critical_alarm_asks_everybody_at_every_hour_of_that_night),
        cmocka_unit_test(no_alarm_is_skipped_or_doubled_when_the_clock_changes),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests_name("virtual day", tests, NULL, NULL);
}
