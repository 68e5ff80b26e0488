/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turn - one transaction of the daemon, the savepoint around one message in it, and the counters that go with them.
 * Why:   ids and totals are kept in memory and written once a turn, so that 64 messages cost one update, not 64.
 * Keeps: what is in memory (struct store_marks) always goes back together with the rows; a commit that failed leaves
 * the store ready for the next turn. Not here: opening (db.c); checkpoints and backups (upkeep.c).
 */
#include <assert.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum {
    TURN_BEGIN,
    TURN_COMMIT,
    TURN_ROLLBACK,
    TURN_SAVEPOINT,
    TURN_RELEASE,
    TURN_UNDO,
    TURN_COUNTER_SET,
    TURN_COUNTERS,
    TURN_COUNT
};

static const char *const texts[TURN_COUNT] = {
    [TURN_BEGIN] = "BEGIN IMMEDIATE",
    [TURN_COMMIT] = "COMMIT",
    [TURN_ROLLBACK] = "ROLLBACK",
    [TURN_SAVEPOINT] = "SAVEPOINT message",
    [TURN_RELEASE] = "RELEASE message",
    [TURN_UNDO] = "ROLLBACK TO message",
    [TURN_COUNTER_SET] = "UPDATE counters SET value = :value WHERE name = :name",
    [TURN_COUNTERS] = "SELECT name, value FROM counters",
};
const struct sql_set turn_sql = { texts, TURN_COUNT };

static const char *const counter_names[COUNTER_COUNT] = {
    [SEQUENCE_CASE] = "case",
    [SEQUENCE_MESSAGE] = "message",
    [SEQUENCE_ALERT] = "alert",
    [SEQUENCE_OUTBOX] = "outbox",
    [SEQUENCE_NOTE] = "note",
    [SEQUENCE_QUARANTINE] = "quarantine",
    [SEQUENCE_POLL] = "poll",
    [COUNTER_OUTBOX + STATE_outbox_queued - STATE_outbox_queued] = "outbox.queued",
    [COUNTER_OUTBOX + STATE_outbox_leased - STATE_outbox_queued] = "outbox.leased",
    [COUNTER_OUTBOX + STATE_outbox_sent - STATE_outbox_queued] = "outbox.sent",
    [COUNTER_OUTBOX + STATE_outbox_delivered - STATE_outbox_queued] = "outbox.delivered",
    [COUNTER_OUTBOX + STATE_outbox_dead - STATE_outbox_queued] = "outbox.dead",
    [COUNTER_OUTBOX + STATE_outbox_cancelled - STATE_outbox_queued] = "outbox.cancelled",
    [COUNTER_QUARANTINE_ROWS] = "quarantine.rows",
    [COUNTER_QUARANTINE_BYTES] = "quarantine.bytes",
    [COUNTER_REPORTS] = "reports.rows",
};

/* Runs one of the parameterless statements above. */
static int run(struct store *store, unsigned index)
{
    sqlite3_stmt *stmt = store->statements[SQL_TURN][index].stmt;
    int code = sqlite3_step(stmt);
    (void)sqlite3_reset(stmt);
    return code == SQLITE_DONE ? 0 : sql_fail(store, code);
}

/* ---- counters ---- */

int64_t store_next_id(struct store *store, enum store_sequence sequence)
{
    return ++store->marks.counters[sequence];
}

void turn_count(struct store *store, enum store_counter counter, int64_t change)
{
    store->marks.counters[counter] += change;
}

void turn_count_outbox(struct store *store, enum state state, int64_t change)
{
    assert(state >= STATE_outbox_queued && state <= STATE_outbox_cancelled);
    store->marks.counters[COUNTER_OUTBOX + state - STATE_outbox_queued] += change;
}

int turn_counter_from_name(const char *name)
{
    for (int i = 0; i < COUNTER_COUNT; i++)
        if (str_equal(counter_names[i], name))
            return i;
    return -1;
}

int turn_load(struct store *store)
{
    int seen = 0;
    AUTO_SQL struct sql sql = sql_use(store, SQL_TURN, TURN_COUNTERS);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        int counter = turn_counter_from_name(sql_read_word(&sql));
        if (counter < 0)
            continue;
        store->marks.counters[counter] = sql_read_int(&sql);
        seen++;
    }
    if (code == 0 && seen != COUNTER_COUNT)
        code = ERR_CORRUPT;
    store->written = store->marks;
    return code;
}

static int write_counter(struct store *store, int counter)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TURN, TURN_COUNTER_SET);
    sql_bind_int(&sql, ":value", store->marks.counters[counter]);
    sql_bind_text(&sql, ":name", counter_names[counter]);
    return sql_run_one(&sql);
}

static int write_marks(struct store *store)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (store->marks.counters[i] == store->written.counters[i])
            continue;
        int code = write_counter(store, i);
        if (code != 0)
            return code;
    }
    return store->marks.audit_rows == store->written.audit_rows ? 0 : audit_write_head(store);
}

/* ---- the turn ---- */

int store_begin(struct store *store)
{
    assert(!store->is_in_transaction);
    /* A failed commit may have left whole frames in the log, which a crash would bring back to life. Emptying the log
     * removes them; where even that fails, the next commit overwrites them. */
    if (store->is_suspect &&
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
        store->is_suspect = false;
    int code = run(store, TURN_BEGIN);
    if (code != 0)
        return code;
    store->is_in_transaction = true;
    store->broken_by = 0;
    store->at_begin = store->marks;
    store->changes_at_begin = sqlite3_total_changes64(store->db);
    return 0;
}

int store_commit(struct store *store)
{
    assert(store->is_in_transaction && !store->is_in_savepoint);
    int code = store->broken_by;
    if (code == 0)
        code = write_marks(store);
    if (code == 0) {
        code = run(store, TURN_COMMIT);
        store->is_suspect = store->is_suspect || code != 0;
    }
    if (code != 0) {
        store_rollback(store);
        return code;
    }
    store->written = store->marks;
    store->is_in_transaction = false;
    return 0;
}

void store_rollback(struct store *store)
{
    assert(store->is_in_transaction);
    if (sqlite3_get_autocommit(store->db) == 0)
        (void)run(store, TURN_ROLLBACK); /* it fails only when the engine has done it already */
    store->marks = store->at_begin;
    store->is_in_transaction = store->is_in_savepoint = false;
    store->broken_by = 0;
}

bool store_is_in_transaction(const struct store *store)
{
    return store->is_in_transaction;
}

bool store_is_dirty(const struct store *store)
{
    return store->is_in_transaction && (sqlite3_total_changes64(store->db) != store->changes_at_begin ||
                                           memcmp(&store->marks, &store->at_begin, sizeof store->marks) != 0);
}

/* ---- the savepoint ---- */

int store_savepoint(struct store *store)
{
    assert(store->is_in_transaction && !store->is_in_savepoint);
    int code = store->broken_by != 0 ? store->broken_by : run(store, TURN_SAVEPOINT);
    if (code != 0)
        return code;
    store->is_in_savepoint = true;
    store->at_savepoint = store->marks;
    return 0;
}

int store_release(struct store *store)
{
    assert(store->is_in_savepoint);
    store->is_in_savepoint = false;
    return store->broken_by != 0 ? store->broken_by : run(store, TURN_RELEASE);
}

void store_undo(struct store *store)
{
    assert(store->is_in_savepoint);
    store->is_in_savepoint = false;
    store->marks = store->at_savepoint;
    if (store->broken_by != 0)
        return; /* the savepoint went with the turn; the commit will say so */
    int code = run(store, TURN_UNDO);
    if (code == 0)
        code = run(store, TURN_RELEASE);
    if (code != 0)
        store->broken_by = code;
}
