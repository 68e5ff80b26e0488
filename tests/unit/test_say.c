/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_say - a person's words go to her within her rules, once, and never behind anybody's back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/reports.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define HOURS(hours) ((hours)*60LL)

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct loop_rig));
    loop_open(*state, MORE);
    return 0;
}

static int close_rig(void **state)
{
    loop_close(*state);
    free(*state);
    return 0;
}

static int64_t taken(struct loop_rig *rig, const char *from, const char *text)
{
    int64_t id = loop_text(rig, from, text, AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_forget(rig);
    return id;
}

static void words_go_to_her_and_her_answer_comes_back(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me");
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "can you talk? نحن هنا", AT(2));
    assert_string_equal(loop_last(rig, LOOP_HER), "can you talk? نحن هنا");
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "on its way to her"), 1);
    assert_int_equal(core_rig_case(&rig->core, id).contacted_at, AT(2));
    loop_text(rig, LOOP_HER, "yes he beats me but come", AT(3));
    assert_int_equal(loop_count(rig, LOOP_AMY, "but come"), 1);
    assert_int_equal(core_rig_count_audit(&rig->core, "person.say"), 1);
}

static void neither_side_sees_the_others_number_without_full_trust(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    loop_command(rig, LOOP_BEA, "bea", "OK", id, "", AT(1));
    loop_text(rig, LOOP_HER, "he beats me, call +966505550123", AT(2));
    loop_command(rig, LOOP_BEA, "bea", "SAY", id, "we come", AT(3));
    assert_true(loop_count(rig, LOOP_BEA, "he beats me") >= 1);
    assert_int_equal(loop_count(rig, LOOP_BEA, "505550123"), 0);
    assert_string_equal(loop_last(rig, LOOP_HER), "we come");
}

static void only_the_holder_writes_and_only_what_may_be_sent(void **state)
{
    static const struct {
        const char *label, *from, *contact, *text, *want;
    } rows[] = {
        { "not taken", LOOP_AMY, "amy", "hello", "take the case first" },
        { "no text", LOOP_AMY, "amy", "", "there is no text" },
    };
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        loop_command(rig, rows[i].from, rows[i].contact, "SAY", id, rows[i].text, AT(1));
        if (!strstr(loop_last(rig, rows[i].from), rows[i].want))
            fail_msg("%s: %s", rows[i].label, loop_last(rig, rows[i].from));
    }
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
}

static void sending_rules_of_her_country_bind_the_responder_too(void **state)
{
    static const struct {
        const char *from, *text;
        bool is_sent;
    } rows[] = {
        { "+971505550123", "see https://help.example.org", false },
        { "+971505550123", "call 0501234567", false },
        { "+971505550123", "are you safe", true },
        { "+966505550123", "call 0501234567", true },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct loop_rig *rig = *state;
        int64_t id = loop_text(rig, rows[i].from, "he beats me", AT(0)).case_id;
        if (core_rig_case(&rig->core, id).state == STATE_case_open)
            loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
        loop_forget(rig);
        loop_command(rig, LOOP_AMY, "amy", "SAY", id, rows[i].text, AT(2));
        loop_command(rig, LOOP_AMY, "amy", "FORCE", id, "urgent: see www.help.example.org", AT(2));
        if (loop_count(rig, rows[i].from, rows[i].text) != rows[i].is_sent)
            fail_msg("%s %s: %s", rows[i].from, rows[i].text, loop_last(rig, LOOP_AMY));
        if (rows[i].from[3] == '1' && loop_count(rig, rows[i].from, "www"))
            fail_msg("a link was forced through to %s", rows[i].from);
    }
}

static void her_rules_hold_words_and_a_reason_overrides_all_but_stop(void **state)
{
    static const struct {
        const char *label, *from, *text;
        bool is_forced;
    } rows[] = {
        { "dont reply", "+966505550201", "he beats me dont reply", true },
        { "a borrowed phone", "+966505550202", "he beats me, friends phone", true },
        { "hours that nobody understands", "+966505550203", "he beats me, text only after 11", true },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t id = taken(rig, rows[i].from, rows[i].text);
        loop_command(rig, LOOP_AMY, "amy", "SAY", id, "hello", AT(2));
        if (loop_count(rig, rows[i].from, "") || !loop_count(rig, LOOP_AMY, "FORCE"))
            fail_msg("%s: %s", rows[i].label, loop_last(rig, LOOP_AMY));
        loop_command(rig, LOOP_AMY, "amy", "FORCE", id, "no reason without a colon", AT(3));
        if (loop_count(rig, rows[i].from, ""))
            fail_msg("%s: forced without a text", rows[i].label);
        loop_command(rig, LOOP_AMY, "amy", "FORCE", id, "she wrote from the street: go to the clinic", AT(4));
        if (!str_equal(loop_last(rig, rows[i].from), "go to the clinic"))
            fail_msg("%s: %s", rows[i].label, loop_last(rig, LOOP_AMY));
    }
    assert_int_equal(core_rig_count_audit(&rig->core, "person.say_override"), 3);
    int64_t id = taken(rig, LOOP_HER, "he beats me");
    loop_text(rig, LOOP_HER, "stop", AT(2));
    loop_command(rig, LOOP_AMY, "amy", "FORCE", id, "her life: go out", AT(3));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "STOP"));
    loop_text(rig, LOOP_HER, "start", AT(4));
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "welcome back", AT(5));
    assert_string_equal(loop_last(rig, LOOP_HER), "welcome back");
}

static void words_wait_for_her_hours(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me, text only after 11pm"); /* it is 19:00 where she is */
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "are you safe", AT(2));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    assert_int_equal(loop_count(rig, LOOP_AMY, "it waits for the hours"), 1);
    assert_int_equal(core_rig_case(&rig->core, id).contacted_at, 0);
    loop_run(rig, AT(HOURS(4)) - 1);
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    loop_run(rig, AT(HOURS(4)));
    assert_int_equal(loop_count(rig, LOOP_HER, "are you safe"), 1);
}

static void what_she_asks_meanwhile_stops_words_that_wait(void **state)
{
    static const struct {
        const char *from, *text;
    } rows[] = { { "+966505550301", "dont reply" }, { "+966505550302", "stop" },
        { "+966505550303", "friends phone he beats me" }, { "+966505550304", "text only after 1am" } };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int64_t id = taken(rig, rows[i].from, "he beats me, text only after 11pm");
        loop_command(rig, LOOP_AMY, "amy", "SAY", id, "are you safe", AT(2));
        loop_text(rig, rows[i].from, rows[i].text, AT(3));
        loop_forget(rig);
    }
    for (int64_t hour = 1; hour < 5;
         hour++) /* contact is never recorded: that the alarm goes on does not matter here */
        loop_run(rig, AT(HOURS(hour)));
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (loop_count(rig, rows[i].from, ""))
            fail_msg("%s: it was sent", rows[i].text);
    assert_true(
        loop_count(rig, LOOP_AMY, "may not have reached her (her rules or her hours now speak against it)") == 2);
    assert_true(loop_count(rig, LOOP_AMY, "It will be sent at 25 Nov 01:00 (local time in Saudi Arabia)") == 1);
}

static void words_that_wait_do_not_go_out_when_the_case_is_ended(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me, text only after 11pm");
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "hello", AT(2));
    loop_command(rig, LOOP_AMY, "amy", "END", id, "she is home", AT(3));
    assert_int_equal(core_rig_count_outbox(&rig->core, "queued"), 0); /* at once, not when its hour comes */
    assert_int_equal(loop_count(rig, LOOP_AMY, "the case was ended before it left"), 1);
    loop_run(rig, AT(HOURS(8)));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
}

static void words_that_miss_her_hours_go_in_the_next_ones(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me, only after 11pm to 1am");
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "are you safe", AT(2));
    int64_t next;
    core_rig_begin(&rig->core); /* the daemon was away until morning */
    assert_int_equal(outbox_next_due(rig->core.core.store, "line", &next), 0);
    core_rig_commit(&rig->core);
    assert_int_equal(next, AT(HOURS(4)));
    loop_forget(rig);
    loop_run_late(rig, AT(HOURS(10)));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 0);
    assert_int_equal(loop_count(rig, LOOP_AMY, "may not have reached her"), 0);
    assert_int_equal(loop_count(rig, LOOP_AMY, "It will be sent at 25 Nov 23:00 (local time in Saudi Arabia)"), 1);
    loop_run_late(rig, AT(HOURS(31))); /* and away again: he has been told once */
    assert_int_equal(loop_count(rig, LOOP_AMY, "It will be sent at"), 1);
    loop_run(rig, AT(HOURS(31 + 21)));
    assert_int_equal(loop_count(rig, LOOP_HER, "are you safe"), 1);
    assert_int_equal(core_rig_count_audit(&rig->core, "person.say"), 1);
}

static void lost_words_are_told_and_never_repeated(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me");
    rig->is_lost = true;
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "are you safe", AT(2));
    rig->is_lost = false;
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
    assert_int_equal(loop_count(rig, LOOP_AMY, "your message may not have reached her"), 1);
    assert_int_equal(core_rig_case(&rig->core, id).contacted_at, 0);
    loop_run(rig, AT(120));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
}

static int note_reply(void *context, const struct outbox_row *row)
{
    if (row->kind == OUTBOX_REPLY)
        *(struct outbox_row *)context = *row;
    return 0;
}

static void report_of_failure_takes_contact_back(void **state)
{
    static const struct {
        int status;
        const char *want;
    } rows[] = { { REPORT_FAILED_TEMPORARY, "the provider could not deliver it" },
        { REPORT_OPTED_OUT, "texted STOP" } };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char from[] = "+966505550400";
        from[12] = (char)('0' + i);
        int64_t id = taken(rig, from, "he beats me");
        loop_command(rig, LOOP_AMY, "amy", "SAY", id, "are you safe", AT(2));
        assert_int_equal(core_rig_case(&rig->core, id).contacted_at, AT(2));
        struct outbox_row row = { 0 };
        struct outbox_filter filter = { .state = "all", .case_id = id, .limit = 50 };
        struct delivery_report report = { .provider_code = "" };
        report.status = rows[i].status;
        core_rig_begin(&rig->core);
        assert_int_equal(outbox_list(rig->core.core.store, &filter, note_reply, &row), 0);
        str_copy(report.remote_id, sizeof report.remote_id, row.remote_id);
        assert_int_equal(reports_receive(&rig->core.core, "line", &report, AT(3)), 0);
        core_rig_commit(&rig->core);
        loop_run(rig, AT(3));
        if (!loop_count(rig, LOOP_AMY, rows[i].want))
            fail_msg("%s: %s", rows[i].want, loop_last(rig, LOOP_AMY));
        assert_int_equal(loop_count(rig, from, ""), 1);
        assert_int_equal(core_rig_case(&rig->core, id).contacted_at, 0);
        loop_run(rig, AT(19));
        assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open); /* the alarm has resumed */
        struct case_row closed = core_rig_case(&rig->core, id);
        closed.state = STATE_case_closed;
        closed.closed_at = AT(20);
        core_rig_begin(&rig->core);
        assert_int_equal(cases_update(rig->core.core.store, &closed), 0);
        core_rig_commit(&rig->core);
    }
}

static void line_that_cannot_send_refuses_instead_of_keeping_it(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = taken(rig, LOOP_HER, "he beats me");
    struct case_row row = core_rig_case(&rig->core, id);
    str_copy(row.channel, sizeof row.channel, "mute");
    core_rig_begin(&rig->core);
    assert_int_equal(cases_update(rig->core.core.store, &row), 0);
    core_rig_commit(&rig->core);
    loop_command(rig, LOOP_AMY, "amy", "SAY", id, "hello", AT(2));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "cannot send"));
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(words_go_to_her_and_her_answer_comes_back),
        ON_RIG(neither_side_sees_the_others_number_without_full_trust),
        ON_RIG(only_the_holder_writes_and_only_what_may_be_sent),
        ON_RIG(sending_rules_of_her_country_bind_the_responder_too),
        ON_RIG(her_rules_hold_words_and_a_reason_overrides_all_but_stop),
        ON_RIG(words_wait_for_her_hours),
        ON_RIG(what_she_asks_meanwhile_stops_words_that_wait),
        ON_RIG(words_that_wait_do_not_go_out_when_the_case_is_ended),
        ON_RIG(words_that_miss_her_hours_go_in_the_next_ones),
        ON_RIG(lost_words_are_told_and_never_repeated),
        ON_RIG(report_of_failure_takes_contact_back),
        ON_RIG(line_that_cannot_send_refuses_instead_of_keeping_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
