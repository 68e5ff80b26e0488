/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_looptest - the line's tests of itself: known only when awaited, nobody's message, told by another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/auditor.h"
#include "gateway/core/looptest.h"
#include "gateway/store/findings.h"
#include "tests/support/loop_rig.h"

#define OURS "+966500000001"
#define BOSS_DESK "https://boss.example.org/"
#define BOSS_PHONE "+966500000104"
#define MORE "loop_tests = ( { from = \"line\"; to = \"mute\"; every = \"1 h\"; within = \"5 min\"; } );"
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)

struct rig {
    struct loop_rig loop;
    unsigned next;
    int64_t due;
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    *state = rig;
    loop_open(&rig->loop, MORE);
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    loop_close(&rig->loop);
    free(rig);
    return 0;
}

static void run(struct rig *rig, int64_t now_ms)
{
    core_rig_begin(&rig->loop.core);
    assert_int_equal(looptest_run(&rig->loop.core.core, now_ms, &rig->due), 0);
    core_rig_commit(&rig->loop.core);
    loop_run(&rig->loop, now_ms);
}

static unsigned audit(struct rig *rig, int64_t now_ms)
{
    unsigned open;
    core_rig_begin(&rig->loop.core);
    assert_int_equal(auditor_run(&rig->loop.core.core, now_ms, &open), 0);
    core_rig_commit(&rig->loop.core);
    loop_run(&rig->loop, now_ms);
    return open;
}

static struct intake_result receive_of(
    struct rig *rig, const char *from, const char *channel, const char *text, const char *id, int64_t now_ms)
{
    struct sms_in sms = core_rig_sms(from, text, id);
    struct intake_result result;
    core_rig_begin(&rig->loop.core);
    assert_int_equal(intake_message(&rig->loop.core.core, channel, &sms, 0, now_ms, &result), 0);
    core_rig_commit(&rig->loop.core);
    sms_in_done(&sms);
    return result;
}

static struct intake_result receive_as(
    struct rig *rig, const char *channel, const char *text, const char *id, int64_t now_ms)
{
    return receive_of(rig, OURS, channel, text, id, now_ms);
}

static struct intake_result receive(struct rig *rig, const char *channel, const char *text, int64_t now_ms)
{
    char id[24];
    snprintf(id, sizeof id, "t%u", ++rig->next);
    return receive_as(rig, channel, text, id, now_ms);
}

static struct loop_summary sum_up(struct rig *rig)
{
    struct loop_summary sum;
    assert_int_equal(loops_sum_up(rig->loop.core.core.store, "line", "mute", &sum), 0);
    return sum;
}

/* The text of the newest test; "" when none was sent. */
static void sent_test(struct rig *rig, char *ret_text, size_t size)
{
    str_copy(ret_text, size, loop_last(&rig->loop, OURS));
}

static void test_is_sent_and_comes_in_and_is_nobodys_message(void **state)
{
    struct rig *rig = *state;
    char text[200];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    assert_true(text[0]);
    assert_int_equal(rig->due, AT(5));
    assert_int_equal(rig->loop.sent[0].kind, OUTBOX_LOOP);
    assert_int_equal(sum_up(rig).last.state, STATE_loop_waiting);
    struct intake_result got = receive(rig, "mute", text, AT(0) + 4200);
    assert_true(got.message_id == 0 && got.case_id == 0);
    assert_int_equal(core_rig_count_messages(&rig->loop.core), 0);
    assert_int_equal(core_rig_count_alerts(&rig->loop.core, 0, NULL), 0);
    struct loop_summary sum = sum_up(rig);
    assert_int_equal(sum.last.state, STATE_loop_passed);
    assert_int_equal(looptest_latency_ms(&sum.last), 4200);
    assert_false(looptest_is_failing(&sum));
    assert_int_equal(audit(rig, AT(6)), 0);
}

/* What stands on a phone bill or in a provider's log must not tell what this number is for. */
static void text_is_neutral_and_one_short_sms(void **state)
{
    static const char *const telling[] = { "help", "line", "rescue", "case", "police", "ngo", "test", "alert" };
    struct rig *rig = *state;
    char text[200];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    for (size_t i = 0; i < STR_COUNT(telling); i++)
        if (strcasestr(text, telling[i]))
            fail_msg("\"%s\" in \"%s\"", telling[i], text);
    for (const char *c = text; *c; c++)
        assert_true((unsigned char)*c >= 32 && (unsigned char)*c < 127 && !strchr("[]{}|\\^~`", *c));
    assert_true(strlen(text) < 160);
}

static void what_a_network_adds_or_changes_is_forgiven(void **state)
{
    static const struct {
        const char *label, *before, *after;
        bool is_lower;
    } cases[] = {
        { "as it is", "", "", false },
        { "in front", "Sent from your trial account - ", "", false },
        { "behind", "", "\nSTOP to opt out", false },
        { "small letters", "", "", true },
        { "blanks", "  ", " \r\n", false },
    };
    struct rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char text[200], changed[400];
        run(rig, AT(60 * (int64_t)i));
        sent_test(rig, text, sizeof text);
        snprintf(changed, sizeof changed, "%s%s%s", cases[i].before, text, cases[i].after);
        for (char *c = changed; *c && cases[i].is_lower; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
        if (receive(rig, "mute", changed, AT(60 * (int64_t)i + 1)).message_id)
            fail_msg("%s: became a message", cases[i].label);
    }
}

static void what_only_looks_like_a_test_is_a_message(void **state)
{
    struct rig *rig = *state;
    char text[200], other[200];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    assert_true(receive(rig, "line", text, AT(1)).message_id); /* on another channel */
    str_copy(other, sizeof other, text);
    char *code = other + strcspn(other, " ") + 1;
    *code = *code == 'B' ? 'C' : 'B';
    assert_true(receive(rig, "mute", other, AT(1)).message_id); /* another code */
    snprintf(other, sizeof other, "x%s", text + strcspn(text, " ") + 1);
    assert_true(receive(rig, "mute", other, AT(1)).message_id); /* the code as a part of a word */
    assert_false(receive(rig, "mute", text, AT(2)).message_id);
    assert_true(receive(rig, "mute", text, AT(3)).message_id); /* it is not awaited any more */
}

/* A test that went to a wrong number is answered by whoever got it. Her words count, and the test has not come in. */
static void words_of_a_person_beside_a_test_are_a_message(void **state)
{
    static const char *const others[] = { "+966500000777", "0500000777", "" };
    struct rig *rig = *state;
    char text[200], quoted[400];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    snprintf(quoted, sizeof quoted, "%s Who is this? he locks me in, no food", text);
    for (size_t i = 0; i < STR_COUNT(others); i++)
        if (!receive_of(rig, others[i], "mute", quoted, others[i], AT(1)).message_id)
            fail_msg("from \"%s\": swallowed", others[i]);
    assert_int_equal(sum_up(rig).last.state, STATE_loop_waiting);
    assert_false(receive_of(rig, others[0], "mute", text, "bare", AT(2)).message_id);
    assert_true(receive_of(rig, others[0], "mute", quoted, "other", AT(3)).message_id);
}

static void same_arrival_again_is_no_message(void **state)
{
    struct rig *rig = *state;
    char text[200];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    assert_false(receive_as(rig, "mute", text, "one-id", AT(1)).message_id);
    assert_false(receive_as(rig, "mute", text, "one-id", AT(30)).message_id);
    assert_int_equal(looptest_latency_ms(&(struct loop_row){ 0 }), -1);
    assert_int_equal(sum_up(rig).last.arrived_at, AT(1));
}

static void absence_alarms_once_by_another_way_and_so_does_the_end(void **state)
{
    struct rig *rig = *state;
    char text[200];
    run(rig, AT(0));
    assert_int_equal(audit(rig, AT(4)), 0);
    run(rig, AT(5));
    assert_int_equal(audit(rig, AT(5)), 1);
    assert_int_equal(audit(rig, AT(6)), 1);
    assert_int_equal(loop_count(&rig->loop, BOSS_DESK, "loop_test_missing (loop:line>mute)"), 1);
    assert_int_equal(loop_count(&rig->loop, BOSS_PHONE, ""), 0);
    run(rig, AT(60));
    assert_int_equal(audit(rig, AT(61)), 1);
    sent_test(rig, text, sizeof text);
    receive(rig, "mute", text, AT(62));
    assert_int_equal(audit(rig, AT(63)), 0);
    assert_int_equal(audit(rig, AT(64)), 0);
    assert_int_equal(loop_count(&rig->loop, BOSS_DESK, "no longer finds"), 1);
    assert_int_equal(loop_count(&rig->loop, BOSS_DESK, "loop_test_missing"), 2);
    assert_int_equal(loop_count(&rig->loop, BOSS_PHONE, ""), 0);
}

/* One that comes late is still no message, and no proof that the line is well. */
static void late_one_is_known_and_still_counts_as_failure(void **state)
{
    struct rig *rig = *state;
    char text[200];
    run(rig, AT(0));
    sent_test(rig, text, sizeof text);
    run(rig, AT(5));
    assert_false(receive(rig, "mute", text, AT(50)).message_id);
    struct loop_summary sum = sum_up(rig);
    assert_int_equal(sum.last.state, STATE_loop_late);
    assert_true(looptest_is_failing(&sum) && sum.failures == 1);
    assert_int_equal(audit(rig, AT(51)), 1);
    run(rig, AT(60));
    sent_test(rig, text, sizeof text);
    run(rig, AT(65));
    assert_true(receive(rig, "mute", text, AT(60) + LOOPTEST_LATE_MS + LOOP_MINUTE).message_id);
}

static void what_did_not_leave_in_time_is_dropped(void **state)
{
    struct rig *rig = *state;
    core_rig_begin(&rig->loop.core);
    assert_int_equal(looptest_run(&rig->loop.core.core, AT(0), &rig->due), 0);
    core_rig_commit(&rig->loop.core);
    assert_int_equal(core_rig_count_outbox(&rig->loop.core, "queued"), 1);
    run(rig, AT(5));
    assert_int_equal(core_rig_count_outbox(&rig->loop.core, "cancelled"), 1);
    assert_int_equal(loop_count(&rig->loop, OURS, ""), 0);
}

static void tests_go_on_every_hour_and_one_at_a_time(void **state)
{
    struct rig *rig = *state;
    for (int64_t minute = 0; minute < 24 * 60; minute++)
        run(rig, AT(minute));
    assert_int_equal(loop_count(&rig->loop, OURS, ""), 24);
    struct loop_summary sum = sum_up(rig);
    assert_int_equal(sum.failures, 24);
    assert_int_equal(sum.bad_count, 24);
    assert_int_equal(sum.passed_count, 0);
}

/* What came in while the daemon was away is read first. */
static void restart_gives_a_waiting_test_time_but_not_for_ever(void **state)
{
    struct rig *rig = *state;
    run(rig, AT(0));
    for (int64_t minute = 30; minute < 90; minute++) {
        core_rig_begin(&rig->loop.core);
        assert_int_equal(looptest_recover(&rig->loop.core.core, AT(minute)), 0);
        core_rig_commit(&rig->loop.core);
        run(rig, AT(minute));
        if (minute == 30)
            assert_int_equal(sum_up(rig).last.state, STATE_loop_waiting);
    }
    assert_true(sum_up(rig).bad_count >= 1);
}

static void wrong_clock_does_not_stop_the_tests(void **state)
{
    struct rig *rig = *state;
    run(rig, AT(600000));
    run(rig, AT(0));
    assert_int_equal(loop_count(&rig->loop, OURS, ""), 2);
}

static void old_tests_are_forgotten(void **state)
{
    struct rig *rig = *state;
    run(rig, AT(0));
    run(rig, AT(5));
    core_rig_begin(&rig->loop.core);
    assert_int_equal(looptest_forget(&rig->loop.core.core, AT(5) + LOOPTEST_KEEP_MS), 0);
    core_rig_commit(&rig->loop.core);
    assert_int_equal(sum_up(rig).last.id, 0);
}

static void test_of_a_channel_that_is_gone_or_off_is_not_sent(void **state)
{
    struct rig *rig = *state;
    core_rig_begin(&rig->loop.core);
    assert_int_equal(looptest_run(&rig->loop.core.core, AT(0), &rig->due), 0);
    core_rig_commit(&rig->loop.core);
    core_rig_configure(&rig->loop.core, NULL);
    const char *number;
    struct loop_summary sum;
    assert_int_equal(loops_sum_up(rig->loop.core.core.store, "line", "mute", &sum), 0);
    assert_int_equal(looptest_find_number(&rig->loop.core.core, sum.last.outbox_id, &number), ERR_NOT_FOUND);
    assert_int_equal(looptest_find_number(&rig->loop.core.core, 999, &number), ERR_CONFLICT);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RIG(test_is_sent_and_comes_in_and_is_nobodys_message),
        WITH_RIG(text_is_neutral_and_one_short_sms),
        WITH_RIG(what_a_network_adds_or_changes_is_forgiven),
        WITH_RIG(what_only_looks_like_a_test_is_a_message),
        WITH_RIG(words_of_a_person_beside_a_test_are_a_message),
        WITH_RIG(same_arrival_again_is_no_message),
        WITH_RIG(absence_alarms_once_by_another_way_and_so_does_the_end),
        WITH_RIG(late_one_is_known_and_still_counts_as_failure),
        WITH_RIG(what_did_not_leave_in_time_is_dropped),
        WITH_RIG(tests_go_on_every_hour_and_one_at_a_time),
        WITH_RIG(restart_gives_a_waiting_test_time_but_not_for_ever),
        WITH_RIG(wrong_clock_does_not_stop_the_tests),
        WITH_RIG(old_tests_are_forgotten),
        WITH_RIG(test_of_a_channel_that_is_gone_or_off_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
