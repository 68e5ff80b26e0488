/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox - the moves of an outbox row from state to state; see the drawing in outbox.h.
 * Why:   each move names the state it starts from in its WHERE, so a late report or a second settlement changes
 * nothing. Keeps: the totals per state move with the rows (turn_count_outbox). Not here: lists and other questions
 * (outboxlist.c); delivery reports that came too early (reports.c).
 */
#include "gateway/store/outbox.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/outboxrow.h"

#define LEASE_MAX 256   /* rows of one call */
#define EXPIRED_STEP 64 /* rows looked up at once; the call goes on until all are seen */

enum {
    OUTBOX_INSERT,
    OUTBOX_GET,
    OUTBOX_DUE,
    OUTBOX_LEASE,
    OUTBOX_EXPIRED,
    OUTBOX_SETTLE,
    OUTBOX_RENEW,
    OUTBOX_RETURN,
    OUTBOX_WAIT,
    OUTBOX_DELIVERED,
    OUTBOX_FAILED,
    OUTBOX_KICK,
    OUTBOX_CANCEL,
    OUTBOX_DROP,
    OUTBOX_CANCEL_CASE,
    OUTBOX_CANCEL_REPLIES,
    OUTBOX_MARK_REPEATED,
    OUTBOX_PURGE_QUEUED,
    OUTBOX_PURGE_PAYLOAD,
    OUTBOX_COUNT
};

static const char *const texts[OUTBOX_COUNT] = {
    [OUTBOX_INSERT] =
        "INSERT INTO outbox (" OUTBOX_COLUMNS
        ") VALUES (:id, :kind, :case_id, :alert_id, :message_id, :contact, :address, "
        ":channel, :urgency, :state, :due_at, :lease_until, :attempt, :worker, :may_be_repeated, :outcome, "
        ":provider_code, :remote_id, :created_at, :sent_at, :delivered_at, :payload)",
    [OUTBOX_GET] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = :id",
    /* One priority at a time: then what is due is a range of the index, however many rows wait for later. */
    [OUTBOX_DUE] =
        "SELECT id FROM outbox INDEXED BY outbox_queued WHERE state = 'queued' AND channel = :channel AND priority = :priority "
        "AND due_at <= :now ORDER BY due_at LIMIT :limit",
    [OUTBOX_LEASE] =
        "UPDATE outbox SET state = 'leased', attempt = attempt + 1, lease_until = :lease_until, worker = :worker "
        "WHERE id = :id AND state = 'queued'",
    [OUTBOX_EXPIRED] =
        "SELECT id FROM outbox INDEXED BY outbox_leased WHERE state = 'leased' AND lease_until <= :until "
        "AND (:worker IS NULL OR worker = :worker) AND id > :after ORDER BY id LIMIT :limit",
    [OUTBOX_SETTLE] =
        "UPDATE outbox SET state = :state, outcome = :outcome, provider_code = :provider_code, "
        "remote_id = coalesce(:remote_id, remote_id), due_at = coalesce(:due_at, due_at), sent_at = coalesce(:sent_at, sent_at), "
        "may_be_repeated = :may_be_repeated, lease_until = 0, worker = '' WHERE id = :id AND state = 'leased'",
    [OUTBOX_RENEW] = "UPDATE outbox SET lease_until = :lease_until WHERE id = :id AND state = 'leased'",
    [OUTBOX_RETURN] = "UPDATE outbox SET state = 'queued', attempt = max(attempt - 1, 0), lease_until = 0, worker = '' "
                      "WHERE id = :id AND state = 'leased'",
    [OUTBOX_WAIT] =
        "UPDATE outbox SET state = 'queued', attempt = max(attempt - 1, 0), lease_until = 0, worker = '', due_at = :due_at, "
        "provider_code = :provider_code WHERE id = :id AND state = 'leased'",
    [OUTBOX_DELIVERED] = "UPDATE outbox SET state = 'delivered', delivered_at = :now WHERE id = :id AND state = :state",
    [OUTBOX_FAILED] =
        "UPDATE outbox SET state = 'dead', provider_code = :provider_code WHERE id = :id AND state = 'sent'",
    [OUTBOX_KICK] = "UPDATE outbox SET state = 'queued', due_at = :now, attempt = 0 WHERE id = :id AND state = :state",
    [OUTBOX_CANCEL] = "UPDATE outbox SET state = 'cancelled', lease_until = 0, worker = '' "
                      "WHERE id = :id AND state = 'leased'",
    [OUTBOX_DROP] = "UPDATE outbox SET state = 'cancelled' WHERE id = :id AND state = 'queued'",
    [OUTBOX_CANCEL_CASE] =
        "UPDATE outbox INDEXED BY outbox_case SET state = 'cancelled' WHERE case_id = :case_id AND state = 'queued' "
        "AND kind = 'alert'",
    [OUTBOX_CANCEL_REPLIES] =
        "UPDATE outbox INDEXED BY outbox_case SET state = 'cancelled' WHERE case_id = :case_id AND state = 'queued' "
        "AND kind = 'reply'",
    [OUTBOX_MARK_REPEATED] =
        "UPDATE outbox SET may_be_repeated = 1 WHERE id > :after AND kind = 'alert' AND state = 'queued'",
    [OUTBOX_PURGE_QUEUED] =
        "UPDATE outbox INDEXED BY outbox_case SET state = 'cancelled' WHERE case_id = :case_id AND state = 'queued'",
    [OUTBOX_PURGE_PAYLOAD] =
        "UPDATE outbox INDEXED BY outbox_case SET payload = NULL WHERE case_id = :case_id AND payload IS NOT NULL",
};
const struct sql_set outbox_sql = { texts, OUTBOX_COUNT };

/* ---- rows ---- */

static const char *const kind_words[] = {
    [OUTBOX_ALERT] = "alert", [OUTBOX_REPLY] = "reply", [OUTBOX_NOTICE] = "notice", [OUTBOX_LOOP] = "loop"
};

static const char *outcome_or_null(int outcome)
{
    return outcome < 0 ? NULL : outcome_word((enum outcome)outcome);
}

static const char *text_or_null(const char *text)
{
    return str_is_empty(text) ? NULL : text;
}

int outbox_insert(struct store *store, const struct outbox_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_text(&sql, ":kind", kind_words[row->kind]);
    sql_bind_id(&sql, ":case_id", row->case_id);
    sql_bind_id(&sql, ":alert_id", row->alert_id);
    sql_bind_id(&sql, ":message_id", row->message_id);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_int(&sql, ":address", row->address);
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_text(&sql, ":urgency", urgency_word(row->urgency));
    sql_bind_text(&sql, ":state", state_word(row->state));
    sql_bind_int(&sql, ":due_at", row->due_at);
    sql_bind_int(&sql, ":lease_until", row->lease_until);
    sql_bind_int(&sql, ":attempt", row->attempt);
    sql_bind_text(&sql, ":worker", row->worker);
    sql_bind_int(&sql, ":may_be_repeated", row->may_be_repeated);
    sql_bind_text(&sql, ":outcome", outcome_or_null(row->outcome));
    sql_bind_text(&sql, ":provider_code", row->provider_code);
    sql_bind_text(&sql, ":remote_id", text_or_null(row->remote_id));
    sql_bind_int(&sql, ":created_at", row->created_at);
    sql_bind_int(&sql, ":sent_at", row->sent_at);
    sql_bind_int(&sql, ":delivered_at", row->delivered_at);
    sql_bind_span(&sql, ":payload", row->payload);
    int code = sql_run(&sql);
    if (code == 0)
        turn_count_outbox(store, row->state, 1);
    return code;
}

static enum outbox_kind read_kind(struct sql *sql)
{
    const char *word = sql_read_word(sql);
    for (size_t i = 0; i < STR_COUNT(kind_words); i++)
        if (str_equal(kind_words[i], word))
            return (enum outbox_kind)i;
    sql->code = ERR_CORRUPT;
    return OUTBOX_NOTICE;
}

static int read_outcome(struct sql *sql)
{
    const char *word = sql_read_word(sql);
    if (*word == '\0')
        return -1;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (str_equal(outcome_word((enum outcome)i), word))
            return i;
    sql->code = ERR_CORRUPT;
    return -1;
}

int outboxrow_read(struct sql *sql, struct outbox_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->kind = read_kind(sql);
    row->case_id = sql_read_int(sql);
    row->alert_id = sql_read_int(sql);
    row->message_id = sql_read_int(sql);
    sql_read_text(sql, row->contact, sizeof row->contact);
    row->address = (int)sql_read_int(sql);
    sql_read_text(sql, row->channel, sizeof row->channel);
    row->urgency = sql_read_urgency(sql);
    row->state = sql_read_state(sql, MACHINE_outbox);
    row->due_at = sql_read_int(sql);
    row->lease_until = sql_read_int(sql);
    row->attempt = (int)sql_read_int(sql);
    sql_read_text(sql, row->worker, sizeof row->worker);
    row->may_be_repeated = sql_read_int(sql) != 0;
    row->outcome = read_outcome(sql);
    sql_read_text(sql, row->provider_code, sizeof row->provider_code);
    sql_read_text(sql, row->remote_id, sizeof row->remote_id);
    row->created_at = sql_read_int(sql);
    row->sent_at = sql_read_int(sql);
    row->delivered_at = sql_read_int(sql);
    row->payload = sql_read_span(sql);
    return sql_check(sql);
}

int outboxrow_take(struct sql *sql, struct outbox_row *ret_row)
{
    int code = sql_step(sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    code = outboxrow_read(sql, ret_row);
    struct span *const spans[] = { &ret_row->payload };
    return code != 0 ? code : sql_keep_spans(&sql->store->outbox_bytes, spans, STR_COUNT(spans));
}

int outbox_get(struct store *store, int64_t id, struct outbox_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_GET);
    sql_bind_int(&sql, ":id", id);
    return outboxrow_take(&sql, ret_row);
}

/* ---- leasing ---- */

static int collect_ids(struct sql *sql, int64_t *ids, unsigned *count)
{
    int code;
    while ((code = sql_step(sql)) == 1)
        ids[(*count)++] = sql_read_int(sql);
    return code;
}

static int collect_due(struct store *store, const char *channel, int priority, int64_t now_ms, unsigned limit,
    int64_t *ids, unsigned *count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_DUE);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":priority", priority);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":limit", limit - *count);
    return collect_ids(&sql, ids, count);
}

static int lease_row(struct store *store, int64_t id, int64_t lease_until, const char *worker)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_LEASE);
    sql_bind_int(&sql, ":lease_until", lease_until);
    sql_bind_text(&sql, ":worker", worker);
    sql_bind_int(&sql, ":id", id);
    int code = sql_run_one(&sql);
    if (code == 0) {
        turn_count_outbox(store, STATE_outbox_queued, -1);
        turn_count_outbox(store, STATE_outbox_leased, 1);
    }
    return code;
}

int outbox_lease(struct store *store, const char *channel, int64_t now_ms, int64_t lease_until, const char *worker,
    unsigned limit, outbox_row_fn fn, void *context)
{
    int64_t ids[LEASE_MAX];
    unsigned count = 0;
    int code = 0;
    limit = limit < LEASE_MAX ? limit : LEASE_MAX;
    for (int priority = URGENCY_COUNT - 1; code == 0 && priority >= 0 && count < limit; priority--)
        code = collect_due(store, channel, priority, now_ms, limit, ids, &count);
    for (unsigned i = 0; code == 0 && i < count; i++) {
        struct outbox_row row;
        code = lease_row(store, ids[i], lease_until, worker);
        if (code == ERR_NOT_FOUND) { /* an earlier callback of this call moved it */
            code = 0;
            continue;
        }
        if (code == 0)
            code = outbox_get(store, ids[i], &row);
        if (code == 0)
            code = fn(context, &row);
    }
    return code;
}

static int collect_expired(
    struct store *store, int64_t until, const char *worker, int64_t after, int64_t *ids, unsigned *count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_EXPIRED);
    sql_bind_int(&sql, ":until", until);
    sql_bind_text(&sql, ":worker", worker);
    sql_bind_int(&sql, ":after", after);
    sql_bind_int(&sql, ":limit", EXPIRED_STEP);
    *count = 0;
    return collect_ids(&sql, ids, count);
}

int outbox_list_expired(struct store *store, int64_t now_ms, const char *worker, outbox_row_fn fn, void *context)
{
    int64_t ids[EXPIRED_STEP];
    unsigned count = EXPIRED_STEP;
    int64_t after = 0;
    int code = 0;
    while (code == 0 && count == EXPIRED_STEP) {
        code = collect_expired(store, worker == NULL ? now_ms : INT64_MAX, worker, after, ids, &count);
        for (unsigned i = 0; code == 0 && i < count; i++) {
            struct outbox_row row;
            after = ids[i];
            code = outbox_get(store, ids[i], &row);
            if (code == 0 && row.state == STATE_outbox_leased)
                code = fn(context, &row);
        }
    }
    return code;
}

/* ---- moves ---- */

/* A move that found no row: was the row not there, or in another state? */
static int explain_no_move(struct store *store, int64_t id)
{
    struct outbox_row row;
    int code = outbox_get(store, id, &row);
    return code == 0 ? ERR_CONFLICT : code;
}

static int finish_move(struct store *store, struct sql *sql, int64_t id, enum state from, enum state to)
{
    int code = sql_run_one(sql);
    if (code == ERR_NOT_FOUND)
        return explain_no_move(store, id);
    if (code == 0) {
        turn_count_outbox(store, from, -1);
        turn_count_outbox(store, to, 1);
    }
    return code;
}

int outbox_settle(struct store *store, const struct outbox_settlement *settlement)
{
    bool is_sent = settlement->state == STATE_outbox_sent;
    bool is_queued = settlement->state == STATE_outbox_queued;
    assert(is_sent || is_queued || settlement->state == STATE_outbox_dead);
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_SETTLE);
    sql_bind_text(&sql, ":state", state_word(settlement->state));
    sql_bind_text(&sql, ":outcome", outcome_word(settlement->outcome));
    sql_bind_text(&sql, ":provider_code", settlement->provider_code == NULL ? "" : settlement->provider_code);
    sql_bind_text(&sql, ":remote_id", text_or_null(settlement->remote_id));
    sql_bind_id(&sql, ":due_at", is_queued ? settlement->due_at : 0);
    sql_bind_id(&sql, ":sent_at", is_sent ? settlement->now_ms : 0);
    sql_bind_int(&sql, ":may_be_repeated", settlement->may_be_repeated);
    sql_bind_int(&sql, ":id", settlement->id);
    return finish_move(store, &sql, settlement->id, STATE_outbox_leased, settlement->state);
}

int outbox_renew(struct store *store, int64_t id, int64_t lease_until)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_RENEW);
    sql_bind_int(&sql, ":lease_until", lease_until);
    sql_bind_int(&sql, ":id", id);
    return sql_run(&sql);
}

int outbox_return(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_RETURN);
    sql_bind_int(&sql, ":id", id);
    return finish_move(store, &sql, id, STATE_outbox_leased, STATE_outbox_queued);
}

int outbox_put_off(struct store *store, int64_t id, int64_t due_at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_WAIT);
    sql_bind_int(&sql, ":due_at", due_at);
    sql_bind_text(&sql, ":provider_code", OUTBOX_PUT_OFF);
    sql_bind_int(&sql, ":id", id);
    return finish_move(store, &sql, id, STATE_outbox_leased, STATE_outbox_queued);
}

int outbox_drop(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_DROP);
    sql_bind_int(&sql, ":id", id);
    return finish_move(store, &sql, id, STATE_outbox_queued, STATE_outbox_cancelled);
}

int outbox_cancel(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_CANCEL);
    sql_bind_int(&sql, ":id", id);
    return finish_move(store, &sql, id, STATE_outbox_leased, STATE_outbox_cancelled);
}

int outbox_set_delivered(struct store *store, int64_t id, int64_t now_ms)
{
    struct outbox_row row;
    int code = outbox_get(store, id, &row);
    if (code != 0)
        return code;
    bool was_sent = row.state == STATE_outbox_sent || (row.state == STATE_outbox_dead && row.sent_at != 0);
    if (!was_sent)
        return ERR_CONFLICT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_DELIVERED);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    sql_bind_text(&sql, ":state", state_word(row.state));
    return finish_move(store, &sql, id, row.state, STATE_outbox_delivered);
}

int outbox_set_failed(struct store *store, int64_t id, const char *provider_code)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_FAILED);
    sql_bind_text(&sql, ":provider_code", provider_code == NULL ? "" : provider_code);
    sql_bind_int(&sql, ":id", id);
    return finish_move(store, &sql, id, STATE_outbox_sent, STATE_outbox_dead);
}

int outbox_kick(struct store *store, int64_t id, int64_t now_ms)
{
    struct outbox_row row;
    int code = outbox_get(store, id, &row);
    if (code != 0)
        return code;
    if (row.state != STATE_outbox_dead && row.state != STATE_outbox_queued)
        return ERR_CONFLICT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_KICK);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    sql_bind_text(&sql, ":state", state_word(row.state));
    return finish_move(store, &sql, id, row.state, STATE_outbox_queued);
}

static int cancel_queued(struct store *store, unsigned index, int64_t case_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, index);
    sql_bind_int(&sql, ":case_id", case_id);
    int code = sql_run(&sql);
    if (code == 0) {
        turn_count_outbox(store, STATE_outbox_queued, -sql_changes(&sql));
        turn_count_outbox(store, STATE_outbox_cancelled, sql_changes(&sql));
    }
    return code;
}

int outbox_cancel_case(struct store *store, int64_t case_id)
{
    return cancel_queued(store, OUTBOX_CANCEL_CASE, case_id);
}

int outbox_cancel_replies(struct store *store, int64_t case_id)
{
    return cancel_queued(store, OUTBOX_CANCEL_REPLIES, case_id);
}

int outbox_mark_repeated(struct store *store, int64_t after_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_MARK_REPEATED);
    sql_bind_int(&sql, ":after", after_id);
    return sql_run(&sql);
}

int outboxrow_purge_case(struct store *store, int64_t case_id)
{
    int code = cancel_queued(store, OUTBOX_PURGE_QUEUED, case_id);
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOX, OUTBOX_PURGE_PAYLOAD);
    sql_bind_int(&sql, ":case_id", case_id);
    return sql_run(&sql);
}
