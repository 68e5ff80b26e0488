/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_describe - what a person says of her and of the end of her case, and what is guessed until then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/origin.h"
#include "tests/support/loop_rig.h"

#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define AT_HOME "+254711000001" /* Kenya */

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

static int describe(struct loop_rig *rig, int64_t id, const struct facts *facts)
{
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(2));
    int rc = act_describe(&act, facts);
    core_rig_commit(&rig->core);
    return rc;
}

static int end(struct loop_rig *rig, int64_t id, const char *ending, const char *words)
{
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(3));
    act.ending = ending;
    int rc = act_end(&act, span_of(words));
    core_rig_commit(&rig->core);
    return rc;
}

static void a_relative_at_home_tells_the_origin_by_the_number(void **state)
{
    struct loop_rig *rig = *state;
    struct case_row row = core_rig_case(&rig->core, loop_text(rig, AT_HOME, "no salary", AT(0)).case_id);
    assert_string_equal(row.origin, "KE");
    assert_string_equal(origin_basis(&row), "probable");
    row = core_rig_case(&rig->core, loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id);
    assert_string_equal(row.origin, "");
    assert_string_equal(origin_basis(&row), "");
}

static void what_is_stated_replaces_the_guess_and_can_be_taken_back(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, AT_HOME, "no salary", AT(0)).case_id;
    assert_int_equal(describe(rig, id, &(struct facts){ "KE", "female", "" }), 0); /* the guess was right */
    struct case_row row = core_rig_case(&rig->core, id);
    assert_string_equal(origin_basis(&row), "stated");
    assert_string_equal(row.sex, "female");
    assert_int_equal(describe(rig, id, &(struct facts){ "KE", "female", "" }), ERR_REFUSED);
    assert_int_equal(describe(rig, id, &(struct facts){ "UG", "", "" }), 0);
    assert_int_equal(describe(rig, id, &(struct facts){ "", "unknown", "" }), 0);
    row = core_rig_case(&rig->core, id);
    assert_string_equal(row.origin, "UG");
    assert_string_equal(row.sex, "");
    assert_int_equal(describe(rig, id, &(struct facts){ "unknown", "", "" }), 0);
    row = core_rig_case(&rig->core, id);
    assert_true(!row.origin[0] && !row.is_origin_stated);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.describe"), 4);
}

static void what_is_no_word_of_the_list_is_refused(void **state)
{
    static const struct facts table[] = { { "Kenya", "", "" }, { "ke", "", "" }, { "XX", "", "" }, { "", "woman", "" },
        { "", "", "happy" }, { "", "", "solved" } /* it is open */, { "", "", "" } };
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        assert_int_equal(describe(rig, id, &table[i]), ERR_REFUSED);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.describe"), 0);
}

static void the_first_word_of_an_outcome_may_be_its_ending(void **state)
{
    static const struct {
        const char *words, *want;
    } table[] = { { "solved, she is at home", "solved" }, { "Referred to the shelter", "referred" }, { "DIED", "died" },
        { "solvedx", "" }, { "she is safe", "" }, { "", "" }, { "unreachable: phone is off", "unreachable" } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (!str_equal(acts_ending_of(span_of(table[i].words)), table[i].want))
            fail_msg("%s", table[i].words);
}

static void an_ending_stands_in_the_open_and_the_words_do_not(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    assert_int_equal(end(rig, id, NULL, "Referred to Mrs. Cruz"), 0);
    assert_string_equal(core_rig_case(&rig->core, id).outcome, "referred");
    assert_int_equal(describe(rig, id, &(struct facts){ "", "", "repatriated" }), 0);
    assert_string_equal(core_rig_case(&rig->core, id).outcome, "repatriated");
    id = loop_text(rig, LOOP_HER, "no salary again", AT(60)).case_id;
    assert_int_equal(end(rig, id, "withdrawn", "solved, she says"), 0);
    assert_string_equal(core_rig_case(&rig->core, id).outcome, "withdrawn");
}

static void a_joined_case_brings_along_what_is_known_of_her(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    int64_t other = loop_text(rig, AT_HOME, "he beats me", AT(1)).case_id;
    assert_int_equal(describe(rig, other, &(struct facts){ "", "female", "" }), 0);
    core_rig_begin(&rig->core);
    struct act act = loop_act(rig, id, &answer, AT(2));
    assert_int_equal(act_join(&act, other), 0);
    core_rig_commit(&rig->core);
    struct case_row row = core_rig_case(&rig->core, id);
    assert_string_equal(row.origin, "KE");
    assert_string_equal(row.sex, "female");
    assert_false(row.is_origin_stated);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_relative_at_home_tells_the_origin_by_the_number),
        TEST(what_is_stated_replaces_the_guess_and_can_be_taken_back),
        TEST(what_is_no_word_of_the_list_is_refused),
        cmocka_unit_test(the_first_word_of_an_outcome_may_be_its_ending),
        TEST(an_ending_stands_in_the_open_and_the_words_do_not),
        TEST(a_joined_case_brings_along_what_is_known_of_her),
    };
    return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
