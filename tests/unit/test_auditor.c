/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_auditor - what should have happened and did not is found, told once, and forgotten when it is right again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/attempts.h"
#include "gateway/core/auditor.h"
#include "gateway/core/delays.h"
#include "gateway/core/drill.h"
#include "gateway/store/drills.h"
#include "gateway/store/findings.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define LOOP_BOSS_DESK "https://boss.example.org/"

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

static unsigned audit(struct loop_rig *rig, int64_t now_ms)
{
    unsigned open;
    core_rig_begin(&rig->core);
    assert_int_equal(auditor_run(&rig->core.core, now_ms, &open), 0);
    core_rig_commit(&rig->core);
    return open;
}

/* The auditor's alarm leaves by the last address: its text is in the outbox until then. */
static unsigned alarms(struct loop_rig *rig, int64_t now_ms, const char *words)
{
    loop_run(rig, now_ms);
    return loop_count(rig, LOOP_BOSS_DESK, words);
}

static struct case_row *change(struct loop_rig *rig, struct case_row *row)
{
    core_rig_begin(&rig->core);
    assert_int_equal(cases_update(rig->core.core.store, row), 0);
    core_rig_commit(&rig->core);
    return row;
}

static void well_line_has_no_findings(void **state)
{
    struct loop_rig *rig = *state;
    assert_int_equal(audit(rig, AT(0)), 0);
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    assert_int_equal(audit(rig, AT(1)), 0);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(2));
    assert_int_equal(audit(rig, AT(3)), 0);
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(4));
    assert_int_equal(audit(rig, AT(60)), 0);
    loop_command(rig, LOOP_AMY, "amy", "END", id, "well", AT(61));
    assert_int_equal(audit(rig, AT(62)), 0);
}

static void finding_alarms_once_by_the_last_address_and_is_resolved(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    core_rig_begin(&rig->core);
    assert_int_equal(steps_cancel_case(rig->core.core.store, id, AT(1)), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(1)), 1);
    assert_int_equal(alarms(rig, AT(1), "critical_without_step (case:1001)"), 1);
    assert_int_equal(audit(rig, AT(2)), 1);
    assert_int_equal(alarms(rig, AT(2), "critical_without_step"), 1);
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(3));
    assert_int_equal(audit(rig, AT(3)), 0);
    core_rig_begin(&rig->core);
    assert_int_equal(steps_cancel_case(rig->core.core.store, id, AT(4)), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(4)), 1); /* taken, and nothing takes the alarm up again */
    assert_int_equal(alarms(rig, AT(4), "taken_without_resume"), 1);
}

static void each_thing_that_should_have_happened_is_looked_for(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    struct case_row row = core_rig_case(&rig->core, id);
    row.state = STATE_case_taken;
    audit(rig, AT(1));
    change(rig, &row);
    assert_true(audit(rig, AT(1)) >= 1);
    assert_int_equal(alarms(rig, AT(1), "taken_by_nobody"), 1);
    row.state = STATE_case_open;
    change(rig, &row);
    core_rig_begin(&rig->core);
    assert_int_equal(alerts_end_case(rig->core.core.store, id, AT(1)), 0);
    core_rig_commit(&rig->core);
    audit(rig, AT(2));
    assert_int_equal(alarms(rig, AT(2), "case_asked_of_nobody"), 1);
}

static void due_row_and_due_step_that_did_not_run_are_found(void **state)
{
    struct loop_rig *rig = *state;
    struct sms_in sms = core_rig_sms(LOOP_HER, "he will kill me", "x1");
    struct intake_result in;
    core_rig_begin(&rig->core);
    assert_int_equal(intake_message(&rig->core.core, "line", &sms, 0, AT(0), &in), 0);
    core_rig_commit(&rig->core);
    sms_in_done(&sms);
    assert_int_equal(audit(rig, AT(0) + AUDITOR_LATE_MS), 0);
    assert_int_equal(audit(rig, AT(0) + AUDITOR_LATE_MS + 1), 2); /* amy's and bea's */
    assert_true(audit(rig, AT(60) + AUDITOR_LATE_MS + 1) >= 3);   /* and the step of the hour */
    loop_run_late(rig, AT(63));
    assert_int_equal(audit(rig, AT(64)), 0);
    assert_int_equal(
        loop_count(rig, LOOP_BOSS_DESK, "alert_not_sent"), 2); /* bea's second address in the second round */
    assert_int_equal(loop_count(rig, LOOP_BOSS_DESK, "step_overdue"), 1);
}

static void policy_that_has_run_out_is_not_the_end(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    core_rig_begin(&rig->core);
    assert_int_equal(steps_cancel_case(rig->core.core.store, id, AT(1)), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(30)), 0);
    assert_int_equal(audit(rig, AT(61)), 1);
    assert_int_equal(alarms(rig, AT(61), "case_without_step"), 1);
}

static void dead_critical_alert_is_found_until_the_case_is_over(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    struct rig_outbox *rows = core_rig_outbox(&rig->core, "sent");
    core_rig_begin(&rig->core);
    assert_int_equal(outbox_set_failed(rig->core.core.store, rows->rows[0].id, ""), 0);
    core_rig_commit(&rig->core);
    free(rows);
    assert_int_equal(audit(rig, AT(1)), 1);
    struct act act = loop_act(rig, id, &answer, AT(2));
    core_rig_begin(&rig->core);
    assert_int_equal(act_end(&act, span_of("over")), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(3)), 0);
}

static void contact_that_carried_nothing_for_long_is_reported(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "no salary", AT(0)).case_id;
    struct act act = loop_act(rig, id, &answer, AT(1));
    core_rig_begin(&rig->core);
    assert_int_equal(act_end(&act, span_of("over")), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(29 * 24 * 60)), 0);
    assert_int_equal(audit(rig, AT(31 * 24 * 60)), 1);
    assert_int_equal(alarms(rig, AT(31 * 24 * 60), "contact_not_tested (contact:amy)"), 1);
}

static void unanswered_drill_is_reported_and_a_late_answer_resolves_it(void **state)
{
    struct loop_rig *rig = *state;
    struct drill_row drill;
    int64_t id;
    char text[64];
    core_rig_begin(&rig->core);
    assert_int_equal(drill_start(&rig->core.core, "amy", "uid:7", AT(0), &id), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(60)), 0);
    assert_int_equal(audit(rig, AT(61)), 1);
    assert_int_equal(alarms(rig, AT(61), "drill_unanswered (contact:amy)"), 1);
    assert_int_equal(drills_get(rig->core.core.store, id, &drill), 0);
    snprintf(text, sizeof text, "OK %lld %s", (long long)id, drill.code);
    loop_text(rig, LOOP_AMY, text, AT(62));
    assert_int_equal(audit(rig, AT(63)), 0);
}

static void guessing_at_the_door_is_told_and_ends(void **state)
{
    struct loop_rig *rig = *state;
    struct attempt tried = { .name = "maria", .is_account = true, .now_ms = AT(0) };
    core_rig_begin(&rig->core);
    for (int i = 1; i < DELAYS_ALARM; i++)
        assert_int_equal(attempts_failed(&rig->core.core, &tried), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(1)), 0);
    core_rig_begin(&rig->core);
    assert_int_equal(attempts_failed(&rig->core.core, &tried), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(audit(rig, AT(2)), 1);
    assert_int_equal(alarms(rig, AT(2), "sign_in_failures (account:maria)"), 1);
    assert_int_equal(audit(rig, AT(61)), 0);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(well_line_has_no_findings),
        ON_RIG(finding_alarms_once_by_the_last_address_and_is_resolved),
        ON_RIG(each_thing_that_should_have_happened_is_looked_for),
        ON_RIG(due_row_and_due_step_that_did_not_run_are_found),
        ON_RIG(policy_that_has_run_out_is_not_the_end),
        ON_RIG(dead_critical_alert_is_found_until_the_case_is_over),
        ON_RIG(contact_that_carried_nothing_for_long_is_reported),
        ON_RIG(unanswered_drill_is_reported_and_a_late_answer_resolves_it),
        ON_RIG(guessing_at_the_door_is_told_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
