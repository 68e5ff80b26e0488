/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_contacts - what changes about a contact is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void unknown_contact_is_all_default(void **state)
{
    struct store_rig rig;
    struct contact_state_row row;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(contacts_get(rig.store, "ngo-desk", &row), 0);
    assert_string_equal(row.contact, "ngo-desk");
    assert_int_equal(row.is_on, -1);
    assert_int_equal(row.changed_at + row.last_sent_at + row.last_delivered_at + row.last_answer_at, 0);
    rig_close(&rig);
}

static void stored_contact_comes_back_and_is_replaced(void **state)
{
    struct store_rig rig;
    static struct contact_state_row row = { .contact = "ngo-desk",
        .is_on = 0,
        .changed_at = 1,
        .last_sent_at = 2,
        .last_delivered_at = 3,
        .last_answer_at = 4 };
    struct contact_state_row got;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(contacts_put(rig.store, &row), 0);
    assert_int_equal(contacts_get(rig.store, "ngo-desk", &got), 0);
    assert_memory_equal(&row, &got, sizeof row);
    row.is_on = 1;
    row.changed_at = 9;
    assert_int_equal(contacts_put(rig.store, &row), 0);
    assert_int_equal(contacts_get(rig.store, "ngo-desk", &got), 0);
    assert_memory_equal(&row, &got, sizeof row);
    row.is_on = 7;
    assert_int_equal(contacts_put(rig.store, &row), ERR_INVALID);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_contact_is_all_default),
        cmocka_unit_test(stored_contact_comes_back_and_is_replaced),
    };
    return cmocka_run_group_tests_name("contacts", tests, NULL, NULL);
}
