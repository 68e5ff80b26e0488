/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credit - see credit.h. */
#include "gateway/core/credit.h"

#include <string.h>

#include "gateway/base/utf8.h"

#define TEXT_MAX 1024    /* characters that are looked at */
#define DIGITS_MAX 9     /* of the whole part: more is a telephone number or a code */
#define PLAIN_DIGITS 6   /* likewise, of one that has neither a fraction nor groups */
#define FRACTION_MAX 3   /* digits; three behind one sign alone are a group of thousands */
#define JOINERS "/:*#+_" /* beside a number they make it a date, a time, a code or a telephone number */

/* The text in ASCII: digits of any script as 0-9, their decimal and group signs as '.' and ',', all else as '?'. */
static size_t flatten(struct span text, char *ret)
{
    size_t len = 0;
    for (size_t at = 0; at < text.len && len < TEXT_MAX;) {
        uint32_t c;
        at += utf8_decode(text.data + at, text.len - at, &c);
        static const uint32_t zeros[] = { 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1040, 0x17e0 };
        char flat = c < 128 ? (char)c : '?';
        for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
            if (c >= zeros[i] && c < zeros[i] + 10)
                flat = (char)('0' + (c - zeros[i]));
        flat = c == 0x66b ? '.' : c == 0x66c || c == 0x2019 ? ',' : flat;
        ret[len++] = flat;
    }
    ret[len] = '\0';
    return len;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_sign(char c)
{
    return c == '.' || c == ',' || c == '\'';
}

/* One token of digits and signs between them: [begin, end). */
struct token {
    const char *begin, *end;
    unsigned signs; /* between its digits */
    const char *last_sign;
};

static struct token next_token(const char *at)
{
    struct token token = { at, at, 0, NULL };
    while (is_digit(*token.end) || (token.end > at && is_sign(*token.end) && is_digit(token.end[1]))) {
        token.signs += is_sign(*token.end);
        token.last_sign = is_sign(*token.end) ? token.end : token.last_sign;
        token.end++;
    }
    return token;
}

static bool is_joined(const char *text, const struct token *token)
{
    bool before = token->begin > text && strchr(JOINERS, token->begin[-1]);
    bool after = *token->end && strchr(JOINERS, *token->end);
    /* "01-02-2027" is a date; "SAR-12" and "12-" are not. */
    bool is_dashed = (token->end[0] == '-' && is_digit(token->end[1])) ||
                     (token->begin >= text + 2 && token->begin[-1] == '-' && is_digit(token->begin[-2]));
    return before || after || is_dashed;
}

/* The digits behind the last sign are a fraction when they are one or two, or when another sign stands before it. */
static bool has_fraction(const struct token *token)
{
    if (!token->last_sign)
        return false;
    size_t len = (size_t)(token->end - token->last_sign - 1);
    if (len < FRACTION_MAX)
        return true;
    bool is_mixed = false;
    for (const char *c = token->begin; c < token->last_sign; c++)
        is_mixed = is_mixed || (is_sign(*c) && *c != *token->last_sign);
    bool is_zero = token->last_sign - token->begin == 1 && token->begin[0] == '0'; /* 0.250 dinars */
    return len == FRACTION_MAX && (is_mixed || is_zero);
}

static bool read_token(const struct token *token, bool *ret_has_fraction, int64_t *ret_value)
{
    const char *whole_end = has_fraction(token) ? token->last_sign : token->end;
    int64_t whole = 0, fraction = 0;
    unsigned digits = 0;
    for (const char *c = token->begin; c < whole_end; c++) {
        if (!is_digit(*c))
            continue;
        if (++digits > DIGITS_MAX)
            return false;
        whole = whole * 10 + (*c - '0');
    }
    if (!token->signs && digits > PLAIN_DIGITS)
        return false;
    if (whole_end != token->end) {
        fraction = (whole_end[1] - '0') * 10;
        fraction += token->end - whole_end > 2 ? whole_end[2] - '0' : 0;
    }
    *ret_has_fraction = whole_end != token->end;
    *ret_value = whole * 100 + fraction;
    return true;
}

/* "1.2.2027" */
static bool is_dotted_date(const struct token *token)
{
    return token->signs == 2 && token->end - token->last_sign - 1 != FRACTION_MAX &&
           !memchr(token->begin, ',', (size_t)(token->end - token->begin));
}

bool credit_read(struct span text, int64_t *ret_hundredths)
{
    char flat[TEXT_MAX + 1];
    bool is_found = false;
    flatten(text, flat);
    for (const char *at = flat; *at; at++) {
        if (!is_digit(*at))
            continue;
        struct token token = next_token(at);
        bool has_part;
        int64_t value;
        at = token.end - 1;
        if (is_joined(flat, &token) || is_dotted_date(&token) || !read_token(&token, &has_part, &value))
            continue;
        if (has_part || !is_found)
            *ret_hundredths = value;
        is_found = true;
        if (has_part)
            break;
    }
    return is_found;
}
