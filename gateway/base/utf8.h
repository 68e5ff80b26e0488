/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8 - decoding, validating and repairing UTF-8, and the legacy charsets providers still send.
 * Keeps: the repaired form of any bytes is valid UTF-8 without NUL; nothing is silently dropped (U+FFFD stands for it).
 */
#ifndef GATEWAY_BASE_UTF8_H
#define GATEWAY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define UTF8_REPLACEMENT 0xfffdu

/* Decodes one scalar at text; returns bytes consumed (1..4), *ret_char = U+FFFD for an invalid byte (consumes 1).
 * len must be > 0. Surrogates and overlong forms are invalid. */
size_t utf8_decode(const char *text, size_t len, uint32_t *ret_char);
void utf8_encode(struct buf *out, uint32_t character); /* an invalid scalar is written as U+FFFD */
bool utf8_is_valid(struct span text);
size_t utf8_count(struct span text); /* scalars */

/* Appends a valid copy: invalid bytes and NUL become U+FFFD; CESU-8 surrogate pairs are joined. */
void utf8_repair(struct buf *out, struct span text);

/* Appends text given in `charset` (case-insensitive: utf-8, us-ascii, iso-8859-1, latin1, windows-1252, utf-16be,
 * utf-16le, utf-16 with BOM) as UTF-8. ERR_UNSUPPORTED for an unknown charset. Lone surrogates become U+FFFD. */
int utf8_from_charset(struct buf *out, struct span text, const char *charset) MUST_CHECK;

/* Number of UTF-16 code units: the length an UCS-2 SMS is counted in. */
size_t utf8_utf16_units(struct span text);

/* The longest prefix of at most max_bytes that does not cut a scalar. */
size_t utf8_prefix(struct span text, size_t max_bytes);

#endif
