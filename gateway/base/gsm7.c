/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsm7 - see gsm7.h.
 * Why a table of characters and not of codes: only the length matters here; the codes are the modem's affair.
 * Traps: the grave accent alone is not in the alphabet, the small c with cedilla neither (0x09 is the capital).
 */
#include "gateway/base/gsm7.h"

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define SEPTETS_SINGLE 160u
#define SEPTETS_PART 153u /* 140 octets less a header of 6, in septets */
#define UCS2_SINGLE 70u
#define UCS2_PART 67u

/* 3GPP TS 23.038 6.2.1, what is not ASCII: rising. */
static const uint16_t main_characters[] = { 0xa1, 0xa3, 0xa4, 0xa5, 0xa7, 0xbf, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xd1,
    0xd6, 0xd8, 0xdc, 0xdf, 0xe0, 0xe4, 0xe5, 0xe6, 0xe8, 0xe9, 0xec, 0xf1, 0xf2, 0xf6, 0xf8, 0xf9, 0xfc, 0x393, 0x394,
    0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9 };

/* What belongs to the sign before it: combining marks, joiners, variation selectors, emoji modifiers. Rising. */
static const struct {
    uint32_t first, last;
} marks[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x5bf, 0x5bf }, { 0x5c1, 0x5c2 },
    { 0x5c4, 0x5c5 }, { 0x5c7, 0x5c7 }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x670, 0x670 }, { 0x6d6, 0x6dc },
    { 0x6df, 0x6e4 }, { 0x6e7, 0x6e8 }, { 0x6ea, 0x6ed }, { 0x711, 0x711 }, { 0x730, 0x74a }, { 0x900, 0x903 },
    { 0x93a, 0x93c }, { 0x93e, 0x94f }, { 0x951, 0x957 }, { 0x962, 0x963 }, { 0x981, 0x983 }, { 0x9bc, 0x9bc },
    { 0x9be, 0x9cd }, { 0x9d7, 0x9d7 }, { 0x9e2, 0x9e3 }, { 0xa01, 0xa03 }, { 0xa3c, 0xa51 }, { 0xa70, 0xa71 },
    { 0xa75, 0xa75 }, { 0xa81, 0xa83 }, { 0xabc, 0xabc }, { 0xabe, 0xacd }, { 0xae2, 0xae3 }, { 0xb01, 0xb03 },
    { 0xb3c, 0xb3c }, { 0xb3e, 0xb57 }, { 0xb62, 0xb63 }, { 0xb82, 0xb82 }, { 0xbbe, 0xbcd }, { 0xbd7, 0xbd7 },
    { 0xc00, 0xc04 }, { 0xc3c, 0xc3c }, { 0xc3e, 0xc56 }, { 0xc62, 0xc63 }, { 0xc81, 0xc83 }, { 0xcbc, 0xcbc },
    { 0xcbe, 0xcd6 }, { 0xce2, 0xce3 }, { 0xd00, 0xd03 }, { 0xd3b, 0xd3c }, { 0xd3e, 0xd4d }, { 0xd57, 0xd57 },
    { 0xd62, 0xd63 }, { 0xd81, 0xd83 }, { 0xdca, 0xddf }, { 0xdf2, 0xdf3 }, { 0xe31, 0xe31 }, { 0xe34, 0xe3a },
    { 0xe47, 0xe4e }, { 0xeb1, 0xeb1 }, { 0xeb4, 0xebc }, { 0xec8, 0xece }, { 0x102b, 0x103e }, { 0x1056, 0x1059 },
    { 0x105e, 0x1060 }, { 0x1062, 0x1064 }, { 0x1067, 0x106d }, { 0x1071, 0x1074 }, { 0x1082, 0x108d },
    { 0x108f, 0x108f }, { 0x109a, 0x109d }, { 0x135d, 0x135f }, { 0x17b4, 0x17d3 }, { 0x17dd, 0x17dd },
    { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200c, 0x200d }, { 0x20d0, 0x20ff }, { 0x3099, 0x309a },
    { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0x1f3fb, 0x1f3ff }, { 0xe0020, 0xe007f }, { 0xe0100, 0xe01ef } };

#define ZERO_WIDTH_JOINER 0x200du

static bool is_mark(uint32_t c)
{
    size_t low = 0, high = STR_COUNT(marks);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > marks[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < STR_COUNT(marks) && c >= marks[low].first;
}

/* Signs that bind the letter behind them: viramas, Khmer's coeng, the vowels that Thai and Lao write in front. */
static bool is_binding(uint32_t c)
{
    static const uint16_t binding[] = { 0x94d, 0x9cd, 0xa4d, 0xacd, 0xb4d, 0xc4d, 0xccd, 0xd4d, 0xdca, 0x1039, 0x17d2 };
    for (size_t i = 0; i < STR_COUNT(binding); i++)
        if (c == binding[i])
            return true;
    return c == ZERO_WIDTH_JOINER || (c >= 0xe40 && c <= 0xe44) || (c >= 0xec0 && c <= 0xec4);
}

static bool is_flag_half(uint32_t c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Letters in the sense of "something a virama could bind". */
bool gsm7_is_bound(uint32_t before, uint32_t c)
{
    return is_mark(c) || (is_binding(before) && c > 0x7f) || (before == '\r' && c == '\n');
}

size_t gsm7_cut(struct span text, gsm7_units_fn units, const void *context, unsigned room, unsigned *ret_units)
{
    size_t at = 0, whole = 0; /* whole: where the last whole sign ends */
    unsigned used = 0, whole_units = 0, flag_halves = 0;
    uint32_t before = 0, character;
    while (at < text.len) {
        size_t len = utf8_decode(text.data + at, text.len - at, &character);
        bool is_second_half = is_flag_half(character) && flag_halves % 2;
        if (!gsm7_is_bound(before, character) && !is_second_half) {
            whole = at;
            whole_units = used;
        }
        unsigned more = units(context, character);
        if (used + more > room)
            break;
        flag_halves = is_flag_half(character) ? flag_halves + 1 : 0;
        used += more;
        at += len;
        before = character;
    }
    bool is_cut_inside = at < text.len && whole > 0;
    if (ret_units)
        *ret_units = is_cut_inside ? whole_units : used;
    return is_cut_inside ? whole : at;
}

static bool is_main(uint32_t character)
{
    for (size_t i = 0; i < STR_COUNT(main_characters); i++)
        if (main_characters[i] == character)
            return true;
    return false;
}

static bool is_extension(uint32_t character)
{
    switch (character) {
    case 0x0c: /* form feed */
    case '^':
    case '{':
    case '}':
    case '\\':
    case '[':
    case '~':
    case ']':
    case '|':
    case 0x20ac: /* euro */
        return true;
    default:
        return false;
    }
}

unsigned gsm7_units(uint32_t character)
{
    if (is_extension(character))
        return 2;
    if (character >= 0x20 && character < 0x7f)
        return character != '`';
    return character == '\n' || character == '\r' || is_main(character);
}

static unsigned septets_of(const void *context, uint32_t character)
{
    (void)context;
    return gsm7_units(character);
}

static unsigned ucs2_units(const void *context, uint32_t character)
{
    (void)context;
    return character > 0xffff ? 2 : 1;
}

size_t gsm7_first_foreign(struct span text)
{
    uint32_t character;
    size_t at = 0;
    while (at < text.len) {
        size_t used = utf8_decode(text.data + at, text.len - at, &character);
        if (gsm7_units(character) == 0)
            break;
        at += used;
    }
    return at;
}

bool gsm7_is_plain(struct span text)
{
    return gsm7_first_foreign(text) == text.len;
}

void gsm7_measure(struct span text, struct gsm7_size *ret_size)
{
    bool is_ucs2 = gsm7_first_foreign(text) < text.len;
    gsm7_units_fn units = is_ucs2 ? ucs2_units : septets_of;
    unsigned single = is_ucs2 ? UCS2_SINGLE : SEPTETS_SINGLE, part = is_ucs2 ? UCS2_PART : SEPTETS_PART;
    unsigned total = 0, used = 0, segments = 0;
    (void)gsm7_cut(text, units, NULL, UINT32_MAX, &total);
    *ret_size = (struct gsm7_size){ is_ucs2, total, total > 0, single - total };
    if (total <= single)
        return;
    while (text.len) {
        size_t len = gsm7_cut(text, units, NULL, part, &used);
        text = (struct span){ text.data + len, text.len - len };
        segments++;
    }
    ret_size->segments = segments;
    ret_size->left = part - used;
}

/* Bytes of the longest prefix that fits when all of it is sent in one alphabet. */
static size_t cut(struct span text, bool is_ucs2, unsigned segments)
{
    gsm7_units_fn units = is_ucs2 ? ucs2_units : septets_of;
    unsigned room = is_ucs2 ? UCS2_PART : SEPTETS_PART;
    size_t at = 0;
    if (segments == 1)
        return gsm7_cut(text, units, NULL, is_ucs2 ? UCS2_SINGLE : SEPTETS_SINGLE, NULL);
    for (; segments && at < text.len; segments--)
        at += gsm7_cut((struct span){ text.data + at, text.len - at }, units, NULL, room, NULL);
    return at;
}

/* Up to its first foreign character a text is short to send; if that character no longer fits, only what comes before
 * counts. */
size_t gsm7_prefix(struct span text, unsigned segments)
{
    size_t foreign = gsm7_first_foreign(text);
    if (foreign < text.len) {
        size_t whole = cut(text, true, segments);
        if (whole > foreign)
            return whole;
    }
    return cut((struct span){ text.data, foreign }, false, segments);
}
