/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures - see figures.h. */
#include "gateway/store/figures.h"

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum { FIGURES_MONTHS, FIGURES_CASES, FIGURES_TIMES, FIGURES_LIVE, FIGURES_LAST, FIGURES_DELIVERIES, FIGURES_COUNT };

#define PERIOD "opened_at >= :from AND opened_at < :to AND joined_to IS NULL"

static const char *const texts[FIGURES_COUNT] = {
    [FIGURES_MONTHS] = "SELECT month, kind, value, cases FROM case_counts WHERE month >= :from AND month < :to AND "
                       "cases > 0 ORDER BY month, kind, value",
    /* In the order of enum figures_kind, as the view case_values of the schema has them. */
    [FIGURES_CASES] =
        "SELECT strftime('%Y-%m', opened_at / 1000, 'unixepoch'), state, CASE priority WHEN 3 THEN 'critical' WHEN 2 THEN "
        "'urgent' WHEN 1 THEN 'soon' ELSE 'routine' END, categories, language || '>' || origin, origin || '>' || country, CASE WHEN origin = '' "
        "THEN '' WHEN is_origin_stated THEN 'stated' ELSE 'probable' END, sex, outcome FROM cases INDEXED BY "
        "cases_opened WHERE " PERIOD " ORDER BY opened_at",
    [FIGURES_TIMES] =
        "SELECT opened_at, (SELECT min(sent_at) FROM outbox INDEXED BY outbox_case WHERE case_id = cases.id AND kind = "
        "'alert' AND sent_at > 0), (SELECT min(answered_at) FROM alerts INDEXED BY alerts_case WHERE case_id = cases.id "
        "AND state = 'acknowledged'), closed_at, categories, language, origin, country, sex FROM cases INDEXED BY "
        "cases_opened WHERE " PERIOD " ORDER BY opened_at DESC LIMIT :limit",
    [FIGURES_LIVE] = "SELECT count(*) FROM cases INDEXED BY cases_live WHERE opened_at >= :from AND opened_at < :to "
                     "AND state <> 'closed' AND priority = :priority",
    [FIGURES_LAST] = "SELECT max(id) FROM outbox",
    [FIGURES_DELIVERIES] = "SELECT channel, state, created_at FROM outbox WHERE id > :after",
};
const struct sql_set figures_sql = { texts, FIGURES_COUNT };

static const char *const kinds[FIGURES_KINDS] = { "state", "urgency", "categories", "language", "corridor", "basis",
    "sex", "ending" };

static struct sql use_period(struct store *store, unsigned query, int64_t from_ms, int64_t to_ms)
{
    struct sql sql = sql_use(store, SQL_FIGURES, query);
    sql_bind_int(&sql, ":from", from_ms);
    sql_bind_int(&sql, ":to", to_ms);
    return sql;
}

/* A kind of a later program is passed over. */
static int read_count(struct sql *sql, figures_count_fn fn, void *context)
{
    struct figures_count count = { .month = sql_read_word(sql) };
    const char *kind = sql_read_word(sql);
    while (count.kind < FIGURES_KINDS && !str_equal(kinds[count.kind], kind))
        count.kind++;
    count.value = sql_read_word(sql);
    count.cases = sql_read_int(sql);
    int rc = sql_check(sql);
    return rc || count.kind == FIGURES_KINDS ? rc : fn(context, &count);
}

int figures_list_months(
    struct store *store, const char *from_month, const char *to_month, figures_count_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FIGURES, FIGURES_MONTHS);
    sql_bind_text(&sql, ":from", from_month);
    sql_bind_text(&sql, ":to", to_month);
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = read_count(&sql, fn, context);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

static int read_case(struct sql *sql, figures_count_fn fn, void *context)
{
    int rc = 0;
    struct figures_count count = { .month = sql_read_word(sql), .cases = 1 };
    for (int i = 0; !rc && i < FIGURES_KINDS; i++) {
        count.kind = (enum figures_kind)i;
        count.value = sql_read_word(sql);
        rc = sql_check(sql);
        if (!rc)
            rc = fn(context, &count);
    }
    return rc;
}

int figures_list_cases(struct store *store, int64_t from_ms, int64_t to_ms, figures_count_fn fn, void *context)
{
    AUTO_SQL struct sql sql = use_period(store, FIGURES_CASES, from_ms, to_ms);
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = read_case(&sql, fn, context);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

static int read_times(struct sql *sql, figures_times_fn fn, void *context)
{
    struct figures_times row = { .opened_at = sql_read_int(sql) };
    row.alerted_at = sql_read_int(sql);
    row.taken_at = sql_read_int(sql);
    row.closed_at = sql_read_int(sql);
    row.categories = sql_read_categories(sql);
    row.language = sql_read_word(sql);
    row.origin = sql_read_word(sql);
    row.country = sql_read_word(sql);
    row.sex = sql_read_word(sql);
    int rc = sql_check(sql);
    return rc ? rc : fn(context, &row);
}

int figures_list_times(struct store *store, int64_t from_ms, int64_t to_ms, figures_times_fn fn, void *context)
{
    AUTO_SQL struct sql sql = use_period(store, FIGURES_TIMES, from_ms, to_ms);
    sql_bind_int(&sql, ":limit", FIGURES_TIMES_MAX);
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = read_times(&sql, fn, context);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

static int count_live_of(struct store *store, enum urgency urgency, int64_t from_ms, int64_t to_ms, int64_t *count)
{
    int64_t found = 0;
    AUTO_SQL struct sql sql = use_period(store, FIGURES_LIVE, from_ms, to_ms);
    sql_bind_int(&sql, ":priority", (int64_t)urgency);
    int rc = sql_take_int(&sql, &found);
    *count += found;
    return rc;
}

int figures_count_live(struct store *store, int64_t from_ms, int64_t to_ms, int64_t *ret_count)
{
    int rc = 0;
    *ret_count = 0;
    for (int i = 0; !rc && i < URGENCY_COUNT; i++)
        rc = count_live_of(store, (enum urgency)i, from_ms, to_ms, ret_count);
    return rc;
}

static int find_last(struct store *store, int64_t *ret_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FIGURES, FIGURES_LAST);
    int rc = sql_take_int(&sql, ret_id);
    if (rc == ERR_NOT_FOUND)
        *ret_id = 0;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

int figures_list_deliveries(struct store *store, int64_t from_ms, int64_t to_ms, figures_delivery_fn fn, void *context)
{
    int64_t last = 0;
    int rc = find_last(store, &last);
    if (rc)
        return rc;
    AUTO_SQL struct sql sql = sql_use(store, SQL_FIGURES, FIGURES_DELIVERIES);
    sql_bind_int(&sql, ":after", last > FIGURES_DELIVERIES_MAX ? last - FIGURES_DELIVERIES_MAX : 0);
    rc = sql_step(&sql);
    while (rc == 1) {
        struct figures_delivery row = { .channel = sql_read_word(&sql) };
        row.state = sql_read_state(&sql, MACHINE_outbox);
        int64_t created_at = sql_read_int(&sql);
        rc = sql_check(&sql);
        if (!rc && created_at >= from_ms && created_at < to_ms)
            rc = fn(context, &row);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}
