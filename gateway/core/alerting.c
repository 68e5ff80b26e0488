/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerting - see alerting.h. */
#include "gateway/core/alerting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/command.h"
#include "gateway/core/consent.h"
#include "gateway/core/routing.h"
#include "gateway/store/audit.h"
#include "gateway/store/contacts.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"
#include "handlers/registry.h"

#define KNOWN_CONTACTS_MAX CONFIG_CONTACTS_MAX
#define CODE_TRIES 64
#define CRITICAL_REPEAT_MS (15 * 60 * 1000) /* without `repeat`: only a person ends a critical alarm */
#define DECLINED_REST_MS (60 * 60 * 1000)

static int switch_of(void *context, const char *contact)
{
    struct core *core = context;
    struct contact_state_row row;
    return contacts_get(core->store, contact, &row) ? -1 : row.is_on;
}

static struct routing_facts facts_of(const struct case_row *row)
{
    return (struct routing_facts){
        .categories = row->categories,
        .flags = row->flags,
        .urgency = row->urgency,
        .language = row->language,
        .country = row->country,
    };
}

static int queue_address(struct core *core, const struct case_row *row, const struct alert_row *alert,
    const struct config_contact *contact, int address, int64_t now_ms, int64_t due_at)
{
    struct outbox_row out = {
        .id = store_next_id(core->store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_ALERT,
        .case_id = row->id,
        .alert_id = alert->id,
        .message_id = alert->message_id,
        .address = address,
        .urgency = row->urgency,
        .state = STATE_outbox_queued,
        .due_at = due_at,
        .outcome = -1,
        .created_at = now_ms,
    };
    str_copy(out.contact, sizeof out.contact, contact->name);
    str_copy(out.channel, sizeof out.channel, contact->addresses[address].channel->name);
    return outbox_insert(core->store, &out);
}

/* A critical case does not wait for a failure: a minute later the contact is sought on its second address too. */
static int queue_addresses(struct core *core, const struct case_row *row, const struct alert_row *alert,
    const struct config_contact *contact, int64_t now_ms)
{
    int rc = queue_address(core, row, alert, contact, 0, now_ms, now_ms);
    if (rc || row->urgency != URGENCY_critical || contact->address_count < 2)
        return rc;
    return queue_address(core, row, alert, contact, 1, now_ms, now_ms + core->config->limits.second_address_ms);
}

static int audit_alert(
    struct core *core, const struct case_row *row, const struct alert_row *alert, const char *action, int64_t now_ms)
{
    char object[40], detail[NAME_MAX_LEN * 2 + 64];
    snprintf(object, sizeof object, "alert:%lld", (long long)alert->id);
    snprintf(detail, sizeof detail, "contact=%s policy=%s step=%d urgency=%s", alert->contact, alert->policy,
        alert->step, urgency_word(row->urgency));
    struct audit_row audit = {
        .at = now_ms, .actor = "daemon", .action = action, .case_id = row->id, .object = object, .detail = detail
    };
    return audit_append(core->store, &audit);
}

static bool takes_words(const struct config_channel *channel)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    return channel->is_sms || (ops && (ops->caps & CHANNEL_TALKS));
}

/* A code of four letters for contacts that answer by SMS, or in a chat; unique within the case. */
static int give_code(struct core *core, const struct config_contact *contact, struct alert_row *alert)
{
    struct alert_row other;
    bool answers_in_words = false;
    for (unsigned i = 0; i < contact->address_count; i++)
        answers_in_words = answers_in_words || takes_words(contact->addresses[i].channel);
    for (unsigned i = 0; answers_in_words && i < CODE_TRIES; i++) {
        command_code_new(vault_random_below, alert->code);
        int rc = alerts_find_code(core->store, alert->case_id, alert->code, &other);
        if (rc)
            return rc == ERR_NOT_FOUND ? 0 : rc;
    }
    return answers_in_words ? ERR_LIMIT : 0;
}

int alerting_send_alert(struct core *core, const struct case_row *row, const struct alert_row *alert, int64_t now_ms)
{
    const struct config_contact *contact = config_find_contact(core->config, alert->contact);
    return contact ? queue_addresses(core, row, alert, contact, now_ms) : 0;
}

/* Some routes are for texts that name the authority themselves; her "do not tell them" is stronger. */
static bool policy_gives_consent(const struct core *core, const struct case_row *row, const char *name)
{
    const struct config_policy *policy = config_find_policy(core->config, name);
    return policy && policy->consent_given && !(row->flags & FLAG_BIT(no_authorities));
}

static int alert_contact(struct core *core, const struct case_row *row, const struct config_contact *contact,
    const char *policy, int step, int64_t message_id, int64_t now_ms)
{
    bool needs_consent = contact_is_authority(contact->kind) && !consent_is_given(row);
    bool is_by_policy = needs_consent && policy_gives_consent(core, row, policy);
    bool is_held = needs_consent && !is_by_policy;
    struct alert_row alert = {
        .id = store_next_id(core->store, SEQUENCE_ALERT),
        .case_id = row->id,
        .message_id = message_id,
        .step = step,
        .state = is_held ? STATE_alert_held : STATE_alert_open,
        .created_at = now_ms,
    };
    str_copy(alert.contact, sizeof alert.contact, contact->name);
    str_copy(alert.policy, sizeof alert.policy, policy);
    vault_random_hex(alert.public_id, 33);
    int rc = give_code(core, contact, &alert);
    if (!rc)
        rc = alerts_insert(core->store, &alert);
    if (!rc && !is_held)
        rc = queue_addresses(core, row, &alert, contact, now_ms);
    if (!rc)
        rc = audit_alert(core, row, &alert,
            is_held        ? "alert.hold"
            : is_by_policy ? "alert.open_by_policy"
                           : "alert.open",
            now_ms);
    if (!rc)
        log_event(LOG_LEVEL_INFO, EV_alert_opened, F_INT("case", row->id), F_INT("alert", alert.id),
            F_WORD("contact", alert.contact), F_WORD("state", state_word(alert.state)), F_INT("step", step));
    return rc;
}

static int plan_step(struct core *core, const struct case_row *row, const char *policy, int step, int64_t due_at)
{
    struct step_row next = { .case_id = row->id, .step = step, .state = STATE_step_waiting, .due_at = due_at };
    str_copy(next.policy, sizeof next.policy, policy);
    return steps_insert(core->store, &next);
}

/* The step after this one, or the policy from its beginning when it repeats. */
static int plan_next(
    struct core *core, const struct case_row *row, const struct config_policy *policy, int step, int64_t now_ms)
{
    if (step + 1 < (int)policy->step_count) {
        int64_t wait = policy->steps[step + 1].after_ms - policy->steps[step].after_ms;
        return plan_step(core, row, policy->name, step + 1, now_ms + wait);
    }
    int64_t repeat_ms = policy->repeat_ms;
    if (repeat_ms <= 0 && row->urgency == URGENCY_critical)
        repeat_ms = CRITICAL_REPEAT_MS;
    return repeat_ms > 0 ? plan_step(core, row, policy->name, 0, now_ms + repeat_ms) : 0;
}

struct decliners {
    int64_t since_ms;
    unsigned count;
    char names[CONFIG_STEP_CONTACTS_MAX][NAME_MAX_LEN];
};

static int note_decliner(void *context, const struct alert_row *row)
{
    struct decliners *decliners = context;
    bool counts = row->state == STATE_alert_declined && row->answered_at >= decliners->since_ms;
    if (counts && decliners->count < CONFIG_STEP_CONTACTS_MAX)
        str_copy(decliners->names[decliners->count++], NAME_MAX_LEN, row->contact);
    return 0;
}

static bool has_declined(const struct decliners *decliners, const char *contact)
{
    for (unsigned i = 0; i < decliners->count; i++)
        if (str_equal(decliners->names[i], contact))
            return true;
    return false;
}

/* Who has just said no to this case is not asked again for a while, unless nobody else is left. */
static int drop_decliners(
    struct core *core, int64_t case_id, int64_t now_ms, const struct config_contact **contacts, unsigned *count)
{
    struct decliners decliners = { .since_ms = now_ms - DECLINED_REST_MS };
    unsigned kept = 0;
    int rc = alerts_list(core->store, case_id, state_word(STATE_alert_declined), 0, 1000, note_decliner, &decliners);
    if (rc || !decliners.count)
        return rc;
    for (unsigned i = 0; i < *count; i++)
        kept += !has_declined(&decliners, contacts[i]->name);
    if (!kept)
        return 0;
    for (unsigned i = 0, at = 0; i < *count; i++)
        if (!has_declined(&decliners, contacts[i]->name))
            contacts[at++] = contacts[i];
    *count = kept;
    return 0;
}

int alerting_run_step(
    struct core *core, struct case_row *row, const char *policy_name, int step, int64_t message_id, int64_t now_ms)
{
    const struct config_policy *policy = config_find_policy(core->config, policy_name);
    if (!policy || step < 0 || step >= (int)policy->step_count)
        return alerting_start(core, row, message_id, now_ms);
    const struct config_contact *contacts[CONFIG_STEP_CONTACTS_MAX];
    struct routing_facts facts = facts_of(row);
    unsigned count = routing_contacts(&policy->steps[step], &facts, now_ms, switch_of, core, contacts);
    bool is_first = row->opened_at == now_ms; /* nobody can have declined yet */
    int declined = is_first ? 0 : drop_decliners(core, row->id, now_ms, contacts, &count);
    if (declined)
        return declined;
    for (unsigned i = 0; i < count; i++) {
        int rc = alert_contact(core, row, contacts[i], policy->name, step, message_id, now_ms);
        if (rc)
            return rc;
    }
    return plan_next(core, row, policy, step, now_ms);
}

void alerting_choose(const struct core *core, struct case_row *row)
{
    struct routing_facts facts = facts_of(row);
    str_copy(row->policy, sizeof row->policy, routing_choose(core->config, &facts)->name);
}

int alerting_start(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms)
{
    alerting_choose(core, row);
    int rc = steps_cancel_case(core->store, row->id, now_ms);
    return rc ? rc : alerting_run_step(core, row, row->policy, 0, message_id, now_ms);
}

struct next {
    bool has_step, has_open_alert;
    struct step_row step;
};

static int find_step(void *context, const struct step_row *row)
{
    struct next *next = context;
    if (row->state == STATE_step_waiting && row->step >= 0 && !next->has_step) {
        next->step = *row;
        next->has_step = true;
    }
    return 0;
}

static int find_open_alert(void *context, const struct alert_row *row)
{
    struct next *next = context;
    next->has_open_alert = next->has_open_alert || row->state == STATE_alert_open;
    return 0;
}

int alerting_next_step(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms)
{
    struct next next = { .has_step = false };
    int rc = steps_list(core->store, row->id, find_step, &next);
    if (!rc)
        rc = alerts_list(core->store, row->id, NULL, 0, 1000, find_open_alert, &next);
    if (rc)
        return rc;
    if (!next.has_step)
        return next.has_open_alert ? 0 : alerting_start(core, row, message_id, now_ms);
    rc = steps_set_state(core->store, next.step.id, STATE_step_done, now_ms);
    return rc ? rc : alerting_run_step(core, row, next.step.policy, next.step.step, message_id, now_ms);
}

/* What a responder wrote wakes nobody. */
static int note_message(void *context, const struct message_row *row)
{
    if (row->direction != MESSAGE_IN || row->author[0])
        return 0;
    *(int64_t *)context = row->id;
    return ERR_EXISTS;
}

int alerting_newest_message(struct core *core, int64_t case_id, int64_t *ret_id)
{
    struct messages_filter filter = { .case_id = case_id, .limit = 1000 };
    *ret_id = 0;
    int rc = messages_list(core->store, &filter, note_message, ret_id);
    return rc == ERR_EXISTS ? 0 : rc;
}

/* ---- further messages ------------------------------------------------------------------------------------------ */

struct known {
    unsigned count;
    char names[KNOWN_CONTACTS_MAX][NAME_MAX_LEN];
    int64_t newest_at;
};

static bool is_known(const struct known *known, const char *name)
{
    for (unsigned i = 0; i < known->count; i++)
        if (str_equal(known->names[i], name))
            return true;
    return false;
}

static int note_contact(void *context, const struct alert_row *alert)
{
    struct known *known = context;
    if (alert->created_at > known->newest_at)
        known->newest_at = alert->created_at;
    if (alert->state != STATE_alert_open && alert->state != STATE_alert_acknowledged)
        return 0;
    if (!is_known(known, alert->contact) && known->count < KNOWN_CONTACTS_MAX)
        str_copy(known->names[known->count++], NAME_MAX_LEN, alert->contact);
    return 0;
}

int alerting_run_update(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms)
{
    struct known *known = calloc(1, sizeof *known);
    if (!known)
        return ERR_NOMEM;
    int rc = alerts_list(core->store, row->id, NULL, 0, 1000, note_contact, known);
    /* A case may be held by somebody who is not a contact, and by a contact that was never alerted. */
    bool has_owner = row->state == STATE_case_taken && config_find_contact(core->config, row->owner);
    if (has_owner && !is_known(known, row->owner) && known->count < KNOWN_CONTACTS_MAX)
        str_copy(known->names[known->count++], NAME_MAX_LEN, row->owner);
    for (unsigned i = 0; !rc && i < known->count; i++) {
        const struct config_contact *contact = config_find_contact(core->config, known->names[i]);
        if (contact && (!has_owner || str_equal(row->owner, contact->name)))
            rc = alert_contact(core, row, contact, row->policy, ALERTING_UPDATE_STEP, message_id, now_ms);
    }
    free(known);
    return rc;
}

struct pending {
    bool has_update;
};

static int note_update(void *context, const struct step_row *step)
{
    struct pending *pending = context;
    if (step->step == ALERTING_UPDATE_STEP && step->state == STATE_step_waiting)
        pending->has_update = true;
    return 0;
}

static int note_newest(void *context, const struct alert_row *alert)
{
    *(int64_t *)context = alert->created_at;
    return 0;
}

int alerting_update(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms)
{
    struct pending pending = { false };
    int64_t newest_at = 0;
    int rc = steps_list(core->store, row->id, note_update, &pending);
    if (rc || pending.has_update)
        return rc;
    rc = alerts_list(core->store, row->id, NULL, 0, 1, note_newest, &newest_at);
    if (rc)
        return rc;
    if (now_ms - newest_at >= ALERTING_BUNDLE_MS)
        return alerting_run_update(core, row, message_id, now_ms);
    return plan_step(core, row, row->policy, ALERTING_UPDATE_STEP, newest_at + ALERTING_BUNDLE_MS);
}

/* A critical alert has its second address queued for later: now it is needed. */
struct waiting {
    int address;
    int64_t now_ms, outbox_id; /* 0 = none */
};

static int note_waiting(void *context, const struct outbox_row *row)
{
    struct waiting *waiting = context;
    if (row->address == waiting->address && row->attempt == 0 && row->due_at > waiting->now_ms)
        waiting->outbox_id = row->id;
    return 0;
}

static int hurry_address(struct core *core, int64_t alert_id, int address, int64_t now_ms)
{
    struct waiting waiting = { .address = address, .now_ms = now_ms };
    struct outbox_filter filter = { .state = "queued", .alert_id = alert_id, .limit = CONFIG_ADDRESSES_MAX };
    int rc = outbox_list(core->store, &filter, note_waiting, &waiting);
    return rc || !waiting.outbox_id ? rc : outbox_kick(core->store, waiting.outbox_id, now_ms);
}

int alerting_use_next_address(struct core *core, int64_t alert_id, int address, int64_t now_ms)
{
    struct alert_row alert;
    struct case_row row;
    int rc = alerts_get(core->store, alert_id, &alert);
    if (rc || alert.state != STATE_alert_open)
        return rc;
    const struct config_contact *contact = config_find_contact(core->config, alert.contact);
    if (!contact || address + 1 >= (int)contact->address_count)
        return 0;
    bool has;
    rc = outbox_has(core->store, alert_id, address + 1, &has);
    if (!rc)
        rc = cases_get(core->store, alert.case_id, &row);
    if (rc || row.state == STATE_case_closed)
        return rc;
    if (has)
        return hurry_address(core, alert_id, address + 1, now_ms);
    return queue_address(core, &row, &alert, contact, address + 1, now_ms, now_ms);
}

/* ---- after a reload -------------------------------------------------------------------------------------------- */

struct channels_used {
    unsigned count;
    bool is_waiting;
    char names[CONFIG_ADDRESSES_MAX][NAME_MAX_LEN];
};

static int note_channel(void *context, const struct outbox_row *row)
{
    struct channels_used *used = context;
    used->is_waiting = used->is_waiting || row->state == STATE_outbox_queued || row->state == STATE_outbox_leased;
    if (used->count < CONFIG_ADDRESSES_MAX)
        str_copy(used->names[used->count++], NAME_MAX_LEN, row->channel);
    return 0;
}

static bool is_used(const struct channels_used *used, const char *channel)
{
    for (unsigned i = 0; i < used->count; i++)
        if (str_equal(used->names[i], channel))
            return true;
    return false;
}

int alerting_use_other_address(struct core *core, int64_t alert_id, int64_t now_ms, bool *ret_is_fine)
{
    struct alert_row alert;
    struct case_row row = { .id = 0 };
    struct channels_used used = { 0 };
    struct outbox_filter filter = { .state = "all", .alert_id = alert_id, .limit = CONFIG_ADDRESSES_MAX };
    int rc = alerts_get(core->store, alert_id, &alert);
    if (!rc)
        rc = cases_get(core->store, alert.case_id, &row);
    if (!rc)
        rc = outbox_list(core->store, &filter, note_channel, &used);
    *ret_is_fine = !rc && (alert.state != STATE_alert_open || row.state == STATE_case_closed || used.is_waiting);
    if (rc || *ret_is_fine)
        return rc;
    const struct config_contact *contact = config_find_contact(core->config, alert.contact);
    for (unsigned i = 0; contact && i < contact->address_count; i++) {
        const struct config_channel *channel = contact->addresses[i].channel;
        if (!channel->is_enabled || is_used(&used, channel->name))
            continue;
        *ret_is_fine = true;
        return queue_address(core, &row, &alert, contact, (int)i, now_ms, now_ms);
    }
    return 0;
}
