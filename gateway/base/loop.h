/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - one thread, one epoll: descriptors in, timers out.
 * What:  waits once, runs the callbacks of ready descriptors and of due timers, and returns: the caller owns the turn
 *        and does its commit between two waits.
 * Keeps: a callback may add, change or remove any descriptor or timer, also its own. No threads, no signals (signalfd
 *        is a descriptor like any other).
 */
#ifndef GATEWAY_BASE_LOOP_H
#define GATEWAY_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/error.h"

struct loop;

enum loop_event { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

typedef void (*loop_fd_fn)(void *context, int fd, unsigned events);
typedef void (*loop_timer_fn)(void *context);

int loop_new(struct loop **ret_loop) MUST_CHECK;
void loop_free(struct loop *loop); /* does not close the descriptors */

int loop_add(struct loop *loop, int fd, unsigned events, loop_fd_fn fn, void *context) MUST_CHECK;
int loop_change(struct loop *loop, int fd, unsigned events) MUST_CHECK;
void loop_remove(struct loop *loop, int fd); /* before close(fd) */

/* A timer is owned by the caller (zero-initialise it) and fires once at a monotonic time. */
struct loop_timer {
    int64_t deadline_ms; /* clock_mono_ms() time; meaningful while armed */
    loop_timer_fn fn;
    void *context;
    unsigned heap_index; /* 0 = not armed */
};
int loop_timer_set(
    struct loop *loop, struct loop_timer *timer, int64_t deadline_ms, loop_timer_fn fn, void *context) MUST_CHECK;
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Waits for at most max_ms (0 = do not block, negative = no limit of its own) or until the next timer, then runs what
 * is ready. Returns the number of callbacks run, or ERR_IO. EINTR counts as a wait that found nothing. */
int loop_wait(struct loop *loop, int max_ms) MUST_CHECK;

#endif
