/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tune - moves the weights of counted features towards what tells languages apart.
 * What:  naive Bayes takes every n-gram for news of its own and believes collections too much; here snippets of the
 *        training text are classified and, where that fails or is doubtful, the n-grams' weights move a little towards
 *        the right tag (logistic regression from the counted weights, averaged over its steps).
 * Why:   a text is judged by what others have shown: its own line never counts for it, and mostly neither does the
 *        whole collection it comes from. So what is learnt holds for kinds of text never seen.
 * Keeps: the same input gives the same weights; the weight of a whole word stays what was counted.
 */
#ifndef CONFIG_LEXICON_BUILD_TUNE_H
#define CONFIG_LEXICON_BUILD_TUNE_H

#include <stdint.h>

#include "config/lexicon/build/corpus.h"
#include "gateway/base/error.h"

#define TUNE_UNKNOWN UINT32_MAX /* feature that is not kept */

/* Postings of feature f: [first[f], first[f + 1]). */
struct tune_weights {
    uint32_t feature_count;
    uint32_t *first;
    uint8_t *tags;
    float *counts, *weights;      /* weights in nats above the tag's unseen */
    double unseen[CORPUS_TAGS];   /* of a feature the tag has not */
    uint8_t scripts[CORPUS_TAGS]; /* tags of one script compete */
    double smoothing;
};

/* The texts as numbers. A lesson has tokens, a token has the features up to those of the next one (there is one token
 * more than lessons need); its first feature is the whole word. */
struct tune_lesson {
    uint8_t tag;
    int8_t source; /* -1 = none */
    uint8_t times; /* as it was counted */
    uint32_t token, token_count;
};
struct tune_token {
    uint32_t feature, chars;
};
struct tune_lessons {
    struct tune_lesson *lessons;
    struct tune_token *tokens;
    uint32_t *features;
    uint32_t lesson_count, token_count, feature_count;
    uint32_t lesson_cap, token_cap, feature_cap;
};

int tune_weights(struct tune_weights *weights, const struct tune_lessons *lessons) MUST_CHECK;

#endif
