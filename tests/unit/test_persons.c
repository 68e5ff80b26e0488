/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_persons - what we may do to a number is kept, is undone with its turn, and goes with her last case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void begin(struct store_rig *rig)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static void assert_same(const struct person_row *a, const struct person_row *b)
{
    assert_memory_equal(a->tag, b->tag, STORE_TAG_LEN);
    assert_int_equal(a->is_stopped, b->is_stopped);
    assert_int_equal(a->stopped_at, b->stopped_at);
    assert_int_equal(a->provider_blocked_at, b->provider_blocked_at);
    assert_int_equal(a->last_auto_at, b->last_auto_at);
    assert_int_equal(a->asked, b->asked);
    assert_int_equal(a->asked_at, b->asked_at);
    assert_int_equal(a->asked_case_id, b->asked_case_id);
    assert_int_equal(a->last_inbound_at, b->last_inbound_at);
    assert_string_equal(a->language, b->language);
}

/* A row in which no two fields are alike. */
static struct person_row person(int64_t number, int64_t case_id)
{
    struct person_row row = { .is_stopped = true,
        .stopped_at = RIG_NOW + 1,
        .provider_blocked_at = RIG_NOW + 2,
        .last_auto_at = RIG_NOW + 3,
        .asked = QUESTION_WHO,
        .asked_at = RIG_NOW + 4,
        .asked_case_id = case_id,
        .last_inbound_at = RIG_NOW + 5,
        .language = "ne-Latn" };
    rig_tag(number, row.tag);
    return row;
}

static int64_t insert_case(struct store_rig *rig, int64_t number)
{
    struct case_row row = rig_case(rig, number);
    assert_int_equal(cases_insert(rig->store, &row), 0);
    return row.id;
}

static void close_case(struct store_rig *rig, int64_t id)
{
    struct case_row row;
    assert_int_equal(cases_get(rig->store, id, &row), 0);
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW + 1;
    assert_int_equal(cases_update(rig->store, &row), 0);
}

static void unknown_number_is_all_default(void **state)
{
    struct store_rig rig;
    struct person_row got, want = { 0 };
    (void)state;
    begin(&rig);
    rig_tag(1, want.tag);
    memset(&got, 0xff, sizeof got);
    assert_int_equal(persons_get(rig.store, want.tag, &got), 0);
    assert_same(&want, &got);
    end(&rig);
}

static void every_field_comes_back_and_is_replaced(void **state)
{
    static const enum persons_question questions[] = { QUESTION_NONE, QUESTION_CONSENT, QUESTION_WHO };
    struct store_rig rig;
    struct person_row got;
    (void)state;
    begin(&rig);
    int64_t case_id = insert_case(&rig, 1);
    struct person_row row = person(1, case_id), other = person(2, 0);
    assert_int_equal(persons_put(rig.store, &row), 0);
    assert_int_equal(persons_put(rig.store, &other), 0);
    assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
    assert_same(&row, &got);
    row.is_stopped = false;
    row.stopped_at = RIG_NOW + 9;
    row.asked_case_id = 0;
    for (size_t i = 0; i < STR_COUNT(questions); i++) {
        row.asked = questions[i];
        assert_int_equal(persons_put(rig.store, &row), 0);
        assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
        assert_same(&row, &got);
    }
    assert_int_equal(persons_get(rig.store, other.tag, &got), 0);
    assert_same(&other, &got);
    end(&rig);
}

static void unknown_sender_and_unknown_case_are_refused(void **state)
{
    static const unsigned char nobody[STORE_TAG_LEN];
    struct store_rig rig;
    struct person_row got;
    (void)state;
    begin(&rig);
    struct person_row row = person(0, 0);
    assert_int_equal(persons_put(rig.store, &row), ERR_INVALID);
    assert_int_equal(persons_get(rig.store, nobody, &got), 0);
    assert_int_equal(got.stopped_at, 0);
    row = person(1, 4711);
    assert_int_equal(persons_put(rig.store, &row), ERR_INVALID);
    assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
    assert_int_equal(got.stopped_at, 0);
    end(&rig);
}

static void undone_turn_leaves_no_person(void **state)
{
    struct store_rig rig;
    struct person_row got;
    (void)state;
    begin(&rig);
    struct person_row row = person(1, 0);
    assert_int_equal(persons_put(rig.store, &row), 0);
    store_rollback(rig.store);
    assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
    assert_false(got.is_stopped);
    assert_int_equal(store_begin(rig.store), 0);
    row.is_stopped = false;
    assert_int_equal(persons_put(rig.store, &row), 0);
    assert_int_equal(store_savepoint(rig.store), 0);
    row.is_stopped = true;
    assert_int_equal(persons_put(rig.store, &row), 0);
    store_undo(rig.store);
    assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
    assert_false(got.is_stopped);
    assert_int_equal(got.stopped_at, RIG_NOW + 1);
    end(&rig);
}

static void stopped_number_is_still_stopped_after_a_restart(void **state)
{
    struct store_rig rig;
    struct person_row got;
    (void)state;
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    struct person_row row = person(1, 0);
    assert_int_equal(persons_put(rig.store, &row), 0);
    assert_int_equal(store_commit(rig.store), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(persons_get(rig.store, row.tag, &got), 0);
    assert_same(&row, &got);
    rig_close(&rig);
}

/* A word that this program does not know is reported, not read as "asked nothing". */
static void unknown_question_is_corrupt(void **state)
{
    struct store_rig rig;
    struct person_row got;
    (void)state;
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    struct person_row row = person(1, 0);
    assert_int_equal(persons_put(rig.store, &row), 0);
    assert_int_equal(store_commit(rig.store), 0);
    store_close(rig.store);
    rig.store = NULL;
    assert_true(rig_refuses(&rig, "UPDATE persons SET asked = 'age'"));
    assert_int_equal(rig_tamper(&rig, "PRAGMA ignore_check_constraints = 1; UPDATE persons SET asked = 'age'"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(persons_get(rig.store, row.tag, &got), ERR_CORRUPT);
    rig_close(&rig);
}

/* ---- the daily budget ---- */

static void budget_counts_what_the_machine_said_since(void **state)
{
    static const struct {
        const char *label;
        enum outbox_kind kind;
        const char *contact;
        enum state state;
        int64_t created_at;
        int64_t want; /* the count after this row too */
    } rows[] = {
        { "queued", OUTBOX_REPLY, "", STATE_outbox_queued, RIG_NOW, 1 },
        { "sent", OUTBOX_REPLY, "", STATE_outbox_sent, RIG_NOW + 1, 2 },
        { "dead", OUTBOX_REPLY, "", STATE_outbox_dead, RIG_NOW + 1, 3 },
        { "cancelled", OUTBOX_REPLY, "", STATE_outbox_cancelled, RIG_NOW + 1, 3 },
        { "before", OUTBOX_REPLY, "", STATE_outbox_sent, RIG_NOW - 1, 3 },
        { "said by a contact", OUTBOX_REPLY, "ngo-desk", STATE_outbox_sent, RIG_NOW + 1, 3 },
        { "said by a user", OUTBOX_REPLY, "uid:1000", STATE_outbox_queued, RIG_NOW + 1, 3 },
        { "a notice", OUTBOX_NOTICE, "", STATE_outbox_queued, RIG_NOW + 1, 3 },
        { "delivered", OUTBOX_REPLY, "", STATE_outbox_delivered, RIG_NOW + 9, 4 },
    };
    struct store_rig rig;
    int64_t count = -1;
    (void)state;
    begin(&rig);
    assert_int_equal(persons_count_auto(rig.store, RIG_NOW, &count), 0);
    assert_int_equal(count, 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct outbox_row row = { .id = store_next_id(rig.store, SEQUENCE_OUTBOX),
            .kind = rows[i].kind,
            .channel = "main",
            .state = rows[i].state,
            .outcome = -1,
            .created_at = rows[i].created_at };
        str_copy(row.contact, sizeof row.contact, rows[i].contact);
        assert_int_equal(outbox_insert(rig.store, &row), 0);
        assert_int_equal(persons_count_auto(rig.store, RIG_NOW, &count), 0);
        if (count != rows[i].want)
            fail_msg("%s: %lld", rows[i].label, (long long)count);
    }
    assert_int_equal(persons_count_auto(rig.store, RIG_NOW + 10, &count), 0);
    assert_int_equal(count, 0);
    end(&rig);
}

/* ---- the purge ---- */

static bool is_kept(struct store_rig *rig, int64_t number)
{
    struct person_row row;
    unsigned char tag[STORE_TAG_LEN];
    rig_tag(number, tag);
    assert_int_equal(persons_get(rig->store, tag, &row), 0);
    return row.last_inbound_at != 0;
}

static void purge(struct store_rig *rig, int64_t id)
{
    assert_int_equal(cases_purge(rig->store, id, RIG_NOW + 9), 0);
}

static void person_goes_with_the_purge_of_her_last_case(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    int64_t first = insert_case(&rig, 1);
    struct person_row her = person(1, first), other = person(2, 0);
    assert_int_equal(persons_put(rig.store, &her), 0);
    assert_int_equal(persons_put(rig.store, &other), 0);
    close_case(&rig, first);
    int64_t second = insert_case(&rig, 1);
    int64_t of_nobody = insert_case(&rig, 0);
    close_case(&rig, of_nobody);
    purge(&rig, of_nobody);
    assert_true(is_kept(&rig, 1));
    purge(&rig, first); /* her second one is open */
    assert_true(is_kept(&rig, 1));
    close_case(&rig, second);
    int64_t third = insert_case(&rig, 1);
    close_case(&rig, third);
    purge(&rig, third); /* her second one is closed but not purged */
    assert_true(is_kept(&rig, 1));
    purge(&rig, second);
    assert_false(is_kept(&rig, 1));
    assert_true(is_kept(&rig, 2));
    purge(&rig, second); /* again: there is nothing left to remove */
    assert_true(is_kept(&rig, 2));
    end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_number_is_all_default),
        cmocka_unit_test(every_field_comes_back_and_is_replaced),
        cmocka_unit_test(unknown_sender_and_unknown_case_are_refused),
        cmocka_unit_test(undone_turn_leaves_no_person),
        cmocka_unit_test(stopped_number_is_still_stopped_after_a_restart),
        cmocka_unit_test(unknown_question_is_corrupt),
        cmocka_unit_test(budget_counts_what_the_machine_said_since),
        cmocka_unit_test(person_goes_with_the_purge_of_her_last_case),
    };
    return cmocka_run_group_tests_name("persons", tests, NULL, NULL);
}
