/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_twilio - the twilio channel as a table of bytes: signatures, messages, reports, sending, errors. */
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

#define SID "AC0000000000000000000000000000000a"
#define TOKEN "8a71c0ffee00112233445566778899aa"
#define PATH "/in/tw/message"
#define PUBLIC_URL "https://line.example.org" PATH

static const char *const plain_pairs[] = { "account_sid=" SID, "auth_token=" TOKEN, "public_url=" PUBLIC_URL,
    "from=+15005550006", NULL };

static const struct channel_ops *ops(void)
{
    return registry_find("twilio");
}

/* ---- signatures ------------------------------------------------------------------------------------------------ */

/* `previous`: the vector's secret is the token before the last change. */
static struct settings *vector_settings(const json_t *vector, bool is_base, bool is_previous)
{
    char url[1100], token[160], previous[160];
    const char *whole = json_text(vector, "url", "");
    const char *path = strchr(strstr(whole, "://") + 3, '/');
    size_t len = is_base ? (size_t)(path - whole) : strcspn(whole, "?");
    (void)snprintf(url, sizeof url, "public_url=%.*s", (int)len, whole);
    (void)snprintf(
        token, sizeof token, "auth_token=%s", is_previous ? "anothertoken" : json_text(vector, "secret", ""));
    (void)snprintf(
        previous, sizeof previous, "auth_token_previous=%s", is_previous ? json_text(vector, "secret", "") : "x");
    const char *const pairs[] = { "account_sid=" SID, url, token, previous, NULL };
    return channels_settings("twilio", pairs);
}

static void check_vector(const json_t *vector, bool is_base, bool is_previous)
{
    struct request_header headers[CHANNELS_HEADERS_MAX];
    const char *whole = json_text(vector, "url", "");
    const char *path_start = strchr(strstr(whole, "://") + 3, '/');
    char path[256];
    str_copy_span(path, sizeof path, (struct span){ path_start, strcspn(path_start, "?") });
    struct request request = channels_vector_request(vector, is_base ? path : "/in/other/message", headers);
    struct settings *settings = vector_settings(vector, is_base, is_previous);
    bool want = str_equal(json_text(vector, "verdict", ""), "valid");
    bool got = ops()->verify(settings, &request, 0) == VERDICT_VALID;
    if (want != got)
        fail_msg("%s (%s, %s): %s", json_text(vector, "name", ""), is_base ? "base" : "exact",
            is_previous ? "previous token" : "current token", got ? "accepted" : "refused");
    settings_free(settings);
}

static void every_vector_is_judged_as_the_official_library_does(void **state)
{
    (void)state;
    json_t *vectors = channels_signatures();
    size_t i, count = 0;
    json_t *vector;
    json_array_foreach(vectors, i, vector)
    {
        if (!str_equal(json_text(vector, "scheme", ""), "twilio"))
            continue;
        for (int mode = 0; mode < 4; mode++)
            check_vector(vector, mode & 1, mode & 2);
        count++;
    }
    assert_true(count >= 36);
    json_decref(vectors);
}

static void a_query_typed_at_the_provider_may_be_dropped_by_a_proxy(void **state)
{
    (void)state;
    static const char *const pairs[] = { "account_sid=" SID, "auth_token=12345",
        "public_url=https://example.com/myapp.php?foo=1&bar=2", NULL };
    static const struct request_header headers[] = { { "X-Twilio-Signature", "L/OH5YylLD5NRKLltdqwSvS0BnU=" } };
    struct request request = channels_post("/in/tw/message",
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212");
    request.headers = headers;
    struct settings *settings = channels_settings("twilio", pairs);
    assert_int_equal(ops()->verify(settings, &request, 0), VERDICT_VALID);
    request.query = "foo=1&bar=3";
    assert_int_equal(ops()->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
}

static void a_message_signature_does_not_open_the_status_address(void **state)
{
    (void)state;
    json_t *vectors = channels_signatures();
    struct request_header headers[CHANNELS_HEADERS_MAX];
    struct settings *settings = channels_settings("twilio", plain_pairs);
    size_t i;
    json_t *vector, *found = NULL;
    json_array_foreach(vectors, i, vector)
    {
        if (str_equal(json_text(vector, "url", ""), PUBLIC_URL) && str_equal(json_text(vector, "verdict", ""), "valid"))
            found = vector;
    }
    assert_non_null(found);
    struct request request = channels_vector_request(found, PATH, headers);
    assert_int_equal(ops()->verify(settings, &request, 0), VERDICT_VALID);
    request.path = "/in/tw/status";
    assert_int_equal(ops()->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
    json_decref(vectors);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

struct message_case {
    const char *label, *body;
    int want;
    const char *from, *to, *id, *text;
    enum intent intent;
};

static const struct message_case message_cases[] = {
    { "plain", "MessageSid=SM1&From=%2B639170000001&To=%2B15005550006&Body=Help+me", 1, "+639170000001", "+15005550006",
        "SM1", "Help me", INTENT_help },
    { "unknown and empty fields", "MessageSid=SM1&FromCity=&New=x&From=%2B639170000001&To=%2B15005550006&Body=x", 1,
        "+639170000001", "+15005550006", "SM1", "x", INTENT_help },
    { "a raw plus that became a space", "MessageSid=SM1&From=+639170000001&To=+15005550006&Body=x", 1, "+639170000001",
        "+15005550006", "SM1", "x", INTENT_help },
    { "empty text", "MessageSid=SM1&From=%2B639170000001&To=&Body=", 1, "+639170000001", "", "SM1", "", INTENT_help },
    { "no text field at all", "MessageSid=SM1&From=%2B639170000001&NumMedia=1", 1, "+639170000001", "", "SM1", "",
        INTENT_help },
    { "the older id", "SmsMessageSid=SM2&MessageSid=&From=%2B639170000001&Body=x", 1, "+639170000001", "", "SM2", "x",
        INTENT_help },
    { "no id", "From=%2B639170000001&Body=x", 1, "+639170000001", "", "", "x", INTENT_help },
    { "hidden sender", "MessageSid=SM1&From=&Body=x", 1, "", "", "SM1", "x", INTENT_help },
    { "sender with a name", "MessageSid=SM1&From=STC&Body=x", 1, "STC", "", "SM1", "x", INTENT_help },
    { "short code", "MessageSid=SM1&From=8080&Body=x", 1, "8080", "", "SM1", "x", INTENT_help },
    { "white space is hers", "MessageSid=SM1&From=8080&Body=+a%0A", 1, "8080", "", "SM1", " a\n", INTENT_help },
    { "Latin-1 bytes", "MessageSid=SM1&From=8080&Body=caf%E9", 1, "8080", "", "SM1", "café", INTENT_help },
    { "damaged UTF-8", "MessageSid=SM1&From=8080&Body=%D8%A7%D8", 1, "8080", "", "SM1", "ا\xEF\xBF\xBD", INTENT_help },
    { "a picture without id and text", "From=%2B639170000001&NumMedia=1", 1, "+639170000001", "", "", "", INTENT_help },
    { "an older report that was pointed here", "MessageSid=SM1&From=8080&SmsStatus=delivered", 0, "", "", "", "",
        INTENT_help },
    { "a long text in base64",
        "MessageSid=SM1&From=8080&Body=QXRlIHR1bG9uZyBwbywgZGkgcG8gYWtvIHBpbmFwYWxhYmFzIG5nIGFtbywgMyBhcmF3IG5hIHdhbGEgcGFn"
        "a2Fpbi4gdXBzdGFpcnMgYWtv",
        1, "8080", "", "SM1", "Ate tulong po, di po ako pinapalabas ng amo, 3 araw na wala pagkain. upstairs ako",
        INTENT_help },
    { "a long word of base64's letters that is none",
        "MessageSid=SM1&From=8080&Body=tulongtulongtulongtulongtulongtulongtulongtulongtulongtulongtulo", 1, "8080", "",
        "SM1", "tulongtulongtulongtulongtulongtulongtulongtulongtulongtulongtulo", INTENT_help },
    { "NUL", "MessageSid=SM1&From=8080&Body=a%00b", 1, "8080", "", "SM1",
        "a\xEF\xBF\xBD"
        "b",
        INTENT_help },
    { "the provider read STOP", "MessageSid=SM1&From=8080&Body=STOP&OptOutType=STOP", 1, "8080", "", "SM1", "STOP",
        INTENT_stop },
    { "the provider read START", "MessageSid=SM1&From=8080&Body=x&OptOutType=START", 1, "8080", "", "SM1", "x",
        INTENT_start },
    { "HELP stays a cry for help", "MessageSid=SM1&From=8080&Body=HELP&OptOutType=HELP", 1, "8080", "", "SM1", "HELP",
        INTENT_help },
    { "two texts are both kept", "MessageSid=SM1&From=8080&Body=a&Body=b", 1, "8080", "", "SM1", "a\nb", INTENT_help },
    { "a report that was pointed here", "MessageSid=SM1&From=8080&MessageStatus=sent", 0, "", "", "", "", INTENT_help },
    { "a call that was pointed here", "CallSid=CA1&From=8080", 0, "", "", "", "", INTENT_help },
    { "nothing", "", 0, "", "", "", "", INTENT_help },
};

static void messages_are_read(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(message_cases); i++) {
        const struct message_case *test = &message_cases[i];
        struct request request = channels_post(PATH, test->body);
        struct sms_in sms = { .text = NULL };
        int rc = ops()->parse_message(settings, &request, &sms, 1);
        if (rc != test->want)
            fail_msg("%s: %d", test->label, rc);
        if (rc == 1 && (strcmp(sms.from, test->from) || strcmp(sms.to, test->to) || strcmp(sms.remote_id, test->id) ||
                           strcmp(sms.text, test->text) || sms.provider_intent != test->intent))
            fail_msg("%s: from %s to %s id %s text \"%s\" intent %d", test->label, sms.from, sms.to, sms.remote_id,
                sms.text, sms.provider_intent);
        sms_in_done(&sms);
    }
    settings_free(settings);
}

static void a_get_and_a_json_body_carry_the_same_fields(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    static const struct request_header json_header[] = { { "content-type", "application/json" } };
    struct request requests[] = {
        { .method = "GET", .path = PATH, .query = "MessageSid=SM1&From=%2B639170000001&Body=x" },
        { .method = "POST", .path = PATH, .query = "bodySHA256=0", .headers = json_header, .header_count = 1 },
    };
    requests[1].body = span_of("{\"MessageSid\":\"SM1\",\"From\":\"+639170000001\",\"Body\":\"x\"}");
    for (size_t i = 0; i < STR_COUNT(requests); i++) {
        struct sms_in sms;
        assert_int_equal(ops()->parse_message(settings, &requests[i], &sms, 1), 1);
        assert_string_equal(sms.from, "+639170000001");
        assert_string_equal(sms.remote_id, "SM1");
        assert_string_equal(sms.text, "x");
        sms_in_done(&sms);
    }
    settings_free(settings);
}

static void an_id_that_does_not_fit_becomes_its_digest(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    char body[2][400];
    struct sms_in sms[2];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(body[i], sizeof body[i], "From=8080&Body=x&MessageSid=%0300d", i);
        struct request request = channels_post(PATH, body[i]);
        assert_int_equal(ops()->parse_message(settings, &request, &sms[i], 1), 1);
        assert_true(str_starts(sms[i].remote_id, "sha256:"));
    }
    assert_string_not_equal(sms[0].remote_id, sms[1].remote_id);
    sms_in_done(&sms[0]);
    sms_in_done(&sms[1]);
    settings_free(settings);
}

static void too_many_fields_are_an_error_and_a_hundred_are_not(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    AUTO_BUF body;
    buf_init(&body, 8192);
    buf_add_text(&body, "MessageSid=SM1&From=8080&Body=x");
    for (int i = 3; i < 100; i++)
        buf_add_format(&body, "&f%d=", i);
    struct sms_in sms;
    struct request request = channels_post(PATH, body.data);
    assert_int_equal(ops()->parse_message(settings, &request, &sms, 1), 1);
    sms_in_done(&sms);
    buf_add_text(&body, "&one=more");
    request = channels_post(PATH, body.data);
    assert_int_equal(ops()->parse_message(settings, &request, &sms, 1), ERR_LIMIT);
    settings_free(settings);
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static void reports_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int want, status;
        const char *id, *code;
    } cases[] = {
        { "MessageSid=SM1&MessageStatus=queued", 1, REPORT_PENDING, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=sent&To=%2B1", 1, REPORT_SENT, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=partially_delivered", 1, REPORT_SENT, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=delivered&RawDlrDoneDate=2601010000", 1, REPORT_DELIVERED, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=read", 1, REPORT_DELIVERED, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003", 1, REPORT_FAILED_TEMPORARY, "SM1", "30003" },
        { "MessageSid=SM1&MessageStatus=failed&ErrorCode=30008", 1, REPORT_FAILED_TEMPORARY, "SM1", "30008" },
        { "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30005", 1, REPORT_FAILED, "SM1", "30005" },
        { "MessageSid=SM1&MessageStatus=failed&ErrorCode=21610", 1, REPORT_OPTED_OUT, "SM1", "21610" },
        { "MessageSid=SM1&MessageStatus=undelivered", 1, REPORT_FAILED, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=canceled", 1, REPORT_FAILED, "SM1", "" },
        { "MessageSid=SM1&MessageStatus=invented_later", 1, REPORT_PENDING, "SM1", "" },
        { "SmsSid=SM2&SmsStatus=delivered", 1, REPORT_DELIVERED, "SM2", "" },
        { "MessageSid=SM1", ERR_INVALID, 0, "", "" },
        { "MessageStatus=sent", ERR_INVALID, 0, "", "" },
        { "", ERR_INVALID, 0, "", "" },
    };
    struct settings *settings = channels_settings("twilio", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct delivery_report report;
        struct request request = channels_post("/in/tw/status", cases[i].body);
        int rc = ops()->parse_status(settings, &request, &report, 1);
        if (rc != cases[i].want)
            fail_msg("%s: %d", cases[i].body, rc);
        if (rc == 1 && ((int)report.status != cases[i].status || strcmp(report.remote_id, cases[i].id) ||
                           strcmp(report.provider_code, cases[i].code)))
            fail_msg(
                "%s: status %d id %s code %s", cases[i].body, report.status, report.remote_id, report.provider_code);
    }
    settings_free(settings);
}

static void success_is_an_empty_response_document(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    struct reply reply;
    ops()->answer(settings, ANSWER_STORED, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.content_type, "text/xml");
    assert_string_equal(reply.body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>");
    assert_int_equal(reply.body_len, strlen(reply.body));
    ops()->answer(settings, ANSWER_FORBIDDEN, &reply);
    assert_int_equal(reply.status, 403);
    assert_int_equal(reply.body_len, 0);
    ops()->answer(settings, ANSWER_BUSY, &reply);
    assert_int_equal(reply.status, 503);
    settings_free(settings);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static void check_send(
    const char *const *pairs, const struct sms_out *message, const char *want_body, const char *want_user)
{
    struct settings *settings = channels_settings("twilio", pairs);
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, message, &transmit), 0);
    assert_int_equal(transmit.kind, TRANSMIT_HTTP);
    assert_string_equal(transmit.method, "POST");
    assert_string_equal(transmit.url.data, "https://api.twilio.com/2010-04-01/Accounts/" SID "/Messages.json");
    assert_string_equal(transmit.body.data, want_body);
    assert_string_equal(transmit.username.data, want_user);
    assert_int_equal(transmit.timeout_ms, 15000);
    transmit_done(&transmit);
    settings_free(settings);
}

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    const struct sms_out message = {
        .id = "out-1", .from = "", .to = "+966 50 000 0001", .text = "We read you & wait: 100% +"
    };
    check_send(plain_pairs, &message,
        "To=%2B966500000001&From=%2B15005550006&Body=We%20read%20you%20%26%20wait%3A%20100%25%20%2B"
        "&StatusCallback=https%3A%2F%2Fline.example.org%2Fin%2Ftw%2Fstatus",
        SID);
    static const char *const service_pairs[] = { "account_sid=" SID, "auth_token=" TOKEN,
        "public_url=https://line.example.org", "messaging_service_sid=MG1", "api_key_sid=SK1", "api_key_secret=s",
        "validity=1 h", NULL };
    check_send(service_pairs, &message,
        "To=%2B966500000001&MessagingServiceSid=MG1&Body=We%20read%20you%20%26%20wait%3A%20100%25%20%2B&ValidityPeriod=3600",
        "SK1");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("twilio", plain_pairs);
    AUTO_BUF text;
    buf_init(&text, 16384);
    for (int i = 0; i < 900; i++)
        buf_add_text(&text, "🙏");
    const struct sms_out message = { .id = "o", .from = "", .to = "+966500000001", .text = text.data };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    const char *body = strstr(transmit.body.data, "Body=") + 5;
    size_t len = strcspn(body, "&");
    assert_int_equal(len, 798 * 12 + 3); /* 1597 units hold 798 pairs */
    assert_memory_equal(body + len - 6, "%8F...", 6);
    transmit_done(&transmit);
    settings_free(settings);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    static const char *const nobody[] = { "account_sid=" SID, "auth_token=" TOKEN, "public_url=" PUBLIC_URL, NULL };
    static const struct {
        const char *label, *const *pairs;
        struct sms_out message;
    } cases[] = {
        { "a name is no address", plain_pairs, { .id = "o", .from = "", .to = "STC", .text = "x" } },
        { "no address", plain_pairs, { .id = "o", .from = "", .to = "", .text = "x" } },
        { "no text", plain_pairs, { .id = "o", .from = "", .to = "+966500000001", .text = "" } },
        { "no sender", nobody, { .id = "o", .from = "", .to = "+966500000001", .text = "x" } },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("twilio", cases[i].pairs);
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
    static const struct {
        const char *label;
        struct transmit_reply reply;
        const char *body;
        enum outcome want;
        const char *id, *code;
    } cases[] = {
        { "created", { REPLY_ANSWERED, 201, 0, { 0 }, "" },
            "{\"sid\":\"SM9\",\"status\":\"queued\",\"error_code\":null}", OUTCOME_sent, "SM9", "" },
        { "created without an id", { REPLY_ANSWERED, 201, 0, { 0 }, "" }, "{}", OUTCOME_unparseable, "", "" },
        { "a page instead of a document", { REPLY_ANSWERED, 200, 0, { 0 }, "" }, "<html>", OUTCOME_unparseable, "",
            "" },
        { "not connected", { REPLY_NOT_SENT, 0, 0, { 0 }, "" }, "", OUTCOME_retry_network, "", "" },
        { "answer lost", { REPLY_UNKNOWN, 0, 0, { 0 }, "" }, "", OUTCOME_uncertain, "", "" },
        { "too many", { REPLY_ANSWERED, 429, 7, { 0 }, "" }, "{\"code\":20429,\"status\":429}", OUTCOME_retry_throttled,
            "", "20429" },
        { "no such number", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":21211,\"message\":\"x\",\"status\":400}",
            OUTCOME_rejected, "", "21211" },
        { "landline", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":21614}", OUTCOME_rejected, "", "21614" },
        { "she texted STOP", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":21610}", OUTCOME_opted_out, "",
            "21610" },
        { "sender is not ours", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":21606}", OUTCOME_bad_config, "",
            "21606" },
        { "region not enabled", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":21408}", OUTCOME_bad_config, "",
            "21408" },
        { "queue is full", { REPLY_ANSWERED, 429, 0, { 0 }, "" }, "{\"code\":30001}", OUTCOME_retry_throttled, "",
            "30001" },
        { "wrong token", { REPLY_ANSWERED, 401, 0, { 0 }, "" }, "{\"code\":20003,\"status\":401}", OUTCOME_bad_config,
            "", "20003" },
        { "wrong token, no document", { REPLY_ANSWERED, 401, 0, { 0 }, "" }, "", OUTCOME_bad_config, "", "" },
        { "no such account", { REPLY_ANSWERED, 404, 0, { 0 }, "" }, "{\"code\":20404}", OUTCOME_bad_config, "",
            "20404" },
        { "a refusal we do not know", { REPLY_ANSWERED, 400, 0, { 0 }, "" }, "{\"code\":29999}", OUTCOME_rejected, "",
            "29999" },
        { "trouble, with a document", { REPLY_ANSWERED, 500, 0, { 0 }, "" }, "{\"code\":20500}", OUTCOME_retry_network,
            "", "20500" },
        { "trouble of a proxy", { REPLY_ANSWERED, 502, 0, { 0 }, "" }, "<html>", OUTCOME_uncertain, "", "" },
        { "not now", { REPLY_ANSWERED, 503, 3, { 0 }, "" }, "", OUTCOME_retry_network, "", "" },
    };
    struct settings *settings = channels_settings("twilio", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct send_result result;
        struct transmit_reply reply = cases[i].reply;
        reply.body = span_of(cases[i].body);
        ops()->read_reply(settings, &reply, &result);
        if (result.outcome != cases[i].want || strcmp(result.remote_id, cases[i].id) ||
            strcmp(result.provider_code, cases[i].code) || result.retry_after_s != reply.retry_after_s)
            fail_msg("%s: %s id %s code %s after %d", cases[i].label, outcome_word(result.outcome), result.remote_id,
                result.provider_code, (int)result.retry_after_s);
    }
    settings_free(settings);
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *pair[2], *word; /* a word of the sentence */
    } cases[] = {
        { { "api_url=http://api.example.org", "from=+1" }, "https" },
        { { "api_key_sid=SK1", "from=+1" }, "api_key_secret" },
        { { "api_key_secret=x", "from=+1" }, "api_key_sid" },
        { { "from=+1", "messaging_service_sid=MG1" }, "exclude" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        const char *const pairs[] = { "account_sid=" SID, "auth_token=" TOKEN, "public_url=" PUBLIC_URL,
            cases[i].pair[0], cases[i].pair[1], NULL };
        struct error error;
        struct settings *settings = NULL;
        if (channels_try_settings("twilio", pairs, &error, &settings) != ERR_INVALID ||
            !strstr(error.text, cases[i].word))
            fail_msg("%s: %s", cases[i].pair[0], error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_as_the_official_library_does),
        cmocka_unit_test(a_query_typed_at_the_provider_may_be_dropped_by_a_proxy),
        cmocka_unit_test(a_message_signature_does_not_open_the_status_address),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(a_get_and_a_json_body_carry_the_same_fields),
        cmocka_unit_test(an_id_that_does_not_fit_becomes_its_digest),
        cmocka_unit_test(too_many_fields_are_an_error_and_a_hundred_are_not),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(success_is_an_empty_response_document),
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
