/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake - see intake.h. */
#include "gateway/core/intake.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/store/audit.h"
#include "gateway/store/messages.h"

#define DEDUPE_MAX (512u << 10) /* more than any channel lets through */
#define SEALED_MAX (VAULT_PLAIN_MAX + 512)

/* Everything known about one message on its way in. */
struct arrival {
    const char *channel;
    const struct sms_in *sms;
    bool is_late;
    int64_t now_ms;
    unsigned char sender_tag[STORE_TAG_LEN];
    unsigned char dedupe[STORE_TAG_LEN];
    struct triage triage;
    struct case_row row; /* id 0 = none */
    struct vault_key key;
    bool is_new_case;
    enum urgency urgency_before;
};

/* ---- is it known already? -------------------------------------------------------------------------------------- */

static int dedupe_by_id(const struct core *core, struct arrival *in)
{
    AUTO_BUF text;
    buf_init(&text, DEDUPE_MAX);
    buf_add_format(&text, "id|%s|%s|%u", in->channel, in->sms->remote_id, in->sms->part);
    vault_tag(core->vault, "dedupe", buf_span(&text), in->dedupe);
    return buf_check(&text);
}

static int dedupe_by_content(const struct core *core, struct arrival *in, int64_t moment)
{
    AUTO_BUF text;
    buf_init(&text, DEDUPE_MAX);
    buf_add_format(&text, "text|%s|%s|%s|%lld|", in->channel, in->sms->from, in->sms->to, (long long)moment);
    buf_add_text(&text, in->sms->text);
    vault_tag(core->vault, "dedupe", buf_span(&text), in->dedupe);
    return buf_check(&text);
}

/* Is the message that this key found still within the time in which a repetition is the same SMS? */
static int find_recent(const struct core *core, const struct arrival *in, int64_t *ret_id)
{
    struct message_row row;
    int rc = messages_find_dedupe(core->store, in->dedupe, ret_id);
    if (!rc)
        rc = messages_get(core->store, *ret_id, &row);
    if (rc)
        return rc;
    return in->now_ms - row.received_at <= INTAKE_REPEAT_MS ? 0 : ERR_NOT_FOUND;
}

/* Without an id and a time of the provider, a retry and an honest repetition look alike: within two minutes it is the
 * same SMS, and the arrival is counted. The key holds a count of such spans, so the one before is looked at too. */
static int find_copy_by_content(const struct core *core, struct arrival *in, int64_t *ret_id)
{
    if (in->sms->sent_at) {
        int rc = dedupe_by_content(core, in, in->sms->sent_at);
        return rc ? rc : messages_find_dedupe(core->store, in->dedupe, ret_id);
    }
    int64_t bucket = in->now_ms / INTAKE_REPEAT_MS;
    int rc = dedupe_by_content(core, in, bucket - 1);
    if (!rc)
        rc = find_recent(core, in, ret_id);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = dedupe_by_content(core, in, bucket);
    return rc ? rc : messages_find_dedupe(core->store, in->dedupe, ret_id);
}

/* 0: known, *ret_id. ERR_NOT_FOUND: new, in->dedupe is set. */
static int find_copy(const struct core *core, struct arrival *in, int64_t *ret_id)
{
    if (!in->sms->remote_id[0])
        return find_copy_by_content(core, in, ret_id);
    int rc = dedupe_by_id(core, in);
    return rc ? rc : messages_find_dedupe(core->store, in->dedupe, ret_id);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static int read_text(const struct core *core, struct arrival *in)
{
    struct triage_history history = {
        .language = in->row.id ? in->row.language : "",
        .has_open_case = in->row.id != 0,
        .last_at = in->row.id ? in->row.last_message_at : 0,
    };
    int rc = triage_classify(core->lexicon, span_of(in->sms->text), &history, in->now_ms, &in->triage);
    return rc == ERR_LIMIT ? 0 : rc; /* the beginning of an overlong text was read, and that stands */
}

/* A prefix of a country of origin usually means a relative at home, never that the worker is there (product fact 5). */
static void read_number(struct arrival *in, char *ret_country)
{
    const char *country = in->sms->from_kind == PHONE_E164 ? phone_country(in->sms->from) : "";
    enum phone_role role = phone_country_role(country);
    ret_country[0] = '\0';
    if (role == PHONE_ROLE_ORIGIN)
        in->triage.flags |= FLAG_BIT(third_party);
    else
        str_copy(ret_country, COUNTRY_MAX, country);
}

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
        .opened_at = in->now_ms,
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
    row->flags |= in->triage.flags | FLAG_BIT(repeat);
    if (in->triage.is_help) {
        row->categories |= in->triage.categories;
        if (row->categories & ~CATEGORY_BIT(unclear))
            row->categories &= ~CATEGORY_BIT(unclear);
        if (in->triage.urgency > row->urgency)
            row->urgency = in->triage.urgency;
    }
    if (str_equal(row->language, "und"))
        str_copy(row->language, sizeof row->language, in->triage.language);
    if (!row->country[0])
        str_copy(row->country, sizeof row->country, country);
}

static bool has_sender(const struct arrival *in)
{
    static const unsigned char nobody[STORE_TAG_LEN];
    return memcmp(in->sender_tag, nobody, sizeof nobody) != 0;
}

static int find_case(const struct core *core, struct arrival *in)
{
    in->row.id = 0;
    if (!has_sender(in))
        return 0;
    int rc = cases_find_open(core->store, in->sender_tag, &in->row);
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
    read_number(in, country);
    if (in->row.id)
        join_case(in, country);
    else if (in->triage.is_help)
        open_case(core, in, country);
    else
        vault_key_new(&in->key);
    if (!in->row.id)
        return 0;
    in->row.updated_at = in->now_ms;
    in->row.last_message_at = in->now_ms;
    in->row.message_count++;
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

static int insert_message(struct core *core, const struct arrival *in, int64_t id)
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
    struct message_row row = {
        .id = id,
        .case_id = in->row.id,
        .direction = MESSAGE_IN,
        .sender = buf_span(&sender),
        .recipient = buf_span(&recipient),
        .text = buf_span(&text),
        .received_at = in->now_ms,
        .sent_at = in->sms->sent_at,
        .triage = in->triage,
        .is_late = in->is_late,
        .part = in->sms->part,
        .part_total = in->sms->part_total,
    };
    if (!in->row.id) {
        casefile_wrap_message(core, &in->key, id, wrap);
        row.key_wrap = (struct span){ (const char *)wrap, sizeof wrap };
    }
    str_copy(row.channel, sizeof row.channel, in->channel);
    memcpy(row.dedupe, in->dedupe, sizeof row.dedupe);
    memcpy(row.sender_tag, in->sender_tag, sizeof row.sender_tag);
    return messages_insert(core->store, &row);
}

static int audit_message(struct core *core, const struct arrival *in, int64_t id)
{
    char object[40], detail[NAME_MAX_LEN + 128];
    snprintf(object, sizeof object, "message:%lld", (long long)id);
    snprintf(detail, sizeof detail, "channel=%s intent=%s urgency=%s%s", in->channel, intent_word(in->triage.intent),
        urgency_word(in->triage.urgency), in->is_late ? " late" : "");
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

/* Who is told now: a new case and a rise in urgency at once, the rest bundled; what is no request wakes nobody. */
static int tell(struct core *core, struct arrival *in, int64_t id)
{
    if (in->is_new_case || (in->row.id && in->row.urgency > in->urgency_before))
        return alerting_start(core, &in->row, id, in->now_ms);
    if (in->row.id && in->triage.is_help)
        return alerting_update(core, &in->row, id, in->now_ms);
    return 0;
}

static int store_arrival(struct core *core, struct arrival *in, struct intake_result *result)
{
    int64_t id = store_next_id(core->store, SEQUENCE_MESSAGE);
    int rc = settle_case(core, in);
    if (!rc)
        rc = insert_message(core, in, id);
    if (!rc)
        rc = tell(core, in, id);
    if (!rc && in->row.id && !in->is_new_case)
        rc = cases_update(core->store, &in->row);
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

static void log_arrival(const struct arrival *in, const struct intake_result *result)
{
    log_event(LOG_LEVEL_INFO, EV_message_stored, F_INT("message", result->message_id), F_INT("case", result->case_id),
        F_WORD("channel", in->channel), F_TAG("number", in->sender_tag), F_WORD("language", in->triage.language),
        F_WORD("intent", intent_word(in->triage.intent)), F_WORD("urgency", urgency_word(result->urgency)));
}

int intake_message(struct core *core, const char *channel, const struct sms_in *sms, bool is_late, int64_t now_ms,
    struct intake_result *ret_result)
{
    struct arrival in = { .channel = channel, .sms = sms, .is_late = is_late, .now_ms = now_ms };
    int64_t copy_of;
    int rc = find_copy(core, &in, &copy_of);
    if (!rc) {
        *ret_result = (struct intake_result){ .message_id = copy_of, .is_duplicate = true };
        log_event(LOG_LEVEL_INFO, EV_message_duplicate, F_INT("message", copy_of), F_WORD("channel", channel));
        return messages_count_copy(core->store, copy_of);
    }
    if (rc != ERR_NOT_FOUND)
        return rc;
    casefile_tag(core, sms->from_kind == PHONE_HIDDEN ? "" : sms->from, in.sender_tag);
    rc = find_case(core, &in);
    if (!rc)
        rc = read_text(core, &in);
    if (!rc)
        rc = store_arrival(core, &in, ret_result);
    vault_key_wipe(&in.key);
    if (!rc)
        log_arrival(&in, ret_result);
    return rc;
}
