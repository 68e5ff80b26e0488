/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_send - a message as one HTTP request made from templates.
 * What:  {to} {to_no_plus} {from} {from_no_plus} {text} {id} {token} in the URL, the body and the headers, each escaped
 * for the place where it stands.
 */
#ifndef HANDLERS_GENERIC_SEND_H
#define HANDLERS_GENERIC_SEND_H

#include "handlers/channel.h"

int generic_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
void generic_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);
int generic_send_check(const struct settings *settings, struct error *error);

#endif
