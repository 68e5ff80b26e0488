/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_audit - the chain holds, follows undone turns, and shows every change made behind its back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

#define ROWS 4

static int append(struct store_rig *rig, const char *detail, int64_t case_id)
{
    return audit_append(rig->store, &(struct audit_row){ .at = RIG_NOW,
                                        .actor = "contact:ngo-desk",
                                        .action = "case.read",
                                        .case_id = case_id,
                                        .object = "message:17",
                                        .detail = detail });
}

static void assert_intact(struct store_rig *rig, int64_t want)
{
    int64_t count = -1, first_bad = -1;
    assert_int_equal(audit_verify(rig->store, &count, &first_bad), 0);
    assert_int_equal(count, want);
    assert_int_equal(first_bad, 0);
}

static void fill(struct store_rig *rig)
{
    assert_int_equal(store_begin(rig->store), 0);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(append(rig, "trust=full", i % 2 == 0 ? 1001 : 0), 0);
    assert_int_equal(store_commit(rig->store), 0);
}

static void fresh_audit_is_intact(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    assert_intact(&rig, 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_intact(&rig, 0);
    rig_close(&rig);
}

static void chain_goes_on_after_reopening(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    assert_int_equal(rig_reopen(&rig), 0);
    fill(&rig);
    assert_intact(&rig, 2 * ROWS);
    rig_close(&rig);
}

static void undone_rows_leave_no_trace_in_the_chain(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(append(&rig, "kept", 0), 0);
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(append(&rig, "undone", 0), 0);
    store_undo(rig.store);
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(append(&rig, "kept too", 0), 0);
    assert_int_equal(store_release(rig.store), 0);
    assert_intact(&rig, ROWS + 2); /* inside the turn */
    assert_int_equal(store_commit(rig.store), 0);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(append(&rig, "rolled back", 0), 0);
    store_rollback(rig.store);
    fill(&rig);
    assert_intact(&rig, 2 * ROWS + 2);
    rig_close(&rig);
}

struct listing {
    int count;
    int64_t ids[16];
};

static int note_id(void *context, const struct audit_row *row)
{
    struct listing *listing = context;
    assert_string_equal(row->actor, "contact:ngo-desk");
    listing->ids[listing->count++] = row->id;
    return 0;
}

static void list_is_newest_first_and_of_one_case(void **state)
{
    struct store_rig rig;
    struct listing all = { 0 }, one = { 0 }, page = { 0 };
    (void)state;
    rig_open(&rig);
    fill(&rig);
    assert_int_equal(audit_list(rig.store, 0, 0, 10, note_id, &all), 0);
    assert_int_equal(all.count, ROWS);
    assert_int_equal(all.ids[0], ROWS);
    assert_int_equal(audit_list(rig.store, 1001, 0, 10, note_id, &one), 0);
    assert_int_equal(one.count, 2);
    assert_int_equal(one.ids[0], 3);
    assert_int_equal(audit_list(rig.store, 0, 3, 1, note_id, &page), 0);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.ids[0], 2);
    rig_close(&rig);
}

static void row_that_is_too_long_is_refused(void **state)
{
    struct store_rig rig;
    char detail[4000];
    (void)state;
    rig_open_memory(&rig);
    memset(detail, 'x', sizeof detail - 1);
    detail[sizeof detail - 1] = '\0';
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(append(&rig, detail, 0), ERR_LIMIT);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

/* ---- tampering ---- */

/* Every act begins with the untouched rows, so that each is judged alone. */
static void keep_untouched(struct store_rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
    rig_tamper(rig, "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_cut;"
                    "CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head");
    assert_int_equal(rig_reopen(rig), 0);
}

static void tamper(struct store_rig *rig, const char *sql)
{
    char text[1000];
    store_close(rig->store);
    rig->store = NULL;
    snprintf(text, sizeof text,
        "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON; BEGIN; DELETE FROM audit; DELETE FROM audit_head;"
        "INSERT INTO audit SELECT * FROM kept; INSERT INTO audit_head SELECT * FROM kept_head; %s; COMMIT",
        sql);
    rig_tamper(rig, text);
    assert_int_equal(rig_reopen(rig), 0);
}

static void expect_found(struct store_rig *rig, const char *label, const char *sql, int64_t want_first_bad)
{
    int64_t count = 0, first_bad = 0;
    tamper(rig, sql);
    if (audit_verify(rig->store, &count, &first_bad) != ERR_CORRUPT)
        fail_msg("%s: not found", label);
    if (want_first_bad != 0 && first_bad != want_first_bad)
        fail_msg("%s: reported row %lld", label, (long long)first_bad);
}

static void removed_inserted_and_exchanged_rows_are_found(void **state)
{
    static const struct {
        const char *label, *sql;
        int64_t first_bad;
    } cases[] = {
        { "the first row removed", "DELETE FROM audit WHERE id = 1", 1 },
        { "a row in the middle removed", "DELETE FROM audit WHERE id = 2", 2 },
        { "the last row removed", "DELETE FROM audit WHERE id = 4", 4 },
        { "all rows removed", "DELETE FROM audit", 1 },
        { "all rows and the head removed", "DELETE FROM audit; DELETE FROM audit_head", 1 },
        { "the head removed", "DELETE FROM audit_head", 5 },
        { "the last row removed and the head set back",
            "DELETE FROM audit WHERE id = 4; UPDATE audit_head SET rows = 3, mac = (SELECT mac FROM audit WHERE id = 3)",
            4 },
        { "a row removed and the rest moved up",
            "DELETE FROM audit WHERE id = 2; UPDATE audit SET id = id - 1 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4",
            2 },
        { "two rows exchanged",
            "UPDATE audit SET id = 99 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 99",
            2 },
        { "a row added at the end",
            "INSERT INTO audit SELECT 5, at, actor, action, case_id, object, detail, mac FROM audit WHERE id = 4", 5 },
        { "a row added before the first",
            "INSERT INTO audit SELECT -1, at, actor, action, case_id, object, detail, mac FROM audit WHERE id = 1", 1 },
        { "text hidden behind a NUL", "UPDATE audit SET detail = detail || char(0) || 'more' WHERE id = 2", 2 },
        { "text moved into the next column",
            "UPDATE audit SET object = object || 't', detail = substr(detail, 2) WHERE id = 2", 2 },
    };
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    keep_untouched(&rig);
    for (size_t i = 0; i < STR_COUNT(cases); i++)
        expect_found(&rig, cases[i].label, cases[i].sql, cases[i].first_bad);
    tamper(&rig, "SELECT 1");
    assert_intact(&rig, ROWS);
    rig_close(&rig);
}

/* Writes the statement that flips one bit in one byte of one column; false when the column has no such byte. */
static bool print_flip(char *ret_sql, size_t size, int column, int row, int byte)
{
    static const struct {
        const char *name, *kind;
        int bytes;
    } columns[] = { { "id", "int", 8 }, { "at", "int", 8 }, { "actor", "text", 16 }, { "action", "text", 9 },
        { "case_id", "int", 8 }, { "object", "text", 10 }, { "detail", "text", 10 }, { "mac", "blob", STORE_MAC_LEN } };
    if (column >= (int)STR_COUNT(columns) || byte >= columns[column].bytes)
        return false;
    const char *name = columns[column].name;
    int bit = 8 * byte + 3; /* not the lowest: one id would become another */
    if (str_equal(columns[column].kind, "int"))
        snprintf(ret_sql, size,
            "UPDATE audit SET %s = (coalesce(%s, 0) | (1 << %d)) - (coalesce(%s, 0) & (1 << %d)) WHERE id = %d", name,
            name, bit, name, bit, row);
    else if (str_equal(columns[column].kind, "text"))
        snprintf(ret_sql, size,
            "UPDATE audit SET %s = substr(%s, 1, %d) || char(unicode(substr(%s, %d, 1)) + 1) || substr(%s, %d) WHERE id = %d",
            name, name, byte, name, byte + 1, name, byte + 2, row);
    else
        snprintf(ret_sql, size,
            "UPDATE audit SET mac = (SELECT mac FROM forged WHERE row = %d AND byte = %d) WHERE id = %d", row, byte,
            row);
    return true;
}

/* SQL has no bit operations on BLOBs, so the forged ones are made beforehand. */
static void make_forged_macs(struct store_rig *rig)
{
    char text[400];
    store_close(rig->store);
    rig->store = NULL;
    rig_tamper(rig, "CREATE TABLE forged (row INTEGER, byte INTEGER, mac BLOB)");
    for (int byte = 0; byte < STORE_MAC_LEN; byte++) {
        snprintf(text, sizeof text,
            "INSERT INTO forged SELECT id, %d, CAST(substr(mac, 1, %d) || CASE substr(mac, %d, 1) WHEN x'41' THEN x'42' ELSE x'41' END || "
            "substr(mac, %d) AS BLOB) FROM audit",
            byte, byte, byte + 1, byte + 2);
        rig_tamper(rig, text);
    }
    assert_int_equal(
        rig_query(rig,
            "SELECT count(*) FROM forged JOIN audit ON id = row WHERE length(forged.mac) = 32 AND forged.mac <> audit.mac"),
        STORE_MAC_LEN * ROWS);
    assert_int_equal(rig_reopen(rig), 0);
}

static void any_flipped_byte_is_found(void **state)
{
    struct store_rig rig;
    char sql[400], label[64];
    int tried = 0;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    make_forged_macs(&rig);
    keep_untouched(&rig);
    for (int row = 1; row <= ROWS; row++)
        for (int column = 0; column < 8; column++)
            for (int byte = 0; print_flip(sql, sizeof sql, column, row, byte); byte++) {
                snprintf(label, sizeof label, "row %d column %d byte %d", row, column, byte);
                expect_found(&rig, label, sql, 0);
                tried++;
            }
    assert_int_equal(tried, ROWS * (8 + 8 + 16 + 9 + 8 + 10 + 10 + STORE_MAC_LEN));
    tamper(&rig, "SELECT 1");
    assert_intact(&rig, ROWS);
    rig_close(&rig);
}

static void rows_after_a_cut_do_not_hide_it(void **state)
{
    struct store_rig rig;
    int64_t count = 0, first_bad = 0;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    store_close(rig.store);
    rig.store = NULL;
    rig_tamper(&rig, "DROP TRIGGER audit_is_never_cut; DELETE FROM audit WHERE id >= 3");
    assert_int_equal(rig_reopen(&rig), 0);
    fill(&rig);
    assert_int_equal(audit_verify(rig.store, &count, &first_bad), ERR_CORRUPT);
    assert_int_equal(first_bad, 3);
    rig_close(&rig);
}

static void rows_cannot_be_changed_by_mistake(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    fill(&rig);
    store_close(rig.store);
    rig.store = NULL;
    assert_true(rig_refuses(&rig, "UPDATE audit SET detail = 'nothing' WHERE id = 2"));
    assert_true(rig_refuses(&rig, "DELETE FROM audit WHERE id = 4"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_audit_is_intact),
        cmocka_unit_test(chain_goes_on_after_reopening),
        cmocka_unit_test(undone_rows_leave_no_trace_in_the_chain),
        cmocka_unit_test(list_is_newest_first_and_of_one_case),
        cmocka_unit_test(row_that_is_too_long_is_refused),
        cmocka_unit_test(removed_inserted_and_exchanged_rows_are_found),
        cmocka_unit_test(any_flipped_byte_is_found),
        cmocka_unit_test(rows_after_a_cut_do_not_hide_it),
        cmocka_unit_test(rows_cannot_be_changed_by_mistake),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
