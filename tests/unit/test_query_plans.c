/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_query_plans - no query walks through a table that grows with the years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"
#include "tests/support/store_rig.h"

/* Steps of a plan that are allowed although they scan or sort, each with its reason. */
static const char *const allowed[] = {
    /* bounded tables */
    "SCAN counters",
    "SCAN polls",
    "SCAN quarantine",
    "SCAN quarantine USING COVERING INDEX quarantine_channel",
    "SCAN users",
    "SCAN users USING COVERING INDEX sqlite_autoindex_users_1",
    "SCAN users USING INDEX sqlite_autoindex_users_1",
    "SCAN glass",
    "SCAN signins",
    "SCAN signins USING INDEX signins_name",
    "SCAN tries USING COVERING INDEX tries_old",
    /* partial indexes of what is live: their length is the work at hand */
    "SCAN cases USING INDEX cases_live",
    "SCAN outbox USING COVERING INDEX outbox_queued",
    "SCAN outbox USING COVERING INDEX outbox_leased",
    "SCAN outbox USING COVERING INDEX outbox_dead",
    "SCAN outbox USING INDEX outbox_queued",
    "SCAN outbox USING INDEX outbox_leased",
    "SCAN outbox USING INDEX outbox_dead",
    "SCAN findings USING INDEX findings_open",
    "SCAN loops USING INDEX loops_waiting",
    /* the log: by the id, so it ends at the limit; a filter that finds little walks the index alone */
    "SCAN cases USING INDEX cases_log",
    /* eight rows of one case, each found by its id: the arms of the view are steps of their own */
    "SCAN case_values",
    /* the first entry of an index */
    "SEARCH steps USING COVERING INDEX steps_waiting",
};
static const char *const allowed_in[][2] = {
    /* query and step: a check of everything is meant to read everything */
    { "SELECT id, at, actor, action, case_id, object, detail, mac FROM audit NOT INDEXED ORDER BY id", "SCAN audit" },
    /* rare: a long text that came by two paths; whether a row names the removed message is looked up row by row */
    { "DELETE FROM messages WHERE id = :from_id", "SCAN alerts" },
    { "DELETE FROM messages WHERE id = :from_id", "SCAN outbox" },
    /* as many as are counted at most: what stands behind the subquery is judged by itself */
    { "SELECT count(*) FROM (SELECT id FROM messages INDEXED BY messages_none WHERE case_id IS NULL AND intent = :intent "
      "LIMIT :limit)",
        "SCAN (subquery-1)" },
    /* the newest findings: by the rowid, so it ends at the limit */
    { "SELECT id, kind, object, first_at, last_at, told_at, resolved_at FROM findings ORDER BY id DESC LIMIT :limit",
        "SCAN findings" },
};

static bool is_allowed(const char *query, const char *step)
{
    for (size_t i = 0; i < STR_COUNT(allowed); i++)
        if (str_equal(allowed[i], step))
            return true;
    for (size_t i = 0; i < STR_COUNT(allowed_in); i++)
        if (str_equal(allowed_in[i][0], query) && str_equal(allowed_in[i][1], step))
            return true;
    return false;
}

/* Sorting is allowed only where the rows come from an index of live rows or from one case, worker or step: see
 * is_small_sort. */
static bool is_small_sort(const char *query, const char *step)
{
    static const char *const sources[] = { "INDEXED BY cases_live", "INDEXED BY outbox_leased",
        "INDEXED BY outbox_case", "INDEXED BY quarantine_channel", "INDEXED BY outbox_queued",
        "INDEXED BY findings_open" };
    if (!str_equal(step, "USE TEMP B-TREE FOR ORDER BY"))
        return false;
    for (size_t i = 0; i < STR_COUNT(sources); i++)
        if (strstr(query, sources[i]) != NULL)
            return true;
    return false;
}

/* The first step of the plan that reads or sorts too much, into ret_step; "" when there is none. */
static void find_bad_step(sqlite3 *db, const char *query, char *ret_step, size_t size)
{
    char text[4000];
    sqlite3_stmt *stmt = NULL;
    str_copy(ret_step, size, "");
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", query);
    if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sqlite3_errmsg(db), query);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(stmt, 3);
        bool is_bad =
            str_starts(step, "SCAN") || strstr(step, "TEMP B-TREE") != NULL || strstr(step, "AUTOMATIC") != NULL;
        if (is_bad && !is_allowed(query, step) && !is_small_sort(query, step) && !str_starts(step, "SCAN CONSTANT ROW"))
            str_copy(ret_step, size, step);
    }
    sqlite3_finalize(stmt);
}

static void every_prepared_query_uses_its_index(void **state)
{
    struct store_rig rig;
    char step[200];
    unsigned checked = 0;
    (void)state;
    rig_open_memory(&rig);
    for (int owner = SQL_TURN + 1; owner < SQL_OWNER_COUNT; owner++) {
        const struct sql_set *set = sql_set_of((enum sql_owner)owner);
        for (unsigned i = 0; i < set->count; i++, checked++) {
            find_bad_step(rig.store->db, set->texts[i], step, sizeof step);
            if (step[0] != '\0')
                fail_msg("%s\n  in: %s", step, set->texts[i]);
        }
    }
    assert_true(checked > 80);
    rig_close(&rig);
}

static void the_test_finds_a_query_without_an_index(void **state)
{
    static const char *const queries[] = {
        "SELECT id FROM messages WHERE received_at > 5",
        "SELECT count(*) FROM outbox",
        "SELECT state, count(*) FROM outbox GROUP BY state",
        "SELECT id FROM cases WHERE country = 'SA' ORDER BY opened_at",
        "SELECT id FROM audit ORDER BY at",
        "DELETE FROM steps WHERE done_at < 9",
        "SELECT count(*) FROM outbox WHERE kind = 'reply' AND created_at >= 9",
        "SELECT id FROM drills WHERE contact = 'x' ORDER BY sent_at DESC LIMIT 1",
        "UPDATE findings SET resolved_at = 9 WHERE last_at < 9",
        "SELECT tag FROM persons WHERE is_stopped = 1",
    };
    struct store_rig rig;
    char step[200];
    (void)state;
    rig_open_memory(&rig);
    for (size_t i = 0; i < STR_COUNT(queries); i++) {
        find_bad_step(rig.store->db, queries[i], step, sizeof step);
        if (step[0] == '\0')
            fail_msg("nothing found in: %s", queries[i]);
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prepared_query_uses_its_index),
        cmocka_unit_test(the_test_finds_a_query_without_an_index),
    };
    return cmocka_run_group_tests_name("query_plans", tests, NULL, NULL);
}
