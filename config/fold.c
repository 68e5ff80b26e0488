/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold - see fold.h. Unicode's CaseFolding.txt, status C and S, for the blocks that the files are written in. */
#include "config/fold.h"

#include <string.h>

#include "gateway/base/utf8.h"

/* In these blocks capital and small letter stand side by side, the capital on the even (0) or the odd (1) place. */
static const struct {
    uint16_t first, last, odd;
} pairs[] = { { 0x100, 0x12f, 0 }, { 0x132, 0x137, 0 }, { 0x139, 0x148, 1 }, { 0x14a, 0x177, 0 }, { 0x179, 0x17e, 1 },
    { 0x1a0, 0x1a5, 0 }, { 0x1af, 0x1b0, 1 }, { 0x1cd, 0x1dc, 1 }, { 0x1e00, 0x1e95, 0 }, { 0x1ea0, 0x1eff, 0 },
    { 0x460, 0x481, 0 } };

/* Here the small letter stands so much further on. */
static const struct {
    uint16_t first, last, step;
} shifts[] = { { 'A', 'Z', 32 }, { 0xc0, 0xd6, 32 }, { 0xd8, 0xde, 32 }, { 0x391, 0x3a1, 32 }, { 0x3a3, 0x3ab, 32 },
    { 0x400, 0x40f, 80 }, { 0x410, 0x42f, 32 } };

uint32_t fold_character(uint32_t character)
{
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++)
        if (character >= shifts[i].first && character <= shifts[i].last)
            return character + shifts[i].step;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (character >= pairs[i].first && character <= pairs[i].last)
            return character % 2 == pairs[i].odd ? character + 1 : character;
    if (character == 0x178)
        return 0xff;
    return character == 0x3c2 ? 0x3c3 : character;
}

bool fold_is_letter(uint32_t character)
{
    uint32_t small = fold_character(character);
    if ((small >= 'a' && small <= 'z') || (small >= '0' && small <= '9'))
        return true;
    return (small >= 0xdf && small <= 0x24f && small != 0xf7) || (small >= 0x300 && small <= 0x52f) ||
           (small >= 0x1e00 && small <= 0x1eff);
}

static uint32_t next(struct span *rest)
{
    uint32_t character;
    size_t used = utf8_decode(rest->data, rest->len, &character);
    rest->data += used;
    rest->len -= used;
    return character;
}

bool fold_equal(struct span a, struct span b)
{
    while (a.len > 0 && b.len > 0)
        if (fold_character(next(&a)) != fold_character(next(&b)))
            return false;
    return a.len == 0 && b.len == 0;
}

static bool is_edge(uint32_t character)
{
    static const uint32_t signs[] = { 0xa0, 0x60c, 0x61f, 0x6d4, 0x964, 0x104a, 0x104b, 0x1362, 0x17d4, 0x2026, 0x3002,
        0xff01, 0xff0c };
    if (character < 0x80)
        return !fold_is_letter(character);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i] == character)
            return true;
    return character >= 0x2000 && character <= 0x200b;
}

struct span fold_trim(struct span text)
{
    struct span rest = text, kept = { text.data, 0 };
    while (rest.len > 0) {
        struct span before = rest;
        bool is_kept = !is_edge(next(&rest));
        if (is_kept && kept.len == 0)
            kept.data = before.data;
        if (is_kept)
            kept.len = (size_t)(rest.data - kept.data);
    }
    return kept;
}

/* Bytes of the word at the beginning of text, before which `before` stands (0 = nothing); 0 = it does not stand there.
 */
static size_t length_here(struct span text, struct span word, bool has_any_ending, uint32_t before)
{
    const char *begin = text.data;
    uint32_t first = 0, last = 0;
    while (word.len > 0) {
        uint32_t want = next(&word);
        if (text.len == 0 || fold_character(next(&text)) != fold_character(want))
            return 0;
        first = first ? first : want;
        last = want;
    }
    size_t len = (size_t)(text.data - begin);
    if (fold_is_letter(first) && fold_is_letter(before))
        return 0;
    return has_any_ending || text.len == 0 || !fold_is_letter(last) || !fold_is_letter(next(&text)) ? len : 0;
}

struct span fold_find(struct span text, const char *word)
{
    struct span wanted = span_of(word);
    bool has_any_ending = wanted.len > 0 && wanted.data[wanted.len - 1] == '*';
    uint32_t before = 0;
    wanted.len -= has_any_ending;
    while (text.len > 0 && wanted.len > 0) {
        size_t len = length_here(text, wanted, has_any_ending, before);
        if (len)
            return (struct span){ text.data, len };
        before = next(&text);
    }
    return (struct span){ text.data, 0 };
}

bool fold_holds(struct span text, const char *word)
{
    return fold_find(text, word).len > 0;
}
