/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake - see intake.h. */
#include "gateway/core/intake.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/alerting.h"
#include "gateway/core/calls.h"
#include "gateway/core/casefile.h"
#include "gateway/core/copies.h"
#include "gateway/core/looptest.h"
#include "gateway/core/person.h"
#include "gateway/core/pieces.h"
#include "gateway/core/replies.h"
#include "gateway/core/responders.h"
#include "gateway/core/rules.h"
#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"
#include "gateway/store/messages.h"
#include "gateway/store/persons.h"

#define SEALED_MAX (VAULT_PLAIN_MAX + 512)
#define JOINS_MAX 8 /* cases joined one to the other */

/* ---- the case -------------------------------------------------------------------------------------------------- */

static void open_case(struct core *core, struct arrival *in, const char *country)
{
    struct case_row *row = &in->row;
    *row = (struct case_row){
        .id = store_next_id(core->store, SEQUENCE_CASE),
        .state = STATE_case_open,
        .verification = STATE_verification_unverified,
        .urgency = in->triage.urgency,
        .categories = in->triage.categories,
        .flags = in->triage.flags,
        .consent = STATE_consent_none,
        .safe_from_min = RULES_WINDOW_UNKNOWN,
        .safe_to_min = RULES_WINDOW_UNKNOWN,
        .opened_at = in->received_at,
    };
    memcpy(row->sender_tag, in->sender_tag, sizeof row->sender_tag);
    str_copy(row->language, sizeof row->language, in->triage.language);
    str_copy(row->country, sizeof row->country, country);
    alerting_choose(core, row);
    casefile_key_new(core, row, &in->key);
    in->is_new_case = true;
}

/* What a further text adds. A fact replaces "unclear"; urgency only rises. */
static void join_case(struct arrival *in, const char *country)
{
    struct case_row *row = &in->row;
    in->urgency_before = row->urgency;
    row->flags |= in->triage.flags | (in->is_known ? 0 : FLAG_BIT(repeat));
    if (in->triage.is_help) {
        row->categories |= in->triage.categories;
        if (row->categories & ~CATEGORY_BIT(unclear))
            row->categories &= ~CATEGORY_BIT(unclear);
        if (in->triage.urgency > row->urgency)
            row->urgency = in->triage.urgency;
    }
    bool is_first = in->is_known && row->message_count == 1; /* the whole tells her language better than its parts */
    if (str_equal(row->language, "und") || (is_first && !str_equal(in->triage.language, "und")))
        str_copy(row->language, sizeof row->language, in->triage.language);
    if (!row->country[0])
        str_copy(row->country, sizeof row->country, country);
}

bool intake_has_sender(const struct arrival *in)
{
    static const unsigned char nobody[STORE_TAG_LEN];
    return memcmp(in->sender_tag, nobody, sizeof nobody) != 0;
}

/* Her open case; or the one that her case from this number was joined to by a person. */
static int find_row(const struct core *core, struct arrival *in)
{
    int rc = cases_find_open(core->store, in->sender_tag, &in->row);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = cases_find_last_closed(core->store, in->sender_tag, &in->row);
    for (unsigned i = 0; !rc && in->row.state == STATE_case_closed && i < JOINS_MAX; i++)
        rc = in->row.joined_to ? cases_get(core->store, in->row.joined_to, &in->row) : ERR_NOT_FOUND;
    return !rc && in->row.state == STATE_case_closed ? ERR_NOT_FOUND : rc;
}

int intake_find_case(const struct core *core, struct arrival *in)
{
    in->row.id = 0;
    if (!intake_has_sender(in))
        return 0;
    int rc = find_row(core, in);
    if (rc == ERR_NOT_FOUND) {
        in->row.id = 0;
        return 0;
    }
    if (!rc)
        rc = casefile_key(core, &in->row, &in->key);
    if (rc != ERR_CRYPTO)
        return rc;
    /* A hot key that was changed must not shut her out. She gets a case that no number leads to, because only one open
     * case may have hers. */
    log_event(LOG_LEVEL_ERROR, EV_case_unreadable, F_INT("case", in->row.id));
    memset(in->sender_tag, 0, sizeof in->sender_tag);
    in->row.id = 0;
    return 0;
}

/* Only a request opens a case; whatever else comes from a number with an open case belongs to it. */
static int settle_case(struct core *core, struct arrival *in)
{
    char country[COUNTRY_MAX];
    intake_read_number(in, country);
    if (!in->is_known || in->row.message_count > 1)
        in->is_doubtful = in->is_doubtful || person_is_doubtful(&in->row, &in->triage, in->now_ms);
    if (in->row.id)
        join_case(in, country);
    else if (in->triage.is_help)
        open_case(core, in, country);
    else
        vault_key_new(&in->key);
    if (!in->row.id)
        return 0;
    person_read_rules(&in->row, &in->triage, span_of(in->sms->text));
    intake_guess_origin(in);
    in->row.updated_at = in->now_ms;
    in->row.last_message_at = in->now_ms;
    in->row.message_count += !in->is_known;
    str_copy(in->row.channel, sizeof in->row.channel, in->channel);
    return in->is_new_case ? cases_insert(core->store, &in->row) : 0;
}

/* ---- the rows -------------------------------------------------------------------------------------------------- */

static int seal_message(const struct core *core, const struct arrival *in, int64_t id, struct buf *text,
    struct buf *sender, struct buf *recipient)
{
    /* Only a raised body limit lets more in than a seal holds; then the beginning is kept. */
    struct span plain = span_of(in->sms->text);
    plain.len = utf8_prefix(plain, VAULT_PLAIN_MAX);
    int rc = casefile_seal_message(core, &in->key, in->row.id, id, MESSAGE_TEXT, plain, text);
    if (!rc)
        rc = casefile_seal_message(core, &in->key, in->row.id, id, MESSAGE_SENDER, span_of(in->sms->from), sender);
    if (!rc)
        rc = casefile_seal_message(core, &in->key, in->row.id, id, MESSAGE_RECIPIENT, span_of(in->sms->to), recipient);
    return rc;
}

static int write_message(struct core *core, const struct arrival *in, int64_t id)
{
    unsigned char wrap[VAULT_WRAP_LEN];
    AUTO_BUF text;
    AUTO_BUF sender;
    AUTO_BUF recipient;
    buf_init(&text, SEALED_MAX);
    buf_init(&sender, SEALED_MAX);
    buf_init(&recipient, SEALED_MAX);
    int rc = seal_message(core, in, id, &text, &sender, &recipient);
    if (rc)
        return rc;
    bool is_long = in->longtext != NULL;
    struct message_row row = {
        .id = id,
        .case_id = in->row.id,
        .direction = MESSAGE_IN,
        .sender = buf_span(&sender),
        .recipient = buf_span(&recipient),
        .text = buf_span(&text),
        .received_at = in->received_at,
        .sent_at = in->sms->sent_at,
        .triage = in->triage,
        .is_late = in->is_late,
        .is_doubtful = in->is_doubtful,
        .is_unproved = in->is_unproved,
        .part = is_long ? in->longtext->arrived : in->sms->part,
        .part_total = is_long ? in->longtext->join.total : in->sms->part_total,
    };
    if (!in->row.id) {
        casefile_wrap_message(core, &in->key, id, wrap);
        row.key_wrap = (struct span){ (const char *)wrap, sizeof wrap };
    }
    str_copy(row.channel, sizeof row.channel, in->channel);
    str_copy(row.author, sizeof row.author, in->responder ? in->responder->name : "");
    memcpy(row.dedupe, in->dedupe, sizeof row.dedupe);
    memcpy(row.sender_tag, in->sender_tag, sizeof row.sender_tag);
    if (is_long && in->longtext->join.message_id)
        return messages_update(core->store, &row);
    return messages_insert(core->store, &row);
}

static int audit_message(struct core *core, const struct arrival *in, int64_t id)
{
    char object[40], detail[NAME_MAX_LEN + 160], part[40] = "";
    if (in->longtext)
        snprintf(part, sizeof part, " part=%u/%u", in->piece->part, in->piece->part_total);
    snprintf(object, sizeof object, "message:%lld", (long long)id);
    snprintf(detail, sizeof detail, "channel=%s intent=%s urgency=%s%s%s%s", in->channel,
        intent_word(in->triage.intent), urgency_word(in->triage.urgency), part, in->is_late ? " late" : "",
        in->is_unproved ? " unproved" : "");
    struct audit_row row = {
        .at = in->now_ms,
        .actor = "daemon",
        .action = in->is_new_case ? "case.open" : "message.store",
        .case_id = in->row.id,
        .object = object,
        .detail = detail,
    };
    return audit_append(core->store, &row);
}

static int note_any(void *context, const struct alert_row *row)
{
    (void)row;
    *(bool *)context = true;
    return 0;
}

/* A case that waits for the rest of a text has asked nobody yet: the next request in it does not wait. Nor does the
 * text itself in the end, though the whole reads as no request: half of it read as one, and doubt goes up. */
static int is_unasked(struct core *core, const struct arrival *in, bool *ret_is_unasked)
{
    bool has_alert = false;
    *ret_is_unasked = in->is_new_case;
    if (in->is_new_case || !in->row.id || in->row.state != STATE_case_open || (!in->triage.is_help && !in->longtext))
        return 0;
    int rc = alerts_list(core->store, in->row.id, NULL, 0, 1, note_any, &has_alert);
    *ret_is_unasked = !has_alert;
    return rc;
}

/* Who is told now: a new case and a rise in urgency at once, what she says to the holder of her case at once, the rest
 * bundled; what is no request and answers nothing wakes nobody. */
int intake_tell(struct core *core, struct arrival *in, int64_t id, bool must_tell)
{
    bool is_rise = in->row.id && in->row.urgency > in->urgency_before, is_first;
    int rc = is_unasked(core, in, &is_first);
    if (rc)
        return rc;
    if (is_first || (is_rise && in->row.state == STATE_case_open))
        return alerting_start(core, &in->row, id, in->now_ms);
    bool is_taken = in->row.id && in->row.state == STATE_case_taken;
    if (!in->row.id || !(is_rise || must_tell || is_taken || in->triage.is_help))
        return 0;
    if (is_taken || must_tell)
        return alerting_run_update(core, &in->row, id, in->now_ms);
    return alerting_update(core, &in->row, id, in->now_ms);
}

static int update_person(struct core *core, struct arrival *in)
{
    if (!intake_has_sender(in))
        return 0;
    in->person.last_inbound_at = in->now_ms;
    if (!str_equal(in->triage.language, "und"))
        str_copy(in->person.language, sizeof in->person.language, in->triage.language);
    return persons_put(core->store, &in->person);
}

/* A part of a text is one message with those before it. */
static int64_t message_id(struct core *core, const struct arrival *in)
{
    if (in->longtext && in->longtext->join.message_id)
        return in->longtext->join.message_id;
    return store_next_id(core->store, SEQUENCE_MESSAGE);
}

static int tell(struct core *core, struct arrival *in, int64_t id, bool must_tell, bool *ret_is_told)
{
    *ret_is_told = true;
    return in->longtext ? pieces_settle(core, in, id, must_tell, ret_is_told) : intake_tell(core, in, id, must_tell);
}

static int store_arrival(struct core *core, struct arrival *in, struct intake_result *result)
{
    int64_t id = message_id(core, in);
    bool is_told = false, is_partial = intake_is_partial(in);
    int rc = settle_case(core, in);
    if (!rc)
        rc = write_message(core, in, id);
    if (!rc)
        rc = tell(core, in, id, !is_partial && person_must_tell(&in->triage), &is_told);
    /* A forged STOP must not shut the line to her for good: it holds what would be sent, until a person decides. */
    if (in->is_unproved && in->triage.intent == INTENT_stop)
        in->row.flags |= FLAG_BIT(no_reply);
    if (!rc && intake_has_sender(in) && !is_partial && !in->is_unproved)
        rc = person_act(core, &in->row, &in->person, &in->triage, in->is_doubtful, in->now_ms);
    bool was_asked = in->row.consent == STATE_consent_asked;
    if (!rc && in->row.id && is_told && !in->is_unproved && !in->sms->is_call)
        rc = replies_consider(core, &in->row, &in->person, in->sms, &in->triage, id, in->now_ms);
    bool is_changed = !in->is_new_case || (in->row.consent == STATE_consent_asked && !was_asked);
    if (!rc && in->row.id && is_changed)
        rc = cases_update(core->store, &in->row);
    if (!rc)
        rc = update_person(core, in);
    if (!rc)
        rc = audit_message(core, in, id);
    *result = (struct intake_result){
        .message_id = id,
        .case_id = in->row.id,
        .is_new_case = in->is_new_case,
        .urgency = in->row.id ? in->row.urgency : in->triage.urgency,
    };
    return rc;
}

/* ---- a responder texts ----------------------------------------------------------------------------------------- */

/* The text belongs to the case it was about, as a responder's: it opens none, raises nothing and is no message of hers.
 */
int intake_store_responder(struct core *core, struct arrival *in, struct intake_result *result)
{
    int64_t id = message_id(core, in), case_id = 0;
    bool is_told;
    struct responders_text text = { in->responder, in->responder_address, in->is_elsewhere, span_of(in->sms->text) };
    in->row.id = 0;
    int rc = 0;
    if (!intake_is_partial(in) && !in->sms->is_call) /* half a command is none */
        rc = responders_receive(core, &text, in->now_ms, &case_id);
    if (!rc && case_id)
        rc = cases_get(core->store, case_id, &in->row);
    if (!rc && case_id)
        rc = casefile_key(core, &in->row, &in->key); /* responders gives none whose key is gone */
    else if (!rc)
        vault_key_new(&in->key);
    str_copy(in->triage.language, sizeof in->triage.language, "und");
    intake_set_intent(&in->triage, INTENT_not_help);
    if (!rc)
        rc = write_message(core, in, id);
    if (!rc && in->longtext)
        rc = pieces_settle(core, in, id, false, &is_told);
    if (!rc)
        rc = audit_message(core, in, id);
    *result = (struct intake_result){ .message_id = id, .case_id = case_id, .urgency = URGENCY_routine };
    if (!rc)
        log_event(LOG_LEVEL_INFO, EV_responder_text, F_WORD("contact", in->responder->name), F_INT("case", case_id),
            F_INT("message", id));
    return rc;
}

int intake_store_person(struct core *core, struct arrival *in, struct intake_result *result)
{
    int rc = intake_has_sender(in) ? persons_get(core->store, in->sender_tag, &in->person) : 0;
    if (!rc)
        rc = intake_read_text(core, in);
    if (!rc)
        rc = store_arrival(core, in, result);
    return rc;
}

/* ---- one message ----------------------------------------------------------------------------------------------- */

static void log_arrival(const struct arrival *in, const struct intake_result *result)
{
    if (in->is_unproved)
        log_event(LOG_LEVEL_WARNING, EV_message_unproved, F_INT("message", result->message_id),
            F_WORD("channel", in->channel));
    log_event(LOG_LEVEL_INFO, EV_message_stored, F_INT("message", result->message_id), F_INT("case", result->case_id),
        F_WORD("channel", in->channel), F_TAG("number", in->sender_tag), F_WORD("language", in->triage.language),
        F_WORD("intent", intent_word(in->triage.intent)), F_WORD("urgency", urgency_word(result->urgency)));
}

/* What came whole may have come by another path before. */
static int store_whole(struct core *core, struct arrival *in, struct intake_result *result)
{
    int64_t twin_id;
    struct copies_arrival path = { in->channel, in->sender_tag, span_of(in->sms->text),
        copies_moment(in->sms, in->is_late, in->received_at) };
    int rc = intake_find_listed(core, in, result);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = copies_find_path(core, &path, &twin_id);
    if (!rc) {
        intake_log_copy(in, twin_id, result);
        rc = copies_add_origin(core, &path, in->dedupe, twin_id);
        return rc ? rc : intake_note_listed(core, in, twin_id);
    }
    if (rc != ERR_NOT_FOUND)
        return rc;
    if (in->responder)
        rc = intake_store_responder(core, in, result);
    else {
        rc = intake_find_case(core, in);
        if (!rc)
            rc = intake_store_person(core, in, result);
    }
    if (!rc)
        rc = copies_note(core, &path, result->message_id);
    return rc ? rc : intake_note_listed(core, in, result->message_id);
}

static int finish(struct arrival *in, const struct intake_result *result, int rc)
{
    vault_key_wipe(&in->key);
    if (!rc && !in->responder && !result->is_duplicate)
        log_arrival(in, result);
    return rc;
}

/* It reads as a message of its own, with words of ours in place of hers. */
static int take_call(struct core *core, struct arrival *in, struct intake_result *result)
{
    char text[] = CALLS_TEXT;
    const struct sms_in *told = in->sms;
    struct sms_in call = *told;
    int rc = calls_count(core, in, result);
    if (rc != ERR_NOT_FOUND)
        return rc;
    call.text = text;
    in->sms = &call;
    rc = in->responder ? 0 : intake_find_case(core, in);
    if (!rc)
        rc = in->responder ? intake_store_responder(core, in, result) : intake_store_person(core, in, result);
    if (!rc)
        rc = calls_note(core, in, result->message_id);
    rc = finish(in, result, rc);
    in->sms = told;
    return rc;
}

static int take_in(struct core *core, struct arrival *in, struct intake_result *ret_result)
{
    const struct sms_in *sms = in->sms;
    int64_t copy_of;
    bool is_timeless =
        in->is_fetched && !sms->sent_at; /* a list is read again and again: it is not known when it came */
    *ret_result = (struct intake_result){ 0 };
    casefile_tag(core, sms->from_kind == PHONE_HIDDEN ? "" : sms->from, in->sender_tag);
    int64_t moment = sms->signed_at ? sms->signed_at : in->received_at; /* an old request told again is the same one */
    int rc = copies_find(core, in->channel, sms, is_timeless ? 0 : moment, in->dedupe, &copy_of);
    if (!rc)
        return intake_take_copy(core, in, copy_of, ret_result);
    if (rc != ERR_NOT_FOUND)
        return rc;
    if (sms->is_call)
        return take_call(core, in, ret_result);
    bool is_test;
    rc = looptest_receive(core, in->channel, sms, in->dedupe, in->now_ms, &is_test);
    if (rc || is_test)
        return rc;
    bool is_piece = joining_is_part(sms) && intake_has_sender(in); /* a hidden sender cannot be told from another */
    rc = is_piece ? pieces_receive(core, in, ret_result) : store_whole(core, in, ret_result);
    return finish(in, ret_result, rc);
}

/* A forged "taken" would end an alarm: without a proof of origin no text is a contact's. */
static void find_responder(const struct core *core, struct arrival *in)
{
    if (in->sms->from_kind == PHONE_E164 && !in->is_unproved)
        in->responder = responders_find(core, in->sms->from);
    if (!in->responder)
        return;
    in->responder_address = responders_address(in->responder, in->sms->from, in->channel);
    in->is_elsewhere = !responders_is_heard(in->responder, in->channel);
}

int intake_restored(struct core *core, const char *channel, const struct sms_in *sms, unsigned marks,
    int64_t received_at, int64_t now_ms, struct intake_result *ret_result)
{
    struct arrival in = {
        .channel = channel, .sms = sms, .is_late = marks & ARRIVAL_LATE, .received_at = received_at, .now_ms = now_ms
    };
    in.is_unproved = in.is_doubtful = marks & ARRIVAL_UNPROVED;
    find_responder(core, &in);
    return take_in(core, &in, ret_result);
}

int intake_message(struct core *core, const char *channel, const struct sms_in *sms, unsigned marks, int64_t now_ms,
    struct intake_result *ret_result)
{
    return intake_restored(core, channel, sms, marks, now_ms, now_ms, ret_result);
}

int intake_fetched(
    struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms, struct intake_result *ret_result)
{
    struct arrival in = {
        .channel = channel, .sms = sms, .is_late = true, .is_fetched = true, .received_at = now_ms, .now_ms = now_ms
    };
    find_responder(core, &in);
    return take_in(core, &in, ret_result);
}

int intake_contact(struct core *core, const struct intake_source *source, const struct sms_in *sms, int64_t now_ms,
    struct intake_result *ret_result)
{
    struct arrival in = { .channel = source->channel,
        .sms = sms,
        .received_at = now_ms,
        .now_ms = now_ms,
        .responder = source->contact,
        .responder_address = source->address };
    return take_in(core, &in, ret_result);
}
