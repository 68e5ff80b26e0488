/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rules - what she asked for is obeyed by everything that is sent to her; doubt means no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/rules.h"
#include "tests/support/store_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL
#define HOUR_MS (60 * MINUTE_MS)

/* RIG_NOW is 16:00 UTC: 19:00 in Riyadh. */
static struct case_row plain(void)
{
    struct case_row row = { .state = STATE_case_taken, .safe_from_min = -1, .safe_to_min = -1 };
    str_copy(row.country, sizeof row.country, "SA");
    return row;
}

static void each_rule_of_hers_has_its_verdict(void **state)
{
    static const struct {
        const char *label, *number;
        flag_set flags;
        bool is_stopped;
        enum rules_verdict want;
    } rows[] = {
        { "nothing speaks against it", HER, 0, false, RULES_SEND },
        { "she wants no call, a text is none", HER, FLAG_BIT(do_not_call), false, RULES_SEND },
        { "no reply", HER, FLAG_BIT(no_reply), false, RULES_HOLD },
        { "borrowed phone", HER, FLAG_BIT(borrowed_phone), false, RULES_HOLD },
        { "another number", HER, FLAG_BIT(other_number), false, RULES_HOLD },
        { "safe hours that nobody understood", HER, FLAG_BIT(safe_time), false, RULES_HOLD },
        { "STOP", HER, 0, true, RULES_NEVER },
        { "STOP weighs more than the rest", HER, FLAG_BIT(no_reply), true, RULES_NEVER },
        { "no number", "", 0, false, RULES_NEVER },
        { "a short code", "9900", 0, false, RULES_NEVER },
        { "a name", "STC", 0, false, RULES_NEVER },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct case_row row = plain();
        struct person_row person = { .is_stopped = rows[i].is_stopped };
        struct rules_answer answer;
        row.flags = rows[i].flags;
        rules_judge(&row, &person, rows[i].number, RIG_NOW, &answer);
        if (answer.verdict != rows[i].want)
            fail_msg("%s: %d", rows[i].label, answer.verdict);
        if ((answer.verdict == RULES_SEND) != (answer.sentence[0] == '\0'))
            fail_msg("%s: the sentence \"%s\"", rows[i].label, answer.sentence);
    }
}

static void her_hours_are_those_of_her_country(void **state)
{
    static const struct {
        const char *label, *country;
        int from, to;
        int64_t at_ms, wait_ms; /* from RIG_NOW; wait -1 = held */
    } rows[] = {
        { "before them, in Riyadh", "SA", 1380, 240, 0, 4 * HOUR_MS },
        { "one hour further east", "AE", 1380, 240, 0, 3 * HOUR_MS },
        { "the first minute", "SA", 1380, 240, 4 * HOUR_MS, 0 },
        { "over midnight", "SA", 1380, 240, 8 * HOUR_MS, 0 },
        { "the last minute is outside", "SA", 1380, 240, 9 * HOUR_MS, 19 * HOUR_MS },
        { "seconds before", "SA", 1380, 240, 4 * HOUR_MS - 1000, 1000 },
        { "inside one day", "SA", 600, 720, 0, 15 * HOUR_MS },
        { "a country without a known clock", "US", 1380, 240, 0, -1 },
        { "no country", "", 1380, 240, 0, -1 },
        { "summer time: both clocks must agree", "LB", 1380, 1440 - 1, 0, -1 },
        { "summer time: inside by both", "LB", 1380, 240, 6 * HOUR_MS, 0 },
        { "summer time: inside by one only, at the beginning", "LB", 1380, 240, 4 * HOUR_MS + 30 * MINUTE_MS,
            30 * MINUTE_MS },
        { "summer time: inside by one only, at the end", "LB", 1380, 240, 9 * HOUR_MS + 30 * MINUTE_MS,
            19 * HOUR_MS + 30 * MINUTE_MS },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct case_row row = plain();
        struct person_row person = { 0 };
        struct rules_answer answer;
        int64_t now_ms = RIG_NOW + rows[i].at_ms;
        row.flags = FLAG_BIT(safe_time);
        row.safe_from_min = rows[i].from;
        row.safe_to_min = rows[i].to;
        str_copy(row.country, sizeof row.country, rows[i].country);
        rules_judge(&row, &person, HER, now_ms, &answer);
        enum rules_verdict want = rows[i].wait_ms < 0 ? RULES_HOLD : rows[i].wait_ms ? RULES_WAIT : RULES_SEND;
        if (answer.verdict != want || (want == RULES_WAIT && answer.due_at != now_ms + rows[i].wait_ms))
            fail_msg("%s: %d, due in %lld min", rows[i].label, answer.verdict,
                (long long)((answer.due_at - now_ms) / MINUTE_MS));
        if (want != RULES_WAIT)
            continue;
        rules_judge(&row, &person, HER, answer.due_at, &answer);
        if (answer.verdict != RULES_SEND)
            fail_msg("%s: not even then", rows[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_of_hers_has_its_verdict),
        cmocka_unit_test(her_hours_are_those_of_her_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
