/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_signal - alerts through Signal: recipients of three kinds, captchas, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "number=+15005550006", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "+966500000009", "a <b>", false, 0, "POST", "http://127.0.0.1:8080/v2/send",
            "Content-Type: application/json",
            "{\"number\":\"+15005550006\",\"recipients\":[\"+966500000009\"],\"message\":\"a <b>\\nAnswer: " ALERTCASE_LINK
            "\",\"text_mode\":\"normal\"}" },
        { "a group", "group.YWJj+/==", "x", true, 0, NULL, NULL, NULL,
            "{\"number\":\"+15005550006\",\"recipients\":[\"group.YWJj+/==\"],\"message\":\"x\",\"text_mode\":\"normal\"}" },
        { "a user name", "desk.01", "x", true, 0, NULL, NULL, NULL, NULL },
        { "a name", "desk", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a path", "../x", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "no address", "", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("signal", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "signal", pairs, "+966500000009", "/message", 2000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 201, "{\"timestamp\":\"1767225600123\"}", OUTCOME_sent, "1767225600123", "" },
        { "no time", REPLY_ANSWERED, 201, "{}", OUTCOME_unparseable, "", "" },
        { "no such user", REPLY_ANSWERED, 400, "{\"error\":\"Unregistered user\"}", OUTCOME_rejected, "", "" },
        { "our number is not registered", REPLY_ANSWERED, 400, "{\"error\":\"Specified account does not exist\"}",
            OUTCOME_bad_config, "", "account" },
        { "a captcha is asked for", REPLY_ANSWERED, 429,
            "{\"error\":\"x\",\"challenge_tokens\":[\"t\"],\"account\":\"n\"}", OUTCOME_bad_config, "", "captcha" },
        { "another service", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("signal", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 60, "{\"error\":\"x\",\"challenge_tokens\":[]}", OUTCOME_retry_throttled, 60 },
    };
    alertcase_check_waits("signal", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "http elsewhere", { "number=+15005550006", "api_url=http://signal.example.org:8080" }, "https" },
        { "a user alone", { "number=+15005550006", "user=u" }, "password" },
    };
    channelcase_check_refusals("signal", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
