/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_outbox - what is to be transmitted. */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/core/verbs.h"
#include "gateway/core/waiting.h"
#include "gateway/store/outbox.h"

#define KICK_MAX VERB_LIMIT_MAX

static json_t *id_or_null(int64_t id)
{
    return id ? json_integer(id) : json_null();
}

static int list_outbox(void *context, const struct outbox_row *row)
{
    static const char *const kinds[] = { "alert", "reply", "notice", "loop" };
    struct verb_call *call = context;
    struct waiting_channel channel;
    waiting_look(call->core, call->dispatch, row->channel, &channel);
    json_t *json = json_pack("{s:I, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o}",
        "outbox", (json_int_t)row->id, "kind", kinds[row->kind], "state", state_word(row->state), "case",
        id_or_null(row->case_id), "alert", id_or_null(row->alert_id), "contact", row->contact, "channel", row->channel,
        "urgency", urgency_word(row->urgency), "attempt", row->attempt, "outcome",
        row->outcome < 0 ? "" : outcome_word((enum outcome)row->outcome), "code", row->provider_code, "may_be_repeated",
        (int)row->may_be_repeated, "why", waiting_word(row, &channel, call->now_ms), "created_at",
        verb_time(row->created_at), "due_at", verb_time(row->due_at), "sent_at", verb_time(row->sent_at),
        "delivered_at", verb_time(row->delivered_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(call, json);
    return 0;
}

int verb_outbox_list(struct verb_call *call)
{
    const char *state = verb_text(call, "state"), *channel = verb_text(call, "channel");
    int64_t case_id = verb_id(call, "case");
    if (case_id < 0 || (state[0] && !str_equal(state, "all") && state_from_word(MACHINE_outbox, state) < 0))
        return verb_usage(
            call, "--case takes a case number, --state all, queued, leased, sent, delivered, dead or cancelled");
    struct outbox_filter filter = {
        .state = state[0] ? state : NULL,
        .channel = channel[0] ? channel : NULL,
        .case_id = case_id,
        .before_id = verb_id(call, "before"),
        .limit = verb_limit(call),
    };
    return outbox_list(call->core->store, &filter, list_outbox, call);
}

struct ids {
    struct store *store;
    unsigned count;
    int64_t ids[KICK_MAX];
};

/* A message to her, and a test of the line, goes out at most once. */
static bool is_once(const struct outbox_row *row)
{
    return row->kind == OUTBOX_REPLY || row->kind == OUTBOX_LOOP;
}

static int collect_id(void *context, const struct outbox_row *row)
{
    struct ids *ids = context;
    bool is_followed = false;
    if (is_once(row) || ids->count == KICK_MAX)
        return 0;
    int rc = outbox_is_followed(ids->store, row, &is_followed);
    if (!rc && !is_followed)
        ids->ids[ids->count++] = row->id;
    return rc;
}

/* A message to her is never sent again by hand: it may be out already, or it waits for her hours. */
static int kick(struct verb_call *call, int64_t id)
{
    char object[40];
    struct outbox_row row;
    int rc = outbox_get(call->core->store, id, &row);
    if (!rc && row.kind == OUTBOX_REPLY)
        return verb_refuse(
            call, "outbox row %lld is a message to her: it is not sent again, say it anew", (long long)id);
    if (!rc && row.kind == OUTBOX_LOOP)
        return verb_refuse(
            call, "outbox row %lld is a test of the line: it is not sent again, the next one follows", (long long)id);
    if (!rc)
        rc = outbox_kick(call->core->store, id, call->now_ms);
    if (rc == ERR_CONFLICT)
        return verb_refuse(call, "outbox row %lld is neither dead nor waiting", (long long)id);
    if (rc)
        return verb_missing(call, rc, "outbox row", id);
    snprintf(object, sizeof object, "outbox:%lld", (long long)id);
    return verb_audit(call, "outbox.kick", 0, object, "");
}

static int kick_dead(struct verb_call *call)
{
    struct outbox_filter filter = { .state = "dead", .limit = KICK_MAX };
    struct ids *dead = calloc(1, sizeof *dead);
    if (!dead)
        return ERR_NOMEM;
    dead->store = call->core->store;
    int rc = outbox_list(call->core->store, &filter, collect_id, dead);
    for (unsigned i = 0; !rc && i < dead->count; i++)
        rc = kick(call, dead->ids[i]);
    if (!rc)
        snprintf(call->why, sizeof call->why, "%u rows are tried again", dead->count);
    free(dead);
    return rc;
}

int verb_outbox_kick(struct verb_call *call)
{
    if (str_equal(verb_text(call, "outbox"), "dead"))
        return kick_dead(call);
    int64_t id = verb_id(call, "outbox");
    return id > 0 ? kick(call, id) : verb_usage(call, "OUTBOX must be a number or the word dead");
}
