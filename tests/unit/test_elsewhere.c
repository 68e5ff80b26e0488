/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_elsewhere - alerts whose channel cannot carry them now, or is gone. */
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
#include "gateway/core/auditor.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/elsewhere.h"
#include "gateway/core/notices.h"
#include "gateway/core/retry.h"
#include "gateway/store/findings.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

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
    int worker;
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

static int close_desk(void **state)
{
    struct desk *desk = *state;
    close(desk->worker);
    peer_rig_turn(&desk->peers);
    dispatch_free(desk->dispatch);
    peer_rig_close(&desk->peers);
    core_rig_close(&desk->core);
    clock_set_source(NULL, NULL);
    free(desk);
    return 0;
}

static void turn(struct desk *desk)
{
    peer_rig_turn(&desk->peers);
    core_rig_begin(&desk->core);
    assert_int_equal(dispatch_settle(desk->dispatch, now_ms), 0);
    assert_int_equal(dispatch_lease(desk->dispatch, true, now_ms), 0);
    core_rig_commit(&desk->core);
    dispatch_release(desk->dispatch);
    peer_rig_turn(&desk->peers);
}

/* Takes what was handed over; what goes to the web is answered so, mail is accepted. Returns the mails. */
static unsigned serve_all(struct desk *desk, int web_status)
{
    unsigned mails = 0;
    for (json_t *job; (job = peer_rig_read(&desk->peers, desk->worker)) != NULL; json_decref(job)) {
        char result[200];
        bool is_mail = str_equal(json_text(job, "kind", ""), "mail");
        mails += is_mail;
        if (!json_object_get(job, "job"))
            continue;
        snprintf(result, sizeof result,
            "{\"result\":\"%s\",\"kind\":\"answered\",\"status\":%d,\"body\":\"\",\"reason\":\"x\"}",
            json_text(job, "job", ""), is_mail ? 250 : web_status);
        peer_rig_send(&desk->peers, desk->worker, result);
    }
    return mails;
}

static void text_in(struct desk *desk, int number, const char *text)
{
    char from[24];
    snprintf(from, sizeof from, "+9665055501%02d", number);
    core_rig_text_in(&desk->core, from, text, "", now_ms);
}

static unsigned count_rows(struct desk *desk, const char *channel, const char *state)
{
    unsigned count = 0;
    struct rig_outbox *list = core_rig_outbox(&desk->core, state);
    for (unsigned i = 0; i < list->count; i++)
        count += str_equal(list->rows[i].channel, channel);
    free(list);
    return count;
}

/* ---- paused ---------------------------------------------------------------------------------------------------- */

/* Six wait; four are in flight and refused. The other two, and one that comes now, do not wait for the channel. */
static void alerts_do_not_wait_for_a_paused_channel(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 6; i++)
        text_in(desk, i, "no salary");
    turn(desk);
    serve_all(desk, 401);
    turn(desk);
    turn(desk);
    text_in(desk, 6, "no salary");
    turn(desk);
    turn(desk);
    assert_int_equal(count_rows(desk, "desk", "queued"), 7);
    assert_int_equal(count_rows(desk, "post", NULL), 7);
    assert_int_equal(serve_all(desk, 401), 7);
    turn(desk);
    turn(desk); /* asked again it changes nothing */
    assert_int_equal(count_rows(desk, "post", NULL), 7);
    assert_true(dispatch_next_due(desk->dispatch) > now_ms);
}

static int note_finding(void *context, const struct finding_row *row)
{
    *(bool *)context |= str_equal(row->kind, "channel_refuses_us") && str_equal(row->object, "channel:desk");
    return 0;
}

static bool has_finding(struct desk *desk)
{
    unsigned open;
    bool has_one = false;
    core_rig_begin(&desk->core);
    assert_int_equal(auditor_run(&desk->core.core, now_ms, &open), 0);
    assert_int_equal(findings_list(desk->core.core.store, true, 100, note_finding, &has_one), 0);
    core_rig_commit(&desk->core);
    return has_one;
}

static void paused_channel_alarms_at_once_and_until_it_works(void **state)
{
    struct desk *desk = *state;
    text_in(desk, 0, "no salary");
    turn(desk);
    assert_false(dispatch_take_alarm(desk->dispatch));
    serve_all(desk, 401);
    turn(desk);
    assert_true(dispatch_take_alarm(desk->dispatch));
    assert_false(dispatch_take_alarm(desk->dispatch));
    assert_true(has_finding(desk));
    assert_true(dispatch_resume_channel(desk->dispatch, "desk"));
    assert_false(dispatch_resume_channel(desk->dispatch, "desk"));
    now_ms += 3000; /* its next try is due */
    turn(desk);
    serve_all(desk, 200);
    turn(desk);
    assert_int_equal(count_rows(desk, "desk", "sent"), 1);
    assert_false(has_finding(desk));
}

/* ---- gone ------------------------------------------------------------------------------------------------------ */

static const char first_address[] = "{ channel = \"desk\"; to = \"https://desk.example.org/a\"; },";
static const char desk_channel[] =
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\";\n"
    "    in_flight_max = 4; attempts_max = 3; retry_first = \"2 s\"; },\n";

/* The whole channel is taken out, with all addresses on it. */
static void take_desk_away(struct desk *desk)
{
    char *one = lineconf_replace(core_rig_text, first_address, "");
    char *two = lineconf_replace(one, "{ channel = \"desk\"; to = \"https://embassy.example.org/\"; }",
        "{ channel = \"post\"; to = \"e@example.org\"; }");
    char *three = lineconf_replace(two, desk_channel, "");
    core_rig_configure(&desk->core, three);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    free(one);
    free(two);
    free(three);
}

static void alert_on_a_channel_that_is_gone_goes_to_another_address(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 3; i++)
        text_in(desk, i, "no salary");
    take_desk_away(desk);
    turn(desk);
    turn(desk);
    assert_int_equal(count_rows(desk, "desk", "dead"), 3);
    assert_int_equal(serve_all(desk, 500), 3);
    turn(desk);
    assert_int_equal(count_rows(desk, "post", "sent"), 3);
    assert_true(dispatch_next_due(desk->dispatch) > now_ms);
}

static void row_that_is_not_due_yet_does_not_wait_there_either(void **state)
{
    struct desk *desk = *state;
    text_in(desk, 0, "no salary");
    turn(desk);
    serve_all(desk, 500); /* it is to be tried again later */
    turn(desk);
    assert_int_equal(count_rows(desk, "desk", "queued"), 1);
    take_desk_away(desk);
    turn(desk);
    turn(desk);
    assert_int_equal(count_rows(desk, "desk", "dead"), 1);
    assert_int_equal(count_rows(desk, "post", NULL), 1);
}

static void notice_on_a_channel_that_is_gone_goes_to_another_address(void **state)
{
    struct desk *desk = *state;
    struct notice notice = { .contact = "ngo", .urgency = URGENCY_critical, .text = span_of("the modem is silent") };
    core_rig_begin(&desk->core);
    assert_int_equal(notices_queue(&desk->core.core, &notice, now_ms), 0);
    core_rig_commit(&desk->core);
    take_desk_away(desk);
    turn(desk);
    turn(desk);
    assert_int_equal(serve_all(desk, 500), 1);
}

static void alert_whose_contact_has_nothing_left_ends(void **state)
{
    struct desk *desk = *state;
    text_in(desk, 0, "no salary");
    char *text = lineconf_replace(core_rig_text,
        "  { name = \"ngo\"; title = \"Desk\"; kind = \"ngo\"; trust = \"full\";\n"
        "    addresses = ( { channel = \"desk\"; to = \"https://desk.example.org/a\"; },\n"
        "                  { channel = \"post\"; to = \"desk@example.org\"; } ); },\n",
        "");
    char *two = lineconf_replace(text, "\"ngo\", \"house\"", "\"house\"");
    char *three = lineconf_replace(two, "{ contacts = [ \"ngo\" ]; },", "{ contacts = [ \"watch\" ]; },");
    core_rig_configure(&desk->core, three);
    free(text);
    free(two);
    free(three);
    assert_int_equal(dispatch_configure(desk->dispatch), 0);
    turn(desk);
    turn(desk);
    assert_int_equal(core_rig_count_outbox(&desk->core, "dead"), 1);
    assert_int_equal(core_rig_count_outbox(&desk->core, "queued"), 0);
    assert_int_equal(serve_all(desk, 200), 0);
}

static void seeking_counts_what_is_due_later(void **state)
{
    struct desk *desk = *state;
    int64_t next_due;
    text_in(desk, 0, "he will kill me"); /* the second address of ngo, by mail, waits a minute */
    core_rig_begin(&desk->core);
    assert_int_equal(elsewhere_seek(&desk->core.core, "post", now_ms, &next_due), 0);
    core_rig_commit(&desk->core);
    assert_int_equal(next_due, RIG_NOW + 60000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        TEST(alerts_do_not_wait_for_a_paused_channel),
        TEST(paused_channel_alarms_at_once_and_until_it_works),
        TEST(alert_on_a_channel_that_is_gone_goes_to_another_address),
        TEST(row_that_is_not_due_yet_does_not_wait_there_either),
        TEST(notice_on_a_channel_that_is_gone_goes_to_another_address),
        TEST(alert_whose_contact_has_nothing_left_ends),
        TEST(seeking_counts_what_is_due_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
