/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shift - moves everything that is still to come when the clock was put back.
 * Why:   due times are moments of the clock; what was planned by a clock that ran ahead would come so much too late.
 */
#ifndef GATEWAY_STORE_SHIFT_H
#define GATEWAY_STORE_SHIFT_H

#include "gateway/store/db.h"

/* Rows of the outbox, leases, steps, parts and lists that wait for a time after now_ms wait back_ms less. */
int shift_back(struct store *store, int64_t now_ms, int64_t back_ms) MUST_CHECK;

#endif
