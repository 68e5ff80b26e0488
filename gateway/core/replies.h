/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replies - whether the machine answers her by itself, and with which of the fixed sentences. The decision is pure.
 * Keeps: at most one automatic message to a number within the window, whatever it is; never to a number that is not a
 * person's; the same bytes for every state of every case, so that a reply tells nothing to whoever holds the phone.
 */
#ifndef GATEWAY_CORE_REPLIES_H
#define GATEWAY_CORE_REPLIES_H

#include "config/texts.h"
#include "gateway/core/core.h"
#include "gateway/core/rules.h"
#include "gateway/store/persons.h"

struct replies_facts {
    enum replies_mode mode; /* for her language, country and urgency (replies_mode_for) */
    bool is_consent_due;    /* an authority waits for her yes, and asking is switched on */
    bool is_third_party;
    bool may_ask_who; /* a reporter at home who was not asked yet: a phone where she works may be watched */
    bool is_help;     /* a request: nothing else is ever answered */
    bool is_contact, is_own_number; /* the number is a responder's, or ours */
    bool looks_automatic;           /* replies_looks_automatic */
    bool channel_sends;             /* the channel she wrote to can send SMS */
    bool can_answer;                /* her answer would come back by it: else she is asked nothing */
    enum rules_verdict rules;
    int64_t last_auto_at, window_ms, now_ms;
    int64_t sent_today, daily_budget;
};
/* The purpose of the text to send, or -1 = silence; *ret_why is a fixed word for log and audit. */
int replies_decide(const struct replies_facts *facts, const char **ret_why);

enum replies_mode replies_mode_for(
    const struct config *config, const char *language, const char *country, enum urgency urgency);

/* An answering machine, a bounce, a delivery notice, or our own sentence come back. */
bool replies_looks_automatic(const struct texts *texts, struct span text);

/* Does a name show as sender of this channel in that country, because `senders` or `from` says so? */
bool replies_shows_name(const struct config_channel *channel, const char *country);

/* Would an answer of hers to what this channel sends there come back by it? She wrote to it, so it is reached from
 * there; but nobody can answer a name, and where only names show, a number that is known to stand elsewhere arrives as
 * one. */
bool replies_can_be_answered(const struct core *core, const struct config_channel *channel, const char *number);

/* Decides for a message that has just been stored and queues the reply. Inside the transaction. */
int replies_consider(struct core *core, struct case_row *row, struct person_row *person, const struct sms_in *sms,
    const struct triage *triage, int64_t message_id, int64_t now_ms) MUST_CHECK;

#endif
