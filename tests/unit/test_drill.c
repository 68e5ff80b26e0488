/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drill - a test that shows itself as one, and counts only with the right answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/drill.h"
#include "gateway/store/drills.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, MORE);
    return 0;
}

static int close_rig(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

static struct drill_row start(struct loop_rig *rig, const char *contact)
{
    struct drill_row drill;
    int64_t id;
    core_rig_begin(&rig->core);
    assert_int_equal(drill_start(&rig->core.core, contact, "uid:7", AT(0), &id), 0);
    core_rig_commit(&rig->core);
    loop_run(rig, AT(0));
    assert_int_equal(drills_get(rig->core.core.store, id, &drill), 0);
    return drill;
}

static void answer(struct loop_rig *rig, const char *from, int64_t id, const char *code)
{
    char text[64];
    snprintf(text, sizeof text, "OK %lld %s", (long long)id, code);
    loop_text(rig, from, text, AT(1));
}

static void drill_says_that_it_is_a_test_and_opens_no_case(void **state)
{
    struct loop_rig *rig = *state;
    struct drill_row drill = start(rig, "amy");
    char want[64];
    snprintf(want, sizeof want, "answer OK %lld %s", (long long)drill.id, drill.code);
    assert_int_equal(loop_count(rig, LOOP_AMY, "TEST of the help line"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "no one is in danger"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, want), 1);
    struct case_row row;
    assert_int_equal(cases_get(rig->core.core.store, drill.id, &row), ERR_NOT_FOUND);
    struct intake_result in = loop_text(rig, LOOP_HER, "he beats me", AT(1));
    assert_true(in.case_id > drill.id); /* one answer never fits two things */
}

static void drill_is_answered_by_its_contact_with_its_code_once(void **state)
{
    struct loop_rig *rig = *state;
    struct drill_row drill = start(rig, "amy");
    answer(rig, LOOP_BEA, drill.id, drill.code);
    assert_non_null(strstr(loop_last(rig, LOOP_BEA), "There is no case or test"));
    answer(rig, LOOP_AMY, drill.id, str_equal(drill.code, "BBBB") ? "CCCC" : "BBBB");
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "There is no case or test"));
    assert_int_equal(drills_get(rig->core.core.store, drill.id, &drill), 0);
    assert_int_equal(drill.answered_at, 0);
    answer(rig, LOOP_AMY, drill.id, drill.code);
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "Thank you: the test reached you"));
    assert_int_equal(drills_get(rig->core.core.store, drill.id, &drill), 0);
    assert_int_equal(drill.answered_at, AT(1));
    answer(rig, LOOP_AMY, drill.id, drill.code);
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "counted already"));
    assert_int_equal(core_rig_count_audit(&rig->core, "contact.drill_answer"), 1);
}

static void unknown_contact_is_not_tested(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id;
    core_rig_begin(&rig->core);
    assert_int_equal(drill_start(&rig->core.core, "nobody", "uid:7", AT(0), &id), ERR_NOT_FOUND);
    core_rig_commit(&rig->core);
    assert_int_equal(core_rig_count_outbox(&rig->core, NULL), 0);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(drill_says_that_it_is_a_test_and_opens_no_case),
        ON_RIG(drill_is_answered_by_its_contact_with_its_code_once),
        ON_RIG(unknown_contact_is_not_tested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
