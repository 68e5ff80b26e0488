/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zawgyi - Burmese typed for the Zawgyi font, which gives Unicode's code points other shapes and stores signs in the
 *        order in which they are seen.
 * Keeps: what was converted is not taken for Zawgyi again.
 * Not here: the order of signs after conversion (marks), the name of the language (language).
 */
#ifndef GATEWAY_CORE_TRIAGE_ZAWGYI_H
#define GATEWAY_CORE_TRIAGE_ZAWGYI_H

#include "gateway/core/triage/marks.h"

/* Weighs what only one of the two encodings writes; false when nothing tells. */
bool zawgyi_is_likely(const uint16_t *chars, unsigned len);

/* Rewrites one word in Unicode's code points, signs of a letter after it in any order. A word that would outgrow max
 * stays as it is. */
void zawgyi_convert(struct marks_word *word);

#endif
