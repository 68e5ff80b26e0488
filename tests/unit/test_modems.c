/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_modems - a modem's worker that the test plays, through turns that succeed and turns that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/calls.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/outage.h"
#include "gateway/core/reports.h"
#include "gateway/store/sql.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

#define HER "+966505550123"
#define HELLO "{\"hello\":1,\"role\":\"modem\",\"name\":\"sim1\",\"capacity\":1}"
#define READY "{\"status\":{\"state\":\"ready\",\"problem\":\"none\",\"signal\":17,\"operator\":\"STC\"}}"
#define SMS_FRAME(id)                                                                                                  \
    "{\"message\":\"" id                                                                                               \
    "\",\"kind\":\"pdu\",\"pdu\":\"00040C9169665055102300086211322150600004004F004B\",\"length\":-1}"
#define CALL_FRAME(id, at)                                                                                             \
    "{\"message\":\"" id "\",\"kind\":\"call\",\"from\":\"" HER "\",\"type\":145,\"read_at\":" at "}"

static int64_t now_ms;

static int64_t tell_now(void)
{
    return now_ms;
}

static int64_t tell_mono(void)
{
    return now_ms - RIG_NOW + 1000000;
}

struct desk {
    struct core_rig core;
    struct peer_rig peers;
    struct dispatch *dispatch;
    struct outage *outage;
    int modem;
};

static char *config_text(const char *more)
{
    char channel[512];
    snprintf(channel, sizeof channel,
        "storage = { spool = \"/dev/null/none\"; ballast = 0; };\n"
        "channels = (\n  { name = \"sim1\"; kind = \"modem\"; device = \"/dev/null\"; country = \"SA\"; %s },\n",
        more);
    char *with = lineconf_replace(core_rig_text, "channels = (\n", channel);
    char *text = lineconf_replace(
        with, "{ channel = \"self\"; to = \"+639175550199\"; }", "{ channel = \"sim1\"; to = \"+639175550199\"; }");
    free(with);
    return text;
}

static void configure(struct desk *desk, const char *more)
{
    char *text = config_text(more);
    core_rig_configure(&desk->core, text);
    free(text);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    peer_rig_turn(&desk->peers);
}

static json_t *read_frame(struct desk *desk)
{
    return peer_rig_read(&desk->peers, desk->modem);
}

/* The text under that word of the next frame that is no job; "" when there is no frame, "?" when it has another word.
 */
static const char *hear(struct desk *desk, const char *word)
{
    static char text[128];
    AUTO_JSON *frame = read_frame(desk);
    while (frame && json_object_get(frame, "job")) {
        json_decref(frame);
        frame = read_frame(desk);
    }
    str_copy(text, sizeof text, frame ? json_text(frame, word, "?") : "");
    return text;
}

static void say(struct desk *desk, const char *frame)
{
    peer_rig_send(&desk->peers, desk->modem, frame);
}

static void connect_modem(struct desk *desk)
{
    desk->modem = peer_rig_connect(&desk->peers);
    say(desk, HELLO);
}

static json_t *take_welcome(struct desk *desk)
{
    AUTO_JSON *frame = read_frame(desk);
    assert_non_null(frame);
    return json_incref(json_object_get(frame, "modem"));
}

static void drop_modem(struct desk *desk)
{
    if (desk->modem >= 0)
        close(desk->modem);
    desk->modem = -1;
    peer_rig_turn(&desk->peers);
}

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    now_ms = RIG_NOW;
    clock_set_source(tell_now, tell_mono);
    char *text = config_text("pin = \"1234\";");
    core_rig_open(&desk->core, text);
    free(text);
    peer_rig_open(&desk->peers, desk->core.folder.directory, "workers.sock");
    assert_int_equal(dispatch_new(&desk->core.core, desk->peers.loop, desk->peers.listen_fd, &desk->dispatch), 0);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    assert_int_equal(outage_new(&desk->core.core, dispatch_flares(desk->dispatch), now_ms, &desk->outage), 0);
    connect_modem(desk);
    json_decref(take_welcome(desk));
    say(desk, READY);
    *state = desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    drop_modem(desk);
    outage_free(desk->outage);
    dispatch_free(desk->dispatch);
    peer_rig_close(&desk->peers);
    core_rig_close(&desk->core);
    clock_set_source(NULL, NULL);
    free(desk);
    return 0;
}

/* The turn of the daemon, as far as modems and dispatch see it. */
static void turn(struct desk *desk, bool is_committed)
{
    struct modems *modems = dispatch_modems(desk->dispatch);
    peer_rig_turn(&desk->peers);
    modems_begin(modems);
    core_rig_begin(&desk->core);
    assert_int_equal(dispatch_settle(desk->dispatch, now_ms), 0);
    assert_int_equal(modems_handle(modems, true, now_ms), 0);
    assert_int_equal(dispatch_lease(desk->dispatch, true, now_ms), 0);
    if (is_committed) {
        core_rig_commit(&desk->core);
        dispatch_release(desk->dispatch);
    } else {
        store_rollback(desk->core.core.store);
        dispatch_abandon(desk->dispatch);
    }
    modems_answer(modems, desk->outage, is_committed, now_ms);
    peer_rig_turn(&desk->peers);
}

/* The first column of the first row, of what is committed and what is not. */
static int64_t query(struct desk *desk, const char *text)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(desk->core.core.store->db, text, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static void turn_that_fails_says_busy_and_keeps_nothing(void **state)
{
    struct desk *desk = *state;
    say(desk, SMS_FRAME("a"));
    assert_string_equal(hear(desk, "stored"), "");
    turn(desk, false);
    assert_string_equal(hear(desk, "busy"), "a");
    assert_int_equal(core_rig_count_messages(&desk->core), 0);
    assert_false(modems_is_waiting(dispatch_modems(desk->dispatch)));
    say(desk, SMS_FRAME("a"));
    turn(desk, true);
    assert_string_equal(hear(desk, "stored"), "a");
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
}

static void message_of_a_modem_that_is_gone_is_kept_and_comes_once(void **state)
{
    struct desk *desk = *state;
    say(desk, SMS_FRAME("a"));
    drop_modem(desk);
    turn(desk, true);
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
    connect_modem(desk);
    json_decref(take_welcome(desk));
    say(desk, SMS_FRAME("b"));
    turn(desk, true);
    assert_string_equal(hear(desk, "stored"), "b");
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
}

static void more_than_may_wait_is_busy_at_once(void **state)
{
    struct desk *desk = *state;
    for (unsigned i = 0; i < MODEMS_UNANSWERED_MAX; i++)
        say(desk, SMS_FRAME("x"));
    assert_string_equal(hear(desk, "busy"), "");
    say(desk, SMS_FRAME("y"));
    assert_string_equal(hear(desk, "busy"), "y");
}

static void frame_that_breaks_the_protocol_ends_the_connection(void **state)
{
    static const char *const frames[] = { "{\"message\":\"\",\"kind\":\"pdu\"}", "{\"message\":\"a b\"}",
        "{\"message\":7}", "{\"pin\":\"maybe\"}", "{\"weather\":\"fine\"}", "{\"stored\":\"a\"}" };
    struct desk *desk = *state;
    for (size_t i = 0; i < STR_COUNT(frames); i++) {
        say(desk, frames[i]);
        if (!peer_rig_is_closed(&desk->peers, desk->modem))
            fail_msg("%s is taken", frames[i]);
        drop_modem(desk);
        connect_modem(desk);
        json_decref(take_welcome(desk));
    }
}

/* ---- calls ----------------------------------------------------------------------------------------------------- */

static void calls_within_minutes_are_one_and_later_ones_another(void **state)
{
    struct desk *desk = *state;
    say(desk, CALL_FRAME("a", "1000"));
    turn(desk, true);
    now_ms += CALLS_WINDOW_MS - 1000;
    say(desk, CALL_FRAME("b", "2000"));
    turn(desk, true);
    say(desk, CALL_FRAME("c", "2000"));
    turn(desk, true);
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
    assert_int_equal(query(desk, "SELECT copies FROM messages"), 2);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox WHERE kind = 'reply'"), 0);
    now_ms += 2000;
    say(desk, CALL_FRAME("d", "3000"));
    turn(desk, true);
    assert_int_equal(core_rig_count_messages(&desk->core), 2);
    assert_int_equal(query(desk, "SELECT count(*) FROM cases"), 1);
    assert_int_equal(query(desk, "SELECT count(*) FROM cases WHERE categories = 'unclear' AND urgency = 'urgent'"), 1);
}

static void call_of_nobody_wakes_nobody(void **state)
{
    struct desk *desk = *state;
    say(desk, "{\"message\":\"a\",\"kind\":\"call\",\"from\":\"\",\"read_at\":5}");
    turn(desk, true);
    assert_string_equal(hear(desk, "stored"), "a");
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
    assert_int_equal(query(desk, "SELECT count(*) FROM cases"), 0);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox"), 0);
}

static void call_of_a_contact_is_no_command(void **state)
{
    struct desk *desk = *state;
    say(desk, "{\"message\":\"a\",\"kind\":\"call\",\"from\":\"+639175550199\",\"read_at\":5}");
    turn(desk, true);
    assert_int_equal(core_rig_count_messages(&desk->core), 1);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(query(desk, "SELECT count(*) FROM messages WHERE author = 'watch'"), 1);
}

/* ---- PIN ------------------------------------------------------------------------------------------------------- */

static bool offers_pin(struct desk *desk, const char *pin)
{
    drop_modem(desk);
    connect_modem(desk);
    AUTO_JSON *modem = take_welcome(desk);
    assert_int_equal(json_bool(modem, "pin_refused", false), !pin);
    return str_equal(json_text(modem, "pin", NULL), pin);
}

static void pin_is_tried_once(void **state)
{
    struct desk *desk = *state;
    say(desk, "{\"pin\":\"trying\"}");
    turn(desk, false);
    assert_string_equal(hear(desk, "pin"), ""); /* nothing is on the disk: no word, and it asks again */
    say(desk, "{\"pin\":\"trying\"}");
    turn(desk, true);
    assert_string_equal(hear(desk, "pin"), "go");
    assert_true(offers_pin(desk, NULL));
    say(desk, "{\"pin\":\"trying\"}");
    turn(desk, true);
    assert_string_equal(hear(desk, "pin"), "no");
    assert_int_equal(query(desk, "SELECT count(*) FROM pins WHERE instr(tag, '1234')"), 0);
    say(desk, "{\"status\":{\"state\":\"sim\",\"problem\":\"pin_needed\"}}");
    struct modem_health health;
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim1", &health), 0);
    assert_string_equal(health.problem, "pin_refused");
    configure(desk, "pin = \"4321\";");
    assert_true(offers_pin(desk, "4321"));
}

static void pin_that_was_taken_may_be_tried_again(void **state)
{
    struct desk *desk = *state;
    say(desk, "{\"pin\":\"trying\"}");
    turn(desk, true);
    assert_string_equal(hear(desk, "pin"), "go");
    say(desk, "{\"pin\":\"accepted\"}");
    assert_true(modems_is_waiting(dispatch_modems(desk->dispatch)));
    turn(desk, false);
    assert_false(modems_is_waiting(dispatch_modems(desk->dispatch)));
    assert_int_equal(query(desk, "SELECT count(*) FROM pins"), 1);
    turn(desk, true); /* the next turn that succeeds, whatever it is for */
    assert_int_equal(query(desk, "SELECT count(*) FROM pins"), 0);
    assert_true(offers_pin(desk, "1234"));
}

/* The connection ended between the PIN and the word of it: what was held back is given as soon as the word is here. */
static void pin_that_was_taken_is_offered_again_at_once(void **state)
{
    struct desk *desk = *state;
    say(desk, "{\"pin\":\"trying\"}");
    turn(desk, true);
    assert_true(offers_pin(desk, NULL));
    say(desk, "{\"pin\":\"accepted\"}");
    turn(desk, true);
    AUTO_JSON *renewed = take_welcome(desk);
    assert_string_equal(json_text(renewed, "pin", ""), "1234");
}

/* ---- health ---------------------------------------------------------------------------------------------------- */

static void status_is_kept_and_gone_is_told_apart_from_never(void **state)
{
    struct desk *desk = *state;
    struct modem_health health;
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim1", &health), 0);
    assert_true(health.is_connected && health.is_ready && health.signal == 17 && health.registration == -1);
    assert_string_equal(health.operator_name, "STC");
    say(desk,
        "{\"status\":{\"state\":\"ready\",\"problem\":\"storage_full\",\"storage_used\":20,\"ussd\":\"a\\u0007b\"}}");
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim1", &health), 0);
    assert_true(health.signal == -1 && health.storage_used == 20 && !strchr(health.ussd, 7));
    drop_modem(desk);
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim1", &health), 0);
    assert_false(health.is_connected || health.is_ready);
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim2", &health), ERR_NOT_FOUND);
}

static void status_beyond_reason_is_not_believed(void **state)
{
    struct desk *desk = *state;
    struct modem_health health;
    say(desk, "{\"status\":{\"state\":\"ready\",\"problem\":\"none\",\"signal\":9223372036854775807,\"storage_used\":"
              "9223372036854775807,\"storage_total\":-7,\"last_received_at\":9223372036854775807}}");
    assert_int_equal(modems_health(dispatch_modems(desk->dispatch), "sim1", &health), 0);
    assert_true(health.is_ready && health.signal == -1 && health.storage_used == -1 && health.storage_total == -1);
    assert_int_equal(health.last_received_at, 0);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *take_job(struct desk *desk)
{
    for (;;) {
        json_t *frame = read_frame(desk);
        if (!frame || json_object_get(frame, "job"))
            return frame;
        json_decref(frame);
    }
}

static size_t part_count(const json_t *job)
{
    return json_array_size(json_object_get(job, "parts"));
}

static void tell(struct desk *desk, const json_t *job, const char *word, const char *kind, const char *body)
{
    char frame[1024];
    AUTO_BUF encoded;
    buf_init(&encoded, sizeof frame);
    str_base64_encode(&encoded, body, strlen(body));
    snprintf(frame, sizeof frame, "{\"%s\":\"%s\",\"kind\":\"%s\",\"status\":0,\"body\":\"%s\",\"reason\":\"x\"}", word,
        json_text(job, "job", ""), kind, encoded.data);
    say(desk, frame);
}

/* Her text makes an alert to `watch` by the modem: its job. */
static json_t *start_alert(struct desk *desk)
{
    core_rig_text_in(&desk->core, HER, "he beats me", "", now_ms);
    turn(desk, true);
    json_t *job = take_job(desk);
    assert_non_null(job);
    return job;
}

static struct outbox_row row_of(struct desk *desk)
{
    return core_rig_row(&desk->core, "watch", 0);
}

static void parts_that_went_are_left_out_of_the_next_try(void **state)
{
    struct desk *desk = *state;
    AUTO_JSON *job = start_alert(desk);
    size_t count = part_count(job);
    assert_true(count >= 2);
    tell(desk, job, "progress", "", "{\"sent\":[{\"part\":1,\"ref\":9}]}");
    turn(desk, false); /* what a modem says of a job outlives a turn that fails */
    now_ms += 140000;
    turn(desk, true);
    assert_int_equal(row_of(desk).lease_until, now_ms + DISPATCH_MODEM_LEASE_MS);
    drop_modem(desk);
    turn(desk, true);
    assert_int_equal(row_of(desk).state, STATE_outbox_queued);
    assert_true(row_of(desk).may_be_repeated);
    now_ms += 10 * 60 * 1000;
    connect_modem(desk);
    json_decref(take_welcome(desk));
    turn(desk, true);
    assert_int_equal(row_of(desk).state, STATE_outbox_queued); /* it has not said that it is ready */
    say(desk, READY);
    turn(desk, true);
    AUTO_JSON *again = take_job(desk);
    assert_int_equal(part_count(again), count - 1);
    assert_int_equal(json_int(json_array_get(json_object_get(again, "parts"), 0), "part", 0), 2);
    assert_true(json_equal(
        json_array_get(json_object_get(again, "parts"), 0), json_array_get(json_object_get(job, "parts"), 1)));
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox_parts WHERE state = 'sent'"), 1);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox_parts WHERE instr(recipient, '75550199')"), 0);
}

static void success_that_names_too_few_parts_is_a_doubt(void **state)
{
    struct desk *desk = *state;
    AUTO_JSON *job = start_alert(desk);
    tell(desk, job, "result", "answered", "{\"sent\":[{\"part\":1,\"ref\":9}]}");
    turn(desk, true);
    assert_int_equal(row_of(desk).state, STATE_outbox_queued);
    assert_int_equal(row_of(desk).outcome, OUTCOME_uncertain);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox_parts WHERE state = 'doubtful'"), 1);
}

static void send_all(struct desk *desk, const json_t *job)
{
    char body[1024] = "{\"sent\":[", one[64];
    for (size_t i = 1; i <= part_count(job); i++) {
        snprintf(one, sizeof one, "%s{\"part\":%zu,\"ref\":%zu}", i > 1 ? "," : "", i, i);
        strncat(body, one, sizeof body - strlen(body) - 1);
    }
    strncat(body, "]}", sizeof body - strlen(body) - 1);
    tell(desk, job, "result", "answered", body);
}

static void report_in(struct desk *desk, unsigned reference, const char *to, int status)
{
    struct delivery_report report = { .status = (unsigned)status };
    snprintf(report.remote_id, sizeof report.remote_id, "%u", reference);
    str_copy(report.to, sizeof report.to, to);
    core_rig_begin(&desk->core);
    assert_int_equal(reports_receive(&desk->core.core, "sim1", &report, now_ms), 0);
    core_rig_commit(&desk->core);
}

static void row_is_delivered_when_all_of_its_parts_are(void **state)
{
    struct desk *desk = *state;
    AUTO_JSON *job = start_alert(desk);
    unsigned count = (unsigned)part_count(job);
    report_in(desk, count, "0639175550199", REPORT_DELIVERED); /* faster than the modem's own answer */
    send_all(desk, job);
    turn(desk, true);
    assert_int_equal(row_of(desk).state, STATE_outbox_sent);
    for (unsigned i = 1; i < count; i++) {
        report_in(desk, i, "+639175550198", REPORT_DELIVERED);
        assert_int_equal(row_of(desk).state, STATE_outbox_sent);
        report_in(desk, i, "09175550199", REPORT_DELIVERED);
    }
    assert_int_equal(row_of(desk).state, STATE_outbox_delivered);
    assert_int_equal(query(desk, "SELECT count(*) FROM reports WHERE instr(remote_id, '75550199')"), 0);
}

static void report_of_three_days_ago_is_of_another(void **state)
{
    struct desk *desk = *state;
    AUTO_JSON *job = start_alert(desk);
    send_all(desk, job);
    turn(desk, true);
    now_ms += 73LL * 60 * 60 * 1000;
    report_in(desk, 1, "+639175550199", REPORT_FAILED);
    assert_int_equal(query(desk, "SELECT count(*) FROM outbox_parts WHERE state = 'failed'"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(turn_that_fails_says_busy_and_keeps_nothing),
        TEST(message_of_a_modem_that_is_gone_is_kept_and_comes_once),
        TEST(more_than_may_wait_is_busy_at_once),
        TEST(frame_that_breaks_the_protocol_ends_the_connection),
        TEST(calls_within_minutes_are_one_and_later_ones_another),
        TEST(call_of_nobody_wakes_nobody),
        TEST(call_of_a_contact_is_no_command),
        TEST(pin_is_tried_once),
        TEST(pin_that_was_taken_may_be_tried_again),
        TEST(pin_that_was_taken_is_offered_again_at_once),
        TEST(status_is_kept_and_gone_is_told_apart_from_never),
        TEST(status_beyond_reason_is_not_believed),
        TEST(parts_that_went_are_left_out_of_the_next_try),
        TEST(success_that_names_too_few_parts_is_a_doubt),
        TEST(row_is_delivered_when_all_of_its_parts_are),
        TEST(report_of_three_days_ago_is_of_another),
    };
    return cmocka_run_group_tests_name("modems", tests, NULL, NULL);
}
