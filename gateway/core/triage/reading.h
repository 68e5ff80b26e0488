/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading - everything that classifying one text found on its way: what explain shows, and classify throws away.
 * Not here: the answer that callers want (classify.h).
 */
#ifndef GATEWAY_CORE_TRIAGE_READING_H
#define GATEWAY_CORE_TRIAGE_READING_H

#include "gateway/core/triage/classify.h"
#include "gateway/core/triage/facts.h"
#include "gateway/core/triage/match.h"
#include "gateway/core/triage/rules.h"

/* Categories that no veto may hide once they are strong. */
#define READING_GRAVE                                                                                                  \
    (CATEGORY_BIT(danger) | CATEGORY_BIT(suicide) | CATEGORY_BIT(sexual) | CATEGORY_BIT(violence) |                    \
        CATEGORY_BIT(confinement))

/* About 180 kB: keep one on the stack of the caller, never zero it. */
struct reading {
    struct normal text;
    struct matches matches;
    struct scene scene;
    struct verdict verdict;
    struct facts facts;
    struct language_guess guess;
    category_set named, strong;
    bool has_laughing_face;
};

/* triage_classify with all that led to it. */
void reading_take(const struct lexicon *lexicon, struct span text, const struct triage_history *history, int64_t now_ms,
    struct reading *ret, struct triage *ret_triage);

#endif
