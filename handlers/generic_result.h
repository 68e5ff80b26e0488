/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_result - what the answer of an unknown provider to a message means: by its status, and by words in it.
 * Keeps: only a 2xx answer counts as sent, whatever it says: a person who waits for an answer must not be told that
 *        somebody was alerted because of a word in an error page.
 */
#ifndef HANDLERS_GENERIC_RESULT_H
#define HANDLERS_GENERIC_RESULT_H

#include "handlers/channel.h"

void generic_result_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);
int generic_result_check(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
