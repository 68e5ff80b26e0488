/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_contacts - who is alerted: the list, the roster, hours that nobody covers, duty by hand, and drills.
 * Keeps: no address of a contact leaves by these verbs, only the names of the channels by which it is reached.
 */
#include <stdio.h>
#include <string.h>

#include "config/coverage.h"
#include "gateway/base/str.h"
#include "gateway/core/drill.h"
#include "gateway/core/verbs.h"
#include "gateway/store/contacts.h"
#include "gateway/store/drills.h"

#define DRILLS_DAYS 90 /* how far back missed tests are counted */
#define DAY_MS (24LL * 60 * 60 * 1000)

static const char *duty_word(
    const struct contact_state_row *state, const struct config_contact *contact, int64_t now_ms)
{
    if (state->is_on >= 0)
        return state->is_on ? "on (by hand)" : "off (by hand)";
    return duty_is_on(&contact->duty, now_ms) ? "on" : "off";
}

int verb_contacts_list(struct verb_call *call)
{
    const struct config *config = call->core->config;
    for (unsigned i = 0; i < config->contact_count; i++) {
        const struct config_contact *contact = &config->contacts[i];
        struct contact_state_row state;
        int rc = contacts_get(call->core->store, contact->name, &state);
        if (rc)
            return rc;
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "contact", contact->name, "kind",
            contact_kind_word(contact->kind), "title", contact->title, "trust", contact_trust_word(contact->trust),
            "duty", duty_word(&state, contact, call->now_ms), "addresses", (int)contact->address_count, "last_sent_at",
            verb_time(state.last_sent_at), "last_delivered_at", verb_time(state.last_delivered_at), "last_answer_at",
            verb_time(state.last_answer_at));
        if (!row)
            return ERR_NOMEM;
        verb_row(call, row);
    }
    return VERB_DONE;
}

/* ---- the roster ------------------------------------------------------------------------------------------------ */

static json_t *list_texts(const struct config_texts *texts)
{
    json_t *list = json_array();
    for (unsigned i = 0; list && i < texts->count; i++)
        json_array_append_new(list, json_string(texts->items[i]));
    return list;
}

static json_t *list_hours(const struct duty *duty)
{
    char text[DUTY_TEXT_MAX];
    json_t *list = json_array();
    for (unsigned i = 0; list && i < duty->window_count; i++) {
        duty_print_window(&duty->windows[i], text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

/* In the order in which they are tried; one of a channel that is switched off is left out. */
static json_t *list_channels(const struct config_contact *contact)
{
    json_t *list = json_array();
    for (unsigned i = 0; list && i < contact->address_count; i++)
        if (contact->addresses[i].channel->is_enabled)
            json_array_append_new(list, json_string(contact->addresses[i].channel->name));
    return list;
}

static int add_drills(struct verb_call *call, const char *contact, json_t *row)
{
    struct drill_row last = { .sent_at = 0 };
    struct drill_sum sum;
    int rc = drills_last(call->core->store, contact, &last);
    if (!rc || rc == ERR_NOT_FOUND)
        rc = drills_sum(
            call->core->store, contact, call->now_ms - DRILLS_DAYS * DAY_MS, call->now_ms - DRILL_ANSWER_MS, &sum);
    if (rc)
        return rc;
    bool is_bad = json_object_set_new(row, "drill_sent_at", verb_time(last.sent_at)) ||
                  json_object_set_new(row, "drill_answered_at", verb_time(last.answered_at)) ||
                  json_object_set_new(row, "drills", json_integer(sum.count)) ||
                  json_object_set_new(row, "missed", json_integer(sum.missed));
    return is_bad ? ERR_NOMEM : 0;
}

static bool is_on_duty(const struct contact_state_row *state, const struct config_contact *contact, int64_t now_ms)
{
    return state->is_on >= 0 ? state->is_on != 0 : duty_is_on(&contact->duty, now_ms);
}

static int add_person(
    struct verb_call *call, const struct config_contact *contact, const struct contact_state_row *state)
{
    const struct duty *duty = &contact->duty;
    int64_t next = state->is_on >= 0 ? 0 : duty_next_change(duty, call->now_ms);
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "contact",
        contact->name, "title", contact->title, "kind", contact_kind_word(contact->kind), "trust",
        contact_trust_word(contact->trust), "duty", duty_word(state, contact, call->now_ms), "changes_at",
        verb_time(next), "hours", list_hours(duty), "zone", duty->zone ? zone_name(duty->zone) : "UTC", "offset_s",
        (int)zone_offset_s(duty->zone, call->now_ms), "languages", list_texts(&contact->languages), "countries",
        list_texts(&contact->countries), "channels", list_channels(contact), "last_sent_at",
        verb_time(state->last_sent_at), "last_delivered_at", verb_time(state->last_delivered_at), "last_answer_at",
        verb_time(state->last_answer_at));
    int rc = row ? add_drills(call, contact->name, row) : ERR_NOMEM;
    if (rc)
        json_decref(row);
    else
        verb_row(call, row);
    return rc;
}

/* Whoever is on duty first; each half in the order of the configuration. */
int verb_contacts_roster(struct verb_call *call)
{
    const struct config *config = call->core->config;
    const char *after = verb_text(call, "after");
    bool is_past = !after[0];
    unsigned left = verb_limit(call);
    if (!is_past && !config_find_contact(config, after))
        return verb_refuse(call, "there is no contact of that name");
    for (unsigned i = 0; i < 2 * config->contact_count && left; i++) {
        const struct config_contact *contact = &config->contacts[i % config->contact_count];
        struct contact_state_row state;
        int rc = contacts_get(call->core->store, contact->name, &state);
        if (rc)
            return rc;
        if (is_on_duty(&state, contact, call->now_ms) != (i < config->contact_count))
            continue;
        rc = is_past ? add_person(call, contact, &state) : 0;
        if (rc)
            return rc;
        left -= is_past;
        is_past = is_past || str_equal(contact->name, after);
    }
    return VERB_DONE;
}

static int add_gap(void *context, const struct coverage_gap *gap)
{
    json_t *row = json_pack("{s:s, s:i, s:s, s:s, s:i, s:i, s:s, s:i, s:i}", "urgency", urgency_word(gap->urgency),
        "reached", (int)gap->least, "policy", gap->policy->name, "country", gap->country[0] ? gap->country : "unknown",
        "hours", (int)gap->hour_count, "of", COVERAGE_HOURS, "first", gap->hours, "others", (int)gap->others, "line",
        gap->policy->line);
    if (!row)
        return ERR_NOMEM;
    verb_row(context, row);
    return 0;
}

int verb_contacts_gaps(struct verb_call *call)
{
    return coverage_each(call->core->config, call->now_ms, add_gap, call);
}

/* ---- duty by hand ---------------------------------------------------------------------------------------------- */

static int switch_contact(struct verb_call *call, int is_on, const char *action)
{
    const char *name = verb_text(call, "contact");
    struct contact_state_row state;
    if (!config_find_contact(call->core->config, name))
        return verb_refuse(call, "there is no contact of that name");
    int rc = contacts_get(call->core->store, name, &state);
    if (rc)
        return rc;
    state.is_on = is_on;
    state.changed_at = call->now_ms;
    rc = contacts_put(call->core->store, &state);
    return rc ? rc : verb_audit(call, action, 0, name, "");
}

int verb_contacts_on(struct verb_call *call)
{
    return switch_contact(call, 1, "contact.on");
}

int verb_contacts_off(struct verb_call *call)
{
    return switch_contact(call, 0, "contact.off");
}

int verb_contacts_auto(struct verb_call *call)
{
    return switch_contact(call, -1, "contact.auto");
}

/* ---- drills ---------------------------------------------------------------------------------------------------- */

static int drill_all(struct verb_call *call)
{
    const struct config *config = call->core->config;
    int64_t id;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->contact_count; i++)
        rc = drill_start(call->core, config->contacts[i].name, call->actor, call->now_ms, &id);
    if (!rc)
        snprintf(call->why, sizeof call->why, "%u tests are on their way", config->contact_count);
    return rc;
}

int verb_contacts_drill(struct verb_call *call)
{
    int64_t id;
    if (str_equal(verb_text(call, "contact"), "all"))
        return drill_all(call);
    int rc = drill_start(call->core, verb_text(call, "contact"), call->actor, call->now_ms, &id);
    if (rc == ERR_NOT_FOUND)
        return verb_refuse(call, "there is no contact of that name");
    if (!rc)
        snprintf(call->why, sizeof call->why, "test %lld is on its way", (long long)id);
    return rc;
}

int verb_contacts_test(struct verb_call *call)
{
    return verb_contacts_drill(call);
}

static int list_drill(void *context, const struct drill_row *row)
{
    json_t *json = json_pack("{s:I, s:s, s:o, s:o, s:s}", "drill", (json_int_t)row->id, "contact", row->contact,
        "sent_at", verb_time(row->sent_at), "answered_at", verb_time(row->answered_at), "asked_by", row->asked_by);
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_drills_list(struct verb_call *call)
{
    return drills_list(call->core->store, verb_id(call, "before"), verb_limit(call), list_drill, call);
}
