/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings - rows of the table findings; see findings.h.
 * Why:   what is open has an index of its own, which is also what keeps it single; it is as long as what is wrong now.
 */
#include "gateway/store/findings.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum {
    FINDINGS_TOUCH,
    FINDINGS_INSERT,
    FINDINGS_RESOLVE_UNSEEN,
    FINDINGS_SET_TOLD,
    FINDINGS_LIST_OPEN,
    FINDINGS_LIST,
    FINDINGS_COUNT
};

#define COLUMNS "id, kind, object, first_at, last_at, told_at, resolved_at"

static const char *const texts[FINDINGS_COUNT] = {
    [FINDINGS_TOUCH] =
        "UPDATE findings INDEXED BY findings_open SET last_at = :now WHERE kind = :kind AND object = :object "
        "AND resolved_at = 0",
    [FINDINGS_INSERT] = "INSERT INTO findings (kind, object, first_at, last_at, told_at, resolved_at) "
                        "VALUES (:kind, :object, :now, :now, 0, 0)",
    [FINDINGS_RESOLVE_UNSEEN] = "UPDATE findings INDEXED BY findings_open SET resolved_at = :now WHERE resolved_at = 0 "
                                "AND last_at < :since",
    [FINDINGS_SET_TOLD] = "UPDATE findings SET told_at = :now WHERE id = :id",
    /* Sorted, hence complete before the first row is handed out: a callback may make, touch and tell findings. */
    [FINDINGS_LIST_OPEN] =
        "SELECT " COLUMNS " FROM findings INDEXED BY findings_open WHERE resolved_at = 0 ORDER BY id LIMIT :limit",
    [FINDINGS_LIST] = "SELECT " COLUMNS " FROM findings ORDER BY id DESC LIMIT :limit",
};
const struct sql_set findings_sql = { texts, FINDINGS_COUNT };

static int touch(struct store *store, const struct finding_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FINDINGS, FINDINGS_TOUCH);
    sql_bind_int(&sql, ":now", row->last_at);
    sql_bind_text(&sql, ":kind", row->kind);
    sql_bind_text(&sql, ":object", row->object);
    return sql_run_one(&sql);
}

static int insert(struct store *store, const struct finding_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FINDINGS, FINDINGS_INSERT);
    sql_bind_text(&sql, ":kind", row->kind);
    sql_bind_text(&sql, ":object", row->object);
    sql_bind_int(&sql, ":now", row->last_at);
    return sql_run(&sql);
}

int findings_see(struct store *store, const char *kind, const char *object, int64_t now_ms, bool *ret_is_new)
{
    struct finding_row row = { .last_at = now_ms };
    *ret_is_new = false;
    if (!str_copy(row.kind, sizeof row.kind, kind) || !str_copy(row.object, sizeof row.object, object))
        return ERR_LIMIT;
    int code = touch(store, &row);
    if (code != ERR_NOT_FOUND)
        return code;
    code = insert(store, &row);
    *ret_is_new = code == 0;
    return code;
}

int findings_resolve_unseen(struct store *store, int64_t since_ms, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FINDINGS, FINDINGS_RESOLVE_UNSEEN);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":since", since_ms);
    return sql_run(&sql);
}

int findings_set_told(struct store *store, int64_t id, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FINDINGS, FINDINGS_SET_TOLD);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

static int read_row(struct sql *sql, struct finding_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    sql_read_text(sql, row->kind, sizeof row->kind);
    sql_read_text(sql, row->object, sizeof row->object);
    row->first_at = sql_read_int(sql);
    row->last_at = sql_read_int(sql);
    row->told_at = sql_read_int(sql);
    row->resolved_at = sql_read_int(sql);
    return sql_check(sql);
}

int findings_list(struct store *store, bool is_open, unsigned limit, finding_row_fn fn, void *context)
{
    struct finding_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_FINDINGS, is_open ? FINDINGS_LIST_OPEN : FINDINGS_LIST);
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
