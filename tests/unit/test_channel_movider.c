/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_movider - SMS out through Movider: the form, good and bad numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"

static const char *const pairs[] = { "api_key=k1", "api_secret=s1", "from=HELPLINE", NULL };

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+66800000001", "a & b", 0, "POST", "https://api.movider.co/v1/sms", NULL,
            "api_key=k1&api_secret=s1&to=66800000001&from=HELPLINE&text=a%20%26%20b", "" },
        { "a name", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("movider", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200,
            "{\"remaining_balance\":1,\"total_sms\":1,\"phone_number_list\":[{\"number\":\"66800000001\",\"message_id\":\"m1\",\"price\":1}],\"bad_phone_number_list\":[]}",
            OUTCOME_sent, "m1", "" },
        { "a bad number", REPLY_ANSWERED, 200,
            "{\"phone_number_list\":[],\"bad_phone_number_list\":[{\"number\":\"1\",\"msg\":\"x\"}]}", OUTCOME_rejected,
            "", "" },
        { "neither", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "{\"error\":{\"code\":401,\"name\":\"x\"}}", OUTCOME_bad_config, "",
            "401" },
        { "no credit", REPLY_ANSWERED, 402, "{}", OUTCOME_bad_config, "", "" },
        { "bad", REPLY_ANSWERED, 400, "{\"error\":{\"code\":400}}", OUTCOME_rejected, "", "400" },
        { "not JSON", REPLY_ANSWERED, 200, "x", OUTCOME_unparseable, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("movider", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
