/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_telnyx - the telnyx channel as a table of bytes: signatures, messages, reports, sending, errors. */
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

#define KIND "telnyx"
#define KEY "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="

static const char *const pairs[] = { "public_key=" KEY, "api_key=KEY0123", "from=+13125550002",
    "public_url=https://line.example.org/in/x/message", NULL };
static const char *const bare_pairs[] = { "public_key=" KEY, NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char current[128], previous[128];
    const char *key = json_text(vector, "secret", "");
    (void)snprintf(current, sizeof current, "public_key=%s", is_previous ? KEY : key);
    (void)snprintf(previous, sizeof previous, "public_key_previous=%s", is_previous ? key : KEY);
    const char *const chosen[] = { current, is_previous ? previous : NULL, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 19);
}

#define EVENT(type, payload) "{\"data\":{\"event_type\":\"" type "\",\"id\":\"e1\",\"payload\":{" payload "}}}"
#define FROM                                                                                                           \
    "\"from\":{\"phone_number\":\"+966500000001\",\"carrier\":\"\"},\"to\":[{\"phone_number\":\"+13125550002\"}]"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = EVENT("message.received",
                "\"id\":\"m1\"," FROM ",\"text\":\"Tulong po\",\"received_at\":\"2026-01-01T00:00:00.000+00:00\""),
            .want = 1,
            .from = "+966500000001",
            .to = "+13125550002",
            .id = "m1",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "unknown fields, empty and null ones",
            .body =
                EVENT("message.received", "\"id\":\"m1\",\"cc\":[],\"media\":[],\"subject\":null,\"x\":{\"y\":[]}," FROM
                                          ",\"text\":\"x\",\"tags\":[],\"sent_at\":null"),
            .want = 1,
            .id = "m1",
            .text = "x",
            .time = "" },
        { .label = "a picture without text",
            .body = EVENT("message.received",
                "\"id\":\"m1\",\"type\":\"MMS\"," FROM ",\"text\":null,\"media\":[{\"url\":\"https://a.example/1\"}]"),
            .want = 1,
            .text = "" },
        { .label = "no id, no text",
            .body = EVENT("message.received", FROM),
            .want = 1,
            .from = "+966500000001",
            .id = "",
            .text = "" },
        { .label = "no sender",
            .body = EVENT("message.received", "\"id\":\"m1\",\"text\":\"x\""),
            .want = 1,
            .from = "",
            .text = "x" },
        { .label = "numbers as plain texts",
            .body = EVENT(
                "message.received", "\"id\":\"m1\",\"from\":\"+966500000001\",\"to\":\"+13125550002\",\"text\":\"x\""),
            .want = 1,
            .from = "+966500000001",
            .to = "+13125550002" },
        { .label = "short code",
            .body = EVENT("message.received", "\"id\":\"m1\",\"from\":{\"phone_number\":\"8080\"},\"text\":\"x\""),
            .want = 1,
            .from = "8080" },
        { .label = "a name",
            .body = EVENT("message.received", "\"id\":\"m1\",\"from\":{\"phone_number\":\"STC\"},\"text\":\"x\""),
            .want = 1,
            .from = "STC" },
        { .label = "the provider read STOP",
            .body =
                EVENT("message.received", "\"id\":\"m1\"," FROM ",\"text\":\"stop\",\"autoresponse_type\":\"STOP\""),
            .want = 1,
            .text = "stop",
            .intent = INTENT_stop },
        { .label = "the provider read START",
            .body = EVENT("message.received", FROM ",\"text\":\"start\",\"autoresponse_type\":\"START\""),
            .want = 1,
            .intent = INTENT_start },
        { .label = "HELP stays a cry for help",
            .body = EVENT("message.received", FROM ",\"text\":\"HELP\",\"autoresponse_type\":\"HELP\""),
            .want = 1,
            .text = "HELP",
            .intent = INTENT_help },
        { .label = "half an emoji",
            .body = EVENT("message.received", "\"text\":\"a\\ud83d b\""),
            .want = 1,
            .text = "a\xef\xbf\xbd b" },
        { .label = "a NUL",
            .body = EVENT("message.received", "\"text\":\"a\\u0000b\""),
            .want = 1,
            .text = "a\xef\xbf\xbd"
                    "b" },
        { .label = "bytes that are not UTF-8",
            .body = EVENT("message.received", "\"text\":\"caf\xe9\""),
            .want = 1,
            .text = "café" },
        { .label = "an event without its word",
            .body = "{\"data\":{\"payload\":{\"direction\":\"inbound\"," FROM ",\"text\":\"x\"}}}",
            .want = 1,
            .text = "x" },
        { .label = "a report that was pointed here",
            .body = EVENT("message.finalized", "\"id\":\"m1\",\"text\":\"ours\",\"to\":[{\"status\":\"delivered\"}]"),
            .want = 0 },
        { .label = "another event", .body = "{\"data\":{\"event_type\":\"10dlc.campaign.update\"}}", .want = 0 },
        { .label = "a message without its content",
            .body = "{\"data\":{\"event_type\":\"message.received\"}}",
            .want = ERR_INVALID },
        { .label = "an empty object", .body = "{}", .want = ERR_INVALID },
        { .label = "no JSON", .body = "{\"data\":", .want = ERR_INVALID },
        { .label = "nothing", .body = "", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

#define STATUS(word, rest)                                                                                                       \
    EVENT("message.finalized",                                                                                                   \
        "\"id\":\"m1\",\"direction\":\"outbound\",\"text\":\"x\",\"to\":[{\"phone_number\":\"+966500000001\",\"status\":\"" word \
        "\"}]" rest)

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "queued", STATUS("queued", ""), 1, REPORT_PENDING, "m1", "", "" },
        { "sending", STATUS("sending", ""), 1, REPORT_PENDING, "m1", "", "" },
        { "sent", STATUS("sent", ",\"errors\":[]"), 1, REPORT_SENT, "m1", "", "" },
        { "nobody said so", STATUS("delivery_unconfirmed", ""), 1, REPORT_SENT, "m1", "", "" },
        { "delivered", STATUS("delivered", ",\"completed_at\":\"2026-01-01T00:00:01.500Z\""), 1, REPORT_DELIVERED, "m1",
            "", "2026-01-01T00:00:01.500Z" },
        { "expired", STATUS("expired", ""), 1, REPORT_FAILED_TEMPORARY, "m1", "", "" },
        { "not handed over", STATUS("sending_failed", ",\"errors\":[{\"code\":\"40318\"}]"), 1, REPORT_FAILED_TEMPORARY,
            "m1", "40318", "" },
        { "failed", STATUS("delivery_failed", ",\"errors\":[{\"code\":\"40301\",\"title\":\"x\"}]"), 1, REPORT_FAILED,
            "m1", "40301", "" },
        { "failed, code as a number", STATUS("delivery_failed", ",\"errors\":[{\"code\":40301}]"), 1, REPORT_FAILED,
            "m1", "40301", "" },
        { "she texted STOP", STATUS("delivery_failed", ",\"errors\":[{\"code\":\"40300\"}]"), 1, REPORT_OPTED_OUT, "m1",
            "40300", "" },
        { "a word that is added later", STATUS("invented", ""), 1, REPORT_PENDING, "m1", "", "" },
        { "the event alone", EVENT("message.sent", "\"id\":\"m1\""), 1, REPORT_SENT, "m1", "", "" },
        { "no id", EVENT("message.sent", "\"to\":[{\"status\":\"sent\"}]"), ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", EVENT("message.received", "\"id\":\"m1\",\"text\":\"x\""), ERR_INVALID, 0,
            NULL, NULL, NULL },
        { "nothing", "{}", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966 50 000 0001", "We read \"you\"", 0, "POST", "https://api.telnyx.com/v2/messages",
            "Authorization: Bearer KEY0123",
            "{\"to\":\"+966500000001\",\"text\":\"We read \\\"you\\\"\",\"from\":\"+13125550002\",\"webhook_url\":\"https://line.example.org/in/x/status\",\"use_profile_webhooks\":false}",
            "" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
        { "no text", "+966500000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const struct channelcase_request receiving[] = {
        { "no key and no sender", "+966500000001", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const char *const profile_pairs[] = { "public_key=" KEY, "api_key=K", "messaging_profile_id=P1",
        "api_url=http://127.0.0.1:9/", NULL };
    static const struct channelcase_request profile[] = {
        { "the profile chooses", "+966500000001", "x", 0, "POST", "http://127.0.0.1:9/v2/messages", NULL,
            "{\"to\":\"+966500000001\",\"text\":\"x\",\"messaging_profile_id\":\"P1\"}", "" },
    };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, receiving, STR_COUNT(receiving));
    channelcase_check_sends(KIND, profile_pairs, profile, STR_COUNT(profile));
}

#define ERRORS(code) "{\"errors\":[{\"code\":\"" code "\",\"title\":\"x\"}]}"

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "accepted", REPLY_ANSWERED, 200, "{\"data\":{\"id\":\"m9\",\"to\":[{\"status\":\"queued\"}]}}", OUTCOME_sent,
            "m9", "" },
        { "accepted without an id", REPLY_ANSWERED, 200, "{\"data\":{}}", OUTCOME_unparseable, "", "" },
        { "a page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "not connected", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
        { "too many", REPLY_ANSWERED, 429, ERRORS("10011"), OUTCOME_retry_throttled, "", "10011" },
        { "queue full", REPLY_ANSWERED, 400, ERRORS("40318"), OUTCOME_retry_throttled, "", "40318" },
        { "wrong key", REPLY_ANSWERED, 401, ERRORS("10009"), OUTCOME_bad_config, "", "10009" },
        { "no funds", REPLY_ANSWERED, 403, ERRORS("20100"), OUTCOME_bad_config, "", "20100" },
        { "not a number", REPLY_ANSWERED, 422, ERRORS("40310"), OUTCOME_rejected, "", "40310" },
        { "she texted STOP", REPLY_ANSWERED, 400, ERRORS("40300"), OUTCOME_opted_out, "", "40300" },
        { "sender not ours", REPLY_ANSWERED, 400, ERRORS("40305"), OUTCOME_bad_config, "", "40305" },
        { "a refusal we do not know", REPLY_ANSWERED, 422, ERRORS("49999"), OUTCOME_rejected, "", "49999" },
        { "trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "not now", REPLY_ANSWERED, 503, "", OUTCOME_retry_network, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a key in hex", { "public_key=03a107bff3ce10be1d70dd18e74bc09967e4d630" }, "public_key" },
        { "plain http", { "public_key=" KEY, "api_url=http://api.example.org" }, "https" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
