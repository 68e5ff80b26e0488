/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_sinch - the sinch channel as a table of bytes: signatures, messages, reports, sending, errors. */
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

#define KIND "sinch"

static const char *const pairs[] = { "service_plan_id=plan/1", "secret=s", "api_token=t1", "from=+447537400000",
    "public_url=https://line.example.org/in/x/message", NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(current, sizeof current, "secret=%s", is_previous ? "other" : secret);
    (void)snprintf(previous, sizeof previous, "secret_previous=%s", is_previous ? secret : "older");
    const char *const chosen[] = { "service_plan_id=p", current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 14);
}

static void other_proofs_count_only_where_they_are_set(void **state)
{
    (void)state;
    static const char *const login_pairs[] = { "service_plan_id=p", "auth_user=line", "auth_password=s3cret", NULL };
    static const char *const path_pairs[] = { "service_plan_id=p", "path_secret=long-secret", NULL };
    static const char *const both_pairs[] = { "service_plan_id=p", "secret=s", "path_secret=long-secret", NULL };
    static const struct request_header login[] = { { "Authorization", "Basic bGluZTpzM2NyZXQ=" } };
    static const struct {
        const char *label, *const *pairs, *path;
        enum verdict want;
    } cases[] = {
        { "login", login_pairs, "/in/x/message", VERDICT_VALID },
        { "login where a signature is set", pairs, "/in/x/message", VERDICT_INVALID },
        { "path", path_pairs, "/in/x/message/long-secret", VERDICT_VALID },
        { "no path", path_pairs, "/in/x/message", VERDICT_INVALID },
        { "path where a signature is set", both_pairs, "/in/x/message/long-secret", VERDICT_INVALID },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings(KIND, cases[i].pairs);
        struct request request = channels_post(cases[i].path, "{}");
        request.headers = login;
        if (registry_find(KIND)->verify(settings, &request, 0) != cases[i].want)
            fail_msg("%s", cases[i].label);
        settings_free(settings);
    }
}

#define MO(type, rest)                                                                                                 \
    "{\"type\":\"" type "\",\"id\":\"01A\",\"from\":\"966500000001\",\"to\":\"447537400000\"," rest "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "text",
            .body = MO("mo_text",
                "\"body\":\"Tulong po\",\"received_at\":\"2026-01-01T00:00:00.000Z\",\"operator_id\":\"42001\""),
            .want = 1,
            .from = "+966500000001",
            .to = "+447537400000",
            .id = "01A",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "her time before theirs",
            .body = MO("mo_text",
                "\"body\":\"x\",\"sent_at\":\"2026-01-01T00:00:00Z\",\"received_at\":\"2026-01-01T01:00:00Z\""),
            .want = 1,
            .time = "2026-01-01T00:00:00Z" },
        { .label = "no text", .body = MO("mo_text", "\"body\":\"\""), .want = 1, .text = "" },
        { .label = "no id, no recipient",
            .body = "{\"type\":\"mo_text\",\"from\":\"966500000001\",\"body\":\"x\"}",
            .want = 1,
            .id = "",
            .to = "" },
        { .label = "no type", .body = "{\"from\":\"966500000001\",\"body\":\"x\"}", .want = 1, .text = "x" },
        { .label = "short code",
            .body = "{\"type\":\"mo_text\",\"from\":\"8080\",\"body\":\"x\"}",
            .want = 1,
            .from = "8080" },
        { .label = "binary that is text",
            .body = MO("mo_binary", "\"body\":\"VHVsb25n\",\"udh\":\"\""),
            .want = 1,
            .text = "Tulong" },
        { .label = "a part of binary",
            .body = MO("mo_binary", "\"body\":\"VHVsb25n\",\"udh\":\"0500032A0201\""),
            .want = 1,
            .text = "Tulong",
            .part = 1,
            .part_total = 2,
            .part_ref = "42" },
        { .label = "binary that is none",
            .body = MO("mo_binary", "\"body\":\"AP8=\",\"udh\":\"060504158A0000\""),
            .want = 1,
            .text = "AP8=" },
        { .label = "a picture with words",
            .body = MO("mo_media", "\"body\":{\"subject\":\"s\",\"message\":\"look\",\"media\":[]}"),
            .want = 1,
            .text = "look" },
        { .label = "a picture with a subject",
            .body = MO("mo_media", "\"body\":{\"subject\":\"s\",\"media\":[]}"),
            .want = 1,
            .text = "s" },
        { .label = "a report that was pointed here",
            .body = "{\"type\":\"recipient_delivery_report_sms\",\"batch_id\":\"b\",\"status\":\"Delivered\"}",
            .want = 0 },
        { .label = "neither type nor text", .body = "{\"from\":\"966500000001\"}", .want = ERR_INVALID },
        { .label = "a list", .body = "[]", .want = ERR_INVALID },
        { .label = "no JSON", .body = "x", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

static void listings_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "two",
            .body = "{\"count\":2,\"page\":0,\"inbounds\":[" MO("mo_text", "\"body\":\"a\"") "," MO(
                "mo_text", "\"body\":\"b\"") "]}",
            .want = 2,
            .text = "a",
            .id = "01A" },
        { .label = "none", .body = "{\"count\":0,\"page\":0,\"inbounds\":[]}", .want = 0 },
        { .label = "none, and no list", .body = "{\"count\":0}", .want = 0 },
        { .label = "no list", .body = "{}", .want = ERR_INVALID },
        { .label = "cut", .body = "{\"count\":1,\"inbounds\":[{", .want = ERR_INVALID },
    };
    static const struct channelcase_request poll = { "poll", NULL, NULL, 0, "GET",
        "https://us.sms.api.sinch.com/xms/v1/plan%2F1/inbounds?page=0&page_size=50&start_date=2026-01-01T00%3A00%3A00Z",
        "Authorization: Bearer t1", "", "" };
    channelcase_check_listings(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_poll(KIND, pairs, &poll);
}

#define DLR(word, rest)                                                                                                 \
    "{\"type\":\"recipient_delivery_report_sms\",\"batch_id\":\"b1\",\"recipient\":\"966500000001\",\"status\":\"" word \
    "\",\"at\":\"2026-01-01T00:00:00.000Z\"" rest "}"

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "queued", DLR("Queued", ",\"code\":400"), 1, REPORT_PENDING, "b1", "400", "2026-01-01T00:00:00Z" },
        { "dispatched", DLR("Dispatched", ",\"code\":401"), 1, REPORT_SENT, "b1", "401", NULL },
        { "delivered", DLR("Delivered", ",\"code\":0"), 1, REPORT_DELIVERED, "b1", "", NULL },
        { "expired", DLR("Expired", ",\"code\":404"), 1, REPORT_FAILED_TEMPORARY, "b1", "404", NULL },
        { "failed", DLR("Failed", ""), 1, REPORT_FAILED, "b1", "", NULL },
        { "aborted", DLR("Aborted", ""), 1, REPORT_FAILED, "b1", "", NULL },
        { "a summary",
            "{\"type\":\"delivery_report_sms\",\"batch_id\":\"b1\",\"statuses\":[{\"code\":0,\"count\":1,\"status\":\"Delivered\"}]}",
            1, REPORT_DELIVERED, "b1", "", "" },
        { "a summary with empty lines",
            "{\"type\":\"delivery_report_sms\",\"batch_id\":\"b1\",\"statuses\":[{\"code\":401,\"count\":0,\"status\":\"Dispatched\"},{\"code\":404,\"count\":1,\"status\":\"Expired\"}]}",
            1, REPORT_FAILED_TEMPORARY, "b1", "404", "" },
        { "an empty summary", "{\"type\":\"delivery_report_sms\",\"batch_id\":\"b1\",\"statuses\":[]}", ERR_INVALID, 0,
            NULL, NULL, NULL },
        { "no id", "{\"status\":\"Delivered\"}", ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", MO("mo_text", "\"body\":\"x\""), ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966500000001", "We read you", 0, "POST", "https://us.sms.api.sinch.com/xms/v1/plan%2F1/batches",
            "Authorization: Bearer t1",
            "{\"to\":[\"966500000001\"],\"body\":\"We read you\",\"type\":\"mt_text\",\"delivery_report\":\"per_recipient\",\"client_reference\":\"alert-1-0\",\"from\":\"447537400000\",\"callback_url\":\"https://line.example.org/in/x/status\"}",
            "" },
        { "no address", "", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "created", REPLY_ANSWERED, 201, "{\"id\":\"b9\"}", OUTCOME_sent, "b9", "" },
        { "created without an id", REPLY_ANSWERED, 201, "{}", OUTCOME_unparseable, "", "" },
        { "malformed", REPLY_ANSWERED, 400, "{\"code\":\"syntax_invalid_parameter_format\",\"text\":\"x\"}",
            OUTCOME_rejected, "", "syntax_invalid_parameter_format" },
        { "wrong token", REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "", "" },
        { "not allowed", REPLY_ANSWERED, 403, "{\"code\":\"unauthorized\"}", OUTCOME_bad_config, "", "unauthorized" },
        { "wrong plan", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no proof", { "service_plan_id=p" }, "prove" },
        { "half a login", { "service_plan_id=p", "secret=s", "auth_user=a" }, "auth_password" },
        { "a colon in the user", { "service_plan_id=p", "auth_user=a:b", "auth_password=c" }, "colon" },
        { "plain http", { "service_plan_id=p", "secret=s", "api_url=http://a.example" }, "https" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(other_proofs_count_only_where_they_are_set),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(listings_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
