/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quarantine - rows of the table quarantine, and the rule that bounds it; see quarantine.h.
 * Why:   anybody may send forged requests, so the table is a ring: what is too much goes, the oldest of the fullest
 * need first. Keeps: totals of rows and bytes are counters, so that a flood does not pay for a count at every insert.
 */
#include "gateway/store/quarantine.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

#define CHANNEL_KEEPS 100 /* rows of a channel that another channel's flood cannot push out */
#define EVICT_STEP 64     /* rows that go at once, so that a flood pays for the search once in a while */

enum {
    QUARANTINE_INSERT,
    QUARANTINE_GET,
    QUARANTINE_RESOLVE,
    QUARANTINE_LIST,
    QUARANTINE_COUNT_SINCE,
    QUARANTINE_FULLEST,
    QUARANTINE_EVICT_CHANNEL,
    QUARANTINE_EVICT_OLDEST,
    QUARANTINE_EXPIRE,
    QUARANTINE_COUNT
};

#define COLUMNS "id, at, channel, reason, state, request, size, resolved_at, resolved_by"

static const char *const texts[QUARANTINE_COUNT] = {
    [QUARANTINE_INSERT] = "INSERT INTO quarantine (" COLUMNS
                          ") VALUES (:id, :at, :channel, :reason, :state, :request, :size, :resolved_at, "
                          ":resolved_by)",
    [QUARANTINE_GET] = "SELECT " COLUMNS " FROM quarantine WHERE id = :id",
    [QUARANTINE_RESOLVE] =
        "UPDATE quarantine SET state = :state, request = CASE :state WHEN 'dropped' THEN NULL ELSE request END, "
        "resolved_by = :by, resolved_at = :now WHERE id = :id AND state = 'kept'",
    [QUARANTINE_LIST] = "SELECT " COLUMNS " FROM quarantine WHERE (:state IS NULL OR state = :state) AND "
                        "(:channel IS NULL OR channel = :channel) AND id < :before ORDER BY id DESC LIMIT :limit",
    [QUARANTINE_COUNT_SINCE] = "SELECT count(*) FROM quarantine INDEXED BY quarantine_at WHERE at >= :since",
    /* The channel above its share whose rows are oldest, and by how much it is above. */
    [QUARANTINE_FULLEST] =
        "SELECT channel, count(*) - :share FROM quarantine INDEXED BY quarantine_channel GROUP BY channel "
        "HAVING count(*) > :share ORDER BY min(id) LIMIT 1",
    [QUARANTINE_EVICT_CHANNEL] =
        "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine INDEXED BY quarantine_channel "
        "WHERE channel = :channel ORDER BY id LIMIT :limit) RETURNING coalesce(length(request), 0)",
    [QUARANTINE_EVICT_OLDEST] =
        "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine ORDER BY id LIMIT :limit) "
        "RETURNING coalesce(length(request), 0)",
    [QUARANTINE_EXPIRE] =
        "DELETE FROM quarantine INDEXED BY quarantine_at WHERE at < :before RETURNING coalesce(length(request), 0)",
};
const struct sql_set quarantine_sql = { texts, QUARANTINE_COUNT };

/* Steps through a deletion that returns the bytes of each row. */
static int run_deletion(struct store *store, struct sql *sql)
{
    int code;
    while ((code = sql_step(sql)) == 1) {
        turn_count(store, COUNTER_QUARANTINE_ROWS, -1);
        turn_count(store, COUNTER_QUARANTINE_BYTES, -sql_read_int(sql));
    }
    return code;
}

/* ---- the bound ---- */

static bool has_room(const struct store *store, size_t len)
{
    const int64_t *counters = store->marks.counters;
    return counters[COUNTER_QUARANTINE_ROWS] < QUARANTINE_ROWS_MAX &&
           counters[COUNTER_QUARANTINE_BYTES] + (int64_t)len <= QUARANTINE_BYTES_MAX;
}

/* ret_channel "" when no channel is above its share. */
static int find_fullest(struct store *store, char *ret_channel, size_t size, int64_t *ret_above)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_FULLEST);
    sql_bind_int(&sql, ":share", CHANNEL_KEEPS);
    str_copy(ret_channel, size, "");
    int code = sql_step(&sql);
    if (code != 1)
        return code;
    sql_read_text(&sql, ret_channel, size);
    *ret_above = sql_read_int(&sql);
    return sql_check(&sql);
}

static int evict(struct store *store)
{
    char channel[NAME_MAX_LEN];
    int64_t above = 0;
    int code = find_fullest(store, channel, sizeof channel, &above);
    if (code != 0)
        return code;
    bool has_channel = channel[0] != '\0';
    AUTO_SQL struct sql sql =
        sql_use(store, SQL_QUARANTINE, has_channel ? QUARANTINE_EVICT_CHANNEL : QUARANTINE_EVICT_OLDEST);
    if (has_channel)
        sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":limit", has_channel && above < EVICT_STEP ? above : has_channel ? EVICT_STEP : 1);
    return run_deletion(store, &sql);
}

int quarantine_insert(struct store *store, const struct quarantine_row *row)
{
    if (row->request.len > QUARANTINE_BYTES_MAX)
        return ERR_LIMIT;
    while (!has_room(store, row->request.len)) {
        int code = evict(store);
        if (code != 0)
            return code;
    }
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_int(&sql, ":at", row->at);
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_text(&sql, ":reason", row->reason);
    sql_bind_text(&sql, ":state", state_word(row->state));
    sql_bind_span(&sql, ":request", row->request);
    sql_bind_int(&sql, ":size", row->size);
    sql_bind_int(&sql, ":resolved_at", row->resolved_at);
    sql_bind_text(&sql, ":resolved_by", row->resolved_by);
    int code = sql_run(&sql);
    if (code == 0) {
        turn_count(store, COUNTER_QUARANTINE_ROWS, 1);
        turn_count(store, COUNTER_QUARANTINE_BYTES, (int64_t)row->request.len);
    }
    return code;
}

/* ---- reading and resolving ---- */

static int read_row(struct sql *sql, struct quarantine_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->at = sql_read_int(sql);
    sql_read_text(sql, row->channel, sizeof row->channel);
    sql_read_text(sql, row->reason, sizeof row->reason);
    row->state = sql_read_state(sql, MACHINE_quarantine);
    row->request = sql_read_span(sql);
    row->size = sql_read_int(sql);
    row->resolved_at = sql_read_int(sql);
    sql_read_text(sql, row->resolved_by, sizeof row->resolved_by);
    return sql_check(sql);
}

int quarantine_get(struct store *store, int64_t id, struct quarantine_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_GET);
    sql_bind_int(&sql, ":id", id);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    code = read_row(&sql, ret_row);
    struct span *const spans[] = { &ret_row->request };
    return code != 0 ? code : sql_keep_spans(&store->quarantine_bytes, spans, STR_COUNT(spans));
}

int quarantine_resolve(struct store *store, int64_t id, enum state state, const char *by, int64_t now_ms)
{
    struct quarantine_row row;
    assert(state == STATE_quarantine_released || state == STATE_quarantine_dropped);
    int code = quarantine_get(store, id, &row);
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_RESOLVE);
    sql_bind_text(&sql, ":state", state_word(state));
    sql_bind_text(&sql, ":by", by);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    code = sql_run_one(&sql);
    if (code == 0 && state == STATE_quarantine_dropped)
        turn_count(store, COUNTER_QUARANTINE_BYTES, -(int64_t)row.request.len);
    return code == ERR_NOT_FOUND ? ERR_CONFLICT : code;
}

int quarantine_list(struct store *store, const struct quarantine_filter *filter, quarantine_row_fn fn, void *context)
{
    struct quarantine_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_LIST);
    sql_bind_text(&sql, ":state", str_equal(filter->state, "all") ? NULL : filter->state);
    sql_bind_text(&sql, ":channel", filter->channel);
    sql_bind_int(&sql, ":before", sql_before(filter->before_id));
    sql_bind_int(&sql, ":limit", sql_limit(filter->limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}

int quarantine_count_since(struct store *store, int64_t since_ms, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_COUNT_SINCE);
    sql_bind_int(&sql, ":since", since_ms);
    return sql_take_int(&sql, ret_count);
}

int quarantine_expire(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_QUARANTINE, QUARANTINE_EXPIRE);
    sql_bind_int(&sql, ":before", before_ms);
    return run_deletion(store, &sql);
}
