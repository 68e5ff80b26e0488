/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phone - telephone numbers as text.
 * Why:   the same woman must have the same number whatever path her text took: providers write it with a plus, without
 *        one, with 00, with a space where a form decoder saw the plus, and modems write it as dialled at home.
 * Keeps: a guess is made only where the numbering plan of countries.def leaves one reading; else the text stays as it
 *        came and is nobody's number.
 */
#include "gateway/base/phone.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define E164_MIN 7  /* digits */
#define E164_MAX 15 /* digits: ITU-T E.164, 6.1 */
#define SHORT_MIN 3
#define SHORT_MAX 6
#define INTERNATIONAL_MIN 10 /* digits of a number without plus to be taken for an international one */
#define MASK_HEAD 4          /* digits that stay visible */
#define MASK_TAIL 2
#define MASK_FROM 10 /* bytes with the plus: shorter numbers are hidden whole */

struct country {
    char alpha2[3];
    const char *code;
    enum phone_role role;
    const char *trunk;
    unsigned char shortest, longest;
    const char *name;
};
static const struct country countries[] = {
#define COUNTRY(alpha2, code, role, trunk, shortest, longest, name)                                                    \
    { #alpha2, code, PHONE_ROLE_##role, trunk, shortest, longest, name },
#include "gateway/base/countries.def"
#undef COUNTRY
};
static const struct {
    const char *prefix;
    char alpha2[3];
} prefixes[] = {
#define PREFIX(prefix, alpha2) { prefix, #alpha2 },
#include "gateway/base/countries.def"
#undef PREFIX
};

/* First digits of the decimal digits of scripts that handsets of our countries use (Unicode general category Nd). */
static const uint32_t zeros[] = { 0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0xff10 };

static const char *const hidden_words[] = { "anonymous", "unknown", "private", "restricted", "unavailable", "withheld",
    "hidden", "blocked", "no number", "private number", "unknown number", "caller id blocked" };

/* What voice and SMS gateways send for a withheld number: the words ANONYMOUS, RESTRICTED, BLOCKED and UNAVAILABLE
 * typed on a telephone keypad. */
static const char *const hidden_digits[] = { "266696687", "7378742833", "2562533", "86282452253" };

static const struct country *find_country(const char *alpha2)
{
    for (size_t i = 0; alpha2 && i < STR_COUNT(countries); i++)
        if (str_equal_nocase(countries[i].alpha2, alpha2))
            return &countries[i];
    return NULL;
}

/* The country of international digits by the longest prefix; the first of the table among equals. */
static const struct country *country_of_digits(const char *digits)
{
    const struct country *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < STR_COUNT(prefixes); i++)
        if (str_starts(digits, prefixes[i].prefix) && strlen(prefixes[i].prefix) > longest) {
            found = find_country(prefixes[i].alpha2);
            longest = strlen(prefixes[i].prefix);
        }
    for (size_t i = 0; i < STR_COUNT(countries); i++)
        if (strlen(countries[i].code) > longest && str_starts(digits, countries[i].code)) {
            found = &countries[i];
            longest = strlen(countries[i].code);
        }
    return found;
}

static bool is_digits(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int digit_value(uint32_t c)
{
    for (size_t i = 0; i < STR_COUNT(zeros); i++)
        if (c >= zeros[i] && c < zeros[i] + 10)
            return (int)(c - zeros[i]);
    return -1;
}

/* What people and programs put between digits, and the invisible marks of direction around them. */
static bool is_separator(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == '.' || c == '(' || c == ')' ||
           c == '/' || c == 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x2015) || c == 0x2212 ||
           (c >= 0x202a && c <= 0x202f) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

struct dialled {
    char digits[PHONE_MAX]; /* ASCII */
    size_t len;
    bool has_plus;
};

/* Reads raw as digits with an optional plus; false when it is anything else. */
static bool read_dialled(const char *raw, struct dialled *ret)
{
    size_t left = strlen(raw);
    uint32_t c;

    *ret = (struct dialled){ .len = 0 };
    while (left > 0) {
        size_t used = utf8_decode(raw, left, &c);
        int digit = digit_value(c);
        if (digit >= 0 && ret->len < sizeof(ret->digits) - 1)
            ret->digits[ret->len++] = (char)('0' + digit);
        else if ((c == '+' || c == 0xff0b) && ret->len == 0 && !ret->has_plus)
            ret->has_plus = true;
        else if (!is_separator(c))
            return false;
        /* "+44 (0) 20 ...": the bracketed zero is for callers at home. */
        if (ret->has_plus && strncmp(raw, "(0)", 3) == 0)
            used = 3;
        raw += used;
        left -= used;
    }
    return ret->len > 0;
}

static void write_number(char *ret, const char *code, const char *digits)
{
    ret[0] = '+';
    str_copy(ret + 1, PHONE_MAX - 1, code);
    str_copy(ret + 1 + strlen(code), PHONE_MAX - 1 - strlen(code), digits);
}

static bool has_length(const char *digits, size_t min, size_t max)
{
    size_t len = strlen(digits);

    return len >= min && len <= max;
}

static bool is_hidden_number(const char *digits)
{
    for (size_t i = 0; i < STR_COUNT(hidden_digits); i++)
        if (str_equal(digits, hidden_digits[i]))
            return true;
    return false;
}

static bool has_trunk_zero(const struct country *country, const char *national)
{
    return str_equal(country->trunk, "0") && national[0] == '0';
}

/* International digits into ret. Drops trunk zeros that were left behind the calling code ("+966 050 ..."). */
static bool take_international(const char *digits, char *ret)
{
    const struct country *country = country_of_digits(digits);
    const char *code = country ? country->code : "";
    const char *national = digits + strlen(code);

    if (digits[0] == '0' || !has_length(digits, E164_MIN, E164_MAX) || is_hidden_number(digits))
        return false;
    while (country && has_trunk_zero(country, national) && strlen(code) + strlen(national) > E164_MIN)
        national++;
    write_number(ret, code, national);
    return true;
}

static bool is_national(const struct country *country, const char *digits)
{
    return has_length(digits, country->shortest, country->longest);
}

/* Digits as they are dialled inside a country, with or without its trunk prefix or calling code. */
static bool take_local(const struct country *country, const char *digits, char *ret)
{
    size_t code_len = strlen(country->code), trunk_len = strlen(country->trunk);
    const char *national = NULL;
    char joined[PHONE_MAX];

    if (trunk_len > 0 && str_starts(digits, country->trunk) && is_national(country, digits + trunk_len))
        national = digits + trunk_len;
    else if (digits[0] == '0' && trunk_len > 0)
        return false;
    else if (str_starts(digits, country->code) && is_national(country, digits + code_len))
        national = digits + code_len;
    else if (is_national(country, digits))
        national = digits;
    if (!national)
        return false;
    write_number(joined, country->code, national);
    return take_international(joined + 1, ret);
}

/* A number that may lack its plus: only when it is long enough to begin with a calling code and the rest has a length
 * of that country. */
static bool take_plusless(const char *digits, char *ret)
{
    const struct country *country = country_of_digits(digits);
    const char *national = country ? digits + strlen(country->code) : NULL;

    if (!country || !has_length(digits, INTERNATIONAL_MIN, E164_MAX))
        return false;
    return is_national(country, national + has_trunk_zero(country, national)) && take_international(digits, ret);
}

static enum phone_kind keep_raw(const char *trimmed, enum phone_kind kind, char *ret)
{
    AUTO_BUF repaired;

    buf_init(&repaired, PHONE_MAX * 16);
    utf8_repair(&repaired, (struct span){ trimmed, strnlen(trimmed, PHONE_MAX * 4) });
    str_copy_span(
        ret, PHONE_MAX, (struct span){ buf_span(&repaired).data, utf8_prefix(buf_span(&repaired), PHONE_MAX - 1) });
    for (size_t len = strlen(ret); len > 0 && strchr(" \t\r\n", ret[len - 1]); len--)
        ret[len - 1] = '\0';
    return kind;
}

static bool is_hidden_word(const char *text)
{
    for (size_t i = 0; i < STR_COUNT(hidden_words); i++)
        if (str_equal_nocase(text, hidden_words[i]))
            return true;
    return false;
}

/* Tries the readings of dialled digits from the surest to the least sure. */
static bool take_number(const struct dialled *dialled, bool has_lost_plus, const struct country *home, char *ret)
{
    const char *digits = dialled->digits;

    if (dialled->has_plus)
        return take_international(digits, ret);
    if (str_starts(digits, "00"))
        return take_international(digits + 2, ret);
    if (has_lost_plus && take_plusless(digits, ret))
        return true;
    if (home && take_local(home, digits, ret))
        return true;
    return take_plusless(digits, ret);
}

enum phone_kind phone_normalise(const char *raw, const char *country, char *ret)
{
    const char *trimmed;
    struct dialled dialled;
    bool has_lost_plus;

    if (!raw)
        return keep_raw("", PHONE_HIDDEN, ret);
    trimmed = raw + strspn(raw, " \t\r\n");
    has_lost_plus = raw[0] == ' ' && trimmed == raw + 1;
    if (str_starts_nocase(trimmed, "tel:"))
        trimmed += strlen("tel:");
    if (!read_dialled(trimmed, &dialled)) {
        keep_raw(trimmed, PHONE_ALPHANUMERIC, ret);
        return *ret == '\0' || is_hidden_word(ret) ? PHONE_HIDDEN : PHONE_ALPHANUMERIC;
    }
    if (is_hidden_number(dialled.digits))
        return keep_raw(trimmed, PHONE_HIDDEN, ret);
    if (!dialled.has_plus && has_length(dialled.digits, SHORT_MIN, SHORT_MAX)) {
        str_copy(ret, PHONE_MAX, dialled.digits);
        return PHONE_SHORT_CODE;
    }
    if (take_number(&dialled, has_lost_plus, find_country(country), ret))
        return PHONE_E164;
    return keep_raw(trimmed, PHONE_ALPHANUMERIC, ret);
}

const char *phone_country(const char *e164)
{
    const struct country *country = e164 && *e164 == '+' ? country_of_digits(e164 + 1) : NULL;

    return country ? country->alpha2 : "";
}

const char *phone_country_name(const char *alpha2)
{
    const struct country *country = find_country(alpha2);

    return country ? country->name : NULL;
}

const char *phone_country_at(unsigned index)
{
    return index < STR_COUNT(countries) ? countries[index].alpha2 : NULL;
}

enum phone_role phone_country_role(const char *alpha2)
{
    const struct country *country = find_country(alpha2);

    return country ? country->role : PHONE_ROLE_UNKNOWN;
}

bool phone_is_answerable(const char *number)
{
    return number && number[0] == '+' && number[1] != '0' && is_digits(number + 1) &&
           has_length(number + 1, E164_MIN, E164_MAX) && !is_hidden_number(number + 1);
}

/* The stars are always five: their number says nothing. A number too short to hide most of itself shows nothing. */
void phone_mask(const char *number, char *ret)
{
    size_t len = number ? strlen(number) : 0;
    bool is_shown = phone_is_answerable(number) && len >= MASK_FROM;

    snprintf(ret, PHONE_MAX, "%.*s*****%s", is_shown ? 1 + MASK_HEAD : 0, is_shown ? number : "",
        is_shown ? number + len - MASK_TAIL : "");
}
