/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glass - rows of the table glass; see glass.h. */
#include "gateway/store/glass.h"

#include "gateway/store/sql.h"

#define COLUMNS "name, case_id, broken_at, until_at"

enum { GLASS_PUT, GLASS_GET, GLASS_DROP_OLD, GLASS_LIST, GLASS_COUNT };

static const char *const texts[GLASS_COUNT] = {
    [GLASS_PUT] = "REPLACE INTO glass (" COLUMNS ") VALUES (:name, :case_id, :broken_at, :until_at)",
    [GLASS_GET] = "SELECT " COLUMNS " FROM glass WHERE name = :name AND case_id = :case_id",
    [GLASS_DROP_OLD] = "DELETE FROM glass WHERE until_at < :until_before",
    [GLASS_LIST] = "SELECT " COLUMNS " FROM glass ORDER BY name, case_id",
};
const struct sql_set glass_sql = { texts, GLASS_COUNT };

static int read_row(struct sql *sql, struct glass_row *row)
{
    *row = (struct glass_row){ .case_id = 0 };
    sql_read_text(sql, row->name, sizeof row->name);
    row->case_id = sql_read_int(sql);
    row->broken_at = sql_read_int(sql);
    row->until_at = sql_read_int(sql);
    return sql_check(sql);
}

int glass_put(struct store *store, const struct glass_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_GLASS, GLASS_PUT);
    sql_bind_text(&sql, ":name", row->name);
    sql_bind_int(&sql, ":case_id", row->case_id);
    sql_bind_int(&sql, ":broken_at", row->broken_at);
    sql_bind_int(&sql, ":until_at", row->until_at);
    return sql_run(&sql);
}

int glass_get(struct store *store, const char *name, int64_t case_id, struct glass_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_GLASS, GLASS_GET);
    sql_bind_text(&sql, ":name", name);
    sql_bind_int(&sql, ":case_id", case_id);
    int code = sql_step(&sql);
    return code == 1 ? read_row(&sql, ret_row) : code == 0 ? ERR_NOT_FOUND : code;
}

int glass_drop_old(struct store *store, int64_t until_before)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_GLASS, GLASS_DROP_OLD);
    sql_bind_int(&sql, ":until_before", until_before);
    return sql_run(&sql);
}

int glass_list(struct store *store, glass_row_fn fn, void *context)
{
    struct glass_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_GLASS, GLASS_LIST);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
