/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match - the entries of the lexicon that a text holds, with their places.
 * What:  one pass of the automaton; then each word's anchored entries are tried; words that nothing knows get a second,
 *        tolerant look (sound).
 * Keeps: bounded work and no allocation: past the ceilings the rest of the hits is left out.
 * Not here: which languages to look into (classify), what the marks mean together (rules).
 */
#ifndef GATEWAY_CORE_TRIAGE_MATCH_H
#define GATEWAY_CORE_TRIAGE_MATCH_H

#include "gateway/core/triage/lexicon.h"

#define MATCH_MARKS_MAX 512u
#define MATCH_HITS_MAX 2048u

enum match_pass { MATCH_EXACT, MATCH_SOUND, MATCH_LETTER };

struct mark {
    uint32_t entry;
    uint16_t first, last; /* window steps */
    uint16_t start, len;  /* bytes of the original */
    uint16_t clause, label;
    uint8_t weight, language, pieces;
    uint8_t pass;     /* enum match_pass: of its loosest word */
    bool is_tolerant; /* found by sound or with a wrong letter */
};

/* Marks grouped by label; within a label in the order of the text. */
struct matches {
    unsigned count;
    struct mark marks[MATCH_MARKS_MAX];
    uint16_t offsets[LABEL_COUNT + 1];
    unsigned words_found; /* words of the text that begin a hit */
};

void match_text(const struct lexicon *lexicon, const struct normal *text, uint64_t languages,
    const struct language_guess *guess, struct matches *ret);

#endif
