/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_outbox - what is to be transmitted, and what was not let in. */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/core/held.h"
#include "gateway/core/verbs.h"
#include "gateway/core/webhooks.h"
#include "gateway/store/outbox.h"

#define KICK_MAX VERB_LIMIT_MAX

static json_t *id_or_null(int64_t id)
{
    return id ? json_integer(id) : json_null();
}

static int list_outbox(void *context, const struct outbox_row *row)
{
    static const char *const kinds[] = { "alert", "reply", "notice", "loop" };
    json_t *json = json_pack("{s:I, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:o, s:o, s:o}", "outbox",
        (json_int_t)row->id, "kind", kinds[row->kind], "state", state_word(row->state), "case",
        id_or_null(row->case_id), "alert", id_or_null(row->alert_id), "contact", row->contact, "channel", row->channel,
        "urgency", urgency_word(row->urgency), "attempt", row->attempt, "outcome",
        row->outcome < 0 ? "" : outcome_word((enum outcome)row->outcome), "code", row->provider_code, "may_be_repeated",
        (int)row->may_be_repeated, "due_at", verb_time(row->due_at), "sent_at", verb_time(row->sent_at), "delivered_at",
        verb_time(row->delivered_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
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

/* ---- quarantine ------------------------------------------------------------------------------------------------ */

static int list_quarantine(void *context, const struct quarantine_row *row)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:o, s:s}", "id", (json_int_t)row->id, "state",
        state_word(row->state), "channel", row->channel, "reason", row->reason, "size", (json_int_t)row->size, "at",
        verb_time(row->at), "resolved_at", verb_time(row->resolved_at), "resolved_by", row->resolved_by);
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_quarantine_list(struct verb_call *call)
{
    const char *state = verb_text(call, "state");
    if (state[0] && state_from_word(MACHINE_quarantine, state) < 0)
        return verb_usage(call, "--state takes kept, released or dropped");
    return quarantine_list(
        call->core->store, state[0] ? state : "kept", verb_id(call, "before"), verb_limit(call), list_quarantine, call);
}

static int quarantine_of(struct verb_call *call, struct quarantine_row *row, int64_t *ret_id)
{
    *ret_id = verb_id(call, "id");
    if (*ret_id <= 0)
        return verb_usage(call, "ID must be a number");
    return verb_missing(call, quarantine_get(call->core->store, *ret_id, row), "quarantined request", *ret_id);
}

static int audit_quarantine(struct verb_call *call, const char *action, int64_t id, int64_t case_id)
{
    char object[40];
    snprintf(object, sizeof object, "quarantine:%lld", (long long)id);
    return verb_audit(call, action, case_id, object, "");
}

int verb_quarantine_show(struct verb_call *call)
{
    struct quarantine_row row;
    struct held held;
    int64_t id;
    int rc = quarantine_of(call, &row, &id);
    if (rc)
        return rc;
    rc = list_quarantine(call, &row);
    if (rc || held_open(call->core, &row, &held))
        return rc ? rc
                  : verb_refuse(
                        call, "request %lld does not open: it was dropped, or the hot key has changed", (long long)id);
    AUTO_BUF plain;
    AUTO_BUF shown;
    buf_init(&plain, HELD_BYTES_MAX + 4096);
    buf_init(&shown, 8 * HELD_BYTES_MAX);
    held_write(&held.request, &plain);
    str_add_visible(&shown, buf_span(&plain));
    verb_row(call, json_pack("{s:s, s:s}", "section", "request", "request", shown.data ? shown.data : ""));
    held_done(&held);
    return audit_quarantine(call, "quarantine.read", id, 0);
}

int verb_quarantine_release(struct verb_call *call)
{
    struct quarantine_row row;
    struct held held;
    int64_t id, case_id;
    char channel[NAME_MAX_LEN];
    int rc = quarantine_of(call, &row, &id);
    if (rc)
        return rc;
    if (row.state != STATE_quarantine_kept)
        return verb_refuse(call, "request %lld is %s already", (long long)id, state_word(row.state));
    str_copy(channel, sizeof channel, row.channel);
    if (held_open(call->core, &row, &held))
        return verb_refuse(call, "request %lld does not open: the hot key has changed", (long long)id);
    rc = webhooks_release(call->core, channel, &held.request, call->now_ms, &case_id);
    held_done(&held);
    if (rc == ERR_INVALID)
        return verb_refuse(call, "request %lld carries no message that channel %s can read", (long long)id, channel);
    if (rc == ERR_NOT_FOUND)
        return verb_refuse(call, "channel %s is not configured to receive", channel);
    if (!rc)
        rc = quarantine_resolve(call->core->store, id, STATE_quarantine_released, call->actor, call->now_ms);
    if (!rc && case_id)
        snprintf(call->why, sizeof call->why, "released into case %lld", (long long)case_id);
    return rc ? rc : audit_quarantine(call, "quarantine.release", id, case_id);
}

int verb_quarantine_drop(struct verb_call *call)
{
    struct quarantine_row row;
    int64_t id;
    int rc = quarantine_of(call, &row, &id);
    if (rc)
        return rc;
    rc = quarantine_resolve(call->core->store, id, STATE_quarantine_dropped, call->actor, call->now_ms);
    if (rc == ERR_CONFLICT)
        return verb_refuse(call, "request %lld is not kept any more", (long long)id);
    return rc ? rc : audit_quarantine(call, "quarantine.drop", id, 0);
}
