/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_retry - the curve, what may be repeated, and the circuit breaker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/retry.h"

#define JITTER_MAX 65535

static const struct retry_curve curve = { 2000, 600000, 12 };

static void delay_doubles_up_to_its_largest(void **state)
{
    static const struct {
        unsigned attempt;
        int64_t want_ms;
    } table[] = { { 1, 2000 }, { 2, 4000 }, { 3, 8000 }, { 8, 256000 }, { 9, 512000 }, { 10, 600000 }, { 60, 600000 },
        { 4000000000u, 600000 } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int64_t least = retry_delay_ms(&curve, table[i].attempt, 0, 0);
        int64_t most = retry_delay_ms(&curve, table[i].attempt, 0, JITTER_MAX);
        if (least != table[i].want_ms)
            fail_msg("attempt %u: %lld ms", table[i].attempt, (long long)least);
        assert_true(most > least && most < least + least / 4 + 1);
    }
}

static void delay_never_overflows(void **state)
{
    const struct retry_curve wide = { INT64_MAX / 8, INT64_MAX / 8, 3 };
    (void)state;
    assert_true(retry_delay_ms(&wide, 50, 0, 0) == INT64_MAX / 8);
}

static void retry_after_is_obeyed_within_an_hour(void **state)
{
    static const struct {
        const char *label;
        int64_t asked_s, want_ms;
    } table[] = {
        { "none", 0, 2000 },
        { "shorter than our own", 1, 2000 },
        { "longer", 90, 90000 },
        { "an hour", 3600, 3600000 },
        { "a day", 86400, 3600000 },
        { "absurd", INT64_MAX, 3600000 },
        { "negative", -5, 2000 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (retry_delay_ms(&curve, 1, table[i].asked_s, 0) != table[i].want_ms)
            fail_msg("%s", table[i].label);
}

static void outcome_decides_the_next_state(void **state)
{
    static const struct {
        enum outcome outcome;
        enum state alert, reply;
    } table[] = {
        { OUTCOME_sent, STATE_outbox_sent, STATE_outbox_sent },
        { OUTCOME_retry_network, STATE_outbox_queued, STATE_outbox_queued },
        { OUTCOME_retry_throttled, STATE_outbox_queued, STATE_outbox_queued },
        { OUTCOME_rejected, STATE_outbox_dead, STATE_outbox_dead },
        { OUTCOME_bad_config, STATE_outbox_queued, STATE_outbox_queued },
        { OUTCOME_opted_out, STATE_outbox_dead, STATE_outbox_dead },
        { OUTCOME_uncertain, STATE_outbox_queued, STATE_outbox_dead }, /* she may hold it already */
        { OUTCOME_unparseable, STATE_outbox_queued, STATE_outbox_dead },
    };
    (void)state;
    assert_int_equal(STR_COUNT(table), OUTCOME_COUNT);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        if (retry_next_state(table[i].outcome, false, 1, 12) != table[i].alert)
            fail_msg("alert, %s", outcome_word(table[i].outcome));
        if (retry_next_state(table[i].outcome, true, 1, 12) != table[i].reply)
            fail_msg("reply, %s", outcome_word(table[i].outcome));
        /* The last try is the last, whatever came of it. */
        assert_int_equal(retry_next_state(table[i].outcome, false, 12, 12),
            table[i].outcome == OUTCOME_sent ? STATE_outbox_sent : STATE_outbox_dead);
    }
}

/* ---- breaker --------------------------------------------------------------------------------------------------- */

static void fail_times(struct breaker *breaker, unsigned count, int64_t mono_ms)
{
    for (unsigned i = 0; i < count; i++)
        breaker_record(breaker, OUTCOME_retry_network, mono_ms);
}

static void channel_rests_after_five_failures_in_a_row(void **state)
{
    struct breaker breaker = { 0 };
    (void)state;
    fail_times(&breaker, 4, 100);
    assert_int_equal(breaker_allowance(&breaker, 8, 100), 8);
    fail_times(&breaker, 1, 100);
    assert_int_equal(breaker_allowance(&breaker, 8, 100), 0);
    assert_int_equal(breaker_allowance(&breaker, 8, 100 + BREAKER_REST_MS - 1), 0);
    assert_int_equal(breaker_allowance(&breaker, 8, 100 + BREAKER_REST_MS), 1); /* one probe */
}

static void burst_in_flight_is_one_reason_to_rest(void **state)
{
    struct breaker breaker = { 0 };
    (void)state;
    fail_times(&breaker, 40, 100);
    assert_int_equal(breaker_allowance(&breaker, 8, 100 + BREAKER_REST_MS), 1);
}

static void failed_probe_doubles_the_rest_up_to_its_largest(void **state)
{
    struct breaker breaker = { 0 };
    int64_t mono_ms = 100, rest_ms = BREAKER_REST_MS;
    (void)state;
    fail_times(&breaker, 5, mono_ms);
    for (int i = 0; i < 10; i++) {
        mono_ms += rest_ms;
        assert_int_equal(breaker_allowance(&breaker, 8, mono_ms - 1), 0);
        assert_int_equal(breaker_allowance(&breaker, 8, mono_ms), 1);
        fail_times(&breaker, 1, mono_ms);
        rest_ms = rest_ms * 2 > BREAKER_REST_MAX_MS ? BREAKER_REST_MAX_MS : rest_ms * 2;
    }
    assert_int_equal(rest_ms, BREAKER_REST_MAX_MS);
}

static void any_answer_of_the_remote_side_closes_the_breaker(void **state)
{
    static const enum outcome harmless[] = { OUTCOME_sent, OUTCOME_rejected, OUTCOME_opted_out,
        OUTCOME_retry_throttled };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(harmless); i++) {
        struct breaker breaker = { 0 };
        fail_times(&breaker, 5, 100);
        breaker_record(&breaker, harmless[i], 200);
        if (breaker_allowance(&breaker, 8, 200) != 8 || breaker.failures)
            fail_msg("%s", outcome_word(harmless[i]));
    }
}

static void wrong_credentials_pause_at_once(void **state)
{
    struct breaker breaker = { 0 };
    (void)state;
    breaker_record(&breaker, OUTCOME_bad_config, 100);
    assert_true(breaker.is_paused);
    assert_int_equal(breaker_allowance(&breaker, 8, 100 + BREAKER_PAUSE_MS - 1), 0);
    assert_int_equal(breaker_allowance(&breaker, 8, 100 + BREAKER_PAUSE_MS), 1);
    breaker_record(&breaker, OUTCOME_sent, 100 + BREAKER_PAUSE_MS);
    assert_false(breaker.is_paused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delay_doubles_up_to_its_largest),
        cmocka_unit_test(delay_never_overflows),
        cmocka_unit_test(retry_after_is_obeyed_within_an_hour),
        cmocka_unit_test(outcome_decides_the_next_state),
        cmocka_unit_test(channel_rests_after_five_failures_in_a_row),
        cmocka_unit_test(burst_in_flight_is_one_reason_to_rest),
        cmocka_unit_test(failed_probe_doubles_the_rest_up_to_its_largest),
        cmocka_unit_test(any_answer_of_the_remote_side_closes_the_breaker),
        cmocka_unit_test(wrong_credentials_pause_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
