/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_parts - the rows of messages that come in parts, and of echoes by another path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static int open_rig(void **state)
{
    static struct store_rig rig; /* mutable: one test at a time */
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    *state = &rig;
    return 0;
}

static int close_rig(void **state)
{
    rig_close(*state);
    return 0;
}

static int64_t insert_message(struct store_rig *rig, int64_t case_id, int64_t number)
{
    struct message_row row = rig_message(rig, case_id, number);
    assert_int_equal(messages_insert(rig->store, &row), 0);
    return row.id;
}

static void insert_join(struct store_rig *rig, int64_t message_id, int64_t key, int64_t due_at)
{
    struct join_row row = { .message_id = message_id, .total = 3, .newest_at = RIG_NOW, .due_at = due_at };
    rig_tag(key, row.key);
    assert_int_equal(joins_insert(rig->store, &row), 0);
}

static void insert_part(struct store_rig *rig, int64_t message_id, unsigned part, int64_t dedupe, int want)
{
    struct part_row row = { .message_id = message_id, .part = part, .text = span_of("sealed"), .received_at = RIG_NOW };
    rig_tag(dedupe, row.dedupe);
    rig_tag(500 + part, row.content);
    assert_int_equal(parts_insert(rig->store, &row), want);
}

struct seen {
    unsigned count;
    int64_t ids[16];
    size_t text_len;
};

static int see_join(void *context, const struct join_row *row)
{
    struct seen *seen = context;
    seen->ids[seen->count++] = row->message_id;
    return 0;
}

static int see_part(void *context, const struct part_row *row)
{
    struct seen *seen = context;
    seen->ids[seen->count++] = row->part;
    seen->text_len += row->text.len;
    return 0;
}

static void joins_are_found_by_key_newest_first(void **state)
{
    struct store_rig *rig = *state;
    unsigned char key[STORE_TAG_LEN];
    struct seen seen = { 0 };
    for (int64_t number = 1; number <= 4; number++)
        insert_join(rig, insert_message(rig, 0, number), number == 2 ? 901 : 900, 0);
    rig_tag(900, key);
    assert_int_equal(joins_find(rig->store, key, 2, see_join, &seen), 0);
    assert_int_equal(seen.count, 2);
    assert_true(seen.ids[0] > seen.ids[1]);
}

static void due_time_is_a_row_that_outlives_a_restart(void **state)
{
    struct store_rig *rig = *state;
    struct join_row row;
    struct seen seen = { 0 };
    int64_t due, first = insert_message(rig, 0, 1), second = insert_message(rig, 0, 2);
    assert_int_equal(joins_next_due(rig->store, &due), ERR_NOT_FOUND);
    insert_join(rig, first, 900, RIG_NOW + 90);
    insert_join(rig, second, 901, RIG_NOW + 50);
    assert_int_equal(store_commit(rig->store), 0);
    assert_int_equal(rig_reopen(rig), 0);
    assert_int_equal(store_begin(rig->store), 0);
    assert_int_equal(joins_next_due(rig->store, &due), 0);
    assert_int_equal(due, RIG_NOW + 50);
    assert_int_equal(joins_due(rig->store, RIG_NOW + 49, 10, see_join, &seen), 0);
    assert_int_equal(seen.count, 0);
    assert_int_equal(joins_due(rig->store, RIG_NOW + 90, 10, see_join, &seen), 0);
    assert_true(seen.count == 2 && seen.ids[0] == second && seen.ids[1] == first);
    assert_int_equal(joins_get(rig->store, second, &row), 0);
    row.due_at = 0;
    row.is_told = row.is_rise = true;
    row.newest_at = RIG_NOW + 5;
    assert_int_equal(joins_update(rig->store, &row), 0);
    assert_int_equal(joins_next_due(rig->store, &due), 0);
    assert_int_equal(due, RIG_NOW + 90);
    assert_int_equal(joins_get(rig->store, second, &row), 0);
    assert_true(row.is_told && row.is_rise && row.newest_at == RIG_NOW + 5);
    assert_int_equal(joins_get(rig->store, 99, &row), ERR_NOT_FOUND);
}

static void part_is_found_by_its_dedupe_key_and_listed_in_order(void **state)
{
    struct store_rig *rig = *state;
    unsigned char key[STORE_TAG_LEN];
    struct seen seen = { 0 };
    int64_t found, id = insert_message(rig, 0, 1);
    insert_part(rig, id, 3, 603, 0);
    insert_part(rig, id, 1, 601, 0);
    insert_part(rig, id, 2, 601, ERR_EXISTS);
    rig_tag(603, key);
    assert_int_equal(messages_find_dedupe(rig->store, key, &found), 0);
    assert_int_equal(found, id);
    assert_int_equal(parts_set_text(rig->store, id, 3, span_of("sealed again"), span_of("octets")), 0);
    assert_int_equal(parts_set_text(rig->store, id, 2, span_of("x"), span_of("")), ERR_NOT_FOUND);
    assert_int_equal(parts_list(rig->store, id, see_part, &seen), 0);
    assert_true(seen.count == 2 && seen.ids[0] == 1 && seen.ids[1] == 3 && seen.text_len == 6 + 12);
    seen = (struct seen){ 0 };
    assert_int_equal(parts_forget_texts(rig->store, id), 0);
    assert_int_equal(parts_list(rig->store, id, see_part, &seen), 0);
    assert_true(seen.count == 2 && seen.text_len == 0);
}

static void merged_message_is_gone_and_its_keys_lead_to_the_other(void **state)
{
    struct store_rig *rig = *state;
    struct message_row row;
    unsigned char key[STORE_TAG_LEN];
    int64_t found, from = insert_message(rig, 0, 1), to = insert_message(rig, 0, 2);
    insert_join(rig, from, 900, RIG_NOW);
    insert_part(rig, from, 1, 601, 0);
    assert_int_equal(parts_merge(rig->store, from, to), 0);
    assert_int_equal(messages_get(rig->store, from, &row), ERR_NOT_FOUND);
    rig_tag(601, key);
    assert_int_equal(messages_find_dedupe(rig->store, key, &found), 0);
    assert_int_equal(found, to);
    assert_int_equal(parts_merge(rig->store, from, to), ERR_NOT_FOUND);
}

static void purge_of_the_case_empties_parts_and_forgets_the_key(void **state)
{
    struct store_rig *rig = *state;
    struct case_row row = rig_case(rig, 1);
    unsigned char key[STORE_TAG_LEN];
    struct seen seen = { 0 };
    int64_t due;
    row.state = STATE_case_closed;
    row.closed_at = RIG_NOW;
    assert_int_equal(cases_insert(rig->store, &row), 0);
    int64_t id = insert_message(rig, row.id, 1);
    insert_join(rig, id, 900, RIG_NOW);
    insert_part(rig, id, 1, 601, 0);
    assert_int_equal(cases_purge(rig->store, row.id, RIG_NOW), 0);
    assert_int_equal(parts_list(rig->store, id, see_part, &seen), 0);
    assert_true(seen.count == 1 && seen.text_len == 0);
    rig_tag(900, key);
    seen = (struct seen){ 0 };
    assert_int_equal(joins_find(rig->store, key, 8, see_join, &seen), 0);
    assert_int_equal(seen.count, 0);
    assert_int_equal(joins_next_due(rig->store, &due), ERR_NOT_FOUND);
}

static void update_of_a_message_keeps_when_and_by_which_key_it_came(void **state)
{
    struct store_rig *rig = *state;
    struct message_row row = rig_message(rig, 0, 1), got;
    assert_int_equal(messages_insert(rig->store, &row), 0);
    struct message_row next = row;
    next.text = span_of("sealed whole");
    next.part = 2;
    next.received_at = 5;
    next.is_doubtful = true;
    memset(next.dedupe, 7, sizeof next.dedupe);
    assert_int_equal(messages_update(rig->store, &next), 0);
    assert_int_equal(messages_get(rig->store, row.id, &got), 0);
    assert_true(got.part == 2 && got.is_doubtful && got.received_at == row.received_at);
    assert_memory_equal(got.dedupe, row.dedupe, STORE_TAG_LEN);
    assert_true(span_equal(got.text, span_of("sealed whole")));
    next.id = 99;
    assert_int_equal(messages_update(rig->store, &next), ERR_NOT_FOUND);
}

static void echo_is_found_for_another_channel_within_its_time(void **state)
{
    struct store_rig *rig = *state;
    unsigned char tag[STORE_TAG_LEN];
    int64_t id;
    rig_tag(700, tag);
    assert_int_equal(echoes_add(rig->store, tag, 11, "line", RIG_NOW), 0);
    assert_int_equal(echoes_add(rig->store, tag, 11, "line", RIG_NOW), 0);
    assert_int_equal(echoes_find(rig->store, tag, "line", 0, RIG_NOW, &id), ERR_NOT_FOUND);
    assert_int_equal(echoes_find(rig->store, tag, "modem", RIG_NOW + 1, RIG_NOW + 9, &id), ERR_NOT_FOUND);
    assert_int_equal(echoes_find(rig->store, tag, "modem", RIG_NOW - 9, RIG_NOW, &id), 0);
    assert_int_equal(id, 11);
    assert_int_equal(echoes_add(rig->store, tag, 12, "line", RIG_NOW), 0);
    assert_int_equal(echoes_add(rig->store, tag, 11, "modem", RIG_NOW), 0);
    assert_int_equal(echoes_find(rig->store, tag, "modem", RIG_NOW - 9, RIG_NOW, &id), 0);
    assert_int_equal(id, 12);
    assert_int_equal(echoes_forget(rig->store, RIG_NOW + 1), 0);
    assert_int_equal(echoes_find(rig->store, tag, "other", 0, RIG_NOW, &id), ERR_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(joins_are_found_by_key_newest_first),
        TEST(due_time_is_a_row_that_outlives_a_restart),
        TEST(part_is_found_by_its_dedupe_key_and_listed_in_order),
        TEST(merged_message_is_gone_and_its_keys_lead_to_the_other),
        TEST(purge_of_the_case_empties_parts_and_forgets_the_key),
        TEST(update_of_a_message_keeps_when_and_by_which_key_it_came),
        TEST(echo_is_found_for_another_channel_within_its_time),
    };
    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
