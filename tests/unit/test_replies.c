/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_replies - the machine answers by itself at most once, with the same bytes, and only a person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/replies.h"
#include "tests/support/loop_rig.h"

#define MORE                                                                                                           \
    "replies = { mode = \"neutral\"; daily_budget = 5; rules = ( { mode = \"off\"; urgencies = [ \"critical\" ]; },"   \
    " { mode = \"silent\"; countries = [ \"AE\" ]; } ); }; consent = { mode = \"ask\"; };"
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)
#define DAY (24 * 60)

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

static struct replies_facts usual(void)
{
    return (struct replies_facts){
        .mode = REPLIES_NEUTRAL,
        .is_help = true,
        .channel_sends = true,
        .can_answer = true,
        .rules = RULES_SEND,
        .window_ms = DAY * LOOP_MINUTE,
        .now_ms = RIG_NOW,
        .daily_budget = 10,
    };
}

static void one_reason_is_enough_for_silence(void **state)
{
    (void)state;
    struct replies_facts facts;
    const char *why;
    static const char *const want[] = { "off", "off", "not_a_request", "not_a_person", "not_a_person", "automatic",
        "no_way_back", "her_rules", "her_rules", "her_rules", "window", "budget" };
    for (size_t i = 0; i < STR_COUNT(want); i++) {
        facts = usual();
        facts.mode = i == 0 ? REPLIES_OFF : i == 1 ? REPLIES_SILENT : REPLIES_NEUTRAL;
        facts.is_help = i != 2;
        facts.is_contact = i == 3;
        facts.is_own_number = i == 4;
        facts.looks_automatic = i == 5;
        facts.channel_sends = i != 6;
        facts.rules = i == 7 ? RULES_WAIT : i == 8 ? RULES_HOLD : i == 9 ? RULES_NEVER : RULES_SEND;
        facts.last_auto_at = i == 10 ? RIG_NOW - facts.window_ms + 1 : 0;
        facts.sent_today = i == 11 ? facts.daily_budget : 0;
        if (replies_decide(&facts, &why) != -1 || !str_equal(why, want[i]))
            fail_msg("%zu: %s instead of %s", i, why, want[i]);
    }
    facts = usual();
    assert_int_equal(replies_decide(&facts, &why), TEXT_NEUTRAL);
    facts.last_auto_at = RIG_NOW - facts.window_ms;
    assert_int_equal(replies_decide(&facts, &why), TEXT_NEUTRAL);
    facts.is_consent_due = true;
    facts.mode = REPLIES_OFF;
    assert_int_equal(replies_decide(&facts, &why), TEXT_CONSENT);
    facts.can_answer = false; /* what cannot be answered is not asked */
    assert_int_equal(replies_decide(&facts, &why), -1);
    assert_string_equal(why, "no_answer");
    facts.mode = REPLIES_NEUTRAL;
    assert_int_equal(replies_decide(&facts, &why), TEXT_NEUTRAL);
    facts.mode = REPLIES_OFF;
    facts.can_answer = true;
    facts.is_third_party = true; /* a relative cannot answer for her */
    assert_int_equal(replies_decide(&facts, &why), -1);
    facts.mode = REPLIES_NEUTRAL;
    facts.may_ask_who = true; /* but can be asked who and where she is */
    assert_int_equal(replies_decide(&facts, &why), TEXT_WHO);
    facts.can_answer = false;
    assert_int_equal(replies_decide(&facts, &why), TEXT_NEUTRAL);
}

static void answering_machines_and_our_own_words_are_recognised(void **state)
{
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        { "Auto-Reply: I am driving", true },
        { "This is an automated message", true },
        { "pesan otomatis", true },
        { "Thank you. Your message has arrived.", true },
        { "  Thank you. Your message has arrived.\r\n", true },
        { "May we pass your message on to public offices? Answer YES or NO.", true },
        { "Thank you. Your message has arrived. help me", false },
        { "he beats me", false },
        { "", false },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (replies_looks_automatic(rig->core.config->texts, span_of(rows[i].text)) != rows[i].want)
            fail_msg("\"%s\"", rows[i].text);
}

static void rule_that_fits_first_decides(void **state)
{
    static const struct {
        const char *language, *country;
        enum urgency urgency;
        enum replies_mode want;
    } rows[] = {
        { "tl", "SA", URGENCY_urgent, REPLIES_NEUTRAL },
        { "tl", "SA", URGENCY_critical, REPLIES_OFF },
        { "tl", "AE", URGENCY_critical, REPLIES_OFF },
        { "tl", "AE", URGENCY_soon, REPLIES_SILENT },
        { "und", "", URGENCY_soon, REPLIES_NEUTRAL },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (replies_mode_for(rig->core.config, rows[i].language, rows[i].country, rows[i].urgency) != rows[i].want)
            fail_msg("%s %s %s", rows[i].language, rows[i].country, urgency_word(rows[i].urgency));
}

static void number_is_answered_once_in_the_window_whatever_it_says(void **state)
{
    struct loop_rig *rig = *state;
    for (int i = 0; i < 10; i++)
        loop_text(rig, LOOP_HER, "he beats me", AT(i * 60));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
    assert_string_equal(loop_last(rig, LOOP_HER), "Thank you. Your message has arrived.");
    loop_text(rig, LOOP_HER, "he beats me", AT(DAY));
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 2);
}

static void bytes_are_the_same_for_every_state_of_a_case(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    char first[200];
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    str_copy(first, sizeof first, loop_last(rig, LOOP_HER));
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(2));
    loop_text(rig, LOOP_HER, "he beats me", AT(DAY + 10));
    assert_string_equal(loop_last(rig, LOOP_HER), first);
    struct act act = loop_act(rig, id, &answer, AT(DAY + 20));
    core_rig_begin(&rig->core);
    assert_int_equal(act_end(&act, span_of("over")), 0);
    core_rig_commit(&rig->core);
    loop_text(rig, LOOP_HER, "no salary", AT(3 * DAY));
    assert_string_equal(loop_last(rig, LOOP_HER), first);
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 3);
}

static void nobody_else_is_ever_answered(void **state)
{
    static const struct {
        const char *label, *from, *text;
    } rows[] = {
        { "an advert", "+966505550701", "you are the winner of a prize, loan" },
        { "thanks", "+966505550702", "thank you" },
        { "a short code", "9900", "he beats me" },
        { "a name", "STC", "he beats me" },
        { "an answering machine", "+966505550703", "auto-reply: he beats me" },
        { "our own sentence", "+966505550704", "Thank you. Your message has arrived." },
        { "critical: off by rule", "+966505550705", "he will kill me, dont tell embassy" },
        { "a silent country", "+971505550706", "he beats me" },
        { "dont reply", "+966505550707", "he beats me dont reply" },
        { "a borrowed phone", "+966505550708", "he beats me, friends phone" },
        { "outside her hours", "+966505550709", "he beats me only after 11pm" },
        { "no number", "", "he beats me" },
    };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        loop_text(rig, rows[i].from, rows[i].text, AT((int64_t)i));
        for (unsigned sent = 0; sent < rig->sent_count; sent++)
            if (rig->sent[sent].kind == OUTBOX_REPLY)
                fail_msg("%s: \"%s\"", rows[i].label, rig->sent[sent].text);
    }
}

static void budget_of_the_day_is_not_exceeded(void **state)
{
    struct loop_rig *rig = *state;
    unsigned replies = 0;
    for (int i = 0; i < 9; i++) {
        char from[] = "+966505550800";
        from[12] = (char)('0' + i);
        loop_text(rig, from, "he beats me", AT(i));
    }
    for (unsigned i = 0; i < rig->sent_count; i++)
        replies += rig->sent[i].kind == OUTBOX_REPLY;
    assert_int_equal(replies, 5);
}

static void question_is_the_one_automatic_message_of_the_window(void **state)
{
    struct loop_rig *rig = *state;
    loop_text(rig, LOOP_HER, "he beats me", AT(0));
    loop_text(rig, LOOP_HER, "he will kill me", AT(1)); /* the question would be due now */
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
    loop_text(rig, LOOP_HER, "he will kill me", AT(DAY + 1));
    assert_int_equal(loop_count(rig, LOOP_HER, "May we pass"), 1);
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 2);
}

/* Two machines that answer each other for a day. */
static void echo_gets_at_most_one_reply(void **state)
{
    struct loop_rig *rig = *state;
    loop_text(rig, LOOP_HER, "he beats me", AT(0));
    unsigned seen = 0;
    for (int i = 1; i < 200; i++) {
        char echo[1200];
        if (loop_count(rig, LOOP_HER, "") == seen)
            break;
        seen = loop_count(rig, LOOP_HER, "");
        str_copy(echo, sizeof echo, loop_last(rig, LOOP_HER));
        loop_text(rig, LOOP_HER, echo, AT(i * DAY));
    }
    assert_int_equal(loop_count(rig, LOOP_HER, ""), 1);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_reason_is_enough_for_silence),
        ON_RIG(answering_machines_and_our_own_words_are_recognised),
        ON_RIG(rule_that_fits_first_decides),
        ON_RIG(number_is_answered_once_in_the_window_whatever_it_says),
        ON_RIG(bytes_are_the_same_for_every_state_of_a_case),
        ON_RIG(nobody_else_is_ever_answered),
        ON_RIG(budget_of_the_day_is_not_exceeded),
        ON_RIG(question_is_the_one_automatic_message_of_the_window),
        ON_RIG(echo_gets_at_most_one_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
