/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_url - cutting URLs, filling templates, reading times, comparing MACs: the small shared tools of the channels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/inbound.h"
#include "handlers/signature.h"
#include "handlers/template.h"
#include "handlers/url.h"

static void urls_are_cut_without_changing_a_byte(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want; /* origin|host|port|path|query, NULL = refused */
    } cases[] = {
        { "https://a.example", "https://a.example|a.example|||" },
        { "https://a.example:8443/in/x?q=1#rc=5&rp=all", "https://a.example|a.example|:8443|/in/x|q=1" },
        { "HTTP://A/%7e/..", "HTTP://A|A||/%7e/..|" },
        { "https://a?", "https://a|a|||" },
        { "https://u:p@a:1/", "https://u:p@a|a|:1|/|" },
        { "http://[::1]:80/x", "http://[::1]|[::1]|:80|/x|" },
        { "https://a/b?c?d", "https://a|a||/b|c?d" },
        { "smtp://mail.example.org:587", "smtp://mail.example.org|mail.example.org|:587||" },
        { "https:///x", NULL },
        { "https://:443/x", NULL },
        { "https://a:port/x", NULL },
        { "https://a:/x", NULL },
        { "https://a:123456/x", NULL },
        { "https://a b/x", NULL },
        { "https://a/x\n", NULL },
        { "a.example/x", NULL },
        { "://a", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct url url;
        AUTO_BUF got;
        buf_init(&got, 1024);
        int rc = url_split(span_of(cases[i].in), &url);
        const struct span parts[] = { url.origin, url.host, url.port, url.path, url.query };
        for (size_t k = 0; !rc && k < STR_COUNT(parts); k++) {
            buf_add_text(&got, k ? "|" : "");
            buf_add_span(&got, parts[k]);
        }
        if (rc ? cases[i].want != NULL : !str_equal(got.data, cases[i].want))
            fail_msg("%s: %d %s", cases[i].in, rc, got.data ? got.data : "");
    }
}

static void plain_http_is_only_for_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool want;
    } cases[] = {
        { "https://example.org/x", true },
        { "http://127.0.0.1:8080/x", true },
        { "http://localhost/x", true },
        { "http://[::1]:1/x", true },
        { "http://example.org/x", false },
        { "http://127.0.0.1.example.org/x", false },
        { "http://localhost.example.org/x", false },
        { "http://127.0.0.1@example.org/x", false },
        { "ftp://example.org/x", false },
        { "", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        if (url_is_protected(cases[i].url) != cases[i].want)
            fail_msg("%s", cases[i].url);
    }
}

static void placeholders_are_escaped_for_their_place(void **state)
{
    (void)state;
    const struct template_value values[] = { { "to", span_of("+9665") }, { "text", span_of("a \"b\"\\\n&ሀ") },
        { NULL, { NULL, 0 } } };
    static const struct {
        enum template_place place;
        const char *template, *want; /* NULL = ERR_INVALID */
    } cases[] = {
        { TEMPLATE_PERCENT, "https://x/?to={to}&t={text}", "https://x/?to=%2B9665&t=a%20%22b%22%5C%0A%26%E1%88%80" },
        { TEMPLATE_JSON, "{\"to\":\"{to}\",\"t\":\"{text}\"}",
            "{\"to\":\"+9665\",\"t\":\"a \\\"b\\\"\\\\\\u000a&ሀ\"}" },
        { TEMPLATE_PLAIN, "{text}", "a \"b\"\\\n&ሀ" },
        { TEMPLATE_HEADER, "X-To: {to}", "X-To: +9665" },
        { TEMPLATE_HEADER, "X-Text: {text}", NULL },
        { TEMPLATE_PLAIN, "{unknown} {} { {to", "{unknown} {} { {to" },
        { TEMPLATE_PLAIN, "{{to}}", "{+9665}" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        buf_init(&out, 1024);
        int rc = template_fill(&out, cases[i].template, values, cases[i].place);
        if (rc ? cases[i].want != NULL : !str_equal(out.data, cases[i].want))
            fail_msg("%s: %d %s", cases[i].template, rc, out.data ? out.data : "");
    }
}

static void an_unknown_placeholder_is_named(void **state)
{
    (void)state;
    const struct template_value values[] = { { "to", { "", 0 } }, { NULL, { NULL, 0 } } };
    char unknown[16];
    assert_true(template_find_unknown("{to}{txt}", values, unknown, sizeof unknown));
    assert_string_equal(unknown, "txt");
    assert_false(template_find_unknown("{\"to\":\"{to}\"} {}", values, unknown, sizeof unknown));
}

static void times_come_in_many_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        { "2026-01-01T00:00:00Z", 1767225600000 },
        { "2026-01-01T03:00:00+03:00", 1767225600000 },
        { "2026-01-01T00:00:00.000+0000", 1767225600000 },
        { "2026-01-01 00:00:00", 1767225600000 },
        { "1767225600", 1767225600000 },
        { "1767225600123", 1767225600123 },
        { "yesterday", 0 },
        { "-5", 0 },
        { "99999999999999999999", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        if (inbound_time(span_of(cases[i].text)) != cases[i].want)
            fail_msg("%s: %lld", cases[i].text, (long long)inbound_time(span_of(cases[i].text)));
    }
}

#define FOX "The quick brown fox jumps over the lazy dog"
#define FOX_HEX "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9" /* HMAC-SHA1 under "key", as published everywhere */
#define FOX_BASE64 "3nybhbi3iqa8ino29wqQcBydtNk="
#define EMPTY_HEX "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d" /* HMAC-SHA1 of nothing under an empty key */

static void a_mac_fits_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *key, *data, *given;
        bool is_any, is_base64;
    } cases[] = {
        { "key", FOX, FOX_HEX, true, false },
        { "key", FOX, FOX_BASE64, true, true },
        { "key", FOX, "3nybhbi3iqa8ino29wqQcBydtNk", true, false },
        { "key", FOX, "3nybhbi3iqa8ino29wqQcBydtN", false, false },
        { "key", FOX, "de7c9b85", false, false },
        { "key", FOX, "", false, false },
        { "kez", FOX, FOX_HEX, false, false },
        { "", "", EMPTY_HEX, false, false },
        { "", "", "+9sdGxiqbAgyS31ktx+3Y3BpDh0=", false, false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct span key = span_of(cases[i].key), data = span_of(cases[i].data), given = span_of(cases[i].given);
        if (signature_is_any(MAC_SHA1, key, data, given) != cases[i].is_any ||
            signature_is_base64(MAC_SHA1, key, data, given) != cases[i].is_base64)
            fail_msg("case %zu", i);
    }
    assert_false(signature_is_secret(span_of(""), span_of("")));
    assert_true(signature_is_secret(span_of("s"), span_of("s")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_cut_without_changing_a_byte),
        cmocka_unit_test(plain_http_is_only_for_this_machine),
        cmocka_unit_test(placeholders_are_escaped_for_their_place),
        cmocka_unit_test(an_unknown_placeholder_is_named),
        cmocka_unit_test(times_come_in_many_forms),
        cmocka_unit_test(a_mac_fits_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
