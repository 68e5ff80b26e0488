/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * responders - an SMS from a registered address of a contact: a command, an answer in a conversation, or a question.
 * Keeps: a code counts only from an address of the contact it was made for; a wrong one is answered with what was
 * expected, and five void it and ask the next contact; every text of a responder is stored and answered once. Not here:
 * what a command looks like (command), what it does (acts).
 */
#ifndef GATEWAY_CORE_RESPONDERS_H
#define GATEWAY_CORE_RESPONDERS_H

#include "gateway/core/core.h"
#include "gateway/store/alerts.h"

#define RESPONDERS_TRIES_MAX 5

/* The contact that has this number among its SMS addresses, or NULL. */
const struct config_contact *responders_find(const struct core *core, const char *number);

/* Which of the contact's addresses has this number, one of that channel before others; -1 = none. */
int responders_address(const struct config_contact *contact, const char *number, const char *channel);

/* A text of a contact. */
struct responders_text {
    const struct config_contact *contact;
    int address;       /* it came from, and its answer goes to */
    bool is_elsewhere; /* by another channel than its reply_channel: nothing in it is obeyed */
    struct span text;
};
/* Does what a contact sends by SMS count when it comes by that channel? */
bool responders_is_heard(const struct config_contact *contact, const char *channel);

/* Handles a text of that contact inside the transaction: acts, queues the answer to the address it came from.
 * *ret_case_id is the case it was about, 0 = none. */
int responders_receive(
    struct core *core, const struct responders_text *text, int64_t now_ms, int64_t *ret_case_id) MUST_CHECK;

#endif
