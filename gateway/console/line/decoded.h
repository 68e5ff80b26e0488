/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decoded - a request that was kept back, as a person can read it: its fields by name, or its bytes in rows.
 * Keeps: what names itself a proof or a secret is not shown; nothing here is trusted, and everything is bounded. Pure.
 * Not here: what the request's channel would read in it (core/webhooks).
 */
#ifndef GATEWAY_CONSOLE_LINE_DECODED_H
#define GATEWAY_CONSOLE_LINE_DECODED_H

#include "gateway/base/buf.h"

#define DECODED_FIELDS_MAX 60
#define DECODED_BYTES_MAX 512 /* of a body in rows */

/* value: NULL = it is a proof or a secret. Both are valid UTF-8 when the sources are. */
typedef void (*decoded_fn)(void *context, struct span name, const struct span *value);
/* Calls fn with each pair of a form, or each leaf of a JSON text ("messages[0].body"). Returns how many there were;
 * 0 when the text is neither. */
unsigned decoded_list(struct span text, decoded_fn fn, void *context);

/* "0000  48 65 6c 6c 6f           Hello", 8 bytes a line, of at most DECODED_BYTES_MAX bytes. hex: two digits a byte.
 */
void decoded_dump(struct span hex, struct buf *out);

#endif
