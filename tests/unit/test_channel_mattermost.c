/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_mattermost - alerts into Mattermost: Markdown that stays text, rooms, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "hook=k3y", "api_url=https://chat.example.org/hooks/", "username=Line",
    "set_priority=true", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "<!channel> & *x* @all `y`", false, 0, "POST", "https://chat.example.org/hooks/k3y",
            "Content-Type: application/json",
            "{\"text\":\"\\\\<\\\\!channel\\\\> & \\\\*x\\\\* @\xe2\x81\xa0"
            "all \\\\`y\\\\`\\n[Answer](" ALERTCASE_LINK ")\",\"username\":\"Line\"}" },
        { "a room", "#desk", "x", true, 0, NULL, NULL, NULL,
            "{\"text\":\"x\",\"channel\":\"desk\",\"username\":\"Line\"}" },
        { "a person", "@ana", "x", true, 0, NULL, NULL, NULL,
            "{\"text\":\"x\",\"channel\":\"@ana\",\"username\":\"Line\"}" },
        { "a sign for each trap", "default", "\\ _ ~ [a](b) | #c > d", true, 0, NULL, NULL, NULL,
            "{\"text\":\"\\\\\\\\ \\\\_ \\\\~ \\\\[a\\\\](b) \\\\| \\\\#c \\\\> d\",\"username\":\"Line\"}" },
        { "a number", "+966500000001", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("mattermost", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "mattermost", pairs, "default", "/text", 16000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "ok", OUTCOME_sent, "", "" },
        { "some page", REPLY_ANSWERED, 200, "okay", OUTCOME_unparseable, "", "" },
        { "no such hook", REPLY_ANSWERED, 404,
            "{\"id\":\"web.incoming_webhook.invalid.app_error\",\"message\":\"x\",\"status_code\":404}",
            OUTCOME_rejected, "", "web.incoming_webhook.invalid.ap" },
        { "bad", REPLY_ANSWERED, 400, "{\"id\":\"a\",\"status_code\":400}", OUTCOME_rejected, "", "a" },
        { "forbidden", REPLY_ANSWERED, 403, "{}", OUTCOME_bad_config, "", "" },
        { "trouble there", REPLY_ANSWERED, 502, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("mattermost", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 7, "", OUTCOME_retry_throttled, 7 },
    };
    alertcase_check_waits("mattermost", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no server", { "hook=k" }, "api_url" },
        { "http elsewhere", { "hook=k", "api_url=http://chat.example.org/hooks" }, "https" },
    };
    channelcase_check_refusals("mattermost", cases, STR_COUNT(cases));
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
