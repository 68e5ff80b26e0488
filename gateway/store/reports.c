/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reports - delivery reports that came before their outbox row knew its remote id; see outbox.h.
 * Keeps: one a message, the most conclusive; at most REPORTS_MAX, the oldest go first.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/outbox.h"
#include "gateway/store/sql.h"

#define REPORTS_MAX 20000

enum { REPORTS_KEEP, REPORTS_TAKE, REPORTS_DELETE, REPORTS_DELETE_OLDEST, REPORTS_FORGET, REPORTS_COUNT };

static const char *const texts[REPORTS_COUNT] = {
    [REPORTS_KEEP] =
        "INSERT INTO reports (channel, remote_id, status, provider_code, at, kept_at) "
        "VALUES (:channel, :remote_id, :status, :provider_code, :at, :kept_at) ON CONFLICT (remote_id, channel) DO UPDATE SET "
        "status = excluded.status, provider_code = excluded.provider_code, at = excluded.at WHERE excluded.rank >= rank",
    [REPORTS_TAKE] = ("SELECT id, remote_id, status, provider_code, at FROM reports INDEXED BY reports_remote "
                      "WHERE remote_id = :remote_id AND channel = :channel"),
    [REPORTS_DELETE] = "DELETE FROM reports WHERE id = :id",
    [REPORTS_DELETE_OLDEST] = "DELETE FROM reports WHERE id = (SELECT min(id) FROM reports)",
    [REPORTS_FORGET] = "DELETE FROM reports INDEXED BY reports_kept WHERE kept_at < :before",
};
const struct sql_set reports_sql = { texts, REPORTS_COUNT };

static const char *const status_words[] = {
    [REPORT_PENDING] = "pending",
    [REPORT_SENT] = "sent",
    [REPORT_DELIVERED] = "delivered",
    [REPORT_FAILED_TEMPORARY] = "failed_temporary",
    [REPORT_FAILED] = "failed",
    [REPORT_OPTED_OUT] = "opted_out",
};

static int delete_oldest(struct store *store)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_REPORTS, REPORTS_DELETE_OLDEST);
    int code = sql_run_one(&sql);
    if (code == 0)
        turn_count(store, COUNTER_REPORTS, -1);
    return code;
}

int reports_keep(struct store *store, const char *channel, const struct delivery_report *report, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_REPORTS, REPORTS_KEEP);
    /* An update leaves the last inserted id alone: that tells the two apart. */
    sqlite3_set_last_insert_rowid(store->db, 0);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_text(&sql, ":remote_id", report->remote_id);
    sql_bind_text(&sql, ":status", status_words[report->status]);
    sql_bind_text(&sql, ":provider_code", report->provider_code);
    sql_bind_int(&sql, ":at", report->at);
    sql_bind_int(&sql, ":kept_at", now_ms);
    int code = sql_run(&sql);
    if (code != 0 || sqlite3_last_insert_rowid(store->db) == 0)
        return code;
    turn_count(store, COUNTER_REPORTS, 1);
    return store->marks.counters[COUNTER_REPORTS] > REPORTS_MAX ? delete_oldest(store) : 0;
}

static int find(struct store *store, const char *channel, const char *remote_id, int64_t *ret_id,
    struct delivery_report *ret_report)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_REPORTS, REPORTS_TAKE);
    sql_bind_text(&sql, ":remote_id", remote_id);
    sql_bind_text(&sql, ":channel", channel);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    memset(ret_report, 0, sizeof *ret_report);
    *ret_id = sql_read_int(&sql);
    sql_read_text(&sql, ret_report->remote_id, sizeof ret_report->remote_id);
    const char *word = sql_read_word(&sql);
    size_t status = 0;
    while (status < STR_COUNT(status_words) && !str_equal(status_words[status], word))
        status++;
    if (status == STR_COUNT(status_words))
        return ERR_CORRUPT;
    ret_report->status = (unsigned)status;
    sql_read_text(&sql, ret_report->provider_code, sizeof ret_report->provider_code);
    ret_report->at = sql_read_int(&sql);
    return sql_check(&sql);
}

int reports_take(struct store *store, const char *channel, const char *remote_id, struct delivery_report *ret_report)
{
    int64_t id = 0;
    int code = find(store, channel, remote_id, &id, ret_report);
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_REPORTS, REPORTS_DELETE);
    sql_bind_int(&sql, ":id", id);
    code = sql_run_one(&sql);
    if (code == 0)
        turn_count(store, COUNTER_REPORTS, -1);
    return code;
}

int reports_forget(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_REPORTS, REPORTS_FORGET);
    sql_bind_int(&sql, ":before", before_ms);
    int code = sql_run(&sql);
    if (code == 0)
        turn_count(store, COUNTER_REPORTS, -sql_changes(&sql));
    return code;
}
