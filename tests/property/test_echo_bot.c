/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_echo_bot - a day in which whoever has her phone answers every message by a machine: she gets one reply at most.
 * What:  the bot gives back what it was sent, or one of the sentences of telephones and networks; it answers at once,
 *        late, twice, with and without an id, and from a responder's telephone too.
 * Why:   two machines that answer each other fill a telephone that somebody else may be reading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "tests/support/model_rig.h"

#define HER "+966505550123"
#define RESPONDER "+639171110001"
#define MINUTE_MS 60000
#define DAY_MIN 1440
#define ANSWERS_AN_ALERT 12

static const char *const bots[] = {
    NULL, /* gives back what it was sent */
    "I'm driving right now - I'll get back to you later.",
    "This is an automated message. Please do not reply to this number.", "AUTO-REPLY: I am out of office until Sunday",
    "Undeliverable: the number you have sent to is not in service", "Pesan otomatis: saya sedang sibuk",
    "Sorry, I can't talk right now", /* no known phrase: it is read as a cry, and the window holds */
    "help help he beats me",         /* her own words, over and over */
};

struct day {
    struct model_rig *rig;
    const char *from, *text;
    unsigned count, sent_to_her, sent_to_responder;
    char last[400]; /* what was sent to the bot last */
};

static void bot_writes(void *context)
{
    struct day *day = context;
    char id[24];
    snprintf(id, sizeof id, "bot-%u", ++day->count);
    (void)model_rig_text_in(day->rig, day->from, day->text, day->count % 3 ? id : "");
}

static void she_writes(void *context)
{
    struct day *day = context;
    (void)model_rig_text_in(day->rig, HER, "he beats me", "first");
}

/* The worker sends everything; what goes to the bot's number is answered by the bot, at the end of the minute. */
static unsigned serve(struct day *day, const char *number)
{
    struct model_job job;
    unsigned count = 0;
    while (model_rig_take_job(day->rig, &job)) {
        bool is_to_bot = strstr(job.url, number + 1) != NULL;
        count += is_to_bot;
        if (is_to_bot)
            str_copy(day->last, sizeof day->last, job.text);
        day->sent_to_her += strstr(job.url, &HER[1]) != NULL;
        day->sent_to_responder += strstr(job.url, &RESPONDER[1]) != NULL;
        model_rig_answer(day->rig, &job, "answered", 200);
    }
    return count;
}

static void let_bot_answer(struct day *day, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        model_rig_turn(day->rig, TURN_COMMITS, bot_writes, day);
}

/* One day: the bot answers each message to its number, and now and then writes by itself. */
static void run_day(struct day *day, const char *echo)
{
    model_rig_turn(day->rig, TURN_COMMITS, she_writes, day);
    for (unsigned minute = 0; minute < DAY_MIN - 1; minute++) {
        unsigned got = serve(day, day->from);
        day->text = echo ? echo : day->last;
        let_bot_answer(day, got ? 2 * got : minute % 97 == 0);
        model_rig_pass(day->rig, MINUTE_MS);
        model_rig_turn(day->rig, TURN_COMMITS, NULL, NULL);
    }
    (void)serve(day, day->from);
}

static void a_day_with_an_echo_bot_brings_one_reply(void **state)
{
    struct model_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(bots); i++) {
        struct day day = { .rig = rig, .from = HER };
        model_rig_begin(rig, false, i + 1);
        run_day(&day, bots[i]);
        model_rig_end(rig);
        if (day.sent_to_her != 1 || day.count < 3)
            fail_msg("bot %zu wrote %u times and got %u replies", i, day.count, day.sent_to_her);
    }
}

/* What the machine told the holder of an alert comes back from an answering machine there. */
static void an_answering_machine_of_a_responder_is_answered_only_so_often(void **state)
{
    struct model_rig *rig = *state;
    for (size_t i = 0; i < STR_COUNT(bots); i++) {
        struct day day = { .rig = rig, .from = RESPONDER };
        model_rig_begin(rig, false, 100 + i);
        run_day(&day, bots[i]);
        model_rig_end(rig);
        /* Her alert comes once an hour, and what it sets off ends by itself. */
        if (day.sent_to_her > 1 || day.sent_to_responder > 24 * (1 + ANSWERS_AN_ALERT))
            fail_msg("bot %zu: %u messages went to a responder in a day", i, day.sent_to_responder);
    }
}

static int open_rig(void **state)
{
    log_set_level(LOG_LEVEL_ERROR);
    struct model_rig *rig = calloc(1, sizeof *rig);
    model_rig_open(rig, NULL);
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    model_rig_close(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_with_an_echo_bot_brings_one_reply),
        cmocka_unit_test(an_answering_machine_of_a_responder_is_answered_only_so_often),
    };
    return cmocka_run_group_tests_name("echo bot", tests, open_rig, close_rig);
}
