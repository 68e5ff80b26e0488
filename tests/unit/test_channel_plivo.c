/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_plivo - the plivo channel as a table of bytes: both signatures, messages, reports, sending, errors. */
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

#define PUBLIC_URL "https://line.example.org/in/pl/message"

static const char *const pairs[] = { "auth_id=MA1", "auth_token=token-of-a-test", "public_url=" PUBLIC_URL,
    "from=+14155550100", NULL };

static void every_vector_is_judged_as_the_official_library_does(void **state)
{
    (void)state;
    static const char *const own[] = { "auth_id=MA1", NULL };
    vectorcase_check(&(struct vectorcase){ .kind = "plivo",
        .scheme = "plivo_v2",
        .pairs = own,
        .secret_key = "auth_token",
        .has_public_url = true,
        .at_least = 7 });
    vectorcase_check(&(struct vectorcase){ .kind = "plivo",
        .scheme = "plivo_v3",
        .pairs = own,
        .secret_key = "auth_token",
        .has_public_url = true,
        .at_least = 13 });
}

static void the_older_signature_can_be_refused(void **state)
{
    (void)state;
    json_t *vector, *vectors = channels_signatures();
    size_t i, count = 0;
    json_array_foreach(vectors, i, vector)
    {
        char secret[128], url[256];
        struct request_header headers[CHANNELS_HEADERS_MAX];
        if (!str_equal(json_text(vector, "scheme", ""), "plivo_v2") ||
            !str_equal(json_text(vector, "verdict", ""), "valid"))
            continue;
        (void)snprintf(secret, sizeof secret, "auth_token=%s", json_text(vector, "secret", ""));
        (void)snprintf(url, sizeof url, "public_url=%s", json_text(vector, "url", ""));
        const char *const strict[] = { "auth_id=MA1", "accept_older=false", secret, url, NULL };
        struct settings *settings = channels_settings("plivo", strict);
        struct request request = channels_vector_request(vector, "/in/x/message", headers);
        assert_int_equal(registry_find("plivo")->verify(settings, &request, 0), VERDICT_INVALID);
        settings_free(settings);
        count++;
    }
    assert_true(count >= 3);
    json_decref(vectors);
}

static void a_message_signature_does_not_open_the_status_address(void **state)
{
    (void)state;
    json_t *vector, *found = NULL, *vectors = channels_signatures();
    size_t i;
    json_array_foreach(vectors, i, vector)
    {
        if (str_equal(json_text(vector, "name", ""), "a repeated field signs all of its values"))
            found = vector;
    }
    assert_non_null(found);
    char secret[128];
    struct request_header headers[CHANNELS_HEADERS_MAX];
    (void)snprintf(secret, sizeof secret, "auth_token=%s", json_text(found, "secret", ""));
    const char *const own[] = { "auth_id=MA1", secret, "public_url=" PUBLIC_URL, NULL };
    struct settings *settings = channels_settings("plivo", own);
    struct request request = channels_vector_request(found, "/in/pl/message", headers);
    assert_int_equal(registry_find("plivo")->verify(settings, &request, 0), VERDICT_VALID);
    request.path = "/in/pl/status";
    assert_int_equal(registry_find("plivo")->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
    json_decref(vectors);
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = "From=966500000001&To=14155550100&Text=Help+me&Type=sms&MessageUUID=u-1&Units=1&TotalRate=0",
            .want = 1,
            .from = "+966500000001",
            .to = "+14155550100",
            .id = "u-1",
            .text = "Help me" },
        { .label = "with a plus",
            .body = "From=%2B966500000001&To=&Text=x",
            .want = 1,
            .from = "+966500000001",
            .to = "",
            .id = "",
            .text = "x" },
        { .label = "a plus that became a space",
            .body = "From=+966500000001&Text=x",
            .want = 1,
            .from = "+966500000001" },
        { .label = "empty text", .body = "From=8080&Text=&MessageUUID=u", .want = 1, .from = "8080", .text = "" },
        { .label = "no text, a picture",
            .body = "From=8080&Media0=https%3A%2F%2Fm.example.org%2F1",
            .want = 1,
            .text = "" },
        { .label = "no sender", .body = "Text=x&MessageUUID=u", .want = 1, .from = "", .text = "x" },
        { .label = "sender with a name", .body = "From=STC&Text=x", .want = 1, .from = "STC" },
        { .label = "Latin-1 bytes", .body = "From=8080&Text=caf%E9", .want = 1, .text = "café" },
        { .label = "damaged UTF-8", .body = "From=8080&Text=%D8%A7%D8", .want = 1, .text = "ا\xEF\xBF\xBD" },
        { .label = "two texts are both kept", .body = "From=8080&Text=a&Text=b&Text=a", .want = 1, .text = "a\nb" },
        { .label = "as a query",
            .body = "?From=966500000001&Text=x&MessageUUID=u",
            .want = 1,
            .from = "+966500000001",
            .id = "u",
            .text = "x" },
        { .label = "as JSON",
            .body = "{\"From\":\"966500000001\",\"Text\":\"x\",\"MessageUUID\":\"u\"}",
            .want = 1,
            .from = "+966500000001",
            .id = "u",
            .text = "x" },
        { .label = "a report that was pointed here", .body = "MessageUUID=u&Status=sent&From=1&To=2", .want = 0 },
        { .label = "nothing", .body = "", .want = 0 },
        { .label = "something else", .body = "a=b", .want = ERR_INVALID },
        { .label = "broken JSON", .body = "{", .want = ERR_INVALID },
    };
    channelcase_check_messages("plivo", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "queued", "MessageUUID=u&Status=queued&Sequence=1", 1, REPORT_PENDING, "u", "", NULL },
        { "sent", "MessageUUID=u&Status=sent&ErrorCode=&ParentMessageUUID=u", 1, REPORT_SENT, "u", "", NULL },
        { "delivered", "?MessageUUID=u&Status=delivered&ErrorCode=000", 1, REPORT_DELIVERED, "u", "000", NULL },
        { "read", "MessageUUID=u&Status=read", 1, REPORT_DELIVERED, "u", NULL, NULL },
        { "undelivered", "MessageUUID=u&Status=undelivered", 1, REPORT_FAILED_TEMPORARY, "u", "", NULL },
        { "undelivered for a while", "MessageUUID=u&Status=undelivered&ErrorCode=80", 1, REPORT_FAILED_TEMPORARY, "u",
            "80", NULL },
        { "undelivered for good", "MessageUUID=u&Status=undelivered&ErrorCode=50", 1, REPORT_FAILED, "u", "50", NULL },
        { "she texted STOP", "MessageUUID=u&Status=failed&ErrorCode=200", 1, REPORT_OPTED_OUT, "u", "200", NULL },
        { "rejected", "MessageUUID=u&Status=rejected", 1, REPORT_FAILED, "u", "", NULL },
        { "a word of tomorrow", "MessageUUID=u&Status=glowing", 1, REPORT_PENDING, "u", "", NULL },
        { "no id", "Status=sent", ERR_INVALID, 0, NULL, NULL, NULL },
        { "no word", "MessageUUID=u", ERR_INVALID, 0, NULL, NULL, NULL },
        { "nothing", "", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("plivo", pairs, cases, STR_COUNT(cases));
}

static void success_is_empty_so_that_nothing_is_sent_to_her(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("plivo", pairs);
    struct reply reply;
    registry_find("plivo")->answer(settings, ANSWER_STORED, &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body_len, 0);
    assert_string_equal(reply.content_type, "text/plain");
    registry_find("plivo")->answer(settings, ANSWER_BUSY, &reply);
    assert_int_equal(reply.status, 503);
    settings_free(settings);
}

static void a_message_becomes_one_json_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966 50 000 0001", "We read \"you\"", 0, "POST", "https://api.plivo.com/v1/Account/MA1/Message/",
            "Content-Type: application/json",
            "{\"dst\":\"+966500000001\",\"text\":\"We read \\\"you\\\"\",\"type\":\"sms\",\"log\":false,"
            "\"url\":\"https://line.example.org/in/pl/status\",\"method\":\"POST\",\"src\":\"+14155550100\"}",
            "MA1" },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
        { "no text", "+966500000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("plivo", pairs, cases, STR_COUNT(cases));
    static const char *const pack[] = { "auth_id=MA1", "auth_token=token-of-a-test",
        "public_url=https://line.example.org", "powerpack_uuid=pp", "log_text=true", "validity=1 h", NULL };
    static const struct channelcase_request pack_cases[] = { { "a pack of numbers", "+966500000001", "x", 0, NULL, NULL,
        NULL,
        "{\"dst\":\"+966500000001\",\"text\":\"x\",\"type\":\"sms\",\"log\":true,\"message_expiry\":3600,"
        "\"powerpack_uuid\":\"pp\"}",
        NULL } };
    channelcase_check_sends("plivo", pack, pack_cases, STR_COUNT(pack_cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 202, "{\"message_uuid\":[\"u-9\"],\"api_id\":\"a\"}", OUTCOME_sent, "u-9", "" },
        { "taken without an id", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "a page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "wrong token", REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "", "" },
        { "no credit", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "no such account", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "bad number", REPLY_ANSWERED, 400, "{\"error\":\"x\"}", OUTCOME_rejected, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "not now", REPLY_ANSWERED, 503, "", OUTCOME_retry_network, "", "" },
        { "not connected", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("plivo", pairs, cases, STR_COUNT(cases));
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "plain http", { "auth_id=MA1", "auth_token=t", "public_url=" PUBLIC_URL, "api_url=http://a.example.org" },
            "https" },
        { "two senders", { "auth_id=MA1", "auth_token=t", "public_url=" PUBLIC_URL, "from=+1", "powerpack_uuid=pp" },
            "exclude" },
    };
    channelcase_check_refusals("plivo", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_as_the_official_library_does),
        cmocka_unit_test(the_older_signature_can_be_refused),
        cmocka_unit_test(a_message_signature_does_not_open_the_status_address),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(success_is_empty_so_that_nothing_is_sent_to_her),
        cmocka_unit_test(a_message_becomes_one_json_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
