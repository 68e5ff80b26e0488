/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_messages - messages and the alerts they caused. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/verbs.h"
#include "gateway/store/alerts.h"
#include "gateway/store/echoes.h"

static json_t *message_json(const struct message_row *row)
{
    const struct triage *triage = &row->triage;
    return json_pack("{s:I, s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:b, s:b}", "message", (json_int_t)row->id,
        "case", row->case_id ? json_integer(row->case_id) : json_null(), "direction",
        row->direction == MESSAGE_IN ? "in" : "out", "channel", row->channel, "received_at",
        verb_time(row->received_at), "language", triage->language, "intent", intent_word(triage->intent), "urgency",
        urgency_word(triage->urgency), "categories", verb_categories(triage->categories), "flags",
        verb_flags(triage->flags), "late", (int)row->is_late, "unproved", (int)row->is_unproved);
}

static int list_message(void *context, const struct message_row *row)
{
    json_t *json = message_json(row);
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

/* What a message holds of a person. */
struct words {
    struct buf text, from;
};

static void words_done(struct words *words)
{
    buf_done(&words->text);
    buf_done(&words->from);
}
#define AUTO_WORDS __attribute__((cleanup(words_done))) struct words

static void words_init(struct words *words)
{
    buf_init(&words->text, VAULT_PLAIN_MAX);
    buf_init(&words->from, PHONE_MAX);
}

/* After a purge there is nothing to open, which is no error. */
static int open_words(const struct core *core, const struct message_row *row, struct words *words)
{
    AUTO_KEY key = { { 0 } };
    if (!row->text.len)
        return 0;
    int rc = casefile_message_key(core, row, &key);
    if (!rc)
        rc = casefile_open_message(core, &key, row, MESSAGE_TEXT, &words->text);
    return rc ? rc : casefile_open_message(core, &key, row, MESSAGE_SENDER, &words->from);
}

static json_t *string_of(const struct buf *buf)
{
    return json_stringn(buf->data ? buf->data : "", buf->len);
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

#define WORDS_LIMIT 50 /* messages of one list that are opened: their numbers stand in its audit row */

struct reading {
    struct verb_call *call;
    struct buf ids;
};

/* With its words; what does not open is shown without them. */
static int list_words(void *context, const struct message_row *row)
{
    struct reading *reading = context;
    AUTO_WORDS words;
    words_init(&words);
    AUTO_JSON *json = message_json(row);
    bool is_open = open_words(reading->call->core, row, &words) == 0 && words.text.len;
    json_t *text = is_open ? string_of(&words.text) : json_null();
    json_t *from = is_open ? string_of(&words.from) : json_null();
    json_t *evidence = verb_evidence(&row->triage, buf_span(&words.text));
    if (!json || json_object_set_new(json, "text", text) || json_object_set_new(json, "from", from) ||
        json_object_set_new(json, "evidence", evidence))
        return ERR_NOMEM;
    verb_row(reading->call, json_incref(json));
    buf_add_format(&reading->ids, "%s%lld", reading->ids.len ? " " : "", (long long)row->id);
    return 0;
}

/* One audit row names all that were read. */
static int list_with_words(struct verb_call *call, struct messages_filter *filter)
{
    struct reading reading = { .call = call };
    filter->limit = filter->limit > WORDS_LIMIT ? WORDS_LIMIT : filter->limit;
    buf_init(&reading.ids, (size_t)WORDS_LIMIT * 24);
    int rc = messages_list(call->core->store, filter, list_words, &reading);
    if (!rc && reading.ids.len)
        rc = verb_audit(call, "message.read", 0, "messages", reading.ids.data);
    buf_done(&reading.ids);
    return rc;
}

int verb_messages_list(struct verb_call *call)
{
    const char *intent = verb_text(call, "intent"), *content = verb_text(call, "content");
    bool is_none = str_equal(verb_text(call, "case"), "none"), has_words = str_equal(content, "yes");
    int64_t case_id = is_none ? 0 : verb_id(call, "case");
    if (case_id < 0)
        return verb_usage(call, "--case takes a case number or none");
    if (content[0] && !has_words)
        return verb_usage(call, "--content is yes or left out");
    if (intent[0] && intent_from_word(intent) < 0)
        return verb_usage(call, "--intent takes help, stop, start, safe, yes, no, thanks or not_help");
    if (!is_none && (intent[0] || has_words))
        return verb_usage(call, "--intent and --content go with --case none; cases show has the texts of a case");
    struct messages_filter filter = { .case_id = case_id,
        .without_case = is_none,
        .intent = intent[0] ? intent : NULL,
        .before_id = verb_id(call, "before"),
        .limit = verb_limit(call) };
    return has_words ? list_with_words(call, &filter) : messages_list(call->core->store, &filter, list_message, call);
}

#define COUNT_MAX 1000

int verb_messages_count(struct verb_call *call)
{
    int rc = 0;
    for (int intent = 0; !rc && intent < INTENT_COUNT; intent++) {
        int64_t count = 0;
        rc = messages_count_none(call->core->store, (enum intent)intent, COUNT_MAX + 1, &count);
        if (!rc)
            verb_row(call, json_pack("{s:s, s:I, s:b}", "intent", intent_word((enum intent)intent), "count",
                               (json_int_t)(count > COUNT_MAX ? COUNT_MAX : count), "more", (int)(count > COUNT_MAX)));
    }
    return rc;
}

/* ---- one message ----------------------------------------------------------------------------------------------- */

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
    AUTO_WORDS words;
    words_init(&words);
    int64_t id = verb_id(call, "message");
    char object[40];
    if (id <= 0)
        return verb_usage(call, "MESSAGE must be a number");
    int rc = messages_get(call->core->store, id, &row);
    if (rc)
        return verb_missing(call, rc, "message", id);
    if (open_words(call->core, &row, &words)) /* a key that does not fit must not look like a purge */
        return verb_refuse(call, "message %lld does not open with the present key", (long long)id);
    rc = list_message(call, &row);
    if (rc)
        return rc;
    verb_row(call, json_pack("{s:s, s:o, s:o, s:i, s:i, s:i, s:o, s:o, s:o}", "section", "text", "from",
                       string_of(&words.from), "sent_at", verb_time(row.sent_at), "part", (int)row.part, "part_total",
                       (int)row.part_total, "copies", (int)row.copies, "origins", verb_origins(call, &row), "text",
                       string_of(&words.text), "evidence", verb_evidence(&row.triage, buf_span(&words.text))));
    snprintf(object, sizeof object, "message:%lld", (long long)id);
    return verb_audit(call, "message.read", row.case_id, object, "");
}

/* ---- alerts ---------------------------------------------------------------------------------------------------- */

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
