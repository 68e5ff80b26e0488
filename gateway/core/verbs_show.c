/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_show - one case with all that belongs to it: her rules first, then what was said, asked, planned and done.
 * Keeps: what a purge shredded shows as null; the reading itself is recorded.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/casefile.h"
#include "gateway/core/family.h"
#include "gateway/core/notices.h"
#include "gateway/core/origin.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_labels.h"
#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"
#include "gateway/store/corrections.h"
#include "gateway/store/outbox.h"

#define TEXT_MAX VAULT_PLAIN_MAX
#define HISTORY_MAX 1000 /* the newest rows of the audit */

struct show {
    struct verb_call *call;
    const struct vault_key *key;
    bool is_shredded; /* or not to be shown to who asks */
};

static int add_row(const struct show *show, json_t *row)
{
    if (!row)
        return ERR_NOMEM;
    verb_row(show->call, row);
    return 0;
}

/* The words of one sealed column; false when it is gone or does not open. */
static bool open_part(const struct show *show, const struct message_row *row, enum message_part part, struct buf *text)
{
    buf_init(text, TEXT_MAX);
    return !show->is_shredded && !casefile_open_message(show->call->core, show->key, row, part, text);
}

static json_t *text_or_null(bool is_open, const struct buf *text)
{
    json_t *json = is_open ? json_stringn(text->data ? text->data : "", text->len) : NULL;
    return json ? json : json_null();
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static json_t *describe_way(const struct show *show, const struct message_row *row)
{
    return json_pack("{s:b, s:b, s:b, s:i, s:i, s:i, s:o}", "late", (int)row->is_late, "unproved",
        (int)row->is_unproved, "doubtful", (int)row->is_doubtful, "copies", (int)row->copies, "part", (int)row->part,
        "part_total", (int)row->part_total, "origins", verb_origins(show->call, row));
}

static int show_message(void *context, const struct message_row *row)
{
    const struct show *show = context;
    const struct triage *triage = &row->triage;
    AUTO_BUF text, from;
    bool has_text = open_part(show, row, MESSAGE_TEXT, &text), has_from = open_part(show, row, MESSAGE_SENDER, &from);
    json_t *json = json_pack("{s:s, s:I, s:I, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "section",
        "message", "message", (json_int_t)row->id, "case", (json_int_t)row->case_id, "direction",
        row->direction == MESSAGE_IN ? "in" : "out", "channel", row->channel, "received_at",
        verb_time(row->received_at), "sent_at", verb_time(row->sent_at), "from", text_or_null(has_from, &from),
        "author", row->author, "language", triage->language, "second_language", triage->second_language, "intent",
        intent_word(triage->intent), "urgency", urgency_word(triage->urgency), "categories",
        verb_categories(triage->categories), "flags", verb_flags(triage->flags));
    AUTO_JSON *way = describe_way(show, row);
    if (!json || !way || json_object_update(json, way) ||
        json_object_set_new(json, "text", text_or_null(has_text, &text)) ||
        json_object_set_new(json, "evidence", verb_evidence(triage, has_text ? buf_span(&text) : span_of("")))) {
        json_decref(json);
        return ERR_NOMEM;
    }
    return add_row(show, json);
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

/* Labels, times and names alone: nothing of hers is opened. */
static bool hides_content(const struct verb_call *call)
{
    return str_equal(verb_text(call, "content"), "no");
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
    struct show show = { call, &key, hides_content(call) || casefile_key(call->core, &owner, &key) != 0 };
    rc = messages_get(call->core->store, message_id, &message); /* what it points to is as young as the last call */
    return rc ? rc : show_message(&show, &message);
}

/* The messages of all of them in the order in which they came; the newest are left out when there are too many. */
static int show_messages(struct verb_call *call, const struct family *family)
{
    struct told *told = calloc(1, sizeof *told);
    int rc = 0;
    if (!told)
        return ERR_NOMEM;
    for (unsigned i = 0; !rc && i < family->count; i++) {
        struct messages_filter filter = { .case_id = family->ids[i], .oldest_first = true, .limit = VERB_LIMIT_MAX };
        rc = messages_list(call->core->store, &filter, collect_message, told);
    }
    qsort(told->ids, told->count, sizeof told->ids[0], compare_ids);
    for (unsigned i = 0; !rc && i < told->count; i++)
        rc = show_one(call, told->ids[i]);
    free(told);
    return rc;
}

/* What goes to her, and how far it came. The machine's own sentences are no messages, so they are shown here. */
static int show_reply(void *context, const struct outbox_row *row)
{
    const struct show *show = context;
    AUTO_BUF text;
    buf_init(&text, NOTICES_TEXT_MAX + 1);
    if (row->kind != OUTBOX_REPLY)
        return 0;
    bool is_open = !show->is_shredded && !row->contact[0] && row->payload.len &&
                   !notices_open_payload(show->call->core, row, &text);
    return add_row(show,
        json_pack("{s:s, s:I, s:o, s:s, s:s, s:o, s:o, s:o, s:s, s:o}", "section", "reply", "outbox",
            (json_int_t)row->id, "message", row->message_id ? json_integer(row->message_id) : json_null(), "author",
            row->contact, "state", state_word(row->state), "created_at", verb_time(row->created_at), "due_at",
            verb_time(row->due_at), "sent_at", verb_time(row->sent_at), "outcome",
            row->outcome < 0 ? "" : outcome_word((enum outcome)row->outcome), "text", text_or_null(is_open, &text)));
}

/* ---- what follows from them ------------------------------------------------------------------------------------ */

static int show_alert(void *context, const struct alert_row *row)
{
    return add_row(
        context, json_pack("{s:s, s:I, s:s, s:s, s:i, s:s, s:o, s:o}", "section", "alert", "alert", (json_int_t)row->id,
                     "contact", row->contact, "policy", row->policy, "step", row->step, "state", state_word(row->state),
                     "created_at", verb_time(row->created_at), "answered_at", verb_time(row->answered_at)));
}

static int show_step(void *context, const struct step_row *row)
{
    return add_row(context, json_pack("{s:s, s:s, s:i, s:s, s:o}", "section", "step", "policy", row->policy, "step",
                                row->step, "state", state_word(row->state), "due_at", verb_time(row->due_at)));
}

static int show_note(void *context, const struct note_row *row)
{
    const struct show *show = context;
    AUTO_BUF text;
    buf_init(&text, TEXT_MAX);
    bool is_open = !show->is_shredded && !casefile_open_note(show->call->core, show->key, row, &text);
    return add_row(show, json_pack("{s:s, s:I, s:o, s:s, s:o}", "section", "note", "note", (json_int_t)row->id, "at",
                             verb_time(row->at), "author", row->author, "text", text_or_null(is_open, &text)));
}

static int show_correction(void *context, const struct correction_row *row)
{
    return add_row(context, json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:o}", "section", "correction", "correction",
                                (json_int_t)row->id, "at", verb_time(row->at), "author", row->actor, "message",
                                row->message_id ? json_integer(row->message_id) : json_null(), "before",
                                verb_labels(&row->before), "after", verb_labels(&row->after)));
}

static int show_act(void *context, const struct audit_row *row)
{
    return add_row(
        context, json_pack("{s:s, s:o, s:s, s:s, s:s, s:s}", "section", "act", "at", verb_time(row->at), "actor",
                     row->actor, "action", row->action, "object", row->object, "detail", row->detail));
}

/* ---- the case itself ------------------------------------------------------------------------------------------- */

static json_t *minutes(int minute)
{
    char text[32];
    if (minute < 0)
        return json_null();
    snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return json_string(text);
}

static json_t *id_or_null(int64_t id)
{
    return id ? json_integer(id) : json_null();
}

static int show_case(const struct show *show, const struct case_row *row)
{
    return add_row(show,
        json_pack(
            "{s:s, s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, "
            "s:o, s:s, s:s, s:s, s:s}",
            "section", "case", "case", (json_int_t)row->id, "state", state_word(row->state), "verification",
            state_word(row->verification), "urgency", urgency_word(row->urgency), "categories",
            verb_categories(row->categories), "flags", verb_flags(row->flags), "language", row->language, "country",
            row->country, "channel", row->channel, "policy", row->policy, "owner", row->owner, "consent",
            state_word(row->consent), "safe_from", minutes(row->safe_from_min), "safe_to", minutes(row->safe_to_min),
            "joined_to", id_or_null(row->joined_to), "split_from", id_or_null(row->split_from), "messages",
            (json_int_t)row->message_count, "opened_at", verb_time(row->opened_at), "last_message_at",
            verb_time(row->last_message_at), "contacted_at", verb_time(row->contacted_at), "closed_at",
            verb_time(row->closed_at), "origin", row->origin, "origin_basis", origin_basis(row), "sex", row->sex,
            "ending", row->outcome));
}

/* What stands between a person and a message to her at this moment. */
static int show_rules(const struct show *show, const struct case_row *row)
{
    static const char *const words[] = {
        [RULES_SEND] = "send", [RULES_WAIT] = "wait", [RULES_HOLD] = "hold", [RULES_NEVER] = "never"
    };
    struct act act = {
        .core = show->call->core, .actor = "", .contact = "", .row = *row, .now_ms = show->call->now_ms
    };
    struct say_outlook outlook;
    int rc = acts_look_out(&act, &outlook);
    return rc ? rc
              : add_row(show,
                    json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:b, s:o, s:o, s:o}", "section", "rules", "verdict",
                        words[outlook.verdict], "sentence", outlook.sentence, "until", verb_time(outlook.due_at),
                        "has_number", (int)outlook.has_number, "can_reach", (int)outlook.can_reach, "stopped",
                        (int)outlook.is_stopped, "stopped_at", verb_time(outlook.stopped_at), "provider_blocked_at",
                        verb_time(outlook.blocked_at), "last_automatic_at", verb_time(outlook.last_auto_at)));
}

static int show_relatives(const struct show *show, const struct family *family)
{
    int64_t ids[FAMILY_MAX];
    unsigned count = 0;
    int rc = cases_list_split(show->call->core->store, family->ids[0], ids, FAMILY_MAX, &count);
    for (unsigned i = 1; !rc && i < family->count; i++)
        rc = add_row(show, json_pack("{s:s, s:I}", "section", "joined", "case", (json_int_t)family->ids[i]));
    for (unsigned i = 0; !rc && i < count; i++)
        rc = add_row(show, json_pack("{s:s, s:I}", "section", "split", "case", (json_int_t)ids[i]));
    return rc;
}

static int show_what_followed(struct show *show, int64_t id)
{
    struct store *store = show->call->core->store;
    struct outbox_filter filter = { .state = "all", .case_id = id, .limit = VERB_LIMIT_MAX };
    int rc = outbox_list(store, &filter, show_reply, show);
    if (!rc)
        rc = alerts_list(store, id, NULL, 0, VERB_LIMIT_MAX, show_alert, show);
    if (!rc)
        rc = steps_list(store, id, show_step, show);
    if (!rc)
        rc = cases_list_notes(store, id, show_note, show);
    if (!rc)
        rc = corrections_list(store, id, 0, VERB_LIMIT_MAX, show_correction, show);
    if (!rc && str_equal(verb_text(show->call, "history"), "yes"))
        rc = audit_list(store, id, 0, HISTORY_MAX, show_act, show);
    return rc;
}

int verb_cases_show(struct verb_call *call)
{
    struct case_row row;
    struct family family;
    AUTO_KEY key = { { 0 } };
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    int rc = cases_get(call->core->store, id, &row);
    if (rc)
        return verb_missing(call, rc, "case", id);
    struct show show = { call, &key, hides_content(call) || casefile_key(call->core, &row, &key) != 0 };
    rc = show_case(&show, &row);
    if (!rc)
        rc = show_rules(&show, &row);
    if (!rc)
        rc = family_find(call->core->store, id, &family);
    if (!rc)
        rc = show_relatives(&show, &family);
    if (!rc)
        rc = show_messages(call, &family);
    if (!rc)
        rc = show_what_followed(&show, id);
    if (!rc && !show.is_shredded)
        rc = cases_mark_read(call->core->store, id, call->now_ms);
    return rc ? rc : verb_audit(call, hides_content(call) ? "case.look" : "case.read", id, "", "");
}
