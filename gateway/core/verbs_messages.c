/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_messages - messages and the alerts they caused. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/verbs.h"
#include "gateway/store/alerts.h"
#include "gateway/store/echoes.h"

static int list_message(void *context, const struct message_row *row)
{
    const struct triage *triage = &row->triage;
    json_t *json = json_pack("{s:I, s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:b, s:b}", "message",
        (json_int_t)row->id, "case", row->case_id ? json_integer(row->case_id) : json_null(), "direction",
        row->direction == MESSAGE_IN ? "in" : "out", "channel", row->channel, "received_at",
        verb_time(row->received_at), "language", triage->language, "intent", intent_word(triage->intent), "urgency",
        urgency_word(triage->urgency), "categories", verb_categories(triage->categories), "flags",
        verb_flags(triage->flags), "late", (int)row->is_late, "unproved", (int)row->is_unproved);
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_messages_list(struct verb_call *call)
{
    bool is_none = str_equal(verb_text(call, "case"), "none");
    int64_t case_id = is_none ? 0 : verb_id(call, "case");
    if (case_id < 0)
        return verb_usage(call, "--case takes a case number or none");
    struct messages_filter filter = {
        .case_id = case_id, .without_case = is_none, .before_id = verb_id(call, "before"), .limit = verb_limit(call)
    };
    return messages_list(call->core->store, &filter, list_message, call);
}

static const char *evidence_kind(enum label_kind kind)
{
    static const char *const words[] = { "category", "flag", "intent", "urgency", "fact" };
    return words[kind];
}

static const char *evidence_label(const struct evidence *evidence)
{
    switch (evidence->kind) {
    case LABEL_CATEGORY:
        return category_word(evidence->label);
    case LABEL_FLAG:
        return flag_word(evidence->label);
    case LABEL_INTENT:
        return intent_word(evidence->label);
    case LABEL_FACT:
        return fact_word(evidence->label);
    default:
        return urgency_word(evidence->label);
    }
}

json_t *verb_evidence(const struct triage *triage, struct span text)
{
    json_t *list = json_array();
    for (unsigned i = 0; list && i < triage->evidence_count; i++) {
        const struct evidence *e = &triage->evidence[i];
        bool is_inside = (size_t)e->start + e->len <= text.len;
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:i, s:o}", "kind", evidence_kind(e->kind), "label",
                                        evidence_label(e), "start", (int)e->start, "len", (int)e->len, "text",
                                        is_inside ? json_stringn(text.data + e->start, e->len) : json_null()));
    }
    return list;
}

static int add_origin(void *context, const struct origin_row *row)
{
    return json_array_append_new(context, json_string(row->channel)) ? ERR_NOMEM : 0;
}

json_t *verb_origins(const struct verb_call *call, const struct message_row *row)
{
    json_t *list = json_array();
    json_array_append_new(list, json_string(row->channel));
    if (echoes_list_origins(call->core->store, row->id, add_origin, list)) {
        json_decref(list);
        return NULL;
    }
    return list;
}

int verb_messages_show(struct verb_call *call)
{
    struct message_row row;
    AUTO_KEY key = { { 0 } };
    AUTO_BUF text;
    AUTO_BUF from;
    buf_init(&text, VAULT_PLAIN_MAX);
    buf_init(&from, PHONE_MAX);
    int64_t id = verb_id(call, "message");
    char object[40];
    if (id <= 0)
        return verb_usage(call, "MESSAGE must be a number");
    int rc = messages_get(call->core->store, id, &row);
    if (rc)
        return verb_missing(call, rc, "message", id);
    /* After a purge there is nothing to open, and that is shown; a key that does not fit must not look like it. */
    if (row.text.len && (casefile_message_key(call->core, &row, &key) ||
                            casefile_open_message(call->core, &key, &row, MESSAGE_TEXT, &text) ||
                            casefile_open_message(call->core, &key, &row, MESSAGE_SENDER, &from)))
        return verb_refuse(call, "message %lld does not open with the present key", (long long)id);
    rc = list_message(call, &row);
    if (rc)
        return rc;
    verb_row(call, json_pack("{s:s, s:o, s:o, s:i, s:i, s:i, s:o, s:o, s:o}", "section", "text", "from",
                       json_stringn(from.data ? from.data : "", from.len), "sent_at", verb_time(row.sent_at), "part",
                       (int)row.part, "part_total", (int)row.part_total, "copies", (int)row.copies, "origins",
                       verb_origins(call, &row), "text", json_stringn(text.data ? text.data : "", text.len), "evidence",
                       verb_evidence(&row.triage, buf_span(&text))));
    snprintf(object, sizeof object, "message:%lld", (long long)id);
    return verb_audit(call, "message.read", row.case_id, object, "");
}

static int list_alert(void *context, const struct alert_row *row)
{
    json_t *json = json_pack("{s:I, s:I, s:s, s:s, s:s, s:i, s:o, s:o}", "alert", (json_int_t)row->id, "case",
        (json_int_t)row->case_id, "state", state_word(row->state), "contact", row->contact, "policy", row->policy,
        "step", row->step, "created_at", verb_time(row->created_at), "answered_at", verb_time(row->answered_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_alerts_list(struct verb_call *call)
{
    const char *state = verb_text(call, "state");
    int64_t case_id = verb_id(call, "case");
    if (case_id < 0 || (state[0] && state_from_word(MACHINE_alert, state) < 0))
        return verb_usage(call, "--case takes a case number, --state one of open, held, acknowledged, declined, ended");
    return alerts_list(call->core->store, case_id, state[0] ? state : NULL, verb_id(call, "before"), verb_limit(call),
        list_alert, call);
}
