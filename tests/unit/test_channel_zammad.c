/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_zammad - an alert as a ticket: internal article, fields by trust, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "token=z1", "api_url=https://desk.example.org", "group=Line",
    "customer=line@example.org", "fields=alert_id=@alert|number=@from|kind=sms", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x <y>", false, 0, "POST", "https://desk.example.org/api/v1/tickets",
            "Authorization: Token token=z1",
            "{\"title\":\"" ALERTCASE_SUBJECT
            "\",\"group\":\"Line\",\"customer_id\":\"guess:line@example.org\",\"article\":{\"subject\":\"" ALERTCASE_SUBJECT
            "\",\"body\":\"x <y>\\nAnswer: " ALERTCASE_LINK
            "\",\"type\":\"note\",\"internal\":true,\"content_type\":\"text/plain\"},\"alert_id\":\"a1\",\"number\":\"+966500000001\",\"kind\":\"sms\"}" },
        { "a notice, to another group", "Night desk", "x", true, 0, NULL, NULL, NULL,
            "{\"title\":\"Help line\",\"group\":\"Night desk\",\"customer_id\":\"guess:line@example.org\",\"article\":{\"subject\":\"Help line\",\"body\":\"x\",\"type\":\"note\",\"internal\":true,\"content_type\":\"text/plain\"},\"kind\":\"sms\"}" },
        { "a break in the group", "a\nb", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("zammad", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "zammad", pairs, "default", "/article/body", 32000 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "made", REPLY_ANSWERED, 201, "{\"id\":12,\"number\":\"77012\"}", OUTCOME_sent, "12", "" },
        { "no id", REPLY_ANSWERED, 201, "{}", OUTCOME_unparseable, "", "" },
        { "wrong token", REPLY_ANSWERED, 401, "{\"error\":\"x\"}", OUTCOME_bad_config, "", "" },
        { "not allowed", REPLY_ANSWERED, 403, "{}", OUTCOME_bad_config, "", "" },
        { "no such group", REPLY_ANSWERED, 422, "{\"error\":\"x\"}", OUTCOME_rejected, "", "" },
        { "another service", REPLY_ANSWERED, 404, "", OUTCOME_bad_config, "", "" },
        { "trouble there", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("zammad", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 5, "", OUTCOME_retry_throttled, 5 },
    };
    alertcase_check_waits("zammad", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a field without a value",
            { "token=t", "api_url=https://d.example.org", "group=g", "customer=a@b.c", "fields=x" }, "fields" },
        { "a part that is none",
            { "token=t", "api_url=https://d.example.org", "group=g", "customer=a@b.c", "fields=x=@name" }, "@name" },
    };
    channelcase_check_refusals("zammad", cases, STR_COUNT(cases));
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
