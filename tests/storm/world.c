/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world - virtual time: one queue of events, and what happens when each is due.
 * Keeps: the daemon gets turns at every event and at least every TICK_MS, so that its own due times come true.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "tests/storm/storm.h"

#define TICK_MS (5 * SECOND_MS)
#define CALM_TICK_MS (20 * SECOND_MS)
#define CALM_MAX_MS (30 * HOUR_MS)
#define CALM_MIN_MS (30 * MINUTE_MS)
#define IDLE_TURNS 2
#define VIOLATIONS_SHOWN 20
#define KILL_OPERATIONS 60 /* a turn that writes needs a few dozen */

/* xorshift64*: small, and the same everywhere. */
uint64_t storm_random(struct storm *storm, uint64_t below)
{
    uint64_t x = storm->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    storm->random = x;
    return below ? (x * 0x2545F4914F6CDD1DULL >> 16) % below : 0;
}

bool storm_chance(struct storm *storm, unsigned percent)
{
    return storm_random(storm, 100) < percent;
}

void storm_violation(struct storm *storm, const char *format, ...)
{
    va_list arguments;
    storm->violations++;
    if (storm->violations > (storm->is_control ? 3 : VIOLATIONS_SHOWN))
        return;
    printf("# %s: ", storm->is_control ? "as it should be seen" : "VIOLATION");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

void storm_worker_number(unsigned worker, char *ret)
{
    snprintf(ret, 24, "+96650555%04u", worker);
}

bool storm_is_out(const struct storm *storm, unsigned provider)
{
    return storm->now_ms >= storm->outage_from[provider] && storm->now_ms < storm->outage_to[provider];
}

/* ---- the queue: a binary heap ---------------------------------------------------------------------------------- */

static bool is_before(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void storm_plan(struct storm *storm, int64_t at, enum event_kind kind, unsigned a)
{
    if (storm->event_count == EVENTS_MAX)
        abort();
    unsigned i = storm->event_count++;
    struct event event = { at, storm->next_order++, kind, a };
    for (; i && is_before(&event, &storm->events[(i - 1) / 2]); i = (i - 1) / 2)
        storm->events[i] = storm->events[(i - 1) / 2];
    storm->events[i] = event;
}

static struct event take_event(struct storm *storm)
{
    struct event first = storm->events[0], last = storm->events[--storm->event_count];
    unsigned i = 0;
    for (unsigned child; (child = 2 * i + 1) < storm->event_count; i = child) {
        if (child + 1 < storm->event_count && is_before(&storm->events[child + 1], &storm->events[child]))
            child++;
        if (!is_before(&storm->events[child], &last))
            break;
        storm->events[i] = storm->events[child];
    }
    storm->events[i] = last;
    return first;
}

unsigned storm_add_hook(struct storm *storm, const struct hook *hook, int64_t at)
{
    if (storm->hook_count == HOOKS_MAX)
        abort();
    storm->hooks[storm->hook_count] = *hook;
    storm->hooks[storm->hook_count].first_at = at;
    /* Alerts go on after the storm, and their reports with them: for these nobody waits. */
    storm->hooks[storm->hook_count].is_of_storm = !storm->is_calm;
    storm->hooks_open += !storm->is_calm;
    storm_plan(storm, at, EVENT_HOOK, storm->hook_count);
    return storm->hook_count++;
}

unsigned storm_add_sms(struct storm *storm, const struct sms *sms, int64_t at)
{
    if (storm->sms_count == SMS_MAX)
        abort();
    storm->sms[storm->sms_count] = *sms;
    struct hook hook = { .about = storm->sms_count };
    storm_add_hook(storm, &hook, at);
    return storm->sms_count++;
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

/* A provider that is down sends nothing; when it is back, what it held comes in a burst. */
static void begin_hook(struct storm *storm, unsigned index)
{
    const struct hook *hook = &storm->hooks[index];
    unsigned provider = hook->is_report ? storm->handed[hook->about].provider : storm->sms[hook->about].provider;
    if (storm_is_out(storm, provider))
        storm_plan(storm, storm->outage_to[provider] + (int64_t)storm_random(storm, 2 * MINUTE_MS), EVENT_HOOK, index);
    else
        calls_begin(storm, index);
}

static void look_in_between(struct storm *storm)
{
    if (!house_is_up(&storm->house))
        return;
    house_stop(&storm->house);
    ledger_look(storm, false);
    house_start(&storm->house);
}

static void happen(struct storm *storm, const struct event *event)
{
    switch (event->kind) {
    case EVENT_TALK:
        people_talk(storm, event->a);
        break;
    case EVENT_HOOK:
        begin_hook(storm, event->a);
        break;
    case EVENT_RESULT:
        carrier_answer(storm, event->a);
        break;
    case EVENT_KILL:
        if (house_is_up(&storm->house))
            house_kill_after(&storm->house, 1 + (unsigned)storm_random(storm, KILL_OPERATIONS));
        break;
    case EVENT_STOP:
        house_stop(&storm->house);
        break;
    case EVENT_START:
        if (!house_is_up(&storm->house))
            house_start(&storm->house);
        break;
    case EVENT_CHECK:
        look_in_between(storm);
        break;
    }
}

/* Everything that is due now happens in one turn of the daemon, as it would. */
static void pass_moment(struct storm *storm)
{
    bool was_up = house_is_up(&storm->house);
    while (storm->event_count && storm->events[0].at <= storm->now_ms && storm->call_count < CALLS_MAX) {
        struct event event = take_event(storm);
        /* Nobody ends or starts it between two requests of one moment. */
        if (event.kind >= EVENT_KILL)
            calls_settle(storm);
        happen(storm, &event);
    }
    calls_settle(storm);
    if (house_is_up(&storm->house))
        house_turn(&storm->house, IDLE_TURNS);
    carrier_work(storm);
    /* Whoever killed it has it started again: within seconds, as the service manager does, or later. */
    if (was_up && !house_is_up(&storm->house))
        storm_plan(
            storm, storm->now_ms + (int64_t)(storm_chance(storm, 80) ? 2 * SECOND_MS : 4 * MINUTE_MS), EVENT_START, 0);
}

static bool is_at_rest(const struct storm *storm)
{
    return storm->is_calm && storm->hooks_open == 0 && storm->now_ms > storm->end_ms + CALM_MIN_MS;
}

void storm_run(struct storm *storm)
{
    house_start(&storm->house);
    while (!is_at_rest(storm) && storm->now_ms < storm->end_ms + CALM_MAX_MS) {
        int64_t next = storm->now_ms + (storm->is_calm ? CALM_TICK_MS : TICK_MS);
        if (storm->event_count && storm->events[0].at < next)
            next = storm->events[0].at;
        storm->now_ms = next > storm->now_ms ? next : storm->now_ms;
        house_set_time(&storm->house, storm->now_ms);
        pass_moment(storm);
        storm->is_calm = storm->now_ms >= storm->end_ms;
        if (storm->is_calm && !house_is_up(&storm->house))
            house_start(&storm->house);
    }
    if (!is_at_rest(storm))
        storm_violation(storm, "%u webhooks are still not done a day after the storm", storm->hooks_open);
    house_stop(&storm->house);
    ledger_look(storm, true);
}
