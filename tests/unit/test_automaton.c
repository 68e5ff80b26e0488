/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_automaton - every word of the set is found at every place, overlapping ones too, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/automaton.h"

#define FOUND_MAX 64

struct found {
    unsigned count;
    uint32_t words[FOUND_MAX];
    unsigned ends[FOUND_MAX];
};

static void note(void *context, uint32_t word, unsigned end)
{
    struct found *found = context;
    assert_true(found->count < FOUND_MAX);
    found->words[found->count] = word;
    found->ends[found->count++] = end;
}

static unsigned widen(const char *text, uint16_t *ret)
{
    unsigned len = 0;
    while (text[len]) {
        ret[len] = (unsigned char)text[len];
        len++;
    }
    return len;
}

static struct automaton *build(const char *const *words)
{
    struct automaton *automaton = NULL;
    assert_int_equal(automaton_new(&automaton), 0);
    for (uint32_t i = 0; words[i]; i++) {
        uint16_t letters[AUTOMATON_WORD_MAX];
        uint32_t word;
        unsigned len = widen(words[i], letters);
        assert_int_equal(automaton_add(automaton, letters, len, &word), 0);
        assert_int_equal(word, i);
    }
    assert_int_equal(automaton_close(automaton), 0);
    return automaton;
}

static void overlapping_words_are_all_found(void **state)
{
    static const char *const words[] = { "he", "she", "his", "hers", NULL };
    struct automaton *automaton = build(words);
    struct found found = { 0 };
    uint16_t text[32];
    unsigned len = widen("ushers", text);
    (void)state;
    automaton_search(automaton, text, len, note, &found);
    assert_int_equal(found.count, 3);
    assert_int_equal(found.words[0], 1); /* she */
    assert_int_equal(found.words[1], 0); /* he */
    assert_int_equal(found.words[2], 3); /* hers */
    assert_int_equal(found.ends[0], 4);
    assert_int_equal(found.ends[2], 6);
    automaton_free(automaton);
}

/* The plain way to search, to compare with. */
static unsigned count_plainly(const char *const *words, const char *text)
{
    unsigned count = 0;
    for (unsigned w = 0; words[w]; w++)
        for (const char *at = text; (at = strstr(at, words[w])); at++)
            count++;
    return count;
}

static void it_finds_what_a_plain_search_finds(void **state)
{
    static const char *const words[] = { "a", "ab", "bab", "bc", "bca", "c", "caa", "abab", "aa", NULL };
    static const char *const texts[] = { "abccab", "aaaa", "babababcaabab", "c", "", "xyz", "bcabcaab" };
    struct automaton *automaton = build(words);
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct found found = { 0 };
        uint16_t text[32];
        automaton_search(automaton, text, widen(texts[i], text), note, &found);
        if (found.count != count_plainly(words, texts[i]))
            fail_msg("\"%s\": %u found", texts[i], found.count);
    }
    automaton_free(automaton);
}

static void known_word_keeps_its_number(void **state)
{
    struct automaton *automaton = NULL;
    uint16_t letters[AUTOMATON_WORD_MAX + 1] = { 0x0E01, 0x4E00 };
    uint32_t first, again;
    (void)state;
    assert_int_equal(automaton_new(&automaton), 0);
    assert_int_equal(automaton_add(automaton, letters, 2, &first), 0);
    assert_int_equal(automaton_add(automaton, letters, 2, &again), 0);
    assert_int_equal(first, again);
    assert_int_equal(automaton_word_count(automaton), 1);
    assert_int_equal(automaton_word_len(automaton, first), 2);
    assert_int_equal(automaton_add(automaton, letters, 0, &again), ERR_INVALID);
    assert_int_equal(automaton_add(automaton, letters, AUTOMATON_WORD_MAX + 1, &again), ERR_INVALID);
    assert_int_equal(automaton_close(automaton), 0);
    assert_int_equal(automaton_word_count(automaton), 1);
    assert_int_equal(automaton_word_len(automaton, first), 2);
    assert_int_equal(automaton_find(automaton, letters, 2), 0);
    assert_int_equal(automaton_find(automaton, letters, 1), -1);
    automaton_free(automaton);
    automaton_free(NULL);
}

#define MANY 3000u
#define MANY_LEN 5u
#define MANY_TEXT 400u

/* A letter of a small or of a large alphabet, spread over the whole plane: nodes with few and with many children. */
static uint16_t draw_letter(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    uint32_t drawn = *state >> 16;
    return (uint16_t)(drawn % 3 ? 'a' + drawn % 4 : 0x0E00 + drawn % 60 * 977);
}

/* Sets the letters of the words, of one to five letters, and gives their number in the automaton. */
static struct automaton *build_many(uint16_t words[MANY][MANY_LEN], uint32_t *ret_numbers)
{
    struct automaton *automaton = NULL;
    uint32_t state = 7;
    assert_int_equal(automaton_new(&automaton), 0);
    for (unsigned i = 0; i < MANY; i++) {
        for (unsigned k = 0; k < MANY_LEN; k++)
            words[i][k] = draw_letter(&state);
        assert_int_equal(automaton_add(automaton, words[i], 1 + i % MANY_LEN, &ret_numbers[i]), 0);
    }
    assert_int_equal(automaton_close(automaton), 0);
    return automaton;
}

static unsigned count_word(const uint16_t *word, unsigned len, const uint16_t *text, unsigned text_len)
{
    unsigned count = 0;
    for (unsigned at = 0; at + len <= text_len; at++)
        count += memcmp(text + at, word, len * sizeof *word) == 0;
    return count;
}

static void count_found(void *context, uint32_t word, unsigned end)
{
    (void)end;
    ((unsigned *)context)[word]++;
}

static void thousands_of_words_are_each_found_as_often_as_they_stand(void **state)
{
    static uint16_t words[MANY][MANY_LEN], text[MANY_TEXT];
    static uint32_t numbers[MANY];
    static unsigned counts[MANY];
    struct automaton *automaton = build_many(words, numbers);
    uint32_t seed = 11;
    (void)state;
    for (unsigned i = 0; i < MANY_TEXT; i++)
        text[i] = draw_letter(&seed);
    automaton_search(automaton, text, MANY_TEXT, count_found, counts);
    for (unsigned i = 0; i < MANY; i++) {
        unsigned len = 1 + i % MANY_LEN;
        assert_int_equal(automaton_find(automaton, words[i], len), numbers[i]);
        assert_int_equal(counts[numbers[i]], count_word(words[i], len, text, MANY_TEXT));
    }
    automaton_free(automaton);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_words_are_all_found),
        cmocka_unit_test(it_finds_what_a_plain_search_finds),
        cmocka_unit_test(known_word_keeps_its_number),
        cmocka_unit_test(thousands_of_words_are_each_found_as_often_as_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
