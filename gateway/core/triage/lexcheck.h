/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexcheck - what is doubtful in a lexicon that loads: for whoever edits words.
 * What:  errors are contradictions (one word for yes and for no in one language) and chat that would wake people at any
 *        hour; remarks are other chat that is given a category, entries that stand twice, words that two languages read
 * differently, words too short to weigh what was written, and concepts without words. Keeps: one line each, "file:line:
 * sentence", in the order of the files.
 */
#ifndef GATEWAY_CORE_TRIAGE_LEXCHECK_H
#define GATEWAY_CORE_TRIAGE_LEXCHECK_H

#include "gateway/core/triage/lexicon.h"

struct lexcheck {
    unsigned errors, remarks;
};

/* Labels that speak against a request, that all is well, or that answer for her: no word for these is added in passing.
 */
bool lexcheck_is_quieting(unsigned label);

/* The lexicon must keep its sources (lexicon_load_sources). */
void lexcheck_words(const struct lexicon *lexicon, struct buf *report, struct lexcheck *found);
/* The same of the entries from `first` on alone, against all others. */
void lexcheck_entries(const struct lexicon *lexicon, uint32_t first, struct buf *report, struct lexcheck *found);
/* Chat that the lexicon gives a category which `before` does not give it; here urgent is an error too. Otherwise as
 * lexcheck_chat. */
int lexcheck_new_chat(const struct lexicon *lexicon, const struct lexicon *before, const char *path, struct buf *report,
    struct lexcheck *found) MUST_CHECK;
/* Ordinary chat, a text a line; of a table as in tests/triage (seven columns) only the rows that are not help. */
int lexcheck_chat(
    const struct lexicon *lexicon, const char *path, struct buf *report, struct lexcheck *found) MUST_CHECK;

#endif
