/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outage - see outage.h. */
#include "gateway/core/outage.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "gateway/core/notices.h"
#include "gateway/core/record.h"
#include "gateway/core/webhooks.h"
#include "gateway/store/audit.h"
#include "gateway/store/ballast.h"
#include "gateway/store/outbox.h"
#include "gateway/store/spool.h"

#define BATCH 32      /* records of one turn */
#define DEFER_MS 2000 /* after a record that failed; doubled each time */
#define DEFER_MAX_MS 60000
#define LOOK_MS 30000 /* at the ballast */
#define LOG_MS 60000  /* a failure that lasts is logged so often */

struct outage {
    struct core *core;
    struct flares *flares;
    struct spool *spool;
    struct outage_state state;
    int64_t retry_at, defer_until, next_look, next_log;
    unsigned deferrals;             /* turns in a row with a record that failed */
    bool was_alarmed, was_full;     /* in this outage */
    bool is_ballast_missed;         /* and that was logged */
    struct spool_name batch[BATCH]; /* taken in by the open transaction */
    unsigned batch_count;
    bool has_deferred, is_ending; /* in the open transaction */
};

/* ---- life ------------------------------------------------------------------------------------------------------ */

static void note_spool(struct outage *o, int rc)
{
    if (rc && o->state.is_spool_well)
        log_event(LOG_LEVEL_ERROR, EV_spool_failed, F_WORD("error", error_name(rc)));
    o->state.is_spool_well = !rc;
}

static void look_at_ballast(struct outage *o)
{
    const struct config *config = o->core->config;
    bool was_there = ballast_is_there(config->storage.ballast, config->storage.ballast_bytes);
    int rc = ballast_make(config->storage.ballast, config->storage.ballast_bytes);
    o->state.ballast = !config->storage.ballast_bytes ? BALLAST_OFF : rc ? BALLAST_MISSING : BALLAST_KEPT;
    if (rc && !o->is_ballast_missed)
        log_event(LOG_LEVEL_WARNING, EV_ballast_missing, F_WORD("error", error_name(rc)));
    else if (o->state.ballast == BALLAST_KEPT && !was_there)
        log_event(LOG_LEVEL_INFO, EV_ballast_made);
    o->is_ballast_missed = rc != 0;
}

void outage_tend(struct outage *o, int64_t now_ms)
{
    if (now_ms < o->next_look || o->state.is_failing)
        return;
    o->next_look = now_ms + LOOK_MS;
    look_at_ballast(o);
}

int outage_new(struct core *core, struct flares *flares, int64_t now_ms, struct outage **ret_outage)
{
    struct spool_name oldest;
    struct outage *o = calloc(1, sizeof *o);
    if (!o)
        return ERR_NOMEM;
    *o = (struct outage){ .core = core, .flares = flares, .state = { .is_spool_well = true } };
    o->spool = spool_new(core->config->storage.spool, core->config->storage.spool_bytes);
    if (!o->spool) {
        free(o);
        return ERR_NOMEM;
    }
    note_spool(o, spool_scan(o->spool));
    if (spool_at(o->spool, 0, &oldest))
        o->state.since_ms = oldest.at;
    outage_tend(o, now_ms);
    *ret_outage = o;
    return 0;
}

void outage_free(struct outage *o)
{
    if (!o)
        return;
    spool_free(o->spool);
    free(o);
}

/* ---- it begins ------------------------------------------------------------------------------------------------- */

static void begin(struct outage *o, int64_t now_ms)
{
    if (!o->state.since_ms)
        o->state.since_ms = now_ms;
}

static void alarm_once(struct outage *o)
{
    char sentence[400];
    if (o->was_alarmed)
        return;
    o->was_alarmed = true;
    note_spool(o, spool_probe(o->spool));
    snprintf(sentence, sizeof sentence,
        "The help line cannot store (%s). %s Contacts are alerted from memory; nothing is sent to those who text. "
        "Look after the disk of the server now: it goes on by itself when the database can be written again.",
        store_last_error(o->core->store),
        o->state.is_spool_well ? "Texts are kept in the spool meanwhile."
                               : "THE SPOOL CANNOT BE WRITTEN EITHER: texts are refused and may be lost.");
    flares_alarm(o->flares, sentence);
}

void outage_failed(struct outage *o, int rc, int64_t now_ms)
{
    begin(o, now_ms);
    if (!o->state.is_failing || now_ms >= o->next_log) {
        log_event(LOG_LEVEL_ERROR, EV_storage_failed, F_WORD("error", error_name(rc)),
            F_WHY(store_last_error(o->core->store)));
        o->next_log = now_ms + LOG_MS;
    }
    o->state.is_failing = true;
    o->retry_at = now_ms + OUTAGE_RETRY_MS;
    alarm_once(o);
    if (!o->state.is_spool_well)
        note_spool(o, spool_probe(o->spool));
}

void outage_forget_times(struct outage *o)
{
    o->retry_at = o->defer_until = o->next_look = o->next_log = 0;
}

bool outage_make_room(struct outage *o, int rc, int64_t now_ms)
{
    const char *path = o->core->config->storage.ballast;
    bool is_full = rc == ERR_FULL || (rc == ERR_IO && ballast_is_short(path));
    if (!is_full || !ballast_release(path))
        return false;
    log_event(LOG_LEVEL_ERROR, EV_ballast_released);
    begin(o, now_ms);
    o->was_full = true;
    o->state.ballast = BALLAST_MISSING;
    o->is_ballast_missed = true;
    o->next_look = now_ms + LOOK_MS;
    return true;
}

/* ---- meanwhile ------------------------------------------------------------------------------------------------- */

static int keep(struct outage *o, const struct webhooks_texts *texts, const struct request *request, int64_t now_ms)
{
    AUTO_BUF sealed;
    struct spool_name name = { .at = now_ms };
    buf_init(&sealed, SPOOL_RECORD_BYTES_MAX);
    vault_random(&name.number, sizeof name.number);
    str_copy(name.channel, sizeof name.channel, texts->channel->name);
    int rc = record_seal(o->core, &name, request, texts->marks, &sealed);
    if (!rc)
        rc = spool_put(o->spool, &name, buf_span(&sealed));
    note_spool(o, rc);
    o->state.spooled += !rc;
    o->state.refused += rc != 0;
    if (!rc)
        log_event(LOG_LEVEL_NOTICE, EV_request_spooled, F_WORD("channel", name.channel), F_INT("texts", texts->count),
            F_INT("waiting", spool_count(o->spool)));
    return rc;
}

static bool take_texts(
    struct outage *o, struct webhooks_texts *texts, const struct request *request, int64_t now_ms, struct reply *reply)
{
    int rc = keep(o, texts, request, now_ms);
    if (rc)
        webhooks_busy(o->core, request, reply);
    else
        webhooks_taken(texts, reply);
    for (int i = 0; i < texts->count; i++)
        flares_raise(o->flares, texts->channel->name, &texts->messages[i], texts->marks, rc == 0, now_ms);
    return rc == 0;
}

bool outage_take(struct outage *o, const struct request *request, int64_t now_ms, struct reply *ret_reply)
{
    struct webhooks_texts *texts = calloc(1, sizeof *texts);
    bool is_kept = false;
    begin(o, now_ms);
    alarm_once(o);
    if (!texts || webhooks_read_texts(o->core, request, now_ms, texts))
        webhooks_busy(o->core, request, ret_reply);
    else {
        is_kept = take_texts(o, texts, request, now_ms, ret_reply);
        webhooks_texts_done(texts);
    }
    free(texts);
    return is_kept;
}

/* ---- afterwards ------------------------------------------------------------------------------------------------ */

/* It has a seal of ours, and still its channel is gone or reads it otherwise now: a person decides. */
static int restore_request(
    struct outage *o, const struct spool_name *name, const struct held *held, unsigned marks, int64_t now_ms)
{
    int64_t before = store_next_id(o->core->store, SEQUENCE_OUTBOX);
    int rc = webhooks_restore(o->core, name->channel, &held->request, marks, name->at, now_ms);
    if (rc == ERR_NOT_FOUND || rc == ERR_INVALID)
        return held_keep(o->core, name->channel, "spooled", &held->request, now_ms);
    return rc ? rc : outbox_mark_repeated(o->core->store, before);
}

static void set_aside(struct outage *o, const struct spool_name *name, int rc)
{
    log_event(LOG_LEVEL_ERROR, EV_spool_unreadable, F_WORD("channel", name->channel), F_WORD("error", error_name(rc)));
    spool_set_aside(o->spool, name);
}

/* ERR_AGAIN: it is not there any more, or was set aside. */
static int restore(struct outage *o, const struct spool_name *name, int64_t now_ms)
{
    AUTO_BUF sealed;
    struct held held;
    unsigned marks;
    buf_init(&sealed, SPOOL_RECORD_BYTES_MAX);
    int rc = spool_read(o->spool, name, &sealed);
    if (!rc)
        rc = record_open(o->core, name, buf_span(&sealed), &held, &marks);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc) {
        set_aside(o, name, rc);
        return ERR_AGAIN;
    }
    rc = restore_request(o, name, &held, marks, now_ms);
    held_done(&held);
    return rc;
}

static int restore_carefully(struct outage *o, const struct spool_name *name, int64_t now_ms)
{
    int rc = store_savepoint(o->core->store);
    if (rc)
        return rc;
    rc = restore(o, name, now_ms);
    if (!rc)
        return store_release(o->core->store);
    store_undo(o->core->store);
    if (rc == ERR_AGAIN)
        return rc;
    log_event(
        LOG_LEVEL_ERROR, EV_request_failed, F_WORD("error", error_name(rc)), F_WHY(store_last_error(o->core->store)));
    spool_defer(o->spool, name);
    o->has_deferred = true;
    return ERR_AGAIN;
}

static int restore_batch(struct outage *o, bool is_careful, int64_t now_ms)
{
    struct spool_name name;
    int rc = 0;
    for (unsigned i = 0; !rc && i < BATCH && spool_at(o->spool, o->batch_count, &name); i++) {
        rc = is_careful ? restore_carefully(o, &name, now_ms) : restore(o, &name, now_ms);
        if (!rc)
            o->batch[o->batch_count++] = name;
        if (rc == ERR_AGAIN)
            rc = 0;
    }
    return rc;
}

static void write_report(const struct outage *o, int64_t now_ms, struct buf *out)
{
    const struct outage_state *state = &o->state;
    if (o->was_full)
        buf_add_text(out, "The disk of the help line is full: its ballast file was given up. Free room on it now. ");
    if (o->was_alarmed || state->spooled || state->restored || o->batch_count)
        buf_add_format(out,
            "The help line stores again, after %lld s. Requests kept meanwhile and taken in: %u; refused: %u; set aside, "
            "because they do not open: %u. What was alerted from memory comes again as a case.",
            (long long)((now_ms - state->since_ms) / 1000), state->restored + o->batch_count, state->refused,
            spool_aside_count(o->spool));
}

static int tell_administrators(struct outage *o, int64_t now_ms)
{
    const struct config *config = o->core->config;
    AUTO_BUF report;
    buf_init(&report, NOTICES_TEXT_MAX);
    write_report(o, now_ms, &report);
    int rc = buf_check(&report);
    for (unsigned i = 0; !rc && report.len && i < config->auditor.contact_count; i++) {
        struct notice notice = { .contact = config->auditor.contacts[i]->name,
            .address = (int)config->auditor.contacts[i]->address_count - 1,
            .urgency = URGENCY_critical,
            .text = buf_span(&report) };
        rc = notices_queue(o->core, &notice, now_ms);
    }
    return rc;
}

/* It is the probe too: as long as it cannot be written, it is not over. */
static int write_end(struct outage *o, int64_t now_ms)
{
    char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], detail[200];
    clock_format(o->state.since_ms, from);
    clock_format(now_ms, to);
    snprintf(detail, sizeof detail, "from=%s to=%s spooled=%u refused=%u restored=%u%s", from, to, o->state.spooled,
        o->state.refused, o->state.restored + o->batch_count, o->was_full ? " ballast=released" : "");
    struct audit_row row = {
        .at = now_ms, .actor = "daemon", .action = "storage.outage", .object = "", .detail = detail
    };
    int rc = audit_append(o->core->store, &row);
    if (!rc)
        rc = tell_administrators(o, now_ms);
    o->is_ending = !rc;
    return rc;
}

int outage_run(struct outage *o, bool is_careful, int64_t now_ms)
{
    outage_undone(o);
    if (!o->state.since_ms || (!o->state.is_failing && now_ms < o->defer_until))
        return 0;
    int rc = restore_batch(o, is_careful, now_ms);
    if (!rc && spool_count(o->spool) == o->batch_count)
        rc = write_end(o, now_ms);
    return rc;
}

void outage_undone(struct outage *o)
{
    o->batch_count = 0;
    o->has_deferred = o->is_ending = false;
}

static void defer(struct outage *o, int64_t now_ms)
{
    int64_t wait = DEFER_MS << (o->deferrals < 5 ? o->deferrals : 5);
    o->deferrals = o->has_deferred ? o->deferrals + 1 : 0;
    o->defer_until = o->has_deferred ? now_ms + (wait < DEFER_MAX_MS ? wait : DEFER_MAX_MS) : 0;
}

static void end(struct outage *o, int64_t now_ms)
{
    log_event(LOG_LEVEL_NOTICE, EV_storage_recovered, F_INT("lasted_ms", now_ms - o->state.since_ms),
        F_INT("spooled", o->state.spooled), F_INT("refused", o->state.refused), F_INT("restored", o->state.restored));
    flares_forget_kept(o->flares);
    o->state.since_ms = 0;
    o->state.spooled = o->state.refused = o->state.restored = 0;
    o->was_alarmed = o->was_full = false;
}

void outage_worked(struct outage *o, int64_t now_ms)
{
    if (!o->state.since_ms)
        return;
    for (unsigned i = 0; i < o->batch_count; i++)
        spool_remove(o->spool, &o->batch[i]);
    o->state.restored += o->batch_count;
    if (o->batch_count)
        log_event(LOG_LEVEL_NOTICE, EV_spool_restored, F_INT("records", o->batch_count),
            F_INT("waiting", spool_count(o->spool)));
    o->state.is_failing = false;
    if (now_ms >= o->defer_until)
        defer(o, now_ms);
    if (o->is_ending)
        end(o, now_ms);
    outage_undone(o);
}

void outage_recover(struct outage *o, int64_t now_ms)
{
    int rc = 0;
    while (!rc && spool_count(o->spool) && !o->defer_until) {
        rc = store_begin(o->core->store);
        if (!rc)
            rc = outage_run(o, true, now_ms);
        if (!rc)
            rc = store_commit(o->core->store);
        if (!rc)
            outage_worked(o, now_ms);
    }
    if (!rc)
        return;
    if (store_is_in_transaction(o->core->store))
        store_rollback(o->core->store);
    outage_undone(o);
    outage_failed(o, rc, now_ms);
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

bool outage_is_resting(const struct outage *o, int64_t now_ms)
{
    return o->state.is_failing && now_ms < o->retry_at;
}

int64_t outage_next_due(const struct outage *o)
{
    if (!o->state.since_ms)
        return INT64_MAX;
    return o->state.is_failing ? o->retry_at : o->defer_until;
}

bool outage_is_taking(const struct outage *o)
{
    return !o->state.is_failing || o->state.is_spool_well;
}

const struct outage_state *outage_look(struct outage *o)
{
    o->state.waiting = spool_count(o->spool);
    o->state.aside = spool_aside_count(o->spool);
    return &o->state;
}
