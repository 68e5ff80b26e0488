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
#include "gateway/store/addedwords.h"
#include "gateway/store/corrections.h"
#include "gateway/store/migrate.h"
#include "gateway/store/pins.h"
#include "gateway/store/sql.h"
#include "tests/support/store_rig.h"

#define STEPS_MAX 64

/* The steps of this build, which are past, and two that a later build would bring. */
static void make_steps(
    const struct store_rig *rig, const char *mood, const struct migration_sql *last, struct migration_sql *ret_steps)
{
    int version = store_version(rig->store);
    assert_true(version + 3 <= STEPS_MAX);
    for (int i = 0; i < version; i++)
        ret_steps[i] = (struct migration_sql){ i + 1, "past", "this text is never read" };
    ret_steps[version] = (struct migration_sql){ version + 1, "mood", mood };
    ret_steps[version + 1] = (struct migration_sql){ version + 2, last->name, last->sql };
    ret_steps[version + 2] = (struct migration_sql){ 0, NULL, NULL };
}

static int apply_next(struct store_rig *rig)
{
    struct migration_sql steps[STEPS_MAX];
    const struct migration_sql last = { 0, "fill", "INSERT INTO moods VALUES ('calm');" };
    make_steps(rig,
        "ALTER TABLE cases ADD COLUMN mood TEXT NOT NULL DEFAULT ''; CREATE TABLE moods (word TEXT PRIMARY KEY) STRICT;",
        &last, steps);
    return migrate_apply(rig->store, steps, &rig->error);
}

static int apply_broken(struct store_rig *rig)
{
    struct migration_sql steps[STEPS_MAX];
    const struct migration_sql last = { 0, "broken", "INSERT INTO nowhere VALUES (1);" };
    make_steps(
        rig, "CREATE TABLE moods (word TEXT PRIMARY KEY) STRICT; INSERT INTO moods VALUES ('calm');", &last, steps);
    return migrate_apply(rig->store, steps, &rig->error);
}

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
    int version = store_version(rig.store);
    assert_int_equal(apply_next(&rig), 0);
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), version + 2);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM cases JOIN moods WHERE mood = '' AND word = 'calm'"), 1);
    snprintf(backup, sizeof backup, "%s.before-version-%d", rig.path, version + 1);
    assert_int_equal(stat(backup, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct store_rig copy = rig;
    str_copy(copy.path, sizeof copy.path, backup);
    assert_int_equal(rig_query(&copy, "PRAGMA user_version"), version);
    assert_int_equal(rig_query(&copy, "SELECT count(*) FROM messages"), 1);
    rig_close(&rig);
}

static void step_that_fails_leaves_the_old_database(void **state)
{
    struct store_rig rig;
    int64_t count = 0, first_bad = 0;
    (void)state;
    fill(&rig);
    int version = store_version(rig.store);
    assert_int_not_equal(apply_broken(&rig), 0);
    assert_non_null(strstr(rig.error.text, "(broken)"));
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), version);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_schema WHERE name = 'moods'"), 0);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(audit_verify(rig.store, &count, &first_bad), 0);
    /* The next try finds its backup there and goes on. */
    assert_int_equal(apply_next(&rig), 0);
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

/* ---- dumps of released schemas: each opens with this program, its rows are there and its chain holds ---- */

/* A closed database made from a dump. */
static void load_dump(struct store_rig *rig, const char *dump)
{
    rig_open(rig);
    close_store(rig);
    assert_int_equal(remove(rig->path), 0);
    rig_tamper_file(rig, dump);
    assert_int_equal(chmod(rig->path, 0600), 0);
}

static void check_whole(struct store_rig *rig)
{
    int64_t count = 0, first_bad = 0;
    assert_int_equal(audit_verify(rig->store, &count, &first_bad), 0);
    assert_int_equal(count, 2);
    assert_int_equal(store_check(rig->store, &rig->error), 0);
}

static int64_t query(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("%s: %s", sqlite3_errmsg(db), sql);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

/* Rows of the old table that the new one does not have, looking at the old one's columns only, and the other way. */
static int64_t count_differences(sqlite3 *db, const char *table)
{
    static const char *const directions[][2] = { { "old", "main" }, { "main", "old" } };
    char columns[1000], sql[3000];
    sqlite3_stmt *stmt = NULL;
    int64_t count = 0;
    snprintf(sql, sizeof sql, "SELECT group_concat(name) FROM pragma_table_info('%s', 'old')", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_true(str_copy(columns, sizeof columns, (const char *)sqlite3_column_text(stmt, 0)));
    sqlite3_finalize(stmt);
    /* A step may begin a counter, and changes none. */
    size_t looked_at = str_equal(table, "counters") ? 1 : STR_COUNT(directions);
    for (size_t i = 0; i < looked_at; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT %s FROM %s.%s EXCEPT SELECT %s FROM %s.%s)", columns,
            directions[i][0], table, columns, directions[i][1], table);
        count += query(db, sql);
    }
    return count;
}

/* The copy made before the step is the witness: every row of every old table is as it was. */
static void compare_with_backup(struct store_rig *rig, const char *backup)
{
    char sql[200];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int tables = 0;
    assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
    snprintf(sql, sizeof sql, "ATTACH '%s' AS old", backup);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(query(db, "SELECT count(*) FROM old.messages"), 2);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT name FROM old.sqlite_schema WHERE type = 'table'", -1, &stmt, NULL), SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; tables++)
        if (count_differences(db, (const char *)sqlite3_column_text(stmt, 0)) != 0)
            fail_msg("%s has changed", sqlite3_column_text(stmt, 0));
    assert_true(tables >= 12);
    sqlite3_finalize(stmt);
    /* The comparison itself can fail. */
    assert_int_equal(sqlite3_exec(db, "UPDATE cases SET owner = 'x' WHERE id = 1001", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(count_differences(db, "cases"), 2);
    sqlite3_close(db);
}

static void dump_of_the_first_schema_is_brought_up_unchanged(void **state)
{
    struct store_rig rig;
    struct case_row row;
    struct message_row message;
    struct person_row person;
    struct stat status;
    char backup[128];
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0001.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_int_equal(row.state, STATE_case_open);
    assert_int_equal(row.consent, STATE_consent_none);
    assert_true(row.contacted_at == 0 && row.safe_from_min == -1 && row.safe_to_min == -1 && row.joined_to == 0);
    assert_int_equal(messages_get(rig.store, 2, &message), 0);
    assert_string_equal(message.author, "");
    assert_false(message.is_doubtful);
    assert_int_equal(persons_get(rig.store, row.sender_tag, &person), 0);
    assert_false(person.is_stopped);
    check_whole(&rig);
    int version = store_version(rig.store);
    close_store(&rig);
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), version);
    snprintf(backup, sizeof backup, "%s.before-version-2", rig.path);
    assert_int_equal(stat(backup, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    compare_with_backup(&rig, backup);
    rig_close(&rig);
}

static void step_to_the_second_schema_is_all_or_nothing(void **state)
{
    struct store_rig rig;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0001.sql");
    rig_tamper(&rig, "CREATE TABLE findings (in_the_way TEXT) STRICT");
    assert_int_not_equal(rig_reopen(&rig), 0);
    assert_non_null(strstr(rig.error.text, "step 2 (response)"));
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 1);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM pragma_table_info('cases') WHERE name = 'consent'"), 0);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_schema WHERE name IN ('persons', 'outbox_auto')"), 0);
    rig_tamper(&rig, "DROP TABLE findings");
    assert_int_equal(rig_reopen(&rig), 0);
    check_whole(&rig);
    rig_close(&rig);
}

static int take_finding(void *context, const struct finding_row *row)
{
    *(struct finding_row *)context = *row;
    return 0;
}

static void dump_of_the_second_schema_opens(void **state)
{
    struct store_rig rig;
    struct case_row row;
    struct person_row person;
    struct drill_row drill;
    struct finding_row finding = { 0 };
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0002.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 2);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1002, &row), 0);
    assert_int_equal(row.consent, STATE_consent_asked);
    assert_true(row.contacted_at == RIG_NOW && row.safe_from_min == 1380 && row.safe_to_min == 0);
    assert_int_equal(row.joined_to, 1001);
    assert_int_equal(persons_get(rig.store, row.sender_tag, &person), 0);
    assert_int_equal(person.asked, QUESTION_CONSENT);
    assert_int_equal(drills_get(rig.store, 1003, &drill), 0);
    assert_string_equal(drill.contact, "ngo-desk");
    assert_int_equal(findings_list(rig.store, true, 10, take_finding, &finding), 0);
    assert_string_equal(finding.object, "case:1001");
    check_whole(&rig);
    rig_close(&rig);
}

static int count_part(void *context, const struct part_row *row)
{
    (void)row;
    ++*(unsigned *)context;
    return 0;
}

static void dump_of_the_third_schema_opens(void **state)
{
    struct store_rig rig;
    struct join_row join;
    int64_t message_id;
    unsigned parts = 0;
    unsigned char key[STORE_TAG_LEN];
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0003.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 3);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(joins_get(rig.store, 2, &join), 0);
    assert_true(join.total == 2 && join.due_at == RIG_NOW + 90000 && !join.is_told && join.is_rise);
    assert_int_equal(parts_list(rig.store, 2, count_part, &parts), 0);
    assert_int_equal(parts, 1);
    rig_tag(77, key);
    assert_int_equal(messages_find_dedupe(rig.store, key, &message_id), 0);
    assert_int_equal(message_id, 2);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_fifth_schema_opens(void **state)
{
    struct store_rig rig;
    struct message_row message;
    int64_t count;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0005.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 5);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(messages_get(rig.store, 2, &message), 0);
    assert_false(message.is_unproved);
    assert_int_equal(messages_count_unproved(rig.store, message.channel, &count), 0);
    assert_int_equal(count, 0);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_fourth_schema_opens(void **state)
{
    struct store_rig rig;
    struct poll_row poll;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0004.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 4);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(polls_get(rig.store, "line", &poll), 0);
    assert_string_equal(poll.cursor, "15071");
    assert_int_equal(poll.covered_at, RIG_NOW);
    assert_int_equal(poll.outcome, OUTCOME_bad_config);
    assert_true(store_next_id(rig.store, SEQUENCE_POLL) > poll.number);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_sixth_schema_opens(void **state)
{
    struct store_rig rig;
    unsigned char tag[STORE_TAG_LEN];
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0006.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 6);
    assert_int_equal(rig_reopen(&rig), 0);
    rig_tag(78, tag);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(callbacks_note(rig.store, tag, RIG_NOW), ERR_EXISTS);
    assert_int_equal(callbacks_forget(rig.store, RIG_NOW + 1), 0);
    assert_int_equal(callbacks_note(rig.store, tag, RIG_NOW), 0);
    assert_int_equal(store_commit(rig.store), 0);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_eighth_schema_opens(void **state)
{
    struct store_rig rig;
    struct loop_row loop;
    unsigned char tag[STORE_TAG_LEN];
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0008.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 8);
    assert_int_equal(rig_reopen(&rig), 0);
    rig_tag(79, tag);
    assert_int_equal(loops_find_tag(rig.store, tag, &loop), 0);
    assert_true(loop.state == STATE_loop_waiting && loop.due_at == RIG_NOW + 300000);
    assert_string_equal(loop.to, "sim");
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_ninth_schema_opens(void **state)
{
    struct store_rig rig;
    unsigned char tag[STORE_TAG_LEN];
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0009.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 9);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(pins_get(rig.store, "sim1", tag), ERR_NOT_FOUND);
    check_whole(&rig);
    rig_close(&rig);
}

static int count_row(void *context, const struct correction_row *row)
{
    (void)row;
    ++*(int *)context;
    return 0;
}

static void dump_of_the_tenth_schema_opens(void **state)
{
    struct store_rig rig;
    struct case_row row;
    int count = 0;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0010.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 10);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(corrections_list(rig.store, 0, 0, 10, count_row, &count), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_int_equal(row.split_from, 0);
    check_whole(&rig);
    rig_close(&rig);
}

static int count_view(void *context, const struct view_row *row)
{
    int *count = context;
    assert_string_equal(row->query, "state=open&flag=minor");
    ++*count;
    return 0;
}

/* What was read and answered before there were columns for it stands in the audit. */
static void queue_learns_from_the_audit_of_an_older_database(void **state)
{
    struct store_rig rig;
    struct case_row row;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0010.sql");
    rig_tamper(&rig, "DROP TRIGGER audit_is_never_changed;"
                     "UPDATE audit SET at = 6000, action = 'case.read', case_id = 1001 WHERE id = 1;"
                     "UPDATE audit SET at = 7000, action = 'person.say', case_id = 1001 WHERE id = 2");
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_true(row.read_at == 6000 && row.answered_at == 7000);
    assert_int_equal(cases_get(rig.store, 1002, &row), 0);
    assert_true(row.read_at == 0 && row.answered_at == 0);
    rig_close(&rig);
}

static void dump_of_the_eleventh_schema_opens(void **state)
{
    struct store_rig rig;
    int count = 0;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0011.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 11);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM cases WHERE read_at > 0"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(views_list(rig.store, "uid:1000", count_view, &count), 0);
    assert_int_equal(count, 1);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_twelfth_schema_opens(void **state)
{
    struct store_rig rig;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0012.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 12);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_master WHERE name = 'cases_opened'"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_thirteenth_schema_opens(void **state)
{
    struct store_rig rig;
    struct user_row user;
    int64_t codes = 0;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0013.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 13);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(users_get(rig.store, "maria", &user), 0);
    assert_true(user.is_enabled && user.secret_len == 7);
    assert_int_equal(users_count_codes(rig.store, user.id, &codes), 0);
    assert_int_equal(codes, 1);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_fourteenth_schema_opens(void **state)
{
    struct store_rig rig;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0014.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 14);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_master WHERE name = 'messages_none'"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_fifteenth_schema_opens(void **state)
{
    struct store_rig rig;
    struct case_row row;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0015.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 15);
    assert_int_equal(
        rig_query(&rig, "SELECT sum(cases) FROM case_counts WHERE kind = 'ending' AND value = 'referred'"), 1);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_true(row.is_origin_stated && strcmp(row.sex, "female") == 0);
    check_whole(&rig);
    rig_close(&rig);
}

/* What was there before there were counts is counted, and an origin is guessed of its language. */
static void older_cases_are_counted(void **state)
{
    struct store_rig rig;
    struct case_row row;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0013.sql");
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(cases_get(rig.store, 1001, &row), 0);
    assert_true(strcmp(row.origin, "PH") == 0 && !row.is_origin_stated && row.sex[0] == 0);
    store_close(rig.store);
    rig.store = NULL;
    assert_int_equal(rig_query(&rig, "SELECT sum(cases) FROM case_counts WHERE kind = 'corridor' AND value = 'PH>SA'"),
        rig_query(&rig, "SELECT count(*) FROM cases WHERE joined_to IS NULL"));
    assert_true(rig_query(&rig, "SELECT count(*) FROM case_counts") >= 8);
    rig_close(&rig);
}

static int count_added(void *context, const struct added_word_row *row)
{
    int *count = context;
    assert_string_equal(row->words, "kukurikabu");
    ++*count;
    return 0;
}

static void dump_of_the_sixteenth_schema_opens(void **state)
{
    struct store_rig rig;
    int count = 0;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0016.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 16);
    assert_int_equal(rig_reopen(&rig), 0);
    assert_int_equal(addedwords_list(rig.store, count_added, &count), 0);
    assert_int_equal(count, 1);
    check_whole(&rig);
    rig_close(&rig);
}

static void dump_of_the_eighteenth_schema_opens(void **state)
{
    struct store_rig rig;
    (void)state;
    load_dump(&rig, "tests/upgrade/schema_0018.sql");
    assert_int_equal(rig_query(&rig, "PRAGMA user_version"), 18);
    assert_int_equal(rig_query(&rig, "SELECT count(*) FROM sqlite_master WHERE name = 'alerts_held'"), 1);
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
        cmocka_unit_test(dump_of_the_first_schema_is_brought_up_unchanged),
        cmocka_unit_test(step_to_the_second_schema_is_all_or_nothing),
        cmocka_unit_test(dump_of_the_second_schema_opens),
        cmocka_unit_test(dump_of_the_third_schema_opens),
        cmocka_unit_test(dump_of_the_fourth_schema_opens),
        cmocka_unit_test(dump_of_the_fifth_schema_opens),
        cmocka_unit_test(dump_of_the_sixth_schema_opens),
        cmocka_unit_test(dump_of_the_eighth_schema_opens),
        cmocka_unit_test(dump_of_the_ninth_schema_opens),
        cmocka_unit_test(dump_of_the_tenth_schema_opens),
        cmocka_unit_test(queue_learns_from_the_audit_of_an_older_database),
        cmocka_unit_test(dump_of_the_eleventh_schema_opens),
        cmocka_unit_test(dump_of_the_twelfth_schema_opens),
        cmocka_unit_test(dump_of_the_thirteenth_schema_opens),
        cmocka_unit_test(dump_of_the_fourteenth_schema_opens),
        cmocka_unit_test(dump_of_the_fifteenth_schema_opens),
        cmocka_unit_test(older_cases_are_counted),
        cmocka_unit_test(dump_of_the_sixteenth_schema_opens),
        cmocka_unit_test(dump_of_the_eighteenth_schema_opens),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
