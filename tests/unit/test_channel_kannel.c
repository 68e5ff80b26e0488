/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_kannel - the kannel channel as a table of bytes: token, get-url and post-url, reports, sendsms, errors.
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
#include "tests/support/vectorcase.h"

static const char *const pairs[] = { "token=secret-of-a-test", "public_url=https://line.example.org/in/ka/message",
    "username=helpline", "password=p&w", "from=1234", NULL };

static void the_token_opens_and_nothing_else(void **state)
{
    (void)state;
    vectorcase_check(
        &(struct vectorcase){ .kind = "kannel", .scheme = "kannel", .secret_key = "token", .at_least = 3 });
}

#define GET "?token=t&id=9f0c&ts=1767225600&from=%2B962790000001&to=1234&"

static void a_get_url_is_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = GET "coding=0&charset=GSM&udh=&text=Help++me%0Anow",
            .want = 1,
            .from = "+962790000001",
            .to = "1234",
            .id = "9f0c",
            .text = "Help  me\nnow",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "UTF-16BE",
            .body = GET "coding=2&charset=UTF-16BE&text=%06%45%06%31%06%2D%06%28%06%27",
            .want = 1,
            .text = "مرحبا" },
        { .label = "coding 2 and no charset", .body = GET "coding=2&text=%06%45%D8%3D%DE%4F", .want = 1, .text = "م🙏" },
        { .label = "coding 2, recoded to UTF-8",
            .body = GET "coding=2&charset=UTF-8&text=%D9%85",
            .want = 1,
            .text = "م" },
        { .label = "half a character of UTF-16",
            .body = GET "coding=2&text=%06%45%06",
            .want = 1,
            .text = "م\xEF\xBF\xBD" },
        { .label = "recoded to windows-1252",
            .body = GET "coding=0&charset=WINDOWS-1252&text=caf%E9+%80",
            .want = 1,
            .text = "café €" },
        { .label = "GSM that is UTF-8",
            .body = GET "coding=0&charset=GSM&text=caf%C3%A9+a%40b",
            .want = 1,
            .text = "café a@b" },
        { .label = "GSM that is Latin-1", .body = GET "coding=0&charset=GSM&text=caf%E9", .want = 1, .text = "café" },
        { .label = "GSM septets",
            .body = GET "coding=0&charset=GSM&text=a%00b+caf%05+%1B%65+%11",
            .want = 1,
            .text = "a@b café € _" },
        { .label = "eight bits", .body = GET "coding=1&charset=binary&text=%FFa", .want = 1, .text = "ÿa" },
        { .label = "no coding, no charset",
            .body = "?token=t&sender=962790000001&text=x",
            .want = 1,
            .from = "+962790000001",
            .text = "x" },
        { .label = "a part",
            .body = GET "udh=%05%00%03%4A%03%02&text=x",
            .want = 1,
            .text = "x",
            .part = 2,
            .part_total = 3 },
        { .label = "a part, in hex", .body = GET "udh=0608041234020A&text=x", .want = 1, .part = 0 },
        { .label = "a wide reference",
            .body = GET "udh=%06%08%04%12%34%02%01&text=x",
            .want = 1,
            .part = 1,
            .part_total = 2 },
        { .label = "empty text", .body = GET "text=", .want = 1, .text = "" },
        { .label = "a local time",
            .body = "?from=1&text=x&time=2026-01-01+00:00",
            .want = 1,
            .time = "2026-01-01T00:00:00Z" },
        { .label = "as a form",
            .body = "from=962790000001&to=1&text=caf%C3%A9&id=7",
            .want = 1,
            .from = "+962790000001",
            .id = "7",
            .text = "café" },
        { .label = "a report that was pointed here", .body = "?token=t&id=1&status=8", .want = 0 },
        { .label = "nothing", .body = "?token=t", .want = ERR_INVALID },
    };
    channelcase_check_messages("kannel", pairs, cases, STR_COUNT(cases));
}

/* The text is the body, the rest stands in headers. */
static void a_post_url_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *label, *type, *coding, *udh, *query;
        struct span body;
        const char *want;
        unsigned part;
    } cases[] = {
        { "UTF-8", "text/plain; charset=\"UTF-8\"", "0", NULL, "", { "caf\xc3\xa9 {", 7 }, "café {", 0 },
        { "UTF-16BE", "text/plain; charset=\"UTF-16BE\"", "2", NULL, "", { "\x06\x45\x06\x31", 4 }, "مر", 0 },
        { "coding alone", "text/plain", "2", NULL, "", { "\x06\x45\x06\x31", 4 }, "مر", 0 },
        { "Latin-1", "text/plain; charset=ISO-8859-1", "0", NULL, "", { "caf\xe9", 4 }, "café", 0 },
        { "no type", "", "0", "050003010202", "", { "a=b&c", 5 }, "a=b&c", 2 },
        { "fields in the address", "text/plain", NULL, NULL, "id=q7&text=no", { "x", 1 }, "x", 0 },
        { "no text", "text/plain", NULL, NULL, "", { "", 0 }, "", 0 },
    };
    struct settings *settings = channels_settings("kannel", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct sms_in sms;
        const struct request_header headers[] = { { "Content-Type", cases[i].type },
            { "X-Kannel-From", "+962790000001" }, { "X-Kannel-To", "1234" }, { "X-Kannel-Time", "2026-01-01 00:00:00" },
            { cases[i].coding ? "X-Kannel-Coding" : "X-A", cases[i].coding ? cases[i].coding : "" },
            { cases[i].udh ? "X-Kannel-UDH" : "X-B", cases[i].udh ? cases[i].udh : "" } };
        struct request request = { .method = "POST",
            .path = "/in/ka/message",
            .query = cases[i].query,
            .headers = headers,
            .header_count = STR_COUNT(headers),
            .body = cases[i].body };
        int rc = registry_find("kannel")->parse_message(settings, &request, &sms, 1);
        if (rc != 1)
            fail_msg("%s: %d", cases[i].label, rc);
        if (strcmp(sms.text, cases[i].want) || strcmp(sms.from, "+962790000001") || strcmp(sms.to, "1234") ||
            sms.part != cases[i].part || sms.sent_at != 1767225600000 ||
            strcmp(sms.remote_id, *cases[i].query ? "q7" : ""))
            fail_msg("%s: %s %s %s part %u", cases[i].label, sms.from, sms.remote_id, sms.text, sms.part);
        sms_in_done(&sms);
    }
    settings_free(settings);
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "delivered", "?token=t&id=out-1&status=1&ts=1767225600", 1, REPORT_DELIVERED, "out-1", "1",
            "2026-01-01T00:00:00Z" },
        { "failed", "?id=out-1&status=2", 1, REPORT_FAILED, "out-1", "2", NULL },
        { "buffered", "?id=out-1&status=4", 1, REPORT_PENDING, "out-1", "4", NULL },
        { "taken by the operator", "?id=out-1&status=8", 1, REPORT_SENT, "out-1", "8", NULL },
        { "refused by the operator", "?id=out-1&status=16", 1, REPORT_FAILED, "out-1", "16", NULL },
        { "on its way", "?id=out-1&status=32", 1, REPORT_PENDING, "out-1", "32", NULL },
        { "not filled in", "?id=out-1&status=%25d", 1, REPORT_PENDING, "out-1", "%d", NULL },
        { "no id", "?status=1", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("kannel", pairs, cases, STR_COUNT(cases));
}

static void success_is_an_empty_plain_text_also_for_the_unreadable(void **state)
{
    (void)state;
    static const enum answer_to empty_successes[] = { ANSWER_STORED, ANSWER_REPORT, ANSWER_MALFORMED };
    struct settings *settings = channels_settings("kannel", pairs);
    struct reply reply;
    for (size_t i = 0; i < STR_COUNT(empty_successes); i++) {
        registry_find("kannel")->answer(settings, empty_successes[i], &reply);
        assert_int_equal(reply.status, 200);
        assert_int_equal(reply.body_len, 0);
        assert_string_equal(reply.content_type, "text/plain");
    }
    settings_free(settings);
}

#define SEND "http://127.0.0.1:13013/cgi-bin/sendsms?username=helpline&password=p%26w&from=1234&to=%2B962790000001"
#define DLR                                                                                                            \
    "&dlr-mask=31&dlr-url=https%3A%2F%2Fline.example.org%2Fin%2Fka%2Fstatus%3Ftoken%3Dsecret-of-a-test"                \
    "%26id%3Dalert-1-0%26status%3D%25d%26ts%3D%25T"

static void a_message_becomes_one_sendsms(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "GSM", "+962790000001", "Soon & safe", 0, "GET", SEND "&charset=UTF-8&coding=0&text=Soon%20%26%20safe" DLR,
            NULL, "", "" },
        { "not GSM", "+962790000001", "م🙏", 0, "GET", SEND "&charset=UTF-8&coding=2&text=%D9%85%F0%9F%99%8F" DLR, NULL,
            "", "" },
        { "no text", "+962790000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("kannel", pairs, cases, STR_COUNT(cases));
    static const char *const own[] = { "token=50%-of-a-test", "status_url=https://line.example.org/in/ka/status",
        "username=u", "unicode_charset=utf-16be", "smsc=a", "account=b", "validity=2 h", NULL };
    static const struct channelcase_request own_cases[] = { { "UTF-16BE, and a token with a percent sign",
        "+962790000001", "م🙏", 0, "GET",
        "http://127.0.0.1:13013/cgi-bin/sendsms?username=u&to=%2B962790000001&charset=UTF-16BE&coding=2"
        "&text=%06E%D8%3D%DEO&smsc=a&account=b&validity=120&dlr-mask=31"
        "&dlr-url=https%3A%2F%2Fline.example.org%2Fin%2Fka%2Fstatus%3Ftoken%3D50%25%2525-of-a-test"
        "%26id%3Dalert-1-0%26status%3D%25d%26ts%3D%25T",
        NULL, "", "" } };
    channelcase_check_sends("kannel", own, own_cases, STR_COUNT(own_cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 202, "0: Accepted for delivery", OUTCOME_sent, "", "" },
        { "queued", REPLY_ANSWERED, 202, "3: Queued for later delivery", OUTCOME_sent, "", "" },
        { "wrong password", REPLY_ANSWERED, 403, "Authorization failed for sendsms", OUTCOME_bad_config, "", "" },
        { "nothing there", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "refused", REPLY_ANSWERED, 400, "Missing receiver number", OUTCOME_rejected, "", "" },
        { "not now", REPLY_ANSWERED, 503, "Temporal failure, try again later.", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("kannel", pairs, cases, STR_COUNT(cases));
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a password without a user", { "token=secret-of-a-test", "password=p" }, "username" },
        { "plain http to elsewhere", { "token=secret-of-a-test", "send_url=http://10.0.0.2:13013/cgi-bin/sendsms" },
            "https" },
    };
    channelcase_check_refusals("kannel", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_opens_and_nothing_else),
        cmocka_unit_test(a_get_url_is_read),
        cmocka_unit_test(a_post_url_is_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(success_is_an_empty_plain_text_also_for_the_unreadable),
        cmocka_unit_test(a_message_becomes_one_sendsms),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
