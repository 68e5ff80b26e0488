/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * twilio_list - the messages that Twilio received, as its Messages resource lists them, newest first.
 * Why:   Twilio does not repeat a webhook that failed unless it was told to; what is in its log is all that is left.
 * Keeps: the ids are those of the webhooks; only what came in is read; the list is left where it is older than wanted.
 */
#ifndef HANDLERS_TWILIO_LIST_H
#define HANDLERS_TWILIO_LIST_H

#include "handlers/channel.h"

int twilio_list_build(const struct settings *settings, const struct poll_from *from, struct transmit *out) MUST_CHECK;
int twilio_list_read(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page) MUST_CHECK;

#endif
