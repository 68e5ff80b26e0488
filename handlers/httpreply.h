/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * httpreply - what an HTTP answer means where the provider's own codes do not say it better (RFC 9110 clause 15).
 * Why:   whether a 502 or a lost answer may be repeated depends on the remote side recognising our id; everything else
 * is alike for every HTTP channel.
 */
#ifndef HANDLERS_HTTPREPLY_H
#define HANDLERS_HTTPREPLY_H

#include "gateway/base/model.h"

/* The outcome, with retry_after_s filled in; remote_id and provider_code stay empty.
 * is_idempotent: the remote side recognises a repetition, so any 5xx may simply be tried again. */
void httpreply_read(const struct transmit_reply *reply, bool is_idempotent, struct send_result *ret_result);
/* The provider's own code, of which only what can stand in a log line is kept, cut to fit. NULL or "": none. */
void httpreply_set_code(struct send_result *result, const char *code);
/* How long to wait when the other side asked for so many seconds; 0 = our own curve. */
int64_t httpreply_wait(int64_t asked_s, enum outcome outcome);

#endif
