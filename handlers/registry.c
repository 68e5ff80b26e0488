/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - see the header. */
#include "handlers/registry.h"

#include "gateway/base/str.h"

/* One line a channel: <word> stands for `const struct channel_ops <word>_channel` in <word>.c. */
#define CHANNELS(CHANNEL)                                                                                              \
    CHANNEL(elks46)                                                                                                    \
    CHANNEL(africastalking)                                                                                            \
    CHANNEL(android_sms_gateway)                                                                                       \
    CHANNEL(bird_channels)                                                                                             \
    CHANNEL(clickatell)                                                                                                \
    CHANNEL(generic)                                                                                                   \
    CHANNEL(httpsms)                                                                                                   \
    CHANNEL(infobip)                                                                                                   \
    CHANNEL(kannel)                                                                                                    \
    CHANNEL(loopback)                                                                                                  \
    CHANNEL(mail)                                                                                                      \
    CHANNEL(matrix)                                                                                                    \
    CHANNEL(mattermost)                                                                                                \
    CHANNEL(messagebird)                                                                                               \
    CHANNEL(modem)                                                                                                     \
    CHANNEL(movider)                                                                                                   \
    CHANNEL(ntfy)                                                                                                      \
    CHANNEL(pagerduty)                                                                                                 \
    CHANNEL(plivo)                                                                                                     \
    CHANNEL(primero)                                                                                                   \
    CHANNEL(rapidpro)                                                                                                  \
    CHANNEL(rocketchat)                                                                                                \
    CHANNEL(semaphore)                                                                                                 \
    CHANNEL(signal)                                                                                                    \
    CHANNEL(sinch)                                                                                                     \
    CHANNEL(slack)                                                                                                     \
    CHANNEL(telegram)                                                                                                  \
    CHANNEL(telerivet)                                                                                                 \
    CHANNEL(telnyx)                                                                                                    \
    CHANNEL(twilio)                                                                                                    \
    CHANNEL(unifonic)                                                                                                  \
    CHANNEL(vonage_messages)                                                                                           \
    CHANNEL(vonage_sms)                                                                                                \
    CHANNEL(webhook)                                                                                                   \
    CHANNEL(whatsapp_cloud)                                                                                            \
    CHANNEL(zammad)

#define DECLARE(word) extern const struct channel_ops word##_channel;
#define LIST(word) &word##_channel,

CHANNELS(DECLARE)
static const struct channel_ops *const channels[] = { CHANNELS(LIST) };

const struct channel_ops *registry_find(const char *kind)
{
    for (size_t i = 0; i < STR_COUNT(channels); i++) {
        if (str_equal(channels[i]->kind, kind))
            return channels[i];
    }
    return NULL;
}

const struct channel_ops *registry_at(size_t index)
{
    return index < STR_COUNT(channels) ? channels[index] : NULL;
}
