/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_auth - how an unknown provider may prove itself to the generic channel.
 * What:  none, a token in a field, in the path or in a header, Basic, an HMAC or a hash (generic_mac), Standard
 * Webhooks. Keeps: where a signature covers only the body, nothing is read from the query (generic_auth_fields_flags).
 * Not here: the same from the other side (generic_prove).
 */
#ifndef HANDLERS_GENERIC_AUTH_H
#define HANDLERS_GENERIC_AUTH_H

#include "handlers/channel.h"

enum verdict generic_auth_verify(const struct settings *settings, const struct request *request, int64_t now_ms);
/* Flags for fields_read: may the content be completed from the query? */
unsigned generic_auth_fields_flags(const struct settings *settings);
int generic_auth_check(const struct settings *settings, struct error *error);

#endif
