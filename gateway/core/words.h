/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - words that staff added to the lexicon: read for loading it, and judged before one more is taken.
 * Why:   an added word works from the next text on, at any hour and without a restart; it must not wake people for
 * chat, and must never make the line quieter. Keeps: a word that speaks against a request (adverts, chat, thanks, "no
 * help needed") and the words of her rules by intent (STOP, YES, NO) are not added here: whoever edits config/lexicon
 * answers for those. Not here: the rows (store/addedwords), loading (triage/lexicon), the reload (the main, after a
 * turn that changed words).
 */
#ifndef GATEWAY_CORE_WORDS_H
#define GATEWAY_CORE_WORDS_H

#include "gateway/core/core.h"
#include "gateway/store/addedwords.h"

#define WORDS_CHAT_FILE "chat.txt" /* of the lexicon's folder: ordinary chat that must not alarm */

struct words {
    unsigned count;
    struct lexicon_added *items;
};
void words_done(struct words *words);
/* All of them, in the order in which they were added. */
int words_read(struct store *store, struct words *ret_words) MUST_CHECK;
/* The lexicon of that directory with these; what is wrong with either is logged. */
int words_load(const char *directory, const struct words *words, struct lexicon **ret_lexicon) MUST_CHECK;
bool words_equal(const struct words *a, const struct words *b);

/* Fills language, section and label of `row` from what a person typed ("wages", or "concepts:food" where a word stands
 * for two things). ERR_REFUSED with the sentence. */
int words_name(const struct lexicon *lexicon, const char *language, const char *label, struct added_word_row *row,
    struct error *error) MUST_CHECK;
/* What would be doubtful about it, one line each (lexcheck): errors refuse it, remarks want a person's second thought.
 * ERR_REFUSED with the sentence when it cannot be read at all. */
struct words_findings {
    unsigned errors, remarks;
    struct buf report;
};
int words_check(const struct core *core, const struct added_word_row *row, struct words_findings *findings,
    struct error *error) MUST_CHECK;

#endif
