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

/* How a text is cut into parts of at most `room` units; nothing is cut inside a character. */
struct packer {
    unsigned room;
    unsigned parts, used; /* used: of the last part */
};

static void pack(struct packer *packer, unsigned units)
{
    if (packer->parts == 0 || packer->used + units > packer->room) {
        packer->parts++;
        packer->used = 0;
    }
    packer->used += units;
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

static unsigned ucs2_units(uint32_t character)
{
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

void gsm7_measure(struct span text, struct gsm7_size *ret_size)
{
    bool is_ucs2 = gsm7_first_foreign(text) < text.len;
    unsigned single = is_ucs2 ? UCS2_SINGLE : SEPTETS_SINGLE;
    struct packer packer = { .room = is_ucs2 ? UCS2_PART : SEPTETS_PART };
    unsigned total = 0;
    uint32_t character;
    for (size_t at = 0; at < text.len;) {
        at += utf8_decode(text.data + at, text.len - at, &character);
        unsigned units = is_ucs2 ? ucs2_units(character) : gsm7_units(character);
        total += units;
        pack(&packer, units);
    }
    *ret_size = (struct gsm7_size){ is_ucs2, total, total > 0, single - total };
    if (total > single) {
        ret_size->segments = packer.parts;
        ret_size->left = packer.room - packer.used;
    }
}

/* Bytes of the longest prefix that fits when all of it is sent in one alphabet. */
static size_t cut(struct span text, bool is_ucs2, unsigned segments)
{
    struct packer packer = { .room = is_ucs2 ? UCS2_PART : SEPTETS_PART };
    uint32_t character;
    size_t at = 0;
    if (segments == 1)
        packer.room = is_ucs2 ? UCS2_SINGLE : SEPTETS_SINGLE;
    while (at < text.len) {
        size_t used = utf8_decode(text.data + at, text.len - at, &character);
        pack(&packer, is_ucs2 ? ucs2_units(character) : gsm7_units(character));
        if (packer.parts > segments)
            break;
        at += used;
    }
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
