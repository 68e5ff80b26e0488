/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drills - rows of the table drills; see drills.h. */
#include "gateway/store/drills.h"

#include <string.h>

#include "gateway/store/sql.h"

enum {
    DRILLS_INSERT,
    DRILLS_GET,
    DRILLS_FIND_PUBLIC,
    DRILLS_SET_ANSWERED,
    DRILLS_LAST,
    DRILLS_SUM,
    DRILLS_LIST,
    DRILLS_COUNT
};

#define COLUMNS "id, contact, public_id, code, sent_at, answered_at, asked_by"

static const char *const texts[DRILLS_COUNT] = {
    [DRILLS_INSERT] =
        "INSERT INTO drills (" COLUMNS ") VALUES (:id, :contact, :public_id, :code, :sent_at, :answered_at, :asked_by)",
    [DRILLS_GET] = "SELECT " COLUMNS " FROM drills WHERE id = :id",
    [DRILLS_FIND_PUBLIC] = "SELECT " COLUMNS " FROM drills INDEXED BY drills_public WHERE public_id = :public_id",
    [DRILLS_SET_ANSWERED] = "UPDATE drills SET answered_at = :now WHERE id = :id AND answered_at = 0",
    [DRILLS_LAST] =
        "SELECT " COLUMNS " FROM drills INDEXED BY drills_contact WHERE contact = :contact ORDER BY id DESC LIMIT 1",
    [DRILLS_SUM] = "SELECT count(*), coalesce(sum(answered_at = 0 AND sent_at < :late), 0) FROM drills INDEXED BY "
                   "drills_contact WHERE contact = :contact AND sent_at >= :since",
    [DRILLS_LIST] = "SELECT " COLUMNS " FROM drills WHERE id < :before ORDER BY id DESC LIMIT :limit",
};
const struct sql_set drills_sql = { texts, DRILLS_COUNT };

int drills_insert(struct store *store, const struct drill_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_text(&sql, ":public_id", row->public_id);
    sql_bind_text(&sql, ":code", row->code);
    sql_bind_int(&sql, ":sent_at", row->sent_at);
    sql_bind_int(&sql, ":answered_at", row->answered_at);
    sql_bind_text(&sql, ":asked_by", row->asked_by);
    return sql_run(&sql);
}

static int read_row(struct sql *sql, struct drill_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    sql_read_text(sql, row->contact, sizeof row->contact);
    sql_read_text(sql, row->public_id, sizeof row->public_id);
    sql_read_text(sql, row->code, sizeof row->code);
    row->sent_at = sql_read_int(sql);
    row->answered_at = sql_read_int(sql);
    sql_read_text(sql, row->asked_by, sizeof row->asked_by);
    return sql_check(sql);
}

static int take_row(struct sql *sql, struct drill_row *ret_row)
{
    int code = sql_step(sql);
    if (code == 1)
        return read_row(sql, ret_row);
    return code == 0 ? ERR_NOT_FOUND : code;
}

int drills_get(struct store *store, int64_t id, struct drill_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_GET);
    sql_bind_int(&sql, ":id", id);
    return take_row(&sql, ret_row);
}

int drills_find_public(struct store *store, const char *public_id, struct drill_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_FIND_PUBLIC);
    sql_bind_text(&sql, ":public_id", public_id);
    return take_row(&sql, ret_row);
}

int drills_set_answered(struct store *store, int64_t id, int64_t now_ms)
{
    struct drill_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_SET_ANSWERED);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    int code = sql_run_one(&sql);
    if (code != ERR_NOT_FOUND)
        return code;
    code = drills_get(store, id, &row);
    return code == 0 ? ERR_CONFLICT : code;
}

int drills_last(struct store *store, const char *contact, struct drill_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_LAST);
    sql_bind_text(&sql, ":contact", contact);
    return take_row(&sql, ret_row);
}

int drills_sum(struct store *store, const char *contact, int64_t since, int64_t late_at, struct drill_sum *ret_sum)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_SUM);
    sql_bind_int(&sql, ":late", late_at);
    sql_bind_text(&sql, ":contact", contact);
    sql_bind_int(&sql, ":since", since);
    int code = sql_step(&sql);
    if (code != 1)
        return code ? code : ERR_CORRUPT;
    ret_sum->count = sql_read_int(&sql);
    ret_sum->missed = sql_read_int(&sql);
    return sql_check(&sql);
}

int drills_list(struct store *store, int64_t before_id, unsigned limit, drill_row_fn fn, void *context)
{
    struct drill_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_DRILLS, DRILLS_LIST);
    sql_bind_int(&sql, ":before", sql_before(before_id));
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
