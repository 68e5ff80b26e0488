/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_rapidpro - the rapidpro channel as a table of bytes: token, messages, sending, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"
#include "tests/support/vectorcase.h"

#define RECEIVE "https://rp.example.org/c/ex/00000000-0000-4000-8000-000000000001/receive"

static const char *const pairs[] = { "token=secret-of-a-test", "authorization=Token abcdefgh", "number=+15005550006",
    "receive_url=" RECEIVE, NULL };

static void a_token_or_the_header_opens(void **state)
{
    (void)state;
    static const struct {
        const char *path, *header;
        enum verdict want;
    } cases[] = {
        { "/in/rp/message/secret-of-a-test", "", VERDICT_VALID },
        { "/in/rp/message", "Token abcdefgh", VERDICT_VALID },
        { "/in/rp/message", "Token abcdefgi", VERDICT_INVALID },
        { "/in/rp/message", "", VERDICT_INVALID },
    };
    struct settings *settings = channels_settings("rapidpro", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const struct request_header headers[] = { { "Authorization", cases[i].header } };
        struct request request = channels_post(cases[i].path, "text=x");
        request.headers = headers;
        if (registry_find("rapidpro")->verify(settings, &request, 0) != cases[i].want)
            fail_msg("%s %s", cases[i].path, cases[i].header);
    }
    settings_free(settings);
}

static void the_person_is_the_contact_of_rapidpro(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "the default body",
            .body = "id=77&text=OK+4711&to=%2B966500000001&to_no_plus=966500000001&from=%2B15005550006"
                    "&from_no_plus=15005550006&channel=00000000-0000-4000-8000-000000000001",
            .want = 1,
            .from = "+966500000001",
            .to = "+15005550006",
            .id = "77",
            .text = "OK 4711" },
        { .label = "as JSON",
            .body = "{\"id\":77,\"text\":\"x\",\"to\":\"+966500000001\",\"from\":\"+15005550006\",\"channel\":\"c\","
                    "\"quick_replies\":[]}",
            .want = 1,
            .from = "+966500000001",
            .id = "77",
            .text = "x" },
        { .label = "turned around",
            .body = "id=7&text=x&from=966500000001&to=15005550006",
            .want = 1,
            .from = "+966500000001",
            .to = "+15005550006" },
        { .label = "as its own receive address takes it",
            .body = "?sender=%2B966500000001&text=x&time=2026-01-01T00%3A00%3A00.000Z",
            .want = 1,
            .from = "+966500000001",
            .text = "x",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "empty text", .body = "id=7&text=&to=%2B966500000001", .want = 1, .text = "" },
        { .label = "something else", .body = "a=b", .want = ERR_INVALID },
    };
    channelcase_check_messages("rapidpro", pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_received_message(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966500000001", "a & b", 0, "POST", RECEIVE, "Content-Type: application/x-www-form-urlencoded",
            "from=%2B966500000001&text=a%20%26%20b&date=2026-01-01T00%3A00%3A00Z", "" },
        { "no text", "+966500000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("rapidpro", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"message\":\"Accepted\",\"data\":[{}]}", OUTCOME_sent, "", "" },
        { "refused", REPLY_ANSWERED, 400, "{}", OUTCOME_rejected, "", "" },
        { "no such channel", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "their trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("rapidpro", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_or_the_header_opens),
        cmocka_unit_test(the_person_is_the_contact_of_rapidpro),
        cmocka_unit_test(a_message_becomes_one_received_message),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
