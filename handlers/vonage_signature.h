/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vonage_signature - the `sig` parameter of Vonage's SMS API.
 * What:  "&name=value" of every other parameter in byte order of the names, with "&" and "=" inside a value written as
 *        "_", under the one method that the settings name: a digest of text and secret, or an HMAC; hex in either case.
 * Why:   the signer that Vonage ships for Node joins the text in another way than its manual and its own verifier; the
 *        manual is what the platform does.
 */
#ifndef HANDLERS_VONAGE_SIGNATURE_H
#define HANDLERS_VONAGE_SIGNATURE_H

#include "handlers/channel.h"

/* Reads the keys secret, secret_previous, signature_method and replay_window. VERDICT_LATE also without a time. */
enum verdict vonage_signature_verify(const struct settings *settings, const struct request *request, int64_t now_ms);

/* Appends the `sig` of these fields (encoded as a form, without sig) under the current secret. ERR_INVALID without one.
 */
int vonage_signature_sign(const struct settings *settings, struct span form, struct buf *out) MUST_CHECK;

#endif
