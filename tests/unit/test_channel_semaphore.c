/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_semaphore - SMS out through Semaphore: the form, the swallowed word, the list that comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"

static const char *const pairs[] = { "api_key=k1", "from=HELPLINE", NULL };

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+639170000001", "a & b", 0, "POST", "https://api.semaphore.co/api/v4/messages", NULL,
            "apikey=k1&number=639170000001&message=a%20%26%20b&sendername=HELPLINE", "" },
        { "the swallowed word", "+639170000001", "Test of the line", 0, NULL, NULL, NULL,
            "apikey=k1&number=639170000001&message=.%20Test%20of%20the%20line&sendername=HELPLINE", "" },
        { "no number", "", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("semaphore", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "pending", REPLY_ANSWERED, 200, "[{\"message_id\":1234,\"status\":\"Pending\",\"network\":\"Globe\"}]",
            OUTCOME_sent, "1234", "" },
        { "failed at once", REPLY_ANSWERED, 200, "[{\"message_id\":1234,\"status\":\"Failed\"}]", OUTCOME_rejected, "",
            "Failed" },
        { "a bad number", REPLY_ANSWERED, 200, "{\"number\":[\"The number format is invalid.\"]}", OUTCOME_rejected, "",
            "" },
        { "a bad sender", REPLY_ANSWERED, 200, "[{\"senderName\":\"x\"}]", OUTCOME_bad_config, "", "" },
        { "a bad key", REPLY_ANSWERED, 200, "{\"apikey\":[\"x\"]}", OUTCOME_bad_config, "", "" },
        { "an empty list", REPLY_ANSWERED, 200, "[]", OUTCOME_unparseable, "", "" },
        { "not JSON", REPLY_ANSWERED, 200, "x", OUTCOME_unparseable, "", "" },
        { "too many", REPLY_ANSWERED, 429, "", OUTCOME_retry_throttled, "", "" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("semaphore", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
