/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kannel_text - see the header. */
#include "handlers/kannel_text.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/inbound.h"

#define ESCAPE 0x1b

/* 3GPP TS 23.038, 6.2.1: only what differs from ASCII. */
static const struct {
    unsigned char septet;
    uint16_t character;
} letters[] = { { 0x00, '@' }, { 0x01, 0xa3 }, { 0x02, '$' }, { 0x03, 0xa5 }, { 0x04, 0xe8 }, { 0x05, 0xe9 },
    { 0x06, 0xf9 }, { 0x07, 0xec }, { 0x08, 0xf2 }, { 0x09, 0xc7 }, { 0x0b, 0xd8 }, { 0x0c, 0xf8 }, { 0x0e, 0xc5 },
    { 0x0f, 0xe5 }, { 0x10, 0x394 }, { 0x11, '_' }, { 0x12, 0x3a6 }, { 0x13, 0x393 }, { 0x14, 0x39b }, { 0x15, 0x3a9 },
    { 0x16, 0x3a0 }, { 0x17, 0x3a8 }, { 0x18, 0x3a3 }, { 0x19, 0x398 }, { 0x1a, 0x39e }, { 0x1c, 0xc6 }, { 0x1d, 0xe6 },
    { 0x1e, 0xdf }, { 0x1f, 0xc9 }, { 0x24, 0xa4 }, { 0x40, 0xa1 }, { 0x5b, 0xc4 }, { 0x5c, 0xd6 }, { 0x5d, 0xd1 },
    { 0x5e, 0xdc }, { 0x5f, 0xa7 }, { 0x60, 0xbf }, { 0x7b, 0xe4 }, { 0x7c, 0xf6 }, { 0x7d, 0xf1 }, { 0x7e, 0xfc },
    { 0x7f, 0xe0 } };

/* The extension table, after the escape; an unknown place shows the letter of the main table. */
static const struct {
    unsigned char septet;
    uint16_t character;
} extension[] = { { 0x0a, '\f' }, { 0x14, '^' }, { 0x1b, ' ' }, { 0x28, '{' }, { 0x29, '}' }, { 0x2f, '\\' },
    { 0x3c, '[' }, { 0x3d, '~' }, { 0x3e, ']' }, { 0x40, '|' }, { 0x65, 0x20ac } };

static uint32_t letter_of(unsigned char septet)
{
    for (size_t i = 0; i < STR_COUNT(letters); i++) {
        if (letters[i].septet == septet)
            return letters[i].character;
    }
    return septet;
}

static uint32_t extended_of(unsigned char septet)
{
    for (size_t i = 0; i < STR_COUNT(extension); i++) {
        if (extension[i].septet == septet)
            return extension[i].character;
    }
    return letter_of(septet);
}

static void add_gsm7(struct buf *out, struct span raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char septet = (unsigned char)raw.data[i];
        bool is_escape = septet == ESCAPE;
        if (is_escape) /* one without a follower is a space, as a pair of them is */
            septet = ++i < raw.len ? (unsigned char)raw.data[i] : ESCAPE;
        utf8_encode(out, is_escape ? extended_of(septet) : letter_of(septet));
    }
}

/* Control characters that no text has, and no byte above 127: only the GSM alphabet looks like that. */
static bool looks_like_gsm7(struct span raw)
{
    bool has_control = false;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char byte = (unsigned char)raw.data[i];
        if (byte >= 0x80)
            return false;
        has_control |= byte < ' ' && byte != '\n' && byte != '\r' && byte != '\t';
    }
    return has_control;
}

int kannel_text_decode(struct buf *out, struct span raw, const char *coding, const char *charset)
{
    bool is_septets = str_starts_nocase(charset, "GSM") || str_is_empty(charset);
    bool is_unnamed = is_septets || str_equal_nocase(charset, "binary");
    if (str_equal(coding, "2") && is_unnamed)
        charset = "utf-16be";
    else if (is_septets && looks_like_gsm7(raw)) {
        add_gsm7(out, raw);
        return buf_check(out);
    } else if (is_unnamed)
        charset = "";
    else if (str_equal_nocase(charset, "ucs-2") || str_equal_nocase(charset, "ucs2"))
        charset = "utf-16be";
    return inbound_decode(out, raw, charset);
}

static void add_unit(struct buf *out, uint32_t unit)
{
    buf_add_char(out, (char)(unit >> 8 & 0xff));
    buf_add_char(out, (char)(unit & 0xff));
}

void kannel_text_add_utf16be(struct buf *out, struct span text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        at += utf8_decode(text.data + at, text.len - at, &c);
        if (c > 0xffff) {
            add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
            add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
        } else
            add_unit(out, c);
    }
}
