/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8 - decoding, validating and repairing UTF-8, and the legacy charsets providers still send.
 * Why:   Unicode 15 table 3-7 gives the well-formed sequences; everything else is an invalid byte.
 */
#include "gateway/base/utf8.h"

#include <string.h>
#include <strings.h>

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static bool is_surrogate(uint32_t character)
{
    return character >= 0xd800 && character <= 0xdfff;
}

static bool is_scalar(uint32_t character)
{
    return character <= 0x10ffff && !is_surrogate(character);
}

/* The value of a sequence of `len` bytes without judging it, 0 bytes when its shape is wrong. */
static size_t read_shape(const char *text, size_t len, uint32_t *ret_char)
{
    unsigned char lead = (unsigned char)text[0];
    size_t need = lead < 0x80 ? 1 : lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t character = need == 1 ? lead : lead & (0xffu >> (need + 1));

    if ((lead >= 0x80 && lead < 0xc0) || lead >= 0xf8 || need > len)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if (!is_continuation(text[i]))
            return 0;
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    *ret_char = character;
    return need;
}

/* Any sequence, well-formed or not. */
static size_t decode_slowly(const char *text, size_t len, uint32_t *ret_char)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t character = 0;
    size_t used = read_shape(text, len, &character);

    if (used == 0 || character < smallest[used] || !is_scalar(character)) {
        *ret_char = UTF8_REPLACEMENT;
        return 1;
    }
    *ret_char = character;
    return used;
}

/* Nearly all characters are well-formed, of one, two or three bytes. */
size_t utf8_decode(const char *text, size_t len, uint32_t *ret_char)
{
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x80) {
        *ret_char = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0 && len >= 2 && is_continuation(text[1])) {
        *ret_char = (lead & 0x1fu) << 6 | ((unsigned char)text[1] & 0x3fu);
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xed && len >= 3 && is_continuation(text[1]) && is_continuation(text[2]) &&
        (lead > 0xe0 || (unsigned char)text[1] >= 0xa0)) {
        *ret_char = (lead & 0xfu) << 12 | ((unsigned char)text[1] & 0x3fu) << 6 | ((unsigned char)text[2] & 0x3fu);
        return 3;
    }
    return decode_slowly(text, len, ret_char);
}

void utf8_encode(struct buf *out, uint32_t character)
{
    char bytes[4];
    size_t len;

    if (!is_scalar(character))
        character = UTF8_REPLACEMENT;
    if (character < 0x80) {
        buf_add_char(out, (char)character);
        return;
    }
    len = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    bytes[0] = (char)((0xf00u >> len & 0xff) | character);
    buf_add(out, bytes, len);
}

/* True when the decoder reported a byte that is no part of a character (a real U+FFFD takes three bytes). */
static bool is_invalid(uint32_t character, size_t used)
{
    return character == UTF8_REPLACEMENT && used == 1;
}

bool utf8_is_valid(struct span text)
{
    uint32_t character;

    for (size_t i = 0; i < text.len;) {
        size_t used = utf8_decode(text.data + i, text.len - i, &character);
        if (is_invalid(character, used))
            return false;
        i += used;
    }
    return true;
}

size_t utf8_count(struct span text)
{
    uint32_t character;
    size_t count = 0;

    for (size_t i = 0; i < text.len; count++)
        i += utf8_decode(text.data + i, text.len - i, &character);
    return count;
}

/* Two surrogates, each written as three bytes (Unicode TR 26), make one character. Returns bytes used or 0. */
static size_t read_cesu8(const char *text, size_t len, uint32_t *ret_char)
{
    uint32_t high, low;

    if (len < 6 || read_shape(text, 3, &high) != 3 || high < 0xd800 || high > 0xdbff)
        return 0;
    if (read_shape(text + 3, 3, &low) != 3 || low < 0xdc00 || low > 0xdfff)
        return 0;
    *ret_char = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return 6;
}

void utf8_repair(struct buf *out, struct span text)
{
    size_t start = 0, i = 0;
    uint32_t character;

    while (i < text.len) {
        size_t used = utf8_decode(text.data + i, text.len - i, &character);
        if (character != 0 && !is_invalid(character, used)) {
            i += used;
            continue;
        }
        buf_add(out, text.data + start, i - start);
        size_t pair = read_cesu8(text.data + i, text.len - i, &character);
        utf8_encode(out, pair ? character : UTF8_REPLACEMENT);
        i += pair ? pair : 1;
        start = i;
    }
    buf_add(out, text.data + start, i - start);
}

/* Windows-1252, 0x80 to 0x9f; 0 where the charset has a hole. */
static const uint16_t windows_1252[32] = {
    0x20ac,
    0,
    0x201a,
    0x0192,
    0x201e,
    0x2026,
    0x2020,
    0x2021,
    0x02c6,
    0x2030,
    0x0160,
    0x2039,
    0x0152,
    0,
    0x017d,
    0,
    0,
    0x2018,
    0x2019,
    0x201c,
    0x201d,
    0x2022,
    0x2013,
    0x2014,
    0x02dc,
    0x2122,
    0x0161,
    0x203a,
    0x0153,
    0,
    0x017e,
    0x0178,
};

/* ISO 8859-1 is read as Windows-1252, as the WHATWG Encoding Standard does: its C1 controls never occur in a text,
 * and senders who say latin1 do send the quotes and the euro sign of 1252. */
static void read_windows_1252(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint32_t character = (unsigned char)text.data[i];
        if (character >= 0x80 && character < 0xa0)
            character = windows_1252[character - 0x80];
        utf8_encode(out, character ? character : UTF8_REPLACEMENT);
    }
}

static uint32_t read_unit(struct span text, size_t at, bool is_little)
{
    unsigned char a = (unsigned char)text.data[at], b = (unsigned char)text.data[at + 1];

    return is_little ? (uint32_t)b << 8 | a : (uint32_t)a << 8 | b;
}

static void read_utf16(struct buf *out, struct span text, bool is_little)
{
    size_t i = 0;

    while (i + 1 < text.len) {
        uint32_t unit = read_unit(text, i, is_little);
        i += 2;
        if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.len) {
            uint32_t low = read_unit(text, i, is_little);
            if (low >= 0xdc00 && low <= 0xdfff) {
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        utf8_encode(out, unit ? unit : UTF8_REPLACEMENT);
    }
    if (i < text.len)
        utf8_encode(out, UTF8_REPLACEMENT);
}

/* A byte order mark decides over the label; without one UTF-16 is big-endian (RFC 2781, 4.3). */
static void read_marked_utf16(struct buf *out, struct span text, bool is_little)
{
    if (text.len >= 2 && (read_unit(text, 0, false) == 0xfeff || read_unit(text, 0, true) == 0xfeff)) {
        is_little = read_unit(text, 0, true) == 0xfeff;
        text.data += 2;
        text.len -= 2;
    }
    read_utf16(out, text, is_little);
}

enum charset { CHARSET_UTF8, CHARSET_1252, CHARSET_UTF16BE, CHARSET_UTF16LE };

static const struct {
    const char *name;
    enum charset charset;
} charsets[] = {
    { "utf-8", CHARSET_UTF8 },
    { "utf8", CHARSET_UTF8 },
    { "us-ascii", CHARSET_UTF8 },
    { "ascii", CHARSET_UTF8 },
    { "iso-8859-1", CHARSET_1252 },
    { "iso8859-1", CHARSET_1252 },
    { "latin1", CHARSET_1252 },
    { "latin-1", CHARSET_1252 },
    { "windows-1252", CHARSET_1252 },
    { "cp1252", CHARSET_1252 },
    { "utf-16", CHARSET_UTF16BE },
    { "utf-16be", CHARSET_UTF16BE },
    { "utf-16le", CHARSET_UTF16LE },
    { "ucs-2", CHARSET_UTF16BE },
    { "iso-10646-ucs-2", CHARSET_UTF16BE },
};

static int find_charset(const char *name)
{
    for (size_t i = 0; name && i < sizeof(charsets) / sizeof(charsets[0]); i++)
        if (strcasecmp(charsets[i].name, name) == 0)
            return (int)charsets[i].charset;
    return ERR_UNSUPPORTED;
}

int utf8_from_charset(struct buf *out, struct span text, const char *charset)
{
    int found = find_charset(charset);

    switch (found) {
    case CHARSET_UTF8:
        utf8_repair(out, text);
        break;
    case CHARSET_1252:
        read_windows_1252(out, text);
        break;
    case CHARSET_UTF16BE:
    case CHARSET_UTF16LE:
        read_marked_utf16(out, text, found == CHARSET_UTF16LE);
        break;
    default:
        return ERR_UNSUPPORTED;
    }
    return buf_check(out);
}

size_t utf8_utf16_units(struct span text)
{
    uint32_t character;
    size_t units = 0;

    for (size_t i = 0; i < text.len;) {
        i += utf8_decode(text.data + i, text.len - i, &character);
        units += character > 0xffff ? 2 : 1;
    }
    return units;
}

size_t utf8_prefix(struct span text, size_t max_bytes)
{
    size_t start = max_bytes;
    uint32_t character;

    if (text.len <= max_bytes)
        return text.len;
    while (start > 0 && max_bytes - start < 3 && is_continuation(text.data[start]))
        start--;
    if (start + utf8_decode(text.data + start, text.len - start, &character) > max_bytes)
        return start;
    return max_bytes;
}
