/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acklink - the address by which a contact answers an alert from any browser: signed and expiring.
 * Keeps: nothing in the address names a person or a case; a wrong signature and an unknown alert look the same.
 *        Form: <public_url>/ack/<public id>.<expiry, UTC seconds>.<signature, 32 hex digits>
 */
#ifndef GATEWAY_CORE_ACKLINK_H
#define GATEWAY_CORE_ACKLINK_H

#include "gateway/core/core.h"

#define ACKLINK_DAYS 30

/* Appends the whole address; appends nothing when the configuration names no public_url. */
void acklink_add(const struct core *core, const char *public_id, int64_t created_at, struct buf *out);
/* Reads the last path segment. ret_public_id is 40 bytes. ERR_REFUSED for everything that is not ours or has expired.
 */
int acklink_read(const struct core *core, const char *token, int64_t now_ms, char *ret_public_id) MUST_CHECK;

#endif
