/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strcode - the encodings of the wire declared in str.h: base64, base32, hexadecimal, percent.
 * Keeps: a decoder that refuses leaves its output as it was; one value has one accepted base64 spelling an alphabet
 *        (left-over bits must be zero), so a signature cannot be rewritten without changing it.
 */
#include <string.h>

#include "gateway/base/str.h"

#define BASE64_SHARED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char base64_standard[] = BASE64_SHARED "+/";
static const char base64_url[] = BASE64_SHARED "-_";
static const char hex_digits[] = "0123456789abcdef";

static void encode_base64(struct buf *out, const unsigned char *data, size_t len, const char *alphabet, bool is_padded)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)data[i] << 16;
        char four[4];

        if (left > 1)
            bits |= (uint32_t)data[i + 1] << 8;
        if (left > 2)
            bits |= data[i + 2];
        for (size_t k = 0; k < 4; k++)
            four[k] = k <= left ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
        buf_add(out, four, is_padded ? 4 : left + 1);
    }
}

void str_base64_encode(struct buf *out, const void *data, size_t len)
{
    encode_base64(out, data, len, base64_standard, true);
}

void str_base64url_encode(struct buf *out, const void *data, size_t len)
{
    encode_base64(out, data, len, base64_url, false);
}

void str_base32_encode(struct buf *out, const void *data, size_t len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const unsigned char *bytes = data;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 5; count -= 5)
            buf_add_char(out, alphabet[bits >> (count - 5) & 31]);
    }
    if (count)
        buf_add_char(out, alphabet[bits << (5 - count) & 31]);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

static size_t without_padding(struct span text)
{
    size_t len = text.len;

    if (len % 4 != 0)
        return len;
    for (unsigned i = 0; i < 2 && len > 0 && text.data[len - 1] == '='; i++)
        len--;
    return len;
}

static int decode_base64(struct buf *out, const char *text, size_t len)
{
    uint32_t bits = 0;
    unsigned count = 0;

    if (len % 4 == 1)
        return ERR_INVALID;
    for (size_t i = 0; i < len; i++) {
        int value = base64_value(text[i]);
        if (value < 0)
            return ERR_INVALID;
        bits = (bits << 6 | (uint32_t)value) & 0xffffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_add_char(out, (char)(bits >> count & 0xff));
        }
    }
    return bits & ((1u << count) - 1) ? ERR_INVALID : 0;
}

/* Takes back what a refused decoding has added. */
static int settle(struct buf *out, size_t len, int code)
{
    if (code == 0)
        return buf_check(out);
    buf_truncate(out, len);
    return code;
}

int str_base64_decode(struct buf *out, struct span text)
{
    size_t before = out->len;

    return settle(out, before, decode_base64(out, text.data, without_padding(text)));
}

void str_hex_encode(struct buf *out, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        buf_add(out, (char[]){ hex_digits[bytes[i] >> 4], hex_digits[bytes[i] & 15] }, 2);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int decode_hex(struct buf *out, struct span text)
{
    if (text.len % 2 != 0)
        return ERR_INVALID;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return ERR_INVALID;
        buf_add_char(out, (char)(high << 4 | low));
    }
    return 0;
}

int str_hex_decode(struct buf *out, struct span text)
{
    size_t before = out->len;

    return settle(out, before, decode_hex(out, text));
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void str_percent_encode(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.data[i]))
            buf_add_char(out, text.data[i]);
        else
            buf_add_format(out, "%%%02X", (unsigned)(unsigned char)text.data[i]);
    }
}

void str_percent_decode(struct buf *out, struct span text, bool is_form)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%' && text.len - i > 2 && hex_value(text.data[i + 1]) >= 0 && hex_value(text.data[i + 2]) >= 0) {
            c = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
            i += 2;
        } else if (c == '+' && is_form) {
            c = ' ';
        }
        buf_add_char(out, c);
    }
}
