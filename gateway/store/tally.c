/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tally - see tally.h. */
#include "gateway/store/tally.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

#define MINUTE_US 60000000LL

enum { TALLY_LAST_MESSAGE, TALLY_LAST_AUDIT, TALLY_MESSAGES, TALLY_AUDIT, TALLY_LIVE, TALLY_UNTAKEN, TALLY_COUNT };

static const char *const texts[TALLY_COUNT] = {
    [TALLY_LAST_MESSAGE] = "SELECT max(id) FROM messages",
    [TALLY_LAST_AUDIT] = "SELECT max(id) FROM audit",
    [TALLY_MESSAGES] = "SELECT id, direction, channel, received_at, is_help, categories, urgency FROM messages "
                       "WHERE id > :after ORDER BY id LIMIT :limit",
    /* The time of opening is looked up only where a case was taken for the first time. */
    [TALLY_AUDIT] =
        "SELECT id, at, action, CASE WHEN action = 'case.take' AND NOT EXISTS (SELECT 1 FROM audit AS earlier INDEXED BY "
        "audit_case WHERE earlier.case_id = audit.case_id AND earlier.id < audit.id AND earlier.action = 'case.take') "
        "THEN (SELECT opened_at FROM cases WHERE cases.id = audit.case_id) END FROM audit WHERE id > :after ORDER BY id "
        "LIMIT :limit",
    [TALLY_LIVE] = "SELECT count(*) FROM cases INDEXED BY cases_live WHERE state <> 'closed' AND priority = :priority",
    /* The index gives them oldest first. */
    [TALLY_UNTAKEN] = "SELECT opened_at FROM cases INDEXED BY cases_live WHERE state <> 'closed' "
                      "AND priority = :priority AND state = 'open' ORDER BY opened_at LIMIT :limit",
};
const struct sql_set tally_sql = { texts, TALLY_COUNT };

static const int64_t taken_bounds_us[] = { MINUTE_US, 2 * MINUTE_US, 5 * MINUTE_US, 10 * MINUTE_US, 15 * MINUTE_US,
    30 * MINUTE_US, 60 * MINUTE_US, 120 * MINUTE_US, 240 * MINUTE_US, 480 * MINUTE_US, 1440 * MINUTE_US,
    2880 * MINUTE_US, 0 };

void tally_init(struct tally *tally)
{
    memset(tally, 0, sizeof *tally);
    histogram_init(&tally->taken, taken_bounds_us);
}

static int take_last(struct store *store, unsigned query, int64_t *ret_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TALLY, query);
    int rc = sql_take_int(&sql, ret_id);
    if (rc == ERR_NOT_FOUND)
        *ret_id = 0;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

int tally_begin(struct store *store, struct tally *tally)
{
    int rc = take_last(store, TALLY_LAST_MESSAGE, &tally->counts_from_id);
    if (!rc)
        rc = take_last(store, TALLY_LAST_AUDIT, &tally->audit_id);
    tally->message_id = tally->counts_from_id > TALLY_LOOK_BACK ? tally->counts_from_id - TALLY_LOOK_BACK : 0;
    tally->is_begun = rc == 0;
    return rc;
}

/* channel_count when it is not there. */
static unsigned index_of(const struct tally *tally, const char *name)
{
    unsigned i = 0;
    while (i < tally->channel_count && !str_equal(tally->channels[i].name, name))
        i++;
    return i;
}

const struct tally_channel *tally_find_channel(const struct tally *tally, const char *name)
{
    unsigned i = index_of(tally, name);
    return i < tally->channel_count ? &tally->channels[i] : NULL;
}

static void count_arrival(struct tally *tally, const char *name, int64_t received_at, bool is_counted)
{
    unsigned i = index_of(tally, name);
    if (i == TALLY_CHANNELS_MAX)
        return;
    struct tally_channel *channel = &tally->channels[i];
    if (i == tally->channel_count) {
        tally->channel_count++;
        *channel = (struct tally_channel){ .received = 0 };
        str_copy(channel->name, sizeof channel->name, name);
    }
    channel->received += is_counted;
    if (received_at > channel->last_received_at)
        channel->last_received_at = received_at;
}

static void count_labels(struct tally *tally, bool is_help, category_set categories, enum urgency urgency)
{
    tally->not_help += !is_help;
    if (!is_help)
        return;
    tally->urgencies[urgency]++;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        tally->categories[i] += (categories >> i) & 1;
}

static int read_message(struct sql *sql, struct tally *tally)
{
    char channel[NAME_MAX_LEN];
    int64_t id = sql_read_int(sql);
    bool is_inbound = str_equal(sql_read_word(sql), "in"), is_counted = id > tally->counts_from_id;
    sql_read_text(sql, channel, sizeof channel);
    int64_t received_at = sql_read_int(sql);
    bool is_help = sql_read_int(sql) != 0;
    category_set categories = sql_read_categories(sql);
    enum urgency urgency = sql_read_urgency(sql);
    int rc = sql_check(sql);
    if (rc)
        return rc;
    tally->message_id = id;
    if (is_inbound)
        count_arrival(tally, channel, received_at, is_counted);
    if (is_inbound && is_counted)
        count_labels(tally, is_help, categories, urgency);
    return 0;
}

/* What the audit calls the way into a state. */
static enum state state_of(const char *action)
{
    static const struct {
        const char *action;
        enum state state;
    } ways[] = {
        { "alert.open", STATE_alert_open },
        { "alert.open_by_policy", STATE_alert_open },
        { "alert.hold", STATE_alert_held },
        { "alert.decline", STATE_alert_declined },
        { "alert.void", STATE_alert_voided },
        { "case.take", STATE_alert_acknowledged },
    };
    for (size_t i = 0; i < STR_COUNT(ways); i++)
        if (str_equal(ways[i].action, action))
            return ways[i].state;
    return STATE_COUNT;
}

static int read_audit(struct sql *sql, struct tally *tally)
{
    int64_t id = sql_read_int(sql), at = sql_read_int(sql);
    enum state state = state_of(sql_read_word(sql));
    int64_t opened_at = sql_read_int(sql);
    int rc = sql_check(sql);
    if (rc)
        return rc;
    tally->audit_id = id;
    if (state != STATE_COUNT)
        tally->alerts[state]++;
    if (opened_at)
        histogram_add(&tally->taken, (at - opened_at) * 1000);
    return 0;
}

static int follow(
    struct store *store, unsigned query, int64_t after, int (*read)(struct sql *, struct tally *), struct tally *tally)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TALLY, query);
    sql_bind_int(&sql, ":after", after);
    sql_bind_int(&sql, ":limit", TALLY_STEP);
    int rc = sql_step(&sql);
    while (rc == 1) {
        rc = read(&sql, tally);
        if (!rc)
            rc = sql_step(&sql);
    }
    return rc;
}

int tally_read(struct store *store, struct tally *tally)
{
    int rc = follow(store, TALLY_MESSAGES, tally->message_id, read_message, tally);
    return rc ? rc : follow(store, TALLY_AUDIT, tally->audit_id, read_audit, tally);
}

static int count_live(struct store *store, enum urgency urgency, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_TALLY, TALLY_LIVE);
    sql_bind_int(&sql, ":priority", (int64_t)urgency);
    return sql_take_int(&sql, ret_count);
}

int tally_count_cases(struct store *store, struct tally_cases *ret_cases)
{
    int rc = 0;
    for (int i = 0; !rc && i < URGENCY_COUNT; i++)
        rc = count_live(store, (enum urgency)i, &ret_cases->live[i]);
    if (rc)
        return rc;
    AUTO_SQL struct sql sql = sql_use(store, SQL_TALLY, TALLY_UNTAKEN);
    sql_bind_int(&sql, ":priority", URGENCY_critical);
    sql_bind_int(&sql, ":limit", TALLY_UNTAKEN_MAX);
    ret_cases->untaken_critical = ret_cases->oldest_at = 0;
    while ((rc = sql_step(&sql)) == 1) {
        int64_t opened_at = sql_read_int(&sql);
        if (ret_cases->untaken_critical++ == 0)
            ret_cases->oldest_at = opened_at;
    }
    return rc ? rc : sql_check(&sql);
}
