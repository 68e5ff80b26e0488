/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timerq - a binary heap of timers, the earliest first.
 * Why:   the parent of place i is i / 2 when places count from 1; 0 is then free to mean "not armed".
 */
#include "gateway/base/timerq.h"

#include <stdlib.h>

#define CAP_FIRST 32

void timerq_done(struct timerq *queue)
{
    free(queue->heap);
    *queue = (struct timerq){ 0 };
}

static void put(struct timerq *queue, unsigned index, struct loop_timer *timer)
{
    queue->heap[index] = timer;
    timer->heap_index = index;
}

static bool is_earlier(const struct timerq *queue, unsigned a, unsigned b)
{
    return queue->heap[a]->deadline_ms < queue->heap[b]->deadline_ms;
}

static void swap(struct timerq *queue, unsigned a, unsigned b)
{
    struct loop_timer *timer = queue->heap[a];

    put(queue, a, queue->heap[b]);
    put(queue, b, timer);
}

/* Restores the order around the one place that may break it. */
static void settle(struct timerq *queue, unsigned index)
{
    while (index > 1 && is_earlier(queue, index, index / 2)) {
        swap(queue, index, index / 2);
        index /= 2;
    }
    for (;;) {
        unsigned least = index, left = index * 2;
        if (left <= queue->count && is_earlier(queue, left, least))
            least = left;
        if (left + 1 <= queue->count && is_earlier(queue, left + 1, least))
            least = left + 1;
        if (least == index)
            return;
        swap(queue, index, least);
        index = least;
    }
}

static int grow(struct timerq *queue)
{
    unsigned cap = queue->cap ? queue->cap * 2 : CAP_FIRST;
    struct loop_timer **heap;

    if (queue->count >= TIMERQ_MAX)
        return ERR_LIMIT;
    if (queue->count + 1 < queue->cap)
        return 0;
    heap = realloc(queue->heap, cap * sizeof(struct loop_timer *));
    if (!heap)
        return ERR_NOMEM;
    queue->heap = heap;
    queue->cap = cap;
    return 0;
}

int timerq_set(struct timerq *queue, struct loop_timer *timer)
{
    if (timer->heap_index == 0) {
        int code = grow(queue);
        if (code)
            return code;
        put(queue, ++queue->count, timer);
    }
    settle(queue, timer->heap_index);
    return 0;
}

void timerq_remove(struct timerq *queue, struct loop_timer *timer)
{
    unsigned index = timer->heap_index;
    struct loop_timer *last;

    if (index == 0)
        return;
    last = queue->heap[queue->count--];
    timer->heap_index = 0;
    if (last == timer)
        return;
    put(queue, index, last);
    settle(queue, index);
}

struct loop_timer *timerq_first(const struct timerq *queue)
{
    return queue->count > 0 ? queue->heap[1] : NULL;
}
