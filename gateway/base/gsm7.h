/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsm7 - how a text travels as SMS: alphabet, units, segments (3GPP TS 23.038 6.2.1, 23.040 9.2.3.24). Pure.
 * Keeps: an extension character counts two units and is never cut; nor is a surrogate pair, nor what a reader sees as
 *        one sign (a letter with its marks, a conjunct, an emoji of several), unless it alone fills a segment.
 * Not here: the codes of the alphabets, and the national ones (handlers/gsm).
 */
#ifndef GATEWAY_BASE_GSM7_H
#define GATEWAY_BASE_GSM7_H

#include <stdbool.h>

#include "gateway/base/buf.h"

struct gsm7_size {
    bool is_ucs2;      /* some character is not in the default alphabet and its extension table */
    unsigned units;    /* septets or UTF-16 code units */
    unsigned segments; /* 1 up to 160 / 70, else by 153 / 67; 0 for an empty text */
    unsigned left;     /* units left in the last segment */
};
void gsm7_measure(struct span text, struct gsm7_size *ret_size);
/* Units of one character in the default alphabet: 1, 2 (extension), or 0 = not in it. */
unsigned gsm7_units(uint32_t character);
/* Is all of it in the default alphabet and its extension? Some providers turn what is not into "?". */
bool gsm7_is_plain(struct span text);
/* Does the character belong to the sign that `before` (0 = nothing) is of, as a reader sees it: a mark on a letter, the
 * second half of a conjunct? */
bool gsm7_is_bound(uint32_t before, uint32_t character);
/* The first character that is not in the alphabet, as a byte offset, or text.len. */
size_t gsm7_first_foreign(struct span text);
/* Units of one character in the alphabet that context means; 0 does not occur. */
typedef unsigned (*gsm7_units_fn)(const void *context, uint32_t character);
/* Bytes of the longest prefix of at most `room` units that cuts nothing; *ret_units (may be NULL) = its units. */
size_t gsm7_cut(struct span text, gsm7_units_fn units, const void *context, unsigned room, unsigned *ret_units);
/* Bytes of the longest prefix of at most `segments` segments (for cutting with a note). */
size_t gsm7_prefix(struct span text, unsigned segments);

#endif
