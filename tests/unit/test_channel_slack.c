/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_slack - alerts into Slack: entities, blocks of plain text, what its words mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "hook=T1/B2/x3", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "<!channel> & *x* @all `y`", false, 0, "POST",
            "https://hooks.slack.com/services/T1/B2/x3", "Content-Type: application/json",
            "{\"text\":\"&lt;!channel&gt; &amp; *x* @all `y`\\n<" ALERTCASE_LINK
            "|Answer>\",\"blocks\":[{\"type\":\"section\",\"text\":{\"type\":\"plain_text\",\"text\":\"&lt;!channel&gt; &amp; *x* @all `y`\"}},{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"<" ALERTCASE_LINK
            "|Answer>\"}}],\"unfurl_links\":false,\"unfurl_media\":false}" },
        { "a notice", "#alerts", "a < b", true, 0, "POST", "https://hooks.slack.com/services/T1/B2/x3",
            "Content-Type: application/json",
            "{\"text\":\"a &lt; b\",\"blocks\":[{\"type\":\"section\",\"text\":{\"type\":\"plain_text\",\"text\":\"a &lt; b\"}}],\"unfurl_links\":false,\"unfurl_media\":false}" },
        { "a hook of the contact", "https://hooks.slack.com/services/T9/B9/y9", "x", true, 0, "POST",
            "https://hooks.slack.com/services/T9/B9/y9", NULL, NULL },
        { "not protected", "http://hooks.slack.com/services/T9/B9/y9", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "no place", "+966500000001", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a break in the address", "#a\nb", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "nothing to say", "default", "", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("slack", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "slack", pairs, "default", "/blocks/0/text/text", 3000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "ok", OUTCOME_sent, "", "" },
        { "taken, with a line break", REPLY_ANSWERED, 200, "ok\n", OUTCOME_sent, "", "" },
        { "some page", REPLY_ANSWERED, 200, "<html>", OUTCOME_unparseable, "", "" },
        { "our payload", REPLY_ANSWERED, 400, "invalid_payload", OUTCOME_rejected, "", "invalid_payload" },
        { "forbidden in this channel", REPLY_ANSWERED, 403, "action_prohibited", OUTCOME_rejected, "",
            "action_prohibited" },
        { "a token that is none", REPLY_ANSWERED, 403, "invalid_token", OUTCOME_bad_config, "", "invalid_token" },
        { "no such hook", REPLY_ANSWERED, 404, "no_service", OUTCOME_rejected, "", "no_service" },
        { "archived", REPLY_ANSWERED, 410, "channel_is_archived", OUTCOME_rejected, "", "channel_is_archived" },
        { "trouble there", REPLY_ANSWERED, 500, "server_error", OUTCOME_uncertain, "", "server_error" },
        { "in maintenance", REPLY_ANSWERED, 503, "", OUTCOME_retry_network, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("slack", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 30, "", OUTCOME_retry_throttled, 30 },
        { "throttled for a week", 429, 604800, "", OUTCOME_retry_throttled, 86400 },
        { "refused", 400, 30, "no_text", OUTCOME_rejected, 0 },
    };
    alertcase_check_waits("slack", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "http elsewhere", { "hook=T1/B2/x3", "api_url=http://hooks.slack.com/services" }, "https" },
    };
    channelcase_check_refusals("slack", cases, STR_COUNT(cases));
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
