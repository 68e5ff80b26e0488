/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catchup - see catchup.h. */
#include "gateway/core/catchup.h"
#include "gateway/core/callbacks.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/intake.h"
#include "gateway/core/retry.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define NOT_SET_UP_MS (24LL * 60 * 60 * 1000) /* only a reload can change that */
#define FARTHEST_MS (25LL * 60 * 60 * 1000)   /* a due time beyond this was written by a clock that was wrong */

static const struct config_channel *find_channel(const struct core *core, const char *name)
{
    const struct config_channel *channel = config_find_channel(core->config, name);
    return channel && channel->is_enabled && channel->polls ? channel : NULL;
}

int catchup_renew(struct core *core, bool is_start, int64_t now_ms)
{
    return polls_renew(core->store, is_start, now_ms);
}

int catchup_look(const struct core *core, const struct config_channel *channel, struct poll_row *ret_row)
{
    bool is_read = channel->is_enabled && channel->polls;
    return is_read ? polls_get(core->store, channel->name, ret_row) : ERR_NOT_FOUND;
}

/* ---- what came of it ------------------------------------------------------------------------------------------- */

static void end_poll(struct poll_row *row, int64_t due_at)
{
    row->lease_until = 0;
    row->started_at = 0;
    row->page[0] = '\0';
    row->pages = 0;
    row->due_at = due_at;
}

static void fail(struct poll_row *row, const struct config_channel *channel, enum outcome outcome,
    int64_t retry_after_s, int64_t now_ms)
{
    struct retry_curve curve = { .first_ms = CATCHUP_FIRST_MS, .max_ms = CATCHUP_REST_MS };
    if (channel->catch_up_ms < curve.first_ms)
        curve.first_ms = channel->catch_up_ms;
    if (channel->catch_up_ms > curve.max_ms)
        curve.max_ms = channel->catch_up_ms;
    bool is_refused = outcome == OUTCOME_bad_config, was_refused = row->failures && row->outcome == OUTCOME_bad_config;
    row->failures++;
    int64_t delay_ms = retry_delay_ms(&curve, (unsigned)row->failures, retry_after_s, vault_random_below(0x10000));
    end_poll(row, now_ms + (is_refused ? CATCHUP_PAUSE_MS : delay_ms));
    row->outcome = outcome;
    if (is_refused && !was_refused)
        log_event(LOG_LEVEL_ERROR, EV_catch_up_paused, F_WORD("channel", row->channel));
    else if (!is_refused)
        log_event(LOG_LEVEL_WARNING, EV_catch_up_failed, F_WORD("channel", row->channel),
            F_INT("failures", row->failures), F_WORD("outcome", outcome_word(outcome)));
}

static void succeed(
    struct poll_row *row, const struct config_channel *channel, const struct poll_page *page, int64_t now_ms)
{
    if (row->failures)
        log_event(LOG_LEVEL_NOTICE, EV_catch_up_recovered, F_WORD("channel", row->channel));
    row->failures = 0;
    row->outcome = OUTCOME_sent;
    row->ok_at = now_ms;
    row->lease_until = 0;
    if (!page->has_more) {
        str_copy(row->cursor, sizeof row->cursor, page->cursor);
        row->covered_at = row->started_at;
        end_poll(row, now_ms + channel->catch_up_ms);
        return;
    }
    str_copy(row->page, sizeof row->page, page->cursor);
    row->due_at = now_ms;
    if (++row->pages % CATCHUP_PAGES_MAX == 0)
        row->due_at = now_ms + channel->catch_up_ms;
}

/* ---- taking in ------------------------------------------------------------------------------------------------- */

struct haul {
    struct core *core;
    const struct config_channel *channel;
    int64_t now_ms;
    unsigned found, known, too_old;
};

/* Oldest first: a case begins with what she wrote first, and of two equal texts the first one is the known one. */
static int compare(const void *a, const void *b)
{
    const struct sms_in *left = *(const struct sms_in *const *)a, *right = *(const struct sms_in *const *)b;
    if (left->sent_at != right->sent_at)
        return left->sent_at < right->sent_at ? -1 : 1;
    return left < right ? -1 : left > right;
}

static int take_in(struct haul *haul, struct sms_in *sms)
{
    struct intake_result result = { 0 };
    if (sms->sent_at && sms->sent_at < haul->now_ms - haul->channel->catch_up_max_ms) {
        haul->too_old++;
        return 0;
    }
    intake_complete_number(haul->core, haul->channel->name, sms);
    int rc = intake_fetched(haul->core, haul->channel->name, sms, haul->now_ms, &result);
    haul->found += !rc && !result.is_duplicate;
    haul->known += !rc && result.is_duplicate;
    return rc;
}

static int take_in_all(struct haul *haul, struct sms_in *messages, int count)
{
    struct sms_in *order[CHANNEL_LISTED_MAX];
    int rc = 0;
    for (int i = 0; i < count; i++)
        order[i] = &messages[i];
    if (count > 1)
        qsort(order, (size_t)count, sizeof order[0], compare);
    for (int i = 0; i < count; i++) {
        if (!rc)
            rc = take_in(haul, order[i]);
        sms_in_done(order[i]);
    }
    return rc;
}

/* What contacts did; what has no case or contact any more is only logged. */
static int take_acts(struct haul *haul, struct contact_act *acts, int count)
{
    AUTO_BUF sentence;
    buf_init(&sentence, CALLBACKS_SENTENCE_MAX);
    int rc = 0;
    for (int i = 0; i < count; i++) {
        if (!rc)
            rc = callbacks_receive(haul->core, haul->channel, &acts[i], haul->now_ms, &sentence);
        if (rc == ERR_NOT_FOUND) {
            log_event(
                LOG_LEVEL_WARNING, EV_callback_refused, F_WORD("channel", haul->channel->name), F_WORD("act", "say"));
            rc = 0;
        }
        contact_act_done(&acts[i]);
    }
    return rc;
}

static int read_acts(struct haul *haul, const struct channel_ops *ops, const struct poll_from *from,
    const struct transmit_reply *reply, struct poll_page *page, int *ret_count)
{
    struct contact_act *acts = calloc(CHANNEL_LISTED_ACTS_MAX, sizeof *acts);
    if (!acts)
        return ERR_NOMEM;
    int count = ops->read_poll_acts(haul->channel->settings, from, reply, acts, CHANNEL_LISTED_ACTS_MAX, page);
    int rc = count == ERR_NOMEM ? count : take_acts(haul, acts, count);
    free(acts);
    *ret_count = count;
    return rc;
}

static int read_messages(struct haul *haul, const struct channel_ops *ops, const struct poll_from *from,
    const struct transmit_reply *reply, struct poll_page *page, int *ret_count)
{
    struct sms_in *messages = calloc(CHANNEL_LISTED_MAX, sizeof *messages);
    if (!messages)
        return ERR_NOMEM;
    int count = ops->read_poll(haul->channel->settings, from, reply, messages, CHANNEL_LISTED_MAX, page);
    int rc = count == ERR_NOMEM ? count : take_in_all(haul, messages, count);
    free(messages);
    *ret_count = count;
    return rc;
}

static void tell(const struct haul *haul, const struct poll_page *page)
{
    if (haul->found)
        log_event(LOG_LEVEL_WARNING, EV_catch_up_found, F_WORD("channel", haul->channel->name),
            F_INT("found", haul->found), F_INT("known", haul->known), F_INT("too_old", haul->too_old));
    if (page->unread)
        log_event(LOG_LEVEL_WARNING, EV_catch_up_unread, F_WORD("channel", haul->channel->name),
            F_INT("entries", page->unread));
}

static struct poll_from from_of(const struct poll_row *row)
{
    struct poll_from from = { .since_ms = row->since_at };
    str_copy(from.cursor, sizeof from.cursor, row->page);
    return from;
}

/* A list that leads back to the page that was just read would be read for ever. */
static bool is_circle(const struct poll_from *from, const struct poll_page *page)
{
    return page->has_more && page->cursor[0] && str_equal(page->cursor, from->cursor);
}

static int read_page(struct core *core, const struct config_channel *channel, struct poll_row *row,
    const struct transmit_reply *reply, int64_t now_ms)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    const struct poll_from from = from_of(row);
    struct haul haul = { .core = core, .channel = channel, .now_ms = now_ms };
    struct poll_page page = { .outcome = OUTCOME_unparseable };
    int count;
    int rc = ops->read_poll_acts ? read_acts(&haul, ops, &from, reply, &page, &count)
                                 : read_messages(&haul, ops, &from, reply, &page, &count);
    if (rc)
        return rc;
    row->polled_at = now_ms;
    row->late_found += haul.found;
    if (count < 0 || is_circle(&from, &page))
        fail(row, channel, count < 0 ? page.outcome : OUTCOME_unparseable, page.retry_after_s, now_ms);
    else
        succeed(row, channel, &page, now_ms);
    tell(&haul, &page);
    return 0;
}

int catchup_settle(struct core *core, int64_t number, const struct transmit_reply *reply, int64_t now_ms)
{
    struct poll_row row;
    int rc = polls_find(core->store, number, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    const struct config_channel *channel = find_channel(core, row.channel);
    if (channel)
        rc = read_page(core, channel, &row, reply, now_ms);
    else
        end_poll(&row, now_ms); /* it was taken out of the configuration meanwhile */
    return rc ? rc : polls_put(core->store, &row);
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

bool catchup_has_room(const struct jobs *jobs, const struct workers *workers)
{
    return workers_room(workers, WORKERS_SENDER, NULL) >= CATCHUP_ROOM_MIN &&
           jobs->count < JOBS_MAX - CATCHUP_ROOM_MIN && jobs_count_polls(jobs) < CATCHUP_OPEN_MAX;
}

/* What was read to its end is read again from a little before; an outage of our own so hides nothing. */
static int64_t since_of(const struct poll_row *row, const struct config_channel *channel, int64_t now_ms)
{
    int64_t oldest = now_ms - channel->catch_up_max_ms;
    int64_t covered = row->covered_at < now_ms ? row->covered_at : now_ms;
    return covered - CATCHUP_OVERLAP_MS > oldest ? covered - CATCHUP_OVERLAP_MS : oldest;
}

static int ask(struct core *core, const struct config_channel *channel, struct poll_row *row, struct jobs *jobs,
    struct worker *worker, int64_t now_ms)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    struct transmit transmit;
    if (!row->started_at) {
        row->started_at = now_ms;
        row->since_at = since_of(row, channel, now_ms);
        str_copy(row->page, sizeof row->page, row->cursor);
    }
    const struct poll_from from = from_of(row);
    transmit_init(&transmit);
    transmit.reply_max = CHANNEL_LISTED_BYTES;
    int rc = ops->build_poll(channel->settings, &from, &transmit);
    if (!rc) {
        row->number = store_next_id(core->store, SEQUENCE_POLL);
        row->lease_until = now_ms + CATCHUP_LEASE_MS;
        rc = jobs_give(jobs, row->number, JOBS_POLL, channel->name, worker, &transmit);
    }
    transmit_done(&transmit);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc) /* this channel only receives */
        end_poll(row, now_ms + NOT_SET_UP_MS);
    return 0;
}

static int get_row(struct core *core, const char *name, struct poll_row *ret_row)
{
    int rc = polls_get(core->store, name, ret_row);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *ret_row = (struct poll_row){ .outcome = OUTCOME_sent };
    str_copy(ret_row->channel, sizeof ret_row->channel, name);
    return 0;
}

/* *ret_next_due: when this channel wants to be looked at again. */
static int look_at(struct core *core, const struct config_channel *channel, struct jobs *jobs, struct workers *workers,
    int64_t now_ms, int64_t *ret_next_due)
{
    struct poll_row row;
    bool is_changed = false;
    int rc = get_row(core, channel->name, &row);
    if (!rc && row.lease_until && row.lease_until <= now_ms) {
        jobs_forget(jobs, row.number, JOBS_POLL);
        fail(&row, channel, OUTCOME_uncertain, 0, now_ms);
        is_changed = true;
    }
    bool is_due = row.due_at <= now_ms || row.due_at > now_ms + FARTHEST_MS;
    if (!rc && !row.lease_until && is_due && catchup_has_room(jobs, workers)) {
        rc = ask(core, channel, &row, jobs, workers_pick(workers, WORKERS_SENDER, NULL), now_ms);
        is_changed = true;
    }
    *ret_next_due = row.lease_until ? row.lease_until : row.due_at;
    return rc || !is_changed ? rc : polls_put(core->store, &row);
}

int catchup_run(struct core *core, struct jobs *jobs, struct workers *workers, int64_t now_ms, int64_t *ret_next_due)
{
    const struct config *config = core->config;
    int rc = 0;
    *ret_next_due = INT64_MAX;
    for (unsigned i = 0; !rc && i < config->channel_count; i++) {
        int64_t due = INT64_MAX;
        if (find_channel(core, config->channels[i].name) == &config->channels[i])
            rc = look_at(core, &config->channels[i], jobs, workers, now_ms, &due);
        *ret_next_due = due < *ret_next_due ? due : *ret_next_due;
    }
    return rc;
}
