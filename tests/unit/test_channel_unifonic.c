/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_unifonic - SMS out through Unifonic: the form, its success word, codes by setting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"

static const char *const pairs[] = { "app_sid=s1", "from=HELPLINE", "config_codes=ER-01", "opted_out_codes=ER-9",
    NULL };

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+966500000001", "a & b", 0, "POST", "https://el.cloud.unifonic.com/rest/SMS/messages",
            "Content-Type: application/x-www-form-urlencoded",
            "AppSid=s1&SenderID=HELPLINE&Recipient=966500000001&Body=a%20%26%20b&responseType=JSON&CorrelationID=alert-1-0&async=false",
            "" },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
        { "no text", "+966500000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("unifonic", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "queued", REPLY_ANSWERED, 200,
            "{\"success\":true,\"message\":\"\",\"errorCode\":\"ER-00\",\"data\":{\"MessageID\":3200017889310,\"Status\":\"Queued\"}}",
            OUTCOME_sent, "3200017889310", "" },
        { "true as a text", REPLY_ANSWERED, 200, "{\"success\":\"true\",\"data\":{\"MessageID\":\"m1\"}}", OUTCOME_sent,
            "m1", "" },
        { "failed at once", REPLY_ANSWERED, 200,
            "{\"success\":true,\"data\":{\"MessageID\":\"m1\",\"Status\":\"Rejected\"}}", OUTCOME_rejected, "", "" },
        { "our account", REPLY_ANSWERED, 200, "{\"success\":false,\"errorCode\":\"ER-01\"}", OUTCOME_bad_config, "",
            "ER-01" },
        { "this number", REPLY_ANSWERED, 200, "{\"success\":\"false\",\"errorCode\":\"ER-22\"}", OUTCOME_rejected, "",
            "ER-22" },
        { "opted out", REPLY_ANSWERED, 400, "{\"success\":false,\"errorCode\":\"er-9\"}", OUTCOME_opted_out, "",
            "er-9" },
        { "not JSON", REPLY_ANSWERED, 200, "ok", OUTCOME_unparseable, "", "" },
        { "no word", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{}", OUTCOME_bad_config, "", "" },
        { "no credit", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("unifonic", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "http elsewhere", { "app_sid=s", "api_url=http://el.example.org" }, "https" },
    };
    channelcase_check_refusals("unifonic", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
