/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mask - hides numbers and names in a text for contacts of trust level `masked`. Pure.
 * What:  runs of four or more digits (any script, also written with spaces or dashes), mail addresses and links, and
 *        the words after "my name is" in the languages of the lexicon, are replaced by "***".
 * Keeps: it hides too much rather than too little; it never hides what the trouble is.
 */
#ifndef GATEWAY_CORE_MASK_H
#define GATEWAY_CORE_MASK_H

#include "gateway/base/buf.h"

/* Appends the masked text. text is valid UTF-8. */
void mask_text(struct span text, struct buf *out);

#endif
