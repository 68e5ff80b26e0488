/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * urltoken - proof of origin for providers that sign nothing: a secret that only they know the address with.
 * What:  the keys `token` and `token_previous`; the token is the last part of the path (/in/NAME/message/TOKEN) or the
 *        field `token` of the query.
 * Keeps: constant time in the secret; an empty token proves nothing.
 */
#ifndef HANDLERS_URLTOKEN_H
#define HANDLERS_URLTOKEN_H

#include "handlers/channel.h"

#define URLTOKEN_KEYS(sample)                                                                                          \
    { .name = "token",                                                                                                 \
        .type = KEY_TEXT,                                                                                              \
        .flags = KEY_REQUIRED | KEY_SECRET,                                                                            \
        .min = 8,                                                                                                      \
        .max = 128,                                                                                                    \
        .doc = "The secret in the address that the provider is given: /in/NAME/message/TOKEN, or "                     \
               "/in/NAME/message?token=TOKEN; letters and digits, 20 or more.",                                        \
        .example = sample },                                                                                           \
    {                                                                                                                  \
        .name = "token_previous", .type = KEY_TEXT, .flags = KEY_SECRET, .max = 128,                                   \
        .doc = "The token before the last change, accepted beside the current one."                                    \
    }

bool urltoken_is_given(const struct settings *settings, const struct request *request);
/* Appends the address for delivery reports (httpsend_add_status_url) with "?token=..."; nothing when there is none. */
void urltoken_add_status_url(const struct settings *settings, struct buf *out);

#endif
