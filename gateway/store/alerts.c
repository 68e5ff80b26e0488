/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts - rows of the table alerts; see alerts.h. The steps of policies are in steps.c. */
#include "gateway/store/alerts.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum {
    ALERTS_INSERT,
    ALERTS_GET,
    ALERTS_FIND_PUBLIC,
    ALERTS_FIND_CODE,
    ALERTS_COUNT_WRONG,
    ALERTS_SET_STATE,
    ALERTS_SET_MESSAGE,
    ALERTS_END_CASE,
    ALERTS_LIST,
    ALERTS_LIST_CASE,
    ALERTS_LIST_HELD,
    ALERTS_COUNT
};

#define COLUMNS                                                                                                        \
    "id, case_id, message_id, contact, policy, step, public_id, code, state, wrong_tries, created_at, answered_at"
#define FILTER "(:state IS NULL OR state = :state) AND id < :before ORDER BY id DESC LIMIT :limit"

static const char *const texts[ALERTS_COUNT] = {
    [ALERTS_INSERT] = "INSERT INTO alerts (" COLUMNS
                      ") VALUES (:id, :case_id, :message_id, :contact, :policy, :step, :public_id, :code, "
                      ":state, :wrong_tries, :created_at, :answered_at)",
    [ALERTS_GET] = "SELECT " COLUMNS " FROM alerts WHERE id = :id",
    [ALERTS_FIND_PUBLIC] = "SELECT " COLUMNS " FROM alerts INDEXED BY alerts_public WHERE public_id = :public_id",
    [ALERTS_FIND_CODE] = "SELECT " COLUMNS
                         " FROM alerts INDEXED BY alerts_code WHERE case_id = :case_id AND code = :code AND code <> ''",
    [ALERTS_COUNT_WRONG] = "UPDATE alerts SET wrong_tries = wrong_tries + 1 WHERE id = :id",
    [ALERTS_SET_STATE] = "UPDATE alerts SET state = :state, answered_at = :now WHERE id = :id",
    [ALERTS_SET_MESSAGE] = "UPDATE alerts SET message_id = :message_id WHERE id = :id",
    [ALERTS_END_CASE] =
        "UPDATE alerts INDEXED BY alerts_case SET state = 'ended', answered_at = :now WHERE case_id = :case_id "
        "AND (state = 'open' OR state = 'held')",
    [ALERTS_LIST] = "SELECT " COLUMNS " FROM alerts WHERE " FILTER,
    [ALERTS_LIST_CASE] = "SELECT " COLUMNS " FROM alerts INDEXED BY alerts_case WHERE case_id = :case_id AND " FILTER,
    [ALERTS_LIST_HELD] = "SELECT " COLUMNS " FROM alerts INDEXED BY alerts_held WHERE state = 'held' AND " FILTER,
};
const struct sql_set alerts_sql = { texts, ALERTS_COUNT };

int alerts_insert(struct store *store, const struct alert_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_int(&sql, ":case_id", row->case_id);
    sql_bind_id(&sql, ":message_id", row->message_id);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_text(&sql, ":policy", row->policy);
    sql_bind_int(&sql, ":step", row->step);
    sql_bind_text(&sql, ":public_id", row->public_id);
    sql_bind_text(&sql, ":code", row->code);
    sql_bind_text(&sql, ":state", state_word(row->state));
    sql_bind_int(&sql, ":wrong_tries", row->wrong_tries);
    sql_bind_int(&sql, ":created_at", row->created_at);
    sql_bind_int(&sql, ":answered_at", row->answered_at);
    return sql_run(&sql);
}

static int read_row(struct sql *sql, struct alert_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->case_id = sql_read_int(sql);
    row->message_id = sql_read_int(sql);
    sql_read_text(sql, row->contact, sizeof row->contact);
    sql_read_text(sql, row->policy, sizeof row->policy);
    row->step = (int)sql_read_int(sql);
    sql_read_text(sql, row->public_id, sizeof row->public_id);
    sql_read_text(sql, row->code, sizeof row->code);
    row->state = sql_read_state(sql, MACHINE_alert);
    row->wrong_tries = (int)sql_read_int(sql);
    row->created_at = sql_read_int(sql);
    row->answered_at = sql_read_int(sql);
    return sql_check(sql);
}

static int take_row(struct sql *sql, struct alert_row *ret_row)
{
    int code = sql_step(sql);
    if (code == 1)
        return read_row(sql, ret_row);
    return code == 0 ? ERR_NOT_FOUND : code;
}

int alerts_get(struct store *store, int64_t id, struct alert_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_GET);
    sql_bind_int(&sql, ":id", id);
    return take_row(&sql, ret_row);
}

int alerts_find_public(struct store *store, const char *public_id, struct alert_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_FIND_PUBLIC);
    sql_bind_text(&sql, ":public_id", public_id);
    return take_row(&sql, ret_row);
}

int alerts_find_code(struct store *store, int64_t case_id, const char *code, struct alert_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_FIND_CODE);
    sql_bind_int(&sql, ":case_id", case_id);
    sql_bind_text(&sql, ":code", code);
    return take_row(&sql, ret_row);
}

int alerts_count_wrong(struct store *store, int64_t id, int *ret_tries)
{
    struct alert_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_COUNT_WRONG);
    sql_bind_int(&sql, ":id", id);
    int code = sql_run_one(&sql);
    if (code == 0)
        code = alerts_get(store, id, &row);
    if (code == 0)
        *ret_tries = row.wrong_tries;
    return code;
}

int alerts_set_state(struct store *store, int64_t id, enum state state, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_SET_STATE);
    sql_bind_text(&sql, ":state", state_word(state));
    /* An alert that goes (back) to waiting has no answer. */
    sql_bind_int(&sql, ":now", state == STATE_alert_open || state == STATE_alert_held ? 0 : now_ms);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

int alerts_set_message(struct store *store, int64_t id, int64_t message_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_SET_MESSAGE);
    sql_bind_int(&sql, ":message_id", message_id);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

int alerts_end_case(struct store *store, int64_t case_id, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, ALERTS_END_CASE);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":case_id", case_id);
    return sql_run(&sql);
}

int alerts_list(struct store *store, int64_t case_id, const char *state, int64_t before_id, unsigned limit,
    alert_row_fn fn, void *context)
{
    struct alert_row row;
    unsigned list = str_equal(state, "held") ? ALERTS_LIST_HELD : ALERTS_LIST;
    AUTO_SQL struct sql sql = sql_use(store, SQL_ALERTS, case_id == 0 ? list : ALERTS_LIST_CASE);
    if (case_id != 0)
        sql_bind_int(&sql, ":case_id", case_id);
    sql_bind_text(&sql, ":state", str_equal(state, "all") ? NULL : state);
    sql_bind_int(&sql, ":before", sql_before(before_id));
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
