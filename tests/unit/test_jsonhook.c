/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_jsonhook - JSON bodies as they really come: charsets, cut emoji, alternatives of a field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/jsonhook.h"

#define FFFD "\xef\xbf\xbd"

static json_t *read_body(const char *type, const char *body, size_t len)
{
    const struct request_header headers[] = { { "Content-Type", type } };
    const struct request request = {
        .method = "POST", .path = "/", .query = "", .headers = headers, .header_count = 1, .body = { body, len }
    };
    return jsonhook_read(&request);
}

static void a_body_that_breaks_the_letter_of_the_standard_is_mended(void **state)
{
    (void)state;
    static const struct {
        const char *label, *type, *body;
        size_t len; /* 0 = as long as it is */
        const char *want;
    } cases[] = {
        { "plain", "application/json", "{\"t\":\"caf\xc3\xa9\"}", 0, "café" },
        { "Latin-1 that says so", "application/json; charset=ISO-8859-1", "{\"t\":\"caf\xe9\"}", 0, "café" },
        { "Latin-1 in quotes", "application/json; charset=\"latin1\"", "{\"t\":\"caf\xe9\"}", 0, "café" },
        { "Latin-1 that says nothing", "application/json", "{\"t\":\"caf\xe9\"}", 0, "café" },
        { "UTF-8 that was cut", "application/json", "{\"t\":\"caf\xc3\xa9 \xd9\"}", 0, "café " FFFD },
        { "a charset that nobody knows", "application/json; charset=x-none", "{\"t\":\"caf\xe9\"}", 0, "café" },
        { "UTF-8 that calls itself Latin-1", "application/json; charset=iso-8859-1", "{\"t\":\"caf\xc3\xa9\"}", 0,
            "café" },
        { "UTF-16 that says so", "application/json; charset=utf-16be", "\0{\0\"\0t\0\"\0:\0\"\x06\x45\0\"\0}", 18,
            "م" },
        { "UTF-16 that says nothing", "application/json", "{\0\"\0t\0\"\0:\0\"\0\x45\x06\"\0}\0", 18, "م" },
        { "a byte order mark", "application/json", "\xef\xbb\xbf{\"t\":\"x\"}", 0, "x" },
        { "half an emoji at the end", "application/json", "{\"t\":\"a\\ud83d\"}", 0, "a" FFFD },
        { "the other half", "application/json", "{\"t\":\"\\udE4fa\"}", 0, FFFD "a" },
        { "two first halves", "application/json", "{\"t\":\"\\ud83d\\ud83d\\ude4f\"}", 0, FFFD "🙏" },
        { "a whole one beside half of one", "application/json", "{\"t\":\"\\ud83d\\ude4f\\ud83dx\"}", 0, "🙏" FFFD "x" },
        { "an escaped NUL", "application/json", "{\"t\":\"a\\u0000b\"}", 0, "a" FFFD "b" },
        { "a NUL", "application/json", "{\"t\":\"a\0b\"}", 11, "a" FFFD "b" },
        { "a backslash before what only looks like one", "application/json", "{\"t\":\"\\\\ud83d\\ud83d\"}", 0,
            "\\ud83d" FFFD },
        { "an escape cut short", "application/json", "{\"t\":\"\\ud8\"}", 0, NULL },
        { "a text alone", "application/json", "\"x\"", 0, NULL },
        { "nothing", "application/json", "", 0, NULL },
        { "cut", "application/json", "{\"t\":\"x\"", 0, NULL },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        size_t len = cases[i].len ? cases[i].len : strlen(cases[i].body);
        AUTO_JSON *root = read_body(cases[i].type, cases[i].body, len);
        const char *got = root ? jsonhook_text(root, "/t") : NULL;
        if (!cases[i].want != !got || (got && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].label, got ? got : "(refused)");
    }
}

static void the_first_alternative_that_holds_something_counts(void **state)
{
    (void)state;
    static const struct {
        const char *path, *want;
    } cases[] = {
        { "/a", "1" },
        { "/missing /a", "1" },
        { "/empty /a", "1" },
        { "/null /object /list /a", "1" },
        { "/a /b", "1" },
        { "/b /a", "text" },
        { "/true", "true" },
        { "/list/0", "first" },
        { "/object/in", "inside" },
        { "/missing", "" },
        { "", "" },
        { NULL, "" },
    };
    static const char body[] =
        "{\"a\":1,\"b\":\"text\",\"empty\":\"\",\"null\":null,\"true\":true,\"list\":[\"first\"],"
        "\"object\":{\"in\":\"inside\"}}";
    AUTO_JSON *root = read_body("application/json", body, strlen(body));
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        buf_init(&out, 64);
        assert_int_equal(jsonhook_add(root, cases[i].path, &out), 0);
        if (strcmp(out.data ? out.data : "", cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].path, out.data ? out.data : "");
    }
    assert_true(jsonhook_has(root, "/empty"));
    assert_false(jsonhook_has(root, "/null"));
    assert_false(jsonhook_has(NULL, "/a"));
}

static void digits_are_international_only_where_the_provider_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool is_msisdn;
        const char *want;
        enum phone_kind kind;
    } cases[] = {
        { "{\"f\":\"966500000001\"}", true, "+966500000001", PHONE_E164 },
        { "{\"f\":966500000001}", true, "+966500000001", PHONE_E164 },
        { "{\"f\":\"+966500000001\"}", true, "+966500000001", PHONE_E164 },
        { "{\"f\":\"00966500000001\"}", true, "+966500000001", PHONE_E164 },
        { "{\"f\":\"0500000001\"}", true, "0500000001", PHONE_ALPHANUMERIC },
        { "{\"f\":\"8080\"}", true, "8080", PHONE_SHORT_CODE },
        { "{\"f\":\"STC\"}", true, "STC", PHONE_ALPHANUMERIC },
        { "{\"f\":\"\"}", true, "", PHONE_HIDDEN },
        { "{\"f\":\"12345678\"}", true, "+12345678", PHONE_E164 },
        { "{\"f\":\"12345678\"}", false, "12345678", PHONE_ALPHANUMERIC },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const struct jsonhook_paths paths = { .from = "/f", .text = "/t", .is_msisdn = cases[i].is_msisdn };
        AUTO_JSON *root = read_body("application/json", cases[i].body, strlen(cases[i].body));
        struct sms_in sms;
        assert_int_equal(jsonhook_fill(root, &paths, &sms), 0);
        if (strcmp(sms.from, cases[i].want) != 0 || sms.from_kind != cases[i].kind)
            fail_msg("%s: %s, kind %d", cases[i].body, sms.from, sms.from_kind);
        sms_in_done(&sms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_that_breaks_the_letter_of_the_standard_is_mended),
        cmocka_unit_test(the_first_alternative_that_holds_something_counts),
        cmocka_unit_test(digits_are_international_only_where_the_provider_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
