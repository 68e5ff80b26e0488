/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_quiet - what can wait does not ring at night, and what answers her or saves her does not wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/quiet.h"
#include "gateway/store/contacts.h"
#include "tests/support/loop_rig.h"

#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define NIGHT (5 * 60)    /* RIG_NOW is 19:00 in Saudi Arabia: midnight there */
#define MORNING (12 * 60) /* 7:00 */

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, "");
    return 0;
}

static int close_rig(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

static void she_is_left_in_peace_unless_it_is_urgent_or_she_is_awake(void **state)
{
    static const struct {
        const char *label, *number;
        enum urgency urgency;
        flag_set flags;
        int wrote_before; /* minutes, -1 = never */
        int64_t want;
    } rows[] = {
        { "soon", LOOP_HER, URGENCY_soon, 0, -1, AT(MORNING) },
        { "routine", LOOP_HER, URGENCY_routine, 0, 31, AT(MORNING) },
        { "urgent", LOOP_HER, URGENCY_urgent, 0, -1, 0 },
        { "critical", LOOP_HER, URGENCY_critical, 0, -1, 0 },
        { "her own hours", LOOP_HER, URGENCY_soon, FLAG_BIT(safe_time), -1, 0 },
        { "she has just written", LOOP_HER, URGENCY_soon, 0, 29, 0 },
        { "it is day there", "+639170000001", URGENCY_soon, 0, -1, AT(7 * 60) }, /* 5 in Manila */
        { "no rules for that country", "+33612345678", URGENCY_soon, 0, -1, 0 },
        { "a number of no country goes by the case", "12345", URGENCY_soon, 0, -1, AT(MORNING) },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct case_row row = { .urgency = rows[i].urgency, .flags = rows[i].flags, .country = "SA" };
        struct person_row person = { .last_inbound_at =
                                         rows[i].wrote_before < 0 ? 0 : AT(NIGHT - rows[i].wrote_before) };
        int64_t until = quiet_for_her(&rig->core.core, &row, &person, rows[i].number, AT(NIGHT));
        if (until != rows[i].want)
            fail_msg("%s: %lld minutes", rows[i].label, (long long)(until ? until - RIG_NOW : 0) / LOOP_MINUTE);
    }
}

static void contact_sleeps_unless_it_says_that_it_is_awake(void **state)
{
    struct loop_rig *rig = *state;
    struct core *core = &rig->core.core;
    struct config_contact bea = *config_find_contact(core->config, "bea");
    struct contact_state_row switched = { .contact = "bea", .is_on = 1, .changed_at = RIG_NOW };
    int64_t until;
    assert_int_equal(quiet_for_contact(core, &bea, 0, URGENCY_soon, AT(NIGHT), &until), 0);
    assert_int_equal(until, AT(MORNING));
    assert_int_equal(quiet_for_contact(core, &bea, 0, URGENCY_urgent, AT(NIGHT), &until), 0);
    assert_int_equal(until, 0);
    assert_int_equal(quiet_for_contact(core, &bea, 1, URGENCY_soon, AT(NIGHT), &until), 0); /* no telephone rings */
    assert_int_equal(until, 0);
    assert_int_equal(quiet_for_contact(core, &bea, 0, URGENCY_soon, AT(0), &until), 0);
    assert_int_equal(until, 0);
    bea.duty.window_count = 1;
    bea.duty.windows[0] = (struct duty_window){ .days = 0x7f, .start_min = 0, .end_min = 1440 };
    assert_int_equal(quiet_for_contact(core, &bea, 0, URGENCY_soon, AT(NIGHT), &until), 0);
    assert_int_equal(until, 0);
    bea.duty.window_count = 0;
    core_rig_begin(&rig->core);
    assert_int_equal(contacts_put(core->store, &switched), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(quiet_for_contact(core, &bea, 0, URGENCY_soon, AT(NIGHT), &until), 0);
    assert_int_equal(until, 0);
}

/* At night a case that can wait waits, and arrives whole in the morning; what is urgent arrives at once. */
static void alert_of_the_night_comes_in_the_morning(void **state)
{
    struct loop_rig *rig = *state;
    loop_text(rig, LOOP_HER, "no salary", AT(NIGHT));
    loop_text(rig, "+966505550124", "he beats me", AT(NIGHT + 1));
    assert_int_equal(loop_count(rig, LOOP_AMY, "no salary"), 0);
    assert_int_equal(loop_count(rig, LOOP_AMY, "he beats me"), 1);
    loop_run(rig, AT(MORNING) - 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "no salary"), 0);
    loop_run(rig, AT(MORNING));
    assert_true(loop_count(rig, LOOP_AMY, "no salary") >= 1);
}

static void words_to_her_wait_for_the_morning_and_urgent_ones_do_not(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "which house", AT(NIGHT));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    loop_run(rig, AT(MORNING));
    assert_int_equal(loop_count(rig, LOOP_AMY, "kept: it is night where she is. It will be sent at 25 Nov 07:00"), 1);
    assert_int_equal(loop_count(rig, LOOP_HER, "which house"), 1);
}

#define ON_RIG(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(she_is_left_in_peace_unless_it_is_urgent_or_she_is_awake),
        ON_RIG(contact_sleeps_unless_it_says_that_it_is_awake),
        ON_RIG(alert_of_the_night_comes_in_the_morning),
        ON_RIG(words_to_her_wait_for_the_morning_and_urgent_ones_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
