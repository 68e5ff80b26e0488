/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_joining - which piece belongs where, how pieces read, and when somebody is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/joining.h"

#define NOW 1764000000000LL

static void only_a_part_with_sense_is_joined(void **state)
{
    static const struct {
        unsigned part, total;
        bool want;
    } table[] = { { 0, 0, false }, { 1, 1, false }, { 1, 2, true }, { 2, 2, true }, { 3, 2, false }, { 0, 2, false },
        { 255, 255, true }, { 1, 256, false }, { 2, 0, false } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct sms_in sms = { .part = table[i].part, .part_total = table[i].total };
        if (joining_is_part(&sms) != table[i].want)
            fail_msg("part %u of %u", table[i].part, table[i].total);
    }
}

static void pieces_read_in_order_with_the_gaps_shown(void **state)
{
    static const struct {
        const char *label;
        unsigned count, parts[4];
        const char *texts[4], *want;
    } table[] = {
        { "all", 3, { 1, 2, 3 }, { "he be", "ats", " me" }, "he beats me" },
        { "the first alone", 1, { 1 }, { "he be" }, "he be" },
        { "the second alone", 1, { 2 }, { "ats" }, " [...] ats" },
        { "the middle is missing", 2, { 1, 3 }, { "he be", "me" }, "he be [...] me" },
        { "two in a row are missing", 2, { 1, 4 }, { "a", "b" }, "a [...] b" },
        { "an empty piece", 2, { 1, 2 }, { "", "x" }, "x" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct joining_piece pieces[4];
        AUTO_BUF out;
        buf_init(&out, 1000);
        for (unsigned n = 0; n < table[i].count; n++)
            pieces[n] = (struct joining_piece){ table[i].parts[n], span_of(table[i].texts[n]), 0 };
        joining_write(pieces, table[i].count, &out);
        if (!str_equal(out.data, table[i].want))
            fail_msg("%s: %s", table[i].label, out.data);
    }
}

static void text_beyond_the_ceiling_keeps_its_beginning(void **state)
{
    struct joining_piece pieces[] = { { 1, span_of("abc"), 0 }, { 2, span_of("d\xc3\xa9"), 0 },
        { 3, span_of("f"), 0 } };
    AUTO_BUF out;
    (void)state;
    buf_init(&out, 5);
    joining_write(pieces, 2, &out);
    assert_int_equal(buf_check(&out), 0);
    assert_string_equal(out.data, "abcd");
}

static void reference_means_the_same_text_for_ten_minutes(void **state)
{
    static const struct {
        const char *label;
        int64_t after_ms;
        bool has_part, is_same;
        enum joining_fit want;
    } table[] = {
        { "the next piece", 1000, false, false, JOINING_FIT_NEXT },
        { "the same piece again", 1000, true, true, JOINING_FIT_COPY },
        { "another piece in its place", 1000, true, false, JOINING_FIT_OTHER },
        { "the last moment", JOINING_WINDOW_MS, false, false, JOINING_FIT_NEXT },
        { "too late", JOINING_WINDOW_MS + 1, false, false, JOINING_FIT_OTHER },
        { "the reference has come round", JOINING_WINDOW_MS + 1, true, true, JOINING_FIT_OTHER },
        { "a clock that was set back", -5000, false, false, JOINING_FIT_NEXT },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (joining_fit(table[i].after_ms, table[i].has_part, table[i].is_same) != table[i].want)
            fail_msg("%s", table[i].label);
}

static void nothing_waits_that_should_not(void **state)
{
    const category_set fact = CATEGORY_BIT(violence);
    const struct {
        const char *label;
        struct joining_facts facts;
        enum joining_act want;
    } table[] = {
        { "1 of 3, wages",
            { .arrived = 1, .total = 3, .is_help = true, .urgency = URGENCY_soon, .facts = fact, .has_news = true },
            JOINING_WAIT },
        { "1 of 3, unclear", { .arrived = 1, .total = 3, .is_help = true, .urgency = URGENCY_urgent, .has_news = true },
            JOINING_WAIT },
        { "1 of 3, urgent with a fact",
            { .arrived = 1, .total = 3, .is_help = true, .urgency = URGENCY_urgent, .facts = fact, .has_news = true },
            JOINING_TELL },
        { "1 of 3, critical",
            { .arrived = 1, .total = 3, .is_help = true, .urgency = URGENCY_critical, .has_news = true },
            JOINING_TELL },
        { "an advert with urgent words",
            { .arrived = 1, .total = 3, .urgency = URGENCY_urgent, .facts = fact, .has_news = true }, JOINING_WAIT },
        { "the wait is over", { .arrived = 1, .total = 3, .is_due = true, .is_help = true, .has_news = true },
            JOINING_TELL },
        { "whole", { .arrived = 3, .total = 3, .is_help = true, .has_news = true }, JOINING_TELL },
        { "told, a further part", { .arrived = 2, .total = 3, .is_help = true, .is_told = true, .has_news = true },
            JOINING_WAIT },
        { "told, and it rises",
            { .arrived = 2, .total = 3, .is_help = true, .is_told = true, .is_rise = true, .has_news = true },
            JOINING_TELL },
        { "told, the wait is over", { .arrived = 2, .total = 3, .is_due = true, .is_told = true, .has_news = true },
            JOINING_TELL_AGAIN },
        { "told, whole", { .arrived = 3, .total = 3, .is_told = true, .has_news = true }, JOINING_TELL_AGAIN },
        { "told, whole, and it rises", { .arrived = 3, .total = 3, .is_told = true, .is_rise = true, .has_news = true },
            JOINING_TELL },
        { "told by another message meanwhile", { .arrived = 2, .total = 3, .is_due = true, .is_told = true },
            JOINING_REST },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        if (joining_decide(&table[i].facts) != table[i].want)
            fail_msg("%s: %d", table[i].label, (int)joining_decide(&table[i].facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_part_with_sense_is_joined),
        cmocka_unit_test(pieces_read_in_order_with_the_gaps_shown),
        cmocka_unit_test(text_beyond_the_ceiling_keeps_its_beginning),
        cmocka_unit_test(reference_means_the_same_text_for_ten_minutes),
        cmocka_unit_test(nothing_waits_that_should_not),
    };
    return cmocka_run_group_tests_name("joining", tests, NULL, NULL);
}
