/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alerting - the rows that a step of a policy makes, and who is told what came since. */
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
#include "gateway/store/contacts.h"
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

static void set_alert(struct core_rig *rig, const char *contact, enum state to)
{
    struct rig_alerts *alerts = core_rig_alerts(rig, 0);
    core_rig_begin(rig);
    for (unsigned i = 0; i < alerts->count; i++)
        if (str_equal(alerts->rows[i].contact, contact))
            assert_int_equal(alerts_set_state(rig->core.store, alerts->rows[i].id, to, RIG_NOW), 0);
    core_rig_commit(rig);
    free(alerts);
}

static void step_writes_alerts_rows_and_the_next_step(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    static const struct {
        const char *contact;
        enum state state;
        const char *channel; /* NULL = no row */
    } want[] = { { "ngo", STATE_alert_open, "desk" }, { "house", STATE_alert_open, "post" },
        { "watch", STATE_alert_open, "self" }, { "embassy", STATE_alert_held, NULL } };
    struct rig_alerts *alerts = core_rig_alerts(rig, in.case_id);
    assert_int_equal(alerts->count, STR_COUNT(want));
    for (size_t i = 0; i < STR_COUNT(want); i++) {
        const struct alert_row *alert = &alerts->rows[i];
        assert_string_equal(alert->contact, want[i].contact);
        assert_int_equal(alert->state, want[i].state);
        assert_int_equal(alert->message_id, in.message_id);
        assert_int_equal(strlen(alert->public_id), 32);
        if (want[i].channel)
            assert_string_equal(core_rig_row(rig, want[i].contact, 0).channel, want[i].channel);
    }
    free(alerts);
    struct rig_steps *steps = core_rig_steps(rig, in.case_id);
    assert_int_equal(steps->count, 1);
    assert_int_equal(steps->rows[0].step, 1);
    assert_int_equal(steps->rows[0].due_at, RIG_NOW + 10 * MINUTE_MS);
    free(steps);
}

static void policy_for_texts_that_name_the_authority_holds_nothing(void **state)
{
    static const char plain[] = "{ name = \"all\"; repeat", given[] = "{ name = \"all\"; consent_given = true; repeat";
    struct core_rig rig;
    char text[8192];
    (void)state;
    const char *at = strstr(core_rig_text, plain);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - core_rig_text), core_rig_text, given, at + strlen(plain));
    core_rig_open(&rig, text);
    core_rig_text_in(&rig, HER, "he beats me", "a1", RIG_NOW);
    assert_string_equal(core_rig_row(&rig, "embassy", 0).channel, "desk");
    core_rig_text_in(&rig, "+966505550124", "he beats me, dont tell embassy", "a2", RIG_NOW);
    assert_int_equal(core_rig_count_alerts(&rig, 0, "held"), 1); /* her word is stronger */
    core_rig_close(&rig);
}

static void only_a_critical_alert_plans_its_second_address(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    assert_int_equal(core_rig_count_outbox(rig, NULL), 3);
    core_rig_text_in(rig, "+966505550124", "he will kill me", "a2", RIG_NOW);
    assert_int_equal(core_rig_count_outbox(rig, NULL), 7);
    assert_int_equal(core_rig_row(rig, "ngo", 1).due_at, RIG_NOW + MINUTE_MS);
}

static void contact_switched_off_by_hand_is_left_out(void **state)
{
    struct core_rig *rig = *state;
    struct contact_state_row off = { .contact = "house", .is_on = 0 };
    core_rig_begin(rig);
    assert_int_equal(contacts_put(rig->core.store, &off), 0);
    core_rig_commit(rig);
    core_rig_text_in(rig, HER, "he beats me", "a1", RIG_NOW);
    struct rig_alerts *alerts = core_rig_alerts(rig, 0);
    for (unsigned i = 0; i < alerts->count; i++)
        assert_string_not_equal(alerts->rows[i].contact, "house");
    assert_int_equal(alerts->count, 3);
    free(alerts);
}

static void policy_that_is_gone_starts_anew_with_the_routes(void **state)
{
    struct core_rig *rig = *state;
    struct intake_result in = core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    struct case_row row = core_rig_case(rig, in.case_id);
    core_rig_begin(rig);
    assert_int_equal(alerting_run_step(&rig->core, &row, "removed", 1, in.message_id, RIG_NOW + 1), 0);
    assert_int_equal(alerting_run_step(&rig->core, &row, "one", 9, in.message_id, RIG_NOW + 2), 0);
    core_rig_commit(rig);
    assert_string_equal(row.policy, "one");
    assert_int_equal(core_rig_count_alerts(rig, in.case_id, "open"), 3);
    struct rig_steps *steps = core_rig_steps(rig, in.case_id);
    unsigned waiting = 0;
    for (unsigned i = 0; i < steps->count; i++)
        waiting += steps->rows[i].state == STATE_step_waiting;
    assert_int_equal(waiting, 1);
    free(steps);
}

/* Contacts that an update tells, as "ngo watch". */
static char *told_by_update(struct core_rig *rig, int64_t case_id)
{
    struct rig_alerts *alerts = core_rig_alerts(rig, case_id);
    AUTO_BUF names;
    buf_init(&names, 1000);
    for (unsigned i = 0; i < alerts->count; i++)
        if (alerts->rows[i].step == ALERTING_UPDATE_STEP)
            buf_add_format(&names, "%s%s", names.len ? " " : "", alerts->rows[i].contact);
    free(alerts);
    return buf_take(&names);
}

static void update_tells_those_who_hold_an_alert(void **state)
{
    static const struct {
        const char *label, *owner, *want;
        enum state ngo;
    } table[] = {
        { "nobody answered", "", "watch house ngo", STATE_alert_open },
        { "one declined", "", "watch house", STATE_alert_declined },
        { "one took it", "ngo", "ngo", STATE_alert_acknowledged },
        { "one holds it whose alert is over", "ngo", "ngo", STATE_alert_ended },
        { "one holds it who has declined before", "ngo", "ngo", STATE_alert_declined },
        { "somebody took it who is no contact", "user:maria", "watch house ngo", STATE_alert_open },
    };
    struct core_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        char from[] = "+966505550100";
        from[12] = (char)('0' + i);
        struct intake_result in = core_rig_text_in(rig, from, "he beats me", "", RIG_NOW);
        struct case_row row = core_rig_case(rig, in.case_id);
        set_alert(rig, "ngo", table[i].ngo);
        str_copy(row.owner, sizeof row.owner, table[i].owner);
        row.state = table[i].owner[0] ? STATE_case_taken : STATE_case_open;
        core_rig_begin(rig);
        assert_int_equal(alerting_run_update(&rig->core, &row, in.message_id, RIG_NOW + 1), 0);
        core_rig_commit(rig);
        AUTO_FREE char *told = told_by_update(rig, in.case_id);
        if (!str_equal(told, table[i].want))
            fail_msg("%s: %s", table[i].label, told);
        set_alert(rig, "ngo", STATE_alert_open);
    }
}

static void next_address_is_used_once_and_not_after_an_answer(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    struct rig_alerts *alerts = core_rig_alerts(rig, 0);
    int64_t alert = alerts->rows[0].id;
    free(alerts);
    for (int round = 0; round < 2; round++) {
        core_rig_begin(rig);
        assert_int_equal(alerting_use_next_address(&rig->core, alert, 0, RIG_NOW + 5), 0);
        assert_int_equal(alerting_use_next_address(&rig->core, alert, 1, RIG_NOW + 5), 0); /* there is none after it */
        core_rig_commit(rig);
        assert_int_equal(core_rig_count_outbox(rig, NULL), 2);
        assert_int_equal(core_rig_row(rig, "ngo", 1).due_at, RIG_NOW + 5);
    }
    core_rig_text_in(rig, "+966505550124", "no salary", "a2", RIG_NOW);
    set_alert(rig, "ngo", STATE_alert_acknowledged);
    core_rig_begin(rig);
    assert_int_equal(alerting_use_next_address(&rig->core, alert + 1, 0, RIG_NOW + 5), 0);
    core_rig_commit(rig);
    assert_int_equal(core_rig_count_outbox(rig, NULL), 3);
}

static void planned_second_address_is_hurried(void **state)
{
    struct core_rig *rig = *state;
    core_rig_text_in(rig, HER, "he will kill me", "a1", RIG_NOW);
    int64_t alert = core_rig_row(rig, "ngo", 0).alert_id;
    core_rig_begin(rig);
    assert_int_equal(alerting_use_next_address(&rig->core, alert, 0, RIG_NOW + 5), 0);
    core_rig_commit(rig);
    assert_int_equal(core_rig_row(rig, "ngo", 1).due_at, RIG_NOW + 5);
    assert_int_equal(core_rig_row(rig, "ngo", 1).state, STATE_outbox_queued);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(step_writes_alerts_rows_and_the_next_step),
        cmocka_unit_test(policy_for_texts_that_name_the_authority_holds_nothing),
        TEST(only_a_critical_alert_plans_its_second_address),
        TEST(contact_switched_off_by_hand_is_left_out),
        TEST(policy_that_is_gone_starts_anew_with_the_routes),
        TEST(update_tells_those_who_hold_an_alert),
        TEST(next_address_is_used_once_and_not_after_an_answer),
        TEST(planned_second_address_is_hurried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
