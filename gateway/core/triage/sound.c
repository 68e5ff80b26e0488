/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound - see sound.h.
 * Why:   two sorted arrays of (hash, word): one by sound, one by the word with each letter left out in turn, which
 * finds every word at distance one without trying an alphabet.
 */
#include "gateway/core/triage/sound.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FNV_FIRST 2166136261u
#define FNV_PRIME 16777619u
#define PAIRS_MAX (1u << 21)

struct pair {
    uint32_t hash, word;
};
struct pairs {
    struct pair *items;
    size_t count, cap;
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

static size_t pairs_find(const struct pairs *pairs, uint32_t hash)
{
    size_t low = 0, high = pairs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pairs->items[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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

void sound_index_close(struct sound_index *index)
{
    if (index->sounds.count)
        qsort(index->sounds.items, index->sounds.count, sizeof(struct pair), compare_pairs);
    if (index->letters.count)
        qsort(index->letters.items, index->letters.count, sizeof(struct pair), compare_pairs);
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
    for (size_t i = pairs_find(pairs, hash); i < pairs->count && pairs->items[i].hash == hash; i++) {
        unsigned k = 0;
        while (k < count && words[k] != pairs->items[i].word)
            k++;
        if (k == count && count < SOUND_CANDIDATES_MAX)
            words[count++] = pairs->items[i].word;
    }
    return count;
}

unsigned sound_index_find(const struct sound_index *index, const uint16_t *letters, unsigned len, uint32_t *ret_words)
{
    if (len > SOUND_WORD_MAX)
        return 0;
    uint32_t key = sound_key(letters, len);
    unsigned count = key ? collect(&index->sounds, key, ret_words, 0) : 0;
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
