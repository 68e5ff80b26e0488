/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_primero - an alert as a record: an id of our own, fields, conflicts, streams without a login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "api_url=https://p.example.org", "token=t1",
    "fields=notes=@body|urgency=@urgency|phone=@from|status=open", NULL };

static void a_stream_needs_neither_login_nor_id(void **state)
{
    (void)state;
    static const char *const intake[] = { "api_url=https://p.example.org", "record=intakes", "stream=s-1", NULL };
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x", false, 0, "POST", "https://p.example.org/api/v2/intakes/s-1", NULL,
            "{\"data\":{\"name\":\"" ALERTCASE_SUBJECT "\",\"notes_section\":\"x\"}}" },
    };
    static const struct channelcase_reply replies[] = {
        { "made", REPLY_ANSWERED, 200, "{\"data\":{\"id\":\"r1\"}}", OUTCOME_sent, "r1", "" },
        { "a conflict says nothing here", REPLY_ANSWERED, 409, "", OUTCOME_rejected, "", "" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
    };
    alertcase_check_sends("primero", intake, cases, STR_COUNT(cases));
    channelcase_check_replies("primero", intake, replies, STR_COUNT(replies));
}

static void the_login_is_basic_where_there_is_a_user(void **state)
{
    (void)state;
    static const char *const basic[] = { "api_url=https://p.example.org", "record=incidents", "user=u", "password=p",
        NULL };
    static const struct channelcase_request cases[] = {
        { "a notice", "default", "x", 0, "POST", "https://p.example.org/api/v2/incidents", NULL, NULL, "u" },
    };
    channelcase_check_sends("primero", basic, cases, STR_COUNT(cases));
}

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x", false, 0, "POST", "https://p.example.org/api/v2/cases",
            "Authorization: Bearer t1",
            "{\"data\":{\"id\":\"604d58bc-4cfa-8569-bf88-5fbec5c8d93b\",\"notes\":\"x\",\"urgency\":\"urgent\",\"phone\":\"+966500000001\",\"status\":\"open\"}}" },
        { "a notice", "", "x", true, 0, NULL, NULL, NULL,
            "{\"data\":{\"id\":\"604d58bc-4cfa-8569-bf88-5fbec5c8d93b\",\"notes\":\"x\",\"status\":\"open\"}}" },
        { "an address", "desk", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("primero", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "made", REPLY_ANSWERED, 204, "", OUTCOME_sent, "", "" },
        { "it is there already", REPLY_ANSWERED, 409, "{\"errors\":[{\"code\":409}]}", OUTCOME_sent, "", "" },
        { "made, and shown", REPLY_ANSWERED, 200, "{\"data\":{\"id\":\"r1\"}}", OUTCOME_sent, "r1", "" },
        { "some page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "token is over", REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "", "" },
        { "not allowed", REPLY_ANSWERED, 403, "{\"errors\":[{\"code\":403}]}", OUTCOME_bad_config, "", "" },
        { "a bad field", REPLY_ANSWERED, 422, "{\"errors\":[{\"code\":422,\"detail\":\"urgency\"}]}", OUTCOME_rejected,
            "", "urgency" },
        { "no such server", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "trouble there may be repeated", REPLY_ANSWERED, 500, "", OUTCOME_retry_network, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("primero", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a stream without id", { "api_url=https://p.example.org", "record=intakes" }, "stream" },
        { "two logins", { "api_url=https://p.example.org", "user=u", "password=p", "token=t" }, "token" },
        { "a user alone", { "api_url=https://p.example.org", "user=u" }, "password" },
        { "a part that is none", { "api_url=https://p.example.org", "fields=a=@b" }, "@b" },
    };
    channelcase_check_refusals("primero", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_needs_neither_login_nor_id),
        cmocka_unit_test(the_login_is_basic_where_there_is_a_user),
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
