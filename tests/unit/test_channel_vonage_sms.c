/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_vonage_sms - the vonage_sms channel as a table of bytes: signatures, messages, reports, sending, errors.
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
#include "tests/support/channelcase.h"

#define KIND "vonage_sms"

static const char *const pairs[] = { "api_key=abcd1234", "api_secret=s3cret", "secret=s", "from=+447700900000",
    "public_url=https://line.example.org/in/x/message", NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char method[64], current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(method, sizeof method, "signature_method=%s", json_text(vector, "algorithm", ""));
    (void)snprintf(current, sizeof current, "secret=%s", is_previous ? "other" : secret);
    (void)snprintf(previous, sizeof previous, "secret_previous=%s", is_previous ? secret : "older");
    const char *const chosen[] = { "api_key=k", method, current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 34);
}

static void without_a_signature_the_secret_of_the_path_counts(void **state)
{
    (void)state;
    static const char *const path_pairs[] = { "api_key=k", "path_secret=long-secret", NULL };
    static const char *const both_pairs[] = { "api_key=k", "path_secret=long-secret", "secret=s", NULL };
    struct settings *settings = channels_settings(KIND, path_pairs);
    struct request request = channels_post("/in/x/message/long-secret", "msisdn=1&text=x");
    assert_int_equal(registry_find(KIND)->verify(settings, &request, 0), VERDICT_VALID);
    request.path = "/in/x/message/long-secre";
    assert_int_equal(registry_find(KIND)->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
    settings = channels_settings(KIND, both_pairs);
    request.path = "/in/x/message/long-secret";
    assert_int_equal(registry_find(KIND)->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
}

#define MO "msisdn=966500000001&to=447700900000&messageId=0A01&type=text"

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "form",
            .body = MO "&text=Tulong+po&keyword=TULONG&message-timestamp=2026-01-01+00%3A00%3A00",
            .want = 1,
            .from = "+966500000001",
            .to = "+447700900000",
            .id = "0A01",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "query",
            .body = "?" MO "&text=Tulong+po",
            .want = 1,
            .from = "+966500000001",
            .text = "Tulong po",
            .time = "" },
        { .label = "JSON",
            .body =
                "{\"msisdn\":\"966500000001\",\"to\":\"447700900000\",\"messageId\":\"0A01\",\"text\":\"\\u0645\",\"type\":\"unicode\",\"timestamp\":\"1767225600\"}",
            .want = 1,
            .from = "+966500000001",
            .text = "م",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "JSON with a number",
            .body = "{\"msisdn\":966500000001,\"text\":\"x\"}",
            .want = 1,
            .from = "+966500000001",
            .id = "" },
        { .label = "unknown and empty fields", .body = MO "&text=x&api-key=&foo=bar&keyword=", .want = 1, .text = "x" },
        { .label = "empty text", .body = MO "&text=", .want = 1, .text = "" },
        { .label = "no text", .body = MO, .want = 1, .text = "" },
        { .label = "no sender", .body = "text=x", .want = 1, .from = "", .text = "x" },
        { .label = "no id", .body = "msisdn=966500000001&text=x", .want = 1, .id = "" },
        { .label = "two texts are both kept", .body = MO "&text=a&text=b", .want = 1, .text = "a\nb" },
        { .label = "short code", .body = "msisdn=8080&text=x", .want = 1, .from = "8080" },
        { .label = "a name", .body = "msisdn=STC&text=x", .want = 1, .from = "STC" },
        { .label = "a plus that became a space",
            .body = "msisdn=+966500000001&text=x",
            .want = 1,
            .from = "+966500000001" },
        { .label = "a part",
            .body = MO "&text=x&concat=true&concat-ref=77&concat-total=3&concat-part=2",
            .want = 1,
            .text = "x",
            .part = 2,
            .part_total = 3,
            .part_ref = "77" },
        { .label = "a part whose number is too high",
            .body = MO "&text=x&concat=true&concat-ref=77&concat-total=3&concat-part=4",
            .want = 1,
            .part = 0 },
        { .label = "a part of one",
            .body = MO "&text=x&concat=true&concat-ref=77&concat-total=1&concat-part=1",
            .want = 1,
            .part = 0 },
        { .label = "a part without numbers", .body = MO "&text=x&concat=true", .want = 1, .part = 0 },
        { .label = "numbers of a part that are none",
            .body = MO "&text=x&concat-ref=&concat-total=two&concat-part=-1",
            .want = 1,
            .part = 0 },
        { .label = "binary, with its part in the header",
            .body = "msisdn=966500000001&type=binary&data=54756C6F6E67&udh=060804012C0302",
            .want = 1,
            .text = "Tulong",
            .part = 2,
            .part_total = 3,
            .part_ref = "300" },
        { .label = "binary in Latin-1", .body = "msisdn=966500000001&type=binary&data=e9", .want = 1, .text = "é" },
        { .label = "binary that is no hex stays as it came",
            .body = "msisdn=966500000001&type=binary&data=zz&udh=zz",
            .want = 1,
            .text = "zz" },
        { .label = "binary in UTF-16",
            .body = "msisdn=966500000001&type=binary&data=0633062706390650062F0020D83DDE22",
            .want = 1,
            .text = "ساعِد 😢" },
        { .label = "binary in UTF-16 of a script whose block is a tab",
            .body = "msisdn=966500000001&type=binary&data=092E0926",
            .want = 1,
            .text = "मद" },
        { .label = "a report that was pointed here",
            .body = "msisdn=966500000001&messageId=0A01&status=delivered&err-code=0",
            .want = 0 },
        { .label = "the call when the address is typed in", .body = "?", .want = 0 },
        { .label = "no JSON", .body = "{\"msisdn\":", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

#define DLR                                                                                                            \
    "msisdn=966500000001&to=447700900000&messageId=0A01&message-timestamp=2026-01-01+00%3A00%3A00&scts=2601010000"

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "accepted", DLR "&status=accepted&err-code=0", 1, REPORT_SENT, "0A01", "", "2026-01-01T00:00:00Z" },
        { "buffered", DLR "&status=buffered&err-code=0", 1, REPORT_SENT, "0A01", "", NULL },
        { "delivered", DLR "&status=delivered&err-code=0&price=0.01&network-code=42001", 1, REPORT_DELIVERED, "0A01",
            "", NULL },
        { "delivered, in a query", "?" DLR "&status=delivered&err-code=0", 1, REPORT_DELIVERED, "0A01", "", NULL },
        { "delivered, in JSON", "{\"messageId\":\"0A01\",\"status\":\"delivered\",\"err-code\":\"0\"}", 1,
            REPORT_DELIVERED, "0A01", "", "" },
        { "expired", DLR "&status=expired&err-code=1", 1, REPORT_FAILED_TEMPORARY, "0A01", "1", NULL },
        { "phone off", DLR "&status=failed&err-code=2", 1, REPORT_FAILED_TEMPORARY, "0A01", "2", NULL },
        { "network", DLR "&status=failed&err-code=8", 1, REPORT_FAILED_TEMPORARY, "0A01", "8", NULL },
        { "no such phone", DLR "&status=failed&err-code=3", 1, REPORT_FAILED, "0A01", "3", NULL },
        { "spam filter", DLR "&status=rejected&err-code=6", 1, REPORT_FAILED, "0A01", "6", NULL },
        { "a word that is added later", DLR "&status=read", 1, REPORT_PENDING, "0A01", "", NULL },
        { "no id", "status=delivered", ERR_INVALID, 0, NULL, NULL, NULL },
        { "no word", "messageId=0A01", ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", MO "&text=x", ERR_INVALID, 0, NULL, NULL, NULL },
        { "the call when the address is typed in", "?", 0, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

#define SENDER "api_key=abcd1234&api_secret=s3cret&from=447700900000&to=966500000001&text="
#define REST "status-report-req=1&callback=https%3A%2F%2Fline.example.org%2Fin%2Fx%2Fstatus&client-ref=alert-1-0"

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+966500000001", "a & b", 0, "POST", "https://rest.nexmo.com/sms/json",
            "Content-Type: application/x-www-form-urlencoded", SENDER "a%20%26%20b&" REST, "" },
        { "beyond the alphabet of GSM", "+966500000001", "م", 0, NULL, NULL, NULL, SENDER "%D9%85&type=unicode&" REST,
            "" },
        { "a euro sign is of that alphabet", "+966500000001", "5 €", 0, NULL, NULL, NULL, SENDER "5%20%E2%82%AC&" REST,
            "" },
        { "a backquote is not", "+966500000001", "`", 0, NULL, NULL, NULL, SENDER "%60&type=unicode&" REST, "" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const char *const bare_pairs[] = { "api_key=k", "secret=s", "from=Line", NULL };
    static const struct channelcase_request receiving = { "receives only", "+966500000001", "x", ERR_INVALID, NULL,
        NULL, NULL, NULL, NULL };
    static const char *const other_pairs[] = { "api_key=k", "api_secret=t", "secret=s", "from=Line", "validity=1 h",
        NULL };
    static const struct channelcase_request other = { "a name as sender, with an end", "+966500000001", "x", 0, NULL,
        NULL, NULL,
        "api_key=k&api_secret=t&from=Line&to=966500000001&text=x&ttl=3600000&status-report-req=1&client-ref=alert-1-0",
        NULL };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, &receiving, 1);
    channelcase_check_sends(KIND, other_pairs, &other, 1);
}

#define PART(status) "{\"status\":\"" status "\",\"message-id\":\"0A09\",\"error-text\":\"x\"}"
#define PARTS(list) "{\"message-count\":\"1\",\"messages\":[" list "]}"

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, PARTS(PART("0")), OUTCOME_sent, "0A09", "" },
        { "taken in two parts", REPLY_ANSWERED, 200, PARTS(PART("0") "," PART("0")), OUTCOME_sent, "0A09", "" },
        { "half of it", REPLY_ANSWERED, 200, PARTS(PART("0") "," PART("1")), OUTCOME_uncertain, "", "1" },
        { "status as a number", REPLY_ANSWERED, 200, PARTS("{\"status\":0,\"message-id\":\"0A09\"}"), OUTCOME_sent,
            "0A09", "" },
        { "throttled", REPLY_ANSWERED, 200, PARTS(PART("1")), OUTCOME_retry_throttled, "", "1" },
        { "trouble", REPLY_ANSWERED, 200, PARTS(PART("5")), OUTCOME_retry_network, "", "5" },
        { "wrong secret", REPLY_ANSWERED, 200, PARTS(PART("4")), OUTCOME_bad_config, "", "4" },
        { "no credit", REPLY_ANSWERED, 200, PARTS(PART("9")), OUTCOME_bad_config, "", "9" },
        { "sender", REPLY_ANSWERED, 200, PARTS(PART("15")), OUTCOME_bad_config, "", "15" },
        { "number", REPLY_ANSWERED, 200, PARTS(PART("6")), OUTCOME_rejected, "", "6" },
        { "a refusal we do not know", REPLY_ANSWERED, 200, PARTS(PART("77")), OUTCOME_rejected, "", "77" },
        { "an empty list", REPLY_ANSWERED, 200, PARTS(""), OUTCOME_unparseable, "", "" },
        { "no status", REPLY_ANSWERED, 200, PARTS("{}"), OUTCOME_unparseable, "", "" },
        { "a page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "proxy", REPLY_ANSWERED, 502, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
        { "not connected", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void the_wait_stands_in_the_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        int64_t want;
    } cases[] = { { "Throughput Rate Exceeded - please wait [ 250 ] and retry", 1 }, { "please wait [ 4500 ]", 5 },
        { "please wait [ 99999999 ]", 1 }, { "please wait [ ]", 1 }, { "please wait [", 1 }, { "", 1 } };
    struct settings *settings = channels_settings(KIND, pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char body[256];
        struct send_result result;
        (void)snprintf(
            body, sizeof body, "{\"messages\":[{\"status\":\"1\",\"error-text\":\"%s\"}]}", cases[i].sentence);
        struct transmit_reply reply = { .status = 200, .body = span_of(body), .reason = "" };
        reply.kind = REPLY_ANSWERED;
        registry_find(KIND)->read_reply(settings, &reply, &result);
        if (result.outcome != OUTCOME_retry_throttled || result.retry_after_s != cases[i].want)
            fail_msg("%s: %lld s", cases[i].sentence, (long long)result.retry_after_s);
    }
    settings_free(settings);
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no proof", { "api_key=k" }, "prove" },
        { "an unknown method", { "api_key=k", "secret=s", "signature_method=sha384hmac" }, "signature_method" },
        { "plain http", { "api_key=k", "secret=s", "api_url=http://a.example" }, "https" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(without_a_signature_the_secret_of_the_path_counts),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_stands_in_the_sentence),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
