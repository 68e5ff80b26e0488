/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_send - a message as one HTTP request made from templates.
 * What:  {to} {to_no_plus} {from} {from_no_plus} {text} {text_hex} {coding} {id} {now} {status_url} {token} in the URL,
 * the body and the headers, each escaped for the place where it stands. Not here: what the answer means
 * (generic_result).
 */
#ifndef HANDLERS_GENERIC_SEND_H
#define HANDLERS_GENERIC_SEND_H

#include "handlers/channel.h"

int generic_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out) MUST_CHECK;
int generic_send_check(const struct settings *settings, struct error *error);

#endif
