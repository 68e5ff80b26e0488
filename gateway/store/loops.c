/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loops - rows of the table loops; see loops.h. */
#include "gateway/store/loops.h"

#include <string.h>

#include "gateway/store/sql.h"

enum {
    LOOPS_INSERT,
    LOOPS_FIND_TAG,
    LOOPS_FIND_OUTBOX,
    LOOPS_SET_ARRIVED,
    LOOPS_SET_MISSED,
    LOOPS_FIRST_DUE,
    LOOPS_PUT_OFF,
    LOOPS_FORGET,
    LOOPS_LAST,
    LOOPS_LAST_STATE,
    LOOPS_COUNT_STATE,
    LOOPS_COUNT
};

#define COLUMNS "id, from_channel, to_channel, outbox_id, tag, dedupe, state, started_at, due_at, arrived_at"

static const char *const texts[LOOPS_COUNT] = {
    [LOOPS_INSERT] =
        "INSERT INTO loops (from_channel, to_channel, outbox_id, tag, dedupe, state, started_at, due_at, arrived_at) "
        "VALUES (:from, :to, :outbox_id, :tag, NULL, 'waiting', :started_at, :due_at, 0)",
    [LOOPS_FIND_TAG] = "SELECT " COLUMNS " FROM loops INDEXED BY loops_tag WHERE tag = :tag",
    [LOOPS_FIND_OUTBOX] = "SELECT " COLUMNS " FROM loops INDEXED BY loops_outbox WHERE outbox_id = :outbox_id",
    [LOOPS_SET_ARRIVED] = "UPDATE loops SET state = CASE state WHEN 'waiting' THEN 'passed' ELSE 'late' END, "
                          "dedupe = :dedupe, arrived_at = :now WHERE id = :id AND arrived_at = 0",
    [LOOPS_SET_MISSED] = "UPDATE loops SET state = 'missed' WHERE id = :id AND state = 'waiting'",
    [LOOPS_FIRST_DUE] =
        "SELECT " COLUMNS " FROM loops INDEXED BY loops_waiting WHERE state = 'waiting' ORDER BY due_at LIMIT 1",
    [LOOPS_PUT_OFF] = "UPDATE loops INDEXED BY loops_pair SET due_at = max(due_at, min(:until, started_at + :most)) "
                      "WHERE from_channel = :from AND to_channel = :to AND state = 'waiting'",
    [LOOPS_FORGET] = "DELETE FROM loops INDEXED BY loops_started WHERE started_at < :before",
    [LOOPS_LAST] = "SELECT " COLUMNS " FROM loops INDEXED BY loops_newest WHERE from_channel = :from "
                   "AND to_channel = :to ORDER BY id DESC LIMIT 1",
    [LOOPS_LAST_STATE] = "SELECT " COLUMNS " FROM loops INDEXED BY loops_pair WHERE from_channel = :from "
                         "AND to_channel = :to AND state = :state ORDER BY id DESC LIMIT 1",
    [LOOPS_COUNT_STATE] = "SELECT count(*) FROM loops INDEXED BY loops_pair WHERE from_channel = :from "
                          "AND to_channel = :to AND state = :state AND id > :after",
};
const struct sql_set loops_sql = { texts, LOOPS_COUNT };

int loops_insert(struct store *store, const struct loop_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_INSERT);
    sql_bind_text(&sql, ":from", row->from);
    sql_bind_text(&sql, ":to", row->to);
    sql_bind_int(&sql, ":outbox_id", row->outbox_id);
    sql_bind_tag(&sql, ":tag", row->tag);
    sql_bind_int(&sql, ":started_at", row->started_at);
    sql_bind_int(&sql, ":due_at", row->due_at);
    return sql_run(&sql);
}

static int take_row(struct sql *sql, struct loop_row *row)
{
    int code = sql_step(sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    sql_read_text(sql, row->from, sizeof row->from);
    sql_read_text(sql, row->to, sizeof row->to);
    row->outbox_id = sql_read_int(sql);
    sql_read_bytes(sql, row->tag, sizeof row->tag);
    sql_read_bytes(sql, row->dedupe, sizeof row->dedupe);
    row->state = sql_read_state(sql, MACHINE_loop);
    row->started_at = sql_read_int(sql);
    row->due_at = sql_read_int(sql);
    row->arrived_at = sql_read_int(sql);
    return sql_check(sql);
}

int loops_find_tag(struct store *store, const unsigned char *tag, struct loop_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_FIND_TAG);
    sql_bind_tag(&sql, ":tag", tag);
    return take_row(&sql, ret_row);
}

int loops_find_outbox(struct store *store, int64_t outbox_id, struct loop_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_FIND_OUTBOX);
    sql_bind_int(&sql, ":outbox_id", outbox_id);
    return take_row(&sql, ret_row);
}

static int move(struct sql *sql)
{
    int code = sql_run_one(sql);
    return code == ERR_NOT_FOUND ? ERR_CONFLICT : code;
}

int loops_set_arrived(struct store *store, const struct loop_row *row, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_SET_ARRIVED);
    sql_bind_tag(&sql, ":dedupe", row->dedupe);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", row->id);
    return move(&sql);
}

int loops_set_missed(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_SET_MISSED);
    sql_bind_int(&sql, ":id", id);
    return move(&sql);
}

int loops_first_due(struct store *store, struct loop_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_FIRST_DUE);
    return take_row(&sql, ret_row);
}

int loops_put_off(struct store *store, const char *from, const char *to, int64_t until_ms, int64_t most_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_PUT_OFF);
    sql_bind_int(&sql, ":until", until_ms);
    sql_bind_int(&sql, ":most", most_ms);
    sql_bind_text(&sql, ":from", from);
    sql_bind_text(&sql, ":to", to);
    return sql_run(&sql);
}

int loops_forget(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_FORGET);
    sql_bind_int(&sql, ":before", before_ms);
    return sql_run(&sql);
}

/* ---- how a pair is ---- */

static int none_is_fine(int code)
{
    return code == ERR_NOT_FOUND ? 0 : code;
}

static int find_last(struct store *store, const char *from, const char *to, struct loop_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_LAST);
    sql_bind_text(&sql, ":from", from);
    sql_bind_text(&sql, ":to", to);
    return none_is_fine(take_row(&sql, ret_row));
}

static int find_last_state(
    struct store *store, const char *from, const char *to, enum state state, struct loop_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_LAST_STATE);
    sql_bind_text(&sql, ":from", from);
    sql_bind_text(&sql, ":to", to);
    sql_bind_text(&sql, ":state", state_word(state));
    return none_is_fine(take_row(&sql, ret_row));
}

static int count_state(
    struct store *store, const char *from, const char *to, enum state state, int64_t after, int64_t *count)
{
    int64_t some;
    AUTO_SQL struct sql sql = sql_use(store, SQL_LOOPS, LOOPS_COUNT_STATE);
    sql_bind_text(&sql, ":from", from);
    sql_bind_text(&sql, ":to", to);
    sql_bind_text(&sql, ":state", state_word(state));
    sql_bind_int(&sql, ":after", after);
    int code = sql_take_int(&sql, &some);
    *count += code ? 0 : some;
    return code;
}

int loops_sum_up(struct store *store, const char *from, const char *to, struct loop_summary *ret_summary)
{
    static const enum state ends[] = { STATE_loop_passed, STATE_loop_missed, STATE_loop_late };
    struct loop_summary *sum = ret_summary;
    memset(sum, 0, sizeof *sum);
    int code = find_last(store, from, to, &sum->last);
    if (code == 0)
        code = find_last_state(store, from, to, STATE_loop_passed, &sum->passed);
    for (unsigned i = 0; code == 0 && i < 3; i++) {
        struct loop_row row = { 0 };
        code = find_last_state(store, from, to, ends[i], &row);
        if (row.id > sum->settled.id)
            sum->settled = row;
        int64_t *total = ends[i] == STATE_loop_passed ? &sum->passed_count : &sum->bad_count;
        if (code == 0)
            code = count_state(store, from, to, ends[i], 0, total);
        if (code == 0 && ends[i] != STATE_loop_passed)
            code = count_state(store, from, to, ends[i], sum->passed.id, &sum->failures);
    }
    return code;
}
