/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_highlight - the words that spoke for a label, marked in her text. */
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
#include "gateway/console/cases/highlight.h"

#define M(label) "<mark title=\"" label "\">"
#define E "</mark>"

static void mark(const char *text, const char *evidence, struct buf *out)
{
    struct error error = { "" };
    AUTO_JSON *json = json_read(span_of(evidence), &error);
    AUTO_HTML *html = html_new(100000);
    assert_non_null(json);
    highlight_write(html, span_of(text), json);
    assert_int_equal(html_finish(html, out), 0);
}

static void words_are_marked_in_the_original(void **state)
{
    static const struct {
        const char *label, *text, *evidence, *want;
    } rows[] = {
        { "none", "he <beats> me", "[]", "he &lt;beats&gt; me" },
        { "one", "he beats me now", "[{\"start\":3,\"len\":8,\"label\":\"violence\"}]",
            "he " M("violence") "beats me" E " now" },
        { "whole", "stop", "[{\"start\":0,\"len\":4,\"label\":\"stop\"}]", M("stop") "stop" E },
        { "overlapping", "no food no pay",
            "[{\"start\":0,\"len\":10,\"label\":\"deprivation\"},{\"start\":8,\"len\":6,\"label\":\"wages\"}]",
            M("deprivation") "no food " E M("deprivation, wages") "no" E M("wages") " pay" E },
        { "the same label twice is named once", "beat beat",
            "[{\"start\":0,\"len\":9,\"label\":\"violence\"},{\"start\":0,\"len\":9,\"label\":\"violence\"}]",
            M("violence") "beat beat" E },
        { "outside, empty and negative are left out", "help",
            "[{\"start\":2,\"len\":9,\"label\":\"a\"},{\"start\":1,\"len\":0,\"label\":\"b\"},{\"start\":-1,\"len\":2,\"label\":\"c\"},{}]",
            "help" },
        { "a vowel sign stays with its letter (Devanagari)", "\u092e\u0941\u091d\u0947 \u092e\u093e\u0930\u093e",
            "[{\"start\":13,\"len\":3,\"label\":\"violence\"}]",
            "\u092e\u0941\u091d\u0947 " M("violence") "\u092e\u093e" E "\u0930\u093e" },
        { "a mark alone takes its letter along", "e\u0301x", "[{\"start\":1,\"len\":2,\"label\":\"v\"}]",
            M("v") "e\u0301" E "x" },
        { "coeng binds (Khmer)", "\u1780\u17d2\u1793\u17bb\u1784", "[{\"start\":0,\"len\":3,\"label\":\"v\"}]",
            M("v") "\u1780\u17d2\u1793\u17bb" E "\u1784" },
        { "right to left", "\u0647\u0648 \u064a\u0636\u0631\u0628\u0646\u064a",
            "[{\"start\":5,\"len\":12,\"label\":\"violence\"}]",
            "\u0647\u0648 " M("violence") "\u064a\u0636\u0631\u0628\u0646\u064a" E },
        { "what turns the direction is shown", "a\u202eb", "[{\"start\":0,\"len\":1,\"label\":\"v\"}]",
            M("v") "a" E "[U+202E]b" },
        { "a label cannot leave its attribute", "ab", "[{\"start\":0,\"len\":1,\"label\":\"\\\"><script>\"}]",
            M("&quot;&gt;&lt;script&gt;") "a" E "b" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 100000);
        mark(rows[i].text, rows[i].evidence, &out);
        if (!str_equal(out.data, rows[i].want))
            fail_msg("%s: %s", rows[i].label, out.data);
    }
}

/* Whatever the places are: without the marks the text is the same, in order. */
static void nothing_is_lost_whatever_the_places_are(void **state)
{
    static const char text[] = "\u1780\u17d2\u1793\u17bb\u1784 ab \u0647\u0648 \U0001f469\u200d\U0001f9b0 e\u0301";
    AUTO_BUF plain;
    (void)state;
    buf_init(&plain, 1000);
    mark(text, "[]", &plain);
    for (unsigned start = 0; start < sizeof text; start++) {
        for (unsigned len = 0; start + len < sizeof text + 1; len++) {
            char evidence[160];
            AUTO_BUF out, bare;
            buf_init(&out, 100000);
            buf_init(&bare, 100000);
            snprintf(evidence, sizeof evidence,
                "[{\"start\":%u,\"len\":%u,\"label\":\"a\"},{\"start\":4,\"len\":20,\"label\":\"b\"}]", start, len);
            mark(text, evidence, &out);
            assert_true(utf8_is_valid(buf_span(&out)));
            for (const char *at = out.data; *at;) {
                const char *tag = at[0] == '<' ? strchr(at, '>') : NULL;
                if (!tag)
                    buf_add_char(&bare, *at);
                at = tag ? tag + 1 : at + 1;
            }
            assert_string_equal(bare.data, plain.data);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_marked_in_the_original),
        cmocka_unit_test(nothing_is_lost_whatever_the_places_are),
    };
    return cmocka_run_group_tests_name("highlight", tests, NULL, NULL);
}
