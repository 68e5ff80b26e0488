/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_quarantine - refused requests are kept within bounds. */
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

static int64_t insert(struct store_rig *rig, const char *channel, struct span request)
{
    struct quarantine_row row = rig_quarantine(rig, channel);
    row.request = request;
    row.at = RIG_NOW + row.id;
    assert_int_equal(quarantine_insert(rig->store, &row), 0);
    return row.id;
}

static int count_row(void *context, const struct quarantine_row *row)
{
    int *count = context;
    assert_true(row->id > 0);
    ++*count;
    return 0;
}

static int count_rows(struct store_rig *rig, const char *word)
{
    int count = 0;
    int64_t before = 0, since = 0;
    assert_int_equal(quarantine_count_since(rig->store, 0, &since), 0);
    if (word == NULL)
        return (int)since;
    assert_int_equal(
        quarantine_list(rig->store, &(struct quarantine_filter){ .state = word, .before_id = before, .limit = 1000 },
            count_row, &count),
        0);
    return count;
}

static void kept_request_comes_back_and_is_resolved_once(void **state)
{
    struct store_rig rig;
    struct quarantine_row got;
    (void)state;
    begin(&rig);
    int64_t id = insert(&rig, "main", span_of("sealed request")), other = insert(&rig, "main", span_of("another"));
    assert_int_equal(quarantine_get(rig.store, id, &got), 0);
    assert_true(span_equal(got.request, span_of("sealed request")));
    assert_string_equal(got.channel, "main");
    assert_string_equal(got.reason, "signature");
    assert_true(got.state == STATE_quarantine_kept && got.size == 23 && got.resolved_at == 0);
    assert_int_equal(quarantine_resolve(rig.store, id, STATE_quarantine_dropped, "user:amina", RIG_NOW + 99), 0);
    assert_int_equal(quarantine_get(rig.store, id, &got), 0);
    assert_int_equal(got.request.len, 0);
    assert_string_equal(got.resolved_by, "user:amina");
    assert_true(got.state == STATE_quarantine_dropped && got.resolved_at == RIG_NOW + 99);
    assert_int_equal(quarantine_resolve(rig.store, id, STATE_quarantine_released, "user:amina", RIG_NOW), ERR_CONFLICT);
    assert_int_equal(
        quarantine_resolve(rig.store, 99, STATE_quarantine_released, "user:amina", RIG_NOW), ERR_NOT_FOUND);
    assert_int_equal(quarantine_resolve(rig.store, other, STATE_quarantine_released, "user:amina", RIG_NOW), 0);
    assert_int_equal(quarantine_get(rig.store, other, &got), 0);
    assert_int_equal(got.request.len, 7);
    assert_int_equal(quarantine_get(rig.store, 99, &got), ERR_NOT_FOUND);
    assert_int_equal(count_rows(&rig, "kept"), 0);
    assert_int_equal(count_rows(&rig, "all"), 2);
    end(&rig);
}

static void old_requests_expire_and_are_counted(void **state)
{
    struct store_rig rig;
    int64_t count = 0;
    struct quarantine_row got;
    (void)state;
    begin(&rig);
    for (int i = 0; i < 5; i++)
        insert(&rig, "main", span_of("sealed request"));
    assert_int_equal(quarantine_count_since(rig.store, RIG_NOW + 4, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(quarantine_expire(rig.store, RIG_NOW + 3), 0);
    assert_int_equal(quarantine_get(rig.store, 2, &got), ERR_NOT_FOUND);
    assert_int_equal(quarantine_get(rig.store, 3, &got), 0);
    end(&rig);
}

static void flood_of_one_channel_leaves_the_last_hundred_of_others(void **state)
{
    struct store_rig rig;
    struct quarantine_row got;
    int64_t quiet_first = 0, flood_last = 0;
    (void)state;
    begin(&rig);
    for (int i = 0; i < 130; i++) {
        int64_t id = insert(&rig, "quiet", span_of("sealed request"));
        quiet_first = i == 30 ? id : quiet_first;
    }
    for (int i = 0; i < QUARANTINE_ROWS_MAX + 500; i++)
        flood_last = insert(&rig, "flooded", span_of("x"));
    assert_true(count_rows(&rig, NULL) <= QUARANTINE_ROWS_MAX);
    assert_true(count_rows(&rig, NULL) > QUARANTINE_ROWS_MAX - 100);
    assert_int_equal(quarantine_get(rig.store, quiet_first, &got), 0); /* the hundredth from the end */
    assert_int_equal(quarantine_get(rig.store, 1, &got), ERR_NOT_FOUND);
    assert_int_equal(quarantine_get(rig.store, 131, &got), ERR_NOT_FOUND); /* the flood's own first */
    assert_int_equal(quarantine_get(rig.store, flood_last, &got), 0);
    end(&rig);
}

static void bytes_are_bounded_too(void **state)
{
    static char large[1u << 20];
    struct store_rig rig;
    struct quarantine_row got;
    int64_t last = 0;
    (void)state;
    begin(&rig);
    int64_t first = insert(&rig, "main", span_of("first"));
    for (int i = 0; i < 60; i++)
        last = insert(&rig, "main", (struct span){ large, sizeof large });
    assert_int_equal(quarantine_get(rig.store, last, &got), 0);
    assert_int_equal(quarantine_get(rig.store, first, &got), ERR_NOT_FOUND);
    assert_true(count_rows(&rig, NULL) <= 50);
    struct quarantine_row row = rig_quarantine(&rig, "main");
    row.request = (struct span){ large, QUARANTINE_BYTES_MAX + 1 };
    assert_int_equal(quarantine_insert(rig.store, &row), ERR_LIMIT);
    assert_int_equal(quarantine_resolve(rig.store, last, STATE_quarantine_dropped, "user:amina", RIG_NOW), 0);
    assert_int_equal(quarantine_expire(rig.store, INT64_MAX), 0);
    assert_int_equal(count_rows(&rig, NULL), 0);
    assert_int_equal(rig_counter(&rig, "quarantine.rows"), 0);
    assert_int_equal(rig_counter(&rig, "quarantine.bytes"), 0);
    end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_request_comes_back_and_is_resolved_once),
        cmocka_unit_test(old_requests_expire_and_are_counted),
        cmocka_unit_test(flood_of_one_channel_leaves_the_last_hundred_of_others),
        cmocka_unit_test(bytes_are_bounded_too),
    };
    return cmocka_run_group_tests_name("quarantine", tests, NULL, NULL);
}
