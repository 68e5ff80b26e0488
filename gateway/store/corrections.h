/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corrections - what a person put right in the machine's reading of a case: the labels before and after.
 * Why:   the lexicon learns from them (core/candidates), and figures can tell how often the machine is wrong.
 * Keeps: never changed, never removed; holds names and fixed words, never a word of hers, so a purge leaves it.
 */
#ifndef GATEWAY_STORE_CORRECTIONS_H
#define GATEWAY_STORE_CORRECTIONS_H

#include "gateway/store/db.h"

struct labels {
    char language[LANGUAGE_MAX];
    bool is_help;
    enum urgency urgency;
    category_set categories;
    flag_set flags;
};

struct correction_row {
    int64_t id; /* given by the store */
    int64_t case_id;
    int64_t message_id; /* the text that shows it; 0 = the case as a whole; may be gone by now */
    int64_t at;
    char actor[NAME_MAX_LEN];
    struct labels before, after;
};
int corrections_insert(struct store *store, struct correction_row *row) MUST_CHECK; /* fills id */
typedef int (*correction_row_fn)(void *context, const struct correction_row *row);
/* Newest first; case_id 0 = of all cases, before_id 0 = from the newest. */
int corrections_list(struct store *store, int64_t case_id, int64_t before_id, unsigned limit, correction_row_fn fn,
    void *context) MUST_CHECK;

#endif
