/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps - rows of the table steps: what a policy still has to do, and when; see alerts.h. */
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/alerts.h"
#include "gateway/store/sql.h"

#define DUE_MAX 256 /* rows of one call: what is left is due at the next turn */

enum {
    STEPS_INSERT,
    STEPS_DUE,
    STEPS_SET_STATE,
    STEPS_CANCEL_CASE,
    STEPS_LIST,
    STEPS_NEXT_DUE,
    STEPS_NEXT_OF,
    STEPS_COUNT
};

#define COLUMNS "id, case_id, policy, step, state, due_at, done_at"

static const char *const texts[STEPS_COUNT] = {
    [STEPS_INSERT] =
        "INSERT INTO steps (case_id, policy, step, state, due_at, done_at) VALUES (:case_id, :policy, :step, :state, :due_at, "
        ":done_at)",
    [STEPS_DUE] = "SELECT " COLUMNS
                  " FROM steps INDEXED BY steps_waiting WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at "
                  "LIMIT :limit",
    [STEPS_SET_STATE] = "UPDATE steps SET state = :state, done_at = :now WHERE id = :id",
    [STEPS_CANCEL_CASE] =
        "UPDATE steps INDEXED BY steps_case SET state = 'cancelled', done_at = :now WHERE case_id = :case_id "
        "AND state = 'waiting'",
    [STEPS_LIST] = "SELECT " COLUMNS " FROM steps INDEXED BY steps_case WHERE case_id = :case_id ORDER BY id",
    [STEPS_NEXT_DUE] = "SELECT min(due_at) FROM steps INDEXED BY steps_waiting WHERE state = 'waiting'",
    [STEPS_NEXT_OF] =
        "SELECT min(due_at) FROM steps INDEXED BY steps_case WHERE case_id = :case_id AND state = 'waiting'",
};
const struct sql_set steps_sql = { texts, STEPS_COUNT };

int steps_insert(struct store *store, struct step_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_INSERT);
    sql_bind_int(&sql, ":case_id", row->case_id);
    sql_bind_text(&sql, ":policy", row->policy);
    sql_bind_int(&sql, ":step", row->step);
    sql_bind_text(&sql, ":state", state_word(row->state));
    sql_bind_int(&sql, ":due_at", row->due_at);
    sql_bind_int(&sql, ":done_at", row->done_at);
    int code = sql_run(&sql);
    if (code == 0)
        row->id = sqlite3_last_insert_rowid(store->db);
    return code;
}

static int read_row(struct sql *sql, struct step_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->case_id = sql_read_int(sql);
    sql_read_text(sql, row->policy, sizeof row->policy);
    row->step = (int)sql_read_int(sql);
    row->state = sql_read_state(sql, MACHINE_step);
    row->due_at = sql_read_int(sql);
    row->done_at = sql_read_int(sql);
    return sql_check(sql);
}

static int collect_due(struct store *store, int64_t now_ms, unsigned limit, struct step_row *rows, unsigned *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_DUE);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":limit", limit);
    *ret_count = 0;
    int code;
    while ((code = sql_step(&sql)) == 1) {
        code = read_row(&sql, &rows[*ret_count]);
        if (code != 0)
            return code;
        ++*ret_count;
    }
    return code;
}

/* Collected first: the callback changes the very rows that the query walks over. */
int steps_due(struct store *store, int64_t now_ms, unsigned limit, step_row_fn fn, void *context)
{
    struct step_row rows[DUE_MAX];
    unsigned count = 0;
    int code = collect_due(store, now_ms, limit < DUE_MAX ? limit : DUE_MAX, rows, &count);
    for (unsigned i = 0; code == 0 && i < count; i++)
        code = fn(context, &rows[i]);
    return code;
}

int steps_set_state(struct store *store, int64_t id, enum state state, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_SET_STATE);
    sql_bind_text(&sql, ":state", state_word(state));
    sql_bind_int(&sql, ":now", state == STATE_step_waiting ? 0 : now_ms);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

int steps_cancel_case(struct store *store, int64_t case_id, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_CANCEL_CASE);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":case_id", case_id);
    return sql_run(&sql);
}

int steps_list(struct store *store, int64_t case_id, step_row_fn fn, void *context)
{
    struct step_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_LIST);
    sql_bind_int(&sql, ":case_id", case_id);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}

int steps_next_due(struct store *store, int64_t *ret_due_at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_NEXT_DUE);
    return sql_take_int(&sql, ret_due_at);
}

int steps_next_of(struct store *store, int64_t case_id, int64_t *ret_due_at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_STEPS, STEPS_NEXT_OF);
    sql_bind_int(&sql, ":case_id", case_id);
    return sql_take_int(&sql, ret_due_at);
}
