/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_webhook - alerts as signed JSON: the signature scheme both ways, the body by trust, what answers mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/standardhook.h"
#include "tests/support/channels.h"

#define SECRET "whsec_aGVscGxpbmUtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXM="
#define OLD_SECRET "whsec_YW5vdGhlci10ZXN0LXNlY3JldC1vZi0tMzItYnl0ZXM="
#define NOW_MS 1767225600500

static const char *const plain_pairs[] = { "secret=" SECRET, NULL };

static const struct channel_ops *ops(void)
{
    return registry_find("webhook");
}

static void every_vector_is_judged_as_the_official_library_does(void **state)
{
    (void)state;
    static const char *const words[] = {
        [VERDICT_VALID] = "valid", [VERDICT_LATE] = "late", [VERDICT_INVALID] = "invalid"
    };
    json_t *vectors = channels_signatures();
    size_t i, count = 0;
    json_t *vector;
    json_array_foreach(vectors, i, vector)
    {
        struct request_header headers[CHANNELS_HEADERS_MAX];
        if (!str_equal(json_text(vector, "scheme", ""), "standard_webhooks"))
            continue;
        struct request request = channels_vector_request(vector, "/alerts", headers);
        enum verdict got =
            standardhook_verify(json_text(vector, "secret", ""), &request, json_int(vector, "now_s", 0) * 1000);
        if (!str_equal(words[got], json_text(vector, "verdict", "")))
            fail_msg("%s: %s", json_text(vector, "name", ""), words[got]);
        count++;
    }
    assert_true(count >= 25);
    json_decref(vectors);
}

static struct alert_view full_alert(void)
{
    return (struct alert_view){ .case_id = 1234,
        .alert_id = "al_x7",
        .code = "K7",
        .urgency = URGENCY_critical,
        .categories = CATEGORY_BIT(violence) | CATEGORY_BIT(confinement),
        .flags = FLAG_BIT(do_not_call),
        .language = "tl",
        .country = "SA",
        .received_at = 1767225599999,
        .verification = "unverified",
        .text = "naka-lock ako, \"3 days\" na",
        .from = "+966500000001",
        .ack_url = "https://line.example.org/a/t",
        .may_be_repeated = false,
        .message_count = 2 };
}

static void check_body(const struct alert_view *alert, const char *want)
{
    struct settings *settings = channels_settings("webhook", plain_pairs);
    const struct sms_out message = { .id = "out_17",
        .from = "",
        .to = "https://desk.example.org/alerts",
        .subject = "s",
        .text = "whole text",
        .alert = alert,
        .now_ms = NOW_MS,
        .attempt = 1 };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    assert_string_equal(transmit.body.data, want);
    assert_string_equal(transmit.url.data, "https://desk.example.org/alerts");
    assert_string_equal(transmit.method, "POST");
    transmit_done(&transmit);
    settings_free(settings);
}

static void an_alert_is_flat_json(void **state)
{
    (void)state;
    struct alert_view alert = full_alert();
    check_body(&alert,
        "{\"type\":\"alert\",\"case\":1234,\"alert\":\"al_x7\",\"code\":\"K7\",\"urgency\":\"critical\","
        "\"categories\":[\"violence\",\"confinement\"],\"flags\":[\"do_not_call\"],\"language\":\"tl\",\"country\":\"SA\","
        "\"received_at\":\"2025-12-31T23:59:59Z\",\"verified\":false,\"verification\":\"unverified\",\"message_count\":2,"
        "\"may_be_repeated\":false,\"text\":\"naka-lock ako, \\\"3 days\\\" na\",\"from\":\"+966500000001\","
        "\"ack_url\":\"https://line.example.org/a/t\"}");
}

static void what_trust_hides_is_absent(void **state)
{
    (void)state;
    struct alert_view alert = full_alert();
    alert.text = NULL;
    alert.from = NULL;
    alert.ack_url = NULL;
    alert.code[0] = '\0';
    alert.flags = 0;
    alert.verification = "verified";
    alert.may_be_repeated = true;
    check_body(&alert,
        "{\"type\":\"alert\",\"case\":1234,\"alert\":\"al_x7\",\"urgency\":\"critical\",\"categories\":[\"violence\",\"confinement\"],"
        "\"flags\":[],\"language\":\"tl\",\"country\":\"SA\",\"received_at\":\"2025-12-31T23:59:59Z\",\"verified\":true,"
        "\"verification\":\"verified\",\"message_count\":2,\"may_be_repeated\":true}");
    alert = full_alert();
    alert.text = ""; /* an empty message is not a hidden one */
    alert.from = NULL;
    alert.ack_url = NULL;
    check_body(&alert,
        "{\"type\":\"alert\",\"case\":1234,\"alert\":\"al_x7\",\"code\":\"K7\",\"urgency\":\"critical\","
        "\"categories\":[\"violence\",\"confinement\"],\"flags\":[\"do_not_call\"],\"language\":\"tl\",\"country\":\"SA\","
        "\"received_at\":\"2025-12-31T23:59:59Z\",\"verified\":false,\"verification\":\"unverified\",\"message_count\":2,"
        "\"may_be_repeated\":false,\"text\":\"\"}");
}

static void a_notice_has_only_its_words(void **state)
{
    (void)state;
    check_body(NULL, "{\"type\":\"notice\",\"subject\":\"s\",\"text\":\"whole text\"}");
}

/* The headers of a transmission as a receiver would see them. */
static size_t split_headers(char *text, struct request_header *headers)
{
    size_t count = 0;
    for (char *line; (line = strsep(&text, "\n")) && *line;) {
        char *value = strstr(line, ": ");
        assert_non_null(value);
        *value = '\0';
        headers[count++] = (struct request_header){ line, value + 2 };
        assert_true(count < CHANNELS_HEADERS_MAX);
    }
    return count;
}

static enum verdict received_verdict(
    const char *const *pairs, const char *secret, unsigned attempt, int64_t now_ms, char *ret_id)
{
    struct settings *settings = channels_settings("webhook", pairs);
    struct alert_view alert = full_alert();
    const struct sms_out message = { .id = "out_17",
        .from = "",
        .to = "https://desk.example.org/alerts",
        .text = "",
        .alert = &alert,
        .now_ms = now_ms,
        .attempt = attempt };
    struct request_header headers[CHANNELS_HEADERS_MAX];
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    struct request request = {
        .method = "POST", .path = "/alerts", .query = "", .headers = headers, .body = buf_span(&transmit.body)
    };
    request.header_count = split_headers(transmit.headers.data, headers);
    enum verdict verdict = standardhook_verify(secret, &request, now_ms);
    assert_string_equal(request_header(&request, "content-type"), "application/json");
    str_copy(ret_id, 40, request_header(&request, "webhook-id"));
    transmit_done(&transmit);
    settings_free(settings);
    return verdict;
}

static void what_we_sign_verifies_and_keeps_its_id_over_tries(void **state)
{
    (void)state;
    static const char *const both[] = { "secret=" SECRET, "secret_previous=" OLD_SECRET, NULL };
    char first[40], second[40];
    assert_int_equal(received_verdict(plain_pairs, SECRET, 1, NOW_MS, first), VERDICT_VALID);
    assert_int_equal(received_verdict(plain_pairs, SECRET, 5, NOW_MS + 3600000, second), VERDICT_VALID);
    assert_string_equal(first, second);
    assert_int_equal(received_verdict(plain_pairs, OLD_SECRET, 1, NOW_MS, first), VERDICT_INVALID);
    assert_int_equal(received_verdict(both, SECRET, 1, NOW_MS, first), VERDICT_VALID);
    assert_int_equal(received_verdict(both, OLD_SECRET, 1, NOW_MS, first), VERDICT_VALID);
}

static void the_channel_has_a_default_address(void **state)
{
    (void)state;
    static const char *const pairs[] = { "secret=" SECRET, "url=http://127.0.0.1:9/x", NULL };
    struct settings *settings = channels_settings("webhook", pairs);
    struct sms_out message = { .id = "out_17", .from = "", .to = "", .text = "x", .now_ms = NOW_MS };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    assert_string_equal(transmit.url.data, "http://127.0.0.1:9/x");
    transmit_done(&transmit);
    settings_free(settings);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        struct sms_out message;
    } cases[] = {
        { "no address", { .id = "o", .to = "", .text = "x" } },
        { "plain http", { .id = "o", .to = "http://desk.example.org/", .text = "x" } },
        { "another scheme", { .id = "o", .to = "file:///etc/passwd", .text = "x" } },
        { "a header in the address", { .id = "o", .to = "https://desk.example.org/\nX: y", .text = "x" } },
        { "no id", { .id = "", .to = "https://desk.example.org/", .text = "x" } },
        { "a dot in the id", { .id = "a.b", .to = "https://desk.example.org/", .text = "x" } },
    };
    struct settings *settings = channels_settings("webhook", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct transmit transmit;
        transmit_init(&transmit);
        if (ops()->build_send(settings, &cases[i].message, &transmit) != ERR_INVALID)
            fail_msg("%s: built", cases[i].label);
        transmit_done(&transmit);
    }
    settings_free(settings);
}

static void answers_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        int kind, status;
        enum outcome want;
    } cases[] = {
        { REPLY_ANSWERED, 200, OUTCOME_sent },
        { REPLY_ANSWERED, 204, OUTCOME_sent },
        { REPLY_ANSWERED, 301, OUTCOME_rejected },
        { REPLY_ANSWERED, 302, OUTCOME_retry_network },
        { REPLY_ANSWERED, 400, OUTCOME_rejected },
        { REPLY_ANSWERED, 401, OUTCOME_bad_config },
        { REPLY_ANSWERED, 403, OUTCOME_bad_config },
        { REPLY_ANSWERED, 404, OUTCOME_rejected },
        { REPLY_ANSWERED, 408, OUTCOME_retry_network },
        { REPLY_ANSWERED, 410, OUTCOME_rejected },
        { REPLY_ANSWERED, 425, OUTCOME_retry_network },
        { REPLY_ANSWERED, 429, OUTCOME_retry_throttled },
        { REPLY_ANSWERED, 500, OUTCOME_retry_network },
        { REPLY_ANSWERED, 502, OUTCOME_retry_network },
        { REPLY_ANSWERED, 503, OUTCOME_retry_network },
        { REPLY_ANSWERED, 504, OUTCOME_retry_network },
        { REPLY_ANSWERED, 100, OUTCOME_unparseable },
        { REPLY_ANSWERED, 0, OUTCOME_unparseable },
        { REPLY_NOT_SENT, 0, OUTCOME_retry_network },
        { REPLY_UNKNOWN, 0, OUTCOME_uncertain },
    };
    struct settings *settings = channels_settings("webhook", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct transmit_reply reply = { .status = cases[i].status, .retry_after_s = 30, .reason = "" };
        struct send_result result;
        reply.kind = cases[i].kind;
        ops()->read_reply(settings, &reply, &result);
        bool waits = reply.kind == REPLY_ANSWERED && outcome_is_retried(cases[i].want);
        if (result.outcome != cases[i].want || result.retry_after_s != (waits ? 30 : 0))
            fail_msg("%d %d: %s after %d", cases[i].kind, cases[i].status, outcome_word(result.outcome),
                (int)result.retry_after_s);
    }
    settings_free(settings);
}

static void weak_secrets_and_open_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        { "secret=simple", NULL, NULL },
        { "secret=whsec_c2hvcnQ=", NULL, NULL },
        { "secret=whsec_not base64", NULL, NULL },
        { "secret=" SECRET, "secret_previous=x", NULL },
        { "secret=" SECRET, "url=http://desk.example.org/", NULL },
    };
    for (size_t i = 0; i < STR_COUNT(bad); i++) {
        struct error error;
        struct settings *settings = NULL;
        if (channels_try_settings("webhook", bad[i], &error, &settings) != ERR_INVALID || !error.text[0])
            fail_msg("%s %s", bad[i][0], bad[i][1] ? bad[i][1] : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_as_the_official_library_does),
        cmocka_unit_test(an_alert_is_flat_json),
        cmocka_unit_test(what_trust_hides_is_absent),
        cmocka_unit_test(a_notice_has_only_its_words),
        cmocka_unit_test(what_we_sign_verifies_and_keeps_its_id_over_tries),
        cmocka_unit_test(the_channel_has_a_default_address),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(answers_are_told_apart),
        cmocka_unit_test(weak_secrets_and_open_addresses_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
