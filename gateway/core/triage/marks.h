/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks - one spelling for signs that keyboards store in several orders and pieces.
 * What:  the signs around a letter of the scripts from Devanagari to Khmer are put in one order, doubled ones dropped,
 *        pieces of one vowel joined, letters that are only a short way to write two spread.
 * Why:   a phone shows a tone before a vowel and after it alike; words are compared by code points.
 * Keeps: places of the original rise, and a letter with its signs keeps its first and last place; settling twice
 *        changes nothing.
 * Not here: letters that count as one (config/lexicon/common.conf), the Zawgyi encoding (zawgyi).
 */
#ifndef GATEWAY_CORE_TRIAGE_MARKS_H
#define GATEWAY_CORE_TRIAGE_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#define MARKS_FIRST 0x0900u
#define MARKS_LAST 0x17FFu

/* What marks know of one character; 0 = it stands for itself. Immutable after marks_init. */
struct marks {
    uint8_t facts[MARKS_LAST - MARKS_FIRST + 1];
};

/* Characters of one word, each with its place in the text; both are changed in place. */
struct marks_word {
    uint16_t *chars, *from;
    unsigned len, max;
};

void marks_init(struct marks *marks);

/* Whether a sign may become one with the character before it, and what they become; 0 = they stay two. */
bool marks_is_joining(const struct marks *marks, uint32_t sign);
uint16_t marks_join(uint16_t before, uint16_t sign);

/* True when the word was changed. A word that would outgrow max is not spread. */
bool marks_settle(const struct marks *marks, struct marks_word *word);

#endif
