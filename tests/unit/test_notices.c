/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_notices - short texts of the machine to a contact: sealed, and no error stops the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/notices.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)

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

static int queue(struct loop_rig *rig, const char *contact, int address, int64_t case_id)
{
    struct notice notice = {
        .contact = contact, .address = address, .case_id = case_id, .urgency = URGENCY_soon, .text = span_of("a word")
    };
    core_rig_begin(&rig->core);
    int rc = notices_queue(&rig->core.core, &notice, AT(1));
    core_rig_commit(&rig->core);
    return rc;
}

static void notice_is_sealed_and_leaves_by_the_address_that_was_named(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    assert_int_equal(queue(rig, "bea", 1, id), 0);
    assert_int_equal(queue(rig, "amy", 0, 0), 0);
    struct rig_outbox *rows = core_rig_outbox(&rig->core, "queued");
    assert_int_equal(rows->count, 2);
    struct outbox_row row;
    AUTO_BUF plain;
    buf_init(&plain, 1000);
    assert_int_equal(outbox_get(rig->core.core.store, rows->rows[0].id, &row), 0);
    assert_null(memmem(row.payload.data, row.payload.len, "a word", 6));
    assert_int_equal(notices_open_payload(&rig->core.core, &row, &plain), 0);
    assert_string_equal(plain.data, "a word");
    row.id++; /* a seal opens at its own place only */
    assert_int_equal(notices_open_payload(&rig->core.core, &row, &plain), ERR_CRYPTO);
    free(rows);
    loop_run(rig, AT(1));
    assert_int_equal(loop_count(rig, "https://bea.example.org/", "a word"), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "a word"), 1);
}

static void notice_to_nobody_is_no_error(void **state)
{
    struct loop_rig *rig = *state;
    assert_int_equal(queue(rig, "uid:7", 0, 0), 0);
    assert_int_equal(queue(rig, "amy", 5, 0), 0);
    assert_int_equal(core_rig_count_outbox(&rig->core, NULL), 0);
}

static void notice_about_a_case_whose_key_is_gone_is_still_told(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    struct case_row row = core_rig_case(&rig->core, id);
    memset(row.key_wrap, 7, row.key_wrap_len);
    core_rig_begin(&rig->core);
    assert_int_equal(cases_update(rig->core.core.store, &row), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(queue(rig, "amy", 0, id), 0);
    loop_run(rig, AT(1));
    assert_int_equal(loop_count(rig, LOOP_AMY, "a word"), 1);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(notice_is_sealed_and_leaves_by_the_address_that_was_named),
        ON_RIG(notice_to_nobody_is_no_error),
        ON_RIG(notice_about_a_case_whose_key_is_gone_is_still_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
