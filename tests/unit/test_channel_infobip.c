/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_infobip - the infobip channel as a table of bytes: signatures, messages, reports, sending, errors. */
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

#define KIND "infobip"

static const char *const pairs[] = { "auth_user=line", "auth_password=s3cret", "api_url=https://abc.api.infobip.com",
    "api_key=k1", "from=+447537400000", "public_url=https://line.example.org/in/x/message",
    "opted_out_names=EC_STOPPED|OPTED_OUT", NULL };
static const char *const bare_pairs[] = { "auth_user=line", "auth_password=s3cret", NULL };

/* The secret of a vector is "user:password"; the first colon parts them. */
static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char user[128], current[128], previous[128];
    const char *secret = json_text(vector, "secret", ""), *colon = strchr(secret, ':');
    (void)snprintf(user, sizeof user, "auth_user=%.*s", (int)(colon - secret), secret);
    (void)snprintf(current, sizeof current, "auth_password=%s", is_previous ? "other" : colon + 1);
    (void)snprintf(previous, sizeof previous, "auth_password_previous=%s", is_previous ? colon + 1 : "older");
    const char *const chosen[] = { user, current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_login_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 11);
}

static void a_secret_in_the_path_is_asked_for_besides(void **state)
{
    (void)state;
    static const char *const path_pairs[] = { "auth_user=line", "auth_password=s3cret", "path_secret=long-secret",
        NULL };
    static const struct request_header login[] = { { "Authorization", "Basic bGluZTpzM2NyZXQ=" } };
    static const struct {
        const char *path;
        size_t headers;
        enum verdict want;
    } cases[] = {
        { "/in/x/message/long-secret", 1, VERDICT_VALID },
        { "/in/x/status/long%2Dsecret", 1, VERDICT_VALID },
        { "/in/x/message/long-secret", 0, VERDICT_INVALID },
        { "/in/x/message/long-secre", 1, VERDICT_INVALID },
        { "/in/x/message/", 1, VERDICT_INVALID },
        { "/in/x/message", 1, VERDICT_INVALID },
        { "/in/long-secret/message", 1, VERDICT_INVALID },
    };
    struct settings *settings = channels_settings(KIND, path_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct request request = channels_post(cases[i].path, "{}");
        request.headers = login;
        request.header_count = cases[i].headers;
        if (registry_find(KIND)->verify(settings, &request, 0) != cases[i].want)
            fail_msg("%s with %zu headers", cases[i].path, cases[i].headers);
    }
    settings_free(settings);
}

#define RESULTS(list) "{\"results\":[" list "],\"messageCount\":1,\"pendingMessageCount\":0}"
#define RESULT(rest) "{\"messageId\":\"817790313235066447\",\"from\":\"966500000001\",\"to\":\"447537400000\"," rest "}"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = RESULTS(RESULT(
                "\"text\":\"QUIZ yes\",\"cleanText\":\"yes\",\"keyword\":\"QUIZ\",\"receivedAt\":\"2026-01-01T03:00:00.000+0300\",\"smsCount\":1")),
            .want = 1,
            .from = "+966500000001",
            .to = "+447537400000",
            .id = "817790313235066447",
            .text = "QUIZ yes",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "several in one request",
            .body = RESULTS(RESULT("\"text\":\"a\"") "," RESULT("\"text\":\"b\"") "," RESULT("\"text\":\"c\"")),
            .want = 3,
            .text = "a" },
        { .label = "an empty list", .body = RESULTS(""), .want = 0 },
        { .label = "an id as a number",
            .body = RESULTS("{\"messageId\":817790313235066447,\"from\":\"966500000001\",\"text\":\"x\"}"),
            .want = 1,
            .id = "817790313235066447" },
        { .label = "no id, no time, no text",
            .body = RESULTS("{\"from\":\"966500000001\"}"),
            .want = 1,
            .id = "",
            .text = "",
            .time = "" },
        { .label = "clean text alone",
            .body = RESULTS("{\"from\":\"966500000001\",\"cleanText\":\"yes\"}"),
            .want = 1,
            .text = "yes" },
        { .label = "a number with its plus",
            .body = RESULTS("{\"from\":\"+966500000001\",\"text\":\"x\"}"),
            .want = 1,
            .from = "+966500000001" },
        { .label = "a local number is left to the country",
            .body = RESULTS("{\"from\":\"0500000001\",\"text\":\"x\"}"),
            .want = 1,
            .from = "0500000001" },
        { .label = "short code", .body = RESULTS("{\"from\":\"808080\",\"text\":\"x\"}"), .want = 1, .from = "808080" },
        { .label = "a name", .body = RESULTS("{\"from\":\"InfoSMS\",\"text\":\"x\"}"), .want = 1, .from = "InfoSMS" },
        { .label = "multimedia",
            .body = RESULTS(
                "{\"from\":\"966500000001\",\"message\":[{\"contentType\":\"text/plain\",\"value\":\"a\"},{\"contentType\":\"image/png\",\"url\":\"https://a.example\"},{\"contentType\":\"text/plain\",\"value\":\"b\"}]}"),
            .want = 1,
            .text = "a\nb" },
        { .label = "a picture alone",
            .body = RESULTS("{\"from\":\"966500000001\",\"message\":[{\"contentType\":\"image/png\"}]}"),
            .want = 1,
            .text = "" },
        { .label = "a report that was pointed here",
            .body = RESULTS("{\"messageId\":\"m\",\"to\":\"966500000001\",\"status\":{\"groupId\":3}}"),
            .want = 0 },
        { .label = "a report and a message",
            .body = RESULTS("{\"messageId\":\"m\",\"status\":{\"groupId\":3}}," RESULT("\"text\":\"x\"")),
            .want = 1,
            .text = "x" },
        { .label = "something that is no message", .body = RESULTS("7"), .want = ERR_INVALID },
        { .label = "no list", .body = "{}", .want = ERR_INVALID },
        { .label = "no JSON", .body = "results=1", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_listings(KIND, pairs, cases, 4);
}

static void more_than_fits_is_kept_whole(void **state)
{
    (void)state;
    AUTO_BUF body;
    buf_init(&body, 65536);
    buf_add_text(&body, "{\"results\":[{\"text\":\"x\"}");
    for (int i = 1; i < CHANNEL_MESSAGES_MAX; i++)
        buf_add_text(&body, ",{\"text\":\"x\"}");
    size_t len = body.len;
    buf_add_text(&body, "]}");
    struct channelcase_message test = { .label = "as many as fit", .body = body.data, .want = CHANNEL_MESSAGES_MAX };
    channelcase_check_messages(KIND, pairs, &test, 1);
    buf_truncate(&body, len);
    buf_add_text(&body, ",{\"text\":\"x\"}]}");
    test = (struct channelcase_message){ .label = "one more", .body = body.data, .want = ERR_LIMIT };
    channelcase_check_messages(KIND, pairs, &test, 1);
}

#define STATUS(group, id, rest)                                                                                        \
    RESULTS("{\"messageId\":\"m1\",\"doneAt\":\"2026-01-01T00:00:00.000+0000\",\"status\":{\"groupName\":\"" group     \
            "\",\"id\":" id ",\"name\":\"N\"}" rest "}")

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "accepted", STATUS("ACCEPTED", "0", ""), 1, REPORT_PENDING, "m1", "N", "2026-01-01T00:00:00Z" },
        { "pending", STATUS("PENDING", "7", ""), 1, REPORT_PENDING, "m1", "N", NULL },
        { "only at the operator", STATUS("DELIVERED", "2", ""), 1, REPORT_SENT, "m1", "N", NULL },
        { "at the handset", STATUS("DELIVERED", "5", ",\"error\":{\"id\":0,\"name\":\"NO_ERROR\",\"permanent\":false}"),
            1, REPORT_DELIVERED, "m1", "N", NULL },
        { "expired", STATUS("EXPIRED", "15", ""), 1, REPORT_FAILED_TEMPORARY, "m1", "N", NULL },
        { "undeliverable for now",
            STATUS("UNDELIVERABLE", "9", ",\"error\":{\"id\":6,\"name\":\"EC_ABSENT\",\"permanent\":false}"), 1,
            REPORT_FAILED_TEMPORARY, "m1", "EC_ABSENT", NULL },
        { "undeliverable for good",
            STATUS("UNDELIVERABLE", "9", ",\"error\":{\"id\":1,\"name\":\"EC_UNKNOWN\",\"permanent\":true}"), 1,
            REPORT_FAILED, "m1", "EC_UNKNOWN", NULL },
        { "rejected", STATUS("REJECTED", "12", ""), 1, REPORT_FAILED, "m1", "N", NULL },
        { "she asked to stop", STATUS("REJECTED", "12", ",\"error\":{\"id\":9,\"name\":\"EC_STOPPED\"}"), 1,
            REPORT_OPTED_OUT, "m1", "EC_STOPPED", NULL },
        { "the group as a number", "{\"results\":[{\"messageId\":\"m1\",\"status\":{\"groupId\":3,\"id\":5}}]}", 1,
            REPORT_DELIVERED, "m1", "", "" },
        { "two of them",
            "{\"results\":[{\"messageId\":\"m1\",\"status\":{\"groupId\":3,\"id\":5}},{\"messageId\":\"m2\",\"status\":{\"groupId\":4}}]}",
            2, REPORT_DELIVERED, "m1", "", "" },
        { "none", RESULTS(""), 0, 0, NULL, NULL, NULL },
        { "no id", "{\"results\":[{\"status\":{\"groupId\":3,\"id\":5}}]}", ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", RESULTS(RESULT("\"text\":\"x\"")), ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966500000001", "We read you", 0, "POST", "https://abc.api.infobip.com/sms/3/messages",
            "Authorization: App k1",
            "{\"messages\":[{\"destinations\":[{\"to\":\"966500000001\",\"messageId\":\"alert-1-0\"}],\"content\":{\"text\":\"We read you\"},\"sender\":\"447537400000\",\"webhooks\":{\"delivery\":{\"url\":\"https://line.example.org/in/x/status\",\"intermediateReport\":true},\"contentType\":\"application/json\"}}]}",
            "" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const struct channelcase_request receiving = { "receives only", "+966500000001", "x", ERR_INVALID, NULL,
        NULL, NULL, NULL, NULL };
    static const struct channelcase_request poll = { "poll", NULL, NULL, 0, "GET",
        "https://abc.api.infobip.com/sms/1/inbox/reports?limit=100", "Authorization: App k1", "", "" };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, &receiving, 1);
    channelcase_check_poll(KIND, pairs, &poll);
    channelcase_check_poll(KIND, bare_pairs, &receiving);
}

#define SENT(group, name)                                                                                              \
    "{\"bulkId\":\"b\",\"messages\":[{\"messageId\":\"alert-1-0\",\"status\":{\"groupId\":" group ",\"name\":\"" name  \
    "\"}}]}"

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "pending", REPLY_ANSWERED, 200, SENT("1", "PENDING_ACCEPTED"), OUTCOME_sent, "alert-1-0", "" },
        { "an earlier try did arrive", REPLY_ANSWERED, 200, SENT("5", "REJECTED_DUPLICATE_MESSAGE_ID"), OUTCOME_sent,
            "alert-1-0", "" },
        { "no credit", REPLY_ANSWERED, 200, SENT("5", "REJECTED_NOT_ENOUGH_CREDITS"), OUTCOME_bad_config, "",
            "REJECTED_NOT_ENOUGH_CREDITS" },
        { "no route", REPLY_ANSWERED, 200, SENT("5", "REJECTED_NETWORK"), OUTCOME_rejected, "", "REJECTED_NETWORK" },
        { "she asked to stop", REPLY_ANSWERED, 200, SENT("5", "OPTED_OUT"), OUTCOME_opted_out, "", "OPTED_OUT" },
        { "trouble", REPLY_ANSWERED, 200, SENT("5", "REJECTED_SYSTEM_ERROR"), OUTCOME_retry_network, "", NULL },
        { "nothing about a message", REPLY_ANSWERED, 200, "{\"messages\":[]}", OUTCOME_unparseable, "", "" },
        { "a page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401,
            "{\"requestError\":{\"serviceException\":{\"messageId\":\"UNAUTHORIZED\"}}}", OUTCOME_bad_config, "",
            "UNAUTHORIZED" },
        { "wrong base address", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "too many", REPLY_ANSWERED, 429, "{\"errorCode\":\"E429\"}", OUTCOME_retry_throttled, "", "E429" },
        { "malformed", REPLY_ANSWERED, 400, "", OUTCOME_rejected, "", "" },
        { "trouble is safe to repeat", REPLY_ANSWERED, 500, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a colon in the user", { "auth_user=a:b", "auth_password=x" }, "colon" },
        { "an address without a key", { "auth_user=a", "auth_password=x", "api_url=https://a.example" }, "api_key" },
        { "plain http", { "auth_user=a", "auth_password=x", "api_url=http://a.example", "api_key=k" }, "https" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_login_is_judged),
        cmocka_unit_test(a_secret_in_the_path_is_asked_for_besides),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(more_than_fits_is_kept_whole),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
