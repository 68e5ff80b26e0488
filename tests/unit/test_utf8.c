/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_utf8 - any bytes become valid text, and nothing is lost in silence.
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
#include "gateway/base/utf8.h"

static void decode_follows_the_table_of_unicode(void **state)
{
    static const struct {
        const char *label, *in;
        size_t used;
        uint32_t want;
    } rows[] = {
        { "ASCII", "A", 1, 'A' },
        { "two bytes", "\xc3\xa9", 2, 0xe9 },
        { "three bytes", "\xe1\x88\xb0", 3, 0x1230 },
        { "four bytes", "\xf0\x9f\x98\xa2", 4, 0x1f622 },
        { "largest", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
        { "beyond the largest", "\xf4\x90\x80\x80", 1, 0xfffd },
        { "overlong slash", "\xc0\xaf", 1, 0xfffd },
        { "overlong three", "\xe0\x9f\xbf", 1, 0xfffd },
        { "overlong four", "\xf0\x8f\xbf\xbf", 1, 0xfffd },
        { "surrogate", "\xed\xa0\x80", 1, 0xfffd },
        { "before surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
        { "continuation alone", "\x80", 1, 0xfffd },
        { "cut short", "\xe1\x88", 1, 0xfffd },
        { "broken inside", "\xe1z\x88", 1, 0xfffd },
        { "never a byte", "\xff", 1, 0xfffd },
        { "five-byte form", "\xf8\x88\x80\x80\x80", 1, 0xfffd },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        uint32_t c;
        size_t used = utf8_decode(rows[i].in, strlen(rows[i].in), &c);
        if (used != rows[i].used || c != rows[i].want)
            fail_msg("%s: %zu bytes, U+%04X", rows[i].label, used, (unsigned)c);
        if (utf8_is_valid(span_of(rows[i].in)) != (c != 0xfffd))
            fail_msg("%s: is_valid disagrees", rows[i].label);
    }
}

static void encode_writes_the_shortest_form(void **state)
{
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 100);
    utf8_encode(&out, 'A');
    utf8_encode(&out, 0x7ff);
    utf8_encode(&out, 0x800);
    utf8_encode(&out, 0xffff);
    utf8_encode(&out, 0x10000);
    utf8_encode(&out, 0xd800);
    utf8_encode(&out, 0x110000);
    assert_string_equal(out.data, "A\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xef\xbf\xbd\xef\xbf\xbd");
}

static void repair_replaces_and_joins(void **state)
{
    static const struct {
        const char *label, *in;
        size_t len;
        const char *want;
    } rows[] = {
        { "valid stays", "t\xc3\xa9xt", 5, "t\xc3\xa9xt" },
        { "empty", "", 0, "" },
        { "invalid byte",
            "a\xff"
            "b",
            3,
            "a\xef\xbf\xbd"
            "b" },
        { "NUL", "a\0b", 3,
            "a\xef\xbf\xbd"
            "b" },
        { "CESU-8 pair", "\xed\xa0\xbd\xed\xb8\xa2!", 7, "\xf0\x9f\x98\xa2!" },
        { "lone high surrogate", "\xed\xa0\xbd", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "cut at the end", "ok\xe1\x88", 4, "ok\xef\xbf\xbd\xef\xbf\xbd" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100);
        utf8_repair(&out, (struct span){ rows[i].in, rows[i].len });
        if (strcmp(buf_span(&out).data, rows[i].want) != 0)
            fail_msg("%s", rows[i].label);
    }
}

static void charsets_become_utf8(void **state)
{
    static const struct {
        const char *label, *charset, *in;
        size_t len;
        const char *want;
    } rows[] = {
        { "UTF-8", "UTF-8", "\xc3\xa9\xff", 3, "\xc3\xa9\xef\xbf\xbd" },
        { "ASCII with a stray byte", "us-ascii", "a\xe9", 2, "a\xef\xbf\xbd" },
        { "Latin-1", "ISO-8859-1", "caf\xe9", 4, "caf\xc3\xa9" },
        { "Latin-1 with a quote of 1252", "latin1", "\x92", 1, "\xe2\x80\x99" },
        { "1252 euro", "windows-1252", "\x80", 1, "\xe2\x82\xac" },
        { "hole of 1252", "windows-1252", "\x81", 1, "\xef\xbf\xbd" },
        { "UTF-16BE", "utf-16be", "\x12\x30\xd8\x3d\xde\x22", 6, "\xe1\x88\xb0\xf0\x9f\x98\xa2" },
        { "UTF-16LE", "utf-16le", "\x30\x12", 2, "\xe1\x88\xb0" },
        { "UTF-16 without mark", "utf-16", "\x00\x41", 2, "A" },
        { "UTF-16 big-endian mark", "utf-16", "\xfe\xff\x00\x41", 4, "A" },
        { "UTF-16 little-endian mark", "utf-16", "\xff\xfe\x41\x00", 4, "A" },
        { "lone surrogate", "utf-16be", "\xd8\x3d\x00\x41", 4,
            "\xef\xbf\xbd"
            "A" },
        { "odd byte", "utf-16be", "\x00\x41\x12", 3, "A\xef\xbf\xbd" },
        { "NUL unit", "utf-16be", "\x00\x00", 2, "\xef\xbf\xbd" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100);
        int code = utf8_from_charset(&out, (struct span){ rows[i].in, rows[i].len }, rows[i].charset);
        if (code != 0 || strcmp(buf_span(&out).data, rows[i].want) != 0)
            fail_msg("%s: code %d", rows[i].label, code);
    }
}

static void unknown_charset_adds_nothing(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 10);
    assert_int_equal(utf8_from_charset(&out, span_of("a"), "koi8-r"), ERR_UNSUPPORTED);
    assert_int_equal(utf8_from_charset(&out, span_of("a"), NULL), ERR_UNSUPPORTED);
    assert_int_equal(out.len, 0);
    assert_int_equal(utf8_from_charset(&out, span_of("elevenbytes"), "utf-8"), ERR_LIMIT);
    buf_done(&out);
}

static void lengths_are_counted_in_each_unit(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(span_of("a\xc3\xa9\xf0\x9f\x98\xa2")), 3);
    assert_int_equal(utf8_utf16_units(span_of("a\xc3\xa9\xf0\x9f\x98\xa2")), 4);
    assert_int_equal(utf8_utf16_units(span_of("")), 0);
}

static void prefix_never_cuts_a_character(void **state)
{
    static const struct {
        const char *in;
        size_t max, want;
    } rows[] = { { "abc", 5, 3 }, { "abc", 2, 2 }, { "abc", 0, 0 }, { "a\xc3\xa9", 2, 1 }, { "a\xc3\xa9", 3, 3 },
        { "\xf0\x9f\x98\xa2", 3, 0 }, { "\xf0\x9f\x98\xa2z", 4, 4 }, { "\x80\x80\x80\x80\x80", 4, 4 },
        { "ab\xc3zz", 3, 3 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        assert_int_equal(utf8_prefix(span_of(rows[i].in), rows[i].max), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_follows_the_table_of_unicode),
        cmocka_unit_test(encode_writes_the_shortest_form),
        cmocka_unit_test(repair_replaces_and_joins),
        cmocka_unit_test(charsets_become_utf8),
        cmocka_unit_test(unknown_charset_adds_nothing),
        cmocka_unit_test(lengths_are_counted_in_each_unit),
        cmocka_unit_test(prefix_never_cuts_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
