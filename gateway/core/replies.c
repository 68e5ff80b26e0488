/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replies - see replies.h. */
#include "gateway/core/replies.h"

#include <string.h>
#include <strings.h>

#include "config/settings.h"
#include "gateway/base/log.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/consent.h"
#include "gateway/core/notices.h"
#include "gateway/core/quiet.h"
#include "gateway/core/responders.h"
#include "gateway/core/routing.h"
#include "gateway/store/audit.h"
#include "gateway/store/outbox.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define PAYLOAD_MAX 4096

static const char *const why_words[] = { "off", "not_a_request", "not_a_person", "automatic", "no_way_back",
    "her_rules", "window", "budget", "no_answer" };
enum why {
    WHY_OFF,
    WHY_NOT_REQUEST,
    WHY_NOT_PERSON,
    WHY_AUTOMATIC,
    WHY_NO_WAY,
    WHY_RULES,
    WHY_WINDOW,
    WHY_BUDGET,
    WHY_NO_ANSWER
};

static int silence(enum why why, const char **ret_why)
{
    *ret_why = why_words[why];
    return -1;
}

int replies_decide(const struct replies_facts *facts, const char **ret_why)
{
    bool is_due = facts->is_consent_due && !facts->is_third_party;
    bool wants_consent = is_due && facts->can_answer;
    if (!wants_consent && facts->mode != REPLIES_NEUTRAL)
        return silence(is_due ? WHY_NO_ANSWER : WHY_OFF, ret_why);
    if (!facts->is_help)
        return silence(WHY_NOT_REQUEST, ret_why);
    if (facts->is_contact || facts->is_own_number)
        return silence(WHY_NOT_PERSON, ret_why);
    if (facts->looks_automatic)
        return silence(WHY_AUTOMATIC, ret_why);
    if (!facts->channel_sends)
        return silence(WHY_NO_WAY, ret_why);
    if (facts->rules != RULES_SEND)
        return silence(WHY_RULES, ret_why);
    if (facts->last_auto_at && facts->now_ms - facts->last_auto_at < facts->window_ms)
        return silence(WHY_WINDOW, ret_why);
    if (facts->sent_today >= facts->daily_budget)
        return silence(WHY_BUDGET, ret_why);
    *ret_why = "sent";
    if (wants_consent)
        return TEXT_CONSENT;
    return facts->may_ask_who && facts->can_answer ? TEXT_WHO : TEXT_NEUTRAL;
}

enum replies_mode replies_mode_for(
    const struct config *config, const char *language, const char *country, enum urgency urgency)
{
    for (unsigned i = 0; i < config->replies.rule_count; i++) {
        const struct config_reply_rule *rule = &config->replies.rules[i];
        bool fits = (rule->urgencies & (1u << urgency)) &&
                    (!rule->languages.count || routing_has_language(&rule->languages, language)) &&
                    (!rule->countries.count || routing_has_country(&rule->countries, country));
        if (fits)
            return rule->mode;
    }
    return config->replies.mode;
}

/* ---- is there a person at the other end? ----------------------------------------------------------------------- */

static const char *const automatic_phrases[] = { "auto-reply", "auto reply", "autoreply", "automatic reply",
    "out of office", "this is an automated", "do not reply to this", "cannot receive replies", "undeliverable",
    "message not delivered", "balas otomatis", "pesan otomatis", "automatikong", "رد تلقائي", "réponse automatique",
    "i am driving", "i'm driving right now" };

struct comparison {
    struct span text;
    bool is_same;
};

static struct span trimmed(struct span text)
{
    while (text.len && strchr(" \t\r\n", text.data[0]))
        text = (struct span){ text.data + 1, text.len - 1 };
    while (text.len && strchr(" \t\r\n", text.data[text.len - 1]))
        text.len--;
    return text;
}

static void compare(void *context, const char *language, enum text_purpose purpose, const char *text)
{
    struct comparison *comparison = context;
    (void)language;
    (void)purpose;
    comparison->is_same = comparison->is_same || span_equal(comparison->text, span_of(text));
}

static bool contains(struct span text, const char *phrase)
{
    size_t len = strlen(phrase);
    for (size_t at = 0; at + len <= text.len; at++)
        if (!strncasecmp(text.data + at, phrase, len))
            return true;
    return false;
}

bool replies_looks_automatic(const struct texts *texts, struct span text)
{
    struct comparison comparison = { trimmed(text), false };
    texts_each(texts, compare, &comparison);
    for (size_t i = 0; !comparison.is_same && i < STR_COUNT(automatic_phrases); i++)
        comparison.is_same = contains(text, automatic_phrases[i]);
    return comparison.is_same;
}

/* ---- doing it -------------------------------------------------------------------------------------------------- */

/* Where a kind has no such key its number is the phone's own. */
bool replies_shows_name(const struct config_channel *channel, const char *country)
{
    const char *sender = config_sender(channel, country);
    const struct key *from = settings_find_key(settings_keys(channel->settings), "from");
    if (!*sender && from && from->type == KEY_TEXT)
        sender = settings_text(channel->settings, "from");
    return *sender && strspn(sender, "+0123456789") != strlen(sender);
}

bool replies_can_be_answered(const struct core *core, const struct config_channel *channel, const char *number)
{
    const char *country = phone_country(number);
    const struct country_rules *rules = texts_country(core->config->texts, country);
    if (!channel || replies_shows_name(channel, country))
        return false;
    bool shows_names = rules && (str_equal(rules->sender, "registered") || str_equal(rules->sender, "name"));
    bool stands_elsewhere = channel->country[0] && !str_equal(channel->country, country);
    return !(shows_names && !rules->allows_replies && stands_elsewhere);
}

/* A relative at home who names a city has not said with whom she lives there: the question stands. */
static bool knows_where(const struct case_row *row, const char *from)
{
    return row->country[0] && phone_country_role(phone_country(from)) != PHONE_ROLE_ORIGIN;
}

static int gather(struct core *core, const struct case_row *row, const struct person_row *person,
    const struct sms_in *sms, const struct triage *triage, int64_t now_ms, struct replies_facts *facts)
{
    struct rules_answer rules;
    rules_judge(row, person, sms->from, now_ms, &rules);
    *facts = (struct replies_facts){
        .mode = replies_mode_for(core->config, row->language, row->country, row->urgency),
        .is_third_party = row->flags & FLAG_BIT(third_party),
        .may_ask_who =
            (row->flags & FLAG_BIT(third_party)) && !knows_where(row, sms->from) && person->asked_case_id != row->id,
        .is_help = triage->is_help,
        .is_contact = responders_find(core, sms->from) != NULL,
        .is_own_number = str_equal(sms->from, sms->to),
        .looks_automatic = replies_looks_automatic(core->config->texts, span_of(sms->text)),
        .channel_sends = acts_can_reach(core, row),
        .can_answer = replies_can_be_answered(core, config_find_channel(core->config, row->channel), sms->from),
        .rules = rules.verdict,
        .last_auto_at = person->last_auto_at,
        .window_ms = core->config->replies.window_ms,
        .now_ms = now_ms,
        .daily_budget = core->config->replies.daily_budget,
    };
    bool is_due = false;
    int rc = core->config->consent.mode == CONSENT_ASK ? consent_is_due(core, row, &is_due) : 0;
    facts->is_consent_due = is_due;
    return rc ? rc : persons_count_auto(core->store, now_ms - DAY_MS, &facts->sent_today);
}

static int queue(struct core *core, const struct case_row *row, const char *text, int64_t message_id, int64_t now_ms)
{
    AUTO_BUF payload;
    buf_init(&payload, PAYLOAD_MAX);
    struct outbox_row out = {
        .id = store_next_id(core->store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_REPLY,
        .case_id = row->id,
        .message_id = message_id,
        .urgency = URGENCY_routine, /* an automatic sentence never goes before an alert */
        .state = STATE_outbox_queued,
        .due_at = now_ms,
        .outcome = -1,
        .created_at = now_ms,
    };
    str_copy(out.channel, sizeof out.channel, row->channel);
    int rc = notices_seal_payload(core, row->id, out.id, span_of(text), &payload);
    out.payload = buf_span(&payload);
    return rc ? rc : outbox_insert(core->store, &out);
}

static int note_reply(
    struct core *core, struct case_row *row, struct person_row *person, enum text_purpose purpose, int64_t now_ms)
{
    const char *action = purpose == TEXT_CONSENT ? "consent.ask" : "person.reply";
    person->last_auto_at = now_ms;
    if (purpose != TEXT_NEUTRAL) {
        person->asked = purpose == TEXT_CONSENT ? QUESTION_CONSENT : QUESTION_WHO;
        person->asked_at = now_ms;
        person->asked_case_id = row->id;
    }
    if (purpose == TEXT_CONSENT)
        row->consent = STATE_consent_asked;
    return audit_case(core->store, now_ms, "daemon", action, row->id, row->language);
}

int replies_consider(struct core *core, struct case_row *row, struct person_row *person, const struct sms_in *sms,
    const struct triage *triage, int64_t message_id, int64_t now_ms)
{
    struct replies_facts facts;
    const char *why;
    bool is_silent = replies_mode_for(core->config, row->language, row->country, row->urgency) != REPLIES_NEUTRAL;
    if (is_silent && core->config->consent.mode != CONSENT_ASK)
        return 0;
    int rc = gather(core, row, person, sms, triage, now_ms, &facts);
    if (rc)
        return rc;
    int purpose = replies_decide(&facts, &why);
    if (purpose < 0)
        return 0;
    const char *text = texts_find(core->config->texts, (enum text_purpose)purpose, row->language);
    struct error error;
    if (!text || texts_check(core->config->texts, quiet_country(row, sms->from), span_of(text), &error))
        return 0; /* no sentence that may be sent there: silence is a designed answer */
    rc = queue(core, row, text, message_id, now_ms);
    return rc ? rc : note_reply(core, row, person, (enum text_purpose)purpose, now_ms);
}
