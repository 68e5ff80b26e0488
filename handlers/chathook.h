/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chathook - the incoming webhooks of team chats: a secret address that takes one JSON message.
 * What:  the address is api_url and the secret `hook` behind it, or the contact's own, when that is a URL; a contact's
 *        address "#room" or "@person" asks for another place, where the chat allows it.
 */
#ifndef HANDLERS_CHATHOOK_H
#define HANDLERS_CHATHOOK_H

#include "handlers/channel.h"

#define CHATHOOK_KEY_HOOK(what, sample)                                                                                \
    {                                                                                                                  \
        .name = "hook", .type = KEY_TEXT, .flags = KEY_SECRET, .min = 1, .max = 256,                                   \
        .doc = "The secret end of the webhook's address, behind api_url: " what ".", .example = sample                 \
    }

/* Begins the request. ERR_INVALID when there is nowhere to send it to, or nothing to say. */
int chathook_begin(const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
/* "#room" or "@person" of the contact's address; "" when the hook's own place is meant. */
const char *chathook_room(const struct sms_out *message);

#endif
