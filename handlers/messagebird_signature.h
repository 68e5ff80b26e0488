/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messagebird_signature - the three signatures of this house: MessageBird-Signature-JWT, the older
 * MessageBird-Signature of the REST interface, and the one of Bird Channels under the same header name.
 * What:  JWT: HS256/384/512, issuer MessageBird, digests of the whole URL and of the body, a minute to live. Older:
 *        HMAC-SHA256 over time LF sorted query LF digest of the body. Channels: over time LF URL LF digest of the body.
 * Keeps: a body without its digest is refused; a request outside its time is late, not forged.
 */
#ifndef HANDLERS_MESSAGEBIRD_SIGNATURE_H
#define HANDLERS_MESSAGEBIRD_SIGNATURE_H

#include "handlers/publicurl.h"

struct messagebird_signature {
    const struct publicurl *urls;
    const char *const *secrets; /* ends with NULL; "" is skipped */
    const struct request *request;
    int64_t now_ms, window_ms;
};

enum verdict messagebird_signature_jwt(const struct messagebird_signature *in);
enum verdict messagebird_signature_legacy(const struct messagebird_signature *in);
enum verdict messagebird_signature_channels(const struct messagebird_signature *in);

#endif
