/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound - see sound.h.
 * Why:   two sorted arrays of (hash, word): one by sound, one by the word with each letter left out in turn, which
 * finds every word at distance one without trying an alphabet.
 */
#include "gateway/core/triage/sound.h"

#include <stdlib.h>
#include <string.h>

#define FNV_FIRST 2166136261u
#define FNV_PRIME 16777619u
#define PAIRS_MAX (1u << 21)
#define BUCKET_BITS 16u
#define BUCKETS (1u << BUCKET_BITS)
#define BUCKET_SMALL 16u /* sorted by insertion */

struct pair {
    uint32_t hash, word;
};
struct pairs {
    struct pair *items;
    size_t count, cap;
    uint32_t starts[BUCKETS + 1]; /* by the highest bits of the hash */
};
struct sound_index {
    struct pairs sounds, letters;
};

static int pairs_add(struct pairs *pairs, uint32_t hash, uint32_t word)
{
    if (pairs->count == pairs->cap) {
        size_t cap = pairs->cap ? pairs->cap * 2 : 4096;
        struct pair *items = cap > PAIRS_MAX ? NULL : realloc(pairs->items, cap * sizeof *items);
        if (!items)
            return cap > PAIRS_MAX ? ERR_LIMIT : ERR_NOMEM;
        pairs->items = items;
        pairs->cap = cap;
    }
    pairs->items[pairs->count++] = (struct pair){ hash, word };
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
    return hash >> (32 - BUCKET_BITS);
}

static void sort_bucket(struct pair *items, uint32_t count)
{
    if (count > BUCKET_SMALL) {
        qsort(items, count, sizeof *items, compare_pairs);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct pair item = items[i];
        uint32_t k = i;
        for (; k > 0 && compare_pairs(&items[k - 1], &item) > 0; k--)
            items[k] = items[k - 1];
        items[k] = item;
    }
}

/* Puts the pairs into their buckets, in the order of adding; a bucket holds few, so the rest is a small sort. */
static int pairs_close(struct pairs *pairs)
{
    struct pair *sorted = malloc((pairs->count + 1) * sizeof *sorted);
    if (!sorted)
        return ERR_NOMEM;
    for (size_t i = 0; i < pairs->count; i++)
        pairs->starts[bucket_of(pairs->items[i].hash) + 1]++;
    for (uint32_t b = 0; b < BUCKETS; b++)
        pairs->starts[b + 1] += pairs->starts[b];
    for (size_t i = pairs->count; i-- > 0;)
        sorted[--pairs->starts[bucket_of(pairs->items[i].hash) + 1]] = pairs->items[i];
    for (uint32_t b = 0; b < BUCKETS; b++)
        pairs->starts[b] = pairs->starts[b + 1];
    pairs->starts[BUCKETS] = (uint32_t)pairs->count;
    for (uint32_t b = 0; b < BUCKETS; b++)
        sort_bucket(sorted + pairs->starts[b], pairs->starts[b + 1] - pairs->starts[b]);
    free(pairs->items);
    pairs->items = sorted;
    pairs->cap = pairs->count;
    return 0;
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
    free(index->sounds.items);
    free(index->letters.items);
    free(index);
}

int sound_index_close(struct sound_index *index)
{
    int rc = pairs_close(&index->sounds);
    return rc ? rc : pairs_close(&index->letters);
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
    uint32_t key = sound_key(letters, len);
    int rc = key ? pairs_add(&index->sounds, key, word) : 0;
    if (rc || len < SOUND_DISTANCE_MIN)
        return rc;
    /* skipped == len hashes the whole word */
    for (unsigned skipped = 0; skipped <= len && !rc; skipped++)
        rc = pairs_add(&index->letters, hash_without(letters, len, skipped), word);
    return rc;
}

static unsigned collect(const struct pairs *pairs, uint32_t hash, uint32_t *words, unsigned count)
{
    uint32_t end = pairs->starts[bucket_of(hash) + 1];
    for (uint32_t i = pairs->starts[bucket_of(hash)]; i < end; i++) {
        if (pairs->items[i].hash != hash)
            continue;
        unsigned k = 0;
        while (k < count && words[k] != pairs->items[i].word)
            k++;
        if (k == count && count < SOUND_CANDIDATES_MAX)
            words[count++] = pairs->items[i].word;
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
    unsigned count = key ? collect(&index->sounds, key, ret_words, 0) : 0;
    *ret_is_same_sound = count > 0;
    if (count || len < SOUND_DISTANCE_MIN)
        return count;
    for (unsigned skipped = len + 1; skipped-- > 0;)
        count = collect(&index->letters, hash_without(letters, len, skipped), ret_words, count);
    return count;
}

size_t sound_index_bytes(const struct sound_index *index)
{
    return sizeof *index + (index->sounds.cap + index->letters.cap) * sizeof(struct pair);
}
