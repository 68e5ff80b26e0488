/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spellings - see spellings.h. */
#include "gateway/core/triage/spellings.h"

#include <stdlib.h>

#define WRITTEN_MAX 64u /* bytes */
#define ITEMS_FIRST 8192u
#define MARKED 0x100u /* stands before the bytes of what was read with its diacritics */

static bool make_room(struct spellings *spellings)
{
    if (spellings->written.count < spellings->cap)
        return true;
    uint32_t cap = spellings->cap ? spellings->cap * 2 : ITEMS_FIRST;
    struct spelling *items = realloc(spellings->items, cap * sizeof *items);
    if (!items)
        return false;
    spellings->items = items;
    spellings->cap = cap;
    return true;
}

struct spelling *spellings_at(struct spellings *spellings, struct span written, bool keeps_marks)
{
    uint16_t bytes[WRITTEN_MAX + 1];
    unsigned len = 0;
    uint32_t at, known = spellings->written.count;
    if (written.len > WRITTEN_MAX || !make_room(spellings))
        return NULL;
    if (keeps_marks)
        bytes[len++] = MARKED;
    for (size_t i = 0; i < written.len; i++)
        bytes[len++] = (unsigned char)written.data[i];
    if (wordset_add(&spellings->written, bytes, len, &at))
        return NULL;
    if (at == known)
        spellings->items[at] = (struct spelling){ .is_known = 0 };
    return &spellings->items[at];
}

void spellings_reset(struct spellings *spellings)
{
    wordset_reset(&spellings->written);
}

void spellings_clear(struct spellings *spellings)
{
    wordset_clear(&spellings->written);
    free(spellings->items);
    *spellings = (struct spellings){ .cap = 0 };
}
