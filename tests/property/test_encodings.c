/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_encodings - what must hold of base64, hexadecimal, percent and UTF-8 for any bytes whatever.
 * What:  random bytes from a printed seed; PROPERTY_SEED=<number> in the environment runs one seed again.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define ROUNDS 3000
#define SAMPLE_MAX 200
#define OUT_MAX 4096

struct sample {
    char bytes[SAMPLE_MAX];
    size_t len;
};

static uint64_t generator;

/* xorshift64*: any seed but 0 */
static uint32_t next_random(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)(generator * 0x2545f4914f6cdd1dULL >> 32);
}

static void draw_bytes(struct sample *sample)
{
    sample->len = next_random() % (SAMPLE_MAX + 1);
    for (size_t i = 0; i < sample->len; i++)
        sample->bytes[i] = (char)next_random();
}

/* Bytes that are often nearly UTF-8: lead and continuation bytes are far more frequent than in noise. */
static void draw_near_utf8(struct sample *sample)
{
    static const unsigned char pool[] = { 'a', ' ', 0, 0x80, 0xbf, 0xa0, 0x9f, 0xc0, 0xc3, 0xe0, 0xe1, 0xed, 0xef, 0xf0,
        0xf4, 0xf5, 0xff, 0xb0, 0xbd };

    sample->len = next_random() % (SAMPLE_MAX + 1);
    for (size_t i = 0; i < sample->len; i++)
        sample->bytes[i] = (char)pool[next_random() % sizeof(pool)];
}

static struct span span_of_sample(const struct sample *sample)
{
    return (struct span){ sample->bytes, sample->len };
}

static int set_seed(void **state)
{
    const char *text = getenv("PROPERTY_SEED");
    int64_t seed = (int64_t)time(NULL);

    (void)state;
    if (text && str_to_int64(text, 1, INT64_MAX, &seed) != 0)
        return -1;
    generator = (uint64_t)seed;
    print_message("# PROPERTY_SEED=%" PRId64 "\n", seed);
    return 0;
}

typedef void (*encode_fn)(struct buf *out, const void *data, size_t len);
typedef int (*decode_fn)(struct buf *out, struct span text);

static void round_trip(encode_fn encode, decode_fn decode)
{
    struct sample sample;

    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        AUTO_BUF back;
        buf_init(&text, OUT_MAX);
        buf_init(&back, OUT_MAX);
        draw_bytes(&sample);
        encode(&text, sample.bytes, sample.len);
        assert_int_equal(decode(&back, buf_span(&text)), 0);
        assert_true(span_equal(buf_span(&back), span_of_sample(&sample)));
    }
}

static void base64_gives_the_bytes_back(void **state)
{
    (void)state;
    round_trip(str_base64_encode, str_base64_decode);
}

static void base64url_gives_the_bytes_back(void **state)
{
    (void)state;
    round_trip(str_base64url_encode, str_base64_decode);
}

static void hex_gives_the_bytes_back(void **state)
{
    (void)state;
    round_trip(str_hex_encode, str_hex_decode);
}

/* One changed character of an encoding never decodes to the same bytes, but for the two spellings of 62 and 63. */
static void changed_base64_is_refused_or_other_bytes(void **state)
{
    static const char other[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \n*";
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        AUTO_BUF back;
        buf_init(&text, OUT_MAX);
        buf_init(&back, OUT_MAX);
        draw_bytes(&sample);
        str_base64_encode(&text, sample.bytes, sample.len);
        if (text.len == 0)
            continue;
        char *place = &text.data[next_random() % text.len];
        char replacement = other[next_random() % (sizeof(other) - 1)];
        if (*place == replacement)
            continue;
        *place = replacement;
        if (str_base64_decode(&back, buf_span(&text)) == 0)
            assert_false(span_equal(buf_span(&back), span_of_sample(&sample)));
    }
}

static void percent_gives_the_bytes_back_in_both_modes(void **state)
{
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        buf_init(&text, OUT_MAX);
        draw_bytes(&sample);
        str_percent_encode(&text, span_of_sample(&sample));
        for (int is_form = 0; is_form < 2; is_form++) {
            AUTO_BUF back;
            buf_init(&back, OUT_MAX);
            str_percent_decode(&back, buf_span(&text), is_form);
            assert_true(span_equal(buf_span(&back), span_of_sample(&sample)));
        }
    }
}

static void every_scalar_survives_utf8(void **state)
{
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 4);
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint32_t back;
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        buf_clear(&out);
        utf8_encode(&out, c);
        if (utf8_decode(out.data, out.len, &back) != out.len || back != c)
            fail_msg("U+%04X", (unsigned)c);
    }
}

static void repair_makes_valid_text_and_keeps_valid_text(void **state)
{
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF once;
        AUTO_BUF twice;
        buf_init(&once, OUT_MAX);
        buf_init(&twice, OUT_MAX);
        draw_near_utf8(&sample);
        utf8_repair(&once, span_of_sample(&sample));
        assert_int_equal(buf_check(&once), 0);
        assert_true(utf8_is_valid(buf_span(&once)));
        assert_null(memchr(buf_span(&once).data, 0, once.len));
        utf8_repair(&twice, buf_span(&once));
        assert_true(span_equal(buf_span(&once), buf_span(&twice)));
        if (utf8_is_valid(span_of_sample(&sample)) && !memchr(sample.bytes, 0, sample.len))
            assert_true(span_equal(buf_span(&once), span_of_sample(&sample)));
    }
}

static void utf16_gives_valid_text_back(void **state)
{
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        AUTO_BUF units;
        AUTO_BUF back;
        buf_init(&text, OUT_MAX);
        buf_init(&units, OUT_MAX);
        buf_init(&back, OUT_MAX);
        draw_near_utf8(&sample);
        utf8_repair(&text, span_of_sample(&sample));
        /* The mark keeps a text that begins with U+FEFF or U+FFFE from being taken for a marked one. */
        buf_add(&units, "\xfe\xff", 2);
        for (size_t at = 0; at < text.len;) {
            uint32_t c;
            at += utf8_decode(text.data + at, text.len - at, &c);
            uint32_t high = c > 0xffff ? 0xd800 + ((c - 0x10000) >> 10) : c;
            buf_add(&units, (char[]){ (char)(high >> 8), (char)high }, 2);
            if (c > 0xffff)
                buf_add(&units, (char[]){ (char)(0xdc | ((c >> 8) & 3)), (char)c }, 2);
        }
        assert_int_equal(units.len, 2 + 2 * utf8_utf16_units(buf_span(&text)));
        assert_int_equal(utf8_from_charset(&back, buf_span(&units), "utf-16"), 0);
        assert_true(span_equal(buf_span(&back), buf_span(&text)));
    }
}

static void prefixes_of_valid_text_are_valid(void **state)
{
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        buf_init(&text, OUT_MAX);
        draw_near_utf8(&sample);
        utf8_repair(&text, span_of_sample(&sample));
        size_t max = next_random() % (text.len + 2);
        size_t len = utf8_prefix(buf_span(&text), max);
        assert_true(len <= max && (len + 3 >= max || len == text.len));
        assert_true(utf8_is_valid((struct span){ buf_span(&text).data, len }));
    }
}

static void visible_text_has_nothing_that_acts(void **state)
{
    struct sample sample;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        buf_init(&text, OUT_MAX);
        if (i % 2)
            draw_bytes(&sample);
        else
            draw_near_utf8(&sample);
        str_add_visible(&text, span_of_sample(&sample));
        assert_int_equal(buf_check(&text), 0);
        assert_true(utf8_is_valid(buf_span(&text)));
        for (size_t k = 0; k < text.len; k++)
            assert_true((unsigned char)text.data[k] >= 0x20 && text.data[k] != 0x7f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_gives_the_bytes_back),
        cmocka_unit_test(base64url_gives_the_bytes_back),
        cmocka_unit_test(hex_gives_the_bytes_back),
        cmocka_unit_test(changed_base64_is_refused_or_other_bytes),
        cmocka_unit_test(percent_gives_the_bytes_back_in_both_modes),
        cmocka_unit_test(every_scalar_survives_utf8),
        cmocka_unit_test(repair_makes_valid_text_and_keeps_valid_text),
        cmocka_unit_test(utf16_gives_valid_text_back),
        cmocka_unit_test(prefixes_of_valid_text_are_valid),
        cmocka_unit_test(visible_text_has_nothing_that_acts),
    };

    return cmocka_run_group_tests(tests, set_seed, NULL);
}
