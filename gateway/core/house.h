/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * house - what is kept for a time only is destroyed when that is over, a little at a time.
 * Not here: how long (configuration), and what destroying means (store).
 */
#ifndef GATEWAY_CORE_HOUSE_H
#define GATEWAY_CORE_HOUSE_H

#include "gateway/core/core.h"

/* One round inside the transaction. */
int house_keep(struct core *core, int64_t now_ms) MUST_CHECK;

#endif
