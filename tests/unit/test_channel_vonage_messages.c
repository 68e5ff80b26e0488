/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_vonage_messages - the vonage_messages channel as a table of bytes: signatures, messages, reports,
 * sending, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/crypto/rsa.h"
#include "tests/support/channelcase.h"
#include "tests/support/pem.h"

#define KIND "vonage_messages"

static const char *const pairs[] = { "secret=s", "api_key=abcd1234", "api_secret=t", "from=+447700900000",
    "public_url=https://line.example.org/in/x/message", NULL };
static const char *const bare_pairs[] = { "secret=s", "from=+447700900000", NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(current, sizeof current, "secret=%s", is_previous ? "other" : secret);
    (void)snprintf(previous, sizeof previous, "secret_previous=%s", is_previous ? secret : "older");
    const char *const chosen[] = { current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 30);
}

#define MO(rest)                                                                                                                                  \
    "{\"message_uuid\":\"u1\",\"to\":\"447700900000\",\"from\":\"966500000001\",\"channel\":\"sms\",\"timestamp\":\"2026-01-01T00:00:00Z\"," rest \
    "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "version 1",
            .body = MO(
                "\"message_type\":\"text\",\"text\":\"Tulong po\",\"sms\":{\"num_messages\":\"2\",\"keyword\":\"TULONG\"},\"usage\":{\"price\":\"0.01\"}"),
            .want = 1,
            .from = "+966500000001",
            .to = "+447700900000",
            .id = "u1",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "version 0.1",
            .body =
                "{\"message_uuid\":\"u1\",\"from\":{\"type\":\"sms\",\"number\":\"966500000001\"},\"to\":{\"type\":\"sms\",\"number\":\"447700900000\"},\"timestamp\":\"2026-01-01T00:00:00.500Z\",\"message\":{\"content\":{\"type\":\"text\",\"text\":\"x\"}}}",
            .want = 1,
            .from = "+966500000001",
            .to = "+447700900000",
            .text = "x",
            .time = "2026-01-01T00:00:00.500Z" },
        { .label = "a picture with words",
            .body = MO("\"message_type\":\"image\",\"image\":{\"url\":\"https://a.example\",\"caption\":\"look\"}"),
            .want = 1,
            .text = "look" },
        { .label = "what Vonage cannot show", .body = MO("\"message_type\":\"unsupported\""), .want = 1, .text = "" },
        { .label = "no id, no time",
            .body = "{\"from\":\"966500000001\",\"text\":\"x\"}",
            .want = 1,
            .id = "",
            .time = "" },
        { .label = "no sender", .body = "{\"message_type\":\"text\",\"text\":\"x\"}", .want = 1, .from = "" },
        { .label = "a number with its plus",
            .body = "{\"from\":\"+966500000001\",\"text\":\"x\"}",
            .want = 1,
            .from = "+966500000001" },
        { .label = "short code", .body = "{\"from\":\"8080\",\"text\":\"x\"}", .want = 1, .from = "8080" },
        { .label = "a report that was pointed here", .body = MO("\"status\":\"delivered\""), .want = 0 },
        { .label = "neither", .body = "{\"channel\":\"sms\"}", .want = ERR_INVALID },
        { .label = "a list", .body = "[]", .want = ERR_INVALID },
        { .label = "no JSON", .body = "x", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

#define DLR(rest) MO("\"status\":" rest)

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "submitted", DLR("\"submitted\""), 1, REPORT_SENT, "u1", "", "2026-01-01T00:00:00Z" },
        { "delivered", DLR("\"delivered\""), 1, REPORT_DELIVERED, "u1", "", NULL },
        { "read", DLR("\"read\""), 1, REPORT_DELIVERED, "u1", "", NULL },
        { "not now", DLR("\"undeliverable\""), 1, REPORT_FAILED_TEMPORARY, "u1", "", NULL },
        { "rejected",
            DLR("\"rejected\",\"error\":{\"type\":\"https://developer.vonage.example/api-errors/messages#1430\",\"title\":1430,\"detail\":\"x\"}"),
            1, REPORT_FAILED, "u1", "1430", NULL },
        { "throttled", DLR("\"rejected\",\"error\":{\"title\":\"1000\"}"), 1, REPORT_FAILED_TEMPORARY, "u1", "1000",
            NULL },
        { "version 0.1", DLR("\"rejected\",\"error\":{\"code\":1180,\"reason\":\"x\"}"), 1, REPORT_FAILED_TEMPORARY,
            "u1", "1180", NULL },
        { "a word that is added later", DLR("\"invented\""), 1, REPORT_PENDING, "u1", "", NULL },
        { "no id", "{\"status\":\"delivered\"}", ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", MO("\"message_type\":\"text\",\"text\":\"x\""), ERR_INVALID, 0, NULL, NULL,
            NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966500000001", "We read you", 0, "POST", "https://api.nexmo.com/v1/messages",
            "Content-Type: application/json",
            "{\"message_type\":\"text\",\"channel\":\"sms\",\"to\":\"966500000001\",\"from\":\"447700900000\",\"text\":\"We read you\",\"client_ref\":\"alert-1-0\",\"webhook_url\":\"https://line.example.org/in/x/status\"}",
            "abcd1234" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const struct channelcase_request receiving = { "receives only", "+966500000001", "x", ERR_INVALID, NULL,
        NULL, NULL, NULL, NULL };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, &receiving, 1);
}

static struct settings *application_settings(void)
{
    AUTO_BUF key;
    buf_init(&key, 8192);
    buf_add_text(&key, "private_key=");
    pem_add_private(&key);
    const char *const chosen[] = { "secret=s", "application_id=app-1", key.data, "from=Line", NULL };
    return channels_settings(KIND, chosen);
}

/* The token of an Authorization header line, cut in two at its last dot. */
static void check_token(char *token, const char *want_claims)
{
    AUTO_BUF public_pem;
    AUTO_BUF signature;
    AUTO_BUF claims;
    buf_init(&public_pem, 8192);
    buf_init(&signature, RSA_SIGNATURE_MAX);
    buf_init(&claims, 1024);
    pem_add_public(&public_pem);
    char *last = strrchr(token, '.');
    assert_int_equal(str_base64_decode(&signature, span_of(last + 1)), 0);
    *last = '\0';
    assert_true(rsa_is_valid(buf_span(&public_pem), span_of(token), buf_span(&signature)));
    assert_int_equal(str_base64_decode(&claims, span_of(strchr(token, '.') + 1)), 0);
    assert_string_equal(claims.data, want_claims);
}

static void an_application_logs_in_with_a_token_of_its_own(void **state)
{
    (void)state;
    const struct sms_out message = {
        .id = "alert-1-0", .from = "", .to = "+966500000001", .text = "x", .now_ms = 1767225600999, .attempt = 2
    };
    struct settings *settings = application_settings();
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(registry_find(KIND)->build_send(settings, &message, &transmit), 0);
    assert_int_equal(transmit.username.len, 0);
    char *token = strstr(transmit.headers.data, "Authorization: Bearer ");
    assert_non_null(token);
    token += strlen("Authorization: Bearer ");
    token[strcspn(token, "\n")] = '\0';
    check_token(token, "{\"application_id\":\"app-1\",\"iat\":1767225600,\"exp\":1767226500,\"jti\":\"alert-1-0.2\"}");
    transmit_done(&transmit);
    settings_free(settings);
}

#define PROBLEM(code)                                                                                                  \
    "{\"type\":\"https://developer.vonage.example/api-errors/messages#" code "\",\"title\":\"x\",\"detail\":\"y\"}"

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 202, "{\"message_uuid\":\"u9\"}", OUTCOME_sent, "u9", "" },
        { "taken without an id", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "wrong login", REPLY_ANSWERED, 401, "{\"title\":\"Unauthorized\"}", OUTCOME_bad_config, "", "Unauthorized" },
        { "no credit", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "too many", REPLY_ANSWERED, 429, PROBLEM("1000"), OUTCOME_retry_throttled, "", "1000" },
        { "sender", REPLY_ANSWERED, 422, PROBLEM("1120"), OUTCOME_bad_config, "", "1120" },
        { "recipient", REPLY_ANSWERED, 422, PROBLEM("1170"), OUTCOME_rejected, "", "1170" },
        { "a refusal we do not know", REPLY_ANSWERED, 422, PROBLEM("1999"), OUTCOME_rejected, "", "1999" },
        { "trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no secret", { "api_key=k", "api_secret=t" }, "secret" },
        { "half an application", { "secret=s", "application_id=a" }, "private_key" },
        { "a key that is none", { "secret=s", "application_id=a", "private_key=x" }, "PEM" },
        { "half a login", { "secret=s", "api_key=k" }, "api_secret" },
        { "plain http", { "secret=s", "api_url=http://a.example" }, "https" },
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
        cmocka_unit_test(an_application_logs_in_with_a_token_of_its_own),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
