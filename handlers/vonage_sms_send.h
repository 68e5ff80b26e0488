/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vonage_sms_send - the outward half of the vonage_sms channel: /sms/json and the list that comes back.
 * Keeps: nothing is repeated by itself: the call has no idempotency key, so a lost answer is `uncertain`.
 */
#ifndef HANDLERS_VONAGE_SMS_SEND_H
#define HANDLERS_VONAGE_SMS_SEND_H

#include "handlers/channel.h"

int vonage_sms_send_build(
    const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
void vonage_sms_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);

#endif
