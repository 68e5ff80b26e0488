/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_schema - settings from pairs: types, bounds, defaults, lists, and what the readers give back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/check.h"
#include "config/schema.h"
#include "config/settings.h"
#include "gateway/base/str.h"

static const char *const colour_words[] = { "red", "green", "blue", NULL };
static const struct key keys[] = {
    { .name = "title", .type = KEY_TEXT, .flags = KEY_REQUIRED, .min = 2, .max = 8 },
    { .name = "count", .type = KEY_INT, .min = 1, .max = 10, .fallback = "3" },
    { .name = "free_count", .type = KEY_INT },
    { .name = "is_open", .type = KEY_BOOL, .fallback = "true" },
    { .name = "wait", .type = KEY_DURATION, .min = 1000, .max = 60000, .fallback = "5 s" },
    { .name = "colour", .type = KEY_WORD, .fallback = "red", .words = colour_words },
    { .name = "colours", .type = KEY_WORDS, .words = colour_words },
    { .name = "names", .type = KEY_TEXTS, .max = 5, .fallback = "a|b" },
    { .name = "url", .type = KEY_URL },
    { .name = "secret", .type = KEY_TEXT, .flags = KEY_SECRET, .max = 16 },
    { .name = NULL },
};

static void defaults_fill_what_is_not_written(void **state)
{
    static const char *const pairs[] = { "title=abc", "count=3", NULL };
    struct settings *settings = NULL;
    struct error error;
    (void)state;
    assert_int_equal(settings_from_pairs(keys, pairs, &error, &settings), 0);
    assert_string_equal(settings_text(settings, "title"), "abc");
    assert_int_equal(settings_int(settings, "count"), 3);
    assert_true(settings_has(settings, "count"));
    assert_int_equal(settings_int(settings, "free_count"), 0);
    assert_true(settings_bool(settings, "is_open"));
    assert_false(settings_has(settings, "is_open"));
    assert_int_equal(settings_int(settings, "wait"), 5000);
    assert_string_equal(settings_text(settings, "colour"), "red");
    assert_int_equal(settings_count(settings, "colours"), 0);
    assert_int_equal(settings_count(settings, "names"), 2);
    assert_string_equal(settings_item(settings, "names", 1), "b");
    assert_string_equal(settings_text(settings, "url"), "");
    assert_string_equal(settings_text(settings, "secret"), "");
    settings_free(settings);
}

static void written_values_win(void **state)
{
    static const char *const pairs[] = { "title=a=b", "is_open=false", "wait=1 min", "colours=blue|red", "names=x",
        "url=https://example.org/a?b={c}", "secret=0123", "title=later", NULL };
    struct settings *settings = NULL;
    struct error error;
    (void)state;
    assert_int_equal(settings_from_pairs(keys, pairs, &error, &settings), 0);
    assert_string_equal(settings_text(settings, "title"), "later");
    assert_false(settings_bool(settings, "is_open"));
    assert_int_equal(settings_int(settings, "wait"), 60000);
    assert_int_equal(settings_count(settings, "colours"), 2);
    assert_string_equal(settings_item(settings, "colours", 0), "blue");
    assert_int_equal(settings_count(settings, "names"), 1);
    assert_string_equal(settings_text(settings, "secret"), "0123");
    settings_free(settings);
}

static void bad_pairs_are_explained(void **state)
{
    static const struct {
        const char *pair, *want;
    } rows[] = {
        { "title=a", "`title` has 1 bytes; allowed are 2 to 8" },
        { "title=", "`title` must not be empty" },
        { "title=123456789", "`title` has 9 bytes; allowed are 2 to 8" },
        { "title=a\x1b[1m", "`title` holds a control character" },
        { "count=0", "`count` is 0; allowed are 1 to 10" },
        { "count=11", "`count` is 11; allowed are 1 to 10" },
        { "count=3x", "`count` must be a whole number" },
        { "count=99999999999999999999", "`count` must be a whole number" },
        { "free_count=-1", "`free_count` is -1; allowed are 0 to 2147483647" },
        { "is_open=yes", "`is_open` must be true or false" },
        { "wait=5", "`wait` must be a number and a unit, such as \"90 s\" (ms, s, min, h, d)" },
        { "wait=61 s", "`wait` is \"61 s\"; allowed are 1 s to 1 min" },
        { "colour=geen", "`colour`: \"geen\" is not one of its words, did you mean \"green\"?" },
        { "colour=", "`colour`: \"\" is not one of its words; the words are red, green, blue" },
        { "colours=red|pink", "`colours`: \"pink\" is not one of its words; the words are red, green, blue" },
        { "colours=red|red", "`colours` names \"red\" twice" },
        { "names=a||b", "`names` has an empty entry" },
        { "names=abcdef", "`names` has 6 bytes; allowed are 0 to 5" },
        { "url=ftp://example.org", "`url` must be an http:// or https:// URL with a host and without user or blanks" },
        { "secret=01234567890123456", "`secret` has 17 bytes; allowed are 0 to 16" },
        { "colur=red", "unknown key `colur`, did you mean `colour`?" },
        { "elephant=red", "unknown key `elephant`" },
        { "title", "a pair must be written name=value" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        const char *const pairs[] = { "title=abc", rows[i].pair, NULL };
        struct settings *settings = NULL;
        struct error error = { "" };
        int code = settings_from_pairs(keys, pairs, &error, &settings);
        if (code != ERR_INVALID || strcmp(error.text, rows[i].want) != 0)
            fail_msg("%s: code %d, \"%s\"", rows[i].pair, code, error.text);
        assert_null(settings);
    }
}

static void missing_key_is_named(void **state)
{
    static const char *const pairs[] = { "count=2", NULL };
    struct settings *settings = NULL;
    struct error error;
    (void)state;
    assert_int_equal(settings_from_pairs(keys, pairs, &error, &settings), ERR_INVALID);
    assert_string_equal(error.text, "the key `title` is missing");
}

static void wrong_default_is_found_by_the_first_load(void **state)
{
    static const struct key wrong[] = {
        { .name = "count", .type = KEY_INT, .min = 1, .max = 2, .fallback = "9" },
        { .name = NULL },
    };
    static const char *const pairs[] = { NULL };
    struct settings *settings = NULL;
    struct error error;
    (void)state;
    assert_int_equal(settings_from_pairs(wrong, pairs, &error, &settings), ERR_INVALID);
}

static void list_has_a_ceiling(void **state)
{
    char pair[6 + 2 * (CHECK_ITEMS_MAX + 1) * 3] = "names=";
    struct settings *settings = NULL;
    struct error error = { "" };
    (void)state;
    for (int i = 0; i <= CHECK_ITEMS_MAX; i++) {
        size_t len = strlen(pair);
        snprintf(pair + len, sizeof pair - len, "%s%d", i ? "|" : "", i);
    }
    const char *const pairs[] = { "title=abc", pair, NULL };
    assert_int_equal(settings_from_pairs(keys, pairs, &error, &settings), ERR_INVALID);
    assert_string_equal(error.text, "`names` has more than 64 entries");
}

static void url_check_knows_hosts(void **state)
{
    static const struct {
        const char *in;
        bool want;
    } rows[] = {
        { "https://example.org", true },
        { "HTTP://Example.org:8080/x?y#z", true },
        { "https://[::1]:8443/", true },
        { "https://example.org/{to}", true },
        { "https://", false },
        { "https:///path", false },
        { "https://user@example.org", false },
        { "https://example.org:", false },
        { "https://example.org:123456", false },
        { "https://example.org/a b", false },
        { "https://ex\xc3\xa4mple.org", false },
        { "example.org", false },
        { "", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (check_is_url(rows[i].in) != rows[i].want)
            fail_msg("%s", rows[i].in);
}

static void durations_print_in_their_largest_unit(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } rows[] = { { 0, "0 s" }, { 1, "1 ms" }, { 1500, "1500 ms" }, { 90000, "90 s" }, { 60000, "1 min" },
        { 7200000, "2 h" }, { 86400000, "1 d" }, { 90LL * 86400000, "90 d" } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        int64_t back = -1;
        buf_init(&out, 64);
        check_print_duration(&out, rows[i].ms);
        assert_string_equal(out.data, rows[i].want);
        assert_int_equal(str_to_duration_ms(out.data, &back), 0);
        assert_int_equal(back, rows[i].ms);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_what_is_not_written),
        cmocka_unit_test(written_values_win),
        cmocka_unit_test(bad_pairs_are_explained),
        cmocka_unit_test(missing_key_is_named),
        cmocka_unit_test(wrong_default_is_found_by_the_first_load),
        cmocka_unit_test(list_has_a_ceiling),
        cmocka_unit_test(url_check_knows_hosts),
        cmocka_unit_test(durations_print_in_their_largest_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
