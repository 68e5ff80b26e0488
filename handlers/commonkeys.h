/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commonkeys - rows of a channel's table of keys that mean the same for every provider, so that they read the same.
 * Not here: what differs: secrets, accounts, addresses of a provider.
 */
#ifndef HANDLERS_COMMONKEYS_H
#define HANDLERS_COMMONKEYS_H

#include "config/schema.h"

#define COMMONKEY_PUBLIC_URL(path)                                                                                     \
    {                                                                                                                  \
        .name = "public_url", .type = KEY_URL, .max = 1024,                                                            \
        .doc = "The address under which the provider reaches this channel's /message, as it is typed there; delivery " \
               "reports are asked for at the same address with /status at its end.",                                   \
        .example = "https://line.example.org/in/" path "/message"                                                      \
    }
#define COMMONKEY_STATUS_URL                                                                                           \
    {                                                                                                                  \
        .name = "status_url", .type = KEY_URL, .max = 1024,                                                            \
        .doc = "The address for delivery reports, where it cannot be made of public_url."                              \
    }
#define COMMONKEY_FROM(sample)                                                                                         \
    {                                                                                                                  \
        .name = "from", .type = KEY_TEXT, .max = 32, .doc = "The number or sender name that messages leave from.",     \
        .example = sample                                                                                              \
    }
#define COMMONKEY_API_URL(address)                                                                                     \
    {                                                                                                                  \
        .name = "api_url", .type = KEY_URL, .max = 256, .fallback = address,                                           \
        .doc = "Where messages are sent to; another region of the provider, or a test server on this machine."         \
    }
#define COMMONKEY_TEXT_MAX(units)                                                                                      \
    {                                                                                                                  \
        .name = "text_max", .type = KEY_INT, .min = 70, .max = 10000, .fallback = units,                               \
        .doc = "The longest text that the provider takes, in UTF-16 units; a longer one is cut and ends in \"...\"."   \
    }
#define COMMONKEY_REPLAY_WINDOW                                                                                        \
    {                                                                                                                  \
        .name = "replay_window", .type = KEY_DURATION, .min = 10000, .max = 86400000, .fallback = "5 min",             \
        .doc = "How far the signed time may be from ours; a message outside of it is accepted and marked late."        \
    }
#define COMMONKEY_TIMEOUT                                                                                              \
    {                                                                                                                  \
        .name = "timeout", .type = KEY_DURATION, .min = 1000, .max = 60000, .fallback = "15 s",                        \
        .doc = "How long one request to the provider may take."                                                        \
    }
#define COMMONKEY_PATH_SECRET                                                                                          \
    {                                                                                                                  \
        .name = "path_secret", .type = KEY_TEXT, .flags = KEY_SECRET, .min = 8, .max = 128,                            \
        .doc = "A secret that must stand at the end of the address: /in/NAME/message/SECRET."                          \
    }

#endif
