/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * corpus - the texts that the language model learns from, tag by tag and in a fixed order.
 * What:  the lines of the training folder, each with the collection it comes from; the words of the lexicon; the
 *        invented texts of tests/triage (their part dev). The latter two count many times: they are what this line is
 *        texted about.
 * Not here: what is learnt from them (train_language, tune).
 */
#ifndef CONFIG_LEXICON_BUILD_CORPUS_H
#define CONFIG_LEXICON_BUILD_CORPUS_H

#include "gateway/core/triage/language.h"
#include "gateway/core/triage/normalise.h"

#define CORPUS_TAGS 58u
#define CORPUS_SOURCES_MAX 64u
#define CORPUS_RANGES_MAX 1024u
#define CORPUS_NAME_MAX 32u
#define CORPUS_PHRASE (-2) /* instead of a source: words of the lexicon; -1 = our own or an unknown one */

struct corpus_tag {
    const char *word, *script;
    double prior; /* nats */
};
extern const struct corpus_tag corpus_tags[CORPUS_TAGS];

/* Lines of one tag that come from one collection. */
struct corpus_range {
    unsigned tag, first, last, source;
};

struct corpus {
    const char *training, *lexicon, *own; /* folders */
    char sources[CORPUS_SOURCES_MAX][CORPUS_NAME_MAX];
    struct corpus_range ranges[CORPUS_RANGES_MAX];
    unsigned source_count, range_count;
    struct normal_table table;
    struct normal text;
    uint16_t simple[65536], full[65536]; /* the other way of writing a Chinese letter, 0 = the same */
};

struct corpus_text {
    unsigned tag;
    int source;
    uint32_t times; /* it counts as that many */
    const struct normal *normal;
};
typedef void (*corpus_fn)(void *ctx, const struct corpus_text *text);

/* The folders stay the caller's. ERR_NOT_FOUND without SOURCES.tsv in the training folder or
 * without common.conf in that of the lexicon. */
int corpus_open(struct corpus *corpus, const char *training, const char *lexicon, const char *own) MUST_CHECK;
void corpus_read(struct corpus *corpus, unsigned tag, corpus_fn fn, void *ctx);
uint8_t corpus_tag_script(unsigned tag);
/* The script with the most letters. */
enum script corpus_script(const struct normal *text);

#endif
