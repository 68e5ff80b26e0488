/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures - see figures.h. */
#include "gateway/store/figures.h"

#include "gateway/store/sql.h"

enum { FIGURES_CASES, FIGURES_TIMES, FIGURES_LIVE, FIGURES_LAST, FIGURES_DELIVERIES, FIGURES_COUNT };

#define PERIOD "opened_at >= :from AND opened_at < :to AND joined_to IS NULL"

static const char *const texts[FIGURES_COUNT] = {
    [FIGURES_CASES] = "SELECT opened_at, state, priority, categories, language, country FROM cases INDEXED BY "
                      "cases_opened WHERE " PERIOD " ORDER BY opened_at",
    [FIGURES_TIMES] =
        "SELECT opened_at, (SELECT min(sent_at) FROM outbox INDEXED BY outbox_case WHERE case_id = cases.id AND kind = "
        "'alert' AND sent_at > 0), (SELECT min(answered_at) FROM alerts INDEXED BY alerts_case WHERE case_id = cases.id "
        "AND state = 'acknowledged'), closed_at FROM cases INDEXED BY cases_opened WHERE " PERIOD
        " ORDER BY opened_at DESC LIMIT :limit",
    [FIGURES_LIVE] =
        "SELECT opened_at FROM cases INDEXED BY cases_live WHERE state <> 'closed' AND priority = :priority",
    [FIGURES_LAST] = "SELECT max(id) FROM outbox",
    [FIGURES_DELIVERIES] = "SELECT channel, state, created_at FROM outbox WHERE id > :after",
};
const struct sql_set figures_sql = { texts, FIGURES_COUNT };

static struct sql use_period(struct store *store, unsigned query, int64_t from_ms, int64_t to_ms)
{
    struct sql sql = sql_use(store, SQL_FIGURES, query);
    sql_bind_int(&sql, ":from", from_ms);
    sql_bind_int(&sql, ":to", to_ms);
    return sql;
}

static int read_case(struct sql *sql, struct figures_case *row)
{
    row->opened_at = sql_read_int(sql);
    row->state = sql_read_state(sql, MACHINE_case);
    row->urgency = (enum urgency)sql_read_int(sql); /* the priority of the schema is the place in words.def */
    row->categories = sql_read_categories(sql);
    sql_read_text(sql, row->language, sizeof row->language);
    sql_read_text(sql, row->country, sizeof row->country);
    return sql_check(sql);
}

int figures_list_cases(struct store *store, int64_t from_ms, int64_t to_ms, figures_case_fn fn, void *context)
{
    AUTO_SQL struct sql sql = use_period(store, FIGURES_CASES, from_ms, to_ms);
    struct figures_case row;
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = read_case(&sql, &row);
        if (!rc)
            rc = fn(context, &row);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

int figures_list_times(struct store *store, int64_t from_ms, int64_t to_ms, figures_times_fn fn, void *context)
{
    AUTO_SQL struct sql sql = use_period(store, FIGURES_TIMES, from_ms, to_ms);
    sql_bind_int(&sql, ":limit", FIGURES_TIMES_MAX);
    int rc = sql_step(&sql);
    while (rc == 1) {
        struct figures_times row = { .opened_at = sql_read_int(&sql) };
        row.alerted_at = sql_read_int(&sql);
        row.taken_at = sql_read_int(&sql);
        row.closed_at = sql_read_int(&sql);
        rc = sql_check(&sql);
        if (!rc)
            rc = fn(context, &row);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

static int list_live_of(struct store *store, enum urgency urgency, figures_age_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_FIGURES, FIGURES_LIVE);
    sql_bind_int(&sql, ":priority", (int64_t)urgency);
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = fn(context, sql_read_int(&sql));
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc ? rc : sql_check(&sql);
}

int figures_list_live(struct store *store, figures_age_fn fn, void *context)
{
    int rc = 0;
    for (int i = 0; !rc && i < URGENCY_COUNT; i++)
        rc = list_live_of(store, (enum urgency)i, fn, context);
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
