/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound - which known words a misspelt one may be: equal in sound, or one letter away.
 * Why:   romanised languages have no spelling ("nahi", "nahin", "nhi"); people drop vowels and swap letters.
 * Keeps: asked only for words that nothing else knows, so a text that is spelt as in the lexicon costs nothing;
 * immutable once closed; deterministic.
 */
#ifndef GATEWAY_CORE_TRIAGE_SOUND_H
#define GATEWAY_CORE_TRIAGE_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define SOUND_WORD_MAX 32u    /* longer words have no tolerance */
#define SOUND_KEY_MIN 4u      /* letters of a sound key */
#define SOUND_DISTANCE_MIN 6u /* letters of a word that may have one wrong */
#define SOUND_CANDIDATES_MAX 8u

struct sound_index;

int sound_index_new(struct sound_index **ret_index) MUST_CHECK;
void sound_index_free(struct sound_index *index);
/* Makes a word of the automaton findable by its sound (Latin letters only) and by its letters. */
int sound_index_add(struct sound_index *index, const uint16_t *letters, unsigned len, uint32_t word) MUST_CHECK;
int sound_index_close(struct sound_index *index) MUST_CHECK;

/* Candidates for a word that is not known, best first; returns how many (at most SOUND_CANDIDATES_MAX).
 * *ret_is_same_sound: they sound alike; otherwise they are one letter away. */
unsigned sound_index_find(const struct sound_index *index, const uint16_t *letters, unsigned len, uint32_t *ret_words,
    bool *ret_is_same_sound);
size_t sound_index_bytes(const struct sound_index *index);

/* Hash of the sound of a word, 0 when it has too little: doubled letters, h after a consonant, long vowels and
 * inner a's do not count; e/i/y, o/u/w, c/k/q, s/z/j... fall together. */
uint32_t sound_key(const uint16_t *letters, unsigned len);

#endif
