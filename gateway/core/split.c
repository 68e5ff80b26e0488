/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * split - two acts of acts.h: a text that belongs to another case, or that opened none, becomes a case of its own.
 * Keeps: the new case is alerted like any new one; nothing is said to anybody by the number of another; a text keeps
 * its id, so what names it stays true. What the machine still wanted to answer to it is not sent.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/core/family.h"
#include "gateway/core/origin.h"
#include "gateway/core/person.h"
#include "gateway/core/rules.h"
#include "gateway/store/audit.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"

#define SEALED_MAX (VAULT_PLAIN_MAX + 512)

static const enum message_part parts[] = { MESSAGE_TEXT, MESSAGE_SENDER, MESSAGE_RECIPIENT };

struct moving { /* one text on its way into its new case */
    struct message_row row;
    struct buf plain[STR_COUNT(parts)], sealed[STR_COUNT(parts)];
    struct case_row fresh;
};

static void moving_init(struct moving *moving)
{
    memset(moving, 0, sizeof *moving);
    for (size_t i = 0; i < STR_COUNT(parts); i++) {
        buf_init(&moving->plain[i], VAULT_PLAIN_MAX);
        buf_init(&moving->sealed[i], SEALED_MAX);
    }
}

static void moving_done(struct moving *moving)
{
    for (size_t i = 0; i < STR_COUNT(parts); i++) {
        buf_done(&moving->plain[i]);
        buf_done(&moving->sealed[i]);
    }
}

#define AUTO_MOVING __attribute__((cleanup(moving_done))) struct moving

static struct span *column_of(struct message_row *row, enum message_part part)
{
    return part == MESSAGE_TEXT ? &row->text : part == MESSAGE_SENDER ? &row->sender : &row->recipient;
}

/* Reads the text, opens what is sealed of it, and lets go of what the store lent. */
static int take_up(struct act *act, int64_t message_id, struct moving *moving)
{
    AUTO_KEY key = { { 0 } };
    struct message_row *row = &moving->row;
    int rc = messages_get(act->core->store, message_id, row);
    if (!rc && !row->text.len)
        return acts_refuse(act, "its texts are gone.");
    if (!rc)
        rc = casefile_message_key(act->core, row, &key);
    if (!rc) /* the key may have been read from a case, and what the row points to is as young as the last call */
        rc = messages_get(act->core->store, message_id, row);
    for (size_t i = 0; !rc && i < STR_COUNT(parts); i++)
        if (column_of(row, parts[i])->len)
            rc = casefile_open_message(act->core, &key, row, parts[i], &moving->plain[i]);
    row->key_wrap = row->text = row->sender = row->recipient = span_of("");
    if (rc == ERR_NOT_FOUND)
        return acts_refuse(act, "there is no such text in it.");
    return rc == ERR_CRYPTO ? acts_refuse(act, "its texts do not open with the present key.") : rc;
}

static bool is_whole_text_of_hers(const struct message_row *row)
{
    return row->direction == MESSAGE_IN && !row->author[0] && row->part >= row->part_total;
}

/* ---- the new case ---------------------------------------------------------------------------------------------- */

/* What the machine took for no request is one: urgent until a person has read it. */
static void label(struct case_row *row, const struct triage *triage)
{
    bool is_known = triage->is_help && triage->categories;
    row->categories = is_known ? triage->categories : CATEGORY_BIT(unclear);
    row->urgency = is_known || triage->urgency > URGENCY_urgent ? triage->urgency : URGENCY_urgent;
    row->flags = triage->flags & ~FLAG_BIT(repeat);
    str_copy(row->language, sizeof row->language, triage->language);
}

/* Later texts of the number are led here only when no other open case has it; else its tag is kept aside. */
static int give_number(struct core *core, const struct moving *moving, struct case_row *row)
{
    struct case_row other;
    const unsigned char *tag = moving->row.sender_tag;
    const char *number = moving->plain[MESSAGE_SENDER].data;
    const char *country = phone_country(number ? number : "");
    if (phone_country_role(country) != PHONE_ROLE_ORIGIN)
        str_copy(row->country, sizeof row->country, country);
    origin_guess(row, country);
    int rc = cases_find_open(core->store, tag, &other);
    if (!rc)
        memcpy(row->split_tag, tag, sizeof row->split_tag);
    else if (rc == ERR_NOT_FOUND)
        memcpy(row->sender_tag, tag, sizeof row->sender_tag);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int make_case(struct act *act, int64_t from_id, struct moving *moving, struct vault_key *ret_key)
{
    struct case_row *row = &moving->fresh;
    *row = (struct case_row){
        .id = store_next_id(act->core->store, SEQUENCE_CASE),
        .state = STATE_case_open,
        .verification = STATE_verification_unverified,
        .consent = STATE_consent_none,
        .safe_from_min = RULES_WINDOW_UNKNOWN,
        .safe_to_min = RULES_WINDOW_UNKNOWN,
        .opened_at = moving->row.received_at,
        .updated_at = act->now_ms,
        .last_message_at = moving->row.received_at,
        .message_count = 1,
        .split_from = from_id,
    };
    label(row, &moving->row.triage);
    person_read_rules(row, &moving->row.triage, buf_span(&moving->plain[MESSAGE_TEXT]));
    str_copy(row->channel, sizeof row->channel, moving->row.channel);
    int rc = give_number(act->core, moving, row);
    if (rc)
        return rc;
    alerting_choose(act->core, row);
    casefile_key_new(act->core, row, ret_key);
    return cases_insert(act->core->store, row);
}

static int move_text(struct act *act, struct moving *moving, const struct vault_key *key)
{
    struct message_row *row = &moving->row;
    int rc = 0;
    row->case_id = moving->fresh.id;
    for (size_t i = 0; !rc && i < STR_COUNT(parts); i++) {
        if (parts[i] == MESSAGE_RECIPIENT && !moving->plain[i].len)
            continue;
        rc = casefile_seal_message(
            act->core, key, row->case_id, row->id, parts[i], buf_span(&moving->plain[i]), &moving->sealed[i]);
        *column_of(row, parts[i]) = buf_span(&moving->sealed[i]);
    }
    return rc ? rc : messages_update(act->core->store, row);
}

static int audit_move(struct act *act, const struct moving *moving, int64_t from_id)
{
    char object[40], detail[64];
    snprintf(object, sizeof object, "message:%lld", (long long)moving->row.id);
    snprintf(detail, sizeof detail, "from=%lld", (long long)from_id);
    struct audit_row row = { .at = act->now_ms,
        .actor = act->actor,
        .action = "case.open",
        .case_id = moving->fresh.id,
        .object = object,
        .detail = from_id ? detail : "from no case" };
    int rc = audit_append(act->core->store, &row);
    if (rc || !from_id)
        return rc;
    snprintf(detail, sizeof detail, "to=%lld", (long long)moving->fresh.id);
    row.action = "case.split";
    row.case_id = from_id;
    row.detail = detail;
    return audit_append(act->core->store, &row);
}

static int open_with(struct act *act, int64_t from_id, struct moving *moving)
{
    AUTO_KEY key = { { 0 } };
    int rc = make_case(act, from_id, moving, &key);
    if (!rc)
        rc = move_text(act, moving, &key);
    if (!rc)
        rc = audit_move(act, moving, from_id);
    if (!rc)
        rc = alerting_start(act->core, &moving->fresh, moving->row.id, act->now_ms);
    if (!rc)
        rc = cases_update(act->core->store, &moving->fresh);
    if (!rc)
        log_event(LOG_LEVEL_NOTICE, EV_case_split, F_INT("case", moving->fresh.id), F_INT("from", from_id),
            F_WORD("by", act->actor));
    return rc;
}

/* ---- out of a case --------------------------------------------------------------------------------------------- */

struct texts { /* whole or not, of the family */
    unsigned count;
};

static int count_text(void *context, const struct message_row *row)
{
    struct texts *texts = context;
    texts->count += row->direction == MESSAGE_IN && !row->author[0];
    return texts->count > 1 ? ERR_EXISTS : 0; /* enough is known */
}

static int has_others(struct act *act, const struct family *family, bool *ret_has)
{
    struct texts texts = { 0 };
    int rc = 0;
    for (unsigned i = 0; !rc && i < family->count; i++) {
        struct messages_filter filter = { .case_id = family->ids[i], .limit = 1000 };
        rc = messages_list(act->core->store, &filter, count_text, &texts);
    }
    *ret_has = texts.count > 1;
    return rc == ERR_EXISTS ? 0 : rc;
}

struct replies {
    int64_t message_id;
    bool has_word; /* what a person said waits */
    unsigned count;
    int64_t ids[16]; /* of the machine, to that text */
};

static int note_reply(void *context, const struct outbox_row *row)
{
    struct replies *replies = context;
    if (row->kind != OUTBOX_REPLY || (row->state != STATE_outbox_queued && row->state != STATE_outbox_leased))
        return 0;
    replies->has_word = replies->has_word || row->contact[0];
    bool is_to_it = !row->contact[0] && row->message_id == replies->message_id && row->state == STATE_outbox_queued;
    if (is_to_it && replies->count < STR_COUNT(replies->ids))
        replies->ids[replies->count++] = row->id;
    return 0;
}

/* A person's words go to the number of the newest text: with that text away, they might go to somebody else. */
static int settle_replies(struct act *act, int64_t case_id, int64_t message_id)
{
    struct replies replies = { .message_id = message_id };
    struct outbox_filter filter = { .case_id = case_id, .limit = 1000 };
    int rc = outbox_list(act->core->store, &filter, note_reply, &replies);
    if (!rc && replies.has_word)
        return acts_refuse(act, "a message to her is still on its way: split it when that has left.");
    for (unsigned i = 0; !rc && i < replies.count; i++)
        rc = outbox_drop(act->core->store, replies.ids[i]);
    return rc;
}

static int check(struct act *act, const struct message_row *row)
{
    struct family family;
    bool has = false;
    int rc = family_find(act->core->store, act->row.id, &family);
    if (!rc && (!is_whole_text_of_hers(row) || !family_has(&family, row->case_id)))
        return acts_refuse(act, row->part < row->part_total ? "parts of that text are missing: it cannot be moved."
                                                            : "there is no such text of hers in it.");
    if (!rc)
        rc = has_others(act, &family, &has);
    if (!rc && !has)
        return acts_refuse(act, "it is the only text of hers in it.");
    return rc ? rc : settle_replies(act, row->case_id, row->id);
}

int act_split(struct act *act, int64_t message_id, int64_t *ret_case_id)
{
    char sentence[160];
    AUTO_MOVING moving;
    moving_init(&moving);
    int rc = take_up(act, message_id, &moving);
    int64_t was_in = moving.row.case_id;
    if (!rc)
        rc = check(act, &moving.row);
    if (!rc)
        rc = open_with(act, act->row.id, &moving);
    if (!rc && was_in == act->row.id && act->row.message_count > 0)
        act->row.message_count--;
    if (!rc)
        rc = acts_save(act);
    if (rc)
        return rc;
    *ret_case_id = moving.fresh.id;
    snprintf(sentence, sizeof sentence,
        "that text is case %lld now, and its contacts are asked. The labels of this case stay: correct them if they came of it.",
        (long long)moving.fresh.id);
    acts_answer(act, sentence);
    return 0;
}

int act_open(struct act *act, int64_t message_id)
{
    AUTO_MOVING moving;
    moving_init(&moving);
    int rc = take_up(act, message_id, &moving);
    if (!rc && moving.row.case_id) {
        act->row.id = moving.row.case_id;
        rc = acts_refuse(act, "that text is in this case already.");
    }
    if (!rc && !is_whole_text_of_hers(&moving.row))
        rc = acts_refuse(act, "that is no whole text of a person.");
    if (!rc)
        rc = open_with(act, 0, &moving);
    if (rc)
        return rc;
    act->row = moving.fresh;
    acts_answer(act, "opened with that text; its contacts are asked.");
    return 0;
}
