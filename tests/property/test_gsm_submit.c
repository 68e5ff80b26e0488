/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_gsm_submit - what submit writes, pdu reads back as the same text, in as few parts as gsm7 promises and with no
 * sign cut.
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
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/gsm/pdu.h"
#include "handlers/gsm/submit.h"

#define ROUNDS 800
#define SIGNS_MAX 260
#define TEXT_MAX 16384
#define TPDU_OCTETS_MAX 164 /* what a modem's line takes: a TP-UD of 140 and the longest head before it */

static uint64_t generator;

/* xorshift64*: any seed but 0 */
static uint32_t next_random(void)
{
    generator ^= generator >> 12;
    generator ^= generator << 25;
    generator ^= generator >> 27;
    return (uint32_t)(generator * 0x2545f4914f6cdd1dULL >> 32);
}

/* Signs of one alphabet a row; the last ones are several characters that a reader sees as one. */
static const char *const rows[][8] = {
    { "a", "Z", "€", "{", "\n", "à", "7", " " },
    { "क", "ख", "म", "।", " ", "क्षि", "नी", "स्त्र" },
    { "ত", "ব", " ", "ণ", "৫", "কা", "ন্দ্র", "য়" },
    { "ช", "ว", " ", "ด้", "เก", "กู้", "ย", "ๆ" },
    { "م", "ن", " ", "س", "َ", "ٱ", "ئ", "ة" },
    { "😀", "👩\xe2\x80\x8d👧", "🇵🇭", "👍🏽", "a", "ñ", "✋", " " },
    { "ğ", "ş", "İ", "ç", "a", " ", "ı", "i" },
    { "ක", "ම", "ශ්\xe2\x80\x8dර", "ව", " ", "නි", "ය", "." },
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static void draw(struct buf *text)
{
    unsigned count = next_random() % (SIGNS_MAX + 1), row = next_random() % ROW_COUNT;
    for (unsigned i = 0; i < count; i++) {
        unsigned other = next_random() % 40 ? row : next_random() % ROW_COUNT;
        buf_add_text(text, rows[other][next_random() % 8]);
    }
}

/* Does a sign of ours begin at that place, in some way of cutting the text into signs? Marks never begin one. */
static bool begins_sign(const char *text)
{
    static const char *const never[] = { "्", "ी", "ি", "া", "্", "ํ", "้", "ู", "\xe2\x80\x8d", "🏽", "َ", "්", "ි", "়" };
    for (size_t i = 0; i < STR_COUNT(never); i++)
        if (strncmp(text, never[i], strlen(never[i])) == 0)
            return false;
    return true;
}

static void check_text(struct span text, const struct gsm_submit_options *options)
{
    static struct gsm_pdu pdus[GSM_PARTS_MAX];
    static char got[TEXT_MAX], alone[TEXT_MAX];
    const struct gsm_pdu *parts[GSM_PARTS_MAX];
    struct gsm_plan plan;
    assert_int_equal(gsm_submit_plan(text, options, &plan), 0);
    unsigned count = plan.parts ? plan.parts : 1;
    size_t at = 0;
    for (unsigned i = 0; i < count; i++) {
        char hex[GSM_SUBMIT_HEX_MAX];
        unsigned length = 0;
        assert_int_equal(gsm_submit_write(text, options, &plan, i + 1, "+639171234567", hex, &length), 0);
        assert_int_equal(strlen(hex), 2 * (length + 1));
        assert_in_range(length, 1, TPDU_OCTETS_MAX);
        assert_int_equal(gsm_pdu_parse_submit(span_of(hex), &pdus[i]), 0);
        assert_false(pdus[i].is_salvaged);
        assert_int_equal(pdus[i].part, count > 1 ? i + 1 : 0);
        assert_int_equal(pdus[i].part_ref, count > 1 ? options->reference : 0);
        parts[i] = &pdus[i];
        if (at && at < text.len && !begins_sign(text.data + at))
            fail_msg("part %u begins inside a sign", i + 1);
        at += gsm_pdu_text(&parts[i], 1, alone, sizeof alone);
    }
    assert_int_equal(gsm_pdu_text(parts, count, got, sizeof got), text.len);
    assert_int_equal(at, text.len); /* each part can be read by itself */
    assert_string_equal(got, text.len ? text.data : "");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const struct gsm_submit_options options = { .reference = (uint8_t)next_random(),
            .wants_report = next_random() % 2,
            .may_use_national = round % 4 == 0,
            .validity_minutes = next_random() % 2000 };
        AUTO_BUF text;
        buf_init(&text, TEXT_MAX);
        draw(&text);
        check_text(buf_span(&text), &options);
    }
}

/* Budgets and previews count with gsm7; the modem sends what submit writes. */
static void both_count_the_same_parts(void **state)
{
    (void)state;
    const struct gsm_submit_options plain = { .reference = 1 }, national = { .reference = 1, .may_use_national = true };
    for (unsigned round = 0; round < ROUNDS / 4; round++) {
        struct gsm7_size size;
        struct gsm_plan plan, shorter;
        AUTO_BUF text;
        buf_init(&text, TEXT_MAX);
        draw(&text);
        gsm7_measure(buf_span(&text), &size);
        assert_int_equal(gsm_submit_plan(buf_span(&text), &plain, &plan), 0);
        assert_int_equal(plan.parts, size.segments);
        assert_int_equal(plan.units, size.units);
        assert_true(!size.segments || plan.left == size.left);
        assert_int_equal(gsm_submit_plan(buf_span(&text), &national, &shorter), 0);
        assert_true(shorter.parts <= plan.parts);
    }
}

static void a_number_that_cannot_be_dialled_is_refused(void **state)
{
    static const char *const numbers[] = { "", "+", "STC", "+97150 123", "123456789012345678901", "12a" };
    const struct gsm_submit_options options = { .reference = 1 };
    char hex[GSM_SUBMIT_HEX_MAX];
    struct gsm_plan plan;
    unsigned length;
    (void)state;
    assert_int_equal(gsm_submit_plan(span_of("x"), &options, &plan), 0);
    for (size_t i = 0; i < STR_COUNT(numbers); i++)
        assert_int_equal(gsm_submit_write(span_of("x"), &options, &plan, 1, numbers[i], hex, &length), ERR_INVALID);
    assert_int_equal(gsm_submit_write(span_of("x"), &options, &plan, 2, "8080", hex, &length), ERR_INVALID);
    assert_int_equal(gsm_submit_write(span_of("x"), &options, &plan, 1, "8080", hex, &length), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(both_count_the_same_parts),
        cmocka_unit_test(a_number_that_cannot_be_dialled_is_refused),
    };
    const char *seed = getenv("PROPERTY_SEED");
    generator = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    printf("# PROPERTY_SEED=%" PRIu64 "\n", generator);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
