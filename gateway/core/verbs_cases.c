/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_cases - the case log: list, show, note, close, purge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/verbs.h"
#include "gateway/store/alerts.h"
#include "gateway/store/outbox.h"

#define TEXT_MAX VAULT_PLAIN_MAX
#define FAMILY_MAX 64 /* cases that were joined to one */

static int list_row(void *context, const struct case_row *row)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:I, s:o, s:o}", "case",
        (json_int_t)row->id, "state", state_word(row->state), "verification", state_word(row->verification), "urgency",
        urgency_word(row->urgency), "categories", verb_categories(row->categories), "flags", verb_flags(row->flags),
        "language", row->language, "country", row->country, "owner", row->owner, "messages",
        (json_int_t)row->message_count, "opened_at", verb_time(row->opened_at), "last_message_at",
        verb_time(row->last_message_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_cases_list(struct verb_call *call)
{
    const char *state = verb_text(call, "state"), *country = verb_text(call, "country");
    const char *urgency = verb_text(call, "urgency"), *category = verb_text(call, "category");
    struct cases_filter filter = {
        .state = state[0] ? state : NULL,
        .urgency = urgency[0] ? urgency_from_word(urgency) : -1,
        .category = category[0] ? category_from_word(category) : -1,
        .country = country[0] ? country : NULL,
        .before_id = verb_id(call, "before"),
        .by_urgency = !json_object_get(call->args, "before") && (!state[0] || str_equal(state, "open")),
        .limit = verb_limit(call),
    };
    if (filter.state && !str_equal(state, "all") && state_from_word(MACHINE_case, state) < 0)
        return verb_usage(call, "unknown state: use all, open, taken or closed");
    if ((urgency[0] && filter.urgency < 0) || (category[0] && filter.category < 0))
        return verb_usage(call, "unknown %s", filter.urgency < 0 && urgency[0] ? "urgency" : "category");
    return cases_list(call->core->store, &filter, list_row, call);
}

/* ---- show ------------------------------------------------------------------------------------------------------ */

struct show {
    struct verb_call *call;
    const struct vault_key *key;
    bool is_shredded;
};

/* The words of one sealed column, or null when it is gone or does not open. */
static json_t *open_part(const struct show *show, const struct message_row *row, enum message_part part)
{
    AUTO_BUF text;
    buf_init(&text, TEXT_MAX);
    if (show->is_shredded || casefile_open_message(show->call->core, show->key, row, part, &text))
        return json_null();
    json_t *json = json_stringn(text.data ? text.data : "", text.len);
    return json ? json : json_null();
}

static int show_message(void *context, const struct message_row *row)
{
    const struct show *show = context;
    json_t *json =
        json_pack("{s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:b, s:b, s:i, s:i, s:i, s:o, s:o}",
            "section", "message", "message", (json_int_t)row->id, "case", (json_int_t)row->case_id, "direction",
            row->direction == MESSAGE_IN ? "in" : "out", "channel", row->channel, "received_at",
            verb_time(row->received_at), "from", open_part(show, row, MESSAGE_SENDER), "language", row->triage.language,
            "intent", intent_word(row->triage.intent), "urgency", urgency_word(row->triage.urgency), "categories",
            verb_categories(row->triage.categories), "flags", verb_flags(row->triage.flags), "late", (int)row->is_late,
            "unproved", (int)row->is_unproved, "copies", (int)row->copies, "part", (int)row->part, "part_total",
            (int)row->part_total, "origins", verb_origins(show->call, row), "text", open_part(show, row, MESSAGE_TEXT));
    if (!json)
        return ERR_NOMEM;
    verb_row(show->call, json);
    return 0;
}

/* ---- what she wrote from every number of hers ---------------------------------------------------------------- */

struct family { /* the case and those that went into it, also by way of another */
    unsigned count;
    int64_t ids[FAMILY_MAX];
};

static int find_family(struct store *store, int64_t id, struct family *family)
{
    int rc = 0;
    family->ids[0] = id;
    family->count = 1;
    /* Each case goes into one other that was there before it was closed, so no case comes twice. */
    for (unsigned i = 0; !rc && i < family->count; i++) {
        unsigned count = 0;
        rc = cases_list_joined(store, family->ids[i], family->ids + family->count, FAMILY_MAX - family->count, &count);
        family->count += count;
    }
    return rc;
}

struct told { /* ids of messages: they rise with the time of arrival */
    unsigned count;
    int64_t ids[VERB_LIMIT_MAX];
};

static int collect_message(void *context, const struct message_row *row)
{
    struct told *told = context;
    if (told->count < VERB_LIMIT_MAX)
        told->ids[told->count++] = row->id;
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int show_one(struct verb_call *call, int64_t message_id)
{
    AUTO_KEY key = { { 0 } };
    struct message_row message;
    struct case_row owner;
    int rc = messages_get(call->core->store, message_id, &message);
    int64_t case_id = message.case_id;
    if (!rc)
        rc = cases_get(call->core->store, case_id, &owner);
    if (rc)
        return rc;
    struct show show = { call, &key, casefile_key(call->core, &owner, &key) != 0 };
    rc = messages_get(call->core->store, message_id, &message); /* what it points to is as young as the last call */
    return rc ? rc : show_message(&show, &message);
}

/* The messages of all of them in the order in which they came; the newest are left out when there are too many. */
static int show_messages(struct verb_call *call, int64_t id)
{
    struct family family = { 0 };
    struct told *told = calloc(1, sizeof *told);
    if (!told)
        return ERR_NOMEM;
    int rc = find_family(call->core->store, id, &family);
    for (unsigned i = 0; !rc && i < family.count; i++) {
        struct messages_filter filter = { .case_id = family.ids[i], .oldest_first = true, .limit = VERB_LIMIT_MAX };
        rc = messages_list(call->core->store, &filter, collect_message, told);
    }
    qsort(told->ids, told->count, sizeof told->ids[0], compare_ids);
    for (unsigned i = 0; !rc && i < told->count; i++)
        rc = show_one(call, told->ids[i]);
    free(told);
    return rc;
}

static int show_alert(void *context, const struct alert_row *row)
{
    const struct show *show = context;
    json_t *json = json_pack("{s:s, s:I, s:s, s:s, s:i, s:s, s:o}", "section", "alert", "alert", (json_int_t)row->id,
        "contact", row->contact, "policy", row->policy, "step", row->step, "state", state_word(row->state),
        "created_at", verb_time(row->created_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(show->call, json);
    return 0;
}

static int show_step(void *context, const struct step_row *row)
{
    const struct show *show = context;
    json_t *json = json_pack("{s:s, s:s, s:i, s:s, s:o}", "section", "step", "policy", row->policy, "step", row->step,
        "state", state_word(row->state), "due_at", verb_time(row->due_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(show->call, json);
    return 0;
}

static int show_note(void *context, const struct note_row *row)
{
    const struct show *show = context;
    AUTO_BUF text;
    buf_init(&text, TEXT_MAX);
    bool is_open = !show->is_shredded && !casefile_open_note(show->call->core, show->key, row, &text);
    json_t *json = json_pack("{s:s, s:o, s:s, s:s?}", "section", "note", "at", verb_time(row->at), "author",
        row->author, "text", is_open ? text.data : NULL);
    if (!json)
        return ERR_NOMEM;
    verb_row(show->call, json);
    return 0;
}

static json_t *minutes(int minute)
{
    char text[32];
    if (minute < 0)
        return json_null();
    snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return json_string(text);
}

static int show_case(struct verb_call *call, const struct case_row *row)
{
    json_t *json =
        json_pack("{s:s, s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
            "section", "case", "case", (json_int_t)row->id, "state", state_word(row->state), "verification",
            state_word(row->verification), "urgency", urgency_word(row->urgency), "categories",
            verb_categories(row->categories), "flags", verb_flags(row->flags), "language", row->language, "country",
            row->country, "policy", row->policy, "owner", row->owner, "consent", state_word(row->consent), "safe_from",
            minutes(row->safe_from_min), "safe_to", minutes(row->safe_to_min), "joined_to",
            row->joined_to ? json_integer(row->joined_to) : json_null(), "opened_at", verb_time(row->opened_at),
            "contacted_at", verb_time(row->contacted_at), "closed_at", verb_time(row->closed_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(call, json);
    return 0;
}

int verb_cases_show(struct verb_call *call)
{
    struct case_row row;
    AUTO_KEY key = { { 0 } };
    struct store *store = call->core->store;
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    int rc = cases_get(store, id, &row);
    if (rc)
        return verb_missing(call, rc, "case", id);
    struct show show = { call, &key, casefile_key(call->core, &row, &key) != 0 };
    rc = show_case(call, &row);
    if (!rc)
        rc = show_messages(call, id);
    if (!rc)
        rc = alerts_list(store, id, NULL, 0, VERB_LIMIT_MAX, show_alert, &show);
    if (!rc)
        rc = steps_list(store, id, show_step, &show);
    if (!rc)
        rc = cases_list_notes(store, id, show_note, &show);
    return rc ? rc : verb_audit(call, "case.read", id, "", "");
}

/* ---- destroying ------------------------------------------------------------------------------------------------ */

int verb_cases_purge(struct verb_call *call)
{
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    int rc = cases_purge(call->core->store, id, call->now_ms);
    if (rc == ERR_CONFLICT)
        return verb_refuse(call, "case %lld is not closed: close it first", (long long)id);
    if (rc)
        return verb_missing(call, rc, "case", id);
    return verb_audit(call, "case.purge", id, "", "");
}
