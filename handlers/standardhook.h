/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standardhook - the signature scheme of standardwebhooks.com, both sides of it.
 * What:  v1 is HMAC-SHA256 over "id.timestamp.body" under the bytes that "whsec_..." encodes; v1a is Ed25519 under the
 *        public key that "whpk_..." encodes (verifying only). A header may carry several signatures, so that secrets
 * rotate.
 */
#ifndef HANDLERS_STANDARDHOOK_H
#define HANDLERS_STANDARDHOOK_H

#include "handlers/channel.h"

#define STANDARDHOOK_TOLERANCE_MS (5 * 60 * 1000)

/* Is it "whsec_" and the base64 of 24 to 64 bytes? */
bool standardhook_is_secret(const char *secret);

/* Appends "v1,<base64>" to out, with a space before it when out is not empty. ERR_INVALID for a malformed secret or an
 * id that is empty or holds a dot. */
int standardhook_sign(
    const char *secret, const char *id, int64_t timestamp_s, struct span body, struct buf *out) MUST_CHECK;

/* Reads webhook-id, webhook-timestamp and webhook-signature of the request. VERDICT_LATE: signed, but outside the
 * tolerance on either side. An empty or malformed secret verifies nothing. */
enum verdict standardhook_verify(const char *secret, const struct request *request, int64_t now_ms);

#endif
