/* SPDX-License-Identifier: GPL-3.0-or-later */
/* polls - rows of the table polls; see polls.h. */
#include "gateway/store/polls.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum { POLLS_GET, POLLS_FIND, POLLS_PUT, POLLS_RENEW, POLLS_COUNT };

#define COLUMNS                                                                                                        \
    "channel, number, lease_until, due_at, cursor, page, pages, since_at, started_at, covered_at, polled_at, ok_at, "  \
    "failures, error, late_found"

static const char *const texts[POLLS_COUNT] = {
    [POLLS_GET] = "SELECT " COLUMNS " FROM polls WHERE channel = :channel",
    [POLLS_FIND] = "SELECT " COLUMNS " FROM polls WHERE number = :number",
    [POLLS_PUT] = "INSERT OR REPLACE INTO polls (" COLUMNS ") VALUES (:channel, :number, :lease_until, :due_at, "
                  ":cursor, :page, :pages, :since_at, :started_at, :covered_at, :polled_at, :ok_at, :failures, :error, "
                  ":late_found)",
    [POLLS_RENEW] = "UPDATE polls SET lease_until = iif(:is_start, 0, lease_until), due_at = :now",
};
const struct sql_set polls_sql = { texts, POLLS_COUNT };

static enum outcome outcome_of(const char *word)
{
    for (unsigned i = 0; i < OUTCOME_COUNT; i++)
        if (str_equal(word, outcome_word((enum outcome)i)))
            return (enum outcome)i;
    return OUTCOME_sent;
}

static int take_row(struct sql *sql, struct poll_row *row)
{
    char error[32];
    int code = sql_step(sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    memset(row, 0, sizeof *row);
    sql_read_text(sql, row->channel, sizeof row->channel);
    row->number = sql_read_int(sql);
    row->lease_until = sql_read_int(sql);
    row->due_at = sql_read_int(sql);
    sql_read_text(sql, row->cursor, sizeof row->cursor);
    sql_read_text(sql, row->page, sizeof row->page);
    row->pages = sql_read_int(sql);
    row->since_at = sql_read_int(sql);
    row->started_at = sql_read_int(sql);
    row->covered_at = sql_read_int(sql);
    row->polled_at = sql_read_int(sql);
    row->ok_at = sql_read_int(sql);
    row->failures = sql_read_int(sql);
    sql_read_text(sql, error, sizeof error);
    row->outcome = outcome_of(error);
    row->late_found = sql_read_int(sql);
    return sql_check(sql);
}

int polls_get(struct store *store, const char *channel, struct poll_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_POLLS, POLLS_GET);
    sql_bind_text(&sql, ":channel", channel);
    return take_row(&sql, ret_row);
}

int polls_find(struct store *store, int64_t number, struct poll_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_POLLS, POLLS_FIND);
    sql_bind_int(&sql, ":number", number);
    return take_row(&sql, ret_row);
}

int polls_put(struct store *store, const struct poll_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_POLLS, POLLS_PUT);
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_int(&sql, ":number", row->number);
    sql_bind_int(&sql, ":lease_until", row->lease_until);
    sql_bind_int(&sql, ":due_at", row->due_at);
    sql_bind_text(&sql, ":cursor", row->cursor);
    sql_bind_text(&sql, ":page", row->page);
    sql_bind_int(&sql, ":pages", row->pages);
    sql_bind_int(&sql, ":since_at", row->since_at);
    sql_bind_int(&sql, ":started_at", row->started_at);
    sql_bind_int(&sql, ":covered_at", row->covered_at);
    sql_bind_int(&sql, ":polled_at", row->polled_at);
    sql_bind_int(&sql, ":ok_at", row->ok_at);
    sql_bind_int(&sql, ":failures", row->failures);
    sql_bind_text(&sql, ":error", outcome_word(row->outcome));
    sql_bind_int(&sql, ":late_found", row->late_found);
    return sql_run(&sql);
}

int polls_renew(struct store *store, bool is_start, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_POLLS, POLLS_RENEW);
    sql_bind_int(&sql, ":is_start", is_start);
    sql_bind_int(&sql, ":now", now_ms);
    return sql_run(&sql);
}
