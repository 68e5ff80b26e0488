/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zawgyi - see zawgyi.h.
 * Why:   e and ra stand before their letter, the sign for a killed vowel is where Unicode stacks letters, stacked and
 *        narrow forms have code points of their own; the rest is the same in both.
 */
#include "gateway/core/triage/zawgyi.h"

#include <string.h>

#include "gateway/base/str.h"

#define OUT_MAX 3u
#define WORD_MAX 4096u
#define ROOM 12u /* the most that one letter with what stands before it may become */

#define SIGN_E 0x1031
#define SIGN_VIRAMA 0x1039
#define SIGN_YA 0x103B
#define SIGN_RA 0x103C
#define ZAWGYI_RA 0x103B
#define LETTER_FIRST 0x0300 /* below: spaces, digits and the letters of Europe */
#define ZAWGYI_YA 0x103A

enum role { ROLE_LETTER, ROLE_SIGN, ROLE_KINZI };

/* What differs, ascending. A kinzi is typed after the letter that it stands on; its other parts are signs. */
static const struct shape {
    uint16_t first, last;
    uint8_t role;
    uint16_t out[OUT_MAX];
} shapes[] = {
    { 0x1033, 0x1033, ROLE_SIGN, { 0x102F } },
    { 0x1034, 0x1034, ROLE_SIGN, { 0x1030 } },
    { 0x1039, 0x1039, ROLE_SIGN, { 0x103A } },
    { 0x103A, 0x103A, ROLE_SIGN, { SIGN_YA } },
    { 0x103C, 0x103C, ROLE_SIGN, { 0x103D } },
    { 0x103D, 0x103D, ROLE_SIGN, { 0x103E } },
    { 0x105A, 0x105A, ROLE_SIGN, { 0x102C, 0x103A } },
    { 0x1060, 0x1060, ROLE_SIGN, { SIGN_VIRAMA, 0x1000 } },
    { 0x1061, 0x1061, ROLE_SIGN, { SIGN_VIRAMA, 0x1001 } },
    { 0x1062, 0x1062, ROLE_SIGN, { SIGN_VIRAMA, 0x1002 } },
    { 0x1063, 0x1063, ROLE_SIGN, { SIGN_VIRAMA, 0x1003 } },
    { 0x1064, 0x1064, ROLE_KINZI, { 0 } },
    { 0x1065, 0x1065, ROLE_SIGN, { SIGN_VIRAMA, 0x1005 } },
    { 0x1066, 0x1067, ROLE_SIGN, { SIGN_VIRAMA, 0x1006 } },
    { 0x1068, 0x1068, ROLE_SIGN, { SIGN_VIRAMA, 0x1007 } },
    { 0x1069, 0x1069, ROLE_SIGN, { SIGN_VIRAMA, 0x1008 } },
    { 0x106A, 0x106A, ROLE_LETTER, { 0x1009 } },
    { 0x106B, 0x106B, ROLE_LETTER, { 0x100A } },
    { 0x106C, 0x106C, ROLE_SIGN, { SIGN_VIRAMA, 0x100B } },
    { 0x106D, 0x106D, ROLE_SIGN, { SIGN_VIRAMA, 0x100C } },
    { 0x106E, 0x106E, ROLE_LETTER, { 0x100D, SIGN_VIRAMA, 0x100D } },
    { 0x106F, 0x106F, ROLE_LETTER, { 0x100D, SIGN_VIRAMA, 0x100E } },
    { 0x1070, 0x1070, ROLE_SIGN, { SIGN_VIRAMA, 0x100F } },
    { 0x1071, 0x1072, ROLE_SIGN, { SIGN_VIRAMA, 0x1010 } },
    { 0x1073, 0x1074, ROLE_SIGN, { SIGN_VIRAMA, 0x1011 } },
    { 0x1075, 0x1075, ROLE_SIGN, { SIGN_VIRAMA, 0x1012 } },
    { 0x1076, 0x1076, ROLE_SIGN, { SIGN_VIRAMA, 0x1013 } },
    { 0x1077, 0x1077, ROLE_SIGN, { SIGN_VIRAMA, 0x1014 } },
    { 0x1078, 0x1078, ROLE_SIGN, { SIGN_VIRAMA, 0x1015 } },
    { 0x1079, 0x1079, ROLE_SIGN, { SIGN_VIRAMA, 0x1016 } },
    { 0x107A, 0x107A, ROLE_SIGN, { SIGN_VIRAMA, 0x1017 } },
    { 0x107B, 0x107B, ROLE_SIGN, { SIGN_VIRAMA, 0x1018 } },
    { 0x107C, 0x107C, ROLE_SIGN, { SIGN_VIRAMA, 0x1019 } },
    { 0x107D, 0x107D, ROLE_SIGN, { SIGN_YA } },
    { 0x1085, 0x1085, ROLE_SIGN, { SIGN_VIRAMA, 0x101C } },
    { 0x1086, 0x1086, ROLE_LETTER, { 0x101E, SIGN_VIRAMA, 0x101E } },
    { 0x1087, 0x1087, ROLE_SIGN, { 0x103E } },
    { 0x1088, 0x1088, ROLE_SIGN, { 0x103E, 0x102F } },
    { 0x1089, 0x1089, ROLE_SIGN, { 0x103E, 0x1030 } },
    { 0x108A, 0x108A, ROLE_SIGN, { 0x103D, 0x103E } },
    { 0x108B, 0x108B, ROLE_KINZI, { 0x102D } },
    { 0x108C, 0x108C, ROLE_KINZI, { 0x102E } },
    { 0x108D, 0x108D, ROLE_KINZI, { 0x1036 } },
    { 0x108E, 0x108E, ROLE_SIGN, { 0x102D, 0x1036 } },
    { 0x108F, 0x108F, ROLE_LETTER, { 0x1014 } },
    { 0x1090, 0x1090, ROLE_LETTER, { 0x101B } },
    { 0x1091, 0x1091, ROLE_LETTER, { 0x100F, SIGN_VIRAMA, 0x100D } },
    { 0x1092, 0x1092, ROLE_LETTER, { 0x100B, SIGN_VIRAMA, 0x100C } },
    { 0x1093, 0x1093, ROLE_SIGN, { SIGN_VIRAMA, 0x1018 } },
    { 0x1094, 0x1095, ROLE_SIGN, { 0x1037 } },
    { 0x1096, 0x1096, ROLE_SIGN, { SIGN_VIRAMA, 0x1010, 0x103D } },
    { 0x1097, 0x1097, ROLE_LETTER, { 0x100B, SIGN_VIRAMA, 0x100B } },
};

static const struct shape *find_shape(uint16_t c)
{
    for (size_t i = 0; c >= shapes[0].first && i < STR_COUNT(shapes) && shapes[i].first <= c; i++)
        if (c <= shapes[i].last)
            return &shapes[i];
    return NULL;
}

static bool is_ra(uint16_t c)
{
    return c == ZAWGYI_RA || (c >= 0x107E && c <= 0x1084);
}

static bool is_plain_letter(uint16_t c)
{
    return c >= 0x1000 && c <= 0x102A;
}

static bool is_sign_of_both(uint16_t c)
{
    return (c >= 0x102B && c <= 0x1032) || (c >= 0x1036 && c <= 0x1038);
}

/* Letters, and the digits that are typed for wa and ra. */
static bool is_letter(uint16_t c)
{
    const struct shape *shape = find_shape(c);
    return is_plain_letter(c) || c == '0' || c == '7' || (shape && shape->role == ROLE_LETTER);
}

/* Points for Zawgyi: its own forms; a killed vowel where nothing is stacked; e or ra where no letter precedes. */
static bool is_zawgyi_only(uint16_t before, uint16_t c, uint16_t next)
{
    if (c == 0x1033 || c == 0x1034 || c == 0x105A || (c >= 0x1060 && c <= 0x1097))
        return true;
    if (c == SIGN_VIRAMA)
        return !(next >= 0x1000 && next <= 0x1021);
    if (c == ZAWGYI_YA) /* in Unicode a killed vowel, after which no vowel stands but u */
        return next == 0x103C || next == 0x103D ||
               (next >= 0x102B && next <= 0x1032 && next != 0x102F && next != SIGN_E) || next == 0x1036;
    if (c != SIGN_E && c != ZAWGYI_RA)
        return false;
    bool has_letter_before = before >= LETTER_FIRST && before != 0x104A && before != 0x104B && !is_sign_of_both(before);
    return !has_letter_before && (is_plain_letter(next) || (c == SIGN_E && next == ZAWGYI_RA));
}

/* Points for Unicode: ha below, the double sa; a killed vowel with a tone, after nga, or after aa. */
static bool is_unicode_only(uint16_t before, uint16_t c, uint16_t next)
{
    if (c == 0x103E || c == 0x103F)
        return true;
    return c == 0x103A && (next == 0x1037 || next == 0x1038 || next == SIGN_VIRAMA || before == 0x1037 ||
                              before == 0x1004 || before == 0x102C || before == 0x102B);
}

bool zawgyi_is_likely(const uint16_t *chars, unsigned len)
{
    unsigned zawgyi = 0, unicode = 0;
    for (unsigned i = 0; i < len; i++) {
        uint16_t c = chars[i];
        if (c < 0x1031 || c > 0x1097)
            continue;
        uint16_t before = i > 0 ? chars[i - 1] : 0, next = i + 1 < len ? chars[i + 1] : 0;
        zawgyi += is_zawgyi_only(before, c, next);
        unicode += is_unicode_only(before, c, next);
    }
    return zawgyi > unicode;
}

struct writer {
    uint16_t chars[WORD_MAX], from[WORD_MAX];
    unsigned len;
};

static void put(struct writer *w, uint16_t c, uint16_t from)
{
    w->chars[w->len] = c;
    w->from[w->len++] = from;
}

static void put_shape(struct writer *w, uint16_t c, uint16_t from)
{
    const struct shape *shape = find_shape(c);
    if (!shape)
        put(w, is_ra(c) ? SIGN_RA : c, from);
    for (unsigned k = 0; shape && k < OUT_MAX && shape->out[k]; k++)
        put(w, shape->out[k], from);
}

static bool has_kinzi(const struct marks_word *word, unsigned i)
{
    for (; i < word->len; i++) {
        const struct shape *shape = find_shape(word->chars[i]);
        if (shape && shape->role == ROLE_KINZI)
            return true;
        if (!shape && !is_sign_of_both(word->chars[i]))
            return false;
        if (shape && shape->role == ROLE_LETTER)
            return false;
    }
    return false;
}

/* e and ra, then a letter: the letter, ra, e; without one they are signs of the letter before, if any. Returns the
 * index after the letter. */
static unsigned read_letter(const struct marks_word *word, unsigned i, bool has_letter_before, struct writer *w)
{
    bool has_e = false, has_ra = false;
    unsigned first = i;
    for (; i < word->len && (word->chars[i] == SIGN_E || is_ra(word->chars[i])); i++) {
        has_e |= word->chars[i] == SIGN_E;
        has_ra |= is_ra(word->chars[i]);
    }
    bool has_letter = i < word->len && is_letter(word->chars[i]);
    uint16_t start = word->from[first], end = word->from[has_letter ? i : i - 1];
    if (has_letter && has_kinzi(word, i + 1)) {
        put(w, 0x1004, start);
        put(w, 0x103A, start);
        put(w, SIGN_VIRAMA, start);
    }
    if (has_letter)
        put_shape(w, word->chars[i++], start);
    bool is_kept = has_letter || has_letter_before;
    if (has_ra && is_kept)
        put(w, SIGN_RA, end);
    if (has_e && is_kept)
        put(w, SIGN_E, end);
    return i;
}

void zawgyi_convert(struct marks_word *word)
{
    struct writer w = { .len = 0 };
    unsigned max = word->max < WORD_MAX ? word->max : WORD_MAX, i = 0;
    bool has_letter = false;
    while (i < word->len) {
        uint16_t c = word->chars[i];
        if (w.len + ROOM > max)
            return;
        if (is_letter(c) || c == SIGN_E || is_ra(c)) {
            i = read_letter(word, i, has_letter, &w);
            has_letter |= is_letter(word->chars[i - 1]);
            continue;
        }
        /* signs without a letter are no writing, and would look like Zawgyi again */
        if (has_letter || (!find_shape(c) && !is_sign_of_both(c)))
            put_shape(&w, c, word->from[i]);
        has_letter &= find_shape(c) || is_sign_of_both(c);
        i++;
    }
    memcpy(word->chars, w.chars, w.len * sizeof *w.chars);
    memcpy(word->from, w.from, w.len * sizeof *w.from);
    word->len = w.len;
}
