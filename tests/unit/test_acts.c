/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_acts - who holds a case, how it goes on and how it ends; nothing of hers is lost on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
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

static struct case_row row_of(struct loop_rig *rig, int64_t id)
{
    return core_rig_case(&rig->core, id);
}

/* ---- taking ---------------------------------------------------------------------------------------------------- */

static void taking_tells_the_others_once_and_only_who_has_read_it(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_run(rig, AT(11)); /* bea has been asked too */
    loop_text(rig, LOOP_HER, "he beats me again", AT(12));
    loop_run(rig, AT(17));
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(18));
    assert_int_equal(row_of(rig, id).state, STATE_case_taken);
    assert_string_equal(row_of(rig, id).owner, "amy");
    assert_int_equal(loop_count(rig, LOOP_BEA, "taken by Amy's desk, 16:18 UTC"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "taken by"), 0);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, ""), 0);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(19));
    assert_int_equal(loop_count(rig, LOOP_AMY, "you hold it already"), 1);
    assert_int_equal(loop_count(rig, LOOP_BEA, "taken by"), 1);
}

static void who_was_not_asked_yet_is_not_told(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_run(rig, AT(14));
    assert_int_equal(loop_count(rig, LOOP_BEA, ""), 0);
}

static void late_answer_learns_who_holds_it(void **state)
{
    static const struct {
        const char *word, *want;
    } rows[] = { { "OK", "it was taken by Amy's desk before you" }, { "NO", "somebody else holds it" },
        { "END", "only its holder ends it" }, { "DONE", "only its holder records that" },
        { "SAY", "somebody else holds this case" } };
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        loop_command(rig, LOOP_BEA, "bea", rows[i].word, id, "are you there", AT(2));
        if (!strstr(loop_last(rig, LOOP_BEA), rows[i].want))
            fail_msg("%s: %s", rows[i].word, loop_last(rig, LOOP_BEA));
    }
    assert_string_equal(row_of(rig, id).owner, "amy");
    assert_int_equal(row_of(rig, id).contacted_at, 0);
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
}

static void text_that_waits_in_a_bundle_reaches_whoever_takes_the_case(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_text(rig, LOOP_HER, "i am at the corniche", AT(1));
    assert_int_equal(loop_count(rig, LOOP_AMY, "corniche"), 0);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(2));
    assert_int_equal(loop_count(rig, LOOP_AMY, "corniche"), 1);
    loop_run(rig, AT(10));
    assert_int_equal(loop_count(rig, LOOP_AMY, "corniche"), 1);
}

/* ---- declining ------------------------------------------------------------------------------------------------- */

static void declining_runs_the_next_step_at_once_and_only_once(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "NO", id, "", AT(1));
    assert_int_equal(loop_count(rig, LOOP_BEA, "URGENT case"), 1);
    loop_command(rig, LOOP_AMY, "amy", "NO", id, "", AT(2));
    assert_int_equal(core_rig_count_alerts(&rig->core, id, NULL), 2);
    assert_int_equal(loop_count(rig, LOOP_AMY, "understood already"), 1);
    assert_int_equal(row_of(rig, id).state, STATE_case_open);
}

static void case_never_stays_without_anybody_who_is_asked(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "NO", id, "", AT(1));
    loop_command(rig, LOOP_BEA, "bea", "NO", id, "", AT(2));
    loop_run(rig, AT(120));
    assert_true(core_rig_count_alerts(&rig->core, id, "open") >= 1);
    struct rig_steps *steps = core_rig_steps(&rig->core, id);
    unsigned waiting = 0;
    for (unsigned i = 0; i < steps->count; i++)
        waiting += steps->rows[i].state == STATE_step_waiting;
    free(steps);
    assert_int_equal(waiting, 1);
}

static void holder_gives_it_back_and_the_next_one_has_to_reach_her_anew(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(2));
    assert_int_equal(row_of(rig, id).contacted_at, AT(2));
    loop_command(rig, LOOP_AMY, "amy", "NO", id, "", AT(3));
    assert_int_equal(row_of(rig, id).state, STATE_case_open);
    assert_string_equal(row_of(rig, id).owner, "");
    assert_int_equal(row_of(rig, id).contacted_at, 0);
    loop_run(rig, AT(14));
    assert_true(loop_count(rig, LOOP_BEA, "URGENT case") >= 1);
}

/* ---- the alarm again ------------------------------------------------------------------------------------------- */

static void alarm_resumes_when_nobody_recorded_contact(void **state)
{
    static const struct {
        const char *label, *word;
        bool resumes;
    } rows[] = { { "nothing was recorded", NULL, true }, { "DONE", "DONE", false },
        { "a message to her left", "SAY", false } };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct loop_rig *rig = *state;
        char from[] = "+966505550200";
        from[12] = (char)('0' + i);
        int64_t at = (int64_t)i * 200;
        int64_t id = loop_text(rig, from, "he beats me", AT(at)).case_id;
        loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(at + 1));
        if (rows[i].word)
            loop_command(rig, LOOP_AMY, "amy", rows[i].word, id, "we come", AT(at + 2));
        loop_run(rig, AT(at + 15));
        if (row_of(rig, id).state != STATE_case_taken)
            fail_msg("%s: resumed too early", rows[i].label);
        loop_run(rig, AT(at + 17));
        if ((row_of(rig, id).state == STATE_case_open) != rows[i].resumes)
            fail_msg("%s: %s", rows[i].label, state_word(row_of(rig, id).state));
        AUTO_BUF answer;
        buf_init(&answer, 1000);
        struct act act = loop_act(rig, id, &answer, AT(at + 18));
        core_rig_begin(&rig->core);
        assert_int_equal(act_end(&act, span_of("over")), 0);
        core_rig_commit(&rig->core);
    }
    assert_int_equal(core_rig_count_audit(&((struct loop_rig *)*state)->core, "case.resume"), 1);
}

/* ---- ending ---------------------------------------------------------------------------------------------------- */

static void ending_asks_for_the_outcome_and_keeps_it_sealed(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "END", id, "", AT(2));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "how did it end?"));
    assert_int_equal(row_of(rig, id).state, STATE_case_taken);
    loop_command(rig, LOOP_AMY, "amy", "END", id, "she is at the shelter", AT(3));
    struct case_row row = row_of(rig, id);
    assert_int_equal(row.state, STATE_case_closed);
    assert_int_equal(row.closed_at, AT(3));
    assert_string_equal(row.outcome, "");
    assert_int_equal(core_rig_count_audit(&rig->core, "case.close"), 1);
    loop_forget(rig);
    loop_run(rig, AT(600));
    assert_int_equal(rig->sent_count, 0); /* nobody is alarmed any more */
}

static void nothing_of_hers_ends_a_case(void **state)
{
    static const char *const texts[] = { "i am safe now", "stop", "no thanks", "thank you", "END 1001 BCDF", "start" };
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        loop_text(rig, LOOP_HER, texts[i], AT(1 + (int64_t)i));
        if (row_of(rig, id).state != STATE_case_open)
            fail_msg("%s", texts[i]);
    }
}

/* ---- an administrator ------------------------------------------------------------------------------------------ */

static void assigned_contact_gets_the_texts_and_the_former_holder_a_word(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(2));
    struct act act = loop_act(rig, id, &answer, AT(3));
    core_rig_begin(&rig->core);
    assert_int_equal(act_assign(&act, "bea"), 0);
    core_rig_commit(&rig->core);
    loop_run(rig, AT(3));
    assert_int_equal(loop_count(rig, LOOP_BEA, "he beats me"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "it was given to Bea's house"), 1);
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "hello", AT(4));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    loop_text(rig, LOOP_HER, "are you coming", AT(5));
    assert_int_equal(loop_count(rig, LOOP_BEA, "are you coming"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "are you coming"), 0);
    loop_command(rig, LOOP_BEA, "bea", "SAY", id, "we come", AT(6));
    assert_string_equal(loop_last(rig, LOOP_HER), "we come");
    act = loop_act(rig, id, &answer, AT(7));
    core_rig_begin(&rig->core);
    assert_int_equal(act_assign(&act, "embassy"), ERR_REFUSED); /* not without her yes */
    assert_int_equal(act_assign(&act, "nobody"), ERR_REFUSED);
    core_rig_commit(&rig->core);
}

static void joined_number_writes_into_the_case_it_was_joined_to(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    int64_t other = loop_text(rig, "+966505550777", "he will kill me", AT(1)).case_id;
    struct act act = loop_act(rig, id, &answer, AT(2));
    core_rig_begin(&rig->core);
    assert_int_equal(act_join(&act, other), 0);
    assert_int_equal(act_join(&act, id), ERR_REFUSED);
    core_rig_commit(&rig->core);
    assert_int_equal(row_of(rig, id).urgency, URGENCY_critical);
    assert_string_equal(row_of(rig, id).policy, "wide"); /* what was urgent there is urgent here */
    assert_int_equal(row_of(rig, other).state, STATE_case_closed);
    struct intake_result next = loop_text(rig, "+966505550777", "he beats me", AT(3));
    assert_int_equal(next.case_id, id);
    assert_false(next.is_new_case);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(4));
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "hello", AT(5));
    assert_string_equal(loop_last(rig, "+966505550777"), "hello"); /* where she wrote from last */
    loop_text(rig, "+966505550777", "stop", AT(6));
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "once more", AT(7));
    assert_string_equal(loop_last(rig, "+966505550777"), "hello");
}

static void case_whose_key_is_gone_can_still_be_ended(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    struct case_row row = row_of(rig, id);
    memset(row.key_wrap, 7, row.key_wrap_len);
    core_rig_begin(&rig->core);
    assert_int_equal(cases_update(rig->core.core.store, &row), 0);
    struct act act = loop_act(rig, id, &answer, AT(1));
    assert_int_equal(act_end(&act, span_of("over")), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(row_of(rig, id).state, STATE_case_closed);
}

/* ---- what she says in a taken case ------------------------------------------------------------------------------ */

static void whatever_she_says_reaches_the_holder_at_once_and_nobody_else(void **state)
{
    static const char *const texts[] = { "thank you", "i am at the corniche", "he will kill me", "stop",
        "loan prize winner" };
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_run(rig, AT(11));
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(12));
    loop_forget(rig);
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        loop_text(rig, LOOP_HER, texts[i], AT(13));
        if (loop_count(rig, LOOP_AMY, texts[i]) != 1)
            fail_msg("%s: %u times", texts[i], loop_count(rig, LOOP_AMY, texts[i]));
    }
    assert_int_equal(loop_count(rig, LOOP_BEA, ""), 0);
    assert_int_equal(row_of(rig, id).urgency, URGENCY_critical);
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "To write to her: SAY"));
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(taking_tells_the_others_once_and_only_who_has_read_it),
        ON_RIG(who_was_not_asked_yet_is_not_told),
        ON_RIG(late_answer_learns_who_holds_it),
        ON_RIG(text_that_waits_in_a_bundle_reaches_whoever_takes_the_case),
        ON_RIG(declining_runs_the_next_step_at_once_and_only_once),
        ON_RIG(case_never_stays_without_anybody_who_is_asked),
        ON_RIG(holder_gives_it_back_and_the_next_one_has_to_reach_her_anew),
        ON_RIG(alarm_resumes_when_nobody_recorded_contact),
        ON_RIG(ending_asks_for_the_outcome_and_keeps_it_sealed),
        ON_RIG(nothing_of_hers_ends_a_case),
        ON_RIG(assigned_contact_gets_the_texts_and_the_former_holder_a_word),
        ON_RIG(joined_number_writes_into_the_case_it_was_joined_to),
        ON_RIG(case_whose_key_is_gone_can_still_be_ended),
        ON_RIG(whatever_she_says_reaches_the_holder_at_once_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
