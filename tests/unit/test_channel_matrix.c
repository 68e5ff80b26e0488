/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_matrix - alerts into Matrix: one transaction a row, both forms of the text, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "token=s3", "api_url=https://matrix.example.org", "room=!r:example.org", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "a<b\nc", false, 0, "PUT",
            "https://matrix.example.org/_matrix/client/v3/rooms/%21r%3Aexample.org/send/m.room.message/a1-0",
            "Authorization: Bearer s3",
            "{\"msgtype\":\"m.text\",\"body\":\"a<b\\nc\\nAnswer: " ALERTCASE_LINK
            "\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"a&lt;b<br>c<br><a href=\\\"" ALERTCASE_LINK
            "\\\">Answer</a>\",\"m.mentions\":{}}" },
        { "another room", "!q/x:example.org", "x", true, 0, "PUT",
            "https://matrix.example.org/_matrix/client/v3/rooms/%21q%2Fx%3Aexample.org/send/m.room.message/a1-0", NULL,
            NULL },
        { "an alias", "#r:example.org", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a break", "!r\n:example.org", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("matrix", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "matrix", pairs, "default", "/body", 12000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"event_id\":\"$e1\"}", OUTCOME_sent, "$e1", "" },
        { "no id", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "not in the room", REPLY_ANSWERED, 403, "{\"errcode\":\"M_FORBIDDEN\"}", OUTCOME_rejected, "",
            "M_FORBIDDEN" },
        { "token is over", REPLY_ANSWERED, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", OUTCOME_bad_config, "",
            "M_UNKNOWN_TOKEN" },
        { "no such room", REPLY_ANSWERED, 404, "{\"errcode\":\"M_NOT_FOUND\"}", OUTCOME_rejected, "", "M_NOT_FOUND" },
        { "another service", REPLY_ANSWERED, 404, "{\"errcode\":\"M_UNRECOGNIZED\"}", OUTCOME_bad_config, "",
            "M_UNRECOGNIZED" },
        { "trouble there may be repeated", REPLY_ANSWERED, 502, "", OUTCOME_retry_network, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("matrix", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled by the body", 429, 0, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":2500}",
            OUTCOME_retry_throttled, 3 },
        { "throttled by the header", 429, 9, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":2500}",
            OUTCOME_retry_throttled, 9 },
    };
    alertcase_check_waits("matrix", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "an alias", { "token=t", "api_url=https://m.example.org", "room=#r:example.org" }, "room" },
    };
    channelcase_check_refusals("matrix", cases, STR_COUNT(cases));
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
