/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_httpsend - the common steps of a request: headers that stay one line, texts that are cut between characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/httpsend.h"
#include "tests/support/channels.h"

static void a_header_stays_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int want;
    } cases[] = {
        { "key", 0 },
        { "", ERR_INVALID },
        { "a\nInjected: 1", ERR_INVALID },
        { "a\r", ERR_INVALID },
        { "ключ", ERR_INVALID },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct transmit transmit;
        transmit_init(&transmit);
        httpsend_begin(&transmit, false, "https://a.example//", "/x", 1000);
        if (httpsend_add_header(&transmit, "Authorization", "App ", cases[i].value) != cases[i].want)
            fail_msg("\"%s\"", cases[i].value);
        assert_string_equal(transmit.url.data, "https://a.example/x");
        transmit_done(&transmit);
    }
}

static void a_text_is_cut_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int units;
        const char *want;
    } cases[] = {
        { "abcdefgh", 8, "abcdefgh" },
        { "abcdefghi", 8, "abcde..." },
        { "🙏🙏🙏🙏", 8, "🙏🙏🙏🙏" },
        { "🙏🙏🙏🙏🙏", 8, "🙏🙏..." },
        { "مممممممم", 8, "مممممممم" },
        { "", 8, "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        buf_init(&out, 256);
        httpsend_add_text(&out, cases[i].text, cases[i].units);
        if (strcmp(out.data ? out.data : "", cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].text, out.data);
    }
}

static void the_address_for_reports_is_made_of_the_public_one(void **state)
{
    (void)state;
    static const struct {
        const char *pairs[4], *want;
    } cases[] = {
        { { "secret=s" }, "" },
        { { "secret=s", "public_url=https://a.example/in/x/message" }, "https://a.example/in/x/status" },
        { { "secret=s", "public_url=https://a.example/in/x/message?a=1" }, "https://a.example/in/x/status" },
        { { "secret=s", "public_url=https://a.example" }, "" },
        { { "secret=s", "public_url=https://a.example/in/x/message/hidden-part" },
            "https://a.example/in/x/status/hidden-part" },
        { { "secret=s", "public_url=https://a.example/messages" }, "" },
        { { "secret=s", "public_url=https://a.example/in/x/message", "status_url=https://b.example/r" },
            "https://b.example/r" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("vonage_messages", cases[i].pairs);
        AUTO_BUF out;
        buf_init(&out, 1024);
        httpsend_add_status_url(settings, &out);
        if (strcmp(out.data ? out.data : "", cases[i].want) != 0)
            fail_msg("row %zu: %s", i, out.data ? out.data : "");
        settings_free(settings);
    }
}

static void the_address_for_reports_has_the_secret_that_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *pairs[5], *want;
    } cases[] = {
        { { "path_secret=a/b-secret", "public_url=https://a.example/in/x/message" },
            "https://a.example/in/x/status/a%2Fb-secret" },
        { { "path_secret=a-secret", "public_url=https://a.example/in/x/message/a-secret" },
            "https://a.example/in/x/status/a-secret" },
        { { "path_secret=a-secret", "status_url=https://b.example/status" }, "https://b.example/status" },
        { { "path_secret=a-secret" }, "" },
        { { "secret=s", "public_url=https://a.example/in/x/message" }, "https://a.example/in/x/status" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const char *pairs[7] = { "service_plan_id=p" };
        memcpy(pairs + 1, cases[i].pairs, sizeof cases[i].pairs);
        struct settings *settings = channels_settings("sinch", pairs);
        AUTO_BUF out;
        buf_init(&out, 1024);
        httpsend_add_placed_url(settings, &out);
        if (strcmp(out.data ? out.data : "", cases[i].want) != 0)
            fail_msg("row %zu: %s", i, out.data ? out.data : "");
        settings_free(settings);
    }
}

static void form_fields_are_encoded_and_empty_ones_left_out(void **state)
{
    (void)state;
    struct transmit transmit;
    transmit_init(&transmit);
    httpsend_add_field(&transmit, "a", "");
    httpsend_add_field(&transmit, "b", NULL);
    assert_null(transmit.headers.data);
    httpsend_add_field(&transmit, "c", "x&y=z");
    httpsend_add_field(&transmit, "d", "+1");
    assert_string_equal(transmit.body.data, "c=x%26y%3Dz&d=%2B1");
    assert_string_equal(transmit.headers.data, "Content-Type: application/x-www-form-urlencoded\n");
    transmit_done(&transmit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_stays_one_line),
        cmocka_unit_test(a_text_is_cut_between_characters),
        cmocka_unit_test(the_address_for_reports_is_made_of_the_public_one),
        cmocka_unit_test(the_address_for_reports_has_the_secret_that_is_asked_for),
        cmocka_unit_test(form_fields_are_encoded_and_empty_ones_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
