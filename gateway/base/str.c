/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * str - small, bounded text tools.
 * Keeps: only ASCII has case here; nothing depends on the locale.
 * Not here: the encodings of the wire (strcode.c, same header).
 */
#include "gateway/base/str.h"

#include <string.h>

#include "gateway/base/utf8.h"

#define WORD_MAX 64  /* longer words have no nearest word */
#define NEAR_SHORT 4 /* words under this length may differ in one place only */

bool str_copy_span(char *dst, size_t dst_size, struct span src)
{
    size_t len = src.len < dst_size ? src.len : dst_size - 1;

    if (dst_size == 0)
        return false;
    if (len > 0)
        memmove(dst, src.data, len);
    dst[len] = '\0';
    return len == src.len;
}

bool str_copy(char *dst, size_t dst_size, const char *src)
{
    return str_copy_span(dst, dst_size, span_of(src));
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_equal_nocase(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool str_starts(const char *text, const char *prefix)
{
    return text && prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_starts_nocase(const char *text, const char *prefix)
{
    if (!text || !prefix)
        return false;
    while (*prefix && lower(*text) == lower(*prefix)) {
        text++;
        prefix++;
    }
    return *prefix == '\0';
}

bool str_is_empty(const char *text)
{
    return !text || *text == '\0';
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span str_trim(struct span text)
{
    while (text.len && is_white(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len && is_white(text.data[text.len - 1]))
        text.len--;
    return text;
}

bool str_equal_secret(struct span a, struct span b)
{
    unsigned char difference = 0;

    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        difference |= (unsigned char)(a.data[i] ^ b.data[i]);
    return difference == 0;
}

int str_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    bool is_negative;
    int64_t value = 0;

    if (str_is_empty(text))
        return ERR_INVALID;
    is_negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    if (*text == '\0')
        return ERR_INVALID;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value))
            return ERR_INVALID;
        /* Counting downwards for negative numbers reaches INT64_MIN, which has no positive twin. */
        if (__builtin_add_overflow(value, is_negative ? '0' - *text : *text - '0', &value))
            return ERR_INVALID;
    }
    if (value < min || value > max)
        return ERR_INVALID;
    *ret_value = value;
    return 0;
}

static const struct {
    const char *unit;
    int64_t ms;
} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 }, { "d", 86400000 } };

int str_to_duration_ms(const char *text, int64_t *ret_ms)
{
    char digits[24];
    size_t len = text ? strspn(text, "0123456789") : 0;
    int64_t number, ms;

    if (len == 0 || !str_copy_span(digits, sizeof(digits), (struct span){ text, len }))
        return ERR_INVALID;
    if (str_to_int64(digits, 0, INT64_MAX, &number))
        return ERR_INVALID;
    text += len;
    text += strspn(text, " ");
    for (size_t i = 0; i < STR_COUNT(units); i++) {
        if (strcmp(text, units[i].unit) != 0)
            continue;
        if (__builtin_mul_overflow(number, units[i].ms, &ms))
            return ERR_INVALID;
        *ret_ms = ms;
        return 0;
    }
    return ERR_INVALID;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

unsigned str_distance(const char *a, const char *b, unsigned limit)
{
    unsigned row[WORD_MAX + 1];
    size_t a_len = strlen(a), b_len = strlen(b);

    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return strcmp(a, b) == 0 ? 0 : limit + 1;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_len] <= limit ? row[b_len] : limit + 1;
}

const char *str_nearest(const char *word, const char *const *words, size_t count)
{
    unsigned best = strlen(word) < NEAR_SHORT ? 1 : 2;
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        unsigned distance = str_distance(word, words[i], best);
        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

/* Characters that act on a terminal or a reader without being seen: line and paragraph separators, marks and
 * overrides of direction, the byte order mark. Joiners stay: scripts of South Asia need them. */
static bool is_acting(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void str_add_visible(struct buf *out, struct span text)
{
    uint32_t c;
    size_t used;

    for (size_t i = 0; i < text.len; i += used) {
        used = utf8_decode(text.data + i, text.len - i, &c);
        if (c < 0x20 || c == 0x7f || (c == UTF8_REPLACEMENT && used == 1))
            buf_add_format(out, "\\x%02x", (unsigned)(unsigned char)text.data[i]);
        else if (is_acting(c))
            buf_add_format(out, "\\u%04x", (unsigned)c);
        else
            buf_add(out, text.data + i, used);
    }
}
