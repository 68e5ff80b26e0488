/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wordset - see wordset.h. */
#include "gateway/core/triage/wordset.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST (1u << 14)
#define WORDS_FIRST (1u << 13)
#define LETTERS_FIRST (1u << 16)
#define WORD_MASK ((1u << 20) - 1) /* of a slot */

static uint32_t hash_of(const uint16_t *letters, unsigned len)
{
    uint32_t hash = len;
    for (unsigned i = 0; i < len; i++)
        hash = (hash ^ letters[i]) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

static uint32_t word_in(uint32_t slot)
{
    return (slot & WORD_MASK) - 1;
}

/* The slot of a word, or the free one that it may take. */
static uint32_t *slot_of(const struct wordset *set, uint32_t hash, const uint16_t *letters, unsigned len)
{
    for (uint32_t at = hash & set->slot_mask;; at = (at + 1) & set->slot_mask) {
        uint32_t *slot = &set->slots[at], word = word_in(*slot);
        if (*slot == 0 || ((*slot & ~WORD_MASK) == (hash & ~WORD_MASK) && set->lens[word] == len &&
                              memcmp(set->letters + set->starts[word], letters, len * sizeof *letters) == 0))
            return slot;
    }
}

static int grow_slots(struct wordset *set)
{
    uint32_t size = set->slots ? (set->slot_mask + 1) * 2 : SLOTS_FIRST;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return ERR_NOMEM;
    for (uint32_t word = 0; word < set->count; word++) {
        uint32_t hash = hash_of(set->letters + set->starts[word], set->lens[word]), at = hash & (size - 1);
        while (slots[at])
            at = (at + 1) & (size - 1);
        slots[at] = (hash & ~WORD_MASK) | (word + 1);
    }
    free(set->slots);
    set->slots = slots;
    set->slot_mask = size - 1;
    return 0;
}

static int grow_words(struct wordset *set)
{
    uint32_t cap = set->cap ? set->cap * 2 : WORDS_FIRST;
    uint8_t *lens = realloc(set->lens, cap);
    if (!lens)
        return ERR_NOMEM;
    set->lens = lens;
    uint32_t *starts = realloc(set->starts, cap * sizeof *starts);
    if (!starts)
        return ERR_NOMEM;
    set->starts = starts;
    set->cap = cap;
    return 0;
}

static int grow_letters(struct wordset *set)
{
    uint32_t cap = set->letter_cap ? set->letter_cap * 2 : LETTERS_FIRST;
    uint16_t *letters = realloc(set->letters, cap * sizeof *letters);
    if (!letters)
        return ERR_NOMEM;
    set->letters = letters;
    set->letter_cap = cap;
    return 0;
}

/* Room for one more word of that length. */
static int make_room(struct wordset *set, unsigned len)
{
    if (set->count == WORDSET_WORDS_MAX || set->letter_count + len > WORDSET_LETTERS_MAX)
        return ERR_LIMIT;
    int rc = set->count == set->cap ? grow_words(set) : 0;
    if (!rc && set->letter_count + len > set->letter_cap)
        rc = grow_letters(set);
    if (!rc && (!set->slots || set->count * 2 >= set->slot_mask))
        rc = grow_slots(set);
    return rc;
}

int wordset_add(struct wordset *set, const uint16_t *letters, unsigned len, uint32_t *ret_word)
{
    if (len == 0 || len > WORDSET_LEN_MAX)
        return ERR_INVALID;
    uint32_t hash = hash_of(letters, len);
    uint32_t *slot = set->slots ? slot_of(set, hash, letters, len) : NULL;
    if (!slot || *slot == 0) {
        int rc = make_room(set, len);
        if (rc)
            return rc;
        slot = slot_of(set, hash, letters, len); /* the table may have grown */
        set->lens[set->count] = (uint8_t)len;
        set->starts[set->count] = set->letter_count;
        memcpy(set->letters + set->letter_count, letters, len * sizeof *letters);
        set->letter_count += len;
        *slot = (hash & ~WORD_MASK) | ++set->count;
    }
    *ret_word = word_in(*slot);
    return 0;
}

void wordset_reset(struct wordset *set)
{
    if (set->slots)
        memset(set->slots, 0, (set->slot_mask + (size_t)1) * sizeof *set->slots);
    set->count = set->letter_count = 0;
}

void wordset_clear(struct wordset *set)
{
    free(set->lens);
    free(set->starts);
    free(set->letters);
    free(set->slots);
    *set = (struct wordset){ .count = 0 };
}
