/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_pagerduty - alerts as incidents: one key an alert, severity, details by trust, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "routing_key=rk", "source=line-1", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x", false, 0, "POST", "https://events.pagerduty.com/v2/enqueue",
            "Content-Type: application/json",
            "{\"routing_key\":\"rk\",\"event_action\":\"trigger\",\"dedup_key\":\"a1\",\"payload\":{\"summary\":\"" ALERTCASE_SUBJECT
            "\",\"source\":\"line-1\",\"severity\":\"error\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"custom_details\":{\"case\":\"1042\",\"urgency\":\"urgent\",\"categories\":\"wages documents\",\"flags\":\"do_not_call\",\"language\":\"tl\",\"country\":\"SA\",\"received_at\":\"2026-01-01T00:00:00Z\",\"verification\":\"unverified\",\"message_count\":\"2\",\"text\":\"walang sahod, tatlong buwan\",\"from\":\"+966500000001\",\"message\":\"x\"}},\"links\":[{\"href\":\"" ALERTCASE_LINK
            "\",\"text\":\"Answer\"}]}" },
        { "a notice, to another service", "0123456789abcdef0123456789ABCDEF", "x", true, 0, NULL, NULL, NULL,
            "{\"routing_key\":\"0123456789abcdef0123456789ABCDEF\",\"event_action\":\"trigger\",\"dedup_key\":\"a1-0\",\"payload\":{\"summary\":\"x\",\"source\":\"line-1\",\"severity\":\"warning\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"custom_details\":{\"message\":\"x\"}}}" },
        { "a key too short", "abc", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("pagerduty", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(
        &(const struct alertcase_shape){ "pagerduty", pairs, "default", "/payload/custom_details/message", 16000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 202, "{\"status\":\"success\",\"message\":\"m\",\"dedup_key\":\"a1\"}", OUTCOME_sent,
            "a1", "" },
        { "no word", REPLY_ANSWERED, 202, "{}", OUTCOME_unparseable, "", "" },
        { "bad", REPLY_ANSWERED, 400, "{\"status\":\"invalid event\"}", OUTCOME_rejected, "", "invalidevent" },
        { "trouble there may be repeated", REPLY_ANSWERED, 500, "", OUTCOME_retry_network, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("pagerduty", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 120, "", OUTCOME_retry_throttled, 120 },
    };
    alertcase_check_waits("pagerduty", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "http elsewhere", { "api_url=http://events.example.org" }, "https" },
    };
    channelcase_check_refusals("pagerduty", cases, STR_COUNT(cases));
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
