/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_modem_ledger - when a slot may be emptied, and what is sent again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/modem/ledger.h"

#define NOW 1795669200000

struct daemon {
    bool is_up;
    size_t count;
    char ids[LEDGER_MAX][24];
};

static bool send_to(void *context, const struct ledger_entry *entry)
{
    struct daemon *daemon = context;
    if (daemon->is_up && daemon->count < LEDGER_MAX)
        (void)str_copy(daemon->ids[daemon->count++], sizeof(daemon->ids[0]), entry->id);
    return daemon->is_up;
}

struct rig {
    struct daemon daemon;
    struct ledger ledger;
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    if (rig == NULL)
        return -1;
    rig->daemon.is_up = true;
    ledger_init(&rig->ledger, send_to, &rig->daemon);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    ledger_done(&rig->ledger);
    free(rig);
    return 0;
}

static void add(struct rig *rig, int index, const char *pdu)
{
    assert_int_equal(ledger_add_slot(&rig->ledger, "SM", index, LEDGER_PDU, span_of(pdu), 1, NOW), 0);
}

static void only_what_is_stored_may_be_deleted(void **state)
{
    struct rig *rig = *state;
    add(rig, 1, "AA");
    add(rig, 2, "BB");
    assert_false(ledger_is_stored(&rig->ledger, "SM", 1));
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[0], true));
    assert_true(ledger_is_stored(&rig->ledger, "SM", 1));
    assert_false(ledger_is_stored(&rig->ledger, "ME", 1));
    assert_false(ledger_is_stored(&rig->ledger, "SM", 2));
    assert_false(ledger_is_stored(&rig->ledger, "SM", 3));
    assert_true(ledger_is_open(&rig->ledger));
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[1], false));
    assert_false(ledger_is_stored(&rig->ledger, "SM", 2));
    assert_false(ledger_is_open(&rig->ledger));
    assert_true(ledger_is_busy(&rig->ledger));
    assert_false(ledger_answer(&rig->ledger, rig->daemon.ids[1], true));
}

static void a_slot_listed_twice_needs_both(void **state)
{
    struct rig *rig = *state;
    add(rig, 1, "AA");
    add(rig, 1, "BB");
    add(rig, 1, "BB");
    assert_int_equal(rig->daemon.count, 2);
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[0], true));
    assert_false(ledger_is_stored(&rig->ledger, "SM", 1));
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[1], true));
    assert_true(ledger_is_stored(&rig->ledger, "SM", 1));
}

static void stored_of_an_earlier_listing_deletes_nothing(void **state)
{
    struct rig *rig = *state;
    add(rig, 1, "AA");
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[0], true));
    ledger_unlist(&rig->ledger);
    assert_false(ledger_is_stored(&rig->ledger, "SM", 1));
    add(rig, 1, "BB");
    assert_false(ledger_is_stored(&rig->ledger, "SM", 1));
}

static void what_is_unanswered_is_not_sent_twice_on_one_connection(void **state)
{
    struct rig *rig = *state;
    add(rig, 1, "AA");
    ledger_unlist(&rig->ledger);
    add(rig, 1, "AA");
    assert_int_equal(rig->daemon.count, 1);
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[0], true));
    assert_true(ledger_is_stored(&rig->ledger, "SM", 1));
}

static void a_new_connection_sends_what_has_no_slot_under_a_new_id(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(ledger_hold(&rig->ledger, LEDGER_PDU, span_of("F1"), 1, NOW), 0);
    add(rig, 1, "AA");
    rig->daemon.is_up = false;
    ledger_reset(&rig->ledger);
    assert_false(ledger_is_stored(&rig->ledger, "SM", 1));
    assert_false(ledger_answer(&rig->ledger, rig->daemon.ids[0], true));
    rig->daemon.is_up = true;
    ledger_pump(&rig->ledger);
    assert_int_equal(rig->daemon.count, 3);
    assert_string_not_equal(rig->daemon.ids[2], rig->daemon.ids[0]);
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[2], false));
    ledger_retry(&rig->ledger);
    assert_int_equal(rig->daemon.count, 4);
    assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[3], true));
    assert_int_equal(rig->ledger.count, 0);
}

static void at_most_a_window_is_unanswered(void **state)
{
    struct rig *rig = *state;
    for (int i = 0; i < LEDGER_MAX; i++)
        add(rig, i, "AA");
    assert_int_equal(rig->daemon.count, LEDGER_WINDOW);
    assert_int_equal(ledger_add_slot(&rig->ledger, "SM", LEDGER_MAX, LEDGER_PDU, span_of("AA"), 1, NOW), ERR_LIMIT);
    for (size_t i = 0; i < LEDGER_MAX; i++)
        assert_true(ledger_answer(&rig->ledger, rig->daemon.ids[i], true));
    assert_int_equal(rig->daemon.count, LEDGER_MAX);
}

static void a_call_gives_way_to_a_message(void **state)
{
    struct rig *rig = *state;
    rig->daemon.is_up = false;
    for (int i = 0; i < LEDGER_HELD_MAX; i++)
        assert_int_equal(ledger_hold(&rig->ledger, i == 7 ? LEDGER_CALL : LEDGER_PDU, span_of("AA"), 1, NOW), 0);
    assert_int_equal(ledger_hold(&rig->ledger, LEDGER_PDU, span_of("BB"), 1, NOW), 0);
    assert_int_equal(ledger_hold(&rig->ledger, LEDGER_PDU, span_of("BB"), 1, NOW), ERR_LIMIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_is_stored_may_be_deleted),
        TEST(a_slot_listed_twice_needs_both),
        TEST(stored_of_an_earlier_listing_deletes_nothing),
        TEST(what_is_unanswered_is_not_sent_twice_on_one_connection),
        TEST(a_new_connection_sends_what_has_no_slot_under_a_new_id),
        TEST(at_most_a_window_is_unanswered),
        TEST(a_call_gives_way_to_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
