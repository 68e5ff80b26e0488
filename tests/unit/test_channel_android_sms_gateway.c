/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_android_sms_gateway - the android_sms_gateway channel as a table of bytes: signatures, messages,
 * reports, sending, errors. */
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

#define KIND "android_sms_gateway"

static const char *const pairs[] = { "secret=key-of-the-app", "api_url=http://127.0.0.1:9080", "api_user=sms",
    "api_password=p", "device_id=d1", "sim=2", NULL };
static const char *const bare_pairs[] = { "secret=key-of-the-app", NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(current, sizeof current, "secret=%s", is_previous ? "another-key" : secret);
    (void)snprintf(previous, sizeof previous, "secret_previous=%s", is_previous ? secret : "an-older-key");
    const char *const chosen[] = { current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 16);
}

#define EVENT(event, payload)                                                                                          \
    "{\"deviceId\":\"d1\",\"event\":\"" event "\",\"id\":\"e1\",\"payload\":" payload ",\"webhookId\":\"w\"}"
#define SMS(rest) "{\"messageId\":\"1a2b3c4d\",\"sender\":\"+639170000001\",\"recipient\":null,\"simNumber\":1" rest "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = EVENT(
                "sms:received", SMS(",\"message\":\"Tulong po\",\"receivedAt\":\"2026-01-01T03:00:00.000+03:00\"")),
            .want = 1,
            .from = "+639170000001",
            .to = "",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "the older name of the sender",
            .body = EVENT("sms:received", "{\"messageId\":\"1\",\"message\":\"x\",\"phoneNumber\":\"+639170000001\"}"),
            .want = 1,
            .from = "+639170000001" },
        { .label = "a local number is left to the country",
            .body = EVENT(
                "sms:received", "{\"message\":\"x\",\"sender\":\"0917 000 0001\",\"recipient\":\"+966500000002\"}"),
            .want = 1,
            .from = "0917 000 0001",
            .to = "+966500000002" },
        { .label = "digits alone are not taken for international",
            .body = EVENT("sms:received", "{\"message\":\"x\",\"sender\":\"917000001\"}"),
            .want = 1,
            .from = "917000001" },
        { .label = "a name",
            .body = EVENT("sms:received", "{\"message\":\"x\",\"sender\":\"STC\"}"),
            .want = 1,
            .from = "STC" },
        { .label = "no sender, no id, no time",
            .body = EVENT("sms:received", "{\"message\":\"x\",\"sender\":null}"),
            .want = 1,
            .from = "",
            .text = "x",
            .time = "" },
        { .label = "an empty text", .body = EVENT("sms:received", SMS(",\"message\":\"\"")), .want = 1, .text = "" },
        { .label = "data that is text",
            .body = EVENT("sms:data-received", SMS(",\"data\":\"VHVsb25n\"")),
            .want = 1,
            .text = "Tulong" },
        { .label = "data that is none",
            .body = EVENT("sms:data-received", SMS(",\"data\":\"AP8=\"")),
            .want = 1,
            .text = "AP8=" },
        { .label = "multimedia, announced",
            .body = EVENT("mms:received", SMS(",\"subject\":\"look\"")),
            .want = 1,
            .text = "look" },
        { .label = "multimedia",
            .body = EVENT("mms:downloaded", SMS(",\"subject\":\"look\",\"body\":\"here\",\"attachments\":[{}]")),
            .want = 1,
            .text = "here" },
        { .label = "several in one event",
            .body = EVENT(
                "sms:batch:received", "{\"messages\":[" SMS(",\"message\":\"a\"") "," SMS(",\"message\":\"b\"") "]}"),
            .want = 2,
            .text = "a" },
        { .label = "several as a list",
            .body = EVENT("sms:batch:received", "[" SMS(",\"message\":\"a\"") "]"),
            .want = 1,
            .text = "a" },
        { .label = "an empty list", .body = EVENT("sms:batch:received", "[]"), .want = 0 },
        { .label = "something in the list that is no message",
            .body = EVENT("sms:batch:received", "[7]"),
            .want = ERR_INVALID },
        { .label = "an event that is invented later",
            .body = EVENT("rcs:received", SMS(",\"message\":\"x\"")),
            .want = 1,
            .text = "x" },
        { .label = "a report that was pointed here",
            .body = EVENT("sms:sent", "{\"messageId\":\"a-1\",\"message\":\"ours\"}"),
            .want = 0 },
        { .label = "a ping", .body = EVENT("system:ping", "{\"health\":{}}"), .want = 0 },
        { .label = "the app has started", .body = "{\"event\":\"app:started\"}", .want = 0 },
        { .label = "a message without content", .body = "{\"event\":\"sms:received\"}", .want = ERR_INVALID },
        { .label = "no event", .body = "{}", .want = ERR_INVALID },
        { .label = "no JSON", .body = "x", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

static void read_id(const char *body, char *ret)
{
    struct settings *settings = channels_settings(KIND, pairs);
    struct request request = channels_post("/in/x/message", body);
    struct sms_in sms;
    request.header_count = 0;
    assert_int_equal(registry_find(KIND)->parse_message(settings, &request, &sms, 1), 1);
    str_copy(ret, REMOTE_ID_MAX, sms.remote_id);
    sms_in_done(&sms);
    settings_free(settings);
}

static void an_id_of_32_bits_does_not_make_two_cries_one(void **state)
{
    (void)state;
    static const char *const others[] = {
        EVENT("sms:received", "{\"messageId\":\"1a2b3c4d\",\"sender\":\"+639170000001\",\"message\":\"another text\"}"),
        EVENT("sms:received", "{\"messageId\":\"1a2b3c4d\",\"sender\":\"+639170000002\",\"message\":\"x\"}"),
        EVENT("sms:received", "{\"messageId\":\"ffffffff\",\"sender\":\"+639170000001\",\"message\":\"x\"}"),
    };
    char first[REMOTE_ID_MAX], other[REMOTE_ID_MAX];
    read_id(EVENT("sms:received", SMS(",\"message\":\"x\"")), first);
    assert_true(str_starts(first, "content:"));
    for (size_t i = 0; i < STR_COUNT(others); i++) {
        read_id(others[i], other);
        assert_string_not_equal(first, other);
    }
    /* The phone tells it again: another event, perhaps another spelling of the time. */
    read_id("{\"event\":\"sms:received\",\"id\":\"e2\",\"payload\":" SMS(
                ",\"message\":\"x\",\"receivedAt\":\"2026-01-01T00:00:00Z\"") "}",
        other);
    assert_string_equal(first, other);
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "sent",
            EVENT("sms:sent", "{\"messageId\":\"a-1\",\"partsCount\":2,\"sentAt\":\"2026-01-01T03:00:00.000+03:00\"}"),
            1, REPORT_SENT, "a-1", "", "2026-01-01T00:00:00Z" },
        { "delivered",
            EVENT("sms:delivered", "{\"messageId\":\"a-1\",\"deliveredAt\":\"2026-01-01T03:00:00.000+03:00\"}"), 1,
            REPORT_DELIVERED, "a-1", "", "2026-01-01T00:00:00Z" },
        { "no credit or no network",
            EVENT("sms:failed", "{\"messageId\":\"a-1\",\"reason\":\"Send result: RESULT_ERROR_GENERIC_FAILURE\"}"), 1,
            REPORT_FAILED_TEMPORARY, "a-1", "", "" },
        { "Android's own limit",
            EVENT("sms:failed", "{\"messageId\":\"a-1\",\"reason\":\"RESULT_ERROR_LIMIT_EXCEEDED\"}"), 1,
            REPORT_FAILED_TEMPORARY, "a-1", "", "" },
        { "not a number", EVENT("sms:failed", "{\"messageId\":\"a-1\",\"reason\":\"Invalid phone number\"}"), 1,
            REPORT_FAILED, "a-1", "", "" },
        { "cancelled", EVENT("sms:cancelled", "{\"messageId\":\"a-1\"}"), 1, REPORT_FAILED, "a-1", "", "" },
        { "a ping", EVENT("system:ping", "{}"), 0, 0, NULL, NULL, NULL },
        { "no id", EVENT("sms:sent", "{}"), ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", EVENT("sms:received", SMS(",\"message\":\"x\"")), ERR_INVALID, 0, NULL,
            NULL, NULL },
        { "nothing", "{}", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966500000001", "We read you", 0, "POST", "http://127.0.0.1:9080/messages?skipPhoneValidation=true",
            "Content-Type: application/json",
            "{\"id\":\"alert-1-0\",\"textMessage\":{\"text\":\"We read you\"},\"phoneNumbers\":[\"+966500000001\"],\"withDeliveryReport\":true,\"priority\":100,\"ttl\":86400,\"simNumber\":2,\"deviceId\":\"d1\"}",
            "sms" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const struct channelcase_request receiving = { "receives only", "+966500000001", "x", ERR_INVALID, NULL,
        NULL, NULL, NULL, NULL };
    static const struct channelcase_request poll = { "poll", NULL, NULL, 0, "POST",
        "http://127.0.0.1:9080/inbox/refresh", "Content-Type: application/json",
        "{\"since\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-02-01T00:00:00Z\",\"webhookDelivery\":\"Individual\",\"deviceId\":\"d1\"}",
        "sms" };
    static const struct channelcase_message listing = { .label = "the phone will tell", .body = "{}", .want = 0 };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, &receiving, 1);
    channelcase_check_poll(KIND, pairs, &poll);
    channelcase_check_listings(KIND, pairs, &listing, 1);
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 202, "{\"id\":\"alert-1-0\",\"state\":\"Pending\"}", OUTCOME_sent, "alert-1-0", "" },
        { "taken without an id", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "an earlier try did arrive", REPLY_ANSWERED, 409, "{\"message\":\"exists\"}", OUTCOME_sent, "", "" },
        { "malformed", REPLY_ANSWERED, 400, "{\"message\":\"x\"}", OUTCOME_rejected, "", "" },
        { "wrong password", REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "", "" },
        { "wrong address", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "queue full", REPLY_ANSWERED, 503, "", OUTCOME_retry_network, "", "" },
        { "trouble is safe to repeat", REPLY_ANSWERED, 500, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "half a login", { "secret=key-of-the-app", "api_user=sms" }, "api_password" },
        { "a short key", { "secret=short" }, "secret" },
        { "plain http over a network", { "secret=key-of-the-app", "api_url=http://192.168.1.20:8080" }, "https" },
        { "a path without its slash", { "secret=key-of-the-app", "inbox_path=inbox" }, "slash" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(an_id_of_32_bits_does_not_make_two_cries_one),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
