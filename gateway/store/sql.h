/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql - private to gateway/store: the open store, its prepared statements, and how one is run.
 * What:  every file of this folder has one table of queries (struct sql_set). A query is used as
 *            AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_GET);
 *            sql_bind_int(&sql, ":id", id);
 *            int code = sql_step(&sql);
 *        Parameters are bound, and columns read, in the order in which the query names them: no lookups.
 * Keeps: every parameter is bound anew at every use (asserted); a statement is reset when its AUTO_SQL ends; after
 *        the engine has rolled a turn back by itself, nothing more is written in that turn.
 */
#ifndef GATEWAY_STORE_SQL_H
#define GATEWAY_STORE_SQL_H

#include <sqlite3.h>

#include "gateway/store/db.h"

struct sql_set {
    const char *const *texts;
    unsigned count;
};
enum sql_owner {
    SQL_TURN,
    SQL_CASES,
    SQL_CASE_LIST,
    SQL_MESSAGES,
    SQL_ALERTS,
    SQL_STEPS,
    SQL_SHIFT,
    SQL_OUTBOX,
    SQL_OUTBOX_LIST,
    SQL_REPORTS,
    SQL_AUDIT,
    SQL_QUARANTINE,
    SQL_CONTACTS,
    SQL_PERSONS,
    SQL_DRILLS,
    SQL_FINDINGS,
    SQL_JOINS,
    SQL_PARTS,
    SQL_ECHOES,
    SQL_POLLS,
    SQL_CALLBACKS,
    SQL_LOOPS,
    SQL_OUTBOXPARTS,
    SQL_PINS,
    SQL_TALLY,
    SQL_FIGURES,
    SQL_CORRECTIONS,
    SQL_VIEWS,
    SQL_USERS,
    SQL_SIGNINS,
    SQL_TRIES,
    SQL_ADDED_WORDS,
    SQL_GLASS,
    SQL_OWNER_COUNT
};
const struct sql_set *sql_set_of(enum sql_owner owner);
extern const struct sql_set turn_sql, cases_sql, case_list_sql, messages_sql, alerts_sql, steps_sql, shift_sql,
    outbox_sql, outbox_list_sql, reports_sql, audit_sql, quarantine_sql, contacts_sql, persons_sql, drills_sql,
    findings_sql, joins_sql, parts_sql, echoes_sql, polls_sql, callbacks_sql, loops_sql, outboxparts_sql, pins_sql,
    tally_sql, figures_sql, corrections_sql, views_sql, users_sql, signins_sql, tries_sql, added_words_sql, glass_sql;

/* Counters: the sequences of db.h first, then the totals. Names are those of the table `counters`. */
enum store_counter {
    COUNTER_OUTBOX = SEQUENCE_COUNT, /* and one for each further state of the machine outbox */
    COUNTER_QUARANTINE_ROWS = COUNTER_OUTBOX + STATE_outbox_cancelled - STATE_outbox_queued + 1,
    COUNTER_QUARANTINE_BYTES,
    COUNTER_REPORTS,
    COUNTER_COUNT
};

/* What lives in memory and must go back together with the rows when a turn or a savepoint is undone. */
struct store_marks {
    int64_t counters[COUNTER_COUNT];
    int64_t audit_rows;
    unsigned char audit_mac[STORE_MAC_LEN];
};

/* A prepared query and the names of its parameters: asking SQLite for a name walks a list, at every bind of every row.
 */
struct sql_statement {
    sqlite3_stmt *stmt;
    unsigned parameter_count;
    const char **parameters;
};

struct store {
    sqlite3 *db;
    struct sql_statement *statements[SQL_OWNER_COUNT];
    char *path;
    const char *backup_path; /* during store_open only */
    int lock_fd;
    store_chain_fn chain;
    void *chain_context;
    struct store_marks marks;   /* now */
    struct store_marks written; /* as the tables counters and audit_head have them */
    struct store_marks at_begin, at_savepoint;
    int64_t changes_at_begin; /* sqlite3_total_changes64 */
    bool is_in_transaction, is_in_savepoint;
    int broken_by;   /* the error at which the engine rolled the turn back by itself; 0 */
    bool is_suspect; /* a commit failed: frames of it may lie in the write-ahead log */
    bool is_purged;  /* something was shredded: the log must be truncated */
    int wal_pages;
    int last_code;                                            /* extended result code of SQLite */
    struct buf message_bytes, outbox_bytes, quarantine_bytes; /* borrowed by rows handed out */
};

/* ---- one use of one statement ---- */
struct sql {
    struct store *store;
    const struct sql_statement *statement;
    sqlite3_stmt *stmt;
    unsigned bound; /* parameters bound so far */
    int column;     /* columns read so far */
    int code;       /* first failure of a bind or a read; sql_check */
};
struct sql sql_use(struct store *store, enum sql_owner owner, unsigned index);
void sql_end(struct sql *sql);
#define AUTO_SQL __attribute__((cleanup(sql_end)))

void sql_bind_int(struct sql *sql, const char *name, int64_t value);
void sql_bind_id(struct sql *sql, const char *name, int64_t id);          /* 0 is NULL */
void sql_bind_text(struct sql *sql, const char *name, const char *text);  /* borrowed until sql_end; NULL is NULL */
void sql_bind_span(struct sql *sql, const char *name, struct span bytes); /* borrowed; empty is NULL */
void sql_bind_tag(struct sql *sql, const char *name, const unsigned char *tag); /* all zero is NULL */

/* 1: a row is there; 0: done; negative: failed. */
int sql_step(struct sql *sql) MUST_CHECK;
/* Every row is read, then given away, until one of the two expressions is not 0. code, an int of the caller: 0 when all
 * rows were given, else what the expression said, or the failure of a step. */
#define SQL_EACH(code, sql, read, give)                                                                                \
    do {                                                                                                               \
        (code) = sql_step(sql);                                                                                        \
    } while ((code) == 1 && ((code) = (read)) == 0 && ((code) = (give)) == 0)
/* For a statement that gives no row: 0 or negative. */
int sql_run(struct sql *sql) MUST_CHECK;
/* As sql_run, and ERR_NOT_FOUND when no row was changed. */
int sql_run_one(struct sql *sql) MUST_CHECK;
/* Steps once and reads the single integer: 0, ERR_NOT_FOUND (no row, or NULL), or a failure. */
int sql_take_int(struct sql *sql, int64_t *ret_value) MUST_CHECK;
int64_t sql_changes(const struct sql *sql);

/* The next column of the row. A NULL reads as 0, "" or empty; what does not fit or is no known word sets ERR_CORRUPT.
 */
int64_t sql_read_int(struct sql *sql);
void sql_read_text(struct sql *sql, char *ret_text, size_t size);
const char *sql_read_word(struct sql *sql); /* borrowed until the next step; never NULL */
struct span sql_read_span(struct sql *sql); /* borrowed until the next step */
void sql_read_bytes(struct sql *sql, unsigned char *ret_bytes, size_t len); /* NULL fills with zeros */
enum state sql_read_state(struct sql *sql, enum state_machine machine);
enum urgency sql_read_urgency(struct sql *sql);
category_set sql_read_categories(struct sql *sql);
flag_set sql_read_flags(struct sql *sql);
int sql_check(const struct sql *sql) MUST_CHECK;

/* ---- for the files that open, migrate and keep the store ---- */
int sql_prepare_all(struct store *store, struct error *error) MUST_CHECK;
void sql_finalize_all(struct store *store);
int sql_exec(struct store *store, const char *text) MUST_CHECK;
int sql_map_code(int sqlite_code);
/* Remembers the code of the last failure and maps it. */
int sql_fail(struct store *store, int sqlite_code);
/* Reads the first column of the first row into ret_text, "" when there is none. */
int sql_query_text(struct store *store, const char *text, char *ret_text, size_t size) MUST_CHECK;

/* Counters of a turn. */
void turn_count(struct store *store, enum store_counter counter, int64_t change);
void turn_count_outbox(struct store *store, enum state state, int64_t change);
int turn_counter_from_name(const char *name); /* -1 when it is none */
int turn_load(struct store *store) MUST_CHECK;

/* The end of the audit chain: written once when the database is made (no query is prepared then), afterwards with each
 * turn. */
int audit_write_first_head(struct store *store) MUST_CHECK;
int audit_write_head(struct store *store) MUST_CHECK;
int audit_load(struct store *store) MUST_CHECK;

struct migration_sql;
/* migrate_run with other steps than those of this build. */
int migrate_apply(struct store *store, const struct migration_sql *steps, struct error *error) MUST_CHECK;

/* Copies what a row borrows from a statement into bytes and lets the spans point there, so that the statement can be
 * reset. */
int sql_keep_spans(struct buf *bytes, struct span *const *spans, unsigned count) MUST_CHECK;

/* before_id and limit as lists take them: 0 is "from the newest". */
int64_t sql_before(int64_t before_id);
unsigned sql_limit(unsigned limit);

#endif
