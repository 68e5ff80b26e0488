/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lineviews - what waits, what was kept back and how channels are, as a reader gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "gateway/base/str.h"
#include "gateway/console/line/channelview.h"
#include "gateway/console/line/keptview.h"
#include "gateway/console/line/outboxview.h"
#include "tests/support/look.h"

#define NOW 1764000000000
#define AT "\"2025-11-24T15:50:00Z\""
#define OUT(id, more)                                                                                                  \
    "{\"outbox\":" id                                                                                                  \
    ",\"case\":1001,\"contact\":\"<ngo>\",\"channel\":\"desk\",\"urgency\":\"urgent\",\"attempt\":3,"                  \
    "\"created_at\":" AT ",\"due_at\":\"2025-11-24T16:30:00Z\"," more "}"

static const struct config no_config;

/* ---- outbox ---------------------------------------------------------------------------------------------------- */

static bool may_see(const void *context, int64_t case_id)
{
    return *(const bool *)context && case_id == 1001;
}

static void write_kick(struct html *html, const void *context, int64_t id)
{
    (void)context;
    H_LIT(html, "[kick ");
    html_number(html, id);
    H_LIT(html, "]");
}

static void look_at_outbox(const char *rows, const char *state, bool sees, struct look *look)
{
    AUTO_JSON *list = look_json(rows);
    AUTO_JSON *health = look_json("{\"outbox_queued\":2,\"outbox_leased\":0,\"outbox_dead\":1}");
    AUTO_JSON *held = look_json("[{\"contact\":\"embassy\",\"case\":1001,\"created_at\":" AT "}]");
    struct outboxview view = { .config = &no_config,
        .rows = list,
        .health = health,
        .held = held,
        .state = state,
        .channel = "",
        .page_max = 2,
        .held_max = 10,
        .now_ms = NOW,
        .context = &sees,
        .may_see_case = may_see,
        .write_kick = write_kick };
    look_begin(look);
    outboxview_write(look->html, &view);
    look_finish(look);
}

static void rows_say_why_they_wait_and_what_can_be_done(void **state)
{
    struct look look;
    (void)state;
    look_at_outbox(
        "[" OUT("9", "\"kind\":\"alert\",\"state\":\"queued\",\"why\":\"retry\",\"outcome\":\"retry_network\"") "," OUT(
            "8",
            "\"kind\":\"reply\",\"state\":\"dead\",\"why\":\"dead\",\"outcome\":\"rejected\",\"code\":\"<4>\"") "]",
        "", true, &look);
    assert_non_null(strstr(look.text.data, "The last try failed; it is tried again. 24 Nov 2025, 16:30 UTC"));
    assert_non_null(strstr(look.text.data, "(in 30 minutes)"));
    assert_non_null(strstr(look.text.data, "[kick 9]"));
    assert_null(strstr(look.text.data, "[kick 8]")); /* a message to her is never sent again by hand */
    assert_non_null(strstr(look.text.data, "Never sent twice"));
    assert_non_null(strstr(look.text.data, "refused for good"));
    assert_non_null(strstr(look.text.data, "<4>"));
    assert_non_null(strstr(look.text.data, "<ngo>"));
    assert_non_null(strstr(look.bytes.data, "href=\"cases/1001\""));
    assert_non_null(strstr(look.text.data, "Held until she agrees"));
    assert_null(strstr(look.text.data, "[kick 0]"));
    look_away(&look);
}

static void a_case_of_another_is_not_led_to(void **state)
{
    struct look look;
    (void)state;
    look_at_outbox("[" OUT("9", "\"kind\":\"alert\",\"state\":\"dead\",\"why\":\"dead\"") "," OUT(
                       "8", "\"kind\":\"loop\",\"state\":\"dead\",\"why\":\"dead\"") "," OUT("7",
                       "\"kind\":\"notice\",\"state\":\"dead\"") "]",
        "dead", false, &look);
    assert_null(strstr(look.text.data, "1001"));
    assert_non_null(strstr(look.text.data, "of another"));
    assert_non_null(strstr(look.text.data, "[kick 0]"));
    assert_null(strstr(look.text.data, "[kick 8]"));
    assert_null(strstr(look.text.data, "Held until she agrees"));
    assert_non_null(strstr(look.bytes.data, "href=\"outbox?state=dead&amp;channel=&amp;before=8\""));
    look_away(&look);
    look_at_outbox("[]", "", true, &look);
    assert_non_null(strstr(look.text.data, "Nothing waits, and nothing was given up."));
    look_away(&look);
}

static void every_reason_has_a_sentence(void **state)
{
    static const char *const words[] = { "sending", "dead", "hours", "retry", "later", "no_channel", "channel_off",
        "paused", "resting", "modem_absent", "modem_unready", "no_sender", "next" };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(words); i++)
        if (!outboxview_sentence(words[i])[0])
            fail_msg("%s", words[i]);
}

/* ---- kept back ------------------------------------------------------------------------------------------------- */

static void look_at_kept(const char *rows, bool may_read, struct look *look)
{
    AUTO_JSON *list = look_json(rows);
    struct keptview view = { .config = &no_config,
        .rows = list,
        .state = "",
        .channel = "",
        .may_read = may_read,
        .page_max = 1,
        .now_ms = NOW };
    look_begin(look);
    keptview_write_list(look->html, &view);
    look_finish(look);
}

#define KEPT(id, reason)                                                                                               \
    "{\"id\":" id ",\"state\":\"kept\",\"channel\":\"<b>\",\"reason\":\"" reason "\",\"size\":77,\"at\":" AT "}"

static void what_was_kept_back_says_why(void **state)
{
    struct look look;
    (void)state;
    look_at_kept("[" KEPT("5", "signature") "," KEPT("4", "malformed") "]", true, &look);
    assert_non_null(strstr(look.text.data, "somebody forges"));
    assert_non_null(strstr(look.bytes.data, "href=\"quarantine/5\""));
    assert_non_null(strstr(look.bytes.data, "before=5"));
    assert_null(strstr(look.text.data, "Request 4"));
    look_away(&look);
    look_at_kept("[" KEPT("5", "anything_new") "]", false, &look);
    assert_null(strstr(look.bytes.data, "quarantine/5"));
    assert_non_null(strstr(look.text.data, "It could not be read, or was refused."));
    look_away(&look);
    look_at_kept("[]", true, &look);
    assert_non_null(strstr(look.text.data, "Nothing is kept back."));
    look_away(&look);
}

static void look_at_request(const char *rows, struct look *look)
{
    AUTO_JSON *list = look_json(rows);
    look_begin(look);
    keptview_write_request(look->html, list, NOW);
    look_finish(look);
}

static void one_request_is_shown_safely(void **state)
{
    struct look look;
    (void)state;
    look_at_request(
        "[" KEPT("5",
            "signature") ",{\"section\":\"text\",\"from\":\"+966501\",\"text\":\"<i>help\"},"
                         "{\"section\":\"parts\",\"method\":\"POST\",\"query\":\"token=s3cret\",\"type\":\"\",\"bytes\":9,\"body\":\"a=%3Cb%3E\"}]",
        &look);
    assert_non_null(strstr(look.text.data, "<i>help"));
    assert_null(strstr(look.text.data, "s3cret"));
    assert_non_null(strstr(look.bytes.data, "&lt;b&gt;"));
    look_away(&look);
    look_at_request(
        "[" KEPT("5", "malformed") ",{\"section\":\"parts\",\"method\":\"POST\",\"query\":\"\",\"type\":\"x/y\","
                                   "\"bytes\":9,\"body\":\"no <form> at all\",\"hex\":\"\"}]",
        &look);
    assert_non_null(strstr(look.text.data, "no <form> at all"));
    assert_non_null(strstr(look.text.data, "No text."));
    look_away(&look);
    look_at_request(
        "[" KEPT("5", "malformed") ",{\"section\":\"parts\",\"method\":\"POST\",\"query\":\"\",\"type\":\"\","
                                   "\"bytes\":2,\"body\":null,\"hex\":\"00ff\"}]",
        &look);
    assert_non_null(strstr(look.text.data, "00 ff"));
    look_away(&look);
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

static void channels_and_modems_say_how_they_are(void **state)
{
    AUTO_JSON *rows = look_json(
        "[{\"channel\":\"sim\",\"kind\":\"modem\",\"state\":\"not_ready\",\"receives\":true,\"sends\":true,\"country\":\"SA\","
        "\"in_flight\":0,\"failures\":0,\"poll_error\":\"\",\"signature\":\"enforce\",\"unproved\":0,\"problem\":\"sim_full\","
        "\"registration\":\"home\",\"operator\":\"<Net>\",\"signal\":3,\"storage\":\"10/10\",\"credit\":\"1.50\","
        "\"last_received_at\":" AT ",\"last_sent_at\":null,\"restarts\":2,\"model\":\"E3531\"},"
        "{\"channel\":\"desk\",\"kind\":\"webhook\",\"state\":\"paused\",\"receives\":false,\"sends\":true,\"failures\":5,"
        "\"signature\":\"shadow\",\"unproved\":4,\"poll_error\":\"retry_network\",\"problem\":\"\"}]");
    AUTO_JSON *loops =
        look_json("[{\"from\":\"a\",\"to\":\"b\",\"state\":\"failing\",\"last_at\":" AT ",\"last_state\":\"missed\","
                  "\"passed_at\":null,\"latency_ms\":4600,\"failures\":2,\"passed_30d\":7,\"failed_30d\":3}]");
    AUTO_JSON *health =
        look_json("{\"senders\":1,\"outbox_queued\":2,\"outbox_dead\":0,\"modems\":1,\"modems_ready\":0}");
    struct channelview view = {
        .rows = rows, .loops = loops, .health = health, .trouble = "a modem sleeps", .now_ms = NOW
    };
    struct look look;
    (void)state;
    look_begin(&look);
    channelview_write(look.html, &view);
    look_finish(&look);
    static const char *const words[] = { "a modem sleeps", "sim full", "<Net>", "hardly any (3 of 31)", "10/10", "1.50",
        "Its settings were refused", "5 failures in a row", "so far 4", "list is not read: retry network", "5 s",
        "7 came in, 3 did not", "not since the start" };
    for (size_t i = 0; i < STR_COUNT(words); i++)
        if (!strstr(look.text.data, words[i]))
            fail_msg("%s is not said", words[i]);
    look_away(&look);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_why_they_wait_and_what_can_be_done),
        cmocka_unit_test(a_case_of_another_is_not_led_to),
        cmocka_unit_test(every_reason_has_a_sentence),
        cmocka_unit_test(what_was_kept_back_says_why),
        cmocka_unit_test(one_request_is_shown_safely),
        cmocka_unit_test(channels_and_modems_say_how_they_are),
    };
    return cmocka_run_group_tests_name("lineviews", tests, NULL, NULL);
}
