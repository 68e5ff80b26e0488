/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drain - see the header.
 */
#include "gateway/http/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"

#define DRAIN_SLOTS 64
#define DRAIN_MS 2000
#define DRAIN_BYTES_MAX (1024 * 1024)
#define DRAIN_CHUNK 16384

struct slot {
    struct drain *drain;
    struct loop_timer timer;
    int fd; /* -1 = free */
    size_t taken;
};

struct drain {
    struct loop *loop;
    struct slot slots[DRAIN_SLOTS];
};

static void slot_close(struct slot *slot)
{
    loop_timer_cancel(slot->drain->loop, &slot->timer);
    loop_remove(slot->drain->loop, slot->fd);
    close(slot->fd);
    slot->fd = -1;
}

static void on_late(void *context)
{
    slot_close(context);
}

static void on_readable(void *context, int fd, unsigned events)
{
    struct slot *slot = context;
    char sink[DRAIN_CHUNK];
    (void)events;
    ssize_t n = recv(fd, sink, sizeof(sink), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        slot->taken += (size_t)n;
    if (n <= 0 || slot->taken >= DRAIN_BYTES_MAX)
        slot_close(slot);
}

static struct slot *find_free(struct drain *drain)
{
    for (size_t i = 0; i < DRAIN_SLOTS; i++) {
        if (drain->slots[i].fd < 0)
            return &drain->slots[i];
    }
    return NULL;
}

void drain_add(struct drain *drain, int fd)
{
    struct slot *slot = find_free(drain);
    if (slot == NULL)
        return;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return;
    if (loop_add(drain->loop, copy, LOOP_READ, on_readable, slot) != 0) {
        close(copy);
        return;
    }
    slot->fd = copy;
    slot->taken = 0;
    if (loop_timer_set(drain->loop, &slot->timer, clock_mono_ms() + DRAIN_MS, on_late, slot) != 0)
        slot_close(slot);
}

int drain_new(struct loop *loop, struct drain **ret_drain)
{
    struct drain *drain = calloc(1, sizeof(*drain));
    if (drain == NULL)
        return ERR_NOMEM;
    drain->loop = loop;
    for (size_t i = 0; i < DRAIN_SLOTS; i++) {
        drain->slots[i].drain = drain;
        drain->slots[i].fd = -1;
    }
    *ret_drain = drain;
    return 0;
}

void drain_free(struct drain *drain)
{
    if (drain == NULL)
        return;
    for (size_t i = 0; i < DRAIN_SLOTS; i++) {
        if (drain->slots[i].fd >= 0)
            slot_close(&drain->slots[i]);
    }
    free(drain);
}
