/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * addedwords - words that staff added to the lexicon.
 * Keeps: at most ADDED_WORDS_MAX; the same words stand once for a label of a language.
 * Not here: whether a word may be added (core/words), what it means (core/triage).
 */
#ifndef GATEWAY_STORE_ADDEDWORDS_H
#define GATEWAY_STORE_ADDEDWORDS_H

#include "gateway/store/db.h"

#define ADDED_WORDS_MAX 2000

struct added_word_row {
    int64_t id; /* given by addedwords_insert */
    char language[LANGUAGE_MAX], section[16], label[32];
    char words[256];
    int weight;
    int64_t added_at;
    char added_by[NAME_MAX_LEN * 2];
};
/* Gives the row its number. ERR_EXISTS: it stands there; ERR_LIMIT: there are ADDED_WORDS_MAX. */
int addedwords_insert(struct store *store, struct added_word_row *row) MUST_CHECK;
int addedwords_get(struct store *store, int64_t id, struct added_word_row *ret_row) MUST_CHECK; /* ERR_NOT_FOUND */
int addedwords_delete(struct store *store, int64_t id) MUST_CHECK;                              /* ERR_NOT_FOUND */
/* In the order in which they were added. */
typedef int (*added_word_fn)(void *context, const struct added_word_row *row);
int addedwords_list(struct store *store, added_word_fn fn, void *context) MUST_CHECK;
/* Newest first, before that number (0 = from the newest). */
int addedwords_page(struct store *store, int64_t before_id, unsigned limit, added_word_fn fn, void *context) MUST_CHECK;

#endif
