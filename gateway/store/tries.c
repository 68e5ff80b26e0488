/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tries - rows of the table tries; see tries.h. */
#include "gateway/store/tries.h"

#include <string.h>

#include "gateway/store/sql.h"

enum { TRIES_GET, TRIES_PUT, TRIES_DROP, TRIES_ROWS, TRIES_MAKE_ROOM, TRIES_EXPIRE, TRIES_LIST, TRIES_COUNT };

static const char *const texts[TRIES_COUNT] = {
    [TRIES_GET] = "SELECT tag, object, failures, last_at, until_at FROM tries WHERE tag = :tag",
    [TRIES_PUT] = "REPLACE INTO tries (tag, object, failures, last_at, until_at) "
                  "VALUES (:tag, :object, :failures, :last_at, :until_at)",
    [TRIES_DROP] = "DELETE FROM tries WHERE tag = :tag",
    [TRIES_ROWS] = "SELECT count(*) FROM tries",
    [TRIES_MAKE_ROOM] = "DELETE FROM tries WHERE tag = (SELECT tag FROM tries ORDER BY last_at LIMIT 1)",
    [TRIES_EXPIRE] = "DELETE FROM tries WHERE last_at < :last_before AND until_at <= :now_ms",
    [TRIES_LIST] = "SELECT tag, object, failures, last_at, until_at FROM tries WHERE last_at >= :since_at AND "
                   "failures >= :failures_min AND object <> '' ORDER BY last_at",
};
const struct sql_set tries_sql = { texts, TRIES_COUNT };

static int read_row(struct sql *sql, struct try_row *row)
{
    *row = (struct try_row){ .failures = 0 };
    sql_read_bytes(sql, row->tag, sizeof row->tag);
    sql_read_text(sql, row->object, sizeof row->object);
    row->failures = sql_read_int(sql);
    row->last_at = sql_read_int(sql);
    row->until_at = sql_read_int(sql);
    return sql_check(sql);
}

int tries_get(struct store *store, const unsigned char *tag, struct try_row *ret_row)
{
    *ret_row = (struct try_row){ .failures = 0 };
    memcpy(ret_row->tag, tag, sizeof ret_row->tag);
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_GET);
    sql_bind_tag(&sql, ":tag", tag);
    int code = sql_step(&sql);
    return code == 1 ? read_row(&sql, ret_row) : code;
}

static int make_room(struct store *store)
{
    int64_t count = 0;
    AUTO_SQL struct sql rows = sql_use(store, SQL_TRIES, TRIES_ROWS);
    int code = sql_take_int(&rows, &count);
    if (code != 0 || count < TRIES_MAX)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_MAKE_ROOM);
    return sql_run(&sql);
}

int tries_put(struct store *store, const struct try_row *row)
{
    int code = row->failures <= 1 ? make_room(store) : 0;
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_PUT);
    sql_bind_tag(&sql, ":tag", row->tag);
    sql_bind_text(&sql, ":object", row->object);
    sql_bind_int(&sql, ":failures", row->failures);
    sql_bind_int(&sql, ":last_at", row->last_at);
    sql_bind_int(&sql, ":until_at", row->until_at);
    return sql_run(&sql);
}

int tries_drop(struct store *store, const unsigned char *tag)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_DROP);
    sql_bind_tag(&sql, ":tag", tag);
    return sql_run(&sql);
}

int tries_expire(struct store *store, int64_t last_before, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_EXPIRE);
    sql_bind_int(&sql, ":last_before", last_before);
    sql_bind_int(&sql, ":now_ms", now_ms);
    return sql_run(&sql);
}

int tries_list(struct store *store, int64_t failures_min, int64_t since_at, try_row_fn fn, void *context)
{
    struct try_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_TRIES, TRIES_LIST);
    sql_bind_int(&sql, ":since_at", since_at);
    sql_bind_int(&sql, ":failures_min", failures_min);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
