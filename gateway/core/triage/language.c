/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language - see language.h.
 * What:  file = "HLM2", counts of tags, features and postings (32-bit little-endian); tags (16 bytes word, 4 bytes
 *        script, default and prior in 1/256 nat); features in each bucket (a byte); the lower half of each hash
 *        (16 bits), ascending in its bucket; postings of each feature (a byte); postings of (tag, weight in 1/16 nat).
 * Why:   the bucket is the upper half of the hash, so three bytes name a feature; a posting is the gain over the tag's
 *        default for an unseen feature, so exact naive Bayes needs two bytes.
 */
#include "gateway/core/triage/language.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

#define MAGIC "HLM2"
#define HEADER_BYTES 16u
#define TAG_BYTES 28u
#define BUCKETS 65536u
#define BLOCK 256u /* buckets that count from the same start */
#define FNV_FIRST 2166136261u
#define FNV_PRIME 16777619u
#define POSTING_UNIT 16     /* a weight of 1/16 nat in 1/256 nat */
#define FAVOUR 512          /* two nats for the person's usual language */
#define WORDS_READ 60u      /* of a long text: more change nothing */
#define SURE_MARGIN 99.0f   /* the script decided */
#define FOREIGN_PERCENT 35u /* share of another script that decides against Latin */
#define DENSE_WEIGHT 3u     /* one Han or Hangul character says as much as three letters */
#define USUAL_WEIGHT 70     /* a word seen in about five lines of the training text (LINE_TIMES of its builder) */

struct tag {
    char word[LANGUAGE_MAX];
    int32_t unseen, prior;
    uint8_t script;
};

struct language_model {
    unsigned tag_count;
    struct tag tags[LANGUAGE_TAGS_MAX];
    int8_t only[SCRIPT_COUNT]; /* the one tag of the script, -1 = several, -2 = none */
    uint32_t feature_count, posting_count;
    uint16_t *rests; /* lower half of each hash */
    uint8_t *counts; /* postings of each feature */
    uint8_t *postings;
    /* Where the features and the postings of a bucket start: the start of its block and the way from there. */
    uint32_t block_features[BUCKETS / BLOCK + 1], block_postings[BUCKETS / BLOCK + 1];
    uint16_t features_at[BUCKETS + 1], postings_at[BUCKETS + 1];
};

static const char *const script_words[SCRIPT_COUNT] = {
    [SCRIPT_OTHER] = "Zzzz",
    [SCRIPT_LATIN] = "Latn",
    [SCRIPT_ARABIC] = "Arab",
    [SCRIPT_DEVANAGARI] = "Deva",
    [SCRIPT_BENGALI] = "Beng",
    [SCRIPT_GURMUKHI] = "Guru",
    [SCRIPT_TAMIL] = "Taml",
    [SCRIPT_TELUGU] = "Telu",
    [SCRIPT_MALAYALAM] = "Mlym",
    [SCRIPT_SINHALA] = "Sinh",
    [SCRIPT_THAI] = "Thai",
    [SCRIPT_LAO] = "Laoo",
    [SCRIPT_MYANMAR] = "Mymr",
    [SCRIPT_ETHIOPIC] = "Ethi",
    [SCRIPT_KHMER] = "Khmr",
    [SCRIPT_KANA] = "Hira",
    [SCRIPT_HAN] = "Hani",
    [SCRIPT_HANGUL] = "Hang",
    [SCRIPT_CYRILLIC] = "Cyrl",
};

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static int read_script(const uint8_t *word)
{
    for (int i = 0; i < SCRIPT_COUNT; i++)
        if (memcmp(word, script_words[i], 4) == 0)
            return i;
    return -1;
}

static int read_tags(struct language_model *model, const uint8_t *at, struct error *error)
{
    memset(model->only, -2, sizeof model->only);
    for (unsigned i = 0; i < model->tag_count; i++, at += TAG_BYTES) {
        struct tag *tag = &model->tags[i];
        int script = read_script(at + 16);
        if (at[0] == 0 || at[LANGUAGE_MAX - 1] != 0 || script < 0)
            return error_set(error, ERR_CORRUPT, "language model: tag %u is damaged", i);
        memcpy(tag->word, at, LANGUAGE_MAX);
        tag->script = (uint8_t)script;
        tag->unseen = (int32_t)read_u32(at + 20);
        tag->prior = (int32_t)read_u32(at + 24);
        if (tag->unseen > 0 || tag->unseen < -65536 || tag->prior > 65536 || tag->prior < -65536)
            return error_set(error, ERR_CORRUPT, "language model: tag %u has impossible weights", i);
        model->only[script] = model->only[script] == -2 ? (int8_t)i : -1;
    }
    return 0;
}

static uint32_t bucket_start(const struct language_model *model, uint32_t bucket)
{
    return model->block_features[bucket / BLOCK] + model->features_at[bucket];
}

/* The features of one bucket: ascending, each with postings. Moves on both counts. */
static int read_bucket(
    struct language_model *model, uint32_t bucket, uint32_t size, uint32_t *feature, uint32_t *posting)
{
    if (bucket % BLOCK == 0) {
        model->block_features[bucket / BLOCK] = *feature;
        model->block_postings[bucket / BLOCK] = *posting;
    }
    uint32_t feature_way = *feature - model->block_features[bucket / BLOCK];
    uint32_t posting_way = *posting - model->block_postings[bucket / BLOCK];
    if (feature_way > UINT16_MAX || posting_way > UINT16_MAX || size > model->feature_count - *feature)
        return ERR_CORRUPT;
    model->features_at[bucket] = (uint16_t)feature_way;
    model->postings_at[bucket] = (uint16_t)posting_way;
    for (uint32_t i = 0; i < size; i++, (*feature)++) {
        if (model->counts[*feature] == 0 || (i > 0 && model->rests[*feature] <= model->rests[*feature - 1]))
            return ERR_CORRUPT;
        *posting += model->counts[*feature];
    }
    return 0;
}

static int read_features(struct language_model *model, const uint8_t *at, struct error *error)
{
    const uint8_t *sizes = at;
    at += BUCKETS;
    for (uint32_t i = 0; i < model->feature_count; i++, at += 2)
        model->rests[i] = (uint16_t)(at[0] | at[1] << 8);
    memcpy(model->counts, at, model->feature_count);
    at += model->feature_count;
    memcpy(model->postings, at, 2 * (size_t)model->posting_count);
    uint32_t feature = 0, posting = 0;
    for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++)
        if (read_bucket(model, bucket, bucket < BUCKETS ? sizes[bucket] : 0, &feature, &posting))
            return error_set(error, ERR_CORRUPT, "language model: features of bucket %u are damaged", bucket);
    if (feature != model->feature_count || posting != model->posting_count)
        return error_set(error, ERR_CORRUPT, "language model: postings do not fit their features");
    for (uint32_t i = 0; i < posting; i++)
        if (model->postings[2 * (size_t)i] >= model->tag_count)
            return error_set(error, ERR_CORRUPT, "language model: posting %u names no tag", i);
    return 0;
}

static int allocate(struct language_model *model)
{
    model->rests = malloc(2 * ((size_t)model->feature_count + 1));
    model->counts = malloc((size_t)model->feature_count + 1);
    model->postings = malloc(2 * ((size_t)model->posting_count + 1));
    return model->rests && model->counts && model->postings ? 0 : ERR_NOMEM;
}

int language_model_parse(struct span bytes, struct error *error, struct language_model **ret_model)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    if (bytes.len < HEADER_BYTES || memcmp(at, MAGIC, 4) != 0)
        return error_set(error, ERR_INVALID, "not a language model");
    uint32_t tags = read_u32(at + 4), features = read_u32(at + 8), postings = read_u32(at + 12);
    if (tags == 0 || tags > LANGUAGE_TAGS_MAX || features > LANGUAGE_FEATURES_MAX ||
        postings > LANGUAGE_MODEL_BYTES_MAX)
        return error_set(error, ERR_LIMIT, "language model: too many tags or features");
    size_t wanted = HEADER_BYTES + (size_t)tags * TAG_BYTES + BUCKETS + 3 * (size_t)features + 2 * (size_t)postings;
    if (bytes.len != wanted)
        return error_set(error, ERR_CORRUPT, "language model: %zu bytes where %zu belong", bytes.len, wanted);
    struct language_model *model = calloc(1, sizeof *model);
    if (!model)
        return error_set(error, ERR_NOMEM, "language model: out of memory");
    model->tag_count = tags;
    model->feature_count = features;
    model->posting_count = postings;
    int rc = allocate(model);
    if (!rc)
        rc = read_tags(model, at + HEADER_BYTES, error);
    if (!rc)
        rc = read_features(model, at + HEADER_BYTES + (size_t)tags * TAG_BYTES, error);
    if (rc) {
        language_model_free(model);
        return rc;
    }
    *ret_model = model;
    return 0;
}

int language_model_read(const char *path, struct error *error, struct language_model **ret_model)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path, strerror(errno));
    AUTO_BUF bytes;
    buf_init(&bytes, LANGUAGE_MODEL_BYTES_MAX);
    char chunk[16384];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && !bytes.is_failed)
        buf_add(&bytes, chunk, got);
    int rc = ferror(file) ? ERR_IO : buf_check(&bytes);
    fclose(file);
    if (rc)
        return error_set(error, rc, "%s: cannot be read (%s)", path, error_name(rc));
    rc = language_model_parse(buf_span(&bytes), error, ret_model);
    if (rc)
        error_prefix(error, "%s", path);
    return rc;
}

void language_model_free(struct language_model *model)
{
    if (!model)
        return;
    free(model->rests);
    free(model->counts);
    free(model->postings);
    free(model);
}

int language_tag(const struct language_model *model, const char *word)
{
    for (unsigned i = 0; i < model->tag_count; i++)
        if (str_equal(model->tags[i].word, word))
            return (int)i;
    return -1;
}

const char *language_word(const struct language_model *model, int tag)
{
    return tag >= 0 && (unsigned)tag < model->tag_count ? model->tags[tag].word : "und";
}

unsigned language_tag_count(const struct language_model *model)
{
    return model->tag_count;
}

size_t language_model_bytes(const struct language_model *model)
{
    return sizeof *model + 3 * (size_t)model->feature_count + 2 * (size_t)model->posting_count;
}

/* The postings of a feature; returns how many, 0 when it is not known. */
static unsigned find_postings(const struct language_model *model, uint32_t hash, const uint8_t **ret_postings)
{
    uint32_t bucket = hash >> 16, end = bucket_start(model, bucket + 1);
    uint32_t posting = model->block_postings[bucket / BLOCK] + model->postings_at[bucket];
    for (uint32_t i = bucket_start(model, bucket); i < end; posting += model->counts[i++]) {
        if (model->rests[i] < (hash & 0xFFFF))
            continue;
        *ret_postings = model->postings + 2 * (size_t)posting;
        return model->rests[i] == (hash & 0xFFFF) ? model->counts[i] : 0;
    }
    return 0;
}

static uint32_t hash_word(const uint16_t *chars, unsigned len)
{
    uint32_t hash = (FNV_FIRST ^ 'W') * FNV_PRIME;
    for (unsigned i = 0; i < len; i++)
        hash = (hash ^ chars[i]) * FNV_PRIME;
    return hash;
}

/* Copies the token without apostrophes at its end, '_' before and after; returns its length with both. */
static unsigned frame_token(const struct normal *text, const struct normal_token *token, uint16_t *ret)
{
    unsigned len = token->plain_len > LANGUAGE_TOKEN_CHARS_MAX ? LANGUAGE_TOKEN_CHARS_MAX : token->plain_len;
    const uint16_t *chars = text->plain + token->plain_at;
    while (len > 0 && (chars[len - 1] == '\'' || chars[len - 1] == 0x2019))
        len--;
    ret[0] = '_';
    memcpy(ret + 1, chars, len * sizeof *chars);
    ret[len + 1] = '_';
    return len + 2;
}

unsigned language_features(const struct normal *text, const struct normal_token *token, uint32_t *ret)
{
    uint16_t chars[LANGUAGE_TOKEN_CHARS_MAX + 2];
    unsigned len = frame_token(text, token, chars), count = 0;
    ret[count++] = hash_word(chars + 1, len - 2);
    for (unsigned first = 0; first < len; first++) {
        uint32_t hash = FNV_FIRST;
        for (unsigned last = first; last < len && last < first + LANGUAGE_GRAM_MAX; last++) {
            hash = (hash ^ chars[last]) * FNV_PRIME;
            if (first != last || chars[first] != '_')
                ret[count++] = hash;
        }
    }
    return count;
}

static enum script main_script(const struct normal *text)
{
    unsigned latin = text->script_count[SCRIPT_LATIN], best = SCRIPT_LATIN, best_count = 0;
    for (unsigned s = SCRIPT_LATIN + 1; s < SCRIPT_COUNT; s++) {
        unsigned weight = s == SCRIPT_HAN || s == SCRIPT_HANGUL || s == SCRIPT_KANA ? DENSE_WEIGHT : 1;
        if (text->script_count[s] * weight > best_count) {
            best_count = text->script_count[s] * weight;
            best = s;
        }
    }
    return best_count * 100 >= FOREIGN_PERCENT * (best_count + latin) && best_count > 0 ? best : SCRIPT_LATIN;
}

struct tally {
    int32_t gain[LANGUAGE_TAGS_MAX];
    int32_t hits;
};

static void count_token(const struct language_model *model, const struct normal *text, const struct normal_token *token,
    struct tally *tally)
{
    uint32_t features[LANGUAGE_TOKEN_FEATURES_MAX];
    unsigned count = language_features(text, token, features);
    /* the look-ups of one token do not depend on each other: let memory answer them side by side */
    for (unsigned i = 0; i < count; i++) {
        uint32_t start = bucket_start(model, features[i] >> 16);
        __builtin_prefetch(&model->rests[start]);
        __builtin_prefetch(&model->counts[start]);
    }
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *posting = NULL;
        unsigned left = find_postings(model, features[i], &posting);
        tally->hits += left > 0;
        for (; left > 0; left--, posting += 2)
            tally->gain[posting[0]] += posting[1];
    }
}

static void rank_tags(const struct language_model *model, enum script script, const struct tally *tally, int favoured,
    struct language_guess *ret)
{
    int64_t best = INT64_MIN, next = INT64_MIN, third = INT64_MIN;
    for (unsigned i = 0; i < model->tag_count; i++) {
        const struct tag *tag = &model->tags[i];
        if (tag->script != script)
            continue;
        int64_t score = (int64_t)tally->gain[i] * POSTING_UNIT + (int64_t)tally->hits * tag->unseen + tag->prior +
                        ((int)i == favoured ? FAVOUR : 0);
        if (score > best) {
            third = next, next = best, best = score;
            ret->third = ret->second, ret->second = ret->first, ret->first = (int)i;
        } else if (score > next) {
            third = next, next = score;
            ret->third = ret->second, ret->second = (int)i;
        } else if (score > third) {
            third = score;
            ret->third = (int)i;
        }
    }
    ret->margin = ret->second >= 0 ? (float)(best - next) / 256.0f : SURE_MARGIN;
}

void language_guess(
    const struct language_model *model, const struct normal *text, int favoured, struct language_guess *ret)
{
    *ret = (struct language_guess){ -1, -1, -1, 0, 0 };
    enum script script = main_script(text);
    struct tally tally = { { 0 }, 0 };
    for (unsigned i = 0; i < text->token_count; i++)
        ret->words += text->tokens[i].has_letter;
    if (ret->words == 0 || model->only[script] == -2)
        return;
    if (model->only[script] >= 0) {
        ret->first = model->only[script];
        ret->margin = SURE_MARGIN;
        return;
    }
    for (unsigned i = 0, left = WORDS_READ; i < text->token_count && left > 0; i++)
        if (text->tokens[i].has_letter && left--)
            count_token(model, text, &text->tokens[i], &tally);
    if (tally.hits > 0)
        rank_tags(model, script, &tally, favoured, ret);
}

bool language_knows_word(
    const struct language_model *model, int tag, const struct normal *text, const struct normal_token *token)
{
    uint16_t chars[LANGUAGE_TOKEN_CHARS_MAX + 2];
    unsigned len = frame_token(text, token, chars);
    const uint8_t *posting = NULL;
    for (unsigned left = find_postings(model, hash_word(chars + 1, len - 2), &posting); left > 0; left--, posting += 2)
        if (posting[0] == tag)
            return posting[1] >= USUAL_WEIGHT;
    return false;
}
