/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * train_language - counts training text into config/lexicon/language.model (see README.md beside it).
 * What:  for every tag its texts are counted (corpus); the most frequent features are kept with the weight of naive
 *        Bayes, which is then tuned.
 * Keeps: the same files give the same bytes.
 * Not here: how the model is used (gateway/core/triage/language.c), whose features this program computes with.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/lexicon/build/corpus.h"
#include "config/lexicon/build/tune.h"
#include "gateway/base/buf.h"
#include "gateway/base/str.h"

#define TABLE_SIZE (1u << 22)
#define COUNT_MIN 2u
#define SMOOTHING 0.5
#define WEIGHT_UNIT 16 /* of the file: 1/16 nat */
#define TOKENS_GROW 65536u

/* Open addressing by feature hash; one table, reused for each tag. */
struct cell {
    uint32_t hash, count;
};

/* The counts of one tag, the most frequent first. */
struct counts {
    struct cell *cells;
    uint32_t count;
    uint64_t total;
};

struct trainer {
    struct corpus corpus;
    struct cell *cells; /* of the tag that is being counted */
    struct counts counts[CORPUS_TAGS];
    uint32_t *hashes; /* of the features that are kept, ascending */
    struct tune_weights w;
    struct tune_lessons lessons;
};

static void count_feature(struct cell *cells, uint32_t hash, uint32_t times)
{
    uint32_t slot = (hash * 2654435761u) >> 10;
    while (cells[slot].count && cells[slot].hash != hash)
        slot = (slot + 1) % TABLE_SIZE;
    cells[slot].hash = hash;
    cells[slot].count += times;
}

static void count_text(void *ctx, const struct corpus_text *text)
{
    struct trainer *t = ctx;
    uint32_t features[LANGUAGE_TOKEN_FEATURES_MAX];
    for (unsigned i = 0; i < text->normal->token_count; i++) {
        if (!text->normal->tokens[i].has_letter)
            continue;
        unsigned count = language_features(text->normal, &text->normal->tokens[i], features);
        for (unsigned k = 0; k < count; k++)
            count_feature(t->cells, features[k], text->times);
    }
}

static int by_count(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static int by_value(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int count_tag(struct trainer *t, unsigned tag)
{
    struct counts *counts = &t->counts[tag];
    memset(t->cells, 0, TABLE_SIZE * sizeof *t->cells);
    corpus_read(&t->corpus, tag, count_text, t);
    for (uint32_t i = 0; i < TABLE_SIZE; i++)
        counts->count += t->cells[i].count > 0;
    counts->cells = calloc(counts->count + 1u, sizeof *counts->cells);
    if (!counts->cells)
        return ERR_NOMEM;
    uint32_t at = 0;
    for (uint32_t i = 0; i < TABLE_SIZE; i++) {
        if (t->cells[i].count) {
            counts->cells[at++] = t->cells[i];
            counts->total += t->cells[i].count;
        }
    }
    qsort(counts->cells, counts->count, sizeof *counts->cells, by_count);
    return 0;
}

static uint32_t find_feature(const struct trainer *t, uint32_t hash)
{
    const uint32_t *found = bsearch(&hash, t->hashes, t->w.feature_count, sizeof hash, by_value);
    return found ? (uint32_t)(found - t->hashes) : TUNE_UNKNOWN;
}

/* The features that any tag keeps. */
static int keep_features(struct trainer *t, uint32_t keep)
{
    uint32_t count = 0, unique = 0;
    t->hashes = calloc((size_t)keep * CORPUS_TAGS + 1, sizeof *t->hashes);
    if (!t->hashes)
        return ERR_NOMEM;
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++)
        for (uint32_t i = 0; i < t->counts[tag].count && i < keep && t->counts[tag].cells[i].count >= COUNT_MIN; i++)
            t->hashes[count++] = t->counts[tag].cells[i].hash;
    qsort(t->hashes, count, sizeof *t->hashes, by_value);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || t->hashes[i] != t->hashes[unique - 1])
            t->hashes[unique++] = t->hashes[i];
    t->w.feature_count = unique;
    return 0;
}

/* Features that tags of this script know: what smoothing adds to. */
static uint32_t features_of_script(const struct trainer *t, uint8_t script)
{
    uint32_t count = 0;
    for (uint32_t f = 0; f < t->w.feature_count; f++) {
        bool is_known = false;
        for (uint32_t p = t->w.first[f]; p < t->w.first[f + 1]; p++)
            is_known |= t->w.scripts[t->w.tags[p]] == script;
        count += is_known;
    }
    return count;
}

/* Postings by feature, by tag; their weights and the tags' weight of what they have not. */
static int weigh_features(struct trainer *t)
{
    struct tune_weights *w = &t->w;
    uint32_t postings = 0;
    AUTO_FREE uint32_t *table = calloc((size_t)w->feature_count * CORPUS_TAGS + 1, sizeof *table);
    w->first = calloc(w->feature_count + 1u, sizeof *w->first);
    if (!table || !w->first)
        return ERR_NOMEM;
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++) {
        for (uint32_t i = 0; i < t->counts[tag].count; i++) {
            uint32_t f = find_feature(t, t->counts[tag].cells[i].hash);
            if (f != TUNE_UNKNOWN) {
                table[(size_t)f * CORPUS_TAGS + tag] = t->counts[tag].cells[i].count;
                postings++;
            }
        }
    }
    w->tags = calloc(postings + 1u, sizeof *w->tags);
    w->counts = calloc(postings + 1u, sizeof *w->counts);
    w->weights = calloc(postings + 1u, sizeof *w->weights);
    if (!w->tags || !w->counts || !w->weights)
        return ERR_NOMEM;
    postings = 0;
    for (uint32_t f = 0; f < w->feature_count; f++) {
        for (unsigned tag = 0; tag < CORPUS_TAGS; tag++) {
            uint32_t count = table[(size_t)f * CORPUS_TAGS + tag];
            if (count == 0)
                continue;
            w->tags[postings] = (uint8_t)tag;
            w->counts[postings] = (float)count;
            w->weights[postings++] = (float)log(1 + count / SMOOTHING);
        }
        w->first[f + 1] = postings;
    }
    w->smoothing = SMOOTHING;
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++)
        if (t->counts[tag].total > 0)
            w->unseen[tag] =
                log(SMOOTHING / ((double)t->counts[tag].total + SMOOTHING * features_of_script(t, w->scripts[tag])));
    return 0;
}

static void *grow(void *array, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap)
        return array;
    *cap = *cap * 2 + TOKENS_GROW;
    void *grown = realloc(array, *cap * size);
    if (!grown)
        exit(1);
    return grown;
}

/* The text as numbers, unless it is one of the lexicon's words or mostly in another script than its tag's. */
static void add_lesson(void *ctx, const struct corpus_text *text)
{
    struct trainer *t = ctx;
    struct tune_lessons *l = &t->lessons;
    uint32_t features[LANGUAGE_TOKEN_FEATURES_MAX];
    if (text->source == CORPUS_PHRASE || corpus_script(text->normal) != (enum script)t->w.scripts[text->tag])
        return;
    l->lessons = grow(l->lessons, l->lesson_count, &l->lesson_cap, sizeof *l->lessons);
    struct tune_lesson *lesson = &l->lessons[l->lesson_count++];
    *lesson = (struct tune_lesson){ (uint8_t)text->tag, (int8_t)text->source, (uint8_t)text->times, l->token_count, 0 };
    for (unsigned i = 0; i < text->normal->token_count; i++) {
        const struct normal_token *token = &text->normal->tokens[i];
        if (!token->has_letter)
            continue;
        l->tokens = grow(l->tokens, l->token_count, &l->token_cap, sizeof *l->tokens);
        l->tokens[l->token_count++] = (struct tune_token){ l->feature_count, token->plain_len };
        lesson->token_count++;
        unsigned count = language_features(text->normal, token, features);
        for (unsigned k = 0; k < count; k++) {
            l->features = grow(l->features, l->feature_count, &l->feature_cap, sizeof *l->features);
            l->features[l->feature_count++] = find_feature(t, features[k]);
        }
    }
}

static void end_lessons(struct tune_lessons *l)
{
    l->tokens = grow(l->tokens, l->token_count, &l->token_cap, sizeof *l->tokens);
    l->tokens[l->token_count] = (struct tune_token){ l->feature_count, 0 };
}

static void put_u32(FILE *file, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        fputc((int)(value >> (8 * i) & 0xFF), file);
}

static void write_tags(FILE *file, const struct tune_weights *w)
{
    for (unsigned t = 0; t < CORPUS_TAGS; t++) {
        char word[LANGUAGE_MAX] = { 0 };
        str_copy(word, sizeof word, corpus_tags[t].word);
        fwrite(word, 1, sizeof word, file);
        fwrite(corpus_tags[t].script, 1, 4, file);
        put_u32(file, (uint32_t)(int32_t)lround(w->unseen[t] * 256));
        put_u32(file, (uint32_t)(int32_t)lround(corpus_tags[t].prior * 256));
    }
}

static void write_buckets(FILE *file, const struct trainer *t)
{
    uint32_t next = 0;
    for (uint32_t bucket = 0; bucket < 0x10000; bucket++) {
        uint32_t first = next;
        while (next < t->w.feature_count && t->hashes[next] >> 16 == bucket)
            next++;
        if (next - first > UINT8_MAX)
            exit(1);
        fputc((int)(next - first), file);
    }
}

static void write_model(FILE *file, const struct trainer *t)
{
    const struct tune_weights *w = &t->w;
    uint32_t postings = w->first[w->feature_count];
    fwrite("HLM2", 1, 4, file);
    put_u32(file, CORPUS_TAGS);
    put_u32(file, w->feature_count);
    put_u32(file, postings);
    write_tags(file, w);
    write_buckets(file, t);
    for (uint32_t i = 0; i < w->feature_count; i++) {
        fputc((int)(t->hashes[i] & 0xFF), file);
        fputc((int)(t->hashes[i] >> 8 & 0xFF), file);
    }
    for (uint32_t i = 0; i < w->feature_count; i++)
        fputc((int)(w->first[i + 1] - w->first[i]), file);
    for (uint32_t p = 0; p < postings; p++) {
        long weight = lround(WEIGHT_UNIT * (double)w->weights[p]);
        fputc(w->tags[p], file);
        fputc(weight < 0 ? 0 : weight > UINT8_MAX ? UINT8_MAX : (int)weight, file);
    }
}

/* A script of one language decides alone: its tag needs no text. */
static bool is_shared(unsigned tag)
{
    for (unsigned k = 0; k < CORPUS_TAGS; k++)
        if (k != tag && str_equal(corpus_tags[k].script, corpus_tags[tag].script))
            return true;
    return false;
}

static int train(struct trainer *t, uint32_t keep)
{
    int rc = 0;
    t->cells = calloc(TABLE_SIZE, sizeof *t->cells);
    if (!t->cells)
        return ERR_NOMEM;
    for (unsigned tag = 0; !rc && tag < CORPUS_TAGS; tag++) {
        t->w.scripts[tag] = corpus_tag_script(tag);
        rc = is_shared(tag) ? count_tag(t, tag) : 0;
    }
    if (!rc)
        rc = keep_features(t, keep);
    if (!rc)
        rc = weigh_features(t);
    for (unsigned tag = 0; !rc && tag < CORPUS_TAGS; tag++)
        if (is_shared(tag))
            corpus_read(&t->corpus, tag, add_lesson, t);
    end_lessons(&t->lessons);
    return rc ? rc : tune_weights(&t->w, &t->lessons);
}

static void free_trainer(struct trainer *t)
{
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++)
        free(t->counts[tag].cells);
    free(t->cells);
    free(t->hashes);
    free(t->w.first);
    free(t->w.tags);
    free(t->w.counts);
    free(t->w.weights);
    free(t->lessons.lessons);
    free(t->lessons.tokens);
    free(t->lessons.features);
    free(t);
}

int main(int argc, char **argv)
{
    int64_t keep = 8000;
    if (argc < 5 || (argc > 5 && str_to_int64(argv[5], 100, 20000, &keep))) {
        fprintf(stderr,
            "usage: train_language OUT.model TRAINING_DIR LEXICON_DIR OWN_TEXTS_DIR [features kept per tag = 8000]\n");
        return 2;
    }
    struct trainer *t = calloc(1, sizeof *t);
    FILE *file = fopen(argv[1], "we");
    if (!t || !file || corpus_open(&t->corpus, argv[2], argv[3], argv[4])) {
        fprintf(stderr, "cannot start: no memory, %s cannot be written, or no SOURCES.tsv in %s\n", argv[1], argv[2]);
        return 1;
    }
    int rc = train(t, (uint32_t)keep);
    if (!rc)
        write_model(file, t);
    if (fclose(file) || rc) {
        fprintf(stderr, "cannot write %s\n", argv[1]);
        return 1;
    }
    printf("%s: %u tags, %u features\n", argv[1], CORPUS_TAGS, t->w.feature_count);
    free_trainer(t);
    return 0;
}
