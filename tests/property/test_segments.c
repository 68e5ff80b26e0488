/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_segments - gsm7 against a slow reference that writes every segment out.
 * What:  random texts from a printed seed; PROPERTY_SEED=<number> in the environment runs one seed again.
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

#include "gateway/base/gsm7.h"
#include "gateway/base/utf8.h"

#define ROUNDS 1500
#define SIGNS_MAX 420
#define PARTS_MAX 32

static uint64_t generator;

/* xorshift64*: any seed but 0 */
static uint32_t next_random(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)(generator * 0x2545f4914f6cdd1dULL >> 32);
}

static const char *const plain[] = { "a", " ", "é", "Ω", "@", "\n", "7", "ñ" };
static const char *const pairs[] = { "€", "{", "]", "^" };
static const char *const foreign[] = { "ก", "ا", "`", "ç", "क", "😀", "\xff", "አ" };

/* Mostly short signs of one sort, so that the edges of segments are reached in every way. */
static void draw(struct buf *text)
{
    unsigned count = next_random() % (SIGNS_MAX + 1), sort = next_random() % 5;
    for (unsigned i = 0; i < count; i++) {
        unsigned dice = next_random() % 16;
        if (sort > 1 && dice == 0)
            buf_add_text(text, foreign[next_random() % 8]);
        else if (sort % 2 && dice < 4)
            buf_add_text(text, pairs[next_random() % 4]);
        else
            buf_add_text(text, sort == 4 ? foreign[next_random() % 8] : plain[next_random() % 8]);
    }
}

/* ---- the reference --------------------------------------------------------------------------------------------- */

static const char alphabet[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                               "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

static unsigned septets_of(const char *sign, size_t len)
{
    char copy[8] = "";
    memcpy(copy, sign, len);
    if (strstr("\f^{}\\[~]|€", copy))
        return 2;
    return strstr(alphabet, copy) ? 1 : 0;
}

static bool is_foreign(const char *text, size_t len)
{
    uint32_t character;
    for (size_t at = 0; at < len;) {
        size_t used = utf8_decode(text + at, len - at, &character);
        if (septets_of(text + at, used) == 0)
            return true;
        at += used;
    }
    return false;
}

/* Writes the units of every sign into segments, each a row of numbered places; returns how many were begun. */
static unsigned write_out(const char *text, size_t len, bool is_ucs2, unsigned room)
{
    unsigned places[PARTS_MAX] = { 0 }, part = 0;
    uint32_t character;
    for (size_t at = 0; at < len;) {
        size_t used = utf8_decode(text + at, len - at, &character);
        unsigned need = is_ucs2 ? (character >= 0x10000 ? 2 : 1) : septets_of(text + at, used);
        if (room - places[part] < need)
            part++;
        assert_true(part < PARTS_MAX);
        places[part] += need;
        at += used;
    }
    return len > 0 ? part + 1 : 0;
}

static unsigned count_segments(const char *text, size_t len)
{
    bool is_ucs2 = is_foreign(text, len);
    unsigned alone = write_out(text, len, is_ucs2, is_ucs2 ? 70 : 160);
    return alone <= 1 ? alone : write_out(text, len, is_ucs2, is_ucs2 ? 67 : 153);
}

/* ---- the properties -------------------------------------------------------------------------------------------- */

static void measure_and_reference_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct gsm7_size size;
        AUTO_BUF text;
        buf_init(&text, 8192);
        draw(&text);
        gsm7_measure(buf_span(&text), &size);
        assert_int_equal(size.is_ucs2, is_foreign(text.data, text.len));
        assert_int_equal(size.segments, count_segments(text.data, text.len));
        assert_true(size.segments == 0 || size.left < (size.is_ucs2 ? 70u : 160u));
        assert_true(size.units <= size.segments * (size.is_ucs2 ? 70u : 160u));
    }
}

/* Is `len` an end between two signs? */
static size_t next_end(const struct buf *text, size_t len)
{
    uint32_t character;
    return len + utf8_decode(text->data + len, text->len - len, &character);
}

static void prefix_is_the_longest_that_fits(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        AUTO_BUF text;
        unsigned segments = next_random() % 4;
        size_t want = 0;
        buf_init(&text, 8192);
        draw(&text);
        for (size_t end = 0; end < text.len;) {
            end = next_end(&text, end);
            if (count_segments(text.data, end) <= segments)
                want = end;
            else if (count_segments(text.data, end) > segments + 1)
                break;
        }
        assert_int_equal(gsm7_prefix(buf_span(&text), segments), want);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(measure_and_reference_agree),
        cmocka_unit_test(prefix_is_the_longest_that_fits),
    };
    const char *seed = getenv("PROPERTY_SEED");
    generator = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    printf("# PROPERTY_SEED=%" PRIu64 "\n", generator);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
