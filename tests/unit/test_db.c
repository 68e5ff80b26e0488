/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_db - the store opens safely, commits wholly or not at all, and works on after a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_rig.h"

#define FAIL_MAX 400 /* operations of one turn are fewer */

static int64_t insert_one(struct store_rig *rig, int64_t number)
{
    int64_t case_id = 0;
    return rig_insert_text(rig, number, &case_id) == 0 ? case_id : -1;
}

static void commit_one(struct store_rig *rig, int64_t number)
{
    assert_int_equal(store_begin(rig->store), 0);
    assert_true(insert_one(rig, number) > 0);
    assert_int_equal(store_commit(rig->store), 0);
}

static bool has_case_of(struct store_rig *rig, int64_t number)
{
    struct case_row row;
    unsigned char tag[STORE_TAG_LEN];
    rig_tag(number, tag);
    int code = cases_find_open(rig->store, tag, &row);
    assert_true(code == 0 || code == ERR_NOT_FOUND);
    return code == 0;
}

static void second_opening_is_refused(void **state)
{
    struct store_rig rig, other;
    (void)state;
    rig_open(&rig);
    other = rig;
    other.store = NULL;
    assert_int_equal(rig_reopen(&other), ERR_EXISTS);
    assert_non_null(strstr(other.error.text, "another process"));
    rig_close(&rig);
}

static void folder_and_file_that_others_can_read_are_refused(void **state)
{
    struct store_rig rig;
    struct stat status;
    (void)state;
    rig_open(&rig);
    commit_one(&rig, 1);
    char wal[128];
    snprintf(wal, sizeof wal, "%s-wal", rig.path);
    assert_int_equal(stat(rig.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(wal, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    store_close(rig.store);
    rig.store = NULL;
    assert_int_equal(chmod(rig.folder, 0750), 0);
    assert_int_equal(rig_reopen(&rig), ERR_REFUSED);
    assert_int_equal(chmod(rig.folder, 0700), 0);
    assert_int_equal(chmod(rig.path, 0640), 0);
    assert_int_equal(rig_reopen(&rig), ERR_REFUSED);
    assert_int_equal(chmod(rig.path, 0600), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_true(has_case_of(&rig, 1));
    rig_close(&rig);
}

static void file_that_is_no_database_is_corrupt(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    store_close(rig.store);
    rig.store = NULL;
    FILE *file = fopen(rig.path, "we");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is a shopping list ", file);
    fclose(file);
    assert_int_equal(rig_reopen(&rig), ERR_CORRUPT);
    rig_close(&rig);
}

static void damaged_page_is_found_after_an_unclean_stop(void **state)
{
    struct store_rig rig;
    char wal[128], junk[4096];
    (void)state;
    rig_open(&rig);
    for (int i = 1; i < 200; i++)
        commit_one(&rig, i);
    store_close(rig.store);
    rig.store = NULL;
    memset(junk, 0x5a, sizeof junk);
    FILE *file = fopen(rig.path, "r+e");
    assert_non_null(file);
    for (int page = 30; page < 40; page++) {
        assert_int_equal(fseek(file, page * 4096L, SEEK_SET), 0);
        assert_int_equal(fwrite(junk, 1, sizeof junk, file), sizeof junk);
    }
    fclose(file);
    snprintf(wal, sizeof wal, "%s-wal", rig.path); /* a log that a crash left; its content counts for nothing */
    file = fopen(wal, "we");
    assert_non_null(file);
    assert_int_equal(chmod(wal, 0600), 0);
    fwrite(junk, 1, 100, file);
    fclose(file);
    assert_int_equal(rig_reopen(&rig), ERR_CORRUPT);
    rig_close(&rig);
}

static void committed_rows_survive_and_ids_go_on(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(insert_one(&rig, 1), 1001);
    assert_int_equal(insert_one(&rig, 2), 1002);
    assert_int_equal(store_commit(rig.store), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_true(has_case_of(&rig, 1));
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(insert_one(&rig, 3), 1003);
    store_rollback(rig.store);
    assert_false(has_case_of(&rig, 3));
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(insert_one(&rig, 4), 1003);
    assert_int_equal(store_commit(rig.store), 0);
    assert_int_equal(store_check(rig.store, &rig.error), 0);
    rig_close(&rig);
}

static void savepoint_undoes_one_message_and_its_ids(void **state)
{
    struct store_rig rig;
    int64_t counts[STATE_COUNT];
    (void)state;
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(insert_one(&rig, 1), 1001);
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(insert_one(&rig, 2), 1002);
    store_undo(rig.store);
    assert_int_equal(store_savepoint(rig.store), 0);
    assert_int_equal(insert_one(&rig, 3), 1002);
    assert_int_equal(store_release(rig.store), 0);
    assert_int_equal(store_commit(rig.store), 0);
    assert_true(has_case_of(&rig, 1) && !has_case_of(&rig, 2) && has_case_of(&rig, 3));
    assert_int_equal(outbox_count(rig.store, counts), 0);
    assert_int_equal(counts[STATE_outbox_queued], 4);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(outbox_count(rig.store, counts), 0);
    assert_int_equal(counts[STATE_outbox_queued], 4);
    assert_int_equal(store_check(rig.store, &rig.error), 0);
    rig_close(&rig);
}

static void turn_is_dirty_only_after_a_write(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open_memory(&rig);
    assert_false(store_is_dirty(rig.store));
    assert_int_equal(store_begin(rig.store), 0);
    assert_true(store_is_in_transaction(rig.store));
    assert_false(has_case_of(&rig, 1));
    assert_false(store_is_dirty(rig.store));
    assert_true(insert_one(&rig, 1) > 0);
    assert_true(store_is_dirty(rig.store));
    assert_int_equal(store_commit(rig.store), 0);
    assert_false(store_is_in_transaction(rig.store));
    assert_int_equal(store_begin(rig.store), 0);
    assert_false(store_is_dirty(rig.store));
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

static void closing_rolls_an_open_turn_back(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    assert_true(insert_one(&rig, 1) > 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_false(has_case_of(&rig, 1));
    rig_close(&rig);
}

static void counter_that_differs_from_its_rows_is_found(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    commit_one(&rig, 1);
    store_close(rig.store);
    rig.store = NULL;
    rig_tamper(&rig, "UPDATE counters SET value = 7 WHERE name = 'outbox.dead'");
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(store_check(rig.store, &rig.error), ERR_CORRUPT);
    assert_non_null(strstr(rig.error.text, "outbox.dead"));
    rig_close(&rig);
}

static void backup_is_whole_private_and_never_overwrites(void **state)
{
    struct store_rig rig, copy;
    struct stat status;
    char path[128];
    (void)state;
    rig_open(&rig);
    commit_one(&rig, 1);
    snprintf(path, sizeof path, "%s/backup.db", rig.folder);
    assert_int_equal(store_backup(rig.store, path, &rig.error), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(store_backup(rig.store, path, &rig.error), ERR_EXISTS);
    assert_int_equal(store_backup(rig.store, "/nonexistent/backup.db", &rig.error), ERR_IO);
    commit_one(&rig, 2);
    copy = rig;
    copy.store = NULL;
    str_copy(copy.path, sizeof copy.path, path);
    assert_int_equal(rig_reopen(&copy), 0);
    assert_true(has_case_of(&copy, 1) && !has_case_of(&copy, 2));
    assert_int_equal(store_check(copy.store, &copy.error), 0);
    store_close(copy.store);
    rig_close(&rig);
}

static void checkpoint_waits_for_idleness_or_a_long_log(void **state)
{
    struct store_rig rig;
    struct stat before, after;
    (void)state;
    rig_open(&rig);
    commit_one(&rig, 1);
    assert_int_equal(stat(rig.path, &before), 0);
    store_maintain(rig.store, true); /* a short log stays */
    assert_int_equal(stat(rig.path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    for (int i = 2; rig_wal_pages(&rig) <= 1000; i++)
        commit_one(&rig, i);
    store_maintain(rig.store, false);
    assert_true(rig_wal_pages(&rig) > 1000);
    store_maintain(rig.store, true);
    assert_int_equal(rig_wal_pages(&rig), 0);
    assert_int_equal(stat(rig.path, &after), 0);
    assert_true(after.st_size > before.st_size);
    rig_close(&rig);
}

/* ---- faults ---- */

/* A turn in which the n-th operation fails: an error, nothing of it afterwards, and the next turn works. True when it
 * failed. */
static bool fail_turn(struct store_rig *rig, enum fault_kind kind, int n, int64_t number)
{
    int64_t count = 0, first_bad = 0;
    int code = store_begin(rig->store);
    assert_int_equal(code, 0);
    fault_arm(kind, n, false);
    if (insert_one(rig, number) < 0)
        code = ERR_IO;
    int commit_code = store_commit(rig->store);
    bool was_hit = fault_was_hit();
    fault_disarm();
    if (was_hit && commit_code == 0)
        fail_msg("operation %d failed and the commit said nothing", n);
    if (code != 0 && commit_code == 0)
        fail_msg("operation %d: a row failed, yet the turn was committed", n);
    if (has_case_of(rig, number) != (commit_code == 0))
        fail_msg("operation %d: half of the turn is there", n);
    assert_int_equal(audit_verify(rig->store, &count, &first_bad), 0);
    return was_hit;
}

static void fail_everywhere(enum fault_kind kind, int want_code_class)
{
    struct store_rig rig;
    int n = 1;
    fault_register();
    rig_open(&rig);
    commit_one(&rig, 1);
    for (; n < FAIL_MAX && fail_turn(&rig, kind, n, 1000 + n); n++) {
        assert_string_not_equal(store_last_error(rig.store), "none");
        commit_one(&rig, 5000 + n);
        assert_true(has_case_of(&rig, 5000 + n));
    }
    assert_true(n > 1 && n < FAIL_MAX); /* the last turn met no fault and was committed */
    assert_int_equal(store_check(rig.store, &rig.error), want_code_class);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_true(has_case_of(&rig, 1) && has_case_of(&rig, 5001) && !has_case_of(&rig, 1001));
    rig_close(&rig);
}

static void write_that_fails_leaves_nothing_half_done(void **state)
{
    (void)state;
    fail_everywhere(FAULT_WRITE, 0);
}

static void sync_that_fails_leaves_nothing_half_done(void **state)
{
    (void)state;
    fail_everywhere(FAULT_SYNC, 0);
}

static void full_disk_during_a_write_leaves_nothing_half_done(void **state)
{
    (void)state;
    fail_everywhere(FAULT_FULL, 0);
}

static void lasting_fault_ends_when_the_disk_is_well_again(void **state)
{
    struct store_rig rig;
    (void)state;
    fault_register();
    rig_open(&rig);
    commit_one(&rig, 1);
    fault_arm(FAULT_SYNC, 1, true);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(store_begin(rig.store), 0);
        (void)insert_one(&rig, 2);
        assert_int_equal(store_commit(rig.store), ERR_IO);
        assert_string_equal(store_last_error(rig.store), "the disk refused a sync");
        store_maintain(rig.store, true);
    }
    fault_disarm();
    commit_one(&rig, 2);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_true(has_case_of(&rig, 1) && has_case_of(&rig, 2));
    rig_close(&rig);
}

/* A commit that failed at its sync lies whole in the log; a crash before the next turn must not bring it back. */
static void failed_commit_is_not_brought_back_by_a_crash(void **state)
{
    struct store_rig rig;
    char wal[128], copy[128], command_wal[128];
    (void)state;
    fault_register();
    rig_open(&rig);
    commit_one(&rig, 1);
    assert_int_equal(store_begin(rig.store), 0);
    assert_true(insert_one(&rig, 2) > 0);
    fault_arm(FAULT_SYNC, 1, false);
    assert_int_equal(store_commit(rig.store), ERR_IO);
    fault_disarm();
    assert_int_equal(store_begin(rig.store), 0); /* the next turn begins, and then the machine stops */
    snprintf(wal, sizeof wal, "%s-wal", rig.path);
    snprintf(copy, sizeof copy, "%s/crashed.db", rig.folder);
    snprintf(command_wal, sizeof command_wal, "%s/crashed.db-wal", rig.folder);
    rig_copy_file(rig.path, copy);
    rig_copy_file(wal, command_wal);
    store_rollback(rig.store);
    struct store_rig crashed = rig;
    crashed.store = NULL;
    str_copy(crashed.path, sizeof crashed.path, copy);
    assert_int_equal(rig_reopen(&crashed), 0);
    assert_true(has_case_of(&crashed, 1) && !has_case_of(&crashed, 2));
    store_close(crashed.store);
    rig_close(&rig);
}

static void full_database_refuses_and_recovers(void **state)
{
    struct store_rig rig;
    int code = 0, i = 1;
    (void)state;
    rig_open(&rig);
    rig_limit_pages(&rig, 60);
    for (; code == 0 && i < 10000; i++) {
        assert_int_equal(store_begin(rig.store), 0);
        int64_t case_id = 0;
        code = rig_insert_text(&rig, i, &case_id);
        int commit_code = store_commit(rig.store);
        if (code != 0)
            assert_int_equal(commit_code, code);
        code = commit_code;
    }
    assert_int_equal(code, ERR_FULL);
    assert_string_equal(store_last_error(rig.store), "disk full");
    assert_true(has_case_of(&rig, i - 2) && !has_case_of(&rig, i - 1));
    rig_limit_pages(&rig, 100000);
    commit_one(&rig, i);
    assert_int_equal(store_check(rig.store, &rig.error), 0);
    rig_close(&rig);
}

/* What the engine rolls back by itself in the middle of a turn must not let later rows through one by one. */
static void rows_after_an_engine_rollback_are_refused(void **state)
{
    struct store_rig rig;
    int64_t case_id = 0;
    int code = 0;
    (void)state;
    rig_open(&rig);
    rig_limit_pages(&rig, 60);
    assert_int_equal(store_begin(rig.store), 0);
    for (int i = 1; code == 0 && i < 10000; i++)
        code = rig_insert_text(&rig, i, &case_id);
    assert_int_equal(code, ERR_FULL);
    rig_limit_pages(&rig, 100000);
    assert_int_equal(rig_insert_text(&rig, 20000, &case_id), ERR_FULL);
    assert_int_equal(store_savepoint(rig.store), ERR_FULL);
    assert_int_equal(store_commit(rig.store), ERR_FULL);
    assert_false(has_case_of(&rig, 1));
    assert_false(has_case_of(&rig, 20000));
    commit_one(&rig, 20000);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_opening_is_refused),
        cmocka_unit_test(folder_and_file_that_others_can_read_are_refused),
        cmocka_unit_test(file_that_is_no_database_is_corrupt),
        cmocka_unit_test(damaged_page_is_found_after_an_unclean_stop),
        cmocka_unit_test(committed_rows_survive_and_ids_go_on),
        cmocka_unit_test(savepoint_undoes_one_message_and_its_ids),
        cmocka_unit_test(turn_is_dirty_only_after_a_write),
        cmocka_unit_test(closing_rolls_an_open_turn_back),
        cmocka_unit_test(counter_that_differs_from_its_rows_is_found),
        cmocka_unit_test(backup_is_whole_private_and_never_overwrites),
        cmocka_unit_test(checkpoint_waits_for_idleness_or_a_long_log),
        cmocka_unit_test(write_that_fails_leaves_nothing_half_done),
        cmocka_unit_test(sync_that_fails_leaves_nothing_half_done),
        cmocka_unit_test(full_disk_during_a_write_leaves_nothing_half_done),
        cmocka_unit_test(lasting_fault_ends_when_the_disk_is_well_again),
        cmocka_unit_test(failed_commit_is_not_brought_back_by_a_crash),
        cmocka_unit_test(full_database_refuses_and_recovers),
        cmocka_unit_test(rows_after_an_engine_rollback_are_refused),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
