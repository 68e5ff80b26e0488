/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_casefile - a seal opens at its own place with its own key, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
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

static void hidden_sender_has_no_tag(void **state)
{
    struct core_rig *rig = *state;
    unsigned char tag[VAULT_TAG_LEN], other[VAULT_TAG_LEN], none[VAULT_TAG_LEN] = { 0 };
    casefile_tag(&rig->core, "", tag);
    assert_memory_equal(tag, none, sizeof tag);
    casefile_tag(&rig->core, HER, tag);
    casefile_tag(&rig->core, "+966505550124", other);
    assert_memory_not_equal(tag, none, sizeof tag);
    assert_memory_not_equal(tag, other, sizeof tag);
}

static void key_of_a_case_is_wrapped_for_that_case_alone(void **state)
{
    struct core_rig *rig = *state;
    struct case_row row = { .id = 1001 };
    struct vault_key key, again;
    casefile_key_new(&rig->core, &row, &key);
    assert_int_equal(casefile_key(&rig->core, &row, &again), 0);
    assert_memory_equal(&key, &again, sizeof key);
    row.id = 1002;
    assert_int_equal(casefile_key(&rig->core, &row, &again), ERR_CRYPTO);
    row.id = 1001;
    row.key_wrap_len = 0;
    assert_int_equal(casefile_key(&rig->core, &row, &again), ERR_NOT_FOUND); /* purged */
}

static void column_opens_only_where_it_was_sealed(void **state)
{
    static const struct {
        const char *label;
        int64_t case_id, id;
        enum message_part part;
        int want;
    } table[] = {
        { "its place", 1001, 7, MESSAGE_TEXT, 0 },
        { "another case", 1002, 7, MESSAGE_TEXT, ERR_CRYPTO },
        { "another row", 1001, 8, MESSAGE_TEXT, ERR_CRYPTO },
        { "another column", 1001, 7, MESSAGE_SENDER, ERR_CRYPTO },
    };
    struct core_rig *rig = *state;
    struct case_row owner = { .id = 1001 };
    struct vault_key key;
    AUTO_BUF sealed;
    buf_init(&sealed, 1000);
    casefile_key_new(&rig->core, &owner, &key);
    assert_int_equal(casefile_seal_message(&rig->core, &key, 1001, 7, MESSAGE_TEXT, span_of("help"), &sealed), 0);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct message_row row = { .id = table[i].id, .case_id = table[i].case_id };
        AUTO_BUF plain;
        buf_init(&plain, 100);
        row.text = row.sender = buf_span(&sealed);
        if (casefile_open_message(&rig->core, &key, &row, table[i].part, &plain) != table[i].want)
            fail_msg("%s", table[i].label);
    }
}

static void missing_column_is_not_found(void **state)
{
    struct core_rig *rig = *state;
    const struct message_row row = { .id = 1 };
    const struct note_row note = { .id = 1 };
    struct vault_key key;
    AUTO_BUF plain;
    buf_init(&plain, 100);
    vault_key_new(&key);
    for (int part = MESSAGE_TEXT; part <= MESSAGE_RECIPIENT; part++)
        assert_int_equal(casefile_open_message(&rig->core, &key, &row, (enum message_part)part, &plain), ERR_NOT_FOUND);
    assert_int_equal(casefile_open_note(&rig->core, &key, &note, &plain), ERR_NOT_FOUND);
}

static void note_opens_at_its_place(void **state)
{
    struct core_rig *rig = *state;
    struct note_row note = { .id = 3, .case_id = 1001 };
    struct vault_key key;
    AUTO_BUF sealed;
    AUTO_BUF plain;
    buf_init(&sealed, 1000);
    buf_init(&plain, 100);
    vault_key_new(&key);
    assert_int_equal(casefile_seal_note(&rig->core, &key, 1001, 3, span_of("called her"), &sealed), 0);
    note.text = buf_span(&sealed);
    assert_int_equal(casefile_open_note(&rig->core, &key, &note, &plain), 0);
    assert_string_equal(plain.data, "called her");
    note.id = 4;
    assert_int_equal(casefile_open_note(&rig->core, &key, &note, &plain), ERR_CRYPTO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(hidden_sender_has_no_tag),
        TEST(key_of_a_case_is_wrapped_for_that_case_alone),
        TEST(column_opens_only_where_it_was_sealed),
        TEST(missing_column_is_not_found),
        TEST(note_opens_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
