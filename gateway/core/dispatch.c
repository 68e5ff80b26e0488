/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispatch - see dispatch.h. */
#include "gateway/core/dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/catchup.h"
#include "gateway/core/chanstates.h"
#include "gateway/core/compose.h"
#include "gateway/core/elsewhere.h"
#include "gateway/core/ends.h"
#include "gateway/core/jobs.h"
#include "gateway/core/retry.h"
#include "gateway/store/outbox.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define LEASE_BATCH 64
#define ROLE_SENDER "sender"

struct dispatch {
    struct core *core;
    struct workers *workers;
    struct jobs jobs;
    struct chanstates channels;
    int64_t next_lease_end;
    int64_t next_poll; /* when a list wants to be read, or a request for it ends */
    bool must_renew;   /* after start and reload: every list is asked now */
    bool has_gone;     /* rows may wait on channels that are gone */
    bool is_stopped;
};

/* ---- channels -------------------------------------------------------------------------------------------------- */

static struct retry_curve curve_of(const struct config_channel *channel)
{
    return (struct retry_curve){ channel->retry_first_ms, channel->retry_max_ms, channel->attempts_max };
}

/* ---- settling -------------------------------------------------------------------------------------------------- */

/* Writes what became of a leased row, and what follows from it. */
static int settle_row(struct dispatch *d, struct outbox_row *row, const struct send_result *result, int64_t now_ms)
{
    const struct config_channel *channel = config_find_channel(d->core->config, row->channel);
    struct retry_curve curve = channel ? curve_of(channel) : (struct retry_curve){ 30000, 600000, 1 };
    bool is_doubtful = result->outcome == OUTCOME_uncertain || result->outcome == OUTCOME_unparseable;
    bool is_once = row->kind == OUTBOX_REPLY || row->kind == OUTBOX_LOOP;
    struct outbox_settlement settlement = {
        .id = row->id,
        .state = retry_next_state(result->outcome, is_once, (unsigned)row->attempt, curve.attempts_max),
        .outcome = result->outcome,
        .provider_code = result->provider_code,
        .remote_id = result->remote_id,
        .now_ms = now_ms,
        .may_be_repeated = row->may_be_repeated || is_doubtful,
    };
    settlement.due_at =
        now_ms + retry_delay_ms(&curve, (unsigned)row->attempt, result->retry_after_s, vault_random_below(0x10000));
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
    if (ret->outcome != OUTCOME_sent || ret->remote_id[0] || !(ops->caps & CHANNEL_OWN_IDS))
        return 0;
    int rc = compose_id(d->core, row, ret->remote_id);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int settle_result(struct dispatch *d, struct job_result *result, int64_t now_ms)
{
    struct outbox_row row;
    struct send_result sent;
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
    if (rc)
        return rc;
    if (!result->is_counted)
        chanstates_record(&d->channels, row.channel, sent.outcome);
    result->is_counted = true;
    return settle_row(d, &row, &sent, now_ms);
}

struct expired {
    unsigned count;
    struct outbox_row rows[LEASE_BATCH];
};

static int collect(void *context, const struct outbox_row *row)
{
    struct expired *expired = context;
    if (expired->count == LEASE_BATCH)
        return ERR_LIMIT;
    expired->rows[expired->count++] = *row;
    return 0;
}

/* Rows whose lease ended without a word: uncertain. */
static int expire(struct dispatch *d, int64_t until_ms, int64_t now_ms, unsigned *ret_count)
{
    struct expired *expired = calloc(1, sizeof *expired);
    struct send_result lost = { .outcome = OUTCOME_uncertain };
    if (!expired)
        return ERR_NOMEM;
    int rc = outbox_list_expired(d->core->store, until_ms, NULL, collect, expired);
    if (rc == ERR_LIMIT)
        rc = 0;
    for (unsigned i = 0; !rc && i < expired->count; i++) {
        jobs_forget(&d->jobs, expired->rows[i].id, expired->rows[i].attempt);
        rc = settle_row(d, &expired->rows[i], &lost, now_ms);
    }
    *ret_count = expired->count;
    free(expired);
    return rc;
}

int dispatch_recover(struct dispatch *d, int64_t now_ms)
{
    unsigned count = LEASE_BATCH;
    int rc = 0;
    while (!rc && count == LEASE_BATCH)
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

/* ---- leasing --------------------------------------------------------------------------------------------------- */

static int reject_row(struct dispatch *d, struct outbox_row *row, enum outcome outcome, int64_t now_ms)
{
    struct send_result result = { .outcome = outcome };
    return settle_row(d, row, &result, now_ms);
}

static int transmit_row(struct dispatch *d, struct outbox_row *row, struct worker *worker,
    const struct config_channel *channel, const struct sms_out *message, int64_t now_ms)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    struct transmit transmit;
    transmit_init(&transmit);
    int rc = ops && ops->build_send ? ops->build_send(channel->settings, message, &transmit) : ERR_UNSUPPORTED;
    bool is_loopback = !rc && transmit.kind == TRANSMIT_LOOPBACK;
    if (!rc && !is_loopback)
        rc = jobs_give(&d->jobs, row->id, row->attempt, row->channel, worker, &transmit);
    transmit_done(&transmit);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc)
        return reject_row(d, row, OUTCOME_rejected, now_ms);
    return is_loopback ? reject_row(d, row, OUTCOME_sent, now_ms) : 0;
}

static int start_row(struct dispatch *d, struct outbox_row *row, struct worker *worker,
    const struct config_channel *channel, int64_t now_ms)
{
    struct composed composed;
    int rc = compose_row(d->core, row, now_ms, &composed);
    if (rc == ERR_CONFLICT)
        rc = ends_cancelled(d->core, row, now_ms);
    else if (rc == ERR_NOT_FOUND || rc == ERR_CRYPTO || rc == ERR_LIMIT)
        rc = reject_row(d, row, OUTCOME_rejected, now_ms);
    else if (!rc && composed.wait_until)
        rc = ends_put_off(d->core, row, composed.wait_until, now_ms);
    else if (!rc)
        rc = transmit_row(d, row, worker, channel, &composed.message, now_ms);
    composed_done(&composed);
    return rc;
}

static bool needs_worker(const struct config_channel *channel)
{
    return !str_equal(channel->kind, "loopback");
}

/* How many rows of that channel may begin now. */
static unsigned allowance(const struct dispatch *d, const struct config_channel *channel, const struct chanstate *state)
{
    if (!needs_worker(channel))
        return LEASE_BATCH;
    unsigned most = breaker_allowance(&state->breaker, channel->in_flight_max, clock_mono_ms());
    unsigned in_flight = jobs_count_channel(&d->jobs, channel->name);
    if (most <= in_flight)
        return 0;
    most -= in_flight;
    unsigned room = workers_room(d->workers, ROLE_SENDER), free_jobs = JOBS_MAX - d->jobs.count;
    most = most < room ? most : room;
    most = most < free_jobs ? most : free_jobs;
    return most < LEASE_BATCH ? most : LEASE_BATCH;
}

static int lease_channel(
    struct dispatch *d, const struct config_channel *channel, struct chanstate *state, int64_t now_ms)
{
    unsigned limit = allowance(d, channel, state);
    state->next_seek = INT64_MAX;
    if (!limit) {
        state->next_due = 0; /* look again as soon as there is room */
        return state->breaker.is_paused ? elsewhere_seek(d->core, channel->name, now_ms, &state->next_seek) : 0;
    }
    struct expired *leased = calloc(1, sizeof *leased);
    if (!leased)
        return ERR_NOMEM;
    struct worker *first = needs_worker(channel) ? workers_pick(d->workers, ROLE_SENDER) : NULL;
    int rc = outbox_lease(d->core->store, channel->name, now_ms, now_ms + DISPATCH_LEASE_MS,
        first ? worker_name(first) : "daemon", limit, collect, leased);
    for (unsigned i = 0; !rc && i < leased->count; i++) {
        struct worker *worker = needs_worker(channel) ? workers_pick(d->workers, ROLE_SENDER) : NULL;
        rc = start_row(d, &leased->rows[i], worker, channel, now_ms);
    }
    free(leased);
    if (!rc)
        rc = outbox_next_due(d->core->store, channel->name, &state->next_due);
    if (rc != ERR_NOT_FOUND)
        return rc;
    state->next_due = INT64_MAX;
    return 0;
}

/* Rows of a channel that a reload took away would wait for ever: they end, and what they carried goes another way. */
static int end_gone(struct dispatch *d, int64_t now_ms)
{
    char name[NAME_MAX_LEN];
    d->has_gone = false;
    int rc = elsewhere_find_gone(d->core, name);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    struct expired *rows = calloc(1, sizeof *rows);
    if (!rows)
        return ERR_NOMEM;
    rc =
        outbox_lease(d->core->store, name, INT64_MAX, now_ms + DISPATCH_LEASE_MS, "daemon", LEASE_BATCH, collect, rows);
    for (unsigned i = 0; !rc && i < rows->count; i++)
        rc = reject_row(d, &rows->rows[i], OUTCOME_rejected, now_ms);
    free(rows);
    d->has_gone = true; /* there may be more of them, in the next turn */
    return rc;
}

/* What is switched off waits for being switched on, but its alerts do not wait with it. */
static int pass_by(struct dispatch *d, const struct config_channel *channel, int64_t now_ms)
{
    int64_t next_due; /* a row that is due later finds its turn when the configuration is read again */
    return channel->sends ? elsewhere_seek(d->core, channel->name, now_ms, &next_due) : 0;
}

/* Lists come last: what is to be sent has taken its places. */
static int poll_lists(struct dispatch *d, int64_t now_ms)
{
    if (d->is_stopped || (!d->must_renew && now_ms < d->next_poll))
        return 0;
    int rc = d->must_renew ? catchup_renew(d->core, false, now_ms) : 0;
    return rc ? rc : catchup_run(d->core, &d->jobs, d->workers, now_ms, &d->next_poll);
}

int dispatch_lease(struct dispatch *d, bool is_changed, int64_t now_ms)
{
    const struct config *config = d->core->config;
    int rc = is_changed || d->has_gone ? end_gone(d, now_ms) : 0;
    for (unsigned i = 0; !rc && !d->is_stopped && i < config->channel_count; i++) {
        const struct config_channel *channel = &config->channels[i];
        struct chanstate *state = chanstates_find(&d->channels, channel->name);
        if (!channel->is_enabled && (is_changed || d->must_renew))
            rc = pass_by(d, channel, now_ms);
        if (rc)
            break;
        if (!state || !channel->sends || !channel->is_enabled)
            continue;
        if (is_changed || state->next_due <= now_ms)
            rc = lease_channel(d, channel, state, now_ms);
    }
    /* What was leased a moment ago ends too: a worker that never answers must be noticed with nothing else going on. */
    if (!rc && (is_changed || store_is_dirty(d->core->store) || now_ms >= d->next_lease_end)) {
        rc = outbox_next_lease_end(d->core->store, &d->next_lease_end);
        if (rc == ERR_NOT_FOUND) {
            d->next_lease_end = INT64_MAX;
            rc = 0;
        }
    }
    return rc ? rc : poll_lists(d, now_ms);
}

void dispatch_release(struct dispatch *d)
{
    d->must_renew = false;
    jobs_release(&d->jobs);
}

/* Due times were looked up among rows that are gone again, so none of them counts. */
void dispatch_abandon(struct dispatch *d)
{
    jobs_abandon(&d->jobs);
    for (unsigned i = 0; i < d->channels.count; i++)
        d->channels.all[i].next_due = 0;
    d->next_lease_end = 0;
    d->next_poll = 0;
    d->has_gone = true;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

int dispatch_new(struct core *core, struct loop *loop, int workers_fd, struct dispatch **ret_dispatch)
{
    struct dispatch *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_NOMEM;
    d->core = core;
    int rc = workers_new(loop, workers_fd, jobs_take_result, &d->jobs, &d->workers);
    if (rc) {
        free(d);
        return rc;
    }
    *ret_dispatch = d;
    return 0;
}

void dispatch_free(struct dispatch *d)
{
    if (!d)
        return;
    workers_free(d->workers); /* it reports what is still in hand: to the jobs */
    jobs_done(&d->jobs);
    free(d);
}

int dispatch_configure(struct dispatch *d)
{
    chanstates_renew(&d->channels, d->core->config);
    d->must_renew = true;
    d->has_gone = true;
    struct hosts *hosts = calloc(1, sizeof *hosts);
    if (!hosts)
        return ERR_NOMEM;
    int rc = hosts_collect(d->core->config, hosts);
    if (!rc)
        rc = workers_set_hosts(d->workers, hosts, d->core->config->may_send_to_private);
    free(hosts);
    return rc;
}

bool dispatch_has_results(const struct dispatch *d)
{
    return d->jobs.result_count > 0;
}

/* When that channel wants a turn: at its next due row, but not while it rests, and never while it has no room (then
 * an answer or a worker has to come first). */
static int64_t channel_next_due(const struct dispatch *d, const struct chanstate *state)
{
    const struct config_channel *channel = config_find_channel(d->core->config, state->name);
    if (!channel || !channel->sends || !channel->is_enabled)
        return INT64_MAX;
    if (allowance(d, channel, state) > 0)
        return state->next_due;
    int64_t rest_ms = state->breaker.open_until_ms - clock_mono_ms();
    int64_t next_seek = state->breaker.is_paused ? state->next_seek : INT64_MAX;
    if (rest_ms <= 0 || !workers_room(d->workers, ROLE_SENDER))
        return next_seek;
    int64_t rested_at = clock_now_ms() + rest_ms;
    int64_t next_try = state->next_due > rested_at ? state->next_due : rested_at;
    return next_try < next_seek ? next_try : next_seek;
}

int64_t dispatch_next_due(const struct dispatch *d)
{
    int64_t next = d->has_gone ? 0 : d->next_lease_end;
    if (!d->is_stopped && catchup_has_room(&d->jobs, d->workers))
        next = d->must_renew ? 0 : d->next_poll < next ? d->next_poll : next;
    for (unsigned i = 0; i < d->channels.count && !d->is_stopped; i++) {
        int64_t due = channel_next_due(d, &d->channels.all[i]);
        next = due < next ? due : next;
    }
    return next;
}

bool dispatch_take_alarm(struct dispatch *d)
{
    return chanstates_take_alarm(&d->channels);
}

bool dispatch_resume_channel(struct dispatch *d, const char *channel)
{
    return chanstates_resume(&d->channels, channel);
}

unsigned dispatch_in_flight(const struct dispatch *d)
{
    return d->jobs.count;
}

void dispatch_stop(struct dispatch *d)
{
    d->is_stopped = true;
}

void dispatch_channel_health(const struct dispatch *d, const char *channel, struct dispatch_health *ret_health)
{
    *ret_health = (struct dispatch_health){ 0 };
    for (unsigned i = 0; i < d->channels.count; i++) {
        const struct chanstate *state = &d->channels.all[i];
        if (!str_equal(state->name, channel))
            continue;
        ret_health->in_flight = jobs_count_channel(&d->jobs, channel);
        ret_health->failures = state->breaker.failures;
        ret_health->is_resting = state->breaker.open_until_ms > clock_mono_ms();
        ret_health->is_paused = state->breaker.is_paused;
    }
}

struct workers *dispatch_workers(struct dispatch *d)
{
    return d->workers;
}
