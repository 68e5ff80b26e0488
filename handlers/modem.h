/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem - what the two files of the channel kind `modem` share: receiving and settings (modem.c), sending
 * (modem_send.c).
 */
#ifndef HANDLERS_MODEM_H
#define HANDLERS_MODEM_H

#include "handlers/channel.h"

#define MODEM_TEXT_MAX 2000 /* UTF-16 units of a message of ours: 30 SMS at most, within SEND_PARTS_MAX */

int modem_build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
void modem_read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);
/* What the number of the modem's final answer means: N of +CMS ERROR, 1000 + N of +CME ERROR. */
enum outcome modem_outcome(int code);

#endif
