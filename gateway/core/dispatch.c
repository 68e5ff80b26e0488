/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispatch - see dispatch.h. */
#include "gateway/core/dispatch_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/catchup.h"
#include "gateway/core/compose.h"
#include "gateway/core/elsewhere.h"
#include "gateway/core/ends.h"
#include "gateway/core/flares.h"
#include "gateway/core/sentparts.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

/* ---- channels -------------------------------------------------------------------------------------------------- */

bool dispatch_is_modem(const struct config_channel *channel)
{
    const struct channel_ops *ops = channel ? registry_find(channel->kind) : NULL;
    return ops && (ops->caps & CHANNEL_MODEM);
}

static const char *role_of(const struct config_channel *channel)
{
    return dispatch_is_modem(channel) ? WORKERS_MODEM : WORKERS_SENDER;
}

/* A modem serves its own channel alone. */
static const char *worker_of(const struct config_channel *channel)
{
    return dispatch_is_modem(channel) ? channel->name : NULL;
}

/* It rested because of the modem, and the modem is back. */
static void on_modem_ready(void *context, const char *channel)
{
    struct dispatch *d = context;
    struct chanstate *state = chanstates_find(&d->channels, channel);
    if (!state)
        return;
    state->breaker = (struct breaker){ 0 };
    state->next_due = 0;
}

int dispatch_collect(void *context, const struct outbox_row *row)
{
    struct dispatch_rows *rows = context;
    if (rows->count == DISPATCH_BATCH)
        return ERR_LIMIT;
    rows->rows[rows->count++] = *row;
    return 0;
}

/* ---- leasing --------------------------------------------------------------------------------------------------- */

static int reject_row(struct dispatch *d, struct outbox_row *row, enum outcome outcome, int64_t now_ms)
{
    struct send_result result = { .outcome = outcome };
    return dispatch_settle_row(d, row, &result, now_ms);
}

static int build(struct dispatch *d, const struct outbox_row *row, const struct config_channel *channel,
    struct sms_out *message, struct transmit *transmit, bool *ret_is_over, int64_t now_ms)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    if (dispatch_is_modem(channel))
        return sentparts_build(d->core, row, channel, message, transmit, ret_is_over, now_ms);
    int rc = ops && ops->build_send ? ops->build_send(channel->settings, message, transmit) : ERR_UNSUPPORTED;
    *ret_is_over = !rc && transmit->kind == TRANSMIT_LOOPBACK;
    return rc;
}

static int transmit_row(struct dispatch *d, struct outbox_row *row, struct worker *worker,
    const struct config_channel *channel, struct sms_out *message, int64_t now_ms)
{
    struct transmit transmit;
    bool is_over;
    transmit_init(&transmit);
    int rc = build(d, row, channel, message, &transmit, &is_over, now_ms);
    if (!rc && !is_over)
        rc = jobs_give(&d->jobs, row->id, row->attempt, row->channel, worker, &transmit);
    transmit_done(&transmit);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc)
        return reject_row(d, row, OUTCOME_rejected, now_ms);
    return is_over ? reject_row(d, row, OUTCOME_sent, now_ms) : 0;
}

/* All of it may have come after all: a report told. And where a part surely went, the rest has to fit to it: her phone
 * puts a part that comes twice in one place, so nothing need be marked. */
static int look_at_parts(struct dispatch *d, struct outbox_row *row, bool *ret_is_over)
{
    struct sentparts_state parts;
    int rc = sentparts_look(d->core, row->id, &parts);
    *ret_is_over = !rc && parts.known > 0 && parts.delivered == parts.total;
    row->may_be_repeated = row->may_be_repeated && parts.sure == 0;
    return rc;
}

static int start_row(struct dispatch *d, struct outbox_row *row, struct worker *worker,
    const struct config_channel *channel, int64_t now_ms)
{
    struct composed composed;
    bool is_over = false;
    struct outbox_row shown = *row;
    int rc = dispatch_is_modem(channel) ? look_at_parts(d, &shown, &is_over) : 0;
    if (rc || is_over)
        return rc ? rc : reject_row(d, row, OUTCOME_sent, now_ms);
    rc = compose_row(d->core, &shown, now_ms, &composed);
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

struct worker *dispatch_pick(struct workers *workers, const struct config_channel *channel)
{
    return workers_pick(workers, role_of(channel), worker_of(channel));
}

static bool needs_worker(const struct config_channel *channel)
{
    return !str_equal(channel->kind, "loopback");
}

/* How many rows of that channel may begin now. */
static unsigned allowance(const struct dispatch *d, const struct config_channel *channel, const struct chanstate *state)
{
    if (!needs_worker(channel))
        return DISPATCH_BATCH;
    unsigned most = breaker_allowance(&state->breaker, channel->in_flight_max, clock_mono_ms());
    unsigned in_flight = jobs_count_channel(&d->jobs, channel->name);
    if (most <= in_flight)
        return 0;
    most -= in_flight;
    unsigned room = workers_room(d->workers, role_of(channel), worker_of(channel)),
             free_jobs = JOBS_MAX - d->jobs.count;
    most = most < room ? most : room;
    most = most < free_jobs ? most : free_jobs;
    return most < DISPATCH_BATCH ? most : DISPATCH_BATCH;
}

static struct worker *pick(struct dispatch *d, const struct config_channel *channel)
{
    return needs_worker(channel) ? dispatch_pick(d->workers, channel) : NULL;
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
    struct dispatch_rows *leased = calloc(1, sizeof *leased);
    if (!leased)
        return ERR_NOMEM;
    int64_t lease_ms = dispatch_is_modem(channel) ? DISPATCH_MODEM_LEASE_MS : DISPATCH_LEASE_MS;
    struct worker *first = pick(d, channel);
    int rc = outbox_lease(d->core->store, channel->name, now_ms, now_ms + lease_ms,
        first ? worker_name(first) : "daemon", limit, dispatch_collect, leased);
    for (unsigned i = 0; !rc && i < leased->count; i++)
        rc = start_row(d, &leased->rows[i], pick(d, channel), channel, now_ms);
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
    struct dispatch_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return ERR_NOMEM;
    rc = outbox_lease(
        d->core->store, name, INT64_MAX, now_ms + DISPATCH_LEASE_MS, "daemon", DISPATCH_BATCH, dispatch_collect, rows);
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

static void take_result(void *context, const char *job, const struct transmit_reply *reply)
{
    struct dispatch *d = context;
    if (!flares_take_result(d->flares, job, reply))
        jobs_take_result(&d->jobs, job, reply);
}

static void take_progress(void *context, const char *job, const struct transmit_reply *reply)
{
    struct dispatch *d = context;
    jobs_take_progress(&d->jobs, job, reply); /* of a flare nobody asks how far it is */
}

int dispatch_new(struct core *core, struct loop *loop, int workers_fd, struct dispatch **ret_dispatch)
{
    struct dispatch *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_NOMEM;
    d->core = core;
    int rc = workers_new(loop, workers_fd, take_result, d, &d->workers);
    if (!rc)
        rc = modems_new(core, d->workers, on_modem_ready, d, &d->modems);
    if (!rc)
        rc = flares_new(core, d->workers, &d->flares);
    if (rc) {
        dispatch_free(d);
        return rc;
    }
    struct workers_modems modems = modems_callbacks(d->modems);
    modems.on_progress = take_progress;
    workers_set_modems(d->workers, &modems);
    *ret_dispatch = d;
    return 0;
}

void dispatch_free(struct dispatch *d)
{
    if (!d)
        return;
    workers_free(d->workers); /* it reports what is still in hand: to the jobs and the flares */
    modems_free(d->modems);
    flares_free(d->flares);
    jobs_done(&d->jobs);
    free(d);
}

int dispatch_configure(struct dispatch *d)
{
    chanstates_renew(&d->channels, d->core->config);
    d->must_renew = true;
    d->has_gone = true;
    modems_configure(d->modems);
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
    if (rest_ms <= 0 || !workers_room(d->workers, role_of(channel), worker_of(channel)))
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
        ret_health->last_sent_at = state->last_sent_at;
    }
}

struct modems *dispatch_modems(struct dispatch *d)
{
    return d->modems;
}

struct flares *dispatch_flares(struct dispatch *d)
{
    return d->flares;
}

struct workers *dispatch_workers(struct dispatch *d)
{
    return d->workers;
}
