/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whatsapp_send - the sending half of the channel whatsapp_cloud: one template message, and what Meta's codes mean. */
#ifndef HANDLERS_WHATSAPP_SEND_H
#define HANDLERS_WHATSAPP_SEND_H

#include "handlers/channel.h"

int whatsapp_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out);
void whatsapp_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);
/* Does the code mean trouble that passes by itself? */
bool whatsapp_send_is_passing(const char *code);

#endif
