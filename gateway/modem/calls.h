/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calls - RING and +CLIP to one missed call each (27.007 §7.11).
 * Why:   a call to the line is a contact; it is never answered and never hung up: who rings hears it ring.
 * Keeps: pure; one report a call, as soon as the number is known or will not come.
 */
#ifndef GATEWAY_MODEM_CALLS_H
#define GATEWAY_MODEM_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define CALLS_NUMBER_MAX 48

struct calls {
    bool is_ringing, is_told;
    unsigned rings;
    int64_t last_ring_at;          /* monotonic ms */
    char number[CALLS_NUMBER_MAX]; /* what was told; "" = none */
};

struct calls_call {
    char number[CALLS_NUMBER_MAX]; /* as +CLIP wrote it; "" = withheld */
    int type;                      /* of the address; -1 = unknown */
};

/* True when the line completes a call that must be told. */
bool calls_take(struct calls *calls, struct span line, int64_t mono_ms, struct calls_call *ret);
/* A ringing call whose number did not come in time: true once. */
bool calls_expire(struct calls *calls, int64_t mono_ms, struct calls_call *ret);
/* When calls_expire should be asked; 0 = no need. */
int64_t calls_due(const struct calls *calls);

#endif
