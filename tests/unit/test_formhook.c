/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_formhook - fields of forms, queries and JSON in any charset; times as providers write them; signed addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/formhook.h"
#include "handlers/inbound.h"
#include "handlers/publicurl.h"
#include "tests/support/channels.h"

#define FORM "application/x-www-form-urlencoded"

static const struct jsonhook_paths names = {
    .from = "from sender", .to = "to", .id = "id mid", .text = "text", .time = "time", .is_msisdn = true
};

static void a_message_is_read_in_the_charset_that_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *label, *type, *body;
        int want;
        const char *from, *text;
    } cases[] = {
        { "UTF-8", FORM, "from=966500000001&text=caf%C3%A9", 1, "+966500000001", "café" },
        { "Latin-1, said", FORM "; charset=ISO-8859-1", "from=966500000001&text=caf%E9", 1, "+966500000001", "café" },
        { "Latin-1 that looks like UTF-8", FORM "; charset=iso-8859-1", "from=1&text=%C3%A9", 1, "1", "Ã©" },
        { "Latin-1, not said", FORM, "from=1&text=caf%E9", 1, "1", "café" },
        { "cut in a character", FORM, "from=1&text=%D9%85%D9", 1, "1", "م\xEF\xBF\xBD" },
        { "a charset that nobody knows", FORM "; charset=x-shop", "from=1&text=caf%C3%A9", 1, "1", "café" },
        { "wide text, narrow number", FORM "; charset=\"utf-16be\"", "from=966500000001&text=%06%45", 1,
            "+966500000001", "م" },
        { "all wide", FORM "; charset=utf-16be", "from=%008%000%008%000&text=%06%45", 1, "8080", "م" },
        { "JSON without a type", "", " {\"from\":8080,\"text\":\"x\"}", 1, "8080", "x" },
        { "JSON of a vendor", "application/vnd.a+json", "{\"sender\":\"8080\",\"from\":\"\",\"text\":\"x\"}", 1, "8080",
            "x" },
        { "a form that begins like JSON", FORM, "{=1&from=8080&text=x", 1, "8080", "x" },
        { "the second name, where the first is empty", FORM, "from=&sender=8080&text=x", 1, "8080", "x" },
        { "no text", FORM, "from=8080", 1, "8080", "" },
        { "no sender", FORM, "text=x", 1, "", "x" },
        { "neither", FORM, "id=1", ERR_INVALID, "", "" },
        { "nothing", FORM, "", 0, "", "" },
        { "a list", "application/json", "[1]", ERR_INVALID, "", "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const struct request_header headers[] = { { "content-type", cases[i].type } };
        struct request request = channels_post("/in/x/message", cases[i].body);
        struct sms_in sms = { .text = NULL };
        AUTO_FORMHOOK hook;
        formhook_init(&hook);
        request.headers = headers;
        assert_int_equal(formhook_read(&hook, &request, false), 0);
        int rc = formhook_fill(&hook, &names, &sms);
        if (rc != cases[i].want)
            fail_msg("%s: %d", cases[i].label, rc);
        if (rc == 1 && (strcmp(sms.from, cases[i].from) || strcmp(sms.text, cases[i].text)))
            fail_msg("%s: from %s text %s", cases[i].label, sms.from, sms.text);
        sms_in_done(&sms);
    }
}

static void a_query_counts_beside_a_body_only_where_it_is_asked_for(void **state)
{
    (void)state;
    struct request request = channels_post("/in/x/message", "from=8080");
    request.query = "text=x";
    for (int has_query = 0; has_query < 2; has_query++) {
        AUTO_FORMHOOK hook;
        formhook_init(&hook);
        assert_int_equal(formhook_read(&hook, &request, has_query), 0);
        assert_int_equal(formhook_has(&hook, "text"), has_query);
    }
}

static int read_post(struct formhook *hook, const char *type, const char *query, const char *body)
{
    const struct request_header header = { "Content-Type", type };
    struct request request = channels_post("/in/x/message", body);
    request.query = query;
    request.headers = &header;
    request.header_count = 1;
    formhook_init(hook);
    return formhook_read(hook, &request, false);
}

static void fields_are_found_wherever_a_provider_puts_them(void **state)
{
    (void)state;
    static const struct {
        const char *label, *type, *query, *body;
        int want;
    } cases[] = {
        { "a form", "application/x-www-form-urlencoded", "", "text=x", 0 },
        { "everything in the query of a POST", "application/x-www-form-urlencoded", "text=x", "", 0 },
        { "JSON that is said, a form that came", "application/json", "", "text=x", 0 },
        { "a mark of the byte order before a form", "", "", "\xef\xbb\xbftext=x", 0 },
        { "a mark of the byte order before JSON", "", "", "\xef\xbb\xbf{\"text\":\"x\"}", 0 },
        { "broken JSON", "application/json", "", "{\"text\":", ERR_INVALID },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct formhook hook;
        int rc = read_post(&hook, cases[i].type, cases[i].query, cases[i].body);
        if (rc != cases[i].want || (!rc && !formhook_has(&hook, "text")))
            fail_msg("%s: %d", cases[i].label, rc);
        formhook_done(&hook);
    }
}

static void times_are_read_as_providers_write_them(void **state)
{
    (void)state;
    static const char *const same[] = { "2026-01-01T09:30:00Z", "2026-01-01 09:30:00", "2026-01-01T12:30:00+03:00",
        "2026-01-01T12:30:00 03:00", "2026-01-01T09:30:00.000000", "2026-01-01 09:30:00+0000", "20260101093000",
        "1767259800", "1767259800000", "1767259800000000", "1767259800.5", " 1767259800\n",
        "Thu, 01 Jan 2026 09:30:00 +0000", "Thu, 1 Jan 2026 12:30:00  0300", "Thu, 01 Jan 2026 09:30:00 GMT" };
    for (size_t i = 0; i < STR_COUNT(same); i++) {
        if (inbound_time(span_of(same[i])) != 1767259800000)
            fail_msg("%s: %lld", same[i], (long long)inbound_time(span_of(same[i])));
    }
    assert_int_equal(inbound_time(span_of("20261301093000")), 20261301093000); /* no such month: milliseconds */
    assert_int_equal(inbound_time(span_of("yesterday")), 0);
}

static void the_signed_addresses_are_those_of_the_operator(void **state)
{
    (void)state;
    static const struct {
        const char *public_url, *path, *query;
        size_t count;
        const char *bases[PUBLICURL_COUNT], *want_query;
    } cases[] = {
        { "public_url=https://a.example:8443/x?b=1", "/in/p/message", "", 2,
            { "https://a.example:8443/x", "https://a.example:8443/in/p/message" }, "b=1" },
        { "public_url=https://a.example/x?b=1", "/in/p/message", "c=2", 2,
            { "https://a.example/x", "https://a.example/in/p/message" }, "c=2" },
        { "public_url=https://a.example/", "/in/p/message", "", 1, { "https://a.example/in/p/message" }, "" },
        { "public_url=https://a.example/y/message", "/in/p/status", "", 2,
            { "https://a.example/y/status", "https://a.example/in/p/status" }, "" },
        { "public_url=https://a.example/y", "/in/p/status", "d=1", 1, { "https://a.example/in/p/status" }, "d=1" },
    };
    static const struct request_header headers[] = { { "Host", "evil.example" },
        { "X-Forwarded-Host", "evil.example" } };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const char *const pairs[] = { "auth_id=A", "auth_token=t", cases[i].public_url, NULL };
        struct settings *settings = channels_settings("plivo", pairs);
        struct request request = { .method = "POST",
            .path = cases[i].path,
            .query = cases[i].query,
            .headers = headers,
            .header_count = STR_COUNT(headers),
            .body = span_of("") };
        AUTO_PUBLICURL urls;
        publicurl_init(&urls);
        publicurl_find(settings, &request, &urls);
        assert_int_equal(urls.count, cases[i].count);
        for (size_t k = 0; k < urls.count; k++)
            assert_string_equal(urls.bases[k].data, cases[i].bases[k]);
        if (!span_equal(urls.query, span_of(cases[i].want_query)))
            fail_msg("%s: another query", cases[i].public_url);
        settings_free(settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_read_in_the_charset_that_is_said),
        cmocka_unit_test(a_query_counts_beside_a_body_only_where_it_is_asked_for),
        cmocka_unit_test(fields_are_found_wherever_a_provider_puts_them),
        cmocka_unit_test(times_are_read_as_providers_write_them),
        cmocka_unit_test(the_signed_addresses_are_those_of_the_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
