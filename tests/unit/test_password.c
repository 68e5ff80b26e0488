/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_password - which passwords are taken, and what the others are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/password.h"

static void good_ones_are_taken_in_any_script(void **state)
{
    static const char *const table[] = {
        "violet harbour ladder moss",
        "violetharbourlm", /* fifteen */
        "kahon baso ulan 7 tinidor",
        "مفتاح نافذة جسر قمر",
        "ភ្នំ ទឹក ផ្កា សៀវភៅ កង់",
        "                violet",    /* white space counts */
        "83920174650182937465",      /* no rule about letters */
        "rootvegetables for dinner", /* a common word among others */
        "Gx7#pQ9!vT2@mK4",
    };
    struct error error;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (password_check(span_of(table[i]), "maria", &error))
            fail_msg("%s: %s", table[i], error.text);
}

static void weak_ones_are_refused_and_told_why(void **state)
{
    static const struct {
        const char *text, *want;
    } table[] = {
        { "", "has 0 characters" },
        { "violetharbourl", "has 14 characters" },
        { "نافذة جسر قمر", "has 13 characters" }, /* characters, not bytes */
        { "passwordpassword", "repeats itself" },
        { "Password12345678", "first that are guessed" },
        { "p4$$w0rd..20262026", "first that are guessed" },
        { "P@ssw0rd!!!!2026", "first that are guessed" },
        { "ILoveYouForever", "first that are guessed" },
        { "correct horse battery staple", "first that are guessed" },
        { "Correct-Horse-Battery-Staple-1", "first that are guessed" },
        { "qwertyuiopasdfgh", "first that are guessed" },
        { "1qaz2wsx3edc4rfv", "first that are guessed" },
        { "Welcome1234567890", "first that are guessed" },
        { "letmein letmein!", "first that are guessed" },
        { "aaaaaaaaaaaaaaaaaaaa", "repeats itself" },
        { "abcabcabcabcabcabc", "repeats itself" },
        { "violet7violet7violet7", "repeats itself" },
        { "123456789012345", "counts on" },
        { "zyxwvutsrqponmlk", "counts on" },
        { "violet Maria harbour", "name of the account" },
        { "violet m-a-r-i-a harbour", "name of the account" },
        { "the helpline violet moss", "name of the account" },
        { "the Help Line violet moss", "name of the account" },
        { "violet harbour\xff ladder", "cannot be read" },
    };
    struct error error;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        if (password_check(span_of(table[i].text), "maria", &error) != ERR_REFUSED && table[i].want[0])
            fail_msg("%s is taken", table[i].text);
        if (table[i].want[0] && !strstr(error.text, table[i].want))
            fail_msg("%s: %s", table[i].text, error.text);
    }
}

static void the_length_is_counted_in_characters(void **state)
{
    AUTO_BUF text;
    struct error error;
    (void)state;
    buf_init(&text, PASSWORD_BYTES_MAX + 8);
    for (uint32_t i = 0; i < PASSWORD_CHARACTERS_MAX; i++)
        buf_add_format(&text, "\xf0\x90\x8a%c", (int)(0x80 + i * 37 % 59)); /* four bytes each */
    assert_int_equal(text.len, PASSWORD_BYTES_MAX);
    assert_int_equal(password_check(buf_span(&text), "maria", &error), 0);
    buf_add_char(&text, 'x');
    assert_int_equal(password_check(buf_span(&text), "maria", &error), ERR_REFUSED);
    assert_non_null(strstr(error.text, "129 characters"));
    assert_int_equal(password_check((struct span){ "violet harb\0ur moss", 18 }, "maria", &error), ERR_REFUSED);
}

static void a_short_name_is_no_part_of_speech(void **state)
{
    struct error error;
    (void)state;
    assert_int_equal(password_check(span_of("mango violet harbour"), "ngo", &error), 0);
    assert_int_equal(password_check(span_of("violet harbour ladder"), "", &error), 0);
}

static void the_list_is_long_and_in_order(void **state)
{
    unsigned count = 0;
    const char *before = "";
    (void)state;
    for (const char *line = password_common; *line; line = strchr(line, '\n') + 1) {
        size_t len = strcspn(line, "\n");
        assert_true(len >= PASSWORD_CHARACTERS_MIN);
        assert_true(len == strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789!"));
        assert_true(strcmp(before, line) < 0);
        before = line;
        count++;
    }
    assert_true(count >= 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_are_taken_in_any_script),
        cmocka_unit_test(weak_ones_are_refused_and_told_why),
        cmocka_unit_test(the_length_is_counted_in_characters),
        cmocka_unit_test(a_short_name_is_no_part_of_speech),
        cmocka_unit_test(the_list_is_long_and_in_order),
    };
    return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
