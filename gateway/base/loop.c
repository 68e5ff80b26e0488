/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - one thread, one epoll: descriptors in, timers out.
 * Why:   an epoll batch may still hold an event of a descriptor that an earlier callback of the same batch removed,
 *        even closed and opened anew under the same number. Each registration therefore has its own serial number,
 *        which travels through epoll; an event with an old serial is dropped.
 */
#include "gateway/base/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/timerq.h"

#define BATCH_MAX 256     /* events of one wait */
#define FD_MAX (1u << 20) /* highest descriptor number */
#define TABLE_FIRST 64u   /* first size of the table of descriptors */

struct watch {
    loop_fd_fn fn; /* NULL = not watched */
    void *context;
    uint32_t serial;
};

struct loop {
    int epoll_fd;
    struct watch *watches; /* by descriptor number */
    unsigned watch_cap;
    uint32_t last_serial;
    struct timerq timers;
};

int loop_new(struct loop **ret_loop)
{
    struct loop *loop = calloc(1, sizeof(*loop));

    if (!loop)
        return ERR_NOMEM;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) {
        free(loop);
        return ERR_IO;
    }
    *ret_loop = loop;
    return 0;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    close(loop->epoll_fd);
    timerq_done(&loop->timers);
    free(loop->watches);
    free(loop);
}

static struct watch *find_watch(const struct loop *loop, int fd)
{
    if (fd < 0 || (unsigned)fd >= loop->watch_cap || !loop->watches[fd].fn)
        return NULL;
    return &loop->watches[fd];
}

static int grow_table(struct loop *loop, unsigned fd)
{
    unsigned cap = loop->watch_cap ? loop->watch_cap : TABLE_FIRST;
    struct watch *watches;

    if (fd < loop->watch_cap)
        return 0;
    if (fd >= FD_MAX)
        return ERR_LIMIT;
    while (cap <= fd)
        cap *= 2;
    watches = realloc(loop->watches, cap * sizeof(*watches));
    if (!watches)
        return ERR_NOMEM;
    for (unsigned i = loop->watch_cap; i < cap; i++)
        watches[i] = (struct watch){ 0 };
    loop->watches = watches;
    loop->watch_cap = cap;
    return 0;
}

static int control(struct loop *loop, int operation, int fd, unsigned events)
{
    struct epoll_event event = { 0 };

    event.events = (events & LOOP_READ ? EPOLLIN : 0u) | (events & LOOP_WRITE ? EPOLLOUT : 0u) |
                   (events & LOOP_HANGUP ? EPOLLRDHUP : 0u);
    event.data.u64 = (uint64_t)loop->watches[fd].serial << 32 | (uint32_t)fd;
    if (epoll_ctl(loop->epoll_fd, operation, fd, &event) == 0)
        return 0;
    return errno == ENOMEM ? ERR_NOMEM : errno == ENOSPC ? ERR_LIMIT : ERR_IO;
}

int loop_add(struct loop *loop, int fd, unsigned events, loop_fd_fn fn, void *context)
{
    int code;

    if (fd < 0 || !fn)
        return ERR_INVALID;
    if (find_watch(loop, fd))
        return ERR_EXISTS;
    code = grow_table(loop, (unsigned)fd);
    if (code)
        return code;
    loop->watches[fd].serial = ++loop->last_serial;
    code = control(loop, EPOLL_CTL_ADD, fd, events);
    if (code)
        return code;
    loop->watches[fd].fn = fn;
    loop->watches[fd].context = context;
    return 0;
}

int loop_change(struct loop *loop, int fd, unsigned events)
{
    if (!find_watch(loop, fd))
        return ERR_NOT_FOUND;
    return control(loop, EPOLL_CTL_MOD, fd, events);
}

void loop_remove(struct loop *loop, int fd)
{
    struct watch *watch = find_watch(loop, fd);

    if (!watch)
        return;
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    watch->fn = NULL;
}

int loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t deadline_ms, loop_timer_fn fn, void *context)
{
    timer->deadline_ms = deadline_ms;
    timer->fn = fn;
    timer->context = context;
    return timerq_set(&loop->timers, timer);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    timerq_remove(&loop->timers, timer);
}

static int wait_limit(const struct loop *loop, int max_ms)
{
    const struct loop_timer *first = timerq_first(&loop->timers);
    int64_t left;

    if (!first)
        return max_ms;
    left = first->deadline_ms - clock_mono_ms();
    if (left < 0)
        left = 0;
    if (max_ms >= 0 && left > max_ms)
        return max_ms;
    return left > INT_MAX ? INT_MAX : (int)left;
}

static int run_watch(const struct loop *loop, const struct epoll_event *event)
{
    int fd = (int)(event->data.u64 & 0xffffffff);
    const struct watch *watch = find_watch(loop, fd);
    unsigned events = (event->events & EPOLLIN ? LOOP_READ : 0u) | (event->events & EPOLLOUT ? LOOP_WRITE : 0u) |
                      (event->events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP) ? LOOP_HANGUP : 0u);

    if (!watch || watch->serial != event->data.u64 >> 32)
        return 0;
    watch->fn(watch->context, fd, events);
    return 1;
}

/* Runs what is due now. A timer that arms itself anew for the past must not keep the turn for ever: at most as many
 * run as were armed at the beginning. */
static int run_timers(struct loop *loop)
{
    unsigned at_most = loop->timers.count;
    int64_t now = clock_mono_ms();
    int ran = 0;

    while (at_most-- > 0) {
        struct loop_timer *timer = timerq_first(&loop->timers);
        if (!timer || timer->deadline_ms > now)
            break;
        timerq_remove(&loop->timers, timer);
        timer->fn(timer->context);
        ran++;
    }
    return ran;
}

int loop_wait(struct loop *loop, int max_ms)
{
    struct epoll_event events[BATCH_MAX];
    int count = epoll_wait(loop->epoll_fd, events, BATCH_MAX, wait_limit(loop, max_ms));
    int ran = 0;

    if (count < 0 && errno != EINTR)
        return ERR_IO;
    for (int i = 0; i < count; i++)
        ran += run_watch(loop, &events[i]);
    if (loop->timers.count > 0)
        ran += run_timers(loop);
    return ran;
}
