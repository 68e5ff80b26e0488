/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_loop - descriptors, timers, and changes made from inside callbacks. The clock is a variable of the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/loop.h"
#include "gateway/base/str.h"
#include "gateway/base/timerq.h"

static int64_t now;

static int64_t test_clock(void)
{
    return now;
}

static int set_up(void **state)
{
    struct loop *loop;

    now = 1000;
    clock_set_source(test_clock, test_clock);
    if (loop_new(&loop) != 0)
        return -1;
    *state = loop;
    return 0;
}

static int tear_down(void **state)
{
    loop_free(*state);
    clock_set_source(NULL, NULL);
    return 0;
}

struct seen {
    struct loop *loop;
    int calls, fd, other;
    unsigned events;
};

static void note(void *context, int fd, unsigned events)
{
    struct seen *seen = context;

    seen->calls++;
    seen->fd = fd;
    seen->events = events;
}

static void make_pair(int pair[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
}

static void close_pair(const int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

static void descriptors_report_what_was_asked(void **state)
{
    struct loop *loop = *state;
    struct seen seen = { .loop = loop };
    int pair[2];

    make_pair(pair);
    assert_int_equal(loop_add(loop, pair[0], LOOP_READ, note, &seen), 0);
    assert_int_equal(loop_wait(loop, 0), 0);
    assert_int_equal(loop_change(loop, pair[0], LOOP_READ | LOOP_WRITE), 0);
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_int_equal(seen.events, LOOP_WRITE);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_int_equal(seen.events, LOOP_READ | LOOP_WRITE);
    assert_int_equal(seen.fd, pair[0]);
    loop_remove(loop, pair[0]);
    assert_int_equal(loop_wait(loop, 0), 0);
    assert_int_equal(seen.calls, 2);
    close_pair(pair);
}

static void hangup_is_reported_unasked(void **state)
{
    struct loop *loop = *state;
    struct seen seen = { .loop = loop };
    int pair[2];

    make_pair(pair);
    assert_int_equal(loop_add(loop, pair[0], 0, note, &seen), 0);
    close(pair[1]);
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_int_equal(seen.events, LOOP_HANGUP);
    loop_remove(loop, pair[0]);
    close(pair[0]);
}

static void misuse_is_told_by_a_code(void **state)
{
    struct loop *loop = *state;
    struct seen seen = { .loop = loop };
    int pair[2];

    make_pair(pair);
    assert_int_equal(loop_add(loop, -1, LOOP_READ, note, &seen), ERR_INVALID);
    assert_int_equal(loop_add(loop, pair[0], LOOP_READ, NULL, &seen), ERR_INVALID);
    assert_int_equal(loop_change(loop, pair[0], LOOP_READ), ERR_NOT_FOUND);
    assert_int_equal(loop_add(loop, pair[0], LOOP_READ, note, &seen), 0);
    assert_int_equal(loop_add(loop, pair[0], LOOP_READ, note, &seen), ERR_EXISTS);
    loop_remove(loop, pair[0]);
    loop_remove(loop, pair[0]);
    loop_remove(loop, 100000);
    close_pair(pair);
    assert_int_equal(loop_add(loop, pair[0], LOOP_READ, note, &seen), ERR_IO);
    assert_int_equal(loop_change(loop, pair[0], LOOP_READ), ERR_NOT_FOUND);
}

/* Removes, closes and reopens the other descriptor under the same number. */
static void replace_other(void *context, int fd, unsigned events)
{
    struct seen *seen = context;

    note(context, fd, events);
    loop_remove(seen->loop, seen->other);
    assert_int_equal(dup2(STDERR_FILENO, seen->other), seen->other);
    assert_int_equal(dup2(fd, seen->other), seen->other);
    assert_int_equal(loop_add(seen->loop, seen->other, 0, note, context), 0);
    loop_remove(seen->loop, fd);
}

static void events_of_a_removed_descriptor_are_dropped(void **state)
{
    struct loop *loop = *state;
    int a[2], b[2];

    make_pair(a);
    make_pair(b);
    struct seen first = { .loop = loop, .other = b[0] }, second = { .loop = loop, .other = a[0] };
    assert_int_equal(loop_add(loop, a[0], LOOP_READ, replace_other, &first), 0);
    assert_int_equal(loop_add(loop, b[0], LOOP_READ, replace_other, &second), 0);
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_int_equal(write(b[1], "x", 1), 1);
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_int_equal(first.calls + second.calls, 1);
    close_pair(a);
    close_pair(b);
}

static void many_descriptors_are_all_served(void **state)
{
    enum { PAIRS = 300 };
    struct loop *loop = *state;
    struct seen seen = { .loop = loop };
    int pairs[PAIRS][2], ran = 0;

    for (size_t i = 0; i < PAIRS; i++) {
        make_pair(pairs[i]);
        assert_int_equal(loop_add(loop, pairs[i][0], LOOP_WRITE, note, &seen), 0);
    }
    for (int turn = 0; turn < 2; turn++)
        ran += loop_wait(loop, 0);
    assert_in_range(ran, PAIRS, 2 * PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        loop_remove(loop, pairs[i][0]);
        close_pair(pairs[i]);
    }
}

struct ring {
    struct loop *loop;
    struct loop_timer timer;
    char name;
    struct ring *victim;
    bool is_rearmed;
    int calls;
};

static char order[64];

static void ring(void *context)
{
    struct ring *mine = context;
    size_t len = strlen(order);

    order[len] = mine->name;
    order[len + 1] = '\0';
    mine->calls++;
    if (mine->victim)
        loop_timer_cancel(mine->loop, &mine->victim->timer);
    if (mine->is_rearmed)
        assert_int_equal(loop_timer_set(mine->loop, &mine->timer, now - 1, ring, mine), 0);
}

static void timers_fire_once_in_order_of_deadline(void **state)
{
    struct loop *loop = *state;
    static const int64_t deadlines[] = { 1500, 1200, 1400, 1100, 1300 };
    struct ring rings[5] = { 0 };

    order[0] = '\0';
    for (size_t i = 0; i < 5; i++) {
        rings[i].loop = loop;
        rings[i].name = (char)('0' + (deadlines[i] - 1000) / 100);
        assert_int_equal(loop_timer_set(loop, &rings[i].timer, deadlines[i], ring, &rings[i]), 0);
    }
    assert_int_equal(loop_wait(loop, 0), 0);
    now = 1300;
    assert_int_equal(loop_wait(loop, 0), 3);
    assert_string_equal(order, "123");
    assert_int_equal(rings[3].timer.heap_index, 0);
    now = 5000;
    assert_int_equal(loop_wait(loop, -1), 2);
    assert_string_equal(order, "12345");
    assert_int_equal(loop_wait(loop, 0), 0);
}

static void timers_can_be_moved_and_cancelled(void **state)
{
    struct loop *loop = *state;
    struct ring a = { .loop = loop, .name = 'a' }, b = { .loop = loop, .name = 'b' };

    order[0] = '\0';
    loop_timer_cancel(loop, &a.timer);
    assert_int_equal(loop_timer_set(loop, &a.timer, 1100, ring, &a), 0);
    assert_int_equal(loop_timer_set(loop, &b.timer, 1200, ring, &b), 0);
    assert_int_equal(loop_timer_set(loop, &a.timer, 1900, ring, &a), 0);
    now = 1500;
    assert_int_equal(loop_wait(loop, 0), 1);
    loop_timer_cancel(loop, &a.timer);
    loop_timer_cancel(loop, &a.timer);
    now = 3000;
    assert_int_equal(loop_wait(loop, 0), 0);
    assert_string_equal(order, "b");
}

static void timer_may_cancel_another_that_is_due(void **state)
{
    struct loop *loop = *state;
    struct ring a = { .loop = loop, .name = 'a' }, b = { .loop = loop, .name = 'b' };

    order[0] = '\0';
    a.victim = &b;
    assert_int_equal(loop_timer_set(loop, &a.timer, 1001, ring, &a), 0);
    assert_int_equal(loop_timer_set(loop, &b.timer, 1002, ring, &b), 0);
    now = 2000;
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_string_equal(order, "a");
}

static void timer_that_rearms_itself_does_not_keep_the_turn(void **state)
{
    struct loop *loop = *state;
    struct ring a = { .loop = loop, .name = 'a', .is_rearmed = true };

    order[0] = '\0';
    assert_int_equal(loop_timer_set(loop, &a.timer, 1000, ring, &a), 0);
    assert_int_equal(loop_wait(loop, 0), 1);
    assert_int_equal(loop_wait(loop, -1), 1);
    assert_int_equal(a.calls, 2);
    loop_timer_cancel(loop, &a.timer);
}

/* A fixed generator: the heap is compared with a plain search over many random steps. */
static void heap_agrees_with_a_plain_search(void **state)
{
    enum { TIMERS = 200, STEPS = 20000 };
    static struct loop_timer timers[TIMERS];
    struct timerq queue = { 0 };
    uint32_t random = 12345;

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525 + 1013904223;
        struct loop_timer *timer = &timers[(random >> 8) % TIMERS];
        if (random >> 30 == 0) {
            timerq_remove(&queue, timer);
        } else {
            timer->deadline_ms = random >> 16;
            assert_int_equal(timerq_set(&queue, timer), 0);
        }
        const struct loop_timer *least = NULL;
        unsigned armed = 0;
        for (size_t i = 0; i < TIMERS; i++) {
            if (timers[i].heap_index == 0)
                continue;
            armed++;
            if (!least || timers[i].deadline_ms < least->deadline_ms)
                least = &timers[i];
        }
        assert_int_equal(queue.count, armed);
        assert_int_equal(timerq_first(&queue) == NULL, least == NULL);
        if (least)
            assert_int_equal(timerq_first(&queue)->deadline_ms, least->deadline_ms);
    }
    timerq_done(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(descriptors_report_what_was_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hangup_is_reported_unasked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(misuse_is_told_by_a_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_of_a_removed_descriptor_are_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_descriptors_are_all_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timers_fire_once_in_order_of_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timers_can_be_moved_and_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timer_may_cancel_another_that_is_due, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timer_that_rearms_itself_does_not_keep_the_turn, set_up, tear_down),
        cmocka_unit_test(heap_agrees_with_a_plain_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
