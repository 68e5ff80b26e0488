/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outboxlist - questions to the table outbox: by remote id, by alert, next due times, lists and totals; see outbox.h.
 * Keeps: "not settled" is read from the three partial indexes of queued, leased and dead rows, never from the whole
 * table.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/outboxrow.h"

enum {
    LIST_FIND_REMOTE,
    LIST_HAS,
    LIST_COUNT_BEFORE,
    LIST_IS_FOLLOWED,
    LIST_NEXT_DUE,
    LIST_NEXT_CHANNEL,
    LIST_NEXT_LEASE_END,
    LIST_ANY,
    LIST_CASE,
    LIST_ALERT,
    LIST_UNSETTLED,
    LIST_QUEUED,
    LIST_LEASED,
    LIST_DEAD,
    LIST_COUNT
};

#define SELECT "SELECT " OUTBOX_COLUMNS " FROM outbox "
/* No state given means what is not settled. */
#define FILTER                                                                                                            \
    "(:state = 'all' OR state = :state OR (:state IS NULL AND (state = 'queued' OR state = 'leased' OR state = 'dead')))" \
    " AND (:channel IS NULL OR channel = :channel) AND id < :before ORDER BY id DESC LIMIT :limit"
#define IDS_OF(word) "SELECT id FROM outbox INDEXED BY outbox_" word " WHERE state = '" word "'"

static const char *const texts[LIST_COUNT] = {
    [LIST_FIND_REMOTE] =
        SELECT "INDEXED BY outbox_remote WHERE remote_id = :remote_id AND channel = :channel ORDER BY id DESC LIMIT 1",
    [LIST_HAS] =
        "SELECT 1 FROM outbox INDEXED BY outbox_case WHERE case_id = (SELECT case_id FROM alerts WHERE id = :alert_id) "
        "AND alert_id = :alert_id AND address = :address LIMIT 1",
    [LIST_COUNT_BEFORE] =
        "SELECT count(*) FROM outbox INDEXED BY outbox_case WHERE case_id = :case_id AND alert_id = :alert_id "
        "AND address = :address AND id < :id",
    [LIST_IS_FOLLOWED] =
        "SELECT 1 FROM outbox INDEXED BY outbox_case WHERE case_id = :case_id AND alert_id = :alert_id "
        "AND address = :address AND id > :id LIMIT 1",
    [LIST_NEXT_DUE] =
        "SELECT min(due_at) FROM outbox INDEXED BY outbox_queued WHERE state = 'queued' AND channel = :channel "
        "AND priority = :priority",
    [LIST_NEXT_CHANNEL] =
        "SELECT channel FROM outbox INDEXED BY outbox_queued WHERE state = 'queued' AND channel > :after "
        "ORDER BY channel LIMIT 1",
    [LIST_NEXT_LEASE_END] = "SELECT min(lease_until) FROM outbox INDEXED BY outbox_leased WHERE state = 'leased'",
    [LIST_ANY] = SELECT "NOT INDEXED WHERE " FILTER,
    [LIST_CASE] = SELECT "INDEXED BY outbox_case WHERE case_id = :case_id AND " FILTER,
    [LIST_ALERT] = SELECT "INDEXED BY outbox_case WHERE case_id = (SELECT case_id FROM alerts WHERE id = :alert_id) "
                          "AND alert_id = :alert_id AND " FILTER,
    [LIST_UNSETTLED] = SELECT
    "WHERE id IN (" IDS_OF("queued") " UNION ALL " IDS_OF("leased") " UNION ALL " IDS_OF("dead") ") AND " FILTER,
    [LIST_QUEUED] = SELECT "WHERE id IN (" IDS_OF("queued") ") AND " FILTER,
    [LIST_LEASED] = SELECT "WHERE id IN (" IDS_OF("leased") ") AND " FILTER,
    [LIST_DEAD] = SELECT "WHERE id IN (" IDS_OF("dead") ") AND " FILTER,
};
const struct sql_set outbox_list_sql = { texts, LIST_COUNT };

int outbox_find_remote(struct store *store, const char *channel, const char *remote_id, struct outbox_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_FIND_REMOTE);
    sql_bind_text(&sql, ":remote_id", remote_id);
    sql_bind_text(&sql, ":channel", channel);
    return outboxrow_take(&sql, ret_row);
}

int outbox_has(struct store *store, int64_t alert_id, int address, bool *ret_has)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_HAS);
    sql_bind_int(&sql, ":alert_id", alert_id);
    sql_bind_int(&sql, ":address", address);
    int code = sql_step(&sql);
    *ret_has = code == 1;
    return code < 0 ? code : 0;
}

static void bind_siblings(struct sql *sql, const struct outbox_row *row)
{
    sql_bind_int(sql, ":case_id", row->case_id);
    sql_bind_int(sql, ":alert_id", row->alert_id);
    sql_bind_int(sql, ":address", row->address);
    sql_bind_int(sql, ":id", row->id);
}

int outbox_count_before(struct store *store, const struct outbox_row *row, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_COUNT_BEFORE);
    bind_siblings(&sql, row);
    return sql_take_int(&sql, ret_count);
}

int outbox_is_followed(struct store *store, const struct outbox_row *row, bool *ret_is_followed)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_IS_FOLLOWED);
    bind_siblings(&sql, row);
    int code = sql_step(&sql);
    *ret_is_followed = code == 1;
    return code < 0 ? code : 0;
}

static int next_due_of(struct store *store, const char *channel, int priority, int64_t *ret_due_at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_NEXT_DUE);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":priority", priority);
    return sql_take_int(&sql, ret_due_at);
}

int outbox_next_due(struct store *store, const char *channel, int64_t *ret_due_at)
{
    bool is_found = false;
    for (int priority = 0; priority < URGENCY_COUNT; priority++) {
        int64_t due_at = 0;
        int code = next_due_of(store, channel, priority, &due_at);
        if (code == ERR_NOT_FOUND)
            continue;
        if (code != 0)
            return code;
        if (!is_found || due_at < *ret_due_at)
            *ret_due_at = due_at;
        is_found = true;
    }
    return is_found ? 0 : ERR_NOT_FOUND;
}

int outbox_next_channel(struct store *store, const char *after, char *ret_name)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_NEXT_CHANNEL);
    sql_bind_text(&sql, ":after", after);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    sql_read_text(&sql, ret_name, NAME_MAX_LEN);
    return sql_check(&sql);
}

int outbox_next_lease_end(struct store *store, int64_t *ret_lease_until)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, LIST_NEXT_LEASE_END);
    return sql_take_int(&sql, ret_lease_until);
}

/* ---- lists ---- */

static unsigned choose_list(const struct outbox_filter *filter)
{
    static const struct {
        const char *state;
        unsigned index;
    } lists[] = { { "queued", LIST_QUEUED }, { "leased", LIST_LEASED }, { "dead", LIST_DEAD } };
    if (filter->alert_id != 0)
        return LIST_ALERT;
    if (filter->case_id != 0)
        return LIST_CASE;
    if (filter->state == NULL)
        return LIST_UNSETTLED;
    for (size_t i = 0; i < STR_COUNT(lists); i++)
        if (str_equal(lists[i].state, filter->state))
            return lists[i].index;
    return LIST_ANY;
}

static void bind_filter(struct sql *sql, const struct outbox_filter *filter)
{
    if (filter->alert_id != 0)
        sql_bind_int(sql, ":alert_id", filter->alert_id);
    else if (filter->case_id != 0)
        sql_bind_int(sql, ":case_id", filter->case_id);
    sql_bind_text(sql, ":state", filter->state);
    sql_bind_text(sql, ":channel", filter->channel);
    sql_bind_int(sql, ":before", sql_before(filter->before_id));
    sql_bind_int(sql, ":limit", sql_limit(filter->limit));
}

int outbox_list(struct store *store, const struct outbox_filter *filter, outbox_row_fn fn, void *context)
{
    struct outbox_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX_LIST, choose_list(filter));
    bind_filter(&sql, filter);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        code = outboxrow_read(&sql, &row);
        if (code == 0 && (filter->case_id == 0 || row.case_id == filter->case_id))
            code = fn(context, &row);
        if (code != 0)
            break;
    }
    return code;
}

int outbox_count(struct store *store, int64_t *ret_counts)
{
    memset(ret_counts, 0, STATE_COUNT * sizeof *ret_counts);
    for (int state = STATE_outbox_queued; state <= STATE_outbox_cancelled; state++)
        ret_counts[state] = store->marks.counters[COUNTER_OUTBOX + state - STATE_outbox_queued];
    return 0;
}
