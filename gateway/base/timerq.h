/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timerq - the armed timers of a loop as a binary heap: the earliest deadline is always at hand.
 * Keeps: a timer knows its place (heap_index, from 1), so that cancelling costs log n and needs no search.
 */
#ifndef GATEWAY_BASE_TIMERQ_H
#define GATEWAY_BASE_TIMERQ_H

#include <stddef.h>

#include "gateway/base/loop.h"

#define TIMERQ_MAX (1u << 20) /* armed timers of one loop */

struct timerq {
    struct loop_timer **heap; /* heap[0] is unused */
    unsigned count, cap;
};

void timerq_done(struct timerq *queue); /* forgets the timers; they belong to their callers */
/* Arms timer at its deadline_ms, or moves it when it is armed already. ERR_NOMEM, ERR_LIMIT leave it not armed. */
int timerq_set(struct timerq *queue, struct loop_timer *timer) MUST_CHECK;
void timerq_remove(struct timerq *queue, struct loop_timer *timer); /* nothing when not armed */
struct loop_timer *timerq_first(const struct timerq *queue);        /* NULL when none is armed */

#endif
