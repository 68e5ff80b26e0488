/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * webhooks - what a provider's request becomes: /in/<channel>/message and /in/<channel>/status.
 * Keeps: the answer is prepared here but given only after the commit; what cannot be let in is kept in quarantine; a
 *        duplicate is a success.
 * Not here: HTTP framing (http), signatures and fields (handlers), storing (intake, reports).
 */
#ifndef GATEWAY_CORE_WEBHOOKS_H
#define GATEWAY_CORE_WEBHOOKS_H

#include "gateway/core/core.h"
#include "handlers/channel.h"

/* Handles one request inside the open transaction and prepares its answer. *ret_messages counts what intake looked at.
 * An error is one of storage: the caller undoes the request and answers with webhooks_busy. */
int webhooks_handle(struct core *core, const struct request *request, int64_t now_ms, struct reply *ret_reply,
    unsigned *ret_messages) MUST_CHECK;

/* "Try again": 503, in the provider's own form where the channel is known. */
void webhooks_busy(struct core *core, const struct request *request, struct reply *ret_reply);

/* The texts of a request, read without the database. */
struct webhooks_texts {
    const struct config_channel *channel;
    unsigned marks; /* enum arrival_marks */
    int count;
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
};
/* ERR_NOT_FOUND: it carries no text, or is not let in as it stands. Caller calls webhooks_texts_done after 0. */
int webhooks_read_texts(
    struct core *core, const struct request *request, int64_t now_ms, struct webhooks_texts *ret_texts) MUST_CHECK;
void webhooks_texts_done(struct webhooks_texts *texts);
/* The channel's own word for "stored", for such a request that is durable by another way than the database. */
void webhooks_taken(const struct webhooks_texts *texts, struct reply *ret_reply);
/* Lets such a request in later, at the time and with the marks it came with. Errors as webhooks_release. */
int webhooks_restore(struct core *core, const char *channel, const struct request *request, unsigned marks,
    int64_t received_at, int64_t now_ms) MUST_CHECK;

/* Lets a kept request in as if its signature had been right. ERR_INVALID when it carries no message and no report;
 * ERR_NOT_FOUND when its channel is not configured. *ret_case_id is the case of its first message. */
int webhooks_release(struct core *core, const char *channel, const struct request *request, int64_t now_ms,
    int64_t *ret_case_id) MUST_CHECK;

/* The texts that webhooks_release would let in, and nothing is stored. ERR_INVALID: it carries none; ERR_NOT_FOUND as
 * above. Caller calls webhooks_texts_done after 0. */
int webhooks_peek(
    struct core *core, const char *channel, const struct request *request, struct webhooks_texts *ret_texts) MUST_CHECK;

/* The largest body that any channel of the configuration needs room for. */
size_t webhooks_body_max(const struct config *config);

#endif
