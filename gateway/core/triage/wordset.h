/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wordset - the distinct words of the lexicons while they are read, numbered from 0 in the order of adding.
 * Why:   most words stand in several entries: whether one is known costs one look into a hash table here, where walking
 *        a tree that grows would cost one a letter.
 * Keeps: the same words in the same order get the same numbers.
 * Not here: finding words in a text (automaton, which takes them over when it is closed).
 */
#ifndef GATEWAY_CORE_TRIAGE_WORDSET_H
#define GATEWAY_CORE_TRIAGE_WORDSET_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define WORDSET_WORDS_MAX ((1u << 20) - 1)
#define WORDSET_LETTERS_MAX (1u << 22) /* of all words */
#define WORDSET_LEN_MAX 255u

/* Zeroed = empty. The fields are for reading. */
struct wordset {
    uint32_t count;
    uint8_t *lens;    /* by word */
    uint32_t *starts; /* by word, in letters */
    uint16_t *letters;
    uint32_t letter_count, letter_cap, cap;
    uint32_t *slots; /* hash table: the word plus one, below the highest bits of its hash */
    uint32_t slot_mask;
};

/* ERR_INVALID for an empty or too long word, ERR_LIMIT, ERR_NOMEM. A known word gives its number again. */
int wordset_add(struct wordset *set, const uint16_t *letters, unsigned len, uint32_t *ret_word) MUST_CHECK;
/* Empties it, keeping its memory. */
void wordset_reset(struct wordset *set);
void wordset_clear(struct wordset *set);

#endif
