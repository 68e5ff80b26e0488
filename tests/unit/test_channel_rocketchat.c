/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_rocketchat - alerts into Rocket.Chat: what has no escape is broken; rooms, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "hook=i1/t2", "api_url=https://chat.example.org/hooks", "alias=Line", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "<!channel> & *x* @all `y`", false, 0, "POST", "https://chat.example.org/hooks/i1/t2",
            "Content-Type: application/json",
            "{\"text\":\"<\xe2\x81\xa0"
            "!channel\xe2\x81\xa0"
            "> & \\\\*x\\\\* @\xe2\x81\xa0"
            "all \\\\`y\\\\`\\n[Answer](" ALERTCASE_LINK ")\",\"parseUrls\":false,\"alias\":\"Line\"}" },
        { "a room", "#desk", "x", true, 0, NULL, NULL, NULL,
            "{\"text\":\"x\",\"parseUrls\":false,\"channel\":\"#desk\",\"alias\":\"Line\"}" },
        { "a link under another name", "default", "[a](b)", true, 0, NULL, NULL, NULL,
            "{\"text\":\"[\xe2\x81\xa0"
            "a]\xe2\x81\xa0"
            "(b)\",\"parseUrls\":false,\"alias\":\"Line\"}" },
        { "a mail address", "desk@example.org", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("rocketchat", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "rocketchat", pairs, "default", "/text", 5000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"success\":true}", OUTCOME_sent, "", "" },
        { "refused with 200", REPLY_ANSWERED, 200, "{\"success\":false}", OUTCOME_rejected, "", "" },
        { "no word", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "not JSON", REPLY_ANSWERED, 200, "ok", OUTCOME_unparseable, "", "" },
        { "refused", REPLY_ANSWERED, 400, "{\"success\":false,\"error\":\"invalid-channel\"}", OUTCOME_rejected, "",
            "invalid-channel" },
        { "wrong token", REPLY_ANSWERED, 401, "{}", OUTCOME_bad_config, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("rocketchat", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 9, "", OUTCOME_retry_throttled, 9 },
    };
    alertcase_check_waits("rocketchat", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
