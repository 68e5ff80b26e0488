/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_messagebird - the messagebird channel as a table of bytes: both signatures, messages, reports, sending,
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

#define PUBLIC_URL "https://line.example.org/in/mb/message"

static const char *const pairs[] = { "signing_key=key-of-a-test", "public_url=" PUBLIC_URL, "access_key=live_1",
    "from=+31612345678", NULL };

static void every_vector_is_judged_as_the_official_library_does(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){ .kind = "messagebird",
        .scheme = "messagebird_jwt",
        .secret_key = "signing_key",
        .has_public_url = true,
        .at_least = 14 });
    vectorcase_check(&(struct vectorcase){ .kind = "messagebird",
        .scheme = "messagebird_legacy",
        .secret_key = "signing_key",
        .has_public_url = true,
        .at_least = 8 });
}

static void the_older_signature_can_be_refused(void **state)
{
    (void)state;
    static const char *const strict[] = { "accept_legacy=false", NULL };
    json_t *vector, *vectors = channels_signatures();
    size_t i, count = 0;
    json_array_foreach(vectors, i, vector)
    {
        char secret[128];
        struct request_header headers[CHANNELS_HEADERS_MAX];
        if (!str_equal(json_text(vector, "scheme", ""), "messagebird_legacy"))
            continue;
        (void)snprintf(secret, sizeof secret, "signing_key=%s", json_text(vector, "secret", ""));
        const char *const own[] = { strict[0], secret, "public_url=" PUBLIC_URL, NULL };
        struct settings *settings = channels_settings("messagebird", own);
        struct request request = channels_vector_request(vector, "/in/mb/message", headers);
        assert_int_equal(registry_find("messagebird")->verify(settings, &request, 1767225600000), VERDICT_INVALID);
        settings_free(settings);
        count++;
    }
    assert_true(count >= 8);
    json_decref(vectors);
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "to a number",
            .body = "id=1234&originator=966500000001&recipient=31612345678&body=HELP+me"
                    "&createdDatetime=2026-01-01T00%3A00%3A00%2B00%3A00",
            .want = 1,
            .from = "+966500000001",
            .to = "+31612345678",
            .id = "1234",
            .text = "HELP me",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "a time whose plus became a space",
            .body = "id=1&originator=966500000001&body=x&createdDatetime=2026-01-01T03:00:00+03:00",
            .want = 1,
            .time = "2026-01-01T00:00:00Z" },
        { .label = "to a short code",
            .body = "?mid=m7&shortcode=1008&originator=31612345678&keyword=SOS&message=SOS+help"
                    "&receive_datetime=20260101093000",
            .want = 1,
            .from = "+31612345678",
            .to = "1008",
            .id = "m7",
            .text = "SOS help",
            .time = "2026-01-01T09:30:00Z" },
        { .label = "as JSON",
            .body = "{\"id\":\"1\",\"originator\":966500000001,\"recipient\":\"31612345678\",\"body\":\"x\"}",
            .want = 1,
            .from = "+966500000001",
            .id = "1",
            .text = "x" },
        { .label = "a picture",
            .body = "id=1&originator=966500000001&body=&mediaUrls%5B%5D=https%3A%2F%2Fm",
            .want = 1,
            .text = "" },
        { .label = "sender with a name", .body = "id=1&originator=MyShop&body=x", .want = 1, .from = "MyShop" },
        { .label = "no id", .body = "originator=8080&body=x", .want = 1, .id = "" },
        { .label = "a report that was pointed here", .body = "?id=1&recipient=316&status=delivered", .want = 0 },
        { .label = "nothing", .body = "", .want = 0 },
        { .label = "something else", .body = "a=b", .want = ERR_INVALID },
    };
    channelcase_check_messages("messagebird", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "scheduled", "?id=1&reference=r&status=scheduled", 1, REPORT_PENDING, "1", "", NULL },
        { "sent", "?id=1&status=sent&statusErrorCode=", 1, REPORT_SENT, "1", "", NULL },
        { "buffered", "?id=1&status=buffered", 1, REPORT_SENT, "1", "", NULL },
        { "delivered", "?id=1&status=delivered&statusDatetime=2026-01-01T00%3A00%3A00%2B00%3A00", 1, REPORT_DELIVERED,
            "1", "", "2026-01-01T00:00:00Z" },
        { "expired", "?id=1&status=expired&statusErrorCode=27", 1, REPORT_FAILED_TEMPORARY, "1", "27", NULL },
        { "failed", "?id=1&status=delivery_failed&statusErrorCode=1", 1, REPORT_FAILED, "1", "1", NULL },
        { "she texted STOP", "?id=1&status=delivery_failed&statusErrorCode=103", 1, REPORT_OPTED_OUT, "1", "103",
            NULL },
        { "no word", "?id=1", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("messagebird", pairs, cases, STR_COUNT(cases));
}

static void success_is_the_customary_ok(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("messagebird", pairs);
    struct reply reply;
    registry_find("messagebird")->answer(settings, ANSWER_STORED, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "OK");
    assert_int_equal(reply.body_len, 2);
    registry_find("messagebird")->answer(settings, ANSWER_FORBIDDEN, &reply);
    assert_int_equal(reply.status, 403);
    assert_int_equal(reply.body_len, 0);
    settings_free(settings);
}

static void a_message_becomes_one_json_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966500000001", "x", 0, "POST", "https://rest.messagebird.com/messages",
            "Authorization: AccessKey live_1",
            "{\"originator\":\"31612345678\",\"recipients\":[\"966500000001\"],\"body\":\"x\",\"datacoding\":\"auto\","
            "\"reference\":\"alert-1-0\",\"reportUrl\":\"https://line.example.org/in/mb/status\"}",
            "" },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("messagebird", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "created", REPLY_ANSWERED, 201, "{\"id\":\"m9\",\"recipients\":{}}", OUTCOME_sent, "m9", "" },
        { "created without an id", REPLY_ANSWERED, 201, "{}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{\"errors\":[{\"code\":2,\"description\":\"x\"}]}", OUTCOME_bad_config, "",
            "2" },
        { "no credit", REPLY_ANSWERED, 422, "{\"errors\":[{\"code\":25}]}", OUTCOME_bad_config, "", "25" },
        { "bad parameter", REPLY_ANSWERED, 422, "{\"errors\":[{\"code\":10,\"parameter\":\"recipients\"}]}",
            OUTCOME_rejected, "", "10" },
        { "their trouble", REPLY_ANSWERED, 500, "{\"errors\":[{\"code\":99}]}", OUTCOME_uncertain, "", "99" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("messagebird", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_as_the_official_library_does),
        cmocka_unit_test(the_older_signature_can_be_refused),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(success_is_the_customary_ok),
        cmocka_unit_test(a_message_becomes_one_json_request),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
