/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_mac - signatures of an unknown provider: an HMAC of a configured text, or a plain hash with the secret in it.
 * Keeps: what is read later is covered by what was signed: a GET by its query, a form by its body or its sorted fields,
 *        any other body by its bytes.
 */
#ifndef HANDLERS_GENERIC_MAC_H
#define HANDLERS_GENERIC_MAC_H

#include "handlers/generic_signed.h"

enum verdict generic_mac_verify(const struct settings *settings, const struct request *request, int64_t now_ms);
/* Appends the signature in hex that a provider with the secret of signed_by would make. */
int generic_mac_make(const struct generic_signed *signed_by, struct buf *out) MUST_CHECK;
/* Is the query of any request a part of what is signed? */
bool generic_mac_covers_query(const struct settings *settings);
/* The time that the signature covers, UTC milliseconds; 0 = none. For a source that was read and is at no entry. */
int64_t generic_mac_signed_at(const struct generic_source *source);
int generic_mac_check(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
