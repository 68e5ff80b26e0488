/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound - see sound.h.
 * Why:   sorted arrays of (hash, word): each word by its sound, and by its letters with each left out in turn, which
 *        finds every word at distance one without trying an alphabet.
 */
#include "gateway/core/triage/sound.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buf.h"

#define FNV_FIRST 2166136261u
#define FNV_PRIME 16777619u
#define BY_SOUND (UINT32_C(1) << 23) /* beside the word: its hash is of its sound, not of its letters */
#define PAIRS_MAX (1u << 21)
#define BUCKETS (1u << 16) /* by the upper half of the hash: only the lower one is kept */
#define GROUP 256u         /* buckets that count from one base */
#define BUCKET_SMALL 16u   /* sorted by insertion */

struct pair {
    uint32_t hash, word;
};

struct sound_index {
    struct pair *pairs; /* until closed */
    size_t count, cap;
    uint16_t *rests; /* lower half of the hash */
    uint16_t *words; /* lower half of the word */
    uint8_t *tops;   /* the rest of it, with BY_SOUND */
    uint32_t bases[BUCKETS / GROUP + 1];
    uint16_t starts[BUCKETS + 1];
};

static int add_pair(struct sound_index *index, uint32_t hash, uint32_t word)
{
    if (index->count == index->cap) {
        size_t cap = index->cap ? index->cap * 2 : 4096;
        struct pair *pairs = cap > PAIRS_MAX ? NULL : realloc(index->pairs, cap * sizeof *pairs);
        if (!pairs)
            return cap > PAIRS_MAX ? ERR_LIMIT : ERR_NOMEM;
        index->pairs = pairs;
        index->cap = cap;
    }
    index->pairs[index->count++] = (struct pair){ hash, word };
    return 0;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

static uint32_t bucket_of(uint32_t hash)
{
    return hash >> 16;
}

static uint32_t start_of(const struct sound_index *index, uint32_t bucket)
{
    return index->bases[bucket / GROUP] + index->starts[bucket];
}

static void sort_bucket(struct pair *pairs, uint32_t count)
{
    if (count > BUCKET_SMALL) {
        qsort(pairs, count, sizeof *pairs, compare_pairs);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct pair pair = pairs[i];
        uint32_t k = i;
        for (; k > 0 && compare_pairs(&pairs[k - 1], &pair) > 0; k--)
            pairs[k] = pairs[k - 1];
        pairs[k] = pair;
    }
}

/* The pairs in the order of their buckets; *ret_ends says where each ends. */
static void sort_pairs(const struct sound_index *index, struct pair *sorted, uint32_t *ends)
{
    uint32_t at = 0;
    for (size_t i = 0; i < index->count; i++)
        ends[bucket_of(index->pairs[i].hash)]++;
    for (uint32_t b = 0; b < BUCKETS; b++) {
        uint32_t count = ends[b];
        ends[b] = at;
        at += count;
    }
    for (size_t i = 0; i < index->count; i++)
        sorted[ends[bucket_of(index->pairs[i].hash)]++] = index->pairs[i];
    for (uint32_t b = 0; b < BUCKETS; b++) {
        uint32_t start = b ? ends[b - 1] : 0;
        sort_bucket(sorted + start, ends[b] - start);
    }
}

/* ERR_LIMIT when the words are so alike that more fall together than a group counts. */
static int pack_starts(struct sound_index *index, const uint32_t *ends)
{
    for (uint32_t b = 0; b <= BUCKETS; b++) {
        uint32_t start = b ? ends[b - 1] : 0;
        if (b % GROUP == 0)
            index->bases[b / GROUP] = start;
        if (start - index->bases[b / GROUP] > UINT16_MAX)
            return ERR_LIMIT;
        index->starts[b] = (uint16_t)(start - index->bases[b / GROUP]);
    }
    return 0;
}

static int pack_pairs(struct sound_index *index, const struct pair *sorted)
{
    index->rests = malloc((index->count + 1) * sizeof *index->rests);
    index->words = malloc((index->count + 1) * sizeof *index->words);
    index->tops = malloc(index->count + 1);
    if (!index->rests || !index->words || !index->tops)
        return ERR_NOMEM;
    for (size_t i = 0; i < index->count; i++) {
        index->rests[i] = (uint16_t)sorted[i].hash;
        index->words[i] = (uint16_t)sorted[i].word;
        index->tops[i] = (uint8_t)(sorted[i].word >> 16);
    }
    return 0;
}

int sound_index_close(struct sound_index *index)
{
    AUTO_FREE struct pair *sorted = malloc((index->count + 1) * sizeof *sorted);
    AUTO_FREE uint32_t *ends = calloc(BUCKETS, sizeof *ends);
    if (!sorted || !ends)
        return ERR_NOMEM;
    sort_pairs(index, sorted, ends);
    free(index->pairs);
    index->pairs = NULL;
    int rc = pack_starts(index, ends);
    return rc ? rc : pack_pairs(index, sorted);
}

int sound_index_new(struct sound_index **ret_index)
{
    *ret_index = calloc(1, sizeof **ret_index);
    return *ret_index ? 0 : ERR_NOMEM;
}

void sound_index_free(struct sound_index *index)
{
    if (!index)
        return;
    free(index->pairs);
    free(index->rests);
    free(index->words);
    free(index->tops);
    free(index);
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'i' || c == 'o';
}

/* One letter to its sound class; 0 = silent here. before = the class written last. */
static char class_of(uint16_t c, char before)
{
    switch (c) {
    case 'e':
    case 'y':
        return 'i';
    case 'u':
    case 'w':
        return 'o';
    case 'h':
        return before && !is_vowel(before) ? 0 : 'h';
    case 'q':
    case 'c':
        return 'k';
    case 'z':
        return 'j';
    case 'v':
        return 'o';
    case 'x':
        return 's';
    case '7':
        return 'h';
    case '5':
        return 'k';
    case '2':
    case '3':
        return 0;
    default:
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c : 0;
    }
}

uint32_t sound_key(const uint16_t *letters, unsigned len)
{
    char classes[SOUND_WORD_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < len && count < SOUND_WORD_MAX; i++) {
        if (letters[i] > 'z')
            return 0;
        uint16_t letter = letters[i] == 'p' && i + 1 < len && letters[i + 1] == 'h' ? 'f' : letters[i];
        char before = count ? classes[count - 1] : 0, class = class_of(letter, before);
        if (class && class != before)
            classes[count++] = class;
    }
    uint32_t hash = FNV_FIRST;
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        if (classes[i] == 'a' && i > 0)
            continue;
        hash = (hash ^ (uint8_t)classes[i]) * FNV_PRIME;
        kept++;
    }
    return kept >= SOUND_KEY_MIN ? hash : 0;
}

/* Leaving out the second of two equal letters gives what leaving out the first did. */
static bool is_repeated(const uint16_t *letters, unsigned len, unsigned skipped)
{
    return skipped > 0 && skipped < len && letters[skipped] == letters[skipped - 1];
}

static uint32_t hash_without(const uint16_t *letters, unsigned len, unsigned skipped)
{
    uint32_t hash = FNV_FIRST;
    for (unsigned i = 0; i < len; i++)
        if (i != skipped)
            hash = (hash ^ letters[i]) * FNV_PRIME;
    return hash;
}

int sound_index_add(struct sound_index *index, const uint16_t *letters, unsigned len, uint32_t word)
{
    if (len > SOUND_WORD_MAX)
        return 0;
    if (word >= BY_SOUND)
        return ERR_LIMIT;
    uint32_t key = sound_key(letters, len);
    int rc = key ? add_pair(index, key, word | BY_SOUND) : 0;
    if (rc || len < SOUND_DISTANCE_MIN)
        return rc;
    /* skipped == len hashes the whole word */
    for (unsigned skipped = 0; skipped <= len && !rc; skipped++)
        if (!is_repeated(letters, len, skipped))
            rc = add_pair(index, hash_without(letters, len, skipped), word);
    return rc;
}

/* kind: BY_SOUND or 0 */
static unsigned collect(const struct sound_index *index, uint32_t hash, uint32_t kind, uint32_t *words, unsigned count)
{
    uint32_t end = start_of(index, bucket_of(hash) + 1);
    for (uint32_t i = start_of(index, bucket_of(hash)); i < end; i++) {
        uint32_t word = ((uint32_t)index->tops[i] << 16 | index->words[i]) ^ kind;
        if (index->rests[i] != (uint16_t)hash || word & BY_SOUND)
            continue;
        unsigned k = 0;
        while (k < count && words[k] != word)
            k++;
        if (k == count && count < SOUND_CANDIDATES_MAX)
            words[count++] = word;
    }
    return count;
}

unsigned sound_index_find(const struct sound_index *index, const uint16_t *letters, unsigned len, uint32_t *ret_words,
    bool *ret_is_same_sound)
{
    *ret_is_same_sound = false;
    if (len > SOUND_WORD_MAX)
        return 0;
    uint32_t key = sound_key(letters, len);
    unsigned count = key ? collect(index, key, BY_SOUND, ret_words, 0) : 0;
    *ret_is_same_sound = count > 0;
    if (count || len < SOUND_DISTANCE_MIN)
        return count;
    for (unsigned skipped = len + 1; skipped-- > 0;)
        if (!is_repeated(letters, len, skipped))
            count = collect(index, hash_without(letters, len, skipped), 0, ret_words, count);
    return count;
}

size_t sound_index_bytes(const struct sound_index *index)
{
    return sizeof *index + (index->count + 1) * (sizeof *index->rests + sizeof *index->words + sizeof *index->tops);
}
