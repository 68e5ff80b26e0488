/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_auth - how an unknown provider may prove itself to the generic channel.
 * What:  none, a token in a field, in the path or in a header, Basic, an HMAC or a hash (generic_mac), Standard
 * Webhooks. Keeps: where a signature covers only the body, nothing is read from the query (generic_auth_fields_flags).
 * Not here: the same from the other side (generic_prove).
 */
#ifndef HANDLERS_GENERIC_AUTH_H
#define HANDLERS_GENERIC_AUTH_H

#include "handlers/generic_source.h"

enum verdict generic_auth_verify(const struct settings *settings, const struct request *request, int64_t now_ms);
/* Flags for fields_read: may the content be completed from the query? */
unsigned generic_auth_fields_flags(const struct settings *settings);
/* The time that the signature covers, UTC milliseconds; 0 = none. For a source that was read and is at no entry. */
int64_t generic_auth_signed_at(const struct generic_source *source);
/* Gives a message without an id and a time the signed id of its request (Standard Webhooks), which is the same at each
 * retry. */
void generic_auth_name(const struct generic_source *source, struct sms_in *sms);
int generic_auth_check(const struct settings *settings, struct error *error);

#endif
