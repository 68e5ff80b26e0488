/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plivo_signature - X-Plivo-Signature-V3 and -V2, each with the `Ma` form of the main account.
 * What:  V3 is base64(HMAC-SHA256(token, URL "?" sorted query "." sorted fields "." nonce)); V2 is the same over the
 *        URL without its query and the nonce, and covers neither the query nor the body.
 * Why:   Plivo documents V2 for messages and sends V3 with some. Where V3 stands it decides: a forger who saw one
 *        V2 signature could change the text.
 */
#ifndef HANDLERS_PLIVO_SIGNATURE_H
#define HANDLERS_PLIVO_SIGNATURE_H

#include "handlers/publicurl.h"

/* tokens ends with NULL; "" is skipped. */
bool plivo_signature_is_valid(
    const struct publicurl *urls, const char *const *tokens, bool is_v2_accepted, const struct request *request);

/* Appends the V3 signature of the request under the first of the addresses. ERR_INVALID when there is none. */
int plivo_signature_sign(const struct publicurl *urls, const char *token, const char *nonce,
    const struct request *request, struct buf *out) MUST_CHECK;

#endif
