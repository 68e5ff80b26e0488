/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_migrate - a database is brought up, kept, or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/store/migrate.h"
#include "gateway/store/sql.h"
#include "tests/support/store_rig.h"

/* The steps that a later build would bring. */
static const struct migration_sql next_steps[] = {
    { 1, "initial", "this text is never read, because the database is past it" },
    { 2, "mood",
        "ALTER TABLE cases ADD COLUMN mood TEXT NOT NULL DEFAULT ''; CREATE TABLE moods (word TEXT PRIMARY KEY) STRICT;" },
    { 3, "fill", "INSERT INTO moods VALUES ('calm');" },
    { 0, NULL, NULL },
};
static const struct migration_sql broken_steps[] = {
    { 1, "initial", "" },
    { 2, "mood", "CREATE TABLE moods (word TEXT PRIMARY KEY) STRICT; INSERT INTO moods VALUES ('calm');" },
    { 3, "broken", "INSERT INTO nowhere VALUES (1);" },
    { 0, NULL, NULL },
};

static void fill(struct store_rig *rig)
{
    int64_t case_id = 0;
    rig_open(rig);
    assert_int_equal(store_begin(rig->store), 0);
    assert_int_equal(rig_insert_text(rig, 1, &case_id), 0);
    assert_int_equal(store_commit(rig->store), 0);
}

static void close_store(struct store_rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

static void fresh_database_has_the_newest_version(void **state)
{
    struct store_rig rig;
    (void)state;
    rig_open(&rig);
    int version = store_version(rig.store);
    assert_true(version >= 1);
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), version);
    rig_close(&rig);
}

static void older_database_is_migrated_after_a_private_backup(void **state)
{
    struct store_rig rig;
    struct stat status;
    char backup[128];
    (void)state;
    fill(&rig);
    assert_int_equal(migrate_apply(rig.store, next_steps, &rig.error), 0);
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 3);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM cases JOIN moods WHERE mood = '' AND word = 'calm'"), 1);
    snprintf(backup, sizeof backup, "%s.before-version-2", rig.path);
    assert_int_equal(stat(backup, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct store_rig copy = rig;
    str_copy(copy.path, sizeof copy.path, backup);
    assert_int_equal(rig_query(&copy, "PRAGMA user_version"), 1);
    assert_int_equal(rig_query(&copy, "SELECT count(*) FROM messages"), 1);
    rig_close(&rig);
}

static void step_that_fails_leaves_the_old_database(void **state)
{
    struct store_rig rig;
    int64_t count = 0, first_bad = 0;
    (void)state;
    fill(&rig);
    assert_int_not_equal(migrate_apply(rig.store, broken_steps, &rig.error), 0);
    assert_non_null(strstr(rig.error.text, "step 3 (broken)"));
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 1);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_schema WHERE name = 'moods'"), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(audit_verify(rig.store, &count, &first_bad), 0);
    /* The next try finds its backup there and goes on. */
    assert_int_equal(migrate_apply(rig.store, next_steps, &rig.error), 0);
    rig_close(&rig);
}

static void newer_database_is_refused_and_left_alone(void **state)
{
    struct store_rig rig;
    (void)state;
    fill(&rig);
    close_store(&rig);
    rig_tamper(&rig, "PRAGMA user_version = 9999");
    assert_int_equal(rig_reopen(&rig), ERR_UNSUPPORTED);
    assert_non_null(strstr(rig.error.text, "9999"));
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 9999);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM messages"), 1);
    rig_close(&rig);
}

static void same_version_changes_nothing(void **state)
{
    struct store_rig rig;
    (void)state;
    fill(&rig);
    assert_int_equal(migrate_run(rig.store, &rig.error), 0);
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM audit_head"), 1);
    rig_close(&rig);
}

/* The dump of every released schema opens with this program: its rows are there and its chain holds. */
static void dump_of_the_first_schema_opens(void **state)
{
    struct store_rig rig;
    struct case_row row;
    int64_t count = 0, first_bad = 0;
    (void)state;
    rig_open(&rig);
    close_store(&rig);
    assert_int_equal(remove(rig.path), 0);
    rig_tamper_file(&rig, "tests/upgrade/schema_0001.sql");
    assert_int_equal(chmod(rig.path, 0600), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_int_equal(row.state, STATE_case_open);
    assert_int_equal(audit_verify(rig.store, &count, &first_bad), 0);
    assert_int_equal(count, 2);
    assert_int_equal(store_check(rig.store, &rig.error), 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_database_has_the_newest_version),
        cmocka_unit_test(older_database_is_migrated_after_a_private_backup),
        cmocka_unit_test(step_that_fails_leaves_the_old_database),
        cmocka_unit_test(newer_database_is_refused_and_left_alone),
        cmocka_unit_test(same_version_changes_nothing),
        cmocka_unit_test(dump_of_the_first_schema_opens),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
