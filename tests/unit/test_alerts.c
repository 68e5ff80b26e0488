/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alerts - alerts and the steps of policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void begin(struct store_rig *rig, int64_t *ret_case_id, struct message_row *ret_message)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
    struct case_row row = rig_case(rig, 1);
    assert_int_equal(cases_insert(rig->store, &row), 0);
    *ret_message = rig_message(rig, row.id, 1);
    assert_int_equal(messages_insert(rig->store, ret_message), 0);
    *ret_case_id = row.id;
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static void alert_comes_back_by_id_and_by_public_id(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    struct message_row message;
    struct alert_row got;
    (void)state;
    begin(&rig, &case_id, &message);
    struct alert_row row = rig_alert(&rig, case_id, message.id);
    row.step = 2;
    row.wrong_tries = 3;
    str_copy(row.code, sizeof row.code, "KTRM");
    assert_int_equal(alerts_insert(rig.store, &row), 0);
    for (int i = 0; i < 2; i++) {
        memset(&got, 0, sizeof got);
        assert_int_equal(
            i == 0 ? alerts_get(rig.store, row.id, &got) : alerts_find_public(rig.store, row.public_id, &got), 0);
        assert_true(got.id == row.id && got.case_id == case_id && got.message_id == message.id && got.step == 2 &&
                    got.wrong_tries == 3);
        assert_string_equal(got.contact, "ngo-desk");
        assert_string_equal(got.policy, "default");
        assert_string_equal(got.public_id, row.public_id);
        assert_string_equal(got.code, "KTRM");
        assert_int_equal(got.state, STATE_alert_open);
        assert_true(got.created_at == RIG_NOW && got.answered_at == 0);
    }
    assert_int_equal(alerts_get(rig.store, 99, &got), ERR_NOT_FOUND);
    assert_int_equal(alerts_find_public(rig.store, "nobody", &got), ERR_NOT_FOUND);
    end(&rig);
}

static void public_ids_are_unique_and_codes_within_their_case(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    struct message_row message;
    (void)state;
    begin(&rig, &case_id, &message);
    struct case_row other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    struct alert_row first = rig_alert(&rig, case_id, message.id), second = rig_alert(&rig, case_id, message.id),
                     third = rig_alert(&rig, other.id, 0);
    str_copy(first.code, sizeof first.code, "KTRM");
    assert_int_equal(alerts_insert(rig.store, &first), 0);
    str_copy(second.code, sizeof second.code, "KTRM");
    assert_int_equal(alerts_insert(rig.store, &second), ERR_EXISTS);
    str_copy(second.code, sizeof second.code, "");
    assert_int_equal(alerts_insert(rig.store, &second), 0);
    str_copy(third.code, sizeof third.code, "KTRM");
    str_copy(third.public_id, sizeof third.public_id, first.public_id);
    assert_int_equal(alerts_insert(rig.store, &third), ERR_EXISTS);
    third = rig_alert(&rig, other.id, 0);
    str_copy(third.code, sizeof third.code, "KTRM");
    assert_int_equal(alerts_insert(rig.store, &third), 0);
    end(&rig);
}

static void alert_is_found_by_its_code_in_any_state(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    struct message_row message;
    struct alert_row got;
    (void)state;
    begin(&rig, &case_id, &message);
    struct alert_row row = rig_alert(&rig, case_id, message.id), bare = rig_alert(&rig, case_id, message.id);
    str_copy(row.code, sizeof row.code, "KTRM");
    assert_int_equal(alerts_insert(rig.store, &row), 0);
    assert_int_equal(alerts_insert(rig.store, &bare), 0);
    for (int word = STATE_alert_open; word <= STATE_alert_ended; word++) {
        assert_int_equal(alerts_set_state(rig.store, row.id, (enum state)word, RIG_NOW), 0);
        memset(&got, 0, sizeof got);
        assert_int_equal(alerts_find_code(rig.store, case_id, "KTRM", &got), 0);
        assert_true(got.id == row.id && (int)got.state == word);
    }
    assert_int_equal(alerts_find_code(rig.store, case_id, "KTRN", &got), ERR_NOT_FOUND);
    assert_int_equal(alerts_find_code(rig.store, case_id + 1, "KTRM", &got), ERR_NOT_FOUND);
    assert_int_equal(alerts_find_code(rig.store, case_id, "", &got), ERR_NOT_FOUND);
    end(&rig);
}

static void wrong_tries_are_counted_for_one_alert_and_undone_with_their_turn(void **state)
{
    struct store_rig rig;
    int64_t case_id;
    int tries = 0;
    struct message_row message;
    struct alert_row got;
    (void)state;
    begin(&rig, &case_id, &message);
    struct alert_row row = rig_alert(&rig, case_id, message.id), other = rig_alert(&rig, case_id, message.id);
    assert_int_equal(alerts_insert(rig.store, &row), 0);
    assert_int_equal(alerts_insert(rig.store, &other), 0);
    for (int want = 1; want <= 5; want++) {
        assert_int_equal(alerts_count_wrong(rig.store, row.id, &tries), 0);
        assert_int_equal(tries, want);
    }
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(alerts_count_wrong(rig.store, row.id, &tries), 0);
    store_undo(rig.store);
    assert_int_equal(alerts_get(rig.store, row.id, &got), 0);
    assert_int_equal(got.wrong_tries, 5);
    assert_int_equal(alerts_get(rig.store, other.id, &got), 0);
    assert_int_equal(got.wrong_tries, 0);
    assert_int_equal(alerts_count_wrong(rig.store, 99, &tries), ERR_NOT_FOUND);
    end(&rig);
}

static void ending_a_case_ends_its_waiting_alerts_only(void **state)
{
    static const struct {
        const char *label;
        enum state before, after;
        int64_t answered_at;
    } cases[] = {
        { "open", STATE_alert_open, STATE_alert_ended, RIG_NOW + 9 },
        { "held", STATE_alert_held, STATE_alert_ended, RIG_NOW + 9 },
        { "acknowledged", STATE_alert_acknowledged, STATE_alert_acknowledged, RIG_NOW + 1 },
        { "declined", STATE_alert_declined, STATE_alert_declined, RIG_NOW + 1 },
    };
    struct store_rig rig;
    int64_t case_id, first = 0;
    struct message_row message;
    (void)state;
    begin(&rig, &case_id, &message);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct alert_row row = rig_alert(&rig, case_id, message.id);
        first = i == 0 ? row.id : first;
        assert_int_equal(alerts_insert(rig.store, &row), 0);
        assert_int_equal(alerts_set_state(rig.store, row.id, cases[i].before, RIG_NOW + 1), 0);
    }
    assert_int_equal(alerts_end_case(rig.store, case_id, RIG_NOW + 9), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct alert_row got;
        assert_int_equal(alerts_get(rig.store, first + (int64_t)i, &got), 0);
        if (got.state != cases[i].after || got.answered_at != cases[i].answered_at)
            fail_msg("%s: became %s", cases[i].label, state_word(got.state));
    }
    assert_int_equal(alerts_set_state(rig.store, 99, STATE_alert_ended, RIG_NOW), ERR_NOT_FOUND);
    end(&rig);
}

static int count_alert(void *context, const struct alert_row *row)
{
    int64_t *sum = context;
    *sum = *sum * 10 + row->id;
    return 0;
}

static void alert_lists_filter_order_and_page(void **state)
{
    static const struct {
        const char *label;
        int64_t case_id;
        const char *word;
        int64_t before_id;
        unsigned limit;
        int64_t want;
    } cases[] = {
        { "all", 0, NULL, 0, 10, 54321 },
        { "all by word", 0, "all", 0, 10, 54321 },
        { "a page", 0, NULL, 4, 2, 32 },
        { "one case", 1001, NULL, 0, 10, 531 },
        { "one state", 0, "ended", 0, 10, 2 },
        { "case and state", 1001, "open", 0, 2, 53 },
    };
    struct store_rig rig;
    int64_t case_id;
    struct message_row message;
    (void)state;
    begin(&rig, &case_id, &message);
    struct case_row other = rig_case(&rig, 2);
    assert_int_equal(cases_insert(rig.store, &other), 0);
    for (int i = 1; i <= 5; i++) {
        struct alert_row row = rig_alert(&rig, i % 2 == 1 ? case_id : other.id, message.id);
        assert_int_equal(alerts_insert(rig.store, &row), 0);
    }
    assert_int_equal(alerts_set_state(rig.store, 2, STATE_alert_ended, RIG_NOW), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        int64_t sum = 0;
        assert_int_equal(alerts_list(rig.store, cases[i].case_id, cases[i].word, cases[i].before_id, cases[i].limit,
                             count_alert, &sum),
            0);
        if (sum != cases[i].want)
            fail_msg("%s: got %lld", cases[i].label, (long long)sum);
    }
    end(&rig);
}

/* ---- steps ---- */

struct steps_seen {
    struct store *store;
    int count;
    int64_t due[8];
};

static int finish_step(void *context, const struct step_row *row)
{
    struct steps_seen *seen = context;
    seen->due[seen->count++] = row->due_at;
    return steps_set_state(seen->store, row->id, STATE_step_done, RIG_NOW + 50);
}

static int note_state(void *context, const struct step_row *row)
{
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 100 - len, "%s ", state_word(row->state));
    assert_string_equal(row->policy, "default");
    return 0;
}

static void insert_step(struct store_rig *rig, int64_t case_id, int step, int64_t due_at)
{
    struct step_row row = {
        .case_id = case_id, .policy = "default", .step = step, .state = STATE_step_waiting, .due_at = due_at
    };
    assert_int_equal(steps_insert(rig->store, &row), 0);
    assert_true(row.id > 0);
}

static void due_steps_come_earliest_first_and_can_be_changed_while_listed(void **state)
{
    struct store_rig rig;
    int64_t case_id, due_at = 0;
    struct message_row message;
    char text[100] = "";
    (void)state;
    begin(&rig, &case_id, &message);
    assert_int_equal(steps_next_due(rig.store, &due_at), ERR_NOT_FOUND);
    insert_step(&rig, case_id, 1, RIG_NOW + 20);
    insert_step(&rig, case_id, 2, RIG_NOW + 10);
    insert_step(&rig, case_id, 3, RIG_NOW + 30);
    insert_step(&rig, case_id, 4, RIG_NOW + 31);
    assert_int_equal(steps_next_due(rig.store, &due_at), 0);
    assert_int_equal(due_at, RIG_NOW + 10);
    struct steps_seen seen = { .store = rig.store };
    assert_int_equal(steps_due(rig.store, RIG_NOW + 30, 2, finish_step, &seen), 0);
    assert_int_equal(seen.count, 2);
    assert_int_equal(steps_due(rig.store, RIG_NOW + 30, 10, finish_step, &seen), 0);
    assert_int_equal(seen.count, 3);
    assert_true(seen.due[0] == RIG_NOW + 10 && seen.due[1] == RIG_NOW + 20 && seen.due[2] == RIG_NOW + 30);
    assert_int_equal(steps_cancel_case(rig.store, case_id, RIG_NOW), 0);
    assert_int_equal(steps_list(rig.store, case_id, note_state, text), 0);
    assert_string_equal(text, "done done done cancelled ");
    assert_int_equal(steps_next_due(rig.store, &due_at), ERR_NOT_FOUND);
    assert_int_equal(steps_set_state(rig.store, 99, STATE_step_done, RIG_NOW), ERR_NOT_FOUND);
    end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alert_comes_back_by_id_and_by_public_id),
        cmocka_unit_test(public_ids_are_unique_and_codes_within_their_case),
        cmocka_unit_test(alert_is_found_by_its_code_in_any_state),
        cmocka_unit_test(wrong_tries_are_counted_for_one_alert_and_undone_with_their_turn),
        cmocka_unit_test(ending_a_case_ends_its_waiting_alerts_only),
        cmocka_unit_test(alert_lists_filter_order_and_page),
        cmocka_unit_test(due_steps_come_earliest_first_and_can_be_changed_while_listed),
    };
    return cmocka_run_group_tests_name("alerts", tests, NULL, NULL);
}
