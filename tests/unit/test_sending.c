/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sending - a text is so written that the network lets it through, and the night of a country is its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "config/sending.h"
#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "tests/support/wordsdir.h"

static int load_committed(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    if (texts_load(NULL, NULL, "config/countries.conf", report, &texts))
        wordsdir_print(report, "config/countries.conf");
    *state = texts;
    return texts ? 0 : -1;
}

static int free_committed(void **state)
{
    texts_free(*state);
    return 0;
}

static void text_is_changed_only_where_a_rule_asks_for_it(void **state)
{
    static const struct {
        const char *label, *country, *text, *want;
        unsigned changed;
    } rows[] = {
        { "plain", "AE", "he beats me", "he beats me", 0 },
        { "number", "AE", "call +971 50 123 4567 now", "call +*** now", SENDING_NUMBERS },
        { "two numbers", "AE", "0501234567,0507654321", "***,***", SENDING_NUMBERS },
        { "number in Arabic digits", "AE", "اتصلي ٠٥٠١٢٣٤٥٦٧ الان", "اتصلي *** الان", SENDING_NUMBERS },
        { "amounts and hours stay", "AE", "3 days, 1200 AED, after 11:30", "3 days, 1200 AED, after 11:30", 0 },
        { "link", "AE", "see https://a.example.org/x. Go", "see https: //a(.)example(.)org/x(.) Go", SENDING_LINKS },
        { "bare name", "TW", "bit.ly/x", "bit(.)ly/x", SENDING_LINKS },
        { "address", "AE", "mail a@b", "mail a(@)b", SENDING_LINKS },
        { "link between letters of another script", "CN", "请看bit.ly/x谢谢", "请看bit(.)ly/x谢谢", SENDING_LINKS },
        { "word", "QA", "he wants SEX, sexual", "he wants S*X, s*xual", SENDING_WORDS },
        { "not a part of a word", "QA", "Essex", "Essex", 0 },
        { "word with any ending", "AE", "politicians", "p*liticians", SENDING_WORDS },
        { "Arabic word", "QA", "اذهبي الى الوزارة", "اذهبي الى الو*ارة", SENDING_WORDS },
        { "all at once", "AE", "sex www.x.org 0501234567", "s*x www(.)x(.)org ***",
            SENDING_WORDS | SENDING_LINKS | SENDING_NUMBERS },
        { "the same where it is allowed", "SA", "sex www.x.org 0501234567", "sex www.x.org 0501234567", 0 },
        { "no country", "", "www.x.org 0501234567", "www.x.org 0501234567", 0 },
        { "country without an entry", "FR", "www.x.org 0501234567", "www.x.org 0501234567", 0 },
        { "empty", "AE", "", "", 0 },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 1000);
        unsigned changed = sending_adapt(*state, rows[i].country, span_of(rows[i].text), SENDING_EVERYTHING, &out);
        if (changed != rows[i].changed || !span_equal(buf_span(&out), span_of(rows[i].want)))
            fail_msg("%s: %u %s", rows[i].label, changed, out.data ? out.data : "");
    }
}

static void parts_that_are_not_asked_for_stay(void **state)
{
    AUTO_BUF out;
    buf_init(&out, 1000);
    assert_int_equal(
        sending_adapt(*state, "AE", span_of("case 12345678, sex"), SENDING_LINKS | SENDING_WORDS, &out), SENDING_WORDS);
    assert_string_equal(out.data, "case 12345678, s*x");
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* What is refused in a text is gone from what is made of it, whatever stands side by side in it. */
static void adapted_text_keeps_every_rule(void **state)
{
    static const char *const bits[] = { "sex", "ual", "pol", "itic", " ", "*", "+", "97", "1", "50123", "-", ".", "(",
        ")", "www.", "a", "org", "ly/", "@", "://", "http", "٥", "जन", "সরকার", "سياس", "政治", "\n", "emir", "!",
        "x" };
    static const char *const countries[] = { "AE", "QA", "TR", "HK", "IN", "CN", "MY", "SA", "" };
    const char *given = getenv("SENDING_SEED");
    unsigned first = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL), seed = first;
    for (int round = 0; round < 20000; round++) {
        AUTO_BUF text;
        AUTO_BUF out;
        struct error error = { "" };
        buf_init(&text, 1000);
        buf_init(&out, 4000);
        buf_add_text(&text, "");
        for (unsigned n = next_random(&seed) % 12; n > 0; n--)
            buf_add_text(&text, bits[next_random(&seed) % STR_COUNT(bits)]);
        const char *country = countries[next_random(&seed) % STR_COUNT(countries)];
        unsigned changed = sending_adapt(*state, country, buf_span(&text), SENDING_EVERYTHING, &out);
        bool is_kept = texts_check(*state, country, buf_span(&text), &error) == 0;
        if (texts_check(*state, country, buf_span(&out), &error))
            fail_msg("SENDING_SEED=%u %s \"%s\" became \"%s\": %s", first, country, text.data, out.data, error.text);
        if (is_kept != !changed)
            fail_msg("SENDING_SEED=%u %s \"%s\": %u", first, country, text.data, changed);
    }
}

static void night_ends_by_the_clock_of_the_country(void **state)
{
    static const struct {
        const char *country, *now, *want; /* "" = it is not quiet */
    } rows[] = {
        { "SA", "2026-06-01T18:59:59Z", "" },
        { "SA", "2026-06-01T19:00:00Z", "2026-06-02T04:00:00Z" },
        { "SA", "2026-06-02T03:59:30Z", "2026-06-02T04:00:00Z" },
        { "SA", "2026-06-02T04:00:00Z", "" },
        { "AE", "2026-06-01T17:00:00Z", "2026-06-02T03:00:00Z" }, /* from 21 there */
        { "NP", "2026-06-01T16:20:00Z", "2026-06-02T01:15:00Z" }, /* 5:45 ahead */
        { "LB", "2026-06-01T19:30:00Z", "2026-06-02T04:00:00Z" }, /* summer */
        { "LB", "2026-01-01T20:30:00Z", "2026-01-02T05:00:00Z" }, /* winter */
        { "CY", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z" }, /* the clock is put forward in that night */
        { "CY", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z" }, /* and back in that one */
        { "FR", "2026-06-01T23:00:00Z", "" },
        { "", "2026-06-01T23:00:00Z", "" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t now_ms = 0, want = 0;
        char text[CLOCK_TEXT_MAX] = "";
        assert_int_equal(clock_parse(rows[i].now, &now_ms), 0);
        if (*rows[i].want)
            assert_int_equal(clock_parse(rows[i].want, &want), 0);
        int64_t until = sending_quiet_until(*state, rows[i].country, now_ms);
        clock_format(until, text);
        if (until != want)
            fail_msg("%s %s: until %s", rows[i].country, rows[i].now, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_changed_only_where_a_rule_asks_for_it),
        cmocka_unit_test(parts_that_are_not_asked_for_stay),
        cmocka_unit_test(adapted_text_keeps_every_rule),
        cmocka_unit_test(night_ends_by_the_clock_of_the_country),
    };
    return cmocka_run_group_tests(tests, load_committed, free_committed);
}
