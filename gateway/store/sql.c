/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql - prepares every query at open, and runs one.
 * Why:   parameters have names (they survive an edit of the query), yet binding must not search: the helper expects
 * them in the order of the query and asserts that the name fits. Not here: transactions (turn.c) and what the queries
 * mean.
 */
#include "gateway/store/sql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

#define LIST_LIMIT_MAX 1000

static const struct sql_set *const sets[SQL_OWNER_COUNT] = {
    [SQL_TURN] = &turn_sql,
    [SQL_CASES] = &cases_sql,
    [SQL_CASE_LIST] = &case_list_sql,
    [SQL_MESSAGES] = &messages_sql,
    [SQL_ALERTS] = &alerts_sql,
    [SQL_STEPS] = &steps_sql,
    [SQL_SHIFT] = &shift_sql,
    [SQL_OUTBOX] = &outbox_sql,
    [SQL_OUTBOX_LIST] = &outbox_list_sql,
    [SQL_REPORTS] = &reports_sql,
    [SQL_AUDIT] = &audit_sql,
    [SQL_QUARANTINE] = &quarantine_sql,
    [SQL_CONTACTS] = &contacts_sql,
    [SQL_PERSONS] = &persons_sql,
    [SQL_DRILLS] = &drills_sql,
    [SQL_FINDINGS] = &findings_sql,
    [SQL_JOINS] = &joins_sql,
    [SQL_PARTS] = &parts_sql,
    [SQL_ECHOES] = &echoes_sql,
    [SQL_POLLS] = &polls_sql,
    [SQL_CALLBACKS] = &callbacks_sql,
    [SQL_LOOPS] = &loops_sql,
    [SQL_OUTBOXPARTS] = &outboxparts_sql,
    [SQL_PINS] = &pins_sql,
    [SQL_TALLY] = &tally_sql,
    [SQL_FIGURES] = &figures_sql,
    [SQL_CORRECTIONS] = &corrections_sql,
    [SQL_VIEWS] = &views_sql,
    [SQL_USERS] = &users_sql,
    [SQL_SIGNINS] = &signins_sql,
    [SQL_TRIES] = &tries_sql,
    [SQL_ADDED_WORDS] = &added_words_sql,
    [SQL_GLASS] = &glass_sql,
};

const struct sql_set *sql_set_of(enum sql_owner owner)
{
    return sets[owner];
}

/* ---- errors ---- */

int sql_map_code(int sqlite_code)
{
    switch (sqlite_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return ERR_EXISTS;
    default:
        break;
    }
    switch (sqlite_code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return ERR_INVALID;
    default:
        /* IOERR, READONLY, CANTOPEN, PERM, PROTOCOL; BUSY and LOCKED too: nobody else may hold this database. */
        return ERR_IO;
    }
}

int sql_fail(struct store *store, int sqlite_code)
{
    int code = sql_map_code(sqlite_code);
    store->last_code = sqlite_code;
    /* Some failures (no space, no memory, I/O) make the engine roll the whole turn back. What came after would then
     * commit row by row, so the turn is marked and refuses the rest. */
    if (store->is_in_transaction && store->broken_by == 0 && sqlite3_get_autocommit(store->db) != 0)
        store->broken_by = code;
    return code;
}

const char *store_last_error(const struct store *store)
{
    switch (store->last_code) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
        return "the disk refused a sync";
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
        return "the disk refused a write";
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
        return "the disk refused a read";
    default:
        break;
    }
    switch (store->last_code & 0xff) {
    case SQLITE_OK:
        return "none";
    case SQLITE_FULL:
        return "disk full";
    case SQLITE_READONLY:
        return "the database is read-only";
    case SQLITE_CORRUPT:
        return "the database is corrupt";
    case SQLITE_NOTADB:
        return "the file is not a database";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds the database";
    default:
        return sqlite3_errstr(store->last_code);
    }
}

/* ---- preparing ---- */

/* Copies the names, into one block behind their pointers: SQLite's own move when it prepares a query anew. */
static int keep_names(struct sql_statement *statement)
{
    size_t len = 0;
    unsigned count = (unsigned)sqlite3_bind_parameter_count(statement->stmt);
    for (unsigned i = 0; i < count; i++)
        len += strlen(sqlite3_bind_parameter_name(statement->stmt, (int)i + 1)) + 1;
    statement->parameters = malloc((count + 1) * sizeof *statement->parameters + len);
    if (statement->parameters == NULL)
        return ERR_NOMEM;
    char *at = (char *)(statement->parameters + count + 1);
    for (unsigned i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->stmt, (int)i + 1);
        size_t size = strlen(name) + 1;
        statement->parameters[i] = memcpy(at, name, size);
        at += size;
    }
    statement->parameter_count = count;
    return 0;
}

static int prepare(struct store *store, const char *text, struct sql_statement *statement)
{
    int code = sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement->stmt, NULL);
    return code != SQLITE_OK ? sql_fail(store, code) : keep_names(statement);
}

static int prepare_set(struct store *store, enum sql_owner owner, struct error *error)
{
    const struct sql_set *set = sets[owner];
    store->statements[owner] = calloc(set->count, sizeof *store->statements[owner]);
    if (store->statements[owner] == NULL)
        return error_set(error, ERR_NOMEM, "out of memory while preparing the store");
    for (unsigned i = 0; i < set->count; i++) {
        int code = prepare(store, set->texts[i], &store->statements[owner][i]);
        if (code != 0)
            return error_set(
                error, code, "query %u of part %d cannot be prepared: %s", i, (int)owner, sqlite3_errmsg(store->db));
    }
    return 0;
}

int sql_prepare_all(struct store *store, struct error *error)
{
    for (int owner = 0; owner < SQL_OWNER_COUNT; owner++) {
        int code = prepare_set(store, (enum sql_owner)owner, error);
        if (code != 0)
            return code;
    }
    return 0;
}

void sql_finalize_all(struct store *store)
{
    for (int owner = 0; owner < SQL_OWNER_COUNT; owner++) {
        struct sql_statement *statements = store->statements[owner];
        for (unsigned i = 0; statements != NULL && i < sets[owner]->count; i++) {
            sqlite3_finalize(statements[i].stmt);
            free(statements[i].parameters);
        }
        free(statements);
        store->statements[owner] = NULL;
    }
}

/* ---- one use ---- */

struct sql sql_use(struct store *store, enum sql_owner owner, unsigned index)
{
    assert(index < sets[owner]->count);
    const struct sql_statement *statement = &store->statements[owner][index];
    struct sql sql = { .store = store, .statement = statement, .stmt = statement->stmt };
    assert(!sqlite3_stmt_busy(sql.stmt)); /* a list must not be started again inside its own callback */
    assert(store->is_in_transaction || sqlite3_stmt_readonly(sql.stmt));
    return sql;
}

void sql_end(struct sql *sql)
{
    /* The code of a failed step was taken when it happened; reset only repeats it. */
    (void)sqlite3_reset(sql->stmt);
}

/* The index of the next parameter, which must be the one that the caller means. */
static int next_parameter(struct sql *sql, const char *name)
{
    assert(sql->bound < sql->statement->parameter_count);
    assert(str_equal(sql->statement->parameters[sql->bound], name));
    (void)name;
    return (int)++sql->bound;
}

static void take_bind_code(struct sql *sql, int code)
{
    if (code != SQLITE_OK && sql->code == 0)
        sql->code = sql_fail(sql->store, code);
}

void sql_bind_int(struct sql *sql, const char *name, int64_t value)
{
    take_bind_code(sql, sqlite3_bind_int64(sql->stmt, next_parameter(sql, name), value));
}

void sql_bind_id(struct sql *sql, const char *name, int64_t id)
{
    int index = next_parameter(sql, name);
    take_bind_code(sql, id == 0 ? sqlite3_bind_null(sql->stmt, index) : sqlite3_bind_int64(sql->stmt, index, id));
}

void sql_bind_text(struct sql *sql, const char *name, const char *text)
{
    int index = next_parameter(sql, name);
    int code = text == NULL ? sqlite3_bind_null(sql->stmt, index)
                            : sqlite3_bind_text(sql->stmt, index, text, -1, SQLITE_STATIC);
    take_bind_code(sql, code);
}

void sql_bind_span(struct sql *sql, const char *name, struct span bytes)
{
    int index = next_parameter(sql, name);
    int code = bytes.len == 0 ? sqlite3_bind_null(sql->stmt, index)
                              : sqlite3_bind_blob64(sql->stmt, index, bytes.data, bytes.len, SQLITE_STATIC);
    take_bind_code(sql, code);
}

void sql_bind_tag(struct sql *sql, const char *name, const unsigned char *tag)
{
    static const unsigned char unknown[STORE_TAG_LEN];
    bool is_unknown = memcmp(tag, unknown, STORE_TAG_LEN) == 0;
    sql_bind_span(sql, name, (struct span){ (const char *)tag, is_unknown ? 0 : STORE_TAG_LEN });
}

int sql_step(struct sql *sql)
{
    struct store *store = sql->store;
    assert(sql->bound == sql->statement->parameter_count);
    if (sql->code != 0)
        return sql->code;
    if (store->broken_by != 0 && !sqlite3_stmt_readonly(sql->stmt))
        return store->broken_by;
    sql->column = 0;
    int code = sqlite3_step(sql->stmt);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    return sql->code = sql_fail(store, code);
}

int sql_run(struct sql *sql)
{
    int code = sql_step(sql);
    assert(code != 1);
    return code;
}

int sql_run_one(struct sql *sql)
{
    int code = sql_run(sql);
    return code == 0 && sql_changes(sql) == 0 ? ERR_NOT_FOUND : code;
}

int sql_take_int(struct sql *sql, int64_t *ret_value)
{
    int code = sql_step(sql);
    if (code < 0)
        return code;
    if (code == 0 || sqlite3_column_type(sql->stmt, 0) == SQLITE_NULL)
        return ERR_NOT_FOUND;
    *ret_value = sqlite3_column_int64(sql->stmt, 0);
    return 0;
}

int64_t sql_changes(const struct sql *sql)
{
    return sqlite3_changes64(sql->store->db);
}

/* ---- reading ---- */

static void note_corrupt(struct sql *sql)
{
    if (sql->code == 0)
        sql->code = ERR_CORRUPT;
}

int64_t sql_read_int(struct sql *sql)
{
    return sqlite3_column_int64(sql->stmt, sql->column++);
}

const char *sql_read_word(struct sql *sql)
{
    int column = sql->column++;
    const char *text = (const char *)sqlite3_column_text(sql->stmt, column);
    if (text == NULL)
        return "";
    /* We never write a NUL inside a text; one that is there would hide what follows it. */
    if (strlen(text) != (size_t)sqlite3_column_bytes(sql->stmt, column))
        note_corrupt(sql);
    return text;
}

void sql_read_text(struct sql *sql, char *ret_text, size_t size)
{
    if (!str_copy(ret_text, size, sql_read_word(sql)))
        note_corrupt(sql);
}

struct span sql_read_span(struct sql *sql)
{
    int column = sql->column++;
    const char *data = sqlite3_column_blob(sql->stmt, column);
    return (struct span){ data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(sql->stmt, column) };
}

void sql_read_bytes(struct sql *sql, unsigned char *ret_bytes, size_t len)
{
    struct span span = sql_read_span(sql);
    memset(ret_bytes, 0, len);
    if (span.len == len)
        memcpy(ret_bytes, span.data, len);
    else if (span.len != 0)
        note_corrupt(sql);
}

enum state sql_read_state(struct sql *sql, enum state_machine machine)
{
    int state = state_from_word(machine, sql_read_word(sql));
    if (state >= 0)
        return (enum state)state;
    note_corrupt(sql);
    return STATE_COUNT;
}

enum urgency sql_read_urgency(struct sql *sql)
{
    int urgency = urgency_from_word(sql_read_word(sql));
    if (urgency >= 0)
        return (enum urgency)urgency;
    note_corrupt(sql);
    return URGENCY_critical;
}

category_set sql_read_categories(struct sql *sql)
{
    category_set set = 0;
    if (category_set_parse(sql_read_word(sql), &set) != 0)
        note_corrupt(sql);
    return set;
}

flag_set sql_read_flags(struct sql *sql)
{
    flag_set set = 0;
    if (flag_set_parse(sql_read_word(sql), &set) != 0)
        note_corrupt(sql);
    return set;
}

int sql_check(const struct sql *sql)
{
    return sql->code;
}

int sql_keep_spans(struct buf *bytes, struct span *const *spans, unsigned count)
{
    buf_clear(bytes);
    for (unsigned i = 0; i < count; i++)
        buf_add_span(bytes, *spans[i]);
    int code = buf_check(bytes);
    const char *at = bytes->data;
    for (unsigned i = 0; code == 0 && i < count; i++) {
        spans[i]->data = at;
        at += spans[i]->len;
    }
    return code;
}

/* ---- plain statements, used at open and between turns ---- */

int sql_exec(struct store *store, const char *text)
{
    int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : sql_fail(store, sqlite3_extended_errcode(store->db));
}

int sql_query_text(struct store *store, const char *text, char *ret_text, size_t size)
{
    sqlite3_stmt *stmt = NULL;
    str_copy(ret_text, size, "");
    int code = sqlite3_prepare_v2(store->db, text, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        str_copy(ret_text, size, (const char *)sqlite3_column_text(stmt, 0));
        code = SQLITE_DONE;
    }
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? 0 : sql_fail(store, code);
}

int64_t sql_before(int64_t before_id)
{
    return before_id > 0 ? before_id : INT64_MAX;
}

unsigned sql_limit(unsigned limit)
{
    return limit == 0 || limit > LIST_LIMIT_MAX ? LIST_LIMIT_MAX : limit;
}
