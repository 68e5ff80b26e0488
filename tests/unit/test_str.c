/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_str - copying, comparing, numbers and the encodings of the wire.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"

static void copy_truncates_and_terminates(void **state)
{
    char small[4];

    (void)state;
    assert_true(str_copy(small, sizeof(small), "abc"));
    assert_false(str_copy(small, sizeof(small), "abcd"));
    assert_string_equal(small, "abc");
    assert_true(str_copy(small, sizeof(small), NULL));
    assert_string_equal(small, "");
    assert_false(str_copy(small, 0, "a"));
    assert_true(str_copy_span(small, sizeof(small), (struct span){ "xyzw", 2 }));
    assert_string_equal(small, "xy");
}

static void comparisons_know_null_and_case(void **state)
{
    (void)state;
    assert_true(str_equal(NULL, NULL));
    assert_false(str_equal(NULL, ""));
    assert_true(str_equal_nocase("Content-TYPE", "content-type"));
    assert_false(str_equal_nocase("abc", "abcd"));
    assert_false(str_equal_nocase("@", "`"));
    assert_false(str_equal_nocase(NULL, "a"));
    assert_true(str_starts("abc", "ab"));
    assert_false(str_starts("a", "ab"));
    assert_false(str_starts(NULL, ""));
    assert_true(str_starts_nocase("Bearer x", "bearer "));
    assert_false(str_starts_nocase("Bear", "bearer"));
    assert_true(str_is_empty(NULL) && str_is_empty("") && !str_is_empty(" "));
}

static void white_space_around_a_text_is_dropped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = { { "", "" }, { " \t\r\n", "" }, { "a", "a" }, { " a b\n", "a b" }, { "\va\f", "a" } };
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        assert_true(span_equal(str_trim(span_of(rows[i].text)), span_of(rows[i].want)));
}

static void secrets_compare_by_length_and_bytes(void **state)
{
    (void)state;
    assert_true(str_equal_secret(span_of("s3cret"), span_of("s3cret")));
    assert_false(str_equal_secret(span_of("s3cret"), span_of("s3creT")));
    assert_false(str_equal_secret(span_of("x3cret"), span_of("s3cret")));
    assert_false(str_equal_secret(span_of("s3cre"), span_of("s3cret")));
    assert_true(str_equal_secret(span_of(""), (struct span){ NULL, 0 }));
}

static void numbers_are_read_whole_or_refused(void **state)
{
    static const struct {
        const char *label, *in;
        int64_t min, max, want;
        int code;
    } rows[] = {
        { "plain", "42", 0, 100, 42, 0 },
        { "signed", "-7", -10, 0, -7, 0 },
        { "with plus", "+7", 0, 10, 7, 0 },
        { "largest", "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, 0 },
        { "smallest", "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, 0 },
        { "too large", "9223372036854775808", INT64_MIN, INT64_MAX, 0, ERR_INVALID },
        { "far too large", "99999999999999999999999", INT64_MIN, INT64_MAX, 0, ERR_INVALID },
        { "above max", "101", 0, 100, 0, ERR_INVALID },
        { "below min", "-1", 0, 100, 0, ERR_INVALID },
        { "empty", "", 0, 100, 0, ERR_INVALID },
        { "null", NULL, 0, 100, 0, ERR_INVALID },
        { "sign alone", "-", -100, 100, 0, ERR_INVALID },
        { "space in front", " 1", 0, 100, 0, ERR_INVALID },
        { "letters behind", "1x", 0, 100, 0, ERR_INVALID },
        { "fraction", "1.5", 0, 100, 0, ERR_INVALID },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t value = 0;
        int code = str_to_int64(rows[i].in, rows[i].min, rows[i].max, &value);
        if (code != rows[i].code || value != rows[i].want)
            fail_msg("%s: code %d, value %lld", rows[i].label, code, (long long)value);
    }
}

static void durations_need_a_unit(void **state)
{
    static const struct {
        const char *in;
        int64_t want; /* -1 = refused */
    } rows[] = { { "500 ms", 500 }, { "90 s", 90000 }, { "90s", 90000 }, { "15 min", 900000 }, { "24 h", 86400000 },
        { "35 d", 3024000000 }, { "0 s", 0 }, { "90", -1 }, { "", -1 }, { "s", -1 }, { "-1 s", -1 }, { "1.5 h", -1 },
        { "5 m", -1 }, { "5 s ", -1 }, { "9223372036854775807 d", -1 }, { "99999999999999999999999999999 s", -1 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t ms = -1;
        int code = str_to_duration_ms(rows[i].in, &ms);
        if ((code == 0) != (rows[i].want >= 0) || ms != rows[i].want)
            fail_msg("\"%s\": code %d, %lld ms", rows[i].in, code, (long long)ms);
    }
    assert_int_equal(str_to_duration_ms(NULL, &(int64_t){ 0 }), ERR_INVALID);
}

/* The vectors of RFC 4648, 10. */
static void base64_matches_the_rfc(void **state)
{
    static const struct {
        const char *plain, *standard, *url;
    } rows[] = { { "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" }, { "foo", "Zm9v", "Zm9v" },
        { "foob", "Zm9vYg==", "Zm9vYg" }, { "foobar", "Zm9vYmFy", "Zm9vYmFy" }, { "\xfb\xff\xfe", "+//+", "-__-" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100);
        str_base64_encode(&out, rows[i].plain, strlen(rows[i].plain));
        assert_string_equal(buf_span(&out).data, rows[i].standard);
        buf_clear(&out);
        str_base64url_encode(&out, rows[i].plain, strlen(rows[i].plain));
        assert_string_equal(buf_span(&out).data, rows[i].url);
        buf_clear(&out);
        assert_int_equal(str_base64_decode(&out, span_of(rows[i].standard)), 0);
        assert_string_equal(buf_span(&out).data, rows[i].plain);
        buf_clear(&out);
        assert_int_equal(str_base64_decode(&out, span_of(rows[i].url)), 0);
        assert_string_equal(buf_span(&out).data, rows[i].plain);
    }
}

static void broken_base64_and_hex_are_refused_without_trace(void **state)
{
    static const char *const base64[] = { "Z", "Zg=", "Zg===", "Z===", "====", "Zm9v ", " Zm9v", "Zm\n9v",
        "Zh==", "Zm9=", "Zm9v*A==", "Zg==Zg==", "\xc3\xa9\xc3\xa9" };
    static const char *const hex[] = { "0", "0g", "g0", "00 ", "0x00" };
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 100);
    buf_add_text(&out, "kept");
    for (size_t i = 0; i < STR_COUNT(base64); i++)
        if (str_base64_decode(&out, span_of(base64[i])) != ERR_INVALID || strcmp(out.data, "kept") != 0)
            fail_msg("base64 \"%s\"", base64[i]);
    for (size_t i = 0; i < STR_COUNT(hex); i++)
        if (str_hex_decode(&out, span_of(hex[i])) != ERR_INVALID || strcmp(out.data, "kept") != 0)
            fail_msg("hex \"%s\"", hex[i]);
}

static void decoders_report_a_full_buffer(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 2);
    assert_int_equal(str_base64_decode(&out, span_of("Zm9v")), ERR_LIMIT);
    buf_clear(&out);
    assert_int_equal(str_hex_decode(&out, span_of("616263")), ERR_LIMIT);
    buf_done(&out);
}

static void hex_is_lower_case_and_reads_both(void **state)
{
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 100);
    str_hex_encode(&out, "\x00\xab\xff", 3);
    assert_string_equal(out.data, "00abff");
    buf_clear(&out);
    assert_int_equal(str_hex_decode(&out, span_of("aBFf")), 0);
    assert_string_equal(out.data, "\xab\xff");
}

static void percent_decoding_is_forgiving(void **state)
{
    static const struct {
        const char *label, *in, *want;
        bool is_form;
    } rows[] = {
        { "escape", "%2B966", "+966", false },
        { "plus in a form", "a+b", "a b", true },
        { "plus in a path", "a+b", "a+b", false },
        { "lower case", "%c3%a9", "\xc3\xa9", false },
        { "percent at the end", "100%", "100%", true },
        { "half an escape", "%4", "%4", true },
        { "no hexadecimal", "%zz%41", "%zzA", true },
        { "escaped percent", "%2541", "%41", true },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100);
        str_percent_decode(&out, span_of(rows[i].in), rows[i].is_form);
        if (strcmp(buf_span(&out).data, rows[i].want) != 0)
            fail_msg("%s: \"%s\"", rows[i].label, out.data);
    }
}

static void percent_encoding_keeps_only_the_unreserved(void **state)
{
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 100);
    str_percent_encode(&out, span_of("aZ09-._~ /+\xc3\xa9"));
    assert_string_equal(out.data, "aZ09-._~%20%2F%2B%C3%A9");
}

static void distance_counts_edits_up_to_a_limit(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned limit, want;
    } rows[] = { { "", "", 2, 0 }, { "abc", "abc", 2, 0 }, { "abc", "abd", 2, 1 }, { "abc", "ab", 2, 1 },
        { "kitten", "sitting", 5, 3 }, { "kitten", "sitting", 2, 3 }, { "", "abcd", 2, 3 } };
    char longer[80];

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        assert_int_equal(str_distance(rows[i].a, rows[i].b, rows[i].limit), rows[i].want);
        assert_int_equal(str_distance(rows[i].b, rows[i].a, rows[i].limit), rows[i].want);
    }
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(str_distance(longer, longer, 2), 0);
    assert_int_equal(str_distance(longer, "a", 2), 3);
}

static void nearest_word_is_offered(void **state)
{
    static const char *const words[] = { "contact", "channel", "route", "ngo" };

    (void)state;
    assert_string_equal(str_nearest("chanel", words, 4), "channel");
    assert_string_equal(str_nearest("contcats", words, 4) ? "found" : "none", "none");
    assert_string_equal(str_nearest("rout", words, 4), "route");
    assert_string_equal(str_nearest("nga", words, 4), "ngo");
    assert_null(str_nearest("nxx", words, 4));
    assert_null(str_nearest("policy", words, 4));
    assert_null(str_nearest("x", words, 0));
}

static void what_acts_on_a_terminal_is_shown(void **state)
{
    static const struct {
        const char *label, *in, *want;
    } rows[] = {
        { "plain", "tulong po", "tulong po" },
        { "escape sequence", "\x1b[2J", "\\x1b[2J" },
        { "line feed", "a\nb", "a\\x0ab" },
        { "delete", "\x7f", "\\x7f" },
        { "C1 control", "\xc2\x9b", "\\u009b" },
        { "direction override",
            "a\xe2\x80\xae"
            "b",
            "a\\u202eb" },
        { "isolate", "\xe2\x81\xa6", "\\u2066" },
        { "invalid UTF-8", "\xff\xc3", "\\xff\\xc3" },
        { "Sinhala joiner stays", "\xe0\xb7\x8a\xe2\x80\x8d\xe0\xb6\xbb", "\xe0\xb7\x8a\xe2\x80\x8d\xe0\xb6\xbb" },
        { "real replacement character stays", "\xef\xbf\xbd", "\xef\xbf\xbd" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100);
        str_add_visible(&out, span_of(rows[i].in));
        if (strcmp(buf_span(&out).data, rows[i].want) != 0)
            fail_msg("%s: \"%s\"", rows[i].label, out.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_truncates_and_terminates),
        cmocka_unit_test(comparisons_know_null_and_case),
        cmocka_unit_test(white_space_around_a_text_is_dropped),
        cmocka_unit_test(secrets_compare_by_length_and_bytes),
        cmocka_unit_test(numbers_are_read_whole_or_refused),
        cmocka_unit_test(durations_need_a_unit),
        cmocka_unit_test(base64_matches_the_rfc),
        cmocka_unit_test(broken_base64_and_hex_are_refused_without_trace),
        cmocka_unit_test(decoders_report_a_full_buffer),
        cmocka_unit_test(hex_is_lower_case_and_reads_both),
        cmocka_unit_test(percent_decoding_is_forgiving),
        cmocka_unit_test(percent_encoding_keeps_only_the_unreserved),
        cmocka_unit_test(distance_counts_edits_up_to_a_limit),
        cmocka_unit_test(nearest_word_is_offered),
        cmocka_unit_test(what_acts_on_a_terminal_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
