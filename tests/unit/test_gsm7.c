/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_gsm7 - the default alphabet of 3GPP TS 23.038 6.2.1, its extension table, and where a text is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

/* `count` times the first text, then the second. */
static char *repeat(const char *text, unsigned count, const char *tail)
{
    AUTO_BUF out;
    buf_init(&out, 65536);
    for (unsigned i = 0; i < count; i++)
        buf_add_text(&out, text);
    buf_add_text(&out, tail);
    return buf_take(&out);
}

static void alphabet_is_that_of_the_standard(void **state)
{
    static const char main_table[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                     "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    static const char extension[] = "\f^{}\\[~]|€";
    unsigned ones = 0, twos = 0;
    (void)state;
    for (uint32_t character = 0; character < 0x11000; character++) {
        AUTO_BUF sign;
        buf_init(&sign, 8);
        if (character == 0 || (character >= 0xd800 && character < 0xe000))
            continue;
        utf8_encode(&sign, character);
        unsigned want = strstr(extension, sign.data) ? 2 : strstr(main_table, sign.data) ? 1 : 0;
        if (gsm7_units(character) != want)
            fail_msg("U+%04X: %u units", (unsigned)character, gsm7_units(character));
        ones += want == 1;
        twos += want == 2;
    }
    assert_int_equal(ones, 127); /* 128 places, one of them the escape */
    assert_int_equal(twos, 10);
    assert_int_equal(gsm7_units(0), 0);
}

static void traps_of_the_alphabet_are_known(void **state)
{
    static const struct {
        const char *label;
        uint32_t character;
        unsigned want;
    } rows[] = {
        { "grave accent alone", '`', 0 },
        { "small c with cedilla", 0xe7, 0 },
        { "capital C with cedilla", 0xc7, 1 },
        { "currency sign", 0xa4, 1 },
        { "dollar", '$', 1 },
        { "section sign", 0xa7, 1 },
        { "euro", 0x20ac, 2 },
        { "right quotation mark of editors", 0x2019, 0 },
        { "capital alpha, not in the table though it looks like A", 0x391, 0 },
        { "escape", 0x1b, 0 },
        { "tabulator", '\t', 0 },
        { "no-break space", 0xa0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (gsm7_units(rows[i].character) != rows[i].want)
            fail_msg("%s", rows[i].label);
}

static void texts_are_measured_at_their_edges(void **state)
{
    static const struct {
        const char *label, *text;
        unsigned count;
        const char *tail;
        struct gsm7_size want;
    } rows[] = {
        { "nothing", "", 0, "", { false, 0, 0, 160 } },
        { "one letter", "a", 1, "", { false, 1, 1, 159 } },
        { "160 letters", "a", 160, "", { false, 160, 1, 0 } },
        { "161 letters", "a", 161, "", { false, 161, 2, 145 } },
        { "306 letters", "a", 306, "", { false, 306, 2, 0 } },
        { "307 letters", "a", 307, "", { false, 307, 3, 152 } },
        { "80 euros", "€", 80, "", { false, 160, 1, 0 } },
        { "a pair is not cut at 153", "a", 152, "€aaaaaaaa", { false, 162, 2, 143 } },
        { "70 Thai letters", "ก", 70, "", { true, 70, 1, 0 } },
        { "71 Thai letters", "ก", 71, "", { true, 71, 2, 63 } },
        { "134 Thai letters", "ก", 134, "", { true, 134, 2, 0 } },
        { "135 Thai letters", "ก", 135, "", { true, 135, 3, 66 } },
        { "35 faces", "😀", 35, "", { true, 70, 1, 0 } },
        { "a surrogate pair is not cut at 67", "a", 66, "😀aaa", { true, 71, 2, 62 } },
        { "one foreign sign makes all of it UCS-2", "a", 70, "`", { true, 71, 2, 63 } },
        { "a byte that is no text counts as one sign", "\xff", 1, "", { true, 1, 1, 69 } },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *text = repeat(rows[i].text, rows[i].count, rows[i].tail);
        struct gsm7_size size;
        gsm7_measure(span_of(text), &size);
        if (size.is_ucs2 != rows[i].want.is_ucs2 || size.units != rows[i].want.units ||
            size.segments != rows[i].want.segments || size.left != rows[i].want.left)
            fail_msg("%s: ucs2 %d, %u units, %u segments, %u left", rows[i].label, size.is_ucs2, size.units,
                size.segments, size.left);
    }
}

static void prefixes_end_between_characters(void **state)
{
    static const struct {
        const char *label, *text;
        unsigned count;
        const char *tail;
        unsigned segments;
        size_t want; /* bytes */
    } rows[] = {
        { "no segment", "a", 5, "", 0, 0 },
        { "all of it fits", "a", 5, "", 1, 5 },
        { "160 of 200", "a", 200, "", 1, 160 },
        { "306 of 400", "a", 400, "", 2, 306 },
        { "the euro stays outside whole", "a", 159, "€b", 1, 159 },
        { "70 Thai letters of 80", "ก", 80, "", 1, 210 },
        { "the face stays outside whole", "ก", 69, "😀", 1, 207 },
        { "what comes before a foreign sign that no longer fits", "a", 100, "กaaa", 1, 100 },
        { "a foreign sign that still fits", "a", 60, "กaaaaaaaaaaaaa", 1, 72 },
        { "nothing", "", 0, "", 1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *text = repeat(rows[i].text, rows[i].count, rows[i].tail);
        size_t got = gsm7_prefix(span_of(text), rows[i].segments);
        if (got != rows[i].want)
            fail_msg("%s: %zu bytes, not %zu", rows[i].label, got, rows[i].want);
    }
}

static void first_foreign_sign_is_found_by_its_byte(void **state)
{
    (void)state;
    assert_int_equal(gsm7_first_foreign(span_of("plain text")), 10);
    assert_int_equal(gsm7_first_foreign(span_of("é’")), 2);
    assert_int_equal(gsm7_first_foreign(span_of("")), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(alphabet_is_that_of_the_standard),
        cmocka_unit_test(traps_of_the_alphabet_are_known),
        cmocka_unit_test(texts_are_measured_at_their_edges),
        cmocka_unit_test(prefixes_end_between_characters),
        cmocka_unit_test(first_foreign_sign_is_found_by_its_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
