/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_clickatell - the clickatell channel as a table of bytes: token, charsets, reports, sending, errors. */
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

static const char *const pairs[] = { "token=secret-of-a-test", "api_key=k==", "from=+27820000001", NULL };

#define MO(rest) "{\"messageId\":\"c1\",\"fromNumber\":\"966500000001\",\"toNumber\":\"27820000001\"," rest "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = MO("\"timestamp\":1767225600000,\"text\":\"Help me 100%\",\"charset\":\"UTF-8\",\"udh\":\"\""),
            .want = 1,
            .from = "+966500000001",
            .to = "+27820000001",
            .id = "c1",
            .text = "Help me 100%",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "UTF-16BE bytes",
            .body = MO("\"text\":\"%06%45%06%31%06%2D\",\"charset\":\"UTF-16BE\""),
            .want = 1,
            .text = "مرح" },
        { .label = "an emoji in UTF-16BE is not torn",
            .body = MO("\"text\":\"%D8%3D%DE%4F\",\"charset\":\"UTF-16BE\""),
            .want = 1,
            .text = "🙏" },
        { .label = "letters among the bytes",
            .body = MO("\"text\":\"%00h%00i%00+%00m%00e\",\"charset\":\"UTF-16BE\""),
            .want = 1,
            .text = "hi me" },
        { .label = "half of a pair",
            .body = MO("\"text\":\"%D8%3D%00a\",\"charset\":\"UTF-16BE\""),
            .want = 1,
            .text = "\xEF\xBF\xBD"
                    "a" },
        { .label = "Latin-1 bytes",
            .body = MO("\"text\":\"caf%E9+%26+tea\",\"charset\":\"ISO-8859-1\""),
            .want = 1,
            .text = "café & tea" },
        { .label = "Latin-1 as it is",
            .body = MO("\"text\":\"50% less + food\",\"charset\":\"ISO-8859-1\""),
            .want = 1,
            .text = "50% less + food" },
        { .label = "UTF-16BE by name only",
            .body = MO("\"text\":\"مرحبا\",\"charset\":\"UTF-16BE\""),
            .want = 1,
            .text = "مرحبا" },
        { .label = "no charset", .body = MO("\"text\":\"a+b%20\""), .want = 1, .text = "a+b%20" },
        { .label = "charset null, no text", .body = MO("\"text\":null,\"charset\":null"), .want = 1, .text = "" },
        { .label = "a part",
            .body = MO("\"text\":\"x\",\"udh\":\"0500034A0302\""),
            .want = 1,
            .text = "x",
            .part = 2,
            .part_total = 3 },
        { .label = "as a query, in UTF-16BE",
            .body = "?moMsgId=o1&from=966500000001&to=2782&text=%06%45%06%31&charset=UTF-16BE",
            .want = 1,
            .from = "+966500000001",
            .id = "o1",
            .text = "مر" },
        { .label = "a report that was pointed here", .body = "{\"messageId\":\"c1\",\"statusCode\":4}", .want = 0 },
        { .label = "something else", .body = "{\"a\":1}", .want = ERR_INVALID },
        { .label = "broken JSON", .body = "{", .want = ERR_INVALID },
    };
    channelcase_check_messages("clickatell", pairs, cases, STR_COUNT(cases));
}

static void the_token_stands_in_path_or_query(void **state)
{
    (void)state;
    static const struct {
        const char *path, *query;
        enum verdict want;
    } cases[] = {
        { "/in/cl/message/secret-of-a-test", "", VERDICT_VALID },
        { "/in/cl/status/secret-of-a-test", "", VERDICT_VALID },
        { "/in/cl/message", "token=secret-of-a-test", VERDICT_VALID },
        { "/in/cl/message", "a=b&token=secret%2Dof%2Da%2Dtest&c", VERDICT_VALID },
        { "/in/cl/message/old-secret-of-a-test", "", VERDICT_VALID },
        { "/in/cl/message", "", VERDICT_INVALID },
        { "/in/cl/message/", "token=", VERDICT_INVALID },
        { "/in/cl/message/secret-of-a-tesT", "", VERDICT_INVALID },
        { "/in/cl/message", "token=secret-of-a-test-x", VERDICT_INVALID },
        { "/in/secret-of-a-test/message", "", VERDICT_INVALID },
    };
    static const char *const own[] = { "token=secret-of-a-test", "token_previous=old-secret-of-a-test", NULL };
    struct settings *settings = channels_settings("clickatell", own);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct request request = channels_post(cases[i].path, "token=secret-of-a-test");
        request.query = cases[i].query;
        if (registry_find("clickatell")->verify(settings, &request, 0) != cases[i].want)
            fail_msg("%s?%s", cases[i].path, cases[i].query);
    }
    settings_free(settings);
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "queued", "{\"messageId\":\"c\",\"statusCode\":2}", 1, REPORT_PENDING, "c", "2", NULL },
        { "at the gateway", "{\"messageId\":\"c\",\"statusCode\":3,\"status\":\"DELIVERED_TO_GATEWAY\"}", 1,
            REPORT_SENT, "c", "3", NULL },
        { "received", "{\"messageId\":\"c\",\"statusCode\":4,\"timestamp\":1767225600000}", 1, REPORT_DELIVERED, "c",
            "4", "2026-01-01T00:00:00Z" },
        { "with zeros", "?apiMsgId=c&status=004", 1, REPORT_DELIVERED, "c", "004", NULL },
        { "expired", "{\"messageId\":\"c\",\"statusCode\":\"10\"}", 1, REPORT_FAILED_TEMPORARY, "c", "10", NULL },
        { "failed", "{\"messageId\":\"c\",\"statusCode\":5}", 1, REPORT_FAILED, "c", "5", NULL },
        { "a code of tomorrow", "{\"messageId\":\"c\",\"statusCode\":99}", 1, REPORT_PENDING, "c", "99", NULL },
        { "no id", "{\"statusCode\":4}", ERR_INVALID, 0, NULL, NULL, NULL },
        { "no code", "{\"messageId\":\"c\"}", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("clickatell", pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_json_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966500000001", "x", 0, "POST", "https://platform.clickatell.com/messages", "Authorization: k==",
            "{\"content\":\"x\",\"to\":[\"966500000001\"],\"clientMessageId\":\"alert-1-0\",\"from\":\"27820000001\"}",
            "" },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("clickatell", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "accepted", REPLY_ANSWERED, 202,
            "{\"messages\":[{\"apiMessageId\":\"c9\",\"accepted\":true,\"error\":null}]}", OUTCOME_sent, "c9", "" },
        { "refused", REPLY_ANSWERED, 202,
            "{\"messages\":[{\"apiMessageId\":null,\"accepted\":false,\"errorCode\":105,\"error\":\"x\"}]}",
            OUTCOME_rejected, "", "105" },
        { "no message", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "not JSON", REPLY_ANSWERED, 202, "ok", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{}", OUTCOME_bad_config, "", "" },
        { "no credit", REPLY_ANSWERED, 402, "{}", OUTCOME_bad_config, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("clickatell", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(the_token_stands_in_path_or_query),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_json_request),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
