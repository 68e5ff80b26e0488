/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language - which language a short text is written in: its script, then naive Bayes over whole words and character
 *        1-to-4-grams from a compact model of counts.
 * Why:   romanised South Asian and Ethiopian languages, Arabizi and unmarked Vietnamese are a third of what arrives and
 *        no packaged identifier knows them.
 * Keeps: the model file is checked completely when it is read; scoring allocates nothing and is exact in integers.
 * Not here: how the model is made (config/lexicon/build), which lexicons a tag opens (lexicon).
 */
#ifndef GATEWAY_CORE_TRIAGE_LANGUAGE_H
#define GATEWAY_CORE_TRIAGE_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/model.h"
#include "gateway/core/triage/normalise.h"

#define LANGUAGE_TAGS_MAX 80u
#define LANGUAGE_FEATURES_MAX (1u << 20)
#define LANGUAGE_GRAM_MAX 4u /* characters of the longest n-gram */
#define LANGUAGE_MODEL_BYTES_MAX (8u * 1024 * 1024)

struct language_model;

struct language_guess {
    int first, second; /* tag numbers; -1 = none */
    int third;
    float margin;   /* nats between first and second; large when the script decides alone */
    unsigned words; /* with letters */
};

int language_model_read(const char *path, struct error *error, struct language_model **ret_model) MUST_CHECK;
int language_model_parse(struct span bytes, struct error *error, struct language_model **ret_model) MUST_CHECK;
void language_model_free(struct language_model *model);

/* The number of a tag, or -1; its word. A script that stands for one language has a tag as well. */
int language_tag(const struct language_model *model, const char *word);
const char *language_word(const struct language_model *model, int tag);
unsigned language_tag_count(const struct language_model *model);
size_t language_model_bytes(const struct language_model *model);

/* favoured = tag the same person surely wrote before (-1 = none): a mild preference. */
void language_guess(
    const struct language_model *model, const struct normal *text, int favoured, struct language_guess *ret_guess);

/* True when the token is one of the tag's usual words: then it is not a misspelling of another. */
bool language_knows_word(
    const struct language_model *model, int tag, const struct normal *text, const struct normal_token *token);

/* The features of one token, for the builder of the model: hashes of the whole word and of its n-grams.
 * ret holds at least LANGUAGE_TOKEN_FEATURES_MAX; returns how many. The whole word is the first. */
#define LANGUAGE_TOKEN_CHARS_MAX 250u
#define LANGUAGE_TOKEN_FEATURES_MAX (4u * (LANGUAGE_TOKEN_CHARS_MAX + 2) + 1)
unsigned language_features(const struct normal *text, const struct normal_token *token, uint32_t *ret);

#endif
