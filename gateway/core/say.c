/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * say - one act of acts.h: a person's words go to her, from the number she knows, and neither side sees the other's.
 * Keeps: only the holder of the case writes to her; her rules are judged first; a message to her is sent at most once.
 */
#include <stdio.h>
#include <string.h>

#include "config/texts.h"
#include "gateway/base/log.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/casefile.h"
#include "gateway/core/notices.h"
#include "gateway/core/quiet.h"
#include "gateway/core/rules.h"
#include "gateway/store/audit.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"

#define SEALED_MAX (VAULT_PLAIN_MAX + 512)

static int refuse(struct act *act, const char *sentence, const char *help)
{
    buf_clear(act->answer);
    buf_add_format(act->answer, "Case %lld: not sent: %s.%s", (long long)act->row.id, sentence, help);
    return ERR_REFUSED;
}

struct newest {
    struct core *core;
    const struct vault_key *key;
    struct buf *number;
    int rc;
};

static int read_sender(void *context, const struct message_row *row)
{
    struct newest *newest = context;
    if (row->direction != MESSAGE_IN || row->author[0])
        return 0;
    buf_clear(newest->number);
    newest->rc = casefile_open_message(newest->core, newest->key, row, MESSAGE_SENDER, newest->number);
    return newest->rc ? newest->rc : ERR_EXISTS; /* stop: this is the newest one */
}

int acts_read_number(struct core *core, const struct case_row *row, struct buf *ret_number)
{
    AUTO_KEY key = { { 0 } };
    struct messages_filter filter = { .case_id = row->id, .limit = 1000 };
    struct newest newest = { core, &key, ret_number, ERR_NOT_FOUND };
    int rc = casefile_key(core, row, &key);
    if (!rc)
        rc = messages_list(core->store, &filter, read_sender, &newest);
    return rc == ERR_EXISTS ? 0 : rc ? rc : newest.rc;
}

/* ---- the rows -------------------------------------------------------------------------------------------------- */

static int store_message(struct act *act, struct span text, int64_t id)
{
    AUTO_KEY key = { { 0 } };
    AUTO_BUF sealed;
    buf_init(&sealed, SEALED_MAX);
    struct message_row row = { .id = id, .case_id = act->row.id, .direction = MESSAGE_OUT, .received_at = act->now_ms };
    int rc = casefile_key(act->core, &act->row, &key);
    if (!rc)
        rc = casefile_seal_message(act->core, &key, act->row.id, id, MESSAGE_TEXT, text, &sealed);
    if (rc)
        return rc;
    row.text = buf_span(&sealed);
    row.triage.urgency = act->row.urgency;
    str_copy(row.triage.language, sizeof row.triage.language, "und");
    str_copy(row.channel, sizeof row.channel, act->row.channel);
    str_copy(row.author, sizeof row.author, act->contact[0] ? act->contact : act->actor);
    vault_tag(act->core->vault, "said", (struct span){ (const char *)&id, sizeof id }, row.dedupe);
    return messages_insert(act->core->store, &row);
}

static int queue_reply(struct act *act, struct span text, int64_t message_id, int64_t due_at, bool is_forced)
{
    AUTO_BUF payload;
    buf_init(&payload, SEALED_MAX);
    struct outbox_row row = {
        .id = store_next_id(act->core->store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_REPLY,
        .case_id = act->row.id,
        .message_id = message_id,
        .address = is_forced ? OUTBOX_REPLY_FORCED : 0,
        .urgency = act->row.urgency,
        .state = STATE_outbox_queued,
        .due_at = due_at,
        .outcome = -1,
        .created_at = act->now_ms,
    };
    str_copy(row.channel, sizeof row.channel, act->row.channel);
    str_copy(row.contact, sizeof row.contact, act->contact[0] ? act->contact : act->actor);
    int rc = notices_seal_payload(act->core, row.case_id, row.id, text, &payload);
    row.payload = buf_span(&payload);
    return rc ? rc : outbox_insert(act->core->store, &row);
}

static int audit_say(struct act *act, int64_t message_id, bool is_forced, bool is_waiting)
{
    char object[40];
    snprintf(object, sizeof object, "message:%lld", (long long)message_id);
    struct audit_row row = {
        .at = act->now_ms,
        .actor = act->actor,
        .action = is_forced ? "person.say_override" : "person.say",
        .case_id = act->row.id,
        .object = object,
        .detail = is_waiting ? "waits for its hour" : "",
    };
    return audit_append(act->core->store, &row);
}

/* ---- the act --------------------------------------------------------------------------------------------------- */

static void wait_for_morning(
    const struct act *act, const struct person_row *person, const char *number, struct rules_answer *ret)
{
    int64_t until = quiet_for_her(act->core, &act->row, person, number, act->now_ms);
    if (until)
        *ret = (struct rules_answer){ .verdict = RULES_WAIT, .due_at = until, .sentence = "it is night where she is" };
}

/* Her number and what she asked of us; ERR_NOT_FOUND when no message of hers is left. */
static int read_person(const struct act *act, struct buf *number, struct person_row *ret_person)
{
    unsigned char tag[STORE_TAG_LEN];
    int rc = acts_read_number(act->core, &act->row, number);
    if (rc)
        return rc == ERR_CRYPTO ? ERR_NOT_FOUND : rc;
    casefile_tag(act->core, number->data ? number->data : "", tag);
    return persons_get(act->core->store, tag, ret_person);
}

static int judge(struct act *act, struct span text, struct span reason, struct rules_answer *ret)
{
    AUTO_BUF number;
    struct person_row person;
    buf_init(&number, PHONE_MAX);
    int rc = read_person(act, &number, &person);
    if (rc)
        return rc == ERR_NOT_FOUND ? refuse(act, "no message of hers is left to answer", "") : rc;
    const char *country = quiet_country(&act->row, number.data ? number.data : "");
    struct error error = { "" };
    if (texts_check(act->core->config->texts, country, text, &error))
        return refuse(act, error.text, "");
    rules_judge(&act->row, &person, number.data ? number.data : "", act->now_ms, ret);
    if (ret->verdict == RULES_NEVER)
        return refuse(act, ret->sentence, "");
    act->may_override = ret->verdict == RULES_HOLD;
    if (ret->verdict == RULES_HOLD && !reason.len)
        return refuse(act, ret->sentence,
            act->is_page       ? " To send it all the same, say why below."
            : !act->contact[0] ? " To send it all the same, give a reason."
                               : " To send it all the same: FORCE, number, code, your reason, a colon, the text.");
    if (reason.len)
        ret->verdict = RULES_SEND;
    else if (ret->verdict == RULES_SEND)
        wait_for_morning(act, &person, number.data ? number.data : "", ret);
    return 0;
}

bool acts_can_reach(const struct core *core, const struct case_row *row)
{
    const struct config_channel *channel = config_find_channel(core->config, row->channel);
    return channel && channel->is_enabled && channel->sends && channel->is_sms;
}

static int check_text(struct act *act, struct span text)
{
    if (text.len == 0)
        return refuse(act, "there is no text", "");
    if (text.len > ACTS_TEXT_MAX)
        return refuse(act, "the text is too long", "");
    if (act->row.owner[0] && act->contact[0] && !str_equal(act->row.owner, act->contact))
        return refuse(act, "somebody else holds this case and writes to her", "");
    if (act->row.state != STATE_case_taken && act->contact[0])
        return refuse(act, "take the case first (OK with number and code)", "");
    if (!acts_can_reach(act->core, &act->row))
        return refuse(act, "the line that she wrote to takes messages only; it cannot send", "");
    return 0;
}

static void answer_said(struct act *act, const struct rules_answer *rules)
{
    buf_clear(act->answer);
    buf_add_format(act->answer, "Case %lld: ", (long long)act->row.id);
    if (rules->verdict == RULES_WAIT) {
        buf_add_format(act->answer, "kept: %s. It will be sent at ", rules->sentence);
        quiet_write_time(act->core, act->row.country, rules->due_at, act->answer);
        buf_add_char(act->answer, '.');
    } else
        buf_add_text(act->answer, "on its way to her.");
    if (act->row.flags & FLAG_BIT(third_party))
        buf_add_text(act->answer, " It goes to the person who wrote, who is not the worker.");
}

int act_say(struct act *act, struct span text, struct span reason)
{
    struct rules_answer rules;
    if (act->row.state == STATE_case_closed)
        return refuse(act, "the case is closed", "");
    int rc = check_text(act, text);
    if (!rc)
        rc = judge(act, text, reason, &rules);
    if (rc)
        return rc;
    bool is_waiting = rules.verdict == RULES_WAIT;
    int64_t id = store_next_id(act->core->store, SEQUENCE_MESSAGE);
    rc = store_message(act, text, id);
    if (!rc)
        rc = queue_reply(act, text, id, is_waiting ? rules.due_at : act->now_ms, reason.len > 0);
    if (!rc && reason.len)
        rc = act_note(act, reason);
    if (!rc)
        rc = audit_say(act, id, reason.len > 0, is_waiting);
    if (!rc)
        answer_said(act, &rules);
    return rc;
}

/* ---- looking ahead --------------------------------------------------------------------------------------------- */

static void take_answer(const struct rules_answer *rules, struct say_outlook *ret)
{
    ret->verdict = rules->verdict;
    ret->due_at = rules->due_at;
    str_copy(ret->sentence, sizeof ret->sentence, rules->sentence);
}

int acts_look_out(const struct act *act, struct say_outlook *ret)
{
    AUTO_BUF number;
    struct person_row person;
    struct rules_answer rules;
    *ret = (struct say_outlook){ .verdict = RULES_NEVER, .can_reach = acts_can_reach(act->core, &act->row) };
    buf_init(&number, PHONE_MAX);
    int rc = read_person(act, &number, &person);
    if (rc == ERR_NOT_FOUND)
        str_copy(ret->sentence, sizeof ret->sentence, "no message of hers is left to answer");
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    const char *hers = number.data ? number.data : "";
    rules_judge(&act->row, &person, hers, act->now_ms, &rules);
    if (rules.verdict == RULES_SEND)
        wait_for_morning(act, &person, hers, &rules);
    take_answer(&rules, ret);
    ret->has_number = phone_is_answerable(hers);
    ret->is_stopped = person.is_stopped;
    ret->stopped_at = person.stopped_at;
    ret->blocked_at = person.provider_blocked_at;
    ret->last_auto_at = person.last_auto_at;
    return 0;
}

int act_preview(struct act *act, struct span text, struct say_outlook *ret)
{
    struct rules_answer rules = { .sentence = "" };
    int rc = acts_look_out(act, ret);
    if (!rc && act->row.state == STATE_case_closed)
        rc = refuse(act, "the case is closed", "");
    if (!rc)
        rc = check_text(act, text);
    if (!rc)
        rc = judge(act, text, span_of(""), &rules);
    if (!rc)
        take_answer(&rules, ret);
    return rc;
}

static int tell_lost(
    struct core *core, const struct case_row *row, const char *contact, const char *why, int64_t now_ms)
{
    char sentence[300];
    snprintf(sentence, sizeof sentence,
        "Case %lld: your message may not have reached her (%s). It is not sent again by itself: a second copy could harm her.",
        (long long)row->id, why);
    struct notice notice = {
        .contact = contact, .case_id = row->id, .urgency = row->urgency, .text = span_of(sentence)
    };
    return notices_queue(core, &notice, now_ms);
}

int acts_waits(struct core *core, int64_t case_id, const char *contact, int64_t until_ms, int64_t now_ms)
{
    struct case_row row;
    AUTO_BUF sentence;
    buf_init(&sentence, NOTICES_TEXT_MAX);
    int rc = cases_get(core->store, case_id, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    buf_add_format(&sentence,
        "Case %lld: your message could not go in its hour and waits for the next. It will be sent at ",
        (long long)row.id);
    quiet_write_time(core, row.country, until_ms, &sentence);
    buf_add_char(&sentence, '.');
    struct notice notice = {
        .contact = contact, .case_id = row.id, .urgency = row.urgency, .text = buf_span(&sentence)
    };
    return notices_queue(core, &notice, now_ms);
}

int acts_said(struct core *core, int64_t case_id, const char *contact, bool is_sent, const char *why, int64_t now_ms)
{
    struct case_row row;
    int rc = cases_get(core->store, case_id, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    if (!is_sent)
        return tell_lost(core, &row, contact, why, now_ms);
    bool is_first = row.state == STATE_case_taken && !row.contacted_at;
    row.answered_at = now_ms;
    if (is_first) {
        row.contacted_at = now_ms;
        row.updated_at = now_ms;
    }
    rc = cases_update(core->store, &row);
    return rc || !is_first ? rc : acts_pause(core, case_id, now_ms);
}

int acts_unsaid(
    struct core *core, int64_t case_id, const char *contact, int64_t said_at, const char *why, int64_t now_ms)
{
    struct case_row row;
    int rc = cases_get(core->store, case_id, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    bool is_untold = row.state == STATE_case_taken && row.contacted_at == said_at;
    if (row.answered_at == said_at)
        row.answered_at = 0; /* an earlier answer is not known any more: better one look too many */
    if (is_untold) {
        row.contacted_at = 0;
        row.updated_at = now_ms;
    }
    rc = cases_update(core->store, &row);
    if (!rc && is_untold)
        rc = acts_plan_resume(core, &row, now_ms);
    return rc ? rc : tell_lost(core, &row, contact, why, now_ms);
}
