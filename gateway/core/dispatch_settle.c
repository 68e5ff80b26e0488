/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dispatch_settle - what became of the rows that workers had in hand: results, words of progress, leases that ended.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/catchup.h"
#include "gateway/core/compose.h"
#include "gateway/core/dispatch_parts.h"
#include "gateway/core/elsewhere.h"
#include "gateway/core/ends.h"
#include "gateway/core/sentparts.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

static struct retry_curve curve_of(const struct config_channel *channel)
{
    return (struct retry_curve){ channel->retry_first_ms, channel->retry_max_ms, channel->attempts_max };
}

static bool is_in_doubt(const struct send_result *result)
{
    return result->outcome == OUTCOME_uncertain || result->outcome == OUTCOME_unparseable;
}

/* How many tries a row has. By SMS a doubtful one is repeated once, and what the network does not take for now is tried
 * as long as the message is worth it. */
static unsigned attempts_max(
    const struct retry_curve *curve, const struct outbox_row *row, const struct send_result *result, int64_t now_ms)
{
    if (!result->valid_s || row->kind == OUTBOX_LOOP)
        return curve->attempts_max;
    bool is_left = is_in_doubt(result) ? !row->may_be_repeated : now_ms - row->created_at < result->valid_s * 1000;
    return is_left ? UINT_MAX : 0;
}

int dispatch_settle_row(struct dispatch *d, struct outbox_row *row, const struct send_result *result, int64_t now_ms)
{
    const struct config_channel *channel = config_find_channel(d->core->config, row->channel);
    struct retry_curve curve = channel ? curve_of(channel) : (struct retry_curve){ 30000, 600000, 1 };
    bool is_doubtful = is_in_doubt(result);
    bool is_once = row->kind == OUTBOX_REPLY || row->kind == OUTBOX_LOOP;
    unsigned attempt = (unsigned)row->attempt, jitter = vault_random_below(0x10000);
    struct outbox_settlement settlement = {
        .id = row->id,
        .state = retry_next_state(result->outcome, is_once, attempt, attempts_max(&curve, row, result, now_ms)),
        .outcome = result->outcome,
        .provider_code = result->provider_code,
        .remote_id = result->remote_id,
        .now_ms = now_ms,
        .may_be_repeated = row->may_be_repeated || is_doubtful,
    };
    settlement.due_at = now_ms + (result->valid_s ? retry_network_ms(attempt, result->retry_after_s, jitter)
                                                  : retry_delay_ms(&curve, attempt, result->retry_after_s, jitter));
    int rc = outbox_settle(d->core->store, &settlement);
    if (rc)
        return rc;
    log_event(settlement.state == STATE_outbox_sent ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, EV_outbox_settled,
        F_INT("outbox", row->id), F_INT("case", row->case_id), F_WORD("channel", row->channel),
        F_WORD("state", state_word(settlement.state)), F_WORD("outcome", outcome_word(result->outcome)),
        F_INT("attempt", row->attempt));
    bool is_over = settlement.state == STATE_outbox_dead || result->outcome == OUTCOME_bad_config;
    if (settlement.state == STATE_outbox_dead && row->kind != OUTBOX_REPLY && !elsewhere_is_there(d->core, row))
        rc = elsewhere_move(d->core, row, now_ms);
    else if (is_over && row->alert_id)
        rc = alerting_use_next_address(d->core, row->alert_id, row->address, now_ms);
    if (!rc && settlement.state != STATE_outbox_queued)
        rc = ends_settled(d->core, row, &settlement, now_ms);
    return rc;
}

/* Where the other side gives no id, its reports will name ours. */
static int read_result(
    struct dispatch *d, const struct outbox_row *row, const struct transmit_reply *reply, struct send_result *ret)
{
    const struct config_channel *channel = config_find_channel(d->core->config, row->channel);
    const struct channel_ops *ops = channel ? registry_find(channel->kind) : NULL;
    *ret = (struct send_result){ .outcome = OUTCOME_uncertain };
    if (ops && ops->read_reply)
        ops->read_reply(channel->settings, reply, ret);
    if (!ops || ret->outcome != OUTCOME_sent || ret->remote_id[0] || !(ops->caps & CHANNEL_OWN_IDS))
        return 0;
    int rc = compose_id(d->core, row, ret->remote_id);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* A modem tells of each SMS that went out. */
static int settle_progress(struct dispatch *d, const struct job_result *result, int64_t now_ms)
{
    struct outbox_row row;
    struct send_result sent;
    int rc = outbox_get(d->core->store, result->outbox_id, &row);
    if (rc || row.state != STATE_outbox_leased || row.attempt != result->attempt)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    rc = read_result(d, &row, &result->reply, &sent);
    if (!rc)
        rc = sentparts_note(d->core, &row, &sent, false, now_ms);
    return rc ? rc : outbox_renew(d->core->store, row.id, now_ms + DISPATCH_MODEM_LEASE_MS);
}

static int settle_result(struct dispatch *d, struct job_result *result, int64_t now_ms)
{
    struct outbox_row row;
    struct send_result sent;
    if (result->is_progress)
        return settle_progress(d, result, now_ms);
    jobs_forget(&d->jobs, result->outbox_id, result->attempt);
    if (result->attempt == JOBS_POLL) {
        d->next_poll = 0;
        return catchup_settle(d->core, result->outbox_id, &result->reply, now_ms);
    }
    int rc = outbox_get(d->core->store, result->outbox_id, &row);
    if (rc == ERR_NOT_FOUND)
        return 0;
    if (rc || row.state != STATE_outbox_leased || row.attempt != result->attempt)
        return rc; /* its lease ended before the answer came */
    rc = read_result(d, &row, &result->reply, &sent);
    if (!rc && sent.valid_s)
        rc = sentparts_note(d->core, &row, &sent, true, now_ms);
    if (rc)
        return rc;
    if (!result->is_counted)
        chanstates_record(&d->channels, row.channel, sent.outcome);
    result->is_counted = true;
    return dispatch_settle_row(d, &row, &sent, now_ms);
}

static int expire_row(struct dispatch *d, struct outbox_row *row, int64_t now_ms)
{
    const struct transmit_reply silence = { .kind = REPLY_UNKNOWN, .reason = "the lease ended" };
    struct send_result lost = { .outcome = OUTCOME_uncertain };
    int rc = 0;
    jobs_forget(&d->jobs, row->id, row->attempt);
    if (dispatch_is_modem(config_find_channel(d->core->config, row->channel))) {
        rc = read_result(d, row, &silence, &lost);
        if (!rc)
            rc = sentparts_note(d->core, row, &lost, true, now_ms);
    }
    return rc ? rc : dispatch_settle_row(d, row, &lost, now_ms);
}

/* Rows whose lease ended without a word: uncertain. */
static int expire(struct dispatch *d, int64_t until_ms, int64_t now_ms, unsigned *ret_count)
{
    struct dispatch_rows *expired = calloc(1, sizeof *expired);
    if (!expired)
        return ERR_NOMEM;
    int rc = outbox_list_expired(d->core->store, until_ms, NULL, dispatch_collect, expired);
    if (rc == ERR_LIMIT)
        rc = 0;
    for (unsigned i = 0; !rc && i < expired->count; i++)
        rc = expire_row(d, &expired->rows[i], now_ms);
    *ret_count = expired->count;
    free(expired);
    return rc;
}

int dispatch_recover(struct dispatch *d, int64_t now_ms)
{
    unsigned count = DISPATCH_BATCH;
    int rc = 0;
    while (!rc && count == DISPATCH_BATCH)
        rc = expire(d, INT64_MAX, now_ms, &count);
    return rc ? rc : catchup_renew(d->core, true, now_ms);
}

int dispatch_settle(struct dispatch *d, int64_t now_ms)
{
    unsigned count;
    int rc = 0;
    for (unsigned i = 0; !rc && i < d->jobs.result_count; i++)
        rc = settle_result(d, &d->jobs.results[i], now_ms);
    if (!rc && now_ms >= d->next_lease_end)
        rc = expire(d, now_ms, now_ms, &count);
    return rc;
}
