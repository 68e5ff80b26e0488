/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joins - rows of the table joins: messages that come in parts, and when they are told; see parts.h. */
#include <string.h>

#include "gateway/store/parts.h"
#include "gateway/store/sql.h"

#define DUE_MAX 64 /* rows of one call: what is left is due at the next turn */

enum { JOINS_INSERT, JOINS_GET, JOINS_UPDATE, JOINS_FIND, JOINS_DUE, JOINS_NEXT_DUE, JOINS_COUNT };

#define COLUMNS "message_id, key, total, newest_at, due_at, is_told, is_rise"

static const char *const texts[JOINS_COUNT] = {
    [JOINS_INSERT] =
        "INSERT INTO joins (" COLUMNS ") VALUES (:message_id, :key, :total, :newest_at, :due_at, :is_told, :is_rise)",
    [JOINS_GET] = "SELECT " COLUMNS " FROM joins WHERE message_id = :message_id",
    [JOINS_UPDATE] =
        "UPDATE joins SET newest_at = :newest_at, due_at = :due_at, is_told = :is_told, is_rise = :is_rise "
        "WHERE message_id = :message_id",
    [JOINS_FIND] = "SELECT " COLUMNS " FROM joins INDEXED BY joins_key WHERE key = :key ORDER BY message_id DESC "
                   "LIMIT :limit",
    [JOINS_DUE] = "SELECT " COLUMNS " FROM joins INDEXED BY joins_due WHERE due_at > 0 AND due_at <= :now "
                  "ORDER BY due_at LIMIT :limit",
    [JOINS_NEXT_DUE] = "SELECT min(due_at) FROM joins INDEXED BY joins_due WHERE due_at > 0",
};
const struct sql_set joins_sql = { texts, JOINS_COUNT };

int joins_insert(struct store *store, const struct join_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_INSERT);
    sql_bind_int(&sql, ":message_id", row->message_id);
    sql_bind_tag(&sql, ":key", row->key);
    sql_bind_int(&sql, ":total", row->total);
    sql_bind_int(&sql, ":newest_at", row->newest_at);
    sql_bind_int(&sql, ":due_at", row->due_at);
    sql_bind_int(&sql, ":is_told", row->is_told);
    sql_bind_int(&sql, ":is_rise", row->is_rise);
    return sql_run(&sql);
}

int joins_update(struct store *store, const struct join_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_UPDATE);
    sql_bind_int(&sql, ":newest_at", row->newest_at);
    sql_bind_int(&sql, ":due_at", row->due_at);
    sql_bind_int(&sql, ":is_told", row->is_told);
    sql_bind_int(&sql, ":is_rise", row->is_rise);
    sql_bind_int(&sql, ":message_id", row->message_id);
    return sql_run_one(&sql);
}

static int read_row(struct sql *sql, struct join_row *row)
{
    memset(row, 0, sizeof *row);
    row->message_id = sql_read_int(sql);
    sql_read_bytes(sql, row->key, STORE_TAG_LEN);
    row->total = (unsigned)sql_read_int(sql);
    row->newest_at = sql_read_int(sql);
    row->due_at = sql_read_int(sql);
    row->is_told = sql_read_int(sql) != 0;
    row->is_rise = sql_read_int(sql) != 0;
    return sql_check(sql);
}

int joins_get(struct store *store, int64_t message_id, struct join_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_GET);
    sql_bind_int(&sql, ":message_id", message_id);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    return read_row(&sql, ret_row);
}

/* Collected first: the callback may change the very rows that a query walks over. */
static int collect(struct sql *sql, struct join_row *rows, unsigned *ret_count)
{
    int code;
    *ret_count = 0;
    while ((code = sql_step(sql)) == 1) {
        code = read_row(sql, &rows[*ret_count]);
        if (code != 0)
            return code;
        ++*ret_count;
    }
    return code;
}

static int hand_out(const struct join_row *rows, unsigned count, join_row_fn fn, void *context)
{
    int code = 0;
    for (unsigned i = 0; code == 0 && i < count; i++)
        code = fn(context, &rows[i]);
    return code;
}

static int collect_of_key(
    struct store *store, const unsigned char *key, unsigned limit, struct join_row *rows, unsigned *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_FIND);
    sql_bind_tag(&sql, ":key", key);
    sql_bind_int(&sql, ":limit", limit < DUE_MAX ? limit : DUE_MAX);
    return collect(&sql, rows, ret_count);
}

int joins_find(struct store *store, const unsigned char *key, unsigned limit, join_row_fn fn, void *context)
{
    struct join_row rows[DUE_MAX];
    unsigned count = 0;
    int code = collect_of_key(store, key, limit, rows, &count);
    return code != 0 ? code : hand_out(rows, count, fn, context);
}

static int collect_due(struct store *store, int64_t now_ms, unsigned limit, struct join_row *rows, unsigned *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_DUE);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":limit", limit < DUE_MAX ? limit : DUE_MAX);
    return collect(&sql, rows, ret_count);
}

int joins_due(struct store *store, int64_t now_ms, unsigned limit, join_row_fn fn, void *context)
{
    struct join_row rows[DUE_MAX];
    unsigned count = 0;
    int code = collect_due(store, now_ms, limit, rows, &count);
    return code != 0 ? code : hand_out(rows, count, fn, context);
}

int joins_next_due(struct store *store, int64_t *ret_due_at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_JOINS, JOINS_NEXT_DUE);
    return sql_take_int(&sql, ret_due_at);
}
