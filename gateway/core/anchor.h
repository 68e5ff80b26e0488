/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anchor - notices that the clock was put back, and mends what waits by the old time.
 * What:  between two turns the clock and the monotonic clock go on alike; where the clock stays behind, what is still
 *        to come is brought forward by as much, so that an escalation waits as long as it should and no longer.
 * Not here: a clock that is put forward (what is due then runs early, which harms nobody), and a clock that was put
 * back while the daemon did not run, which nothing here can tell from an early start.
 */
#ifndef GATEWAY_CORE_ANCHOR_H
#define GATEWAY_CORE_ANCHOR_H

#include "gateway/core/core.h"

#define ANCHOR_BACK_MS 10000 /* less is the daily work of a time service */

struct anchor { /* zero = nothing seen yet */
    int64_t now_ms, mono_ms;
};

/* How far the clock was put back since the anchor was set; 0 = not, or too little to matter. */
int64_t anchor_look(const struct anchor *anchor, int64_t now_ms, int64_t mono_ms);
void anchor_set(struct anchor *anchor, int64_t now_ms, int64_t mono_ms);
/* In a transaction: moves what is to come, and writes it into the audit. */
int anchor_mend(struct core *core, int64_t now_ms, int64_t back_ms) MUST_CHECK;

#endif
