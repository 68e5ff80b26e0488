/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tally - figures grow by the rows that are new, once each, also over a turn that was undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/store/tally.h"
#include "tests/support/store_rig.h"

struct rig {
    struct store_rig store;
    struct tally tally;
};

static int open_rig(void **state)
{
    static struct rig rig; /* one test at a time */
    rig_open_memory(&rig.store);
    assert_int_equal(store_begin(rig.store.store), 0);
    tally_init(&rig.tally);
    *state = &rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    store_rollback(rig->store.store);
    rig_close(&rig->store);
    return 0;
}

static int64_t insert_case(struct rig *rig, int64_t number, enum urgency urgency, enum state state)
{
    struct case_row row = rig_case(&rig->store, number);
    row.urgency = urgency;
    row.state = state;
    row.opened_at = RIG_NOW - number * 1000;
    row.closed_at = state == STATE_case_closed ? RIG_NOW : 0;
    assert_int_equal(cases_insert(rig->store.store, &row), 0);
    return row.id;
}

static void insert_message(struct rig *rig, int64_t number, bool is_help)
{
    struct message_row row = rig_message(&rig->store, 0, number);
    row.triage.is_help = is_help;
    row.triage.urgency = URGENCY_soon;
    row.triage.categories = CATEGORY_BIT(wages) | CATEGORY_BIT(documents);
    row.received_at = RIG_NOW + number;
    assert_int_equal(messages_insert(rig->store.store, &row), 0);
}

static void write_down(struct rig *rig, const char *action, int64_t case_id, int64_t at)
{
    assert_int_equal(audit_case(rig->store.store, at, "daemon", action, case_id, ""), 0);
}

static void read_new(struct rig *rig)
{
    assert_int_equal(tally_read(rig->store.store, &rig->tally), 0);
}

static void what_was_there_before_only_says_when_it_came(void **state)
{
    struct rig *rig = *state;
    insert_message(rig, 1, true);
    assert_int_equal(tally_begin(rig->store.store, &rig->tally), 0);
    read_new(rig);
    assert_int_equal(rig->tally.urgencies[URGENCY_soon], 0);
    assert_int_equal(rig->tally.channel_count, 1);
    assert_int_equal(rig->tally.channels[0].received, 0);
    assert_int_equal(rig->tally.channels[0].last_received_at, RIG_NOW + 1);
}

static void each_message_is_counted_once(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(tally_begin(rig->store.store, &rig->tally), 0);
    insert_message(rig, 1, true);
    insert_message(rig, 2, false);
    read_new(rig);
    read_new(rig);
    assert_int_equal(rig->tally.channels[0].received, 2);
    assert_int_equal(rig->tally.urgencies[URGENCY_soon], 1);
    assert_int_equal(rig->tally.categories[CATEGORY_wages], 1);
    assert_int_equal(rig->tally.categories[CATEGORY_documents], 1);
    assert_int_equal(rig->tally.not_help, 1);
    insert_message(rig, 3, true);
    read_new(rig);
    assert_int_equal(rig->tally.channels[0].received, 3);
}

static void only_the_first_taking_of_a_case_has_a_time(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(tally_begin(rig->store.store, &rig->tally), 0);
    int64_t id = insert_case(rig, 60, URGENCY_urgent, STATE_case_taken);
    write_down(rig, "alert.open", id, RIG_NOW);
    write_down(rig, "case.take", id, RIG_NOW);
    write_down(rig, "case.take", id, RIG_NOW + 9000000);
    write_down(rig, "case.read", id, RIG_NOW);
    read_new(rig);
    assert_int_equal(rig->tally.taken.count, 1);
    assert_int_equal(rig->tally.taken.sum_us, 60000000);
    assert_int_equal(rig->tally.alerts[STATE_alert_acknowledged], 2);
    assert_int_equal(rig->tally.alerts[STATE_alert_open], 1);
}

static void live_cases_are_counted_and_the_oldest_critical_one_is_found(void **state)
{
    struct rig *rig = *state;
    struct tally_cases cases;
    insert_case(rig, 1, URGENCY_critical, STATE_case_open);
    insert_case(rig, 2, URGENCY_critical, STATE_case_open);
    insert_case(rig, 3, URGENCY_critical, STATE_case_taken);
    insert_case(rig, 4, URGENCY_critical, STATE_case_closed);
    insert_case(rig, 5, URGENCY_routine, STATE_case_open);
    assert_int_equal(tally_count_cases(rig->store.store, &cases), 0);
    assert_int_equal(cases.live[URGENCY_critical], 3);
    assert_int_equal(cases.live[URGENCY_routine], 1);
    assert_int_equal(cases.live[URGENCY_soon], 0);
    assert_int_equal(cases.untaken_critical, 2);
    assert_int_equal(cases.oldest_at, RIG_NOW - 2000);
}

static void a_copy_of_before_makes_a_lost_turn_unread(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(store_commit(rig->store.store), 0);
    assert_int_equal(tally_begin(rig->store.store, &rig->tally), 0);
    struct tally before = rig->tally;
    assert_int_equal(store_begin(rig->store.store), 0);
    insert_message(rig, 1, true);
    read_new(rig);
    store_rollback(rig->store.store);
    rig->tally = before;
    assert_int_equal(store_begin(rig->store.store), 0);
    insert_message(rig, 2, true); /* has the id of the lost one */
    read_new(rig);
    assert_int_equal(rig->tally.channels[0].received, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_there_before_only_says_when_it_came, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(each_message_is_counted_once, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(only_the_first_taking_of_a_case_has_a_time, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(
            live_cases_are_counted_and_the_oldest_critical_one_is_found, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_copy_of_before_makes_a_lost_turn_unread, open_rig, close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
