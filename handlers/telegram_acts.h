/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telegram_acts - what comes back from Telegram: a button under an alert was touched, or somebody wrote to the bot.
 * What:  updates of the Bot API, as its webhook posts them and as getUpdates lists them.
 * Keeps: in a group only what begins with "/" is a command, so that the talk of the desk is not read as one; bots are
 *        not heard.
 */
#ifndef HANDLERS_TELEGRAM_ACTS_H
#define HANDLERS_TELEGRAM_ACTS_H

#include "gateway/json/json.h"
#include "handlers/channel.h"

/* Members of struct channel_ops. */
enum verdict telegram_acts_verify(const struct settings *settings, const struct request *request, int64_t now_ms);
int telegram_acts_parse(
    const struct settings *settings, const struct request *request, struct contact_act *out, size_t max) MUST_CHECK;
bool telegram_acts_is_from(const struct settings *settings, const struct contact_act *act, const char *to);
void telegram_acts_answer(
    const struct settings *settings, const struct contact_act *act, const char *sentence, struct reply *ret_reply);

/* getUpdates instead of a webhook, for a line that has no public address. */
bool telegram_acts_are_heard(const struct settings *settings);
int telegram_acts_read_poll(const struct settings *settings, const struct poll_from *from,
    const struct transmit_reply *reply, struct contact_act *out, size_t max, struct poll_page *ret_page) MUST_CHECK;

/* One update: 1 with an act, 0 without, ERR_INVALID when it is no update, ERR_NOMEM. */
int telegram_acts_read(json_t *update, struct contact_act *ret_act) MUST_CHECK;

#endif
