/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_slack - alerts into Slack: entities, blocks of plain text, what its words mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/actcase.h"
#include "tests/support/alertcase.h"
#include "tests/support/vectorcase.h"

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

/* ---- what comes back ------------------------------------------------------------------------------------------- */

static const char *const heard[] = { "hook=T/B/X", "signing_secret=8f742231b10e8888", NULL };
static const char *const vector_pairs[] = { "hook=T/B/X", NULL };

static void signatures_are_judged_as_the_vectors_say(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){
        .kind = "slack", .scheme = "slack", .pairs = vector_pairs, .secret_key = "signing_secret", .at_least = 11 });
}

static void buttons_stand_under_what_can_still_be_answered(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x", false, 0, NULL, NULL, NULL,
            "{\"text\":\"x\\n<" ALERTCASE_LINK
            "|Answer>\",\"blocks\":[{\"type\":\"section\",\"text\":{\"type\":\"plain_text\",\"text\":\"x\"}},"
            "{\"type\":\"actions\",\"elements\":["
            "{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":\"I take it\"},\"action_id\":\"ack\",\"value\":\"ack:a1\"},"
            "{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":\"I cannot\"},\"action_id\":\"decline\",\"value\":\"decline:a1\"}]},"
            "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"<" ALERTCASE_LINK "|Answer>\"}}],"
            "\"unfurl_links\":false,\"unfurl_media\":false}" },
    };
    alertcase_check_sends("slack", heard, cases, STR_COUNT(cases));
}

#define PAYLOAD(rest) "payload=%7B%22type%22%3A%22block_actions%22%2C" rest "%7D"
#define USER "%22user%22%3A%7B%22id%22%3A%22U1%22%2C%22name%22%3A%22maria%22%7D%2C"
#define ACTIONS(list) "%22actions%22%3A%5B" list "%5D"
#define ACTION(value) "%7B%22value%22%3A%22" value "%22%2C%22action_ts%22%3A%221.5%22%7D"

static void touches_are_read(void **state)
{
    (void)state;
    static const struct actcase cases[] = {
        { "taking", PAYLOAD(USER "%22trigger_id%22%3A%22t.1%22%2C" ACTIONS(ACTION("ack%3Aa1"))), 1, CONTACT_TAKES, "a1",
            "t.1", "", "", "maria (U1)", "" },
        { "declining, without a trigger", PAYLOAD(USER ACTIONS(ACTION("decline%3Aa1"))), 1, CONTACT_DECLINES, "a1",
            "1.5/U1/decline:a1", NULL, NULL, NULL, NULL },
        { "the least there is", PAYLOAD(ACTIONS("%7B%22value%22%3A%22ack%3Aa1%22%7D")), 1, CONTACT_TAKES, "a1", "", "",
            "", "", NULL },
        { "a button of another app's making", PAYLOAD(ACTIONS(ACTION("buy"))), 0, 0, NULL, NULL, NULL, NULL, NULL,
            NULL },
        { "two at once", PAYLOAD(ACTIONS(ACTION("buy") "%2C" ACTION("ack%3Aa1") "%2C" ACTION("ack%3Aa2"))), 2,
            CONTACT_TAKES, "a1", NULL, NULL, NULL, NULL, NULL },
        { "an action that is no object", PAYLOAD(ACTIONS("7")), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "another kind of payload", "payload=%7B%22type%22%3A%22view_submission%22%7D", 0, 0, NULL, NULL, NULL, NULL,
            NULL, NULL },
        { "no payload", "x=1", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "a payload that is no JSON", "payload=x", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "a payload that is a list", "payload=%5B%5D", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
    };
    actcase_check("slack", heard, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
        cmocka_unit_test(signatures_are_judged_as_the_vectors_say),
        cmocka_unit_test(buttons_stand_under_what_can_still_be_answered),
        cmocka_unit_test(touches_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
