/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_html - a page holds literals and escaped text, and nothing else. */
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
#include "gateway/console/html.h"
#include "tests/support/markup.h"

#define PAGE_MAX 65536
#define ROUNDS 20000

static void text_arrives_as_it_was(void **state)
{
    static const struct {
        const char *label, *in, *want;
    } cases[] = {
        { "plain", "hello", "hello" },
        { "markup", "<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;" },
        { "quotes", "\"it's\"", "&quot;it&#39;s&quot;" },
        { "line ends", "a\nb\r\nc", "a\nb&#13;\nc" },
        { "control characters", "a\x01\x1b\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "C1 control", "\xc2\x9b", "\xef\xbf\xbd" },
        { "invalid UTF-8", "a\xff\xc0", "a\xef\xbf\xbd\xef\xbf\xbd" },
        { "override of direction",
            "x\xe2\x80\xae"
            "fdp",
            "x[U+202E]fdp" },
        { "isolate", "\xe2\x81\xa6", "[U+2066]" },
        { "marks of direction are harmless", "\xe2\x80\x8f", "\xe2\x80\x8f" },
        { "Khmer", "ជួយ", "ជួយ" },
        { "joiners", "क्‍ष", "क्‍ष" },
        { "emoji", "😢", "😢" },
        { "nothing", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF page;
        AUTO_HTML *html = html_new(PAGE_MAX);
        buf_init(&page, PAGE_MAX);
        html_string(html, cases[i].in);
        assert_int_equal(html_finish(html, &page), 0);
        if (!span_equal(buf_span(&page), span_of(cases[i].want)))
            fail_msg("%s: got %s", cases[i].label, page.data);
    }
}

static void attribute_cannot_be_left(void **state)
{
    (void)state;
    AUTO_BUF page;
    AUTO_HTML *html = html_new(PAGE_MAX);
    buf_init(&page, PAGE_MAX);
    H_LIT(html, "<p");
    H_ATTR(html, "title", "\" onclick=\"x");
    H_LIT(html, ">");
    html_number(html, -42);
    H_LIT(html, "</p>");
    assert_int_equal(html_finish(html, &page), 0);
    assert_string_equal(page.data, "<p title=\"&quot; onclick=&quot;x\">-42</p>");
}

static void text_in_a_tag(struct html *html)
{
    H_LIT(html, "<p ");
    html_string(html, "onclick=x");
    H_LIT(html, ">");
}

static void text_in_a_value(struct html *html)
{
    H_LIT(html, "<p title=\"");
    html_string(html, "x");
    H_LIT(html, "\">");
}

static void number_in_a_tag(struct html *html)
{
    H_LIT(html, "<p title=");
    html_number(html, 1);
    H_LIT(html, ">");
}

static void attribute_in_text(struct html *html)
{
    H_ATTR(html, "title", "x");
}

static void attribute_in_a_value(struct html *html)
{
    H_LIT(html, "<p title=\"");
    H_ATTR(html, "lang", "x");
    H_LIT(html, "\">");
}

static void script(struct html *html)
{
    H_LIT(html, "<SCRIPT>");
    html_string(html, "x");
    H_LIT(html, "</SCRIPT>");
}

static void style(struct html *html)
{
    H_LIT(html, "<style>");
    H_LIT(html, "</style>");
}

static void comment(struct html *html)
{
    H_LIT(html, "<!-- ");
    H_LIT(html, " -->");
}

static void single_quotes(struct html *html)
{
    H_LIT(html, "<p title='x'>");
}

static void open_tag(struct html *html)
{
    H_LIT(html, "<p");
}

static void call_in_the_wrong_place_spoils_the_page(void **state)
{
    static const struct {
        const char *label;
        void (*write)(struct html *html);
    } cases[] = {
        { "text in a tag", text_in_a_tag },
        { "text in a value", text_in_a_value },
        { "number in a tag", number_in_a_tag },
        { "attribute in text", attribute_in_text },
        { "attribute in a value", attribute_in_a_value },
        { "script", script },
        { "style", style },
        { "comment", comment },
        { "single quotes", single_quotes },
        { "open tag", open_tag },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF page;
        AUTO_HTML *html = html_new(PAGE_MAX);
        buf_init(&page, PAGE_MAX);
        cases[i].write(html);
        if (html_finish(html, &page) != ERR_INVALID || page.len)
            fail_msg("%s is printed", cases[i].label);
    }
}

static void page_that_grows_too_large_is_refused(void **state)
{
    (void)state;
    AUTO_BUF page;
    AUTO_HTML *html = html_new(8);
    buf_init(&page, PAGE_MAX);
    html_string(html, "<<<");
    assert_int_equal(html_finish(html, &page), ERR_LIMIT);
    assert_int_equal(page.len, 0);
}

/* ---- property -------------------------------------------------------------------------------------------------- */

static uint32_t next_random(uint64_t *generator)
{
    *generator ^= *generator >> 12;
    *generator ^= *generator << 25;
    *generator ^= *generator >> 27;
    return (uint32_t)(*generator * 0x2545f4914f6cdd1dULL >> 32);
}

static void draw(uint64_t *generator, struct buf *out)
{
    static const char special[] = "<>&\"'\r\n\t/=-!;#x";
    static const uint32_t starts[] = { 0, 0x80, 0x590, 0x900, 0x1780, 0x2000, 0x2060, 0xfd00, 0xff00, 0x1f600 };
    for (unsigned n = next_random(generator) % 60; n > 0; n--) {
        uint32_t kind = next_random(generator) % 3, value = next_random(generator);
        if (kind == 0)
            buf_add_char(out, special[value % (sizeof special - 1)]);
        else if (kind == 1)
            buf_add_char(out, (char)value);
        else
            utf8_encode(out, starts[value % STR_COUNT(starts)] + (value >> 8) % 0x100);
    }
}

static void any_text_read_back_is_the_text(void **state)
{
    (void)state;
    const char *given = getenv("PROPERTY_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    uint64_t generator = seed | 1;
    printf("# seed %llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < ROUNDS; i++) {
        AUTO_BUF text;
        AUTO_BUF page;
        AUTO_BUF got;
        AUTO_BUF want;
        AUTO_HTML *html = html_new(PAGE_MAX);
        struct buf *all[] = { &text, &page, &got, &want };
        for (size_t b = 0; b < STR_COUNT(all); b++)
            buf_init(all[b], PAGE_MAX);
        draw(&generator, &text);
        H_LIT(html, "<p>");
        html_text(html, buf_span(&text));
        H_LIT(html, "</p>");
        assert_int_equal(html_finish(html, &page), 0);
        const char *problem = markup_read_text(buf_span(&page), &got);
        markup_expect(buf_span(&text), &want);
        if (problem || !span_equal(buf_span(&got), buf_span(&want)))
            fail_msg("round %u: %s: %s", i, problem ? problem : "another text", page.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_arrives_as_it_was),
        cmocka_unit_test(attribute_cannot_be_left),
        cmocka_unit_test(call_in_the_wrong_place_spoils_the_page),
        cmocka_unit_test(page_that_grows_too_large_is_refused),
        cmocka_unit_test(any_text_read_back_is_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
