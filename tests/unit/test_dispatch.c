/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dispatch - outbox rows through a worker that the test plays, at times that the test sets. */
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
#include "gateway/core/dispatch.h"
#include "gateway/core/reports.h"
#include "gateway/core/retry.h"
#include "gateway/store/contacts.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

#define HER "+966505550123"

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
    int worker; /* -1 = none */
};

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    now_ms = RIG_NOW;
    clock_set_source(tell_now, tell_mono);
    core_rig_open(&desk->core, NULL);
    peer_rig_open(&desk->peers, desk->core.folder.directory, "workers.sock");
    assert_int_equal(dispatch_new(&desk->core.core, desk->peers.loop, desk->peers.listen_fd, &desk->dispatch), 0);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    desk->worker = peer_rig_sender(&desk->peers, "sender", 64);
    *state = desk;
    return 0;
}

static void drop_worker(struct desk *desk)
{
    if (desk->worker >= 0)
        close(desk->worker);
    desk->worker = -1;
    peer_rig_turn(&desk->peers);
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    drop_worker(desk);
    dispatch_free(desk->dispatch);
    peer_rig_close(&desk->peers);
    core_rig_close(&desk->core);
    clock_set_source(NULL, NULL);
    free(desk);
    return 0;
}

/* ---- the turn of the daemon, as far as dispatch sees it -------------------------------------------------------- */

static void begin_turn(struct desk *desk, bool is_changed)
{
    peer_rig_turn(&desk->peers);
    core_rig_begin(&desk->core);
    assert_int_equal(dispatch_settle(desk->dispatch, now_ms), 0);
    is_changed = is_changed || store_is_dirty(desk->core.core.store);
    assert_int_equal(dispatch_lease(desk->dispatch, is_changed, now_ms), 0);
}

static void end_turn(struct desk *desk)
{
    core_rig_commit(&desk->core);
    dispatch_release(desk->dispatch);
    peer_rig_turn(&desk->peers);
}

static void turn(struct desk *desk)
{
    begin_turn(desk, true);
    end_turn(desk);
}

/* Goes to the time that dispatch asks for and does the turn that the daemon would do then. */
static void turn_when_due(struct desk *desk)
{
    int64_t due = dispatch_next_due(desk->dispatch);
    assert_int_not_equal(due, INT64_MAX);
    now_ms = due > now_ms ? due : now_ms;
    begin_turn(desk, false);
    end_turn(desk);
}

static void text_in(struct desk *desk, const char *text)
{
    core_rig_text_in(&desk->core, HER, text, "", now_ms);
}

/* The next job; asserts that there is one. The caller decrefs. */
static json_t *take_job(struct desk *desk)
{
    json_t *job = peer_rig_read(&desk->peers, desk->worker);
    assert_non_null(job);
    if (!json_object_get(job, "job"))
        fail_msg("no job but %s", json_dumps(job, 0));
    return job;
}

static unsigned count_jobs(struct desk *desk)
{
    unsigned count = 0;
    for (json_t *job; (job = peer_rig_read(&desk->peers, desk->worker)) != NULL; count++)
        json_decref(job);
    return count;
}

static void answer(struct desk *desk, const json_t *job, const char *kind, int status)
{
    char result[256];
    snprintf(result, sizeof result, "{\"result\":\"%s\",\"kind\":\"%s\",\"status\":%d,\"body\":\"\",\"reason\":\"x\"}",
        json_text(job, "job", ""), kind, status);
    peer_rig_send(&desk->peers, desk->worker, result);
}

/* Takes the next job and answers it. */
static void serve(struct desk *desk, const char *kind, int status)
{
    AUTO_JSON *job = take_job(desk);
    answer(desk, job, kind, status);
}

static bool has_repeated_mark(const json_t *job)
{
    struct error error;
    AUTO_BUF body;
    buf_init(&body, 65536);
    assert_int_equal(str_base64_decode(&body, span_of(json_text(job, "body", ""))), 0);
    AUTO_JSON *alert = json_read(buf_span(&body), &error);
    assert_non_null(alert);
    return json_bool(alert, "may_be_repeated", false);
}

static struct outbox_row row_of(struct desk *desk, const char *contact, int address)
{
    return core_rig_row(&desk->core, contact, address);
}

/* ---- leasing and settling -------------------------------------------------------------------------------------- */

static void nothing_leaves_before_the_commit(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    begin_turn(desk, true);
    assert_null(peer_rig_read(&desk->peers, desk->worker));
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_leased);
    end_turn(desk);
    assert_int_equal(count_jobs(desk), 1);
    struct outbox_row row = row_of(desk, "ngo", 0);
    assert_int_equal(row.state, STATE_outbox_leased);
    assert_int_equal(row.attempt, 1);
    assert_int_equal(row.lease_until, RIG_NOW + DISPATCH_LEASE_MS);
    assert_string_equal(row.worker, "sender");
}

static void answered_job_is_sent_and_audited(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    turn(desk);
    serve(desk, "answered", 200);
    assert_true(dispatch_has_results(desk->dispatch));
    turn(desk);
    struct outbox_row row = row_of(desk, "ngo", 0);
    struct contact_state_row contact;
    assert_int_equal(row.state, STATE_outbox_sent);
    assert_int_equal(row.outcome, OUTCOME_sent);
    assert_false(row.may_be_repeated);
    assert_int_equal(core_rig_count_audit(&desk->core, "alert.send"), 1);
    assert_int_equal(contacts_get(desk->core.core.store, "ngo", &contact), 0);
    assert_int_equal(contact.last_sent_at, RIG_NOW);
    assert_int_equal(dispatch_in_flight(desk->dispatch), 0);
    assert_false(dispatch_has_results(desk->dispatch));
}

static void rolled_back_turn_sends_nothing_and_is_done_again(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    begin_turn(desk, true);
    store_rollback(desk->core.core.store);
    dispatch_abandon(desk->dispatch);
    assert_int_equal(count_jobs(desk), 0);
    assert_int_equal(dispatch_in_flight(desk->dispatch), 0);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued);
    assert_true(dispatch_next_due(desk->dispatch) <= now_ms);
    turn_when_due(desk);
    assert_int_equal(count_jobs(desk), 1);
    assert_int_equal(row_of(desk, "ngo", 0).attempt, 1);
}

static void results_of_a_rolled_back_turn_are_settled_in_the_next(void **state)
{
    struct desk *desk = *state;
    struct dispatch_health health;
    text_in(desk, "no salary");
    turn(desk);
    serve(desk, "answered", 503);
    for (int i = 0; i < 7; i++) {
        begin_turn(desk, false);
        store_rollback(desk->core.core.store);
        dispatch_abandon(desk->dispatch);
        assert_true(dispatch_has_results(desk->dispatch));
    }
    turn(desk);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued);
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_int_equal(health.failures, 1); /* once, not once a turn */
    assert_false(health.is_resting);
}

static void loopback_is_sent_in_the_turn_without_a_worker(void **state)
{
    struct desk *desk = *state;
    drop_worker(desk);
    text_in(desk, "he beats me");
    turn(desk);
    assert_int_equal(row_of(desk, "watch", 0).state, STATE_outbox_sent);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued);
    assert_int_equal(row_of(desk, "ngo", 0).attempt, 0);
    assert_int_equal(dispatch_next_due(desk->dispatch), INT64_MAX); /* without a worker there is nothing to wake for */
    desk->worker = peer_rig_sender(&desk->peers, "sender", 64);
    turn_when_due(desk);
    assert_int_equal(count_jobs(desk), 2);
}

/* ---- doubt ----------------------------------------------------------------------------------------------------- */

static void alert_of_a_worker_that_died_comes_again_marked(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    turn(desk);
    AUTO_JSON *first = take_job(desk);
    assert_false(has_repeated_mark(first));
    drop_worker(desk);
    turn(desk);
    struct outbox_row row = row_of(desk, "ngo", 0);
    assert_int_equal(row.state, STATE_outbox_queued);
    assert_int_equal(row.outcome, OUTCOME_uncertain);
    assert_true(row.may_be_repeated);
    desk->worker = peer_rig_sender(&desk->peers, "sender", 64);
    turn_when_due(desk); /* a worker is there: when is the next row due? */
    turn_when_due(desk);
    AUTO_JSON *again = take_job(desk);
    assert_true(has_repeated_mark(again));
    assert_string_not_equal(json_text(first, "job", ""), json_text(again, "job", ""));
}

static void worker_that_dies_before_its_frames_costs_nothing(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "he beats me");
    begin_turn(desk, true);
    close(desk->worker); /* two jobs are on their way to it */
    desk->worker = -1;
    end_turn(desk);
    turn(desk);
    assert_true(row_of(desk, "ngo", 0).may_be_repeated);
    assert_true(row_of(desk, "house", 0).may_be_repeated);
    assert_int_equal(dispatch_in_flight(desk->dispatch), 0);
}

static void silent_worker_loses_its_lease_with_nothing_else_going_on(void **state)
{
    struct desk *desk = *state;
    drop_worker(desk);
    text_in(desk, "no salary");
    turn(desk);
    desk->worker = peer_rig_sender(&desk->peers, "sender", 64);
    turn_when_due(desk); /* this turn leases and writes nothing else */
    AUTO_JSON *job = take_job(desk);
    assert_int_equal(dispatch_next_due(desk->dispatch), RIG_NOW + DISPATCH_LEASE_MS);
    turn_when_due(desk);
    struct outbox_row row = row_of(desk, "ngo", 0);
    assert_int_equal(row.state, STATE_outbox_queued);
    assert_true(row.may_be_repeated);
    /* The answer that comes too late is about a try that is settled. */
    answer(desk, job, "answered", 200);
    turn(desk);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued);
}

static void insert_leased(struct desk *desk, enum outbox_kind kind, int64_t case_id, int64_t alert_id)
{
    struct outbox_row row = { .id = store_next_id(desk->core.core.store, SEQUENCE_OUTBOX),
        .kind = kind,
        .case_id = case_id,
        .alert_id = alert_id,
        .urgency = URGENCY_urgent,
        .state = STATE_outbox_queued,
        .due_at = now_ms,
        .outcome = -1,
        .created_at = now_ms };
    str_copy(row.channel, sizeof row.channel, "desk");
    str_copy(row.contact, sizeof row.contact, kind == OUTBOX_REPLY ? "" : "ngo");
    row.address = kind == OUTBOX_REPLY ? 0 : 7;
    assert_int_equal(outbox_insert(desk->core.core.store, &row), 0);
}

static int ignore_row(void *context, const struct outbox_row *row)
{
    (void)context;
    (void)row;
    return 0;
}

static void restart_repeats_an_alert_and_never_a_reply(void **state)
{
    struct desk *desk = *state;
    struct intake_result in = core_rig_text_in(&desk->core, HER, "no salary", "a1", now_ms);
    struct rig_alerts *alerts = core_rig_alerts(&desk->core, in.case_id);
    core_rig_begin(&desk->core);
    insert_leased(desk, OUTBOX_REPLY, in.case_id, 0);
    for (int i = 0; i < 70; i++) /* more than one batch */
        insert_leased(desk, OUTBOX_ALERT, in.case_id, alerts->rows[0].id);
    assert_int_equal(
        outbox_lease(desk->core.core.store, "desk", now_ms, now_ms + 90000, "sender", 256, ignore_row, NULL), 0);
    core_rig_commit(&desk->core);
    free(alerts);
    assert_int_equal(core_rig_count_outbox(&desk->core, "leased"), 72);
    core_rig_begin(&desk->core);
    assert_int_equal(dispatch_recover(desk->dispatch, now_ms), 0);
    core_rig_commit(&desk->core);
    struct rig_outbox *rows = core_rig_outbox(&desk->core, NULL);
    for (unsigned i = 0; i < rows->count; i++) {
        bool is_reply = rows->rows[i].kind == OUTBOX_REPLY;
        assert_int_equal(rows->rows[i].state, is_reply ? STATE_outbox_dead : STATE_outbox_queued);
        assert_int_equal(rows->rows[i].outcome, OUTCOME_uncertain);
    }
    free(rows);
}

/* ---- failures -------------------------------------------------------------------------------------------------- */

static void failing_address_is_retried_then_dead_then_the_next_is_used(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    turn(desk);
    for (int attempt = 1; attempt <= 3; attempt++) {
        serve(desk, "answered", 503);
        turn(desk);
        struct outbox_row row = row_of(desk, "ngo", 0);
        assert_int_equal(row.attempt, attempt);
        assert_int_equal(row.state, attempt < 3 ? STATE_outbox_queued : STATE_outbox_dead);
        int64_t wait = row.due_at - now_ms, first = 2000LL << (attempt - 1);
        if (attempt < 3 && (wait < first || wait >= first + first / 4 + 1))
            fail_msg("attempt %d waits %lld ms", attempt, (long long)wait);
        if (attempt < 3)
            turn_when_due(desk);
    }
    assert_int_equal(core_rig_count_audit(&desk->core, "alert.fail"), 1);
    AUTO_JSON *mail = take_job(desk); /* in the same turn */
    assert_string_equal(json_text(mail, "kind", ""), "mail");
    assert_string_equal(json_text(mail, "to", ""), "desk@example.org");
}

static void bad_config_pauses_the_channel_and_uses_the_next_address_at_once(void **state)
{
    struct desk *desk = *state;
    struct dispatch_health health;
    text_in(desk, "no salary");
    turn(desk);
    serve(desk, "answered", 401);
    turn(desk);
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_true(health.is_paused && health.is_resting);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued);
    assert_int_equal(row_of(desk, "ngo", 1).state, STATE_outbox_leased);
    serve(desk, "answered", 250);
    turn(desk);
    /* It rests for minutes, and dispatch does not spin meanwhile. */
    assert_true(dispatch_next_due(desk->dispatch) >= now_ms + BREAKER_PAUSE_MS);
    /* A reload may have repaired it. */
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_false(health.is_paused || health.is_resting);
}

static void critical_alert_goes_to_the_second_address_after_a_minute(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "he will kill me");
    turn(desk);
    assert_int_equal(row_of(desk, "ngo", 1).due_at, RIG_NOW + 60000);
    assert_int_equal(count_jobs(desk), 2); /* ngo, house */
    now_ms = RIG_NOW + 59999;
    turn(desk);
    assert_int_equal(count_jobs(desk), 0);
    now_ms = RIG_NOW + 60000;
    turn(desk);
    AUTO_JSON *mail = take_job(desk);
    assert_string_equal(json_text(mail, "to", ""), "desk@example.org");
}

static void second_address_does_not_wait_when_the_first_is_dead(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "he will kill me");
    turn(desk);
    AUTO_JSON *first = take_job(desk);
    assert_string_equal(json_text(first, "kind", ""), "http");
    assert_int_equal(count_jobs(desk), 1);
    answer(desk, first, "answered", 410);
    turn(desk);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_dead);
    assert_int_equal(row_of(desk, "ngo", 1).state, STATE_outbox_leased);
}

static void answered_alert_is_cancelled_when_its_turn_comes(void **state)
{
    struct desk *desk = *state;
    struct intake_result in = core_rig_text_in(&desk->core, HER, "he will kill me", "a1", now_ms);
    turn(desk);
    assert_int_equal(count_jobs(desk), 2);
    struct rig_alerts *alerts = core_rig_alerts(&desk->core, in.case_id);
    core_rig_begin(&desk->core);
    for (unsigned i = 0; i < alerts->count; i++)
        if (str_equal(alerts->rows[i].contact, "ngo"))
            assert_int_equal(
                alerts_set_state(desk->core.core.store, alerts->rows[i].id, STATE_alert_acknowledged, now_ms), 0);
    core_rig_commit(&desk->core);
    free(alerts);
    now_ms = RIG_NOW + 60000;
    turn(desk);
    assert_int_equal(count_jobs(desk), 0);
    assert_int_equal(row_of(desk, "ngo", 1).state, STATE_outbox_cancelled);
    struct error error = { "" };
    if (store_check(desk->core.core.store, &error))
        fail_msg("%s", error.text);
}

/* ---- limits ---------------------------------------------------------------------------------------------------- */

static void many_texts(struct desk *desk, unsigned count, const char *text)
{
    for (unsigned i = 0; i < count; i++) {
        char from[] = "+966505550000";
        from[11] = (char)('0' + i / 10);
        from[12] = (char)('0' + i % 10);
        core_rig_text_in(&desk->core, from, text, "", now_ms);
    }
}

static void one_full_channel_does_not_delay_the_others(void **state)
{
    struct desk *desk = *state;
    struct dispatch_health health;
    many_texts(desk, 6, "he beats me");
    turn(desk);
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_int_equal(health.in_flight, 4);
    dispatch_channel_health(desk->dispatch, "post", &health);
    assert_int_equal(health.in_flight, 6);
    /* Full is no reason to be woken: only the ends of the leases are. */
    assert_int_equal(dispatch_next_due(desk->dispatch), RIG_NOW + DISPATCH_LEASE_MS);
    serve(desk, "answered", 200);
    turn(desk);
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_int_equal(health.in_flight, 4);
    assert_int_equal(core_rig_count_outbox(&desk->core, "queued"), 1);
}

static void worker_is_given_no_more_than_it_takes(void **state)
{
    struct desk *desk = *state;
    drop_worker(desk);
    desk->worker = peer_rig_sender(&desk->peers, "small", 3);
    many_texts(desk, 6, "he beats me");
    turn(desk);
    assert_int_equal(count_jobs(desk), 3);
    assert_int_equal(dispatch_in_flight(desk->dispatch), 3);
}

static void worst_goes_first(void **state)
{
    struct desk *desk = *state;
    drop_worker(desk);
    many_texts(desk, 3, "no salary");
    text_in(desk, "he will kill me");
    desk->worker = peer_rig_sender(&desk->peers, "small", 1);
    turn(desk);
    assert_int_equal(row_of(desk, "house", 0).urgency, URGENCY_critical);
    struct rig_outbox *leased = core_rig_outbox(&desk->core, "leased");
    assert_int_equal(leased->count, 1);
    assert_int_equal(leased->rows[0].urgency, URGENCY_critical);
    free(leased);
}

static void failing_channel_rests_and_is_probed(void **state)
{
    struct desk *desk = *state;
    struct dispatch_health health;
    many_texts(desk, 12, "no salary");
    turn(desk);
    for (int i = 0; i < 8; i++) {
        serve(desk, "not_sent", 0);
        turn(desk);
    }
    dispatch_channel_health(desk->dispatch, "desk", &health);
    assert_true(health.is_resting);
    /* All that was in flight when it began to rest is one reason, not four. */
    assert_true(health.failures >= BREAKER_FAILURES_MAX);
    assert_int_equal(count_jobs(desk), 0);
    int64_t rested_at = now_ms + BREAKER_REST_MS;
    assert_int_equal(dispatch_next_due(desk->dispatch), rested_at);
    turn_when_due(desk);
    assert_int_equal(now_ms, rested_at);
    assert_int_equal(count_jobs(desk), 1);
    assert_true(dispatch_next_due(desk->dispatch) > now_ms);
}

static void alert_does_not_wait_for_a_channel_that_is_off(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    char *text = lineconf_replace(core_rig_text, "in_flight_max = 4;", "enabled = false;");
    core_rig_configure(&desk->core, text);
    free(text);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    turn(desk);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_queued); /* for when it is switched on */
    assert_int_equal(count_jobs(desk) - 1, 1);               /* the new allow-list; the mail to her second address */
    assert_true(dispatch_next_due(desk->dispatch) > now_ms); /* and dispatch does not spin */
}

static void address_of_another_channel_is_never_used(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    char *text = lineconf_replace(core_rig_text, "{ channel = \"desk\"; to = \"https://desk.example.org/a\"; },", "");
    core_rig_configure(&desk->core, text);
    free(text);
    turn(desk); /* the other one is its own now, and has its turn */
    turn(desk);
    AUTO_JSON *mail = take_job(desk);
    assert_string_equal(json_text(mail, "to", ""), "desk@example.org");
    assert_int_equal(count_jobs(desk), 0);
    assert_int_equal(core_rig_count_outbox(&desk->core, "dead"), 1);
}

/* A Kannel names no message in its answer; its reports name what the request said. */
static void use_kannel(struct desk *desk)
{
    char *text = lineconf_replace(core_rig_text, "{ name = \"self\"; kind = \"loopback\"; }",
        "{ name = \"self\"; kind = \"loopback\"; }, { name = \"sms\"; kind = \"kannel\"; token = \"open-sesame\";"
        " username = \"u\"; public_url = \"https://line.example.org/in/sms/message\"; }");
    char *whole = lineconf_replace(text, "{ channel = \"desk\"; to = \"https://desk.example.org/a\"; },",
        "{ channel = \"sms\"; to = \"+639175550111\"; },");
    core_rig_configure(&desk->core, whole);
    free(text);
    free(whole);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    json_decref(peer_rig_read(&desk->peers, desk->worker)); /* the new allow-list */
}

static void report_that_names_our_own_id_finds_its_row(void **state)
{
    struct desk *desk = *state;
    char mark[REMOTE_ID_MAX + 32];
    use_kannel(desk);
    text_in(desk, "no salary");
    turn(desk);
    AUTO_JSON *job = take_job(desk);
    answer(desk, job, "answered", 202);
    turn(desk);
    struct outbox_row row = row_of(desk, "ngo", 0);
    assert_int_equal(row.state, STATE_outbox_sent);
    snprintf(mark, sizeof mark, "%%26id%%3D%s%%26", row.remote_id);
    assert_true(row.remote_id[0] && strstr(json_text(job, "url", ""), mark));
    struct delivery_report report = { .status = REPORT_DELIVERED };
    str_copy(report.remote_id, sizeof report.remote_id, row.remote_id);
    core_rig_begin(&desk->core);
    assert_int_equal(reports_receive(&desk->core.core, "sms", &report, now_ms), 0);
    core_rig_commit(&desk->core);
    assert_int_equal(row_of(desk, "ngo", 0).state, STATE_outbox_delivered);
}

static void stopped_dispatch_leases_nothing(void **state)
{
    struct desk *desk = *state;
    text_in(desk, "no salary");
    dispatch_stop(desk->dispatch);
    turn(desk);
    assert_int_equal(count_jobs(desk), 0);
    assert_int_equal(dispatch_next_due(desk->dispatch), INT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        TEST(nothing_leaves_before_the_commit),
        TEST(answered_job_is_sent_and_audited),
        TEST(rolled_back_turn_sends_nothing_and_is_done_again),
        TEST(results_of_a_rolled_back_turn_are_settled_in_the_next),
        TEST(loopback_is_sent_in_the_turn_without_a_worker),
        TEST(alert_of_a_worker_that_died_comes_again_marked),
        TEST(worker_that_dies_before_its_frames_costs_nothing),
        TEST(silent_worker_loses_its_lease_with_nothing_else_going_on),
        TEST(restart_repeats_an_alert_and_never_a_reply),
        TEST(failing_address_is_retried_then_dead_then_the_next_is_used),
        TEST(bad_config_pauses_the_channel_and_uses_the_next_address_at_once),
        TEST(critical_alert_goes_to_the_second_address_after_a_minute),
        TEST(second_address_does_not_wait_when_the_first_is_dead),
        TEST(answered_alert_is_cancelled_when_its_turn_comes),
        TEST(one_full_channel_does_not_delay_the_others),
        TEST(worker_is_given_no_more_than_it_takes),
        TEST(worst_goes_first),
        TEST(failing_channel_rests_and_is_probed),
        TEST(alert_does_not_wait_for_a_channel_that_is_off),
        TEST(address_of_another_channel_is_never_used),
        TEST(report_that_names_our_own_id_finds_its_row),
        TEST(stopped_dispatch_leases_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
