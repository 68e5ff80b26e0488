/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bringup - the commands in their order, and what their answers mean.
 * Why:   vendors' commands that silence chatter are optional: an error of theirs is nothing, and one that had no answer
 * is left out the next time, so that it can never keep the line down.
 */
#include "gateway/modem/bringup.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define DRAIN_MS 150
#define SYNC_TRIES 4
#define BUSY_TRIES 30
#define BUSY_MS 1000
#define WAIT_MS 15000 /* for a SIM, a PIN, a PUK, a person */
#define ASK_MS 10000  /* for the daemon's word about a PIN */
#define CME_NO_SIM 10
#define CME_PIN 11
#define CME_PUK 12
#define CME_BUSY 14
#define CME_WRONG_PIN 16
#define CMS_SIM_BUSY 314
#define CMS_WAIT 515

enum verdict { NEXT, AGAIN, WAIT, BROKEN };

static void run_step(struct bringup *bringup);
static void begin_drain(struct bringup *bringup);

const char *bringup_state_word(enum modem_state state)
{
    static const char *const words[] = { [MODEM_CLOSED] = "closed",
        [MODEM_SYNC] = "sync",
        [MODEM_SIM] = "sim",
        [MODEM_CONFIG] = "config",
        [MODEM_READY] = "ready" };
    return words[state];
}

const char *bringup_problem_word(enum modem_problem problem)
{
    static const char *const words[] = { [MODEM_NONE] = "none",
        [MODEM_NO_DEVICE] = "no_device",
        [MODEM_BUSY_DEVICE] = "busy_device",
        [MODEM_NO_ANSWER] = "no_answer",
        [MODEM_NO_SIM] = "no_sim",
        [MODEM_PIN_NEEDED] = "pin_needed",
        [MODEM_PIN_REFUSED] = "pin_refused",
        [MODEM_PUK] = "puk",
        [MODEM_NOT_REGISTERED] = "not_registered",
        [MODEM_STORAGE_FULL] = "storage_full",
        [MODEM_NO_SMSC] = "no_smsc",
        [MODEM_NO_SMS] = "no_sms" };
    return words[problem];
}

/* ---- storages ---------------------------------------------------------------------------------------------------- */

static void add_storage(char (*list)[LEDGER_STORAGE_MAX], struct span name)
{
    size_t i = 0;
    while (list[i][0] != '\0')
        i++;
    if (i + 1 < BRINGUP_STORAGES_MAX && name.len < LEDGER_STORAGE_MAX)
        (void)str_copy_span(list[i], LEDGER_STORAGE_MAX, name);
}

static bool has_storage(const char (*list)[LEDGER_STORAGE_MAX], const char *name)
{
    for (size_t i = 0; list[i][0] != '\0'; i++)
        if (str_equal(list[i], name))
            return true;
    return false;
}

void bringup_read_storages(struct span rest, char (*ret)[BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX])
{
    size_t list = 0, begin = 0;
    bool is_quoted = false, is_in_list = false;
    memset(ret, 0, 3 * sizeof(*ret));
    for (size_t i = 0; i < rest.len && list < 3; i++) {
        char c = rest.data[i];
        if (c == '"' && is_quoted)
            add_storage(ret[list], (struct span){ rest.data + begin, i - begin });
        if (c == '"') {
            is_quoted = !is_quoted;
            begin = i + 1;
        } else if (c == '(') {
            is_in_list = true;
        } else if (c == ')') {
            is_in_list = false;
        } else if (c == ',' && !is_in_list && !is_quoted) {
            list++;
        }
    }
}

bool bringup_has_storage(const struct bringup *bringup, const char *storage)
{
    return storage[0] != '\0' && has_storage(bringup->lists[0], storage);
}

size_t bringup_list_others(const struct bringup *bringup, char (*ret)[LEDGER_STORAGE_MAX], size_t max)
{
    /* MT is SM and ME together; BM holds broadcasts. */
    bool is_sum_known = has_storage(bringup->lists[0], "SM") && has_storage(bringup->lists[0], "ME");
    size_t count = 0;
    for (size_t i = 0; bringup->lists[0][i][0] != '\0' && count < max; i++) {
        const char *name = bringup->lists[0][i];
        if (!str_equal(name, bringup->receive[0]) && !str_equal(name, "BM") && !(is_sum_known && str_equal(name, "MT")))
            memcpy(ret[count++], name, LEDGER_STORAGE_MAX);
    }
    return count;
}

static const char *choose(const char (*list)[LEDGER_STORAGE_MAX], const char *wanted)
{
    static const char *const order[] = { "SM", "ME", "MT" };
    if (has_storage(list, wanted))
        return wanted;
    for (size_t i = 0; i < STR_COUNT(order); i++)
        if (has_storage(list, order[i]))
            return order[i];
    return list[0][0] != '\0' ? list[0] : wanted;
}

static void choose_receive(struct bringup *bringup)
{
    const char *wanted = bringup->setup->storage == SETUP_ME ? "ME" : "SM";
    const char *receive = choose(bringup->lists[2], wanted);
    for (size_t i = 0; i < 3; i++)
        (void)str_copy(bringup->receive[i], LEDGER_STORAGE_MAX, choose(bringup->lists[i], receive));
}

/* ---- what the answers mean --------------------------------------------------------------------------------------- */

static enum verdict wait_because(struct bringup *bringup, enum modem_problem problem)
{
    bringup->problem = problem;
    return WAIT;
}

static enum verdict take_sync(struct bringup *bringup, const struct talk_result *result)
{
    if (result->end == TALK_OK)
        return NEXT;
    return ++bringup->tries < SYNC_TRIES ? AGAIN : BROKEN;
}

static enum verdict take_echo(struct bringup *bringup, const struct talk_result *result)
{
    bringup->is_echoing = result->is_echoed;
    return NEXT;
}

/* A daemon that could not write it down says nothing. */
static void ask_pin(void *context)
{
    struct bringup *bringup = context;
    int64_t again_at = clock_mono_ms() + talk_scale(bringup->talk, ASK_MS);
    bringup->is_asking_pin = true;
    bringup->events.ask_pin(bringup->events.context);
    (void)!loop_timer_set(bringup->loop, &bringup->timer, again_at, ask_pin, bringup);
}

static enum verdict need_pin(struct bringup *bringup)
{
    const struct setup *setup = bringup->setup;
    if (setup->pin[0] == '\0')
        return wait_because(bringup, setup->is_pin_refused ? MODEM_PIN_REFUSED : MODEM_PIN_NEEDED);
    if (str_equal(setup->pin, bringup->tried_pin))
        return wait_because(bringup, MODEM_PIN_REFUSED);
    ask_pin(bringup);
    return wait_because(bringup, MODEM_PIN_NEEDED);
}

static enum verdict take_sim_error(struct bringup *bringup, struct atline_final final)
{
    if (final.code == ATLINE_CME && final.number == CME_PIN)
        return need_pin(bringup);
    if (final.code == ATLINE_CME && final.number == CME_PUK)
        return wait_because(bringup, MODEM_PUK);
    return wait_because(bringup, MODEM_NO_SIM);
}

static bool has_line(const struct talk_result *result, const char *text)
{
    return strcasestr(result->lines, text) != NULL;
}

static enum verdict take_sim(struct bringup *bringup, const struct talk_result *result)
{
    if (result->end == TALK_ERROR)
        return take_sim_error(bringup, result->final);
    if (has_line(result, "PUK"))
        return wait_because(bringup, MODEM_PUK);
    if (has_line(result, "SIM PIN") && !has_line(result, "PIN2"))
        return need_pin(bringup);
    if (!has_line(result, "READY") || has_line(result, "NOT READY"))
        return wait_because(bringup, has_line(result, "NOT") ? MODEM_NO_SIM : MODEM_PIN_NEEDED);
    if (bringup->is_pin_written) {
        bringup->tried_pin[0] = '\0'; /* the next power cut asks for it again */
        bringup->events.pin_accepted(bringup->events.context);
    }
    bringup->is_pin_written = false;
    return NEXT;
}

static enum verdict take_format(struct bringup *bringup, const struct talk_result *result)
{
    return result->end == TALK_OK ? NEXT : wait_because(bringup, MODEM_NO_SMS);
}

static enum verdict take_storages(struct bringup *bringup, const struct talk_result *result)
{
    struct span line = { result->lines, strcspn(result->lines, "\n") }, rest = { "", 0 };
    if (result->end == TALK_OK)
        (void)atline_has_prefix(line, "+CPMS", &rest);
    bringup_read_storages(rest, bringup->lists);
    choose_receive(bringup);
    return NEXT;
}

static void write_storage(struct bringup *bringup)
{
    const char(*receive)[LEDGER_STORAGE_MAX] = bringup->receive;
    if (bringup->ladder == 0)
        (void)snprintf(
            bringup->text, sizeof(bringup->text), "AT+CPMS=\"%s\",\"%s\",\"%s\"", receive[0], receive[1], receive[2]);
    else
        (void)snprintf(bringup->text, sizeof(bringup->text), "AT+CPMS=\"%s\"", receive[0]);
}

/* Some modems let only the first be chosen; one without the command has one storage, which is listed as it is. */
static enum verdict take_storage(struct bringup *bringup, const struct talk_result *result)
{
    if (result->end == TALK_OK)
        return NEXT;
    bringup->receive[bringup->ladder == 0 ? 2 : 0][0] = '\0';
    return ++bringup->ladder < 2 ? AGAIN : NEXT;
}

static const char *const routes[] = { "2,1,0,1,0", "2,1,0,2,0", "1,1,0,1,0", "2,1,0,0,0", "1,1,0,0,0" };
#define ROUTES_WITH_REPORTS 3

static void write_route(struct bringup *bringup)
{
    unsigned first = bringup->setup->wants_reports ? 0 : ROUTES_WITH_REPORTS;
    (void)snprintf(bringup->text, sizeof(bringup->text), "AT+CNMI=%s", routes[first + bringup->ladder]);
}

/* A modem that takes none of them does not tell what comes in: the regular sweep finds it. */
static enum verdict take_route(struct bringup *bringup, const struct talk_result *result)
{
    unsigned first = bringup->setup->wants_reports ? 0 : ROUTES_WITH_REPORTS;
    return result->end == TALK_OK || first + ++bringup->ladder == STR_COUNT(routes) ? NEXT : AGAIN;
}

static enum verdict take_smsc(struct bringup *bringup, const struct talk_result *result)
{
    struct span line = { result->lines, strcspn(result->lines, "\n") }, rest;
    char number[32] = "";
    if (result->end == TALK_OK && atline_has_prefix(line, "+CSCA", &rest))
        (void)atline_field(rest, 0, number, sizeof(number));
    bringup->has_smsc = result->end == TALK_ERROR || number[0] != '\0';
    return NEXT;
}

static void write_clip(struct bringup *bringup)
{
    (void)snprintf(bringup->text, sizeof(bringup->text), "AT+CLIP=%d", bringup->setup->wants_calls);
}

static const struct step {
    enum modem_state state;
    const char *text; /* NULL: write does it */
    void (*write)(struct bringup *bringup);
    const char *prefix; /* of its lines */
    int deadline_ms;
    enum verdict (*take)(struct bringup *bringup, const struct talk_result *result); /* NULL: any final code is fine */
    bool is_optional;    /* left out once it had no answer */
    bool must_have_line; /* its OK alone is of another command */
} steps[] = { { MODEM_SYNC, "AT", NULL, NULL, 800, take_sync, false, false },
    { MODEM_SYNC, "ATE0", NULL, NULL, 2000, NULL, false, false },
    { MODEM_SYNC, "AT+CMEE=1", NULL, NULL, 2000, take_echo, false, false },
#define STEP_SIM 3
    { MODEM_SIM, "AT+CPIN?", NULL, "+CPIN", 5000, take_sim, false, true },
    { MODEM_CONFIG, "AT+CMGF=0", NULL, NULL, 5000, take_format, false, false },
    { MODEM_CONFIG, "AT+CSMS=0", NULL, NULL, 5000, NULL, true, false },
    { MODEM_CONFIG, "AT+CPMS=?", NULL, "+CPMS", 5000, take_storages, false, false },
    { MODEM_CONFIG, NULL, write_storage, NULL, 5000, take_storage, false, false },
    { MODEM_CONFIG, NULL, write_route, NULL, 2000, take_route, false, false },
    { MODEM_CONFIG, "AT^CURC=0", NULL, NULL, 2000, NULL, true, false },
    { MODEM_CONFIG, "AT+QURCCFG=\"urcport\",\"usbat\"", NULL, NULL, 2000, NULL, true, false },
    { MODEM_CONFIG, "AT+QINDCFG=\"all\",0", NULL, NULL, 2000, NULL, true, false },
    { MODEM_CONFIG, "AT+CTZR=0", NULL, NULL, 2000, NULL, true, false },
    { MODEM_CONFIG, NULL, write_clip, NULL, 5000, NULL, true, false },
    { MODEM_CONFIG, "AT+CREG=1", NULL, NULL, 3000, NULL, true, false },
    { MODEM_CONFIG, "AT+CSCA?", NULL, "+CSCA", 5000, take_smsc, false, false } };

/* ---- the engine ----------------------------------------------------------------------------------------------------
 */

static void finish(struct bringup *bringup, bool is_broken)
{
    loop_timer_cancel(bringup->loop, &bringup->timer);
    bringup->is_asking_pin = false;
    bringup->events.done(bringup->events.context, is_broken);
}

static void run_again(void *context)
{
    run_step(context);
}

static void pause_for(struct bringup *bringup, int ms)
{
    int64_t at = clock_mono_ms() + talk_scale(bringup->talk, ms);
    if (loop_timer_set(bringup->loop, &bringup->timer, at, run_again, bringup) != 0)
        finish(bringup, true);
}

static void enter_step(struct bringup *bringup, unsigned step)
{
    bringup->step = step;
    bringup->tries = bringup->ladder = 0;
}

static bool is_busy(struct atline_final final)
{
    return (final.code == ATLINE_CME && (final.number == CME_BUSY || final.number == CMS_WAIT)) ||
           (final.code == ATLINE_CMS && (final.number == CMS_SIM_BUSY || final.number == CMS_WAIT));
}

static enum verdict judge(struct bringup *bringup, const struct talk_result *result)
{
    const struct step *step = &steps[bringup->step];
    if (step->take == take_sync)
        return result->end == TALK_GONE ? BROKEN : take_sync(bringup, result);
    if (result->end == TALK_TIMEOUT && step->is_optional)
        bringup->skipped |= 1u << bringup->step;
    if (result->end == TALK_TIMEOUT || result->end == TALK_GONE)
        return BROKEN;
    if (is_busy(result->final) && !step->is_optional && ++bringup->tries < BUSY_TRIES) {
        pause_for(bringup, BUSY_MS);
        return WAIT;
    }
    return step->take != NULL ? step->take(bringup, result) : NEXT;
}

static void answered(void *context, const struct talk_result *result)
{
    struct bringup *bringup = context;
    bringup->problem = MODEM_NONE;
    enum verdict verdict = judge(bringup, result);
    if (verdict == BROKEN) {
        finish(bringup, true);
    } else if (verdict == AGAIN) {
        run_step(bringup);
    } else if (verdict == NEXT) {
        enter_step(bringup, bringup->step + 1);
        run_step(bringup);
    } else if (bringup->problem != MODEM_NONE) {
        bringup->events.state(bringup->events.context, steps[bringup->step].state, bringup->problem);
        enter_step(bringup, STEP_SIM);
        if (!bringup->is_asking_pin)
            pause_for(bringup, WAIT_MS);
    }
}

static void run_step(struct bringup *bringup)
{
    while (bringup->step < STR_COUNT(steps) && (bringup->skipped & 1u << bringup->step) != 0)
        enter_step(bringup, bringup->step + 1);
    if (bringup->step == STR_COUNT(steps)) {
        finish(bringup, false);
        return;
    }
    const struct step *step = &steps[bringup->step];
    if (bringup->step != STEP_SIM && (bringup->step == 0 || steps[bringup->step - 1].state != step->state) &&
        bringup->tries == 0)
        bringup->events.state(bringup->events.context, step->state, MODEM_NONE);
    if (step->write != NULL)
        step->write(bringup);
    else
        (void)str_copy(bringup->text, sizeof(bringup->text), step->text);
    const struct talk_command command = { .text = bringup->text,
        .prefix = step->prefix,
        .deadline_ms = step->deadline_ms,
        .must_have_line = step->must_have_line };
    talk_run(bringup->talk, &command, NULL, answered, bringup);
}

static void begin_drain(struct bringup *bringup)
{
    talk_escape(bringup->talk);
    pause_for(bringup, DRAIN_MS);
}

static void pin_answered(void *context, const struct talk_result *result)
{
    struct bringup *bringup = context;
    if (result->end == TALK_TIMEOUT || result->end == TALK_GONE) {
        finish(bringup, true);
        return;
    }
    if (result->end == TALK_ERROR) {
        bringup->is_pin_written = false;
        bringup->events.state(bringup->events.context, MODEM_SIM, MODEM_PIN_REFUSED);
        enter_step(bringup, STEP_SIM);
        pause_for(bringup, WAIT_MS);
        return;
    }
    enter_step(bringup, STEP_SIM);
    run_step(bringup);
}

void bringup_answer_pin(struct bringup *bringup, bool may_try)
{
    if (!bringup->is_asking_pin)
        return;
    bringup->is_asking_pin = false;
    loop_timer_cancel(bringup->loop, &bringup->timer);
    (void)str_copy(bringup->tried_pin, sizeof(bringup->tried_pin), bringup->setup->pin);
    if (!may_try) {
        bringup->events.state(bringup->events.context, MODEM_SIM, MODEM_PIN_REFUSED);
        pause_for(bringup, WAIT_MS);
        return;
    }
    bringup->is_pin_written = true;
    (void)snprintf(bringup->text, sizeof(bringup->text), "AT+CPIN=\"%s\"", bringup->setup->pin);
    const struct talk_command command = { .text = bringup->text, .deadline_ms = 10000 };
    talk_run(bringup->talk, &command, NULL, pin_answered, bringup);
}

void bringup_ask_again(struct bringup *bringup)
{
    if (!bringup->is_asking_pin)
        return;
    bringup->is_asking_pin = false;
    loop_timer_cancel(bringup->loop, &bringup->timer);
    run_step(bringup);
}

void bringup_init(struct bringup *bringup, struct loop *loop, const struct bringup_events *events)
{
    *bringup = (struct bringup){ .loop = loop, .events = *events };
}

void bringup_begin(struct bringup *bringup, struct talk *talk, const struct setup *setup)
{
    bringup->talk = talk;
    bringup->setup = setup;
    bringup->is_asking_pin = false;
    enter_step(bringup, 0);
    begin_drain(bringup);
}

void bringup_drop(struct bringup *bringup)
{
    loop_timer_cancel(bringup->loop, &bringup->timer);
    bringup->is_asking_pin = false;
}

void bringup_forget(struct bringup *bringup)
{
    bringup->skipped = 0;
    bringup->is_pin_written = false;
}
