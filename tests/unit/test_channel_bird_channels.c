/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_bird_channels - the bird_channels channel as a table of bytes: signature, messages, reports, sending,
 * errors. */
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

static const char *const pairs[] = { "signing_key=key-of-a-test", "public_url=https://line.example.org/in/bi/message",
    "workspace_id=w-1", "channel_id=c-1", "access_key=live_1", NULL };

static void every_vector_is_judged_as_documented(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){ .kind = "bird_channels",
        .scheme = "bird_channels",
        .secret_key = "signing_key",
        .has_public_url = true,
        .at_least = 6 });
}

#define EVENT(name, payload) "{\"service\":\"channels\",\"event\":\"" name "\",\"payload\":" payload "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = EVENT("sms.inbound",
                "{\"id\":\"m1\",\"channelId\":\"c\",\"sender\":{\"contact\":{\"identifierValue\":\"+966500000001\"}},"
                "\"receiver\":{\"connector\":{\"identifierValue\":\"31612345678\"}},"
                "\"body\":{\"type\":\"text\",\"text\":{\"text\":\"ساعدوني\"}},\"createdAt\":\"2026-01-01T00:00:00Z\"}"),
            .want = 1,
            .from = "+966500000001",
            .to = "+31612345678",
            .id = "m1",
            .text = "ساعدوني",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "a plain sender",
            .body = EVENT("sms.inbound", "{\"id\":\"m1\",\"sender\":\"966500000001\"}"),
            .want = 1,
            .from = "+966500000001",
            .text = "" },
        { .label = "no sender",
            .body = EVENT("sms.inbound", "{\"id\":\"m1\",\"body\":{\"text\":{\"text\":\"x\"}}}"),
            .want = 1,
            .from = "",
            .text = "x" },
        { .label = "half an emoji",
            .body = EVENT("sms.inbound", "{\"id\":\"m1\",\"body\":{\"text\":{\"text\":\"a\\ud83d\"}}}"),
            .want = 1,
            .text = "a\xEF\xBF\xBD" },
        { .label = "our own message", .body = EVENT("sms.outbound", "{\"id\":\"m1\",\"status\":\"sent\"}"), .want = 0 },
        { .label = "no payload", .body = EVENT("sms.inbound", "null"), .want = ERR_INVALID },
        { .label = "not JSON", .body = "a=b", .want = ERR_INVALID },
    };
    channelcase_check_messages("bird_channels", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "accepted", EVENT("sms.outbound", "{\"id\":\"m\",\"status\":\"accepted\"}"), 1, REPORT_PENDING, "m", "",
            NULL },
        { "sent", EVENT("sms.outbound", "{\"id\":\"m\",\"status\":\"sent\"}"), 1, REPORT_SENT, "m", "", NULL },
        { "delivered", EVENT("sms.outbound", "{\"id\":\"m\",\"status\":\"delivered\"}"), 1, REPORT_DELIVERED, "m", "",
            NULL },
        { "failed", EVENT("sms.outbound", "{\"id\":\"m\",\"status\":\"delivery_failed\",\"failure\":{\"code\":7}}"), 1,
            REPORT_FAILED, "m", "7", NULL },
        { "no word", EVENT("sms.outbound", "{\"id\":\"m\"}"), ERR_INVALID, 0, NULL, NULL, NULL },
        { "no id", EVENT("sms.outbound", "{\"status\":\"sent\"}"), ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("bird_channels", pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_json_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966500000001", "x", 0, "POST", "https://api.bird.com/workspaces/w-1/channels/c-1/messages",
            "Authorization: AccessKey live_1",
            "{\"receiver\":{\"contacts\":[{\"identifierValue\":\"+966500000001\",\"identifierKey\":\"phonenumber\"}]},"
            "\"body\":{\"type\":\"text\",\"text\":{\"text\":\"x\"}},\"reference\":\"alert-1-0\"}",
            "" },
        { "no text", "+966500000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("bird_channels", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "accepted", REPLY_ANSWERED, 202, "{\"id\":\"m9\",\"status\":\"accepted\"}", OUTCOME_sent, "m9", "" },
        { "accepted without an id", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{\"code\":\"Unauthorized\"}", OUTCOME_bad_config, "", "Unauthorized" },
        { "no such channel", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "refused", REPLY_ANSWERED, 422, "{\"code\":\"InvalidPayload\"}", OUTCOME_rejected, "", "InvalidPayload" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("bird_channels", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_as_documented),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_json_request),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
