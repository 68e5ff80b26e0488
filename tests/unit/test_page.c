/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_page - the frame of every page, who may send a form to us, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/limit.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/style.h"
#include "tests/support/markup.h"

static void page_init(struct visits_page *page)
{
    *page = (struct visits_page){ .status = 0 };
    buf_init(&page->body, VISITS_BODY_MAX);
}

static void page_is_well_formed_and_finds_its_style_from_any_depth(void **state)
{
    static const struct {
        const char *path, *want;
    } cases[] = {
        { "/", "style.css" },
        { "/x", "style.css" },
        { "/ack/token", "../style.css" },
        { "/a/b/c", "../../style.css" },
        { "/1/2/3/4/5/6/7/8/9/10", "../../../../../../../../style.css" },
        { "", "style.css" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct visits_page page;
        AUTO_BUF text;
        AUTO_BUF href;
        page_init(&page);
        buf_init(&text, 8192);
        buf_init(&href, 512);
        assert_int_equal(page_say(cases[i].path, 404, "<Title>", "A & B", NULL, &page), 0);
        assert_int_equal(page.status, 404);
        assert_string_equal(page.content_type, "text/html; charset=utf-8");
        const char *problem = markup_read_text(buf_span(&page.body), &text);
        if (problem)
            fail_msg("%s: %s", cases[i].path, problem);
        assert_non_null(strstr(text.data, "<Title>"));
        assert_non_null(strstr(text.data, "A & B"));
        assert_null(markup_read_attr(buf_span(&page.body), "href", &href));
        assert_string_equal(href.data, cases[i].want);
        buf_done(&page.body);
    }
}

static void page_has_no_script_no_inline_style_and_no_foreign_address(void **state)
{
    static const char *const absent[] = { "<script", "style=", "http:", "https:", "javascript:", "tel:", "onclick",
        "<img" };
    struct visits_page page;
    (void)state;
    page_init(&page);
    assert_int_equal(page_say("/ack/x", 200, "T", "S", "N", &page), 0);
    for (size_t i = 0; i < STR_COUNT(absent); i++)
        if (strstr(page.body.data, absent[i]))
            fail_msg("the page holds %s", absent[i]);
    assert_non_null(strstr(page.body.data, "format-detection\" content=\"telephone=no"));
    buf_done(&page.body);
}

static void style_asks_nobody_for_anything(void **state)
{
    (void)state;
    assert_true(strlen(style_css) > 1000);
    assert_null(strstr(style_css, "url("));
    assert_null(strstr(style_css, "@import"));
    assert_non_null(strstr(style_css, "@media print"));
}

static void every_header_of_the_list_is_there(void **state)
{
    static const struct {
        const char *name, *part;
    } cases[] = {
        { "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
        { "Strict-Transport-Security", "max-age=63072000" },
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Cache-Control", "no-store" },
        { "Permissions-Policy", "geolocation=()" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const struct http_header *h = page_headers;
        while (h->name && !str_equal(h->name, cases[i].name))
            h++;
        if (!h->name || !strstr(h->value, cases[i].part))
            fail_msg("%s is missing or wrong", cases[i].name);
    }
}

static void form_is_taken_from_our_own_page_only(void **state)
{
    static const struct {
        const char *label, *site, *origin;
        bool want;
    } cases[] = {
        { "neither header (curl, an old browser)", NULL, NULL, true },
        { "same origin", "same-origin", "https://line.example.org", true },
        { "default port and case", "same-origin", "HTTPS://Line.Example.org:443", true },
        { "no-referrer makes the origin null", "same-origin", "null", true },
        { "typed", "none", NULL, true },
        { "other site", "cross-site", NULL, false },
        { "sibling host", "same-site", "https://line.example.org", false },
        { "unknown word", "sameorigin", NULL, false },
        { "empty", "", NULL, false },
        { "other host", NULL, "https://evil.example", false },
        { "longer host", NULL, "https://line.example.org.evil.example", false },
        { "other scheme", NULL, "http://line.example.org", false },
        { "other port", NULL, "https://line.example.org:8443", false },
        { "no origin at all", NULL, "line.example.org", false },
        { "empty origin", NULL, "", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct request_header headers[2];
        struct request request = { .method = "POST", .path = "/", .query = "", .headers = headers };
        if (cases[i].site)
            headers[request.header_count++] = (struct request_header){ "sec-fetch-site", cases[i].site };
        if (cases[i].origin)
            headers[request.header_count++] = (struct request_header){ "Origin", cases[i].origin };
        if (origin_is_own(&request, "https://line.example.org/base") != cases[i].want)
            fail_msg("%s", cases[i].label);
    }
    struct request_header header = { "Origin", "https://line.example.org" };
    struct request request = { .method = "POST", .path = "/", .query = "", .headers = &header, .header_count = 1 };
    assert_false(origin_is_own(&request, ""));
}

static void console_may_be_reached_under_another_name(void **state)
{
    static const struct {
        const char *label, *site, *origin, *host;
        bool want;
    } cases[] = {
        { "the host that was asked, through a tunnel", "same-origin", "http://127.0.0.1:8481", "127.0.0.1:8481", true },
        { "the same behind TLS", "same-origin", "https://desk.example.org", "desk.example.org", true },
        { "default port and case", NULL, "https://Desk.Example.org", "desk.example.org:443", true },
        { "the public address", NULL, "https://line.example.org", "desk.example.org", true },
        { "not told", NULL, "null", "desk.example.org", true },
        { "another host", NULL, "https://evil.example", "desk.example.org", false },
        { "longer host", NULL, "https://desk.example.org.evil.example", "desk.example.org", false },
        { "another port", NULL, "http://127.0.0.1:8482", "127.0.0.1:8481", false },
        { "the browser says that another site sent it", "cross-site", "https://desk.example.org", "desk.example.org",
            false },
        { "a sibling", "same-site", "null", "desk.example.org", false },
        { "a host with a path", NULL, "https://desk.example.org", "evil.example/desk.example.org", false },
        { "no host", NULL, "https://desk.example.org", NULL, false },
        { "no origin at all", NULL, "desk.example.org", "desk.example.org", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct request_header headers[3] = { { "Origin", cases[i].origin } };
        struct request request = { .method = "POST", .path = "/", .query = "", .headers = headers, .header_count = 1 };
        if (cases[i].site)
            headers[request.header_count++] = (struct request_header){ "Sec-Fetch-Site", cases[i].site };
        if (cases[i].host)
            headers[request.header_count++] = (struct request_header){ "Host", cases[i].host };
        if (origin_is_here(&request, "https://line.example.org/base") != cases[i].want)
            fail_msg("%s", cases[i].label);
    }
}

static void limit_lets_a_burst_through_and_then_the_rate(void **state)
{
    (void)state;
    struct limit *limit = limit_new();
    unsigned char tag[LIMIT_TAG_LEN] = { 1 }, other[LIMIT_TAG_LEN] = { 1, 0, 7 };
    int64_t now = 1000000;
    for (unsigned i = 0; i < 30; i++)
        assert_true(limit_allow(limit, tag, 30, now));
    assert_false(limit_allow(limit, tag, 30, now));
    assert_true(limit_allow(limit, other, 30, now)); /* the same set of the table, another counter */
    assert_true(limit_allow(limit, tag, 30, now + 2000));
    assert_false(limit_allow(limit, tag, 30, now + 2000));
    assert_false(limit_allow(limit, tag, 30, now - 50000)); /* a clock set back gives nothing ... */
    assert_true(limit_allow(limit, tag, 30, now - 47900));  /* ... and takes nothing for long */
    for (unsigned i = 0; i < 30; i++)
        assert_true(limit_allow(limit, tag, 30, now + 60000 + 47900));
    limit_free(limit);
}

static void limit_of_one_survives_a_flood_of_strangers(void **state)
{
    (void)state;
    struct limit *limit = limit_new();
    unsigned char tag[LIMIT_TAG_LEN] = { 1 };
    for (unsigned i = 0; i < 30; i++)
        assert_true(limit_allow(limit, tag, 30, 1000));
    for (unsigned i = 0; i < 1000000; i++) {
        unsigned char stranger[LIMIT_TAG_LEN] = { (unsigned char)i, (unsigned char)(i >> 8), (unsigned char)(i >> 16),
            9 };
        (void)!limit_allow(limit, stranger, 30, 1001 + i / 1000);
        if (i % 512 == 0)
            assert_false(limit_allow(limit, tag, 30, 1001 + i / 1000));
    }
    limit_free(limit);
}

static void language_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(language_name("ceb"), "Cebuano");
    assert_string_equal(language_name("hi-Latn"), "Hindi in Latin letters");
    assert_string_equal(language_name("zh-Hans"), "Chinese");
    assert_string_equal(language_name("und"), "not recognised");
    assert_string_equal(language_name("xx"), "xx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_is_well_formed_and_finds_its_style_from_any_depth),
        cmocka_unit_test(page_has_no_script_no_inline_style_and_no_foreign_address),
        cmocka_unit_test(style_asks_nobody_for_anything),
        cmocka_unit_test(every_header_of_the_list_is_there),
        cmocka_unit_test(form_is_taken_from_our_own_page_only),
        cmocka_unit_test(console_may_be_reached_under_another_name),
        cmocka_unit_test(limit_lets_a_burst_through_and_then_the_rate),
        cmocka_unit_test(limit_of_one_survives_a_flood_of_strangers),
        cmocka_unit_test(language_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
