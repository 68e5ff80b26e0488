/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_generic - an unknown provider by configuration: proofs, fields, reports, answers, templates, replies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channels.h"

#define PATH "/in/gen/message"
#define NOW_MS 1767225600000
#define PAIRS_MAX 8
#define BODY "from=%2B639170000001&text=tulong"
/* HMAC-SHA256 of BODY, of "1767225600." BODY and of "" under "key-one", by another implementation (Python's hmac). */
#define MAC_HEX "B6463E121B60C4CA9269FC6B9ADD7B13556CA24D4C1A31C8CEAF8ACB7459B114"
#define MAC_BASE64 "tkY+EhtgxMqSafxrmt17E1Vsok1MGjHIzq+Ky3RZsRQ="
#define MAC_BASE64URL "tkY-EhtgxMqSafxrmt17E1Vsok1MGjHIzq-Ky3RZsRQ"
#define MAC_WITH_TIME "71572ac974a57c3cfde5c0f206a47356e394dabae31cc5bbc16b7f3235f7238f"
#define MAC_EMPTY "7fb81ca8a821d97d2a125c0df3c5646b5ab0edb5fe590a35f20e4ea20f7c92e2"
#define MAC_QUERY "7a49d38869b4bc1e3dccdf486fe059c33b98cfc83b3fc474f3f7553cb61b5db2"

static const struct channel_ops *ops(void)
{
    return registry_find("generic");
}

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

struct proof_case {
    const char *label, *pairs[PAIRS_MAX];
    const char *method, *path, *query, *body;
    struct request_header headers[3];
    enum verdict want;
};

static const struct proof_case proof_cases[] = {
    { "none accepts", { "auth=none" }, "POST", PATH, "", BODY, { { 0 } }, VERDICT_VALID },
    { "token in the query", { "auth=token", "secret=s3" }, "GET", PATH, "token=s3&text=x", "", { { 0 } },
        VERDICT_VALID },
    { "token in the form", { "auth=token", "secret=s3" }, "POST", PATH, "", BODY "&token=s3", { { 0 } },
        VERDICT_VALID },
    { "token in JSON under another name", { "auth=token", "secret=s3", "auth_field=/meta/key" }, "POST", PATH, "",
        "{\"meta\":{\"key\":\"s3\"},\"text\":\"x\"}", { { 0 } }, VERDICT_VALID },
    { "the token before the last change", { "auth=token", "secret=s4", "secret_previous=s3" }, "GET", PATH, "token=s3",
        "", { { 0 } }, VERDICT_VALID },
    { "wrong token", { "auth=token", "secret=s3" }, "GET", PATH, "token=s33", "", { { 0 } }, VERDICT_INVALID },
    { "no token", { "auth=token", "secret=s3" }, "POST", PATH, "", BODY, { { 0 } }, VERDICT_INVALID },
    { "empty token", { "auth=token", "secret=s3" }, "GET", PATH, "token=", "", { { 0 } }, VERDICT_INVALID },
    { "secret in the path", { "auth=path", "secret=s/3" }, "POST", PATH "/s%2F3", "", BODY, { { 0 } }, VERDICT_VALID },
    { "wrong secret in the path", { "auth=path", "secret=s3" }, "POST", PATH "/s4", "", BODY, { { 0 } },
        VERDICT_INVALID },
    { "no secret in the path", { "auth=path", "secret=s3" }, "POST", PATH, "", BODY, { { 0 } }, VERDICT_INVALID },
    { "header", { "auth=header", "secret=s3", "auth_header=X-Key" }, "POST", PATH, "", BODY, { { "x-key", "s3" } },
        VERDICT_VALID },
    { "bearer", { "auth=header", "secret=s3", "auth_header=Authorization", "auth_prefix=Bearer " }, "POST", PATH, "",
        BODY, { { "Authorization", "Bearer s3" } }, VERDICT_VALID },
    { "bearer without its prefix", { "auth=header", "secret=s3", "auth_header=Authorization", "auth_prefix=Bearer " },
        "POST", PATH, "", BODY, { { "Authorization", "s3" } }, VERDICT_INVALID },
    { "header missing", { "auth=header", "secret=s3", "auth_header=X-Key" }, "POST", PATH, "", BODY, { { 0 } },
        VERDICT_INVALID },
    { "hmac in hex", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY, { { "X-Signature", MAC_HEX } },
        VERDICT_VALID },
    { "hmac in base64", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY, { { "X-Signature", MAC_BASE64 } },
        VERDICT_VALID },
    { "hmac in base64url", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY,
        { { "X-Signature", MAC_BASE64URL } }, VERDICT_VALID },
    { "hmac with a prefix", { "auth=hmac", "secret=key-one", "auth_prefix=sha256=" }, "POST", PATH, "", BODY,
        { { "X-Signature", "sha256=" MAC_HEX } }, VERDICT_VALID },
    { "hmac under the previous secret", { "auth=hmac", "secret=key-two", "secret_previous=key-one" }, "POST", PATH, "",
        BODY, { { "X-Signature", MAC_HEX } }, VERDICT_VALID },
    { "hmac of another body", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY "!",
        { { "X-Signature", MAC_HEX } }, VERDICT_INVALID },
    { "hmac under another secret", { "auth=hmac", "secret=key-two" }, "POST", PATH, "", BODY,
        { { "X-Signature", MAC_HEX } }, VERDICT_INVALID },
    { "hmac missing", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY, { { 0 } }, VERDICT_INVALID },
    { "hmac empty", { "auth=hmac", "secret=key-one" }, "POST", PATH, "", BODY, { { "X-Signature", "" } },
        VERDICT_INVALID },
    { "a GET is not covered by the hmac of its body", { "auth=hmac", "secret=key-one" }, "GET", PATH, "text=x", "",
        { { "X-Signature", MAC_EMPTY } }, VERDICT_INVALID },
    { "a GET with a signed query", { "auth=hmac", "secret=key-one", "signed_text={query}" }, "GET", PATH, "text=x", "",
        { { "X-Signature", MAC_QUERY } }, VERDICT_VALID },
    { "signed time, now",
        { "auth=hmac", "secret=key-one", "signed_text={timestamp}.{body}", "timestamp_header=X-Time" }, "POST", PATH,
        "", BODY, { { "X-Signature", MAC_WITH_TIME }, { "X-Time", "1767225600" } }, VERDICT_VALID },
    { "signed time, changed",
        { "auth=hmac", "secret=key-one", "signed_text={timestamp}.{body}", "timestamp_header=X-Time" }, "POST", PATH,
        "", BODY, { { "X-Signature", MAC_WITH_TIME }, { "X-Time", "1767225601" } }, VERDICT_INVALID },
    { "signed time, missing",
        { "auth=hmac", "secret=key-one", "signed_text={timestamp}.{body}", "timestamp_header=X-Time" }, "POST", PATH,
        "", BODY, { { "X-Signature", MAC_WITH_TIME } }, VERDICT_INVALID },
    { "standard webhooks", { "auth=standard_webhooks", "secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }, "POST", PATH,
        "", "{\"test\": 2432232314}",
        { { "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek" }, { "webhook-timestamp", "1614265330" },
            { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" } },
        VERDICT_LATE },
};

static enum verdict verdict_of(const struct proof_case *test, int64_t now_ms)
{
    struct settings *settings = channels_settings("generic", test->pairs);
    struct request request = { .method = test->method,
        .path = test->path,
        .query = test->query,
        .headers = test->headers,
        .body = span_of(test->body) };
    while (request.header_count < 3 && test->headers[request.header_count].name)
        request.header_count++;
    enum verdict verdict = ops()->verify(settings, &request, now_ms);
    settings_free(settings);
    return verdict;
}

static void each_proof_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(proof_cases); i++) {
        enum verdict got = verdict_of(&proof_cases[i], NOW_MS);
        if (got != proof_cases[i].want)
            fail_msg("%s: %d", proof_cases[i].label, got);
    }
}

static void a_signed_time_outside_the_window_is_late(void **state)
{
    (void)state;
    const struct proof_case *test = proof_cases;
    while (!str_equal(test->label, "signed time, now"))
        test++;
    assert_int_equal(verdict_of(test, NOW_MS + 300000), VERDICT_VALID);
    assert_int_equal(verdict_of(test, NOW_MS + 300001), VERDICT_LATE);
    assert_int_equal(verdict_of(test, NOW_MS - 300001), VERDICT_LATE);
}

static void a_query_does_not_add_to_a_signed_body(void **state)
{
    (void)state;
    static const char *const pairs[] = { "auth=hmac", "secret=key-one", NULL };
    struct settings *settings = channels_settings("generic", pairs);
    struct request request = channels_post(PATH, BODY);
    request.query = "id=forged&to=%2B1555";
    struct sms_in sms;
    assert_int_equal(ops()->parse_message(settings, &request, &sms, 1), 1);
    assert_string_equal(sms.remote_id, "");
    assert_string_equal(sms.to, "");
    sms_in_done(&sms);
    settings_free(settings);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

struct message_case {
    const char *label, *pairs[PAIRS_MAX], *type, *query, *body;
    int want;
    const char *from, *to, *id, *text;
    int64_t sent_at;
};

static const struct message_case message_cases[] = {
    { "form", { "auth=none" }, NULL, "", "from=%2B639170000001&to=%2B1555&text=tulong+po&id=7&time=1767225600", 1,
        "+639170000001", "+1555", "7", "tulong po", 1767225600000 },
    { "query of a POST", { "auth=none" }, NULL, "from=8080&text=x", "", 1, "8080", "", "", "x", 0 },
    { "other names",
        { "auth=none", "field_from=msisdn", "field_text=message", "field_id=messageId", "field_to=short",
            "field_time=ts" },
        NULL, "", "msisdn=639170000001&message=x&messageId=ab&short=8080&ts=2026-01-01T00:00:00Z", 1, "+639170000001",
        "8080", "ab", "x", 1767225600000 },
    { "JSON by pointer",
        { "auth=none", "field_from=/data/from/phone_number", "field_text=/data/text", "field_id=/data/id" },
        "application/json", "", "{\"data\":{\"from\":{\"phone_number\":\"+639170000001\"},\"text\":\"x\",\"id\":99}}",
        1, "+639170000001", "", "99", "x", 0 },
    { "a bare number in JSON", { "auth=none" }, "application/json", "", "{\"from\":8080,\"text\":\"x\"}", 1, "8080", "",
        "", "x", 0 },
    { "empty text", { "auth=none" }, NULL, "", "from=8080&text=", 1, "8080", "", "", "", 0 },
    { "no sender", { "auth=none" }, NULL, "", "text=x", 1, "", "", "", "x", 0 },
    { "empty optional fields", { "auth=none" }, NULL, "", "from=8080&text=x&id=&to=&time=", 1, "8080", "", "", "x", 0 },
    { "Latin-1 by setting", { "auth=none", "charset=iso-8859-1" }, NULL, "", "from=8080&text=caf%E9", 1, "8080", "", "",
        "café", 0 },
    { "Latin-1 by content type", { "auth=none" }, "application/x-www-form-urlencoded; charset=ISO-8859-1", "",
        "from=8080&text=caf%E9", 1, "8080", "", "", "café", 0 },
    { "UTF-16BE by setting", { "auth=none", "charset=utf-16be", "field_from=f" }, NULL, "", "text=%12%00%00%20", 1, "",
        "", "", "ሀ ", 0 },
    { "a charset nobody knows", { "auth=none" }, "application/x-www-form-urlencoded; charset=klingon", "",
        "from=8080&text=x", 1, "8080", "", "", "x", 0 },
    { "forced JSON", { "auth=none", "format=json" }, "text/plain", "", "{\"text\":\"x\"}", 1, "", "", "", "x", 0 },
    { "forced query", { "auth=none", "format=query" }, NULL, "text=q", "text=b", 1, "", "", "", "q", 0 },
    { "no text", { "auth=none" }, NULL, "", "from=8080&id=1", ERR_INVALID, "", "", "", "", 0 },
    { "a text that is an object", { "auth=none" }, "application/json", "", "{\"text\":{\"a\":1}}", ERR_INVALID, "", "",
        "", "", 0 },
    { "broken JSON", { "auth=none" }, "application/json", "", "{\"text\":", ERR_INVALID, "", "", "", "", 0 },
    { "JSON that is no object", { "auth=none" }, "application/json", "", "[1,2]", ERR_INVALID, "", "", "", "", 0 },
    { "nothing", { "auth=none" }, NULL, "", "", ERR_INVALID, "", "", "", "", 0 },
};

static void messages_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(message_cases); i++) {
        const struct message_case *test = &message_cases[i];
        struct settings *settings = channels_settings("generic", test->pairs);
        struct request_header header = { "Content-Type", test->type };
        struct request request = channels_post(PATH, test->body);
        request.query = test->query;
        request.headers = &header;
        request.header_count = test->type ? 1 : 0;
        struct sms_in sms = { .text = NULL };
        int rc = ops()->parse_message(settings, &request, &sms, 1);
        if (rc != test->want)
            fail_msg("%s: %d", test->label, rc);
        if (rc == 1 && (strcmp(sms.from, test->from) || strcmp(sms.to, test->to) || strcmp(sms.remote_id, test->id) ||
                           strcmp(sms.text, test->text) || sms.sent_at != test->sent_at))
            fail_msg("%s: from %s to %s id %s text \"%s\" at %lld", test->label, sms.from, sms.to, sms.remote_id,
                sms.text, (long long)sms.sent_at);
        if (rc == 1)
            sms_in_done(&sms);
        settings_free(settings);
    }
}

static int parse_list(const char *body, struct sms_in *out, size_t max)
{
    static const char *const pairs[] = { "auth=none", "messages=/results", NULL };
    static const struct request_header header = { "Content-Type", "application/json" };
    struct settings *settings = channels_settings("generic", pairs);
    struct request request = channels_post(PATH, body);
    request.headers = &header;
    int rc = ops()->parse_message(settings, &request, out, max);
    settings_free(settings);
    return rc;
}

static void one_request_may_carry_many_messages(void **state)
{
    (void)state;
    struct sms_in sms[3];
    assert_int_equal(parse_list("{\"results\":[{\"text\":\"a\",\"id\":1},{\"text\":\"b\",\"id\":2}]}", sms, 3), 2);
    assert_string_equal(sms[0].text, "a");
    assert_string_equal(sms[1].remote_id, "2");
    sms_in_done(&sms[0]);
    sms_in_done(&sms[1]);
    assert_int_equal(parse_list("{\"results\":[]}", sms, 3), 0);
    assert_int_equal(parse_list("{\"results\":{}}", sms, 3), ERR_INVALID);
    assert_int_equal(parse_list("{\"results\":[{\"text\":\"a\"},{\"id\":2}]}", sms, 3), ERR_INVALID);
    assert_int_equal(parse_list("{\"results\":[{\"text\":\"a\"},{\"text\":\"b\"}]}", sms, 1), ERR_LIMIT);
}

/* ---- reports and answers --------------------------------------------------------------------------------------- */

static void reports_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int want, status;
    } cases[] = {
        { "id=7&status=delivered&time=1767225600", 1, REPORT_DELIVERED },
        { "id=7&status=DELIVRD", 1, REPORT_DELIVERED },
        { "id=7&status=Sent", 1, REPORT_SENT },
        { "id=7&status=expired", 1, REPORT_FAILED_TEMPORARY },
        { "id=7&status=rejected&code=12", 1, REPORT_FAILED },
        { "id=7&status=BOUNCED", 1, REPORT_FAILED },
        { "id=7&status=opted_out", 1, REPORT_OPTED_OUT },
        { "id=7&status=thinking", 1, REPORT_PENDING },
        { "id=7", ERR_INVALID, 0 },
        { "status=sent", ERR_INVALID, 0 },
        { "id=&status=", ERR_INVALID, 0 },
    };
    static const char *const pairs[] = { "auth=none", "status_delivered=DELIVRD|ok", "status_failed=bounced", NULL };
    struct settings *settings = channels_settings("generic", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct delivery_report report = { .remote_id = "" };
        struct request request = channels_post("/in/gen/status", cases[i].body);
        int rc = ops()->parse_status(settings, &request, &report, 1);
        if (rc != cases[i].want ||
            (rc == 1 && ((int)report.status != cases[i].status || strcmp(report.remote_id, "7"))))
            fail_msg("%s: %d status %d", cases[i].body, rc, report.status);
    }
    settings_free(settings);
}

static void the_answer_is_what_the_provider_wants(void **state)
{
    (void)state;
    static const char *const plain[] = { "auth=none", NULL };
    static const char *const own[] = { "auth=none", "ack_status=202", "ack_type=application/json",
        "ack_body={\"ok\":true}", "malformed_status=200", NULL };
    static const struct {
        const char *const *pairs;
        enum answer_to to;
        int status;
        const char *type, *body;
    } cases[] = {
        { plain, ANSWER_STORED, 200, "text/plain", "" },
        { plain, ANSWER_REPORT, 200, "text/plain", "" },
        { plain, ANSWER_FORBIDDEN, 403, "text/plain", "" },
        { plain, ANSWER_MALFORMED, 400, "text/plain", "" },
        { plain, ANSWER_BUSY, 503, "text/plain", "" },
        { own, ANSWER_STORED, 202, "application/json", "{\"ok\":true}" },
        { own, ANSWER_MALFORMED, 200, "text/plain", "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("generic", cases[i].pairs);
        struct reply reply;
        ops()->answer(settings, cases[i].to, &reply);
        settings_free(settings); /* the reply must outlive the settings */
        if (reply.status != cases[i].status || !str_equal(reply.content_type, cases[i].type) ||
            !str_equal(reply.body, cases[i].body) || reply.body_len != strlen(cases[i].body))
            fail_msg("case %zu: %d %s %s", i, reply.status, reply.content_type, reply.body);
    }
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static const struct sms_out message = {
    .id = "out-17", .from = "", .to = "+966500000001", .text = "a \"b\" & 100%\nሀ"
};

struct send_case {
    const char *label, *pairs[PAIRS_MAX], *method, *url, *headers, *body;
};

static const struct send_case send_cases[] = {
    { "form", { "auth=none", "send_url=https://sms.example.org/send", "from=+1555" }, "POST",
        "https://sms.example.org/send", "Content-Type: application/x-www-form-urlencoded\n",
        "to=%2B966500000001&from=%2B1555&text=a%20%22b%22%20%26%20100%25%0A%E1%88%80&id=out-17" },
    { "JSON",
        { "auth=none", "send_url=https://sms.example.org/send", "send_type=json",
            "send_body={\"to\":\"{to_no_plus}\",\"text\":\"{text}\"}",
            "send_headers=Authorization: Bearer {token}|X-Id: {id}", "send_token=tk" },
        "POST", "https://sms.example.org/send",
        "Content-Type: application/json\nAuthorization: Bearer tk\nX-Id: out-17\n",
        "{\"to\":\"966500000001\",\"text\":\"a \\\"b\\\" & 100%\\u000aሀ\"}" },
    { "GET",
        { "auth=none", "send_url=http://127.0.0.1:13013/cgi-bin/sendsms?to={to}&text={text}&from={from_no_plus}",
            "send_method=GET", "from=+1555" },
        "GET",
        "http://127.0.0.1:13013/cgi-bin/sendsms?to=%2B966500000001&text=a%20%22b%22%20%26%20100%25%0A%E1%88%80&from=1555",
        "", "" },
    { "plain text",
        { "auth=none", "send_url=https://sms.example.org/{to}", "send_type=text", "send_body={text}",
            "send_method=PUT" },
        "PUT", "https://sms.example.org/%2B966500000001", "Content-Type: text/plain; charset=utf-8\n",
        "a \"b\" & 100%\nሀ" },
};

static void templates_make_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(send_cases); i++) {
        const struct send_case *test = &send_cases[i];
        struct settings *settings = channels_settings("generic", test->pairs);
        struct transmit transmit;
        transmit_init(&transmit);
        int rc = ops()->build_send(settings, &message, &transmit);
        const char *headers = transmit.headers.data ? transmit.headers.data : "";
        const char *body = transmit.body.data ? transmit.body.data : "";
        if (rc || strcmp(transmit.method, test->method) || strcmp(transmit.url.data, test->url) ||
            strcmp(headers, test->headers) || strcmp(body, test->body))
            fail_msg("%s: %d\n%s %s\n%s\n%s", test->label, rc, transmit.method, transmit.url.data, headers, body);
        transmit_done(&transmit);
        settings_free(settings);
    }
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label, *pairs[PAIRS_MAX];
        struct sms_out message;
    } cases[] = {
        { "nowhere to send to", { "auth=none" }, { .id = "o", .from = "", .to = "+966500000001", .text = "x" } },
        { "a name is no address", { "auth=none", "send_url=https://a.example/" },
            { .id = "o", .from = "", .to = "STC", .text = "x" } },
        { "no text", { "auth=none", "send_url=https://a.example/" },
            { .id = "o", .from = "", .to = "+966500000001", .text = "" } },
        { "a text in a header", { "auth=none", "send_url=https://a.example/", "send_headers=X-Text: {text}" },
            { .id = "o", .from = "", .to = "+966500000001", .text = "a\nX-Other: b" } },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("generic", cases[i].pairs);
        struct transmit transmit;
        transmit_init(&transmit);
        if (ops()->build_send(settings, &cases[i].message, &transmit) != ERR_INVALID)
            fail_msg("%s: built", cases[i].label);
        transmit_done(&transmit);
        settings_free(settings);
    }
}

static void replies_are_told_apart(void **state)
{
    (void)state;
#define URL_PAIRS "auth=none", "send_url=https://a.example/"
    static const struct {
        const char *label, *pairs[PAIRS_MAX];
        int kind, status;
        const char *body;
        enum outcome want;
        const char *id;
    } cases[] = {
        { "2xx", { URL_PAIRS }, REPLY_ANSWERED, 202, "", OUTCOME_sent, "" },
        { "id", { URL_PAIRS, "id_path=/messages/0/id" }, REPLY_ANSWERED, 200, "{\"messages\":[{\"id\":77}]}",
            OUTCOME_sent, "77" },
        { "id missing", { URL_PAIRS, "id_path=/id" }, REPLY_ANSWERED, 200, "{}", OUTCOME_sent, "" },
        { "words of success", { URL_PAIRS, "success_text=OK" }, REPLY_ANSWERED, 200, "0: OK", OUTCOME_sent, "" },
        { "no words of success", { URL_PAIRS, "success_text=OK" }, REPLY_ANSWERED, 200, "ERROR 5", OUTCOME_unparseable,
            "" },
        { "no body at all", { URL_PAIRS, "success_text=OK" }, REPLY_ANSWERED, 200, "", OUTCOME_unparseable, "" },
        { "5xx may have been sent", { URL_PAIRS }, REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "" },
        { "5xx of one that knows our id", { URL_PAIRS, "recognises_id=true" }, REPLY_ANSWERED, 500, "",
            OUTCOME_retry_network, "" },
        { "503", { URL_PAIRS }, REPLY_ANSWERED, 503, "", OUTCOME_retry_network, "" },
        { "429", { URL_PAIRS }, REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "" },
        { "401", { URL_PAIRS }, REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "" },
        { "400", { URL_PAIRS }, REPLY_ANSWERED, 400, "", OUTCOME_rejected, "" },
        { "not sent", { URL_PAIRS }, REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "" },
        { "unknown", { URL_PAIRS }, REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("generic", cases[i].pairs);
        struct transmit_reply reply = { .status = cases[i].status, .body = span_of(cases[i].body), .reason = "" };
        struct send_result result;
        reply.kind = cases[i].kind;
        ops()->read_reply(settings, &reply, &result);
        if (result.outcome != cases[i].want || strcmp(result.remote_id, cases[i].id))
            fail_msg("%s: %s id %s", cases[i].label, outcome_word(result.outcome), result.remote_id);
        settings_free(settings);
    }
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *pairs[PAIRS_MAX], *word; /* a word of the sentence */
    } cases[] = {
        { { "secret=x" }, "auth" },
        { { "auth=token" }, "secret" },
        { { "auth=hmac", "secret=x", "signed_text={boddy}" }, "boddy" },
        { { "auth=hmac", "secret=x", "signed_text=fixed" }, "nothing" },
        { { "auth=hmac", "secret=x", "signed_text={timestamp}{body}" }, "timestamp_header" },
        { { "auth=hmac", "secret=x", "timestamp_header=X-Time" }, "timestamp" },
        { { "auth=hmac", "secret=x", "format=query" }, "cover" },
        { { "auth=none", "send_url=http://a.example/" }, "https" },
        { { "auth=none", "send_url=https://{to}.a.example/" }, "host" },
        { { "auth=none", "send_url=https://a.example/{txt}" }, "txt" },
        { { "auth=none", "send_url=https://a.example/", "send_body={txt}" }, "txt" },
        { { "auth=none", "send_url=https://a.example/", "send_headers=X-A {id}" }, "Name: value" },
        { { "auth=none", "send_url=https://a.example/", "send_headers=X A: 1" }, "spaces" },
        { { "auth=none", "send_url=https://a.example/", "send_type=json", "send_body={\"text\":{text}}" }, "JSON" },
        { { "auth=none", "ack_status=204", "ack_body=x" }, "204" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct error error;
        struct settings *settings = NULL;
        if (channels_try_settings("generic", cases[i].pairs, &error, &settings) != ERR_INVALID ||
            !strstr(error.text, cases[i].word))
            fail_msg("%s %s: %s", cases[i].pairs[0], cases[i].pairs[1] ? cases[i].pairs[1] : "", error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_proof_is_judged),
        cmocka_unit_test(a_signed_time_outside_the_window_is_late),
        cmocka_unit_test(a_query_does_not_add_to_a_signed_body),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(one_request_may_carry_many_messages),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(the_answer_is_what_the_provider_wants),
        cmocka_unit_test(templates_make_the_request),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
