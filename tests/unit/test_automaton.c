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
    assert_int_equal(automaton_find(automaton, letters, 2), 0);
    assert_int_equal(automaton_find(automaton, letters, 1), -1);
    assert_int_equal(automaton_add(automaton, letters, 0, &again), ERR_INVALID);
    assert_int_equal(automaton_add(automaton, letters, AUTOMATON_WORD_MAX + 1, &again), ERR_INVALID);
    automaton_free(automaton);
    automaton_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_words_are_all_found),
        cmocka_unit_test(it_finds_what_a_plain_search_finds),
        cmocka_unit_test(known_word_keeps_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
