/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marks - see marks.h. Orders are those of the Unicode core specification, chapters 12, 13 and 16, and of UTN 11. */
#include "gateway/core/triage/marks.h"

#include <string.h>

#include "gateway/base/str.h"

#define UNITS_MAX 16u /* signs on one letter; what follows is no writing */
#define UNIT_CHARS_MAX 3u
#define SPREAD_MAX 5u
#define WORD_MAX 4096u /* characters of a word that are spread */

#define RANK 0x3Fu
#define JOINS 0x40u
#define SPREADS 0x80u

#define KHMER_COENG 0x17D2
#define KHMER_RO 0x179A
#define MYANMAR_VIRAMA 0x1039
#define MYANMAR_ASAT 0x103A

/* Signs by their place after the letter. Thai and Lao vowels that stand on the line come last: a tone typed after them
 * belongs before. */
static const struct {
    uint16_t first, last;
    uint8_t rank;
} ranks[] = {
    { 0x0900, 0x0903, 4 },
    { 0x093A, 0x093B, 3 },
    { 0x093C, 0x093C, 1 },
    { 0x093E, 0x094F, 3 },
    { 0x0951, 0x0954, 5 },
    { 0x0955, 0x0957, 3 },
    { 0x0981, 0x0983, 4 },
    { 0x09BC, 0x09BC, 1 },
    { 0x09BE, 0x09CD, 3 },
    { 0x09D7, 0x09D7, 3 },
    { 0x0A01, 0x0A03, 4 },
    { 0x0A3C, 0x0A3C, 1 },
    { 0x0A3E, 0x0A4D, 3 },
    { 0x0A70, 0x0A71, 4 },
    { 0x0B82, 0x0B82, 4 },
    { 0x0BBE, 0x0BCD, 3 },
    { 0x0BD7, 0x0BD7, 3 },
    { 0x0C00, 0x0C04, 4 },
    { 0x0C3E, 0x0C56, 3 },
    { 0x0D00, 0x0D03, 4 },
    { 0x0D3E, 0x0D4D, 3 },
    { 0x0D57, 0x0D57, 3 },
    { 0x0D81, 0x0D83, 4 },
    { 0x0DCA, 0x0DDF, 3 },
    { 0x0DF2, 0x0DF3, 3 },
    { 0x0E30, 0x0E30, 7 },
    { 0x0E31, 0x0E31, 2 },
    { 0x0E32, 0x0E33, 7 },
    { 0x0E34, 0x0E37, 2 },
    { 0x0E38, 0x0E3A, 1 },
    { 0x0E47, 0x0E47, 2 },
    { 0x0E48, 0x0E4B, 4 },
    { 0x0E4C, 0x0E4C, 5 },
    { 0x0E4D, 0x0E4D, 6 },
    { 0x0E4E, 0x0E4E, 2 },
    { 0x0EB0, 0x0EB0, 7 },
    { 0x0EB1, 0x0EB1, 2 },
    { 0x0EB2, 0x0EB3, 7 },
    { 0x0EB4, 0x0EB7, 2 },
    { 0x0EB8, 0x0EBA, 1 },
    { 0x0EBB, 0x0EBB, 2 },
    { 0x0EBC, 0x0EBC, 1 },
    { 0x0EC8, 0x0ECB, 4 },
    { 0x0ECC, 0x0ECC, 5 },
    { 0x0ECD, 0x0ECD, 6 },
    { 0x102B, 0x102C, 9 },
    { 0x102D, 0x102E, 7 },
    { 0x102F, 0x1030, 8 },
    { 0x1031, 0x1031, 6 },
    { 0x1032, 0x1032, 7 },
    { 0x1036, 0x1036, 10 },
    { 0x1037, 0x1037, 11 },
    { 0x1038, 0x1038, 13 },
    { 0x1039, 0x103A, 12 },
    { 0x103B, 0x103B, 2 },
    { 0x103C, 0x103C, 3 },
    { 0x103D, 0x103D, 4 },
    { 0x103E, 0x103E, 5 },
    { 0x17B6, 0x17C5, 5 },
    { 0x17C6, 0x17C8, 6 },
    { 0x17C9, 0x17CA, 2 },
    { 0x17CB, 0x17CB, 7 },
    { 0x17CC, 0x17CC, 1 },
    { 0x17CD, 0x17D1, 7 },
    { 0x17D2, 0x17D2, 8 },
    { 0x17DD, 0x17DD, 7 },
};

#define RANK_STACKED 1u /* Burmese letter below a letter */
#define RANK_COENG 3u
#define RANK_COENG_RO 4u /* ro is written round the others, and typed before or after them */

/* Pieces of one sign or letter, in order of the pieces. */
static const struct pair {
    uint16_t before, sign, whole;
} pairs[] = {
    { 0x0905, 0x093E, 0x0906 },
    { 0x0905, 0x0949, 0x0911 },
    { 0x0905, 0x094B, 0x0913 },
    { 0x0905, 0x094C, 0x0914 },
    { 0x0906, 0x0947, 0x0913 },
    { 0x0906, 0x0948, 0x0914 },
    { 0x090F, 0x0947, 0x0910 },
    { 0x093E, 0x0947, 0x094B },
    { 0x093E, 0x0948, 0x094C },
    { 0x0985, 0x09BE, 0x0986 },
    { 0x09C7, 0x09BE, 0x09CB },
    { 0x09C7, 0x09D7, 0x09CC },
    { 0x0A05, 0x0A3E, 0x0A06 },
    { 0x0A05, 0x0A48, 0x0A10 },
    { 0x0A05, 0x0A4C, 0x0A14 },
    { 0x0A72, 0x0A3F, 0x0A07 },
    { 0x0A72, 0x0A40, 0x0A08 },
    { 0x0A72, 0x0A47, 0x0A0F },
    { 0x0A73, 0x0A41, 0x0A09 },
    { 0x0A73, 0x0A42, 0x0A0A },
    { 0x0A73, 0x0A4B, 0x0A13 },
    { 0x0B92, 0x0BD7, 0x0B94 },
    { 0x0BC6, 0x0BBE, 0x0BCA },
    { 0x0BC6, 0x0BD7, 0x0BCC },
    { 0x0BC7, 0x0BBE, 0x0BCB },
    { 0x0C46, 0x0C56, 0x0C48 },
    { 0x0D07, 0x0D57, 0x0D08 },
    { 0x0D09, 0x0D57, 0x0D0A },
    { 0x0D12, 0x0D3E, 0x0D13 },
    { 0x0D12, 0x0D57, 0x0D14 },
    { 0x0D46, 0x0D3E, 0x0D4A },
    { 0x0D46, 0x0D46, 0x0D48 },
    { 0x0D46, 0x0D57, 0x0D4C },
    { 0x0D47, 0x0D3E, 0x0D4B },
    { 0x0D85, 0x0DCF, 0x0D86 },
    { 0x0D85, 0x0DD0, 0x0D87 },
    { 0x0D85, 0x0DD1, 0x0D88 },
    { 0x0D8B, 0x0DDF, 0x0D8C },
    { 0x0D91, 0x0DCA, 0x0D92 },
    { 0x0D94, 0x0DDF, 0x0D96 },
    { 0x0DD9, 0x0DCA, 0x0DDA },
    { 0x0DD9, 0x0DCF, 0x0DDC },
    { 0x0DD9, 0x0DD9, 0x0DDB },
    { 0x0DD9, 0x0DDF, 0x0DDE },
    { 0x0DDC, 0x0DCA, 0x0DDD },
    { 0x0E40, 0x0E40, 0x0E41 },
    { 0x0E4D, 0x0E32, 0x0E33 },
    { 0x0EC0, 0x0EC0, 0x0EC1 },
    { 0x0ECD, 0x0EB2, 0x0EB3 },
    { 0x1025, 0x102E, 0x1026 },
    { 0x17C1, 0x17B6, 0x17C4 },
    { 0x17C1, 0x17B8, 0x17BE },
};

/* Letters that are another way to write one or several others: Malayalam final letters, Tamil au, Burmese and Khmer
 * letters of one sound that keyboards offer twice. */
static const struct spread {
    uint16_t c, out[SPREAD_MAX];
} spreads[] = {
    { 0x0929, { 0x0928 } },
    { 0x0931, { 0x0930 } },
    { 0x0934, { 0x0933 } },
    { 0x09CE, { 0x09A4, 0x09CD } },
    { 0x0B94, { 0x0B92, 0x0BB3 } },
    { 0x0BCC, { 0x0BC6, 0x0BB3 } },
    { 0x0D4C, { 0x0D57 } },
    { 0x0D7A, { 0x0D23, 0x0D4D } },
    { 0x0D7B, { 0x0D28, 0x0D4D } },
    { 0x0D7C, { 0x0D30, 0x0D4D } },
    { 0x0D7D, { 0x0D32, 0x0D4D } },
    { 0x0D7E, { 0x0D33, 0x0D4D } },
    { 0x0D7F, { 0x0D15, 0x0D4D } },
    { 0x1008, { 0x1005, 0x103B } },
    { 0x1009, { 0x1025 } },
    { 0x1029, { 0x101E, 0x103C } },
    { 0x102A, { 0x101E, 0x103C, 0x1031, 0x102C, 0x103A } },
    { 0x102B, { 0x102C } },
    { 0x103F, { 0x101E, 0x1039, 0x101E } },
    { 0x17A3, { 0x17A2 } },
    { 0x17A4, { 0x17A2, 0x17B6 } },
    { 0x17B2, { 0x17B1 } },
};

static uint8_t facts_of(const struct marks *marks, uint32_t c)
{
    return c >= MARKS_FIRST && c <= MARKS_LAST ? marks->facts[c - MARKS_FIRST] : 0;
}

void marks_init(struct marks *marks)
{
    memset(marks->facts, 0, sizeof marks->facts);
    for (size_t i = 0; i < STR_COUNT(ranks); i++)
        for (unsigned c = ranks[i].first; c <= ranks[i].last; c++)
            marks->facts[c - MARKS_FIRST] = ranks[i].rank;
    for (size_t i = 0; i < STR_COUNT(pairs); i++)
        marks->facts[pairs[i].sign - MARKS_FIRST] |= JOINS;
    for (size_t i = 0; i < STR_COUNT(spreads); i++)
        marks->facts[spreads[i].c - MARKS_FIRST] |= SPREADS;
}

bool marks_is_joining(const struct marks *marks, uint32_t sign)
{
    return (facts_of(marks, sign) & JOINS) != 0;
}

uint16_t marks_join(uint16_t before, uint16_t sign)
{
    size_t low = 0, high = STR_COUNT(pairs);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct pair *pair = &pairs[middle];
        if (pair->before == before && pair->sign == sign)
            return pair->whole;
        if (pair->before < before || (pair->before == before && pair->sign < sign))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static bool spread_letters(const struct marks *marks, struct marks_word *word)
{
    uint16_t chars[WORD_MAX], from[WORD_MAX];
    unsigned count = 0, max = word->max < WORD_MAX ? word->max : WORD_MAX;
    bool is_any = false;
    for (unsigned i = 0; i < word->len && !is_any; i++)
        is_any = (facts_of(marks, word->chars[i]) & SPREADS) != 0;
    if (!is_any || max < SPREAD_MAX)
        return false;
    for (unsigned i = 0; i < word->len; i++) {
        const struct spread *found = NULL;
        if (count > max - SPREAD_MAX)
            return false;
        for (size_t k = 0; facts_of(marks, word->chars[i]) & SPREADS && k < STR_COUNT(spreads) && !found; k++)
            found = spreads[k].c == word->chars[i] ? &spreads[k] : NULL;
        if (!found) {
            chars[count] = word->chars[i];
            from[count++] = word->from[i];
        }
        for (unsigned k = 0; found && k < SPREAD_MAX && found->out[k]; k++) {
            chars[count] = found->out[k];
            from[count++] = word->from[i];
        }
    }
    memcpy(word->chars, chars, count * sizeof *chars);
    memcpy(word->from, from, count * sizeof *from);
    word->len = count;
    return true;
}

/* A sign, or a letter below the letter together with the sign that puts it there. */
struct unit {
    uint16_t chars[UNIT_CHARS_MAX];
    uint8_t len, rank;
};

static bool is_within(const struct marks_word *word, unsigned i, uint16_t first, uint16_t last)
{
    return i < word->len && word->chars[i] >= first && word->chars[i] <= last;
}

/* len 0 = a letter stands here. */
static struct unit read_unit(const struct marks *marks, const struct marks_word *word, unsigned i)
{
    uint16_t c = word->chars[i];
    struct unit unit = { .rank = facts_of(marks, c) & RANK };
    unit.len = unit.rank ? 1 : 0;
    if (c == KHMER_COENG && is_within(word, i + 1, 0x1780, 0x17A2)) {
        unit.len = 2;
        unit.rank = word->chars[i + 1] == KHMER_RO ? RANK_COENG_RO : RANK_COENG;
    } else if (c == MYANMAR_VIRAMA && is_within(word, i + 1, 0x1000, 0x1021)) {
        unit.len = 2;
        unit.rank = RANK_STACKED;
    } else if (c == MYANMAR_ASAT && is_within(word, i + 1, MYANMAR_VIRAMA, MYANMAR_VIRAMA) &&
               is_within(word, i + 2, 0x1000, 0x1021)) {
        unit.len = 3;
        unit.rank = RANK_STACKED;
    }
    memcpy(unit.chars, word->chars + i, unit.len * sizeof unit.chars[0]);
    /* the two look alike below a letter */
    if (c == KHMER_COENG && unit.len == 2 && unit.chars[1] == 0x178A)
        unit.chars[1] = 0x178F;
    return unit;
}

static bool is_same(const struct unit *a, const struct unit *b)
{
    return a->len == b->len && memcmp(a->chars, b->chars, a->len * sizeof a->chars[0]) == 0;
}

/* Stable; a sign that is there already is not added. */
static unsigned insert_unit(struct unit *units, unsigned count, const struct unit *unit)
{
    if (count == UNITS_MAX)
        return count;
    unsigned at = count;
    while (at > 0 && units[at - 1].rank > unit->rank)
        at--;
    for (unsigned i = at; i > 0 && units[i - 1].rank == unit->rank; i--)
        if (is_same(&units[i - 1], unit) && !marks_join(unit->chars[0], unit->chars[0]))
            return count;
    memmove(units + at + 1, units + at, (count - at) * sizeof *units);
    units[at] = *unit;
    return count + 1;
}

static unsigned put_units(const struct unit *units, unsigned count, uint16_t *chars, unsigned at)
{
    for (unsigned i = 0; i < count; i++) {
        uint16_t whole = at > 0 && units[i].len == 1 ? marks_join(chars[at - 1], units[i].chars[0]) : 0;
        if (whole)
            chars[at - 1] = whole;
        for (unsigned k = 0; !whole && k < units[i].len; k++)
            chars[at++] = units[i].chars[k];
    }
    return at;
}

static bool order_signs(const struct marks *marks, struct marks_word *word)
{
    unsigned put = 0, i = 0;
    bool is_changed = false;
    while (i < word->len) {
        struct unit units[UNITS_MAX], unit = read_unit(marks, word, i);
        unsigned begin = i, count = 0, start = put;
        for (; unit.len > 0; unit = i < word->len ? read_unit(marks, word, i) : (struct unit){ .len = 0 }) {
            count = insert_unit(units, count, &unit);
            i += unit.len;
        }
        if (i == begin) {
            word->chars[put] = word->chars[i];
            word->from[put++] = word->from[i++];
            continue;
        }
        uint16_t before[UNITS_MAX * UNIT_CHARS_MAX];
        unsigned kept = i - begin < STR_COUNT(before) ? i - begin : (unsigned)STR_COUNT(before);
        memcpy(before, word->chars + begin, kept * sizeof before[0]);
        uint16_t last = word->from[i - 1];
        put = put_units(units, count, word->chars, put);
        is_changed |= put - start != i - begin || memcmp(before, word->chars + start, kept * sizeof before[0]) != 0;
        memmove(word->from + start, word->from + begin, (put - start) * sizeof *word->from);
        if (put > start)
            word->from[put - 1] = last;
    }
    word->len = put;
    return is_changed;
}

/* Burmese digits 0 and 7 have the shape of the letters wa and ra and are typed for them. */
static bool read_digits_as_letters(const struct marks *marks, struct marks_word *word)
{
    bool is_changed = false;
    for (unsigned i = 0; i + 1 < word->len; i++) {
        uint16_t c = word->chars[i];
        if ((c != '0' && c != '7') || !is_within(word, i + 1, 0x1000, 0x103F))
            continue;
        bool has_sign = (facts_of(marks, word->chars[i + 1]) & RANK) != 0;
        bool is_number = i > 0 && is_within(&(struct marks_word){ word->chars, NULL, i, i }, i - 1, '0', '9');
        if (!has_sign && (is_number || c == '7'))
            continue;
        word->chars[i] = c == '0' ? 0x101D : 0x101B;
        is_changed = true;
    }
    return is_changed;
}

bool marks_settle(const struct marks *marks, struct marks_word *word)
{
    bool is_changed = read_digits_as_letters(marks, word);
    is_changed |= spread_letters(marks, word);
    is_changed |= order_signs(marks, word);
    return is_changed;
}
