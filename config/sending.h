/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sending - the rules of a country applied to what is on its way there.
 * What:  a text of ours so written that the network lets it through; the hours in which nothing begins that can wait;
 *        the name that may show as sender.
 * Keeps: pure; what texts_check refuses in a text is gone from what sending_adapt makes of it, and nothing else is.
 * Not here: reading the rules (countries), refusing a text (texts_check), what is urgent enough (core/quiet).
 */
#ifndef CONFIG_SENDING_H
#define CONFIG_SENDING_H

#include "config/texts.h"

enum sending_part { /* bits */
    SENDING_LINKS = 1,
    SENDING_NUMBERS = 2,
    SENDING_WORDS = 4
};
#define SENDING_EVERYTHING (SENDING_LINKS | SENDING_NUMBERS | SENDING_WORDS)

/* Appends the text with its links broken up, its numbers hidden and its forbidden words starred, as far as the rules
 * of that country (and those that hold everywhere) ask for it and `parts` allows it. Returns what was changed. The
 * buffer keeps the error of a text that has no room. */
unsigned sending_adapt(
    const struct texts *texts, const char *country, struct span text, unsigned parts, struct buf *out);

/* When the quiet hours of that country end that are on now; 0 = they are not on, or it has none. */
int64_t sending_quiet_until(const struct texts *texts, const char *country, int64_t now_ms);

#endif
