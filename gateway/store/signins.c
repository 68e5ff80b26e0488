/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signins - rows of the table signins; see signins.h. */
#include "gateway/store/signins.h"

#include "gateway/store/sql.h"

#define COLUMNS "tag, name, role, source, begun_at, seen_at, fresh_at"

enum { SIGNINS_PUT, SIGNINS_GET, SIGNINS_DROP, SIGNINS_DROP_NAME, SIGNINS_EXPIRE, SIGNINS_LIST, SIGNINS_COUNT };

static const char *const texts[SIGNINS_COUNT] = {
    [SIGNINS_PUT] = "REPLACE INTO signins (" COLUMNS ") VALUES (:tag, :name, :role, :source, :begun_at, :seen_at, "
                    ":fresh_at)",
    [SIGNINS_GET] = "SELECT " COLUMNS " FROM signins WHERE tag = :tag",
    [SIGNINS_DROP] = "DELETE FROM signins WHERE tag = :tag",
    [SIGNINS_DROP_NAME] = "DELETE FROM signins WHERE name = :name",
    [SIGNINS_EXPIRE] = "DELETE FROM signins WHERE begun_at < :begun_before OR seen_at < :seen_before",
    [SIGNINS_LIST] = "SELECT " COLUMNS " FROM signins INDEXED BY signins_name ORDER BY name",
};
const struct sql_set signins_sql = { texts, SIGNINS_COUNT };

static int read_row(struct sql *sql, struct signin_row *row)
{
    *row = (struct signin_row){ .begun_at = 0 };
    sql_read_bytes(sql, row->tag, sizeof row->tag);
    sql_read_text(sql, row->name, sizeof row->name);
    sql_read_text(sql, row->role, sizeof row->role);
    sql_read_text(sql, row->source, sizeof row->source);
    row->begun_at = sql_read_int(sql);
    row->seen_at = sql_read_int(sql);
    row->fresh_at = sql_read_int(sql);
    return sql_check(sql);
}

int signins_put(struct store *store, const struct signin_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_PUT);
    sql_bind_tag(&sql, ":tag", row->tag);
    sql_bind_text(&sql, ":name", row->name);
    sql_bind_text(&sql, ":role", row->role);
    sql_bind_text(&sql, ":source", row->source);
    sql_bind_int(&sql, ":begun_at", row->begun_at);
    sql_bind_int(&sql, ":seen_at", row->seen_at);
    sql_bind_int(&sql, ":fresh_at", row->fresh_at);
    return sql_run(&sql);
}

int signins_get(struct store *store, const unsigned char *tag, struct signin_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_GET);
    sql_bind_tag(&sql, ":tag", tag);
    int code = sql_step(&sql);
    return code == 1 ? read_row(&sql, ret_row) : code == 0 ? ERR_NOT_FOUND : code;
}

int signins_drop(struct store *store, const unsigned char *tag)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_DROP);
    sql_bind_tag(&sql, ":tag", tag);
    return sql_run_one(&sql);
}

int signins_drop_name(struct store *store, const char *name, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_DROP_NAME);
    sql_bind_text(&sql, ":name", name);
    int code = sql_run(&sql);
    *ret_count = code == 0 ? sql_changes(&sql) : 0;
    return code;
}

int signins_expire(struct store *store, int64_t begun_before, int64_t seen_before)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_EXPIRE);
    sql_bind_int(&sql, ":begun_before", begun_before);
    sql_bind_int(&sql, ":seen_before", seen_before);
    return sql_run(&sql);
}

int signins_list(struct store *store, signin_row_fn fn, void *context)
{
    struct signin_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_SIGNINS, SIGNINS_LIST);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
