/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loopback - the emptiest channel: what it sends goes nowhere and counts as sent.
 * What:  for demo and tests. Messages come in by `helplinectl simulate`; what is sent to it stands in the outbox, to be
 * read. Why:   it shows what a channel must have at least; handlers/README.md walks through it.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"

static const struct key keys[] = {
    { .name = NULL },
};

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    (void)settings;
    if (str_is_empty(message->to))
        return ERR_INVALID;
    out->kind = TRANSMIT_LOOPBACK;
    buf_add_text(&out->body, message->text);
    return buf_check(&out->body);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    memset(ret_result, 0, sizeof *ret_result);
    ret_result->outcome = reply->kind == REPLY_ANSWERED ? OUTCOME_sent : OUTCOME_retry_network;
}

const struct channel_ops loopback_channel = {
    .kind = "loopback",
    .summary = "sends nowhere: for trying out and for tests",
    .caps = CHANNEL_SENDS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
};
