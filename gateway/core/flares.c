/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flares - see flares.h. The id of a job is "flare-<number>-<attempt>". */
#include "gateway/core/flares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/compose.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/intake_parts.h"
#include "gateway/core/jobframe.h"
#include "gateway/core/responders.h"
#include "gateway/core/retry.h"
#include "gateway/core/routing.h"
#include "gateway/store/contacts.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define JOB_PREFIX "flare-"
#define IN_HAND_MAX 8
#define RETRY_FIRST_MS 2000
#define RETRY_MAX_MS 60000
#define NO_WORKER_MS 1000
#define TEXT_MAX (4u << 10) /* of one flare: its case will hold everything */
#define SEEN_MAX 256        /* texts that were told already: a provider that got 503 comes again */

struct flare {
    unsigned number; /* 0 = this place is free */
    char contact[NAME_MAX_LEN], channel[NAME_MAX_LEN];
    unsigned address; /* index in the contact's addresses */
    unsigned attempt; /* tries begun */
    unsigned attempt_max;
    bool is_in_hand, is_kept, is_alarm;
    int64_t due_mono_ms;
    struct alert_view facts;
    char language[LANGUAGE_MAX], country[COUNTRY_MAX], from[PHONE_MAX];
    char *text; /* owned */
};

struct flares {
    struct core *core;
    struct workers *workers;
    unsigned last_number;
    struct flare all[FLARES_MAX];
    unsigned char seen[SEEN_MAX][VAULT_TAG_LEN];
    unsigned seen_count; /* ever; the ring holds the last ones */
};

int flares_new(struct core *core, struct workers *workers, struct flares **ret_flares)
{
    struct flares *flares = calloc(1, sizeof *flares);
    if (!flares)
        return ERR_NOMEM;
    flares->core = core;
    flares->workers = workers;
    *ret_flares = flares;
    return 0;
}

static void drop(struct flare *flare)
{
    free(flare->text);
    *flare = (struct flare){ .number = 0 };
}

void flares_free(struct flares *flares)
{
    if (!flares)
        return;
    for (unsigned i = 0; i < FLARES_MAX; i++)
        drop(&flares->all[i]);
    free(flares);
}

/* ---- what is told ---------------------------------------------------------------------------------------------- */

/* Told before, under its provider's id, or under its words where there is none? */
static bool is_seen(struct flares *flares, const char *channel, const struct sms_in *sms)
{
    unsigned char tag[VAULT_TAG_LEN];
    AUTO_BUF key;
    buf_init(&key, TEXT_MAX + 1024);
    buf_add_format(&key, "%s|%s|%s|%u|", channel, sms->from, sms->remote_id, sms->part);
    if (!sms->remote_id[0])
        buf_add(&key, sms->text, strnlen(sms->text, TEXT_MAX));
    vault_tag(flares->core->vault, "flare", buf_span(&key), tag);
    unsigned held = flares->seen_count < SEEN_MAX ? flares->seen_count : SEEN_MAX;
    for (unsigned i = 0; i < held; i++)
        if (memcmp(flares->seen[i], tag, sizeof tag) == 0)
            return true;
    memcpy(flares->seen[flares->seen_count++ % SEEN_MAX], tag, sizeof tag);
    return false;
}

/* A free place, or that of the least urgent one that waits, if this one is worse. */
static struct flare *take_place(struct flares *flares, enum urgency urgency)
{
    struct flare *least = NULL;
    for (unsigned i = 0; i < FLARES_MAX; i++) {
        struct flare *flare = &flares->all[i];
        if (!flare->number)
            return flare;
        if (!flare->is_in_hand && (!least || flare->facts.urgency < least->facts.urgency))
            least = flare;
    }
    if (!least || least->facts.urgency >= urgency)
        return NULL;
    log_event(LOG_LEVEL_WARNING, EV_flare_dropped, F_WORD("contact", least->contact), F_INT("attempt", least->attempt));
    drop(least);
    return least;
}

static struct flare *add(
    struct flares *flares, const struct config_contact *contact, enum urgency urgency, struct span text)
{
    struct flare *flare = take_place(flares, urgency);
    if (!flare) {
        log_event(LOG_LEVEL_WARNING, EV_flare_dropped, F_WORD("contact", contact->name), F_INT("attempt", 0));
        return NULL;
    }
    flare->text = strndup(text.data, utf8_prefix(text, TEXT_MAX));
    if (!flare->text)
        return NULL;
    flare->number = ++flares->last_number ? flares->last_number : ++flares->last_number;
    flare->facts.urgency = urgency;
    flare->attempt_max = FLARES_TRIES_MAX;
    flare->due_mono_ms = clock_mono_ms();
    str_copy(flare->contact, sizeof flare->contact, contact->name);
    vault_random_hex(flare->facts.alert_id, 33);
    return flare;
}

static void add_alert(struct flares *flares, const struct config_contact *contact, const struct arrival *in,
    const char *country, bool is_kept)
{
    struct flare *flare = add(flares, contact, in->triage.urgency, span_of(in->sms->text));
    if (!flare)
        return;
    flare->is_kept = is_kept;
    str_copy(flare->language, sizeof flare->language, in->triage.language);
    str_copy(flare->country, sizeof flare->country, country);
    str_copy(flare->from, sizeof flare->from, in->sms->from_kind == PHONE_HIDDEN ? "" : in->sms->from);
    struct alert_view *facts = &flare->facts;
    facts->categories = in->triage.categories;
    facts->flags = in->triage.flags;
    facts->received_at = in->received_at;
    facts->verification = state_word(STATE_verification_unverified);
    facts->may_be_repeated = true;
    facts->may_not_be_her = in->is_unproved;
    facts->message_count = 1;
    facts->part = in->sms->part < in->sms->part_total ? in->sms->part : 0;
    facts->part_total = facts->part ? in->sms->part_total : 0;
}

/* A switch by hand counts where it can still be read. */
static int switch_of(void *context, const char *contact)
{
    struct core *core = context;
    struct contact_state_row row;
    return contacts_get(core->store, contact, &row) ? -1 : row.is_on;
}

/* Tells those of one step that are no authority; false = there is none. */
static bool tell_step(
    struct flares *flares, const struct config_step *step, const struct arrival *in, const char *country, bool is_kept)
{
    const struct config_contact *contacts[CONFIG_STEP_CONTACTS_MAX];
    struct routing_facts facts = { in->triage.categories, in->triage.flags, in->triage.urgency, in->triage.language,
        country };
    unsigned count = routing_contacts(step, &facts, in->now_ms, switch_of, flares->core, contacts);
    bool is_told = false;
    for (unsigned i = 0; i < count; i++) {
        if (contact_is_authority(contacts[i]->kind))
            continue;
        add_alert(flares, contacts[i], in, country, is_kept);
        is_told = true;
    }
    return is_told;
}

void flares_raise(
    struct flares *flares, const char *channel, const struct sms_in *sms, unsigned marks, bool is_kept, int64_t now_ms)
{
    char country[COUNTRY_MAX];
    const struct core *core = flares->core;
    struct arrival in = { .channel = channel, .sms = sms, .received_at = now_ms, .now_ms = now_ms };
    in.is_unproved = marks & ARRIVAL_UNPROVED;
    bool is_responder = !in.is_unproved && sms->from_kind == PHONE_E164 && responders_find(core, sms->from);
    if (is_responder || is_seen(flares, channel, sms) || intake_read_text(core, &in) || !in.triage.is_help)
        return;
    intake_read_number(&in, country);
    struct routing_facts facts = { in.triage.categories, in.triage.flags, in.triage.urgency, in.triage.language,
        country };
    const struct config_policy *policy = routing_choose(core->config, &facts);
    for (unsigned i = 0; i < policy->step_count; i++)
        if (tell_step(flares, &policy->steps[i], &in, country, is_kept))
            return;
}

void flares_alarm(struct flares *flares, const char *sentence)
{
    const struct config *config = flares->core->config;
    for (unsigned i = 0; i < config->auditor.contact_count; i++) {
        const struct config_contact *contact = config->auditor.contacts[i];
        struct flare *flare = add(flares, contact, URGENCY_critical, span_of(sentence));
        if (!flare)
            return;
        flare->is_alarm = true;
        flare->address = contact->address_count - 1;
    }
}

void flares_forget_kept(struct flares *flares)
{
    flares->seen_count = 0;
    for (unsigned i = 0; i < FLARES_MAX; i++) {
        struct flare *flare = &flares->all[i];
        if (flare->is_kept && flare->is_in_hand)
            flare->attempt_max = 0; /* this try is the last one */
        else if (flare->is_kept)
            drop(flare);
    }
}

/* ---- how it leaves --------------------------------------------------------------------------------------------- */

/* After a try that failed: later, by the contact's next address; after the last one never. */
static void put_off(struct flare *flare)
{
    static const struct retry_curve curve = { RETRY_FIRST_MS, RETRY_MAX_MS, FLARES_TRIES_MAX };
    flare->is_in_hand = false;
    flare->address++;
    if (flare->attempt < flare->attempt_max) {
        flare->due_mono_ms = clock_mono_ms() + retry_delay_ms(&curve, flare->attempt, 0, vault_random_below(0x10000));
        return;
    }
    log_event(LOG_LEVEL_ERROR, EV_flare_dropped, F_WORD("contact", flare->contact), F_INT("attempt", flare->attempt));
    drop(flare);
}

static void settle(struct flare *flare, enum outcome outcome)
{
    log_event(outcome == OUTCOME_sent ? LOG_LEVEL_NOTICE : LOG_LEVEL_WARNING, EV_flare_settled,
        F_WORD("contact", flare->contact), F_WORD("outcome", outcome_word(outcome)), F_INT("attempt", flare->attempt));
    if (outcome == OUTCOME_sent)
        drop(flare);
    else
        put_off(flare);
}

static void write_job(const struct flare *flare, char *ret)
{
    snprintf(ret, WORKERS_JOB_ID_MAX, JOB_PREFIX "%u-%u", flare->number, flare->attempt);
}

static int give(struct flare *flare, struct worker *worker, const struct transmit *transmit)
{
    char job[WORKERS_JOB_ID_MAX];
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    write_job(flare, job);
    int rc = jobframe_write(job, transmit, &frame);
    if (rc)
        return rc;
    flare->is_in_hand = true;
    worker_reserve(worker, job);
    worker_send_job(worker, buf_span(&frame));
    return 0;
}

static void transmit_message(
    struct flare *flare, const struct config_channel *channel, const struct sms_out *message, struct worker *worker)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    struct transmit transmit;
    transmit_init(&transmit);
    int rc = ops && ops->build_send ? ops->build_send(channel->settings, message, &transmit) : ERR_UNSUPPORTED;
    bool is_loopback = !rc && transmit.kind == TRANSMIT_LOOPBACK;
    if (!rc && transmit.kind == TRANSMIT_NONE)
        rc = ERR_UNSUPPORTED;
    if (!rc && !is_loopback)
        rc = give(flare, worker, &transmit);
    transmit_done(&transmit);
    if (rc || is_loopback)
        settle(flare, rc ? OUTCOME_rejected : OUTCOME_sent);
}

/* The same words as an alert from the database, but for the number of its case; or the sentence of the alarm. */
static void send(struct flares *flares, struct flare *flare, const struct config_contact *contact,
    struct worker *worker, int64_t now_ms)
{
    struct config_address const *address = &contact->addresses[flare->address];
    struct composed composed = { .row = NULL };
    flare->facts.language = flare->language;
    flare->facts.country = flare->country;
    struct compose_loose loose = {
        .facts = &flare->facts,
        .text = span_of(flare->text),
        .from = flare->from,
        .contact = contact,
        .address = flare->address,
        .attempt = ++flare->attempt,
    };
    int rc = flare->is_alarm ? 0 : compose_loose(flares->core, &loose, now_ms, &composed);
    if (flare->is_alarm) {
        composed.message = (struct sms_out){ .from = config_sender(address->channel, phone_country(address->to)),
            .to = address->to,
            .subject = "Help line: storage",
            .text = flare->text,
            .now_ms = now_ms,
            .attempt = flare->attempt };
        str_copy(composed.message.id, sizeof composed.message.id, flare->facts.alert_id);
    }
    composed.message.number = flare->number;
    str_copy(flare->channel, sizeof flare->channel, address->channel->name);
    if (rc)
        settle(flare, OUTCOME_rejected);
    else
        transmit_message(flare, address->channel, &composed.message, worker);
    composed_done(&composed);
}

/* The most urgent one that is due, the oldest first. */
static struct flare *next_due(struct flares *flares, int64_t mono_ms)
{
    struct flare *best = NULL;
    for (unsigned i = 0; i < FLARES_MAX; i++) {
        struct flare *flare = &flares->all[i];
        if (!flare->number || flare->is_in_hand || flare->due_mono_ms > mono_ms)
            continue;
        bool is_worse = best && flare->facts.urgency > best->facts.urgency;
        bool is_older = best && flare->facts.urgency == best->facts.urgency && flare->number < best->number;
        if (!best || is_worse || is_older)
            best = flare;
    }
    return best;
}

/* Its next address that a worker could serve now; NULL = none has one. */
static struct worker *pick(struct flares *flares, struct flare *flare, const struct config_contact *contact)
{
    for (unsigned i = 0; i < contact->address_count; i++, flare->address++) {
        flare->address %= contact->address_count;
        struct worker *worker = dispatch_pick(flares->workers, contact->addresses[flare->address].channel);
        if (worker)
            return worker;
    }
    return NULL;
}

void flares_run(struct flares *flares, int64_t now_ms)
{
    struct flare *flare;
    while (flares_in_flight(flares) < IN_HAND_MAX && (flare = next_due(flares, clock_mono_ms())) != NULL) {
        const struct config_contact *contact = config_find_contact(flares->core->config, flare->contact);
        struct worker *worker = contact ? pick(flares, flare, contact) : NULL;
        if (worker)
            send(flares, flare, contact, worker, now_ms);
        else if (contact)
            flare->due_mono_ms = clock_mono_ms() + NO_WORKER_MS;
        else /* gone with a reload */
            drop(flare);
    }
}

static enum outcome outcome_of(
    const struct flares *flares, const struct flare *flare, const struct transmit_reply *reply)
{
    const struct config_channel *channel = config_find_channel(flares->core->config, flare->channel);
    const struct channel_ops *ops = channel ? registry_find(channel->kind) : NULL;
    struct send_result result = { .outcome = OUTCOME_uncertain };
    if (ops && ops->read_reply)
        ops->read_reply(channel->settings, reply, &result);
    return result.outcome;
}

bool flares_take_result(struct flares *flares, const char *job, const struct transmit_reply *reply)
{
    if (!str_starts(job, JOB_PREFIX))
        return false;
    for (unsigned i = 0; i < FLARES_MAX; i++) {
        char own[WORKERS_JOB_ID_MAX];
        struct flare *flare = &flares->all[i];
        write_job(flare, own);
        if (flare->number && flare->is_in_hand && str_equal(own, job)) {
            settle(flare, outcome_of(flares, flare, reply));
            break;
        }
    }
    return true;
}

int64_t flares_wait_ms(const struct flares *flares)
{
    int64_t wait = -1, now = clock_mono_ms();
    if (flares_in_flight(flares) >= IN_HAND_MAX)
        return -1;
    for (unsigned i = 0; i < FLARES_MAX; i++) {
        const struct flare *flare = &flares->all[i];
        int64_t left = flare->due_mono_ms > now ? flare->due_mono_ms - now : 0;
        if (flare->number && !flare->is_in_hand && (wait < 0 || left < wait))
            wait = left;
    }
    return wait;
}

unsigned flares_count(const struct flares *flares)
{
    unsigned count = 0;
    for (unsigned i = 0; i < FLARES_MAX; i++)
        count += flares->all[i].number != 0;
    return count;
}

unsigned flares_in_flight(const struct flares *flares)
{
    unsigned count = 0;
    for (unsigned i = 0; i < FLARES_MAX; i++)
        count += flares->all[i].is_in_hand;
    return count;
}
