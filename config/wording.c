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

bool wording_has_link(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        struct span rest = { text.data + i, text.len - i };
        if (rest.len >= 3 && memcmp(rest.data, "://", 3) == 0)
            return true;
        if (rest.len >= 5 && strncasecmp(rest.data, "www.", 4) == 0 && is_name_char(rest.data[4]))
            return true;
        if ((text.data[i] == '.' || text.data[i] == '@') && joins_names(text, i))
            return true;
    }
    return false;
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

bool wording_has_number(struct span text)
{
    unsigned row = 0, all = 0, gap = 0;
    uint32_t character, before = 0;
    for (size_t at = 0; at < text.len; before = character) {
        at += utf8_decode(text.data + at, text.len - at, &character);
        if (is_digit(character)) {
            row++;
            all++;
            gap = 0;
            if (before == '+' || before == 0xff0b || row >= DIGITS_IN_A_ROW || all >= DIGITS_WITH_SIGNS)
                return true;
            continue;
        }
        row = 0;
        gap++;
        if (gap > 2 ||
            !(character == ' ' || character == 0xa0 || (character < 0x80 && strchr("-./()", (int)character))))
            all = 0;
    }
    return false;
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

const char *wording_find_forbidden(struct span text, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (fold_holds(text, words[i]))
            return words[i];
    return NULL;
}
