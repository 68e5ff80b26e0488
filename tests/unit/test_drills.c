/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drills - marked tests of contacts are numbered like cases, found and answered once. */
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

static struct drill_row drill(struct store_rig *rig, const char *contact)
{
    struct drill_row row = {
        .id = store_next_id(rig->store, SEQUENCE_CASE), .code = "KTRM", .sent_at = RIG_NOW, .asked_by = "uid:1000"
    };
    str_copy(row.contact, sizeof row.contact, contact);
    snprintf(row.public_id, sizeof row.public_id, "public-%d", (int)row.id);
    return row;
}

static int64_t insert(struct store_rig *rig, const char *contact)
{
    struct drill_row row = drill(rig, contact);
    assert_int_equal(drills_insert(rig->store, &row), 0);
    return row.id;
}

static void assert_same(const struct drill_row *a, const struct drill_row *b)
{
    assert_int_equal(a->id, b->id);
    assert_string_equal(a->contact, b->contact);
    assert_string_equal(a->public_id, b->public_id);
    assert_string_equal(a->code, b->code);
    assert_int_equal(a->sent_at, b->sent_at);
    assert_int_equal(a->answered_at, b->answered_at);
    assert_string_equal(a->asked_by, b->asked_by);
}

static void drill_comes_back_by_id_by_public_id_and_by_contact(void **state)
{
    struct store_rig rig;
    struct drill_row got;
    (void)state;
    begin(&rig);
    struct drill_row row = drill(&rig, "ngo-desk");
    assert_int_equal(drills_insert(rig.store, &row), 0);
    assert_int_equal(drills_get(rig.store, row.id, &got), 0);
    assert_same(&row, &got);
    memset(&got, 0xff, sizeof got);
    assert_int_equal(drills_find_public(rig.store, row.public_id, &got), 0);
    assert_same(&row, &got);
    memset(&got, 0xff, sizeof got);
    assert_int_equal(drills_last(rig.store, "ngo-desk", &got), 0);
    assert_same(&row, &got);
    assert_int_equal(drills_get(rig.store, row.id + 1, &got), ERR_NOT_FOUND);
    assert_int_equal(drills_find_public(rig.store, "nobody", &got), ERR_NOT_FOUND);
    assert_int_equal(drills_last(rig.store, "embassy", &got), ERR_NOT_FOUND);
    end(&rig);
}

static void drills_and_cases_never_share_a_number(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    int64_t before = rig_case(&rig, 1).id;
    int64_t id = insert(&rig, "ngo-desk");
    int64_t after = rig_case(&rig, 2).id;
    assert_int_equal(id, before + 1);
    assert_int_equal(after, id + 1);
    end(&rig);
}

static void numbers_and_public_ids_are_unique(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    struct drill_row first = drill(&rig, "ngo-desk"), second = drill(&rig, "embassy"), third = first;
    assert_int_equal(drills_insert(rig.store, &first), 0);
    str_copy(second.public_id, sizeof second.public_id, first.public_id);
    assert_int_equal(drills_insert(rig.store, &second), ERR_EXISTS);
    str_copy(third.public_id, sizeof third.public_id, "another");
    assert_int_equal(drills_insert(rig.store, &third), ERR_EXISTS);
    end(&rig);
}

static void drill_is_answered_once(void **state)
{
    struct store_rig rig;
    struct drill_row got;
    (void)state;
    begin(&rig);
    int64_t id = insert(&rig, "ngo-desk"), other = insert(&rig, "ngo-desk");
    assert_int_equal(drills_set_answered(rig.store, id, RIG_NOW + 5), 0);
    assert_int_equal(drills_set_answered(rig.store, id, RIG_NOW + 6), ERR_CONFLICT);
    assert_int_equal(drills_set_answered(rig.store, 4711, RIG_NOW + 6), ERR_NOT_FOUND);
    assert_int_equal(drills_get(rig.store, id, &got), 0);
    assert_int_equal(got.answered_at, RIG_NOW + 5);
    assert_int_equal(drills_get(rig.store, other, &got), 0);
    assert_int_equal(got.answered_at, 0);
    end(&rig);
}

static void undone_turn_leaves_no_drill_and_no_answer(void **state)
{
    struct store_rig rig;
    struct drill_row got;
    (void)state;
    begin(&rig);
    int64_t id = insert(&rig, "ngo-desk");
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(drills_set_answered(rig.store, id, RIG_NOW + 5), 0);
    store_undo(rig.store);
    assert_int_equal(drills_get(rig.store, id, &got), 0);
    assert_int_equal(got.answered_at, 0);
    store_rollback(rig.store);
    assert_int_equal(drills_get(rig.store, id, &got), ERR_NOT_FOUND);
    rig_close(&rig);
}

struct listing {
    int count, stop_after;
    char text[200];
};

static int note_id(void *context, const struct drill_row *row)
{
    struct listing *listing = context;
    size_t len = strlen(listing->text);
    snprintf(listing->text + len, sizeof listing->text - len, "%s%d", listing->count++ == 0 ? "" : " ", (int)row->id);
    return listing->count == listing->stop_after ? ERR_AGAIN : 0;
}

static void lists_are_newest_first_and_page(void **state)
{
    static const struct {
        const char *label;
        int64_t before_id;
        unsigned limit;
        int stop_after, code;
        const char *want;
    } cases[] = {
        { "all", 0, 0, 0, 0, "1004 1003 1002 1001" },
        { "first page", 0, 3, 0, 0, "1004 1003 1002" },
        { "next page", 1002, 3, 0, 0, "1001" },
        { "stopped", 0, 10, 2, ERR_AGAIN, "1004 1003" },
        { "before all", 1001, 10, 0, 0, "" },
    };
    struct store_rig rig;
    struct drill_row got;
    (void)state;
    begin(&rig);
    for (int i = 0; i < 4; i++)
        insert(&rig, i % 2 == 0 ? "ngo-desk" : "embassy");
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { .stop_after = cases[i].stop_after };
        int code = drills_list(rig.store, cases[i].before_id, cases[i].limit, note_id, &listing);
        if (code != cases[i].code || !str_equal(listing.text, cases[i].want))
            fail_msg("%s: %d, \"%s\"", cases[i].label, code, listing.text);
    }
    assert_int_equal(drills_last(rig.store, "ngo-desk", &got), 0);
    assert_int_equal(got.id, 1003);
    end(&rig);
}

static void missed_tests_of_a_contact_are_counted(void **state)
{
    struct store_rig rig;
    struct drill_sum sum;
    (void)state;
    begin(&rig);
    for (int i = 0; i < 4; i++) {
        struct drill_row row = drill(&rig, "ngo-desk");
        row.sent_at = RIG_NOW + i * 1000;
        assert_int_equal(drills_insert(rig.store, &row), 0);
        assert_int_equal(i == 1 ? drills_set_answered(rig.store, row.id, RIG_NOW + 5000) : 0, 0);
    }
    insert(&rig, "embassy");
    assert_int_equal(drills_sum(rig.store, "ngo-desk", RIG_NOW, RIG_NOW + 3000, &sum), 0);
    assert_int_equal(sum.count, 4);
    assert_int_equal(sum.missed, 2); /* the second was answered, the fourth is waited for */
    assert_int_equal(drills_sum(rig.store, "ngo-desk", RIG_NOW + 1, RIG_NOW + 4000, &sum), 0);
    assert_int_equal(sum.count, 3);
    assert_int_equal(sum.missed, 2);
    assert_int_equal(drills_sum(rig.store, "nobody", 0, RIG_NOW, &sum), 0);
    assert_int_equal(sum.count, 0);
    assert_int_equal(sum.missed, 0);
    end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drill_comes_back_by_id_by_public_id_and_by_contact),
        cmocka_unit_test(drills_and_cases_never_share_a_number),
        cmocka_unit_test(numbers_and_public_ids_are_unique),
        cmocka_unit_test(drill_is_answered_once),
        cmocka_unit_test(undone_turn_leaves_no_drill_and_no_answer),
        cmocka_unit_test(lists_are_newest_first_and_page),
        cmocka_unit_test(missed_tests_of_a_contact_are_counted),
    };
    return cmocka_run_group_tests_name("drills", tests, NULL, NULL);
}
