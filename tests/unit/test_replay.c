/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_replay - what is signed rightly and old is taken, marked late; told again, whenever, it is the same message.
 * What:  for each scheme that signs a time, the request that the channel itself makes (build_self_test), signed at
 *        RIG_NOW and told at once or late, and then again after minutes, a day and a year.
 * Why:   late but valid is accepted (a provider that retries for a day must lose nothing), so whoever once saw a
 *        request could tell it again: it must open no case, raise nothing and command nothing.
 * Not here: telnyx, whose requests only the provider can sign (tests/integration/it_signed_channels.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/webhooks.h"
#include "handlers/registry.h"
#include "handlers/selftest.h"
#include "tests/support/core_rig.h"

#define MINUTE_MS 60000LL
#define DAY_MS (24 * 60 * MINUTE_MS)
#define KEY "secret = \"a-key-of-thirty-two-letters-and-more\"; "
#define HOOK_KEY "secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"; "
#define URL "public_url = \"https://line.example.org/in/probe/message\"; "
#define GENERIC "kind = \"generic\"; direction = \"in\"; "
#define TIMED_HEADER "timestamp_header = \"X-Time\"; signed_text = \"{timestamp}.{body}\"; "

static const struct scheme {
    const char *label, *settings;
} schemes[] = {
    { "android_sms_gateway", "kind = \"android_sms_gateway\"; " KEY },
    { "sinch", "kind = \"sinch\"; service_plan_id = \"p\"; " KEY },
    { "vonage_sms", "kind = \"vonage_sms\"; api_key = \"k\"; signature_method = \"sha256hmac\"; " KEY },
    { "vonage_messages", "kind = \"vonage_messages\"; " KEY },
    { "messagebird", "kind = \"messagebird\"; signing_key = \"a-key-of-thirty-two-letters\"; " URL },
    { "bird_channels", "kind = \"bird_channels\"; signing_key = \"a-key-of-thirty-two-letters\"; " URL },
    { "generic, hmac", GENERIC "auth = \"hmac\"; " KEY TIMED_HEADER },
    { "generic, hmac, no id", GENERIC "auth = \"hmac\"; format = \"json\"; field_id = \"/none\"; " KEY TIMED_HEADER },
    { "generic, hash, no id",
        GENERIC "auth = \"hash\"; format = \"json\"; field_id = \"/none\"; timestamp_header = \"X-Time\"; "
                "signed_text = \"{timestamp}.{body}{secret}\"; " KEY },
    { "generic, standard_webhooks", GENERIC "auth = \"standard_webhooks\"; " HOOK_KEY },
    { "generic, standard_webhooks, no id",
        GENERIC "auth = \"standard_webhooks\"; format = \"json\"; field_id = \"/none\"; " HOOK_KEY },
};

static void open_scheme(struct core_rig *rig, const struct scheme *scheme)
{
    char put[1024];
    (void)snprintf(put, sizeof put, "{ name = \"probe\"; %s },\n  { name = \"desk\";", scheme->settings);
    char *text = lineconf_replace(core_rig_text, "{ name = \"desk\";", put);
    core_rig_open(rig, text);
    free(text);
}

/* The request that the provider signs at signed_at, told at now_ms; its status. */
static int tell(struct core_rig *rig, const struct scheme *scheme, int64_t signed_at, int64_t now_ms)
{
    struct selftest test;
    struct request request;
    struct reply reply;
    struct error error = { "" };
    unsigned messages;
    const struct config_channel *channel = config_find_channel(rig->config, "probe");
    selftest_init(&test, "probe");
    int rc = registry_find(channel->kind)->build_self_test(channel->settings, signed_at, &test, &error);
    if (rc || selftest_request(&test, &request))
        fail_msg("%s: %s", scheme->label, error.text);
    core_rig_begin(rig);
    assert_int_equal(webhooks_handle(&rig->core, &request, now_ms, &reply, &messages), 0);
    core_rig_commit(rig);
    selftest_done(&test);
    return reply.status;
}

static void check_replays(const struct scheme *scheme, int64_t first_ms)
{
    static const int64_t again_ms[] = { MINUTE_MS, 3 * MINUTE_MS, 6 * MINUTE_MS, DAY_MS, 365 * DAY_MS };
    struct core_rig rig;
    struct message_row row;
    open_scheme(&rig, scheme);
    int status = tell(&rig, scheme, RIG_NOW, RIG_NOW + first_ms);
    if (status < 200 || status > 299 || core_rig_count_messages(&rig) != 1)
        fail_msg("%s: %d, %u messages", scheme->label, status, core_rig_count_messages(&rig));
    unsigned alerts = core_rig_count_alerts(&rig, 0, NULL);
    for (size_t i = 0; i < STR_COUNT(again_ms); i++) {
        status = tell(&rig, scheme, RIG_NOW, RIG_NOW + first_ms + again_ms[i]);
        if (status < 200 || status > 299 || core_rig_count_messages(&rig) != 1 ||
            core_rig_count_alerts(&rig, 0, NULL) != alerts)
            fail_msg("%s, told again after %lld min: %d, %u messages", scheme->label,
                (long long)(again_ms[i] / MINUTE_MS), status, core_rig_count_messages(&rig));
    }
    assert_int_equal(messages_get(rig.core.store, 1, &row), 0);
    if (row.is_late != (first_ms > 0))
        fail_msg("%s: late is %d", scheme->label, row.is_late);
    core_rig_close(&rig);
}

static void timely_request_told_again_is_the_same_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(schemes); i++)
        check_replays(&schemes[i], 0);
}

static void late_request_told_again_is_the_same_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(schemes); i++)
        check_replays(&schemes[i], DAY_MS);
}

/* The retry of a provider that signs each try anew is one message within two minutes; her repetition later is another.
 */
static void repetition_signed_anew_is_told_from_a_retry(void **state)
{
    (void)state;
    const struct scheme scheme = { "generic",
        GENERIC "auth = \"hmac\"; format = \"json\"; field_id = \"/none\"; " KEY TIMED_HEADER };
    struct core_rig rig;
    open_scheme(&rig, &scheme);
    assert_int_equal(tell(&rig, &scheme, RIG_NOW, RIG_NOW), 200);
    assert_int_equal(tell(&rig, &scheme, RIG_NOW + MINUTE_MS, RIG_NOW + MINUTE_MS), 200);
    assert_int_equal(core_rig_count_messages(&rig), 1);
    assert_int_equal(tell(&rig, &scheme, RIG_NOW + 10 * MINUTE_MS, RIG_NOW + 10 * MINUTE_MS), 200);
    assert_int_equal(core_rig_count_messages(&rig), 2);
    core_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timely_request_told_again_is_the_same_message),
        cmocka_unit_test(late_request_told_again_is_the_same_message),
        cmocka_unit_test(repetition_signed_anew_is_told_from_a_retry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
