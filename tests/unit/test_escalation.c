/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_escalation - due steps run once, one after the other, until a person ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/escalation.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static int64_t run(struct core_rig *rig, int64_t now_ms)
{
    int64_t next = 0;
    core_rig_begin(rig);
    assert_int_equal(escalation_run(&rig->core, now_ms, &next), 0);
    core_rig_commit(rig);
    return next;
}

static void set_case(struct core_rig *rig, int64_t id, enum state to)
{
    struct case_row row = core_rig_case(rig, id);
    row.state = to;
    row.closed_at = to == STATE_case_closed ? RIG_NOW + 1 : 0;
    core_rig_begin(rig);
    assert_int_equal(cases_update(rig->core.store, &row), 0);
    core_rig_commit(rig);
}

static void steps_follow_each_other_and_the_policy_repeats(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    static const struct {
        int64_t at, next;
        unsigned open;
    } table[] = {
        { RIG_NOW, RIG_NOW + 10 * MINUTE_MS, 3 },
        { RIG_NOW + 10 * MINUTE_MS - 1, RIG_NOW + 10 * MINUTE_MS, 3 },
        { RIG_NOW + 10 * MINUTE_MS, RIG_NOW + 70 * MINUTE_MS, 4 }, /* house; then again from the beginning */
        { RIG_NOW + 10 * MINUTE_MS, RIG_NOW + 70 * MINUTE_MS, 4 }, /* a step runs once */
        { RIG_NOW + 70 * MINUTE_MS, RIG_NOW + 80 * MINUTE_MS, 7 },
    };
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        assert_int_equal(run(rig, table[i].at), table[i].next);
        if (core_rig_count_alerts(rig, in.case_id, "open") != table[i].open)
            fail_msg("row %zu: %u open", i, core_rig_count_alerts(rig, in.case_id, "open"));
    }
}

static void policy_without_repetition_runs_out(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    assert_int_equal(run(rig, RIG_NOW + 30 * MINUTE_MS), INT64_MAX);
    assert_int_equal(core_rig_count_alerts(rig, 0, "open"), 2);
}

static void late_step_counts_from_when_it_ran(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    int64_t late = RIG_NOW + 500 * MINUTE_MS; /* the machine was off */
    assert_int_equal(run(rig, late), late + 60 * MINUTE_MS);
    assert_int_equal(core_rig_count_alerts(rig, 0, "open"), 4); /* one step, not all that were missed */
}

static void taken_or_closed_case_cancels_its_steps(void **state)
{
    static const enum state states[] = { STATE_case_taken, STATE_case_closed };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(states); i++) {
        char from[] = "+966505550100";
        from[12] = (char)('0' + i);
        struct intake_result in = core_rig_text_in(rig, from, "he beats me", "", RIG_NOW);
        unsigned before = core_rig_count_alerts(rig, 0, NULL);
        set_case(rig, in.case_id, states[i]);
        assert_int_equal(run(rig, RIG_NOW + 10 * MINUTE_MS), INT64_MAX);
        assert_int_equal(core_rig_count_alerts(rig, 0, NULL), before);
        struct rig_steps *steps = core_rig_steps(rig, in.case_id);
        assert_int_equal(steps->rows[0].state, STATE_step_cancelled);
        free(steps);
    }
}

static void bundled_update_is_told_also_in_a_taken_case(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct intake_result second = core_rig_text_in(rig, HER, "he beats me again", "a2", RIG_NOW + MINUTE_MS);
    set_case(rig, in.case_id, STATE_case_taken);
    run(rig, RIG_NOW + ALERTING_BUNDLE_MS);
    struct rig_alerts *alerts = core_rig_alerts(rig, in.case_id);
    unsigned updates = 0;
    for (unsigned i = 0; i < alerts->count; i++) {
        updates += alerts->rows[i].step == ALERTING_UPDATE_STEP;
        if (alerts->rows[i].step == ALERTING_UPDATE_STEP)
            assert_int_equal(alerts->rows[i].message_id, second.message_id);
    }
    assert_int_equal(updates, 3);
    free(alerts);
}

static void many_due_steps_are_spread_over_turns(void **state)
{
    struct core_rig *rig = *state;
    for (unsigned i = 0; i < ESCALATION_TURN_MAX + 6; i++) {
        char from[] = "+966505550000";
        from[11] = (char)('0' + i / 10);
        from[12] = (char)('0' + i % 10);
        core_rig_text_in(rig, from, "no salary", "", RIG_NOW);
    }
    assert_int_equal(run(rig, RIG_NOW + 30 * MINUTE_MS), RIG_NOW + 30 * MINUTE_MS); /* more is due now */
    assert_int_equal(run(rig, RIG_NOW + 30 * MINUTE_MS), INT64_MAX);
    assert_int_equal(core_rig_count_alerts(rig, 0, "open"), 2 * (ESCALATION_TURN_MAX + 6));
}

static void nothing_waits_in_an_empty_store(void **state)
{
    assert_int_equal(run(*state, RIG_NOW), INT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(steps_follow_each_other_and_the_policy_repeats),
        TEST(policy_without_repetition_runs_out),
        TEST(late_step_counts_from_when_it_ran),
        TEST(taken_or_closed_case_cancels_its_steps),
        TEST(bundled_update_is_told_also_in_a_taken_case),
        TEST(many_due_steps_are_spread_over_turns),
        TEST(nothing_waits_in_an_empty_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
