/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_pagerduty - alerts as incidents: one key an alert, severity, details by trust, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/actcase.h"
#include "tests/support/alertcase.h"
#include "tests/support/vectorcase.h"

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

/* ---- what comes back ------------------------------------------------------------------------------------------- */

static const char *const heard[] = { "routing_key=0123456789abcdef0123456789abcdef", "webhook_secret=pd-webhook-secret",
    NULL };
static const char *const vector_pairs[] = { NULL };

static void signatures_are_judged_as_the_vectors_say(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){ .kind = "pagerduty",
        .scheme = "pagerduty",
        .pairs = vector_pairs,
        .secret_key = "webhook_secret",
        .at_least = 9 });
}

static void what_is_settled_here_is_settled_there(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("pagerduty", heard);
    for (int is_over = 0; is_over < 2; is_over++) {
        const struct sms_out message = { .id = "n1",
            .from = "",
            .to = "default",
            .subject = "Case 1042",
            .text = "Case 1042: taken.",
            .settled_alert_id = "a1",
            .is_over = is_over,
            .attempt = 1 };
        struct transmit transmit;
        transmit_init(&transmit);
        assert_int_equal(registry_find("pagerduty")->build_send(settings, &message, &transmit), 0);
        assert_string_equal(transmit.body.data,
            is_over
                ? "{\"routing_key\":\"0123456789abcdef0123456789abcdef\",\"event_action\":\"resolve\",\"dedup_key\":\"a1\"}"
                : "{\"routing_key\":\"0123456789abcdef0123456789abcdef\",\"event_action\":\"acknowledge\",\"dedup_key\":\"a1\"}");
        transmit_done(&transmit);
    }
    settings_free(settings);
}

#define EVENT(type, agent, data)                                                                                       \
    "{\"event\":{\"id\":\"e1\",\"event_type\":\"" type "\",\"agent\":" agent ",\"data\":" data "}}"
#define TESS "{\"id\":\"PLH1\",\"summary\":\"Tess Engineer\",\"type\":\"user_reference\"}"
#define INCIDENT "{\"id\":\"PGR0\",\"type\":\"incident\",\"incident_key\":\"a1\"}"

static void acknowledgements_of_people_are_read(void **state)
{
    (void)state;
    static const struct actcase cases[] = {
        { "acknowledged", EVENT("incident.acknowledged", TESS, INCIDENT), 1, CONTACT_TAKES, "a1", "e1", "", "",
            "Tess Engineer (PLH1)", "" },
        { "resolved", EVENT("incident.resolved", TESS, INCIDENT), 1, CONTACT_QUIETS, "a1", "e1", NULL, NULL, NULL,
            NULL },
        { "acknowledged by a rule",
            EVENT("incident.acknowledged", "{\"id\":\"P1\",\"type\":\"service_reference\"}", INCIDENT), 0, 0, NULL,
            NULL, NULL, NULL, NULL, NULL },
        { "acknowledged by nobody", EVENT("incident.acknowledged", "null", INCIDENT), 0, 0, NULL, NULL, NULL, NULL,
            NULL, NULL },
        { "an incident that is none of ours", EVENT("incident.acknowledged", TESS, "{\"incident_key\":null}"), 0, 0,
            NULL, NULL, NULL, NULL, NULL, NULL },
        { "a key that is too long for ours",
            EVENT("incident.acknowledged", TESS, "{\"incident_key\":\"0123456789012345678901234567890123456789\"}"), 0,
            0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "another event", EVENT("incident.escalated", TESS, INCIDENT), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "the first words of a new subscription", EVENT("pagey.ping", "null", "{\"message\":\"Hello\"}"), 0, 0, NULL,
            NULL, NULL, NULL, NULL, NULL },
        { "no event", "{}", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "no JSON", "{", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
    };
    actcase_check("pagerduty", heard, cases, STR_COUNT(cases));
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
        cmocka_unit_test(what_is_settled_here_is_settled_there),
        cmocka_unit_test(acknowledgements_of_people_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
