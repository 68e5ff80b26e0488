/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_responders - an SMS of a contact: the right code from the right phone, or an answer that says what was expected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/responders.h"
#include "gateway/store/contacts.h"
#include "gateway/store/persons.h"
#include "tests/support/loop_rig.h"

#define MORE ""
#define AT(minutes) (RIG_NOW + (minutes)*LOOP_MINUTE)

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

/* A code that is not the right one. */
static const char *wrong_code(const char *right)
{
    return str_equal(right, "BBBB") ? "CCCC" : "BBBB";
}

static void say_code(struct loop_rig *rig, const char *from, int64_t id, const char *code, int64_t now_ms)
{
    char text[64];
    snprintf(text, sizeof text, "OK %lld %s", (long long)id, code);
    loop_text(rig, from, text, now_ms);
}

static void responder_opens_no_case_and_the_text_is_kept(void **state)
{
    static const char *const texts[] = { "he beats me", "hello", "OK", "kill me", "stop" };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct intake_result in = loop_text(rig, LOOP_AMY, texts[i], AT((int64_t)i * 20));
        if (in.is_new_case || in.case_id)
            fail_msg("%s", texts[i]);
        if (!strstr(loop_last(rig, LOOP_AMY), "Not understood"))
            fail_msg("%s: %s", texts[i], loop_last(rig, LOOP_AMY));
    }
    assert_int_equal(core_rig_count_messages(&rig->core), STR_COUNT(texts));
    struct person_row person;
    unsigned char tag[STORE_TAG_LEN];
    vault_tag(rig->core.core.vault, "number", span_of(LOOP_AMY), tag);
    assert_int_equal(persons_get(rig->core.core.store, tag, &person), 0);
    assert_false(person.is_stopped); /* a responder's "stop" stops nothing */
}

static void code_counts_only_from_its_contact_and_for_its_case(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    int64_t other = loop_text(rig, "+966505550124", "he will kill me", AT(0)).case_id;
    char mine[8], theirs[8];
    str_copy(mine, sizeof mine, loop_code(rig, "amy", id));
    str_copy(theirs, sizeof theirs, loop_code(rig, "bea", id));
    say_code(rig, LOOP_AMY, other, mine, AT(1));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "not the code of your alert"));
    say_code(rig, LOOP_AMY, id, theirs, AT(1));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "not the code of your alert"));
    struct intake_result in = loop_text(rig, "+966505550999", "OK 1001 BCDF he beats me", AT(2));
    assert_true(in.is_new_case && in.case_id != id);                       /* an unknown number is a person */
    say_code(rig, LOOP_EMBASSY, id, loop_code(rig, "embassy", id), AT(3)); /* held: it was never told the code */
    assert_non_null(strstr(loop_last(rig, LOOP_EMBASSY), "no alert for case"));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    assert_int_equal(core_rig_case(&rig->core, other).state, STATE_case_open);
    say_code(rig, LOOP_AMY, id, mine, AT(4));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_taken);
}

/* A text that came by another channel than `line`, where the rig's own come in. */
static void text_elsewhere(struct loop_rig *rig, const char *from, const char *text, int64_t now_ms)
{
    struct intake_result result;
    char id[32];
    snprintf(id, sizeof id, "elsewhere-%u", ++rig->next_sms);
    struct sms_in sms = core_rig_sms(from, text, id);
    core_rig_begin(&rig->core);
    assert_int_equal(intake_message(&rig->core.core, "mute", &sms, false, now_ms, &result), 0);
    core_rig_commit(&rig->core);
    sms_in_done(&sms);
    assert_int_equal(result.case_id, 0);
    loop_run(rig, now_ms);
}

static void answers_count_on_the_reply_channel_alone(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    char command[64];
    snprintf(command, sizeof command, "OK %lld %s", (long long)id, loop_code(rig, "amy", id));
    text_elsewhere(rig, LOOP_AMY, command, AT(1));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "do not count on this number"));
    text_elsewhere(rig, LOOP_AMY, "OFF", AT(2));
    struct contact_state_row duty;
    assert_int_equal(contacts_get(rig->core.core.store, "amy", &duty), 0);
    assert_int_not_equal(duty.is_on, 0);
    for (int i = 0; i < 20; i++) /* an answering machine over there would answer each time */
        text_elsewhere(rig, LOOP_AMY, "hello?", AT(3));
    assert_true(loop_count(rig, LOOP_AMY, "do not count on this number") <= 6);
    assert_int_equal(core_rig_count_messages(&rig->core), 23);
    loop_text(rig, LOOP_AMY, command, AT(20));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_taken);
}

static void contact_without_reply_channel_is_heard_on_any(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he will kill me", AT(0)).case_id;
    char command[64];
    struct intake_result result;
    snprintf(command, sizeof command, "OK %lld %s", (long long)id, loop_code(rig, "bea", id));
    struct sms_in sms = core_rig_sms(LOOP_BEA, command, "any-1");
    core_rig_begin(&rig->core);
    assert_int_equal(intake_message(&rig->core.core, "mute", &sms, false, AT(1), &result), 0);
    core_rig_commit(&rig->core);
    sms_in_done(&sms);
    assert_string_equal(core_rig_case(&rig->core, id).owner, "bea");
}

static void five_wrong_codes_void_it_and_the_next_contact_is_asked(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    char right[8];
    str_copy(right, sizeof right, loop_code(rig, "amy", id));
    for (int i = 1; i <= 4; i++) {
        char want[40];
        say_code(rig, LOOP_AMY, id, wrong_code(right), AT(1));
        snprintf(want, sizeof want, "%d tries left", RESPONDERS_TRIES_MAX - i);
        if (!strstr(loop_last(rig, LOOP_AMY), want) || !strstr(loop_last(rig, LOOP_AMY), "Expected: a word"))
            fail_msg("%d: %s", i, loop_last(rig, LOOP_AMY));
    }
    char forgotten[32];
    snprintf(forgotten, sizeof forgotten, "OK %lld", (long long)id);
    loop_text(rig, LOOP_AMY, forgotten, AT(1)); /* no code is no guess */
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "1 tries left"));
    assert_int_equal(loop_count(rig, LOOP_BEA, ""), 0);
    say_code(rig, LOOP_AMY, id, wrong_code(right), AT(2));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "five wrong codes"));
    assert_int_equal(loop_count(rig, LOOP_BEA, "URGENT case"), 1);
    say_code(rig, LOOP_AMY, id, right, AT(3));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    assert_int_equal(core_rig_count_audit(&rig->core, "alert.void"), 1);
}

static void every_code_of_the_contact_is_void_with_it(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    char first[8], second[8];
    str_copy(first, sizeof first, loop_code(rig, "amy", id));
    loop_run(rig, AT(21));
    str_copy(second, sizeof second, loop_code(rig, "amy", id));
    assert_string_not_equal(first, second);
    for (int i = 0; i < 5; i++)
        say_code(rig, LOOP_AMY, id, "ZZZZ", AT(22));
    say_code(rig, LOOP_AMY, id, first, AT(23));
    say_code(rig, LOOP_AMY, id, second, AT(23));
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
}

static void holder_whose_code_is_void_holds_it_no_more(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "OK", id, "", AT(1));
    loop_command(rig, LOOP_AMY, "amy", "DONE", id, "", AT(2));
    for (int i = 0; i < 5; i++)
        say_code(rig, LOOP_AMY, id, "ZZZZ", AT(3));
    struct case_row row = core_rig_case(&rig->core, id);
    assert_int_equal(row.state, STATE_case_open);
    loop_run(rig, AT(14));
    assert_true(loop_count(rig, LOOP_BEA, "URGENT case") >= 1);
}

static void word_alone_is_asked_back_and_never_guessed(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    char want[64];
    loop_text(rig, LOOP_AMY, "ok", AT(1));
    snprintf(want, sizeof want, "Do you mean case %lld? Then send: OK %lld %s", (long long)id, (long long)id,
        loop_code(rig, "amy", id));
    assert_string_equal(loop_last(rig, LOOP_AMY), want);
    assert_int_equal(core_rig_case(&rig->core, id).state, STATE_case_open);
    loop_text(rig, "+966505550124", "he beats me", AT(2));
    loop_text(rig, LOOP_AMY, "ok", AT(3));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "Not understood")); /* two: which one? */
}

static void duty_is_switched_by_the_bare_word_only(void **state)
{
    static const struct {
        const char *text;
        int want;
    } rows[] = { { "OFF", 0 }, { "on", 1 }, { "off to bed, will call her", 1 }, { "Pahinga.", 0 }, { "On my way", 0 },
        { "ON 1042 KTRM", 1 } };
    struct loop_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct contact_state_row row;
        loop_text(rig, LOOP_AMY, rows[i].text, AT((int64_t)i));
        assert_int_equal(contacts_get(rig->core.core.store, "amy", &row), 0);
        if (row.is_on != rows[i].want)
            fail_msg("%s: %d, %s", rows[i].text, row.is_on, loop_last(rig, LOOP_AMY));
    }
}

static void who_is_off_is_not_asked(void **state)
{
    struct loop_rig *rig = *state;
    loop_text(rig, LOOP_AMY, "OFF", AT(0));
    loop_forget(rig);
    loop_text(rig, LOOP_HER, "he will kill me", AT(1));
    assert_int_equal(loop_count(rig, LOOP_AMY, ""), 0);
    assert_int_equal(loop_count(rig, LOOP_BEA, "CRITICAL case"), 1);
}

static void answering_machine_is_not_talked_to_for_ever(void **state)
{
    struct loop_rig *rig = *state;
    loop_text(rig, LOOP_AMY, "Auto-reply: I am out of office", AT(0));
    assert_int_equal(loop_count(rig, LOOP_AMY, ""), 0);
    for (int i = 0; i < 30; i++)
        loop_text(rig, LOOP_AMY, "Thank you for your message", AT(1));
    assert_int_equal(loop_count(rig, LOOP_AMY, "Not understood"), 6);
    loop_text(rig, LOOP_AMY, "hello?", AT(12));
    assert_int_equal(loop_count(rig, LOOP_AMY, "Not understood"), 7);
}

static void command_on_a_destroyed_case_is_answered_and_does_not_stop_the_line(void **state)
{
    struct loop_rig *rig = *state;
    AUTO_BUF answer;
    buf_init(&answer, 1000);
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    char code[8];
    str_copy(code, sizeof code, loop_code(rig, "amy", id));
    struct act act = loop_act(rig, id, &answer, AT(1));
    core_rig_begin(&rig->core);
    assert_int_equal(act_end(&act, span_of("over")), 0);
    assert_int_equal(cases_purge(rig->core.core.store, id, AT(2)), 0);
    core_rig_commit(&rig->core);
    loop_forget(rig);
    say_code(rig, LOOP_AMY, id, code, AT(3));
    assert_int_equal(loop_count(rig, LOOP_AMY, "nothing can be done by SMS"), 1);
    say_code(rig, LOOP_AMY, 9999, code, AT(3));
    assert_int_equal(loop_count(rig, LOOP_AMY, "no case or test 9999"), 1);
}

static void note_needs_words_and_is_kept(void **state)
{
    struct loop_rig *rig = *state;
    int64_t id = loop_text(rig, LOOP_HER, "he beats me", AT(0)).case_id;
    loop_command(rig, LOOP_AMY, "amy", "NOTE", id, "", AT(1));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "needs some words"));
    loop_command(rig, LOOP_AMY, "amy", "NOTE", id, "her passport is with the agency", AT(1));
    assert_non_null(strstr(loop_last(rig, LOOP_AMY), "noted"));
    assert_int_equal(core_rig_count_audit(&rig->core, "case.note"), 1);
}

#define ON_RIG(test) cmocka_unit_test_setup_teardown(test, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(answers_count_on_the_reply_channel_alone),
        ON_RIG(contact_without_reply_channel_is_heard_on_any),
        ON_RIG(responder_opens_no_case_and_the_text_is_kept),
        ON_RIG(code_counts_only_from_its_contact_and_for_its_case),
        ON_RIG(five_wrong_codes_void_it_and_the_next_contact_is_asked),
        ON_RIG(every_code_of_the_contact_is_void_with_it),
        ON_RIG(holder_whose_code_is_void_holds_it_no_more),
        ON_RIG(word_alone_is_asked_back_and_never_guessed),
        ON_RIG(duty_is_switched_by_the_bare_word_only),
        ON_RIG(who_is_off_is_not_asked),
        ON_RIG(answering_machine_is_not_talked_to_for_ever),
        ON_RIG(command_on_a_destroyed_case_is_answered_and_does_not_stop_the_line),
        ON_RIG(note_needs_words_and_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
