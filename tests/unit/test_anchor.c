/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_anchor - a clock that is put back does not make an alarm late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/anchor.h"
#include "tests/support/loop_rig.h"

#define HOUR (60 * LOOP_MINUTE)

static void only_a_clock_that_stays_behind_was_put_back(void **state)
{
    static const struct {
        const char *label;
        int64_t now_ms, mono_ms, want;
    } rows[] = {
        { "both went on", RIG_NOW + 5000, 6000, 0 },
        { "put back by an hour", RIG_NOW + 5000 - HOUR, 6000, HOUR },
        { "put forward", RIG_NOW + HOUR, 6000, 0 },
        { "just enough", RIG_NOW - 5000, 6000, ANCHOR_BACK_MS },
        { "a little", RIG_NOW - 4999, 6000, 0 },
        { "stood still for long", RIG_NOW, 1000 + HOUR, HOUR },
    };
    struct anchor anchor = { 0 };
    (void)state;
    assert_int_equal(anchor_look(&anchor, RIG_NOW, 1000), 0); /* nothing seen yet */
    anchor_set(&anchor, RIG_NOW, 1000);
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (anchor_look(&anchor, rows[i].now_ms, rows[i].mono_ms) != rows[i].want)
            fail_msg("%s", rows[i].label);
}

/* The clock ran two hours ahead when she wrote; the ladder goes on ten minutes after, by any clock. */
static void ladder_goes_on_after_its_own_time(void **state)
{
    struct loop_rig rig;
    (void)state;
    loop_open(&rig, "");
    int64_t ahead = RIG_NOW + 2 * HOUR;
    loop_text(&rig, LOOP_HER, "he beats me", ahead);
    assert_int_equal(loop_count(&rig, LOOP_AMY, "he beats me"), 1);
    core_rig_begin(&rig.core);
    assert_int_equal(anchor_mend(&rig.core.core, RIG_NOW, 2 * HOUR), 0);
    core_rig_commit(&rig.core);
    assert_int_equal(core_rig_count_audit(&rig.core, "clock.back"), 1);
    loop_run(&rig, RIG_NOW + 9 * LOOP_MINUTE);
    assert_int_equal(loop_count(&rig, LOOP_BEA, ""), 0);
    loop_run(&rig, RIG_NOW + 10 * LOOP_MINUTE);
    assert_int_equal(loop_count(&rig, LOOP_BEA, "he beats me"), 1);
    loop_close(&rig);
}

/* What waits in the outbox and what is leased moves too; what is due already stays. */
static void outbox_moves_with_the_clock(void **state)
{
    struct loop_rig rig;
    int64_t at;
    (void)state;
    loop_open(&rig, "");
    int64_t id = loop_text(&rig, LOOP_HER, "he beats me, only after 11pm", RIG_NOW).case_id;
    loop_command(&rig, LOOP_AMY, "amy", "OK", id, "", RIG_NOW + 1);
    loop_command(&rig, LOOP_AMY, "amy", "SAY", id, "are you safe", RIG_NOW + 2);
    loop_run(&rig, RIG_NOW + 3);
    core_rig_begin(&rig.core);
    assert_int_equal(outbox_next_due(rig.core.core.store, "line", &at), 0);
    assert_int_equal(at, RIG_NOW + 4 * HOUR);
    assert_int_equal(anchor_mend(&rig.core.core, RIG_NOW + 4 * HOUR, HOUR), 0);
    assert_int_equal(outbox_next_due(rig.core.core.store, "line", &at), 0);
    assert_int_equal(at, RIG_NOW + 4 * HOUR);
    assert_int_equal(anchor_mend(&rig.core.core, RIG_NOW, HOUR), 0);
    assert_int_equal(outbox_next_due(rig.core.core.store, "line", &at), 0);
    assert_int_equal(at, RIG_NOW + 3 * HOUR);
    core_rig_commit(&rig.core);
    loop_run(&rig, RIG_NOW + 4 * HOUR - 1); /* but her hours are those of the day: it waits for them again */
    assert_int_equal(loop_count(&rig, LOOP_HER, "are you safe"), 0);
    loop_run(&rig, RIG_NOW + 4 * HOUR);
    assert_int_equal(loop_count(&rig, LOOP_HER, "are you safe"), 1);
    loop_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_clock_that_stays_behind_was_put_back),
        cmocka_unit_test(ladder_goes_on_after_its_own_time),
        cmocka_unit_test(outbox_moves_with_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
