/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_africastalking - the africastalking channel as a table of bytes: token, messages, reports, sending,
 * errors. */
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

static const char *const pairs[] = { "username=helpline", "api_key=k", "token=secret-of-a-test", "from=22334", NULL };

static void the_token_opens_the_path_and_nothing_else(void **state)
{
    (void)state;
    static const char *const own[] = { "username=helpline", NULL };
    vectorcase_check(&(struct vectorcase){ .kind = "africastalking",
        .scheme = "africastalking",
        .pairs = own,
        .secret_key = "token",
        .is_token_in_path = true,
        .at_least = 3 });
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = "date=2026-01-01+08%3A30%3A00&from=%2B254711000001&id=ATX_1&linkId=L1&text=HELP&to=22334"
                    "&networkCode=63902&cost=None",
            .want = 1,
            .from = "+254711000001",
            .to = "22334",
            .id = "ATX_1",
            .text = "HELP",
            .time = "2026-01-01T08:30:00Z" },
        { .label = "the other shape of time",
            .body = "date=2026-01-01T08%3A30%3A00Z&from=254711000001&text=a",
            .want = 1,
            .from = "+254711000001",
            .time = "2026-01-01T08:30:00Z" },
        { .label = "empty text", .body = "from=%2B254711000001&text=&id=1&linkId=", .want = 1, .text = "" },
        { .label = "an opt-out",
            .body = "senderId=22334&phoneNumber=%2B254711000001",
            .want = 1,
            .from = "+254711000001",
            .to = "22334",
            .text = "",
            .intent = INTENT_stop },
        { .label = "a report that was pointed here",
            .body = "id=ATX_1&status=Success&phoneNumber=%2B254711000001",
            .want = 0 },
        { .label = "nothing", .body = "", .want = 0 },
        { .label = "something else", .body = "a=b", .want = ERR_INVALID },
    };
    channelcase_check_messages("africastalking", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "sent", "id=A&status=Sent&phoneNumber=%2B254711000001&networkCode=63902&retryCount=0", 1, REPORT_SENT, "A",
            "", NULL },
        { "submitted", "id=A&status=Submitted", 1, REPORT_SENT, "A", "", NULL },
        { "buffered", "id=A&status=Buffered", 1, REPORT_SENT, "A", "", NULL },
        { "success", "id=A&status=Success&failureReason=", 1, REPORT_DELIVERED, "A", "", NULL },
        { "absent", "id=A&status=AbsentSubscriber", 1, REPORT_FAILED_TEMPORARY, "A", "", NULL },
        { "failed", "id=A&status=Failed&failureReason=UserDoesNotExist", 1, REPORT_FAILED, "A", "UserDoesNotExist",
            NULL },
        { "she asked to stop", "id=A&status=Rejected&failureReason=UserInBlackList", 1, REPORT_OPTED_OUT, "A",
            "UserInBlackList", NULL },
        { "at night", "id=A&status=Failed&failureReason=DoNotDisturbRejection", 1, REPORT_FAILED_TEMPORARY, "A",
            "DoNotDisturbRejection", NULL },
        { "thrown away by the operator", "id=A&status=Expired", 1, REPORT_FAILED, "A", "", NULL },
        { "a word of tomorrow", "id=A&status=Glowing", 1, REPORT_PENDING, "A", "", NULL },
        { "no id", "status=Sent", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("africastalking", pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+254711000001", "Soon & safe", 0, "POST", "https://api.africastalking.com/version1/messaging",
            "apiKey: k", "username=helpline&to=%2B254711000001&message=Soon%20%26%20safe&from=22334&bulkSMSMode=1",
            "" },
        { "no text", "+254711000001", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("africastalking", pairs, cases, STR_COUNT(cases));
}

#define ONE(code, id)                                                                                                  \
    "{\"SMSMessageData\":{\"Message\":\"Sent\",\"Recipients\":[{\"statusCode\":" code ",\"messageId\":\"" id "\"}]}}"

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "sent", REPLY_ANSWERED, 201, ONE("101", "ATX_9"), OUTCOME_sent, "ATX_9", "" },
        { "queued", REPLY_ANSWERED, 201, ONE("102", "ATX_9"), OUTCOME_sent, "ATX_9", "" },
        { "held as a risk", REPLY_ANSWERED, 201, ONE("401", "None"), OUTCOME_rejected, "", "401" },
        { "sender not valid", REPLY_ANSWERED, 201, ONE("402", "None"), OUTCOME_bad_config, "", "402" },
        { "not a number", REPLY_ANSWERED, 201, ONE("403", "None"), OUTCOME_rejected, "", "403" },
        { "no credit", REPLY_ANSWERED, 201, ONE("405", "None"), OUTCOME_bad_config, "", "405" },
        { "she asked to stop", REPLY_ANSWERED, 201, ONE("406", "None"), OUTCOME_opted_out, "", "406" },
        { "at night", REPLY_ANSWERED, 201, ONE("409", "None"), OUTCOME_retry_throttled, "", "409" },
        { "their trouble", REPLY_ANSWERED, 201, ONE("500", "None"), OUTCOME_retry_network, "", "500" },
        { "a code of tomorrow", REPLY_ANSWERED, 201, ONE("599", "None"), OUTCOME_unparseable, "", "599" },
        { "no recipient", REPLY_ANSWERED, 201,
            "{\"SMSMessageData\":{\"Message\":\"InvalidSenderId\",\"Recipients\":[]}}", OUTCOME_bad_config, "", "" },
        { "not JSON", REPLY_ANSWERED, 201, "<xml/>", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "The supplied authentication is invalid", OUTCOME_bad_config, "", "" },
        { "trouble of a proxy", REPLY_ANSWERED, 502, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("africastalking", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_opens_the_path_and_nothing_else),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
