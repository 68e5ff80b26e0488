/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_quarantine - what was not let in: the list of it, one as it came or as its channel would read it, and what a
 * person decides about it.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/held.h"
#include "gateway/core/verbs.h"
#include "gateway/core/webhooks.h"

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
    const char *state = verb_text(call, "state"), *channel = verb_text(call, "channel");
    if (state[0] && state_from_word(MACHINE_quarantine, state) < 0)
        return verb_usage(call, "--state takes kept, released or dropped");
    struct quarantine_filter filter = { .state = state[0] ? state : "kept",
        .channel = channel[0] ? channel : NULL,
        .before_id = verb_id(call, "before"),
        .limit = verb_limit(call) };
    return quarantine_list(call->core->store, &filter, list_quarantine, call);
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

/* As it came, for a person at the machine. */
static int show_bytes(struct verb_call *call, const struct held *held)
{
    AUTO_BUF plain;
    AUTO_BUF shown;
    buf_init(&plain, HELD_BYTES_MAX + 4096);
    buf_init(&shown, 8 * HELD_BYTES_MAX);
    held_write(&held->request, &plain);
    str_add_visible(&shown, buf_span(&plain));
    verb_row(call, json_pack("{s:s, s:s}", "section", "request", "request", shown.data ? shown.data : ""));
    return buf_check(&shown);
}

static int show_text(struct verb_call *call, const struct sms_in *sms)
{
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:o}", "section", "text", "from", sms->from, "to", sms->to, "text",
        sms->text ? sms->text : "", "sent_at", verb_time(sms->sent_at));
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

/* What its channel would make of it. */
static int show_texts(struct verb_call *call, const char *channel, const struct held *held)
{
    struct webhooks_texts texts;
    int rc = webhooks_peek(call->core, channel, &held->request, &texts);
    bool is_read = !rc;
    for (int i = 0; !rc && i < texts.count; i++)
        rc = show_text(call, &texts.messages[i]);
    if (is_read)
        webhooks_texts_done(&texts);
    return rc == ERR_NOT_FOUND || rc == ERR_INVALID ? 0 : rc;
}

/* Whoever sent it may have written anything. */
static json_t *valid_string(const char *text)
{
    AUTO_BUF valid;
    buf_init(&valid, 3 * HELD_BYTES_MAX);
    utf8_repair(&valid, span_of(text ? text : ""));
    return json_stringn(valid.data ? valid.data : "", valid.len);
}

/* Its parts without the headers, which may hold secrets; a body that is no text as hexadecimal. */
static int show_parts(struct verb_call *call, const struct held *held)
{
    AUTO_BUF hex;
    buf_init(&hex, 2 * HELD_BYTES_MAX);
    const struct request *request = &held->request;
    bool is_text = utf8_is_valid(request->body) && !memchr(request->body.data, 0, request->body.len);
    if (!is_text)
        str_hex_encode(&hex, request->body.data, request->body.len);
    json_t *body = is_text ? json_stringn(request->body.data, request->body.len) : json_null();
    json_t *row =
        json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:s}", "section", "parts", "method", valid_string(request->method),
            "query", valid_string(request->query), "type", valid_string(request_header(request, "Content-Type")),
            "bytes", (json_int_t)request->body.len, "body", body, "hex", hex.data ? hex.data : "");
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return buf_check(&hex);
}

int verb_quarantine_show(struct verb_call *call)
{
    struct quarantine_row row;
    struct held held;
    int64_t id;
    char channel[NAME_MAX_LEN];
    const char *read = verb_text(call, "read");
    if (read[0] && !str_equal(read, "yes"))
        return verb_usage(call, "--read is yes or left out");
    int rc = quarantine_of(call, &row, &id);
    if (rc)
        return rc;
    str_copy(channel, sizeof channel, row.channel);
    rc = list_quarantine(call, &row);
    if (rc || held_open(call->core, &row, &held))
        return rc ? rc
                  : verb_refuse(
                        call, "request %lld does not open: it was dropped, or the hot key has changed", (long long)id);
    rc = read[0] ? show_texts(call, channel, &held) : show_bytes(call, &held);
    if (!rc && read[0])
        rc = show_parts(call, &held);
    held_done(&held);
    return rc ? rc : audit_quarantine(call, "quarantine.read", id, 0);
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
