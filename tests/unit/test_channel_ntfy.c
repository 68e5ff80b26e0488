/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_ntfy - alerts by ntfy: priority, tap and button, quota. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "topic=desk-7", "token=tk_1", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "a & b", false, 0, "POST", "https://ntfy.sh/", "Authorization: Bearer tk_1",
            "{\"topic\":\"desk-7\",\"message\":\"a & b\",\"priority\":4,\"title\":\"" ALERTCASE_SUBJECT
            "\",\"click\":\"" ALERTCASE_LINK
            "\",\"actions\":[{\"action\":\"view\",\"label\":\"Answer\",\"url\":\"" ALERTCASE_LINK "\"}]}" },
        { "a notice", "other", "x", true, 0, "POST", "https://ntfy.sh/", NULL,
            "{\"topic\":\"other\",\"message\":\"x\",\"priority\":3}" },
        { "a path as a topic", "../x", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a topic too long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x", true,
            ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("ntfy", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "ntfy", pairs, "default", "/message", 4000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"id\":\"n1\"}", OUTCOME_sent, "n1", "" },
        { "no id", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "bad", REPLY_ANSWERED, 400, "{\"code\":40009,\"http\":400}", OUTCOME_rejected, "", "40009" },
        { "not allowed", REPLY_ANSWERED, 403, "{\"code\":40301,\"http\":403}", OUTCOME_bad_config, "", "40301" },
        { "too large", REPLY_ANSWERED, 413, "{\"code\":41301}", OUTCOME_rejected, "", "41301" },
        { "no room there", REPLY_ANSWERED, 507, "{\"code\":50701}", OUTCOME_retry_network, "", "50701" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("ntfy", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 0, "{\"code\":42901,\"http\":429}", OUTCOME_retry_throttled, 0 },
        { "throttled by the header", 429, 9, "{\"code\":42901,\"http\":429}", OUTCOME_retry_throttled, 9 },
        { "the quota of the day", 429, 0, "{\"code\":42908,\"http\":429}", OUTCOME_retry_throttled, 3600 },
    };
    alertcase_check_waits("ntfy", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a topic with a slash", { "topic=a/b" }, "topic" },
    };
    channelcase_check_refusals("ntfy", cases, STR_COUNT(cases));
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
