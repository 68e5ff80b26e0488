/* SPDX-License-Identifier: GPL-3.0-or-later */
/* views - rows of the table views; see views.h. */
#include "gateway/store/views.h"

#include "gateway/store/sql.h"

enum { VIEWS_OTHERS, VIEWS_PUT, VIEWS_DELETE, VIEWS_LIST, VIEWS_COUNT };

static const char *const texts[VIEWS_COUNT] = {
    [VIEWS_OTHERS] = "SELECT count(*) FROM views WHERE user = :user AND name <> :name",
    [VIEWS_PUT] = "INSERT OR REPLACE INTO views (user, name, query, at) VALUES (:user, :name, :query, :at)",
    [VIEWS_DELETE] = "DELETE FROM views WHERE user = :user AND name = :name",
    [VIEWS_LIST] = "SELECT user, name, query, at FROM views WHERE user = :user ORDER BY name",
};
const struct sql_set views_sql = { texts, VIEWS_COUNT };

static int count_others(struct store *store, const struct view_row *row, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_VIEWS, VIEWS_OTHERS);
    sql_bind_text(&sql, ":user", row->user);
    sql_bind_text(&sql, ":name", row->name);
    return sql_take_int(&sql, ret_count);
}

int views_put(struct store *store, const struct view_row *row)
{
    int64_t others = 0;
    int code = count_others(store, row, &others);
    if (code != 0 || others >= VIEWS_MAX)
        return code != 0 ? code : ERR_LIMIT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_VIEWS, VIEWS_PUT);
    sql_bind_text(&sql, ":user", row->user);
    sql_bind_text(&sql, ":name", row->name);
    sql_bind_text(&sql, ":query", row->query);
    sql_bind_int(&sql, ":at", row->at);
    return sql_run(&sql);
}

int views_delete(struct store *store, const char *user, const char *name)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_VIEWS, VIEWS_DELETE);
    sql_bind_text(&sql, ":user", user);
    sql_bind_text(&sql, ":name", name);
    return sql_run_one(&sql);
}

int views_list(struct store *store, const char *user, view_row_fn fn, void *context)
{
    struct view_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_VIEWS, VIEWS_LIST);
    sql_bind_text(&sql, ":user", user);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        sql_read_text(&sql, row.user, sizeof row.user);
        sql_read_text(&sql, row.name, sizeof row.name);
        sql_read_text(&sql, row.query, sizeof row.query);
        row.at = sql_read_int(&sql);
        code = sql_check(&sql);
        if (code == 0)
            code = fn(context, &row);
        if (code != 0)
            break;
    }
    return code;
}
