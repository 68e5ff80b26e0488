/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * twilio_send - the outward half of the twilio channel: Messages.json and what comes back.
 * Keeps: nothing is repeated by itself: the call has no idempotency key, so a lost answer is `uncertain`.
 */
#ifndef HANDLERS_TWILIO_SEND_H
#define HANDLERS_TWILIO_SEND_H

#include "handlers/channel.h"

int twilio_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
void twilio_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);

/* A request to the Messages resource of the account, logged in. */
int twilio_send_begin(const struct settings *settings, bool is_get, struct transmit *out) MUST_CHECK;

#endif
