/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * candidates - what the lexicon can learn of people's corrections: words that no entry covers in texts to which a
 * person gave a label, and words whose entry spoke for a label that a person took off. Why:   whoever edits words needs
 * the words, not the texts: they are counted one by one over all corrections, so that no text can be read off the list.
 * Numbers are left out, and so is what is too long to be one word. Not here: adding an entry (a person edits
 * config/lexicon).
 */
#ifndef GATEWAY_CORE_CANDIDATES_H
#define GATEWAY_CORE_CANDIDATES_H

#include "gateway/core/core.h"

#define CANDIDATES_WORD_MAX 96 /* bytes of a word with NUL: 24 characters of any script */

struct candidate {
    char word[CANDIDATES_WORD_MAX]; /* as she wrote it, in lower case where letters have case */
    char language[LANGUAGE_MAX];    /* of the corrected case */
    const char *kind;               /* category, flag, intent, urgency, language; static */
    char label[32];
    bool is_doubt;  /* the label was taken off: is its entry right? */
    unsigned count; /* corrections that speak for it */
    unsigned seen;  /* corrections in whose texts the word stands, whatever their labels */
};
typedef int (*candidate_fn)(void *context, const struct candidate *candidate);
/* The most frequent first. language "" = all; else those whose tag or primary tag it is. */
int candidates_list(struct core *core, const char *language, unsigned limit, candidate_fn fn, void *context) MUST_CHECK;

#endif
