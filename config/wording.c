/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wording - see wording.h. */
#include "config/wording.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "config/fold.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define DIGITS_IN_A_ROW 5
#define DIGITS_WITH_SIGNS 7

/* ---- unseen ---------------------------------------------------------------------------------------------------- */

static bool is_unseen(uint32_t character)
{
    return (character < 0x20 && character != '\n') || (character >= 0x7f && character <= 0x9f) || character == 0xad ||
           character == 0x200b || character == 0x200e || character == 0x200f || character == 0x61c ||
           (character >= 0x2028 && character <= 0x202e) || (character >= 0x2060 && character <= 0x206f) ||
           character == 0xfeff || character == UTF8_REPLACEMENT || character >= 0xe0000;
}

bool wording_has_unseen(struct span text)
{
    uint32_t character;
    for (size_t at = 0; at < text.len;) {
        at += utf8_decode(text.data + at, text.len - at, &character);
        if (is_unseen(character))
            return true;
    }
    return false;
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

/* Ends of names that are no word by themselves: a sentence without a blank after its point must not look like one. */
static const char *const endings[] = { "com", "org", "net", "info", "biz", "gov", "edu", "int", "app", "online", "xyz",
    "site", "io", "ly", "gl", "ph", "hk", "sg", "ae", "sa", "qa", "kw", "bh", "lb", "jo", "np", "lk", "bd", "pk", "ke",
    "ug", "et", "tw", "uk", "eu" };

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool is_ending(struct span word, char after)
{
    if (word.len == 2 && after == '/')
        return true;
    for (size_t i = 0; i < STR_COUNT(endings); i++)
        if (word.len == strlen(endings[i]) && strncasecmp(word.data, endings[i], word.len) == 0)
            return true;
    return false;
}

/* A point or an at sign between two names. */
static bool joins_names(struct span text, size_t at)
{
    size_t end = at + 1;
    if (at == 0 || !is_name_char(text.data[at - 1]))
        return false;
    while (end < text.len && is_name_char(text.data[end]))
        end++;
    if (end == at + 1)
        return false;
    struct span word = { text.data + at + 1, end - at - 1 };
    return text.data[at] == '@' || is_ending(word, end < text.len ? text.data[end] : 0);
}

static bool is_link_at(struct span text, size_t at)
{
    struct span rest = { text.data + at, text.len - at };
    if (rest.len >= 3 && memcmp(rest.data, "://", 3) == 0)
        return true;
    if (rest.len >= 5 && strncasecmp(rest.data, "www.", 4) == 0 && is_name_char(rest.data[4]))
        return true;
    return (text.data[at] == '.' || text.data[at] == '@') && joins_names(text, at);
}

bool wording_has_link(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_link_at(text, i))
            return true;
    return false;
}

/* What carries a link: the printable signs around it, to the next blank or letter of another script. */
static size_t link_end(struct span text, size_t at)
{
    while (at < text.len && text.data[at] > 0x20 && text.data[at] < 0x7f)
        at++;
    return at;
}

static void break_link(struct span link, struct buf *out)
{
    for (size_t i = 0; i < link.len; i++) {
        bool is_join = link.data[i] == '.' || link.data[i] == '@';
        if (is_join)
            buf_add_format(out, "(%c)", link.data[i]);
        else
            buf_add_char(out, link.data[i]);
        if (link.data[i] == ':' && i + 1 < link.len && link.data[i + 1] == '/')
            buf_add_char(out, ' ');
    }
}

bool wording_break_links(struct span text, struct buf *out)
{
    bool has = false;
    for (size_t at = 0; at < text.len;) {
        size_t end = link_end(text, at);
        struct span run = { text.data + at, end == at ? 1 : end - at };
        if (wording_has_link(run)) {
            break_link(run, out);
            has = true;
        } else
            buf_add(out, run.data, run.len);
        at += run.len;
    }
    return has;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* The zeros of the decimal digits of the scripts that are written here. */
static const uint32_t zeros[] = { '0', 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xbe6, 0xc66, 0xd66, 0xde6, 0xe50, 0xed0,
    0x1040, 0x17e0, 0xff10 };

static bool is_digit(uint32_t character)
{
    for (size_t i = 0; i < STR_COUNT(zeros); i++)
        if (character >= zeros[i] && character <= zeros[i] + 9)
            return true;
    return false;
}

static bool is_between_digits(uint32_t character)
{
    return character == ' ' || character == 0xa0 || (character < 0x80 && strchr("-./()", (int)character));
}

/* Digits, and up to two signs between them. */
struct digits {
    size_t start, end;
    bool is_number;
};

/* The next digits from `at` on; false when there are none. */
static bool find_digits(struct span text, size_t at, struct digits *ret)
{
    unsigned row = 0, all = 0, gap = 0;
    uint32_t character, before = 0;
    *ret = (struct digits){ .is_number = false };
    for (size_t used; at < text.len; at += used, before = character) {
        used = utf8_decode(text.data + at, text.len - at, &character);
        if (is_digit(character)) {
            bool has_plus = !all && (before == '+' || before == 0xff0b);
            ret->start = all ? ret->start : at;
            ret->end = at + used;
            gap = 0;
            row++;
            all++;
            ret->is_number = ret->is_number || has_plus || row >= DIGITS_IN_A_ROW || all >= DIGITS_WITH_SIGNS;
            continue;
        }
        row = 0;
        gap++;
        if (all && (gap > 2 || !is_between_digits(character)))
            break;
    }
    return all > 0;
}

bool wording_has_number(struct span text)
{
    struct digits digits = { .end = 0 };
    while (find_digits(text, digits.end, &digits))
        if (digits.is_number)
            return true;
    return false;
}

bool wording_hide_numbers(struct span text, struct buf *out)
{
    struct digits digits;
    bool has = false;
    size_t at = 0;
    while (find_digits(text, at, &digits)) {
        size_t kept = digits.is_number ? digits.start : digits.end;
        buf_add(out, text.data + at, kept - at);
        if (digits.is_number)
            buf_add_text(out, "***");
        has = has || digits.is_number;
        at = digits.end;
    }
    buf_add(out, text.data + at, text.len - at);
    return has;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

const char *wording_find_forbidden(struct span text, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (fold_holds(text, words[i]))
            return words[i];
    return NULL;
}

bool wording_star_word(struct span text, const char *word, struct buf *out)
{
    bool has = false;
    for (struct span found; (found = fold_find(text, word)).len > 0; has = true) {
        uint32_t character;
        size_t first = utf8_decode(found.data, found.len, &character), second = 0;
        if (first < found.len)
            second = utf8_decode(found.data + first, found.len - first, &character);
        size_t before = (size_t)(found.data - text.data);
        buf_add(out, text.data, before + (second ? first : 0)); /* a word of one sign is a star */
        buf_add_char(out, '*');
        /* Behind what was replaced, not behind the word: a word may stand within itself again. */
        before += second ? first + second : first;
        text = (struct span){ text.data + before, text.len - before };
    }
    buf_add(out, text.data, text.len);
    return has;
}
