/* SPDX-License-Identifier: GPL-3.0-or-later */
/* password - see password.h. */
#include "gateway/core/password.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define NAME_LEN_MIN 4     /* a shorter name stands in half of all words */
#define DIFFERENT_MIN 5    /* characters */
#define LETTERS_LEFT_MIN 4 /* beside very common words */

/* Guessed first in any combination with digits and signs. */
static const char *const stems[] = { "password", "passwort", "qwerty", "qwertz", "azerty", "welcome", "letmein",
    "admin", "login", "iloveyou", "changeme", "secret", "summer", "winter", "spring", "autumn", "football", "monkey",
    "dragon", "sunshine", "princess", "trustno", "master", "hello", "default", "test", "guest", "user", "root", "abc",
    "asdf", "zxcv" };
static const char *const line_names[] = { "helpline", "hotline" };

/* A text in which every character has one byte or is taken for different from all: enough to compare with ASCII. */
struct plain {
    char text[PASSWORD_BYTES_MAX + 1];
};

/* ---- forms of it ------------------------------------------------------------------------------------------------ */

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What is written for a letter: p4$$w0rd. */
static char letter_of(char c)
{
    static const char written[] = "013457@$!|", meant[] = "oleastasil";
    const char *at = c ? strchr(written, c) : NULL;
    return at ? meant[at - written] : fold(c);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

static void fold_all(struct span password, struct plain *ret)
{
    for (size_t i = 0; i < password.len; i++)
        ret->text[i] = fold(password.data[i]);
    ret->text[password.len] = '\0';
}

static void keep_letters(struct span password, bool is_meant, struct plain *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < password.len; i++) {
        char c = is_meant ? letter_of(password.data[i]) : fold(password.data[i]);
        if (is_letter(c))
            ret->text[len++] = c;
    }
    ret->text[len] = '\0';
}

/* Small letters and digits: "Ma-ria 7" is "maria7". */
static void keep_words(struct span password, struct plain *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < password.len; i++) {
        char c = fold(password.data[i]);
        if (is_letter(c) || (c >= '0' && c <= '9'))
            ret->text[len++] = c;
    }
    ret->text[len] = '\0';
}

/* ---- what is guessed first -------------------------------------------------------------------------------------- */

static bool is_in_list(const char *text)
{
    size_t len = strlen(text);
    for (const char *line = password_common; len && *line; line += strcspn(line, "\n") + 1)
        if (strncmp(line, text, len) == 0 && line[len] == '\n')
            return true;
    return false;
}

/* Blanks every occurrence of the word, where it was read and in what was written there. */
static bool blank(const char *word, char *read, char *written)
{
    bool is_there = false;
    size_t len = strlen(word);
    for (char *at = read; (at = strstr(at, word)); is_there = true) {
        memset(written + (at - read), ' ', len);
        memset(at, ' ', len);
    }
    return is_there;
}

/* A very common word, also as p4ssw0rd, and hardly a letter beside it. */
static bool is_stem(struct span password)
{
    struct plain read, written;
    size_t left = 0;
    bool has_stem = false;
    fold_all(password, &written);
    for (size_t i = 0; i <= password.len; i++)
        read.text[i] = letter_of(written.text[i]);
    for (size_t i = 0; i < STR_COUNT(stems); i++)
        has_stem |= blank(stems[i], read.text, written.text);
    for (size_t i = 0; i < password.len; i++)
        left += is_letter(written.text[i]);
    return has_stem && left < LETTERS_LEFT_MIN;
}

static bool is_common(struct span password)
{
    struct plain plain;
    fold_all(password, &plain);
    if (is_in_list(plain.text))
        return true;
    keep_words(password, &plain);
    if (is_in_list(plain.text))
        return true;
    for (int is_meant = 0; is_meant < 2; is_meant++) {
        keep_letters(password, is_meant, &plain);
        if (is_in_list(plain.text))
            return true;
    }
    return is_stem(password);
}

/* ---- patterns --------------------------------------------------------------------------------------------------- */

struct characters {
    unsigned count;
    uint32_t list[PASSWORD_CHARACTERS_MAX];
};

static void split(struct span password, struct characters *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < password.len && ret->count < PASSWORD_CHARACTERS_MAX;)
        i += utf8_decode(password.data + i, password.len - i, &ret->list[ret->count++]);
}

static bool has_few(const struct characters *characters)
{
    unsigned different = 0;
    for (unsigned i = 0; i < characters->count; i++) {
        unsigned first = 0;
        while (characters->list[first] != characters->list[i])
            first++;
        different += first == i;
    }
    return different < DIFFERENT_MIN;
}

/* A piece shorter than a password, said again and again. */
static bool repeats(const struct characters *characters)
{
    for (unsigned period = 1; period < PASSWORD_CHARACTERS_MIN && 2 * period <= characters->count; period++) {
        unsigned i = period;
        while (i < characters->count && characters->list[i] == characters->list[i - period])
            i++;
        if (i == characters->count)
            return true;
    }
    return false;
}

/* 1234567890..., zyxw...: nearly every character is the neighbour of the one before. */
static bool counts(const struct characters *characters)
{
    unsigned jumps = 0;
    for (unsigned i = 1; i < characters->count; i++) {
        int64_t step = (int64_t)characters->list[i] - characters->list[i - 1];
        jumps += step < -1 || step > 1;
    }
    return jumps * 4 < characters->count;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static bool has_name(struct span password, const char *account)
{
    struct plain words, name;
    keep_words(password, &words);
    keep_words(span_of(account), &name);
    if (strlen(name.text) >= NAME_LEN_MIN && strstr(words.text, name.text))
        return true;
    for (size_t i = 0; i < STR_COUNT(line_names); i++)
        if (strstr(words.text, line_names[i]))
            return true;
    return false;
}

int password_check(struct span password, const char *account, struct error *error)
{
    size_t count = utf8_count(password);
    if (!utf8_is_valid(password) || (password.len && memchr(password.data, '\0', password.len)))
        return error_set(error, ERR_REFUSED, "This password cannot be read: type it anew.");
    if (count < PASSWORD_CHARACTERS_MIN)
        return error_set(error, ERR_REFUSED,
            "The password has %zu characters and needs %d: four or five words that have nothing to do with each other are "
            "easy to keep.",
            count, PASSWORD_CHARACTERS_MIN);
    if (count > PASSWORD_CHARACTERS_MAX)
        return error_set(
            error, ERR_REFUSED, "The password has %zu characters; %d is the most.", count, PASSWORD_CHARACTERS_MAX);
    struct characters characters;
    split(password, &characters);
    if (has_few(&characters) || repeats(&characters) || counts(&characters))
        return error_set(error, ERR_REFUSED,
            "The password repeats itself or counts on: take words that only you would put together.");
    if (has_name(password, account))
        return error_set(
            error, ERR_REFUSED, "The password holds the name of the account or of a help line: leave it out.");
    if (is_common(password))
        return error_set(error, ERR_REFUSED,
            "This password, or one that is nearly the same, is among the first that are guessed: take words that only you "
            "would put together.");
    return 0;
}
