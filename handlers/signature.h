/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signature - compares a MAC that somebody sent with the one we compute, in constant time.
 * Keeps: an empty key verifies nothing; an empty or cut signature is wrong.
 */
#ifndef HANDLERS_SIGNATURE_H
#define HANDLERS_SIGNATURE_H

#include "gateway/crypto/mac.h"

/* given is exactly the padded base64 text of the MAC (Twilio compares the text). */
bool signature_is_base64(enum mac_kind kind, struct span key, struct span data, struct span given);
/* given is the MAC in hex of either case, or in base64 of either alphabet with or without padding. */
bool signature_is_any(enum mac_kind kind, struct span key, struct span data, struct span given);
/* given is the plain hash of data, written as above. */
bool signature_is_digest(enum mac_kind kind, struct span data, struct span given);
/* given is the secret itself. */
bool signature_is_secret(struct span secret, struct span given);

#endif
