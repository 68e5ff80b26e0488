/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_consent - authorities learn of a case by her yes or a named person's override, and by nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/consent.h"
#include "tests/support/loop_rig.h"

#define MORE "consent = { mode = \"ask\"; };"
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define QUESTION "May we pass your message on"

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

static enum state consent_of(struct loop_rig *rig, int64_t id)
{
    return core_rig_case(&rig->core, id).consent;
}

static int override(struct loop_rig *rig, int64_t id, int64_t now_ms, unsigned *ret_count)
{
    struct case_row row = core_rig_case(&rig->core, id);
    core_rig_begin(&rig->core);
    int rc =
        consent_release(&rig->core.core, &row, CONSENT_BY_OVERRIDE, "uid:7", span_of("her life"), now_ms, ret_count);
    core_rig_commit(&rig->core);
    loop_run(rig, now_ms);
    return rc;
}

static void authority_waits_for_her_yes(void **state)
{
    static const struct {
        const char *label, *answer;
        enum state want;
        unsigned alerted;
    } rows[] = {
        { "silence", NULL, STATE_consent_asked, 0 },
        { "yes", "YES", STATE_consent_yes, 1 },
        { "yes in her words", "yes please", STATE_consent_yes, 1 },
        { "yes at length", "okay sir please do it", STATE_consent_yes, 1 },
        { "no", "no!", STATE_consent_no, 0 },
        { "no at length", "no thanks sir, they will be angry", STATE_consent_no, 0 },
        { "yes with a doubt", "okay but dont come", STATE_consent_asked, 0 },
        { "a question", "okay where are you", STATE_consent_asked, 0 },
        { "something else", "he beats me", STATE_consent_asked, 0 },
        { "stop", "stop", STATE_consent_asked, 0 },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char from[] = "+966505550600";
        from[11] = (char)('0' + i / 10);
        from[12] = (char)('0' + i % 10);
        loop_forget(rig);
        int64_t id = loop_text(rig, from, "he will kill me", AT(0)).case_id;
        assert_int_equal(loop_count(rig, from, QUESTION), 1);
        assert_int_equal(loop_count(rig, LOOP_EMBASSY, ""), 0);
        if (rows[i].answer)
            loop_text(rig, from, rows[i].answer, AT(1));
        if (consent_of(rig, id) != rows[i].want || loop_count(rig, LOOP_EMBASSY, "CRITICAL case") != rows[i].alerted)
            fail_msg(
                "%s: %s, %u alerts", rows[i].label, state_word(consent_of(rig, id)), loop_count(rig, LOOP_EMBASSY, ""));
        loop_text(rig, from, "he will kill me", AT(2));
        assert_int_equal(loop_count(rig, from, ""), 1); /* asked once a case */
    }
}

static void yes_that_nobody_asked_for_releases_nothing(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me, dont tell embassy", AT(0)).case_id;
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0); /* she has said it before anybody asked */
    loop_text(rig, LOOP_HER, "YES", AT(1));
    loop_text(rig, LOOP_HER, "yes please", AT(2));
    assert_int_equal(consent_of(rig, id), STATE_consent_none);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, ""), 0);
}

static void doubtful_yes_releases_nothing(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    loop_forget(rig);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(2));
    loop_text(rig, LOOP_HER, "YES", AT(15 * 24 * 60)); /* after two weeks of silence */
    assert_int_equal(consent_of(rig, id), STATE_consent_asked);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, ""), 0);
    assert_int_equal(loop_count(rig, LOOP_AMY, "THIS MAY NOT BE HER"), 1);
}

static void who_takes_the_case_does_not_end_what_is_held(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, ""), 0);
    loop_text(rig, LOOP_HER, "YES", AT(2));
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, "CRITICAL case"), 1);
    assert_string_equal(core_rig_case(&rig->core, id).owner, "amy");
}

static void released_contact_gets_one_alert_with_everything(void **state)
{
    struct loop_rig *rig = *state;
    unsigned count;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    loop_run(rig, AT(121)); /* the policy has held an alert each hour */
    loop_text(rig, LOOP_HER, "i am at the corniche", AT(122));
    assert_int_equal(core_rig_count_alerts(&rig->core, id, "held"), 3);
    assert_int_equal(override(rig, id, AT(123), &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, "CRITICAL case"), 1);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, "he will kill me"), 1);
    assert_int_equal(loop_count(rig, LOOP_EMBASSY, "corniche"), 1);
    assert_int_equal(core_rig_count_alerts(&rig->core, id, "held"), 0);
    assert_int_equal(core_rig_count_audit(&rig->core, "consent.override"), 1);
    assert_int_equal(core_rig_count_audit(&rig->core, "case.share"), 1);
}

static void change_of_mind_holds_later_alerts(void **state)
{
    struct case_row row = { .consent = STATE_consent_yes };
    (void)state;
    assert_true(consent_is_given(&row));
    row.flags = FLAG_BIT(no_authorities);
    assert_false(consent_is_given(&row));
    row.consent = STATE_consent_override;
    assert_true(consent_is_given(&row));
    row.consent = STATE_consent_no;
    assert_false(consent_is_given(&row));
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(authority_waits_for_her_yes),
        ON_RIG(yes_that_nobody_asked_for_releases_nothing),
        ON_RIG(doubtful_yes_releases_nothing),
        ON_RIG(who_takes_the_case_does_not_end_what_is_held),
        ON_RIG(released_contact_gets_one_alert_with_everything),
        cmocka_unit_test(change_of_mind_holds_later_alerts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
