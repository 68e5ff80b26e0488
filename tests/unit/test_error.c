/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_error - the sentence that travels with a code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/error.h"
#include "gateway/base/utf8.h"

static void every_code_has_its_own_word(void **state)
{
    (void)state;
    for (int a = ERR_UNSUPPORTED; a <= 0; a++) {
        assert_string_not_equal(error_name(a), "unknown");
        for (int b = a + 1; b <= 0; b++)
            assert_string_not_equal(error_name(a), error_name(b));
    }
    assert_string_equal(error_name(0), "ok");
    assert_string_equal(error_name(ERR_NOT_FOUND), "not_found");
    assert_string_equal(error_name(ERR_UNSUPPORTED - 1), "unknown");
    assert_string_equal(error_name(1), "unknown");
}

static void set_writes_the_sentence_and_returns_the_code(void **state)
{
    struct error error = { "old" };

    (void)state;
    assert_int_equal(error_set(&error, ERR_LIMIT, "line %d: too %s", 7, "long"), ERR_LIMIT);
    assert_string_equal(error.text, "line 7: too long");
    assert_int_equal(error_set(NULL, ERR_IO, "nobody reads it"), ERR_IO);
}

static void prefix_stands_in_front(void **state)
{
    struct error error;

    (void)state;
    error_set(&error, ERR_INVALID, "no such key");
    error_prefix(&error, "%s:%d", "a.conf", 12);
    assert_string_equal(error.text, "a.conf:12: no such key");
    error_prefix(NULL, "nothing");
}

static void long_sentences_are_cut_between_characters(void **state)
{
    struct error error;
    char text[1100];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', sizeof(text));
        for (size_t i = shift; i + 3 < sizeof(text) - 1; i += 3)
            memcpy(text + i, "\xe1\x88\xb0", 3);
        text[sizeof(text) - 1] = '\0';
        error_set(&error, ERR_INVALID, "%s", text);
        assert_true(utf8_is_valid(span_of(error.text)));
        assert_in_range(strlen(error.text), sizeof(error.text) - 4, sizeof(error.text) - 1);
        error_prefix(&error, "%s", text);
        assert_true(utf8_is_valid(span_of(error.text)));
        assert_in_range(strlen(error.text), sizeof(error.text) - 8, sizeof(error.text) - 1);
        assert_memory_equal(error.text, text, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_word),
        cmocka_unit_test(set_writes_the_sentence_and_returns_the_code),
        cmocka_unit_test(prefix_stands_in_front),
        cmocka_unit_test(long_sentences_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
