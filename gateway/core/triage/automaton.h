/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * automaton - all words of all languages found in one pass over a text (Aho and Corasick, 1975).
 * What:  words are strings of 16-bit symbols, added first, then closed, then searched; each distinct word has a number
 *        from 0 in the order of adding.
 * Keeps: immutable once closed; the same words in the same order give the same automaton; no allocation in a search.
 * Not here: word boundaries and what a word means (match, lexicon).
 */
#ifndef GATEWAY_CORE_TRIAGE_AUTOMATON_H
#define GATEWAY_CORE_TRIAGE_AUTOMATON_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define AUTOMATON_NODES_MAX (1u << 20)
#define AUTOMATON_WORD_MAX 64u /* symbols */

struct automaton;

/* A word ends at text[end-1]; the length is automaton_word_len. */
typedef void automaton_found_fn(void *context, uint32_t word, unsigned end);

int automaton_new(struct automaton **ret_automaton) MUST_CHECK;
void automaton_free(struct automaton *automaton);

/* ERR_INVALID for an empty or too long word, ERR_LIMIT, ERR_NOMEM. A known word gives its number again. */
int automaton_add(struct automaton *automaton, const uint16_t *symbols, unsigned len, uint32_t *ret_word) MUST_CHECK;
/* Builds the tree and its links, ERR_LIMIT past AUTOMATON_NODES_MAX; nothing may be added afterwards. */
int automaton_close(struct automaton *automaton) MUST_CHECK;

uint32_t automaton_word_count(const struct automaton *automaton);
unsigned automaton_word_len(const struct automaton *automaton, uint32_t word);
/* Of a closed automaton: the number of exactly this word, or -1. */
int32_t automaton_find(const struct automaton *automaton, const uint16_t *symbols, unsigned len);
size_t automaton_bytes(const struct automaton *automaton);

void automaton_search(
    const struct automaton *automaton, const uint16_t *text, unsigned len, automaton_found_fn *found, void *context);

#endif
