/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_telerivet - the telerivet channel as a table of bytes: secret, messages, reports, sending, errors. */
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

static const char *const pairs[] = { "secret=secret-of-a-test", "project_id=PJ1", "api_key=key",
    "public_url=https://line.example.org/in/tr/message", NULL };

static void the_secret_is_a_field_of_the_body(void **state)
{
    (void)state;
    vectorcase_check(
        &(struct vectorcase){ .kind = "telerivet", .scheme = "telerivet", .secret_key = "secret", .at_least = 3 });
    struct settings *settings = channels_settings("telerivet", pairs);
    struct request request = channels_post("/in/tr/message", "id=1");
    request.query = "secret=secret-of-a-test";
    assert_int_equal(registry_find("telerivet")->verify(settings, &request, 0), VERDICT_INVALID);
    request.method = "GET";
    assert_int_equal(registry_find("telerivet")->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = "secret=s&event=incoming_message&id=SM1&message_type=sms&content=Help+me&from_number=0790000001"
                    "&from_number_e164=%2B962790000001&to_number=%2B962790000002&phone_id=PN1&contact_id=CT1"
                    "&contact%5Bname%5D=&contact%5Bvars%5D%5Ba%5D=1&time_created=1767225601&time_sent=1767225600",
            .want = 1,
            .from = "+962790000001",
            .to = "+962790000002",
            .id = "SM1",
            .text = "Help me",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "only the local form",
            .body = "event=incoming_message&from_number=0790000001&content=x",
            .want = 1,
            .from = "0790000001",
            .text = "x" },
        { .label = "an empty international form",
            .body =
                "event=incoming_message&from_number=STC&from_number_e164=&content=x&time_sent=&time_created=1767225601",
            .want = 1,
            .from = "STC",
            .time = "2026-01-01T00:00:01Z" },
        { .label = "a call",
            .body = "event=incoming_message&message_type=call&id=SM2&from_number_e164=%2B962790000001",
            .want = 1,
            .from = "+962790000001",
            .id = "SM2",
            .text = "",
            .is_call = true },
        { .label = "a report that was pointed here", .body = "event=send_status&id=SM1&status=sent", .want = 0 },
        { .label = "another event", .body = "event=contact_update&id=CT1", .want = 0 },
        { .label = "nothing of a message", .body = "event=incoming_message&id=1", .want = ERR_INVALID },
    };
    channelcase_check_messages("telerivet", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "queued", "event=send_status&id=SM1&status=queued", 1, REPORT_PENDING, "SM1", "", NULL },
        { "sent", "event=send_status&id=SM1&status=sent&error_message=", 1, REPORT_SENT, "SM1", "", NULL },
        { "delivered", "event=send_status&id=SM1&status=delivered", 1, REPORT_DELIVERED, "SM1", "", NULL },
        { "waits for another try", "event=send_status&id=SM1&status=failed_queued", 1, REPORT_FAILED_TEMPORARY, "SM1",
            "", NULL },
        { "failed", "event=send_status&id=SM1&status=failed&error_message=x", 1, REPORT_FAILED, "SM1", "", NULL },
        { "not delivered", "event=send_status&id=SM1&status=not_delivered", 1, REPORT_FAILED, "SM1", "", NULL },
        { "no id", "event=send_status&status=sent", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("telerivet", pairs, cases, STR_COUNT(cases));
}

static void only_200_is_success_and_its_body_is_empty(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("telerivet", pairs);
    struct reply reply;
    registry_find("telerivet")->answer(settings, ANSWER_STORED, &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body_len, 0);
    assert_string_equal(reply.content_type, "text/plain");
    settings_free(settings);
}

static void a_message_becomes_one_json_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+962790000001", "x", 0, "POST", "https://api.telerivet.com/v1/projects/PJ1/messages/send",
            "Content-Type: application/json",
            "{\"to_number\":\"+962790000001\",\"content\":\"x\","
            "\"status_url\":\"https://line.example.org/in/tr/status\",\"status_secret\":\"secret-of-a-test\"}",
            "key" },
        { "no text", "+962790000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("telerivet", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "queued", REPLY_ANSWERED, 200, "{\"id\":\"SM9\",\"status\":\"queued\"}", OUTCOME_sent, "SM9", "" },
        { "failed at once", REPLY_ANSWERED, 200, "{\"id\":\"SM9\",\"status\":\"failed\"}", OUTCOME_rejected, "", "" },
        { "no id", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{\"error\":{\"code\":\"invalid_api_key\"}}", OUTCOME_bad_config, "",
            "invalid_api_key" },
        { "no such project", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "bad number", REPLY_ANSWERED, 400, "{\"error\":{\"code\":\"invalid_param\"}}", OUTCOME_rejected, "",
            "invalid_param" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("telerivet", pairs, cases, STR_COUNT(cases));
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a key without a project", { "secret=secret-of-a-test", "api_key=k" }, "project_id" },
        { "plain http", { "secret=secret-of-a-test", "api_url=http://a.example.org" }, "https" },
    };
    channelcase_check_refusals("telerivet", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_secret_is_a_field_of_the_body),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(only_200_is_success_and_its_body_is_empty),
        cmocka_unit_test(a_message_becomes_one_json_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
