/* SPDX-License-Identifier: GPL-3.0-or-later */
/* period - a span of time as people name it: "2026-11", "2026-11-24" or a time of RFC 3339; UTC. Pure. */
#ifndef GATEWAY_CORE_PERIOD_H
#define GATEWAY_CORE_PERIOD_H

#include <stdint.h>

#include "gateway/base/error.h"

/* The moment at which the day or month begins and the one at which the next begins (for a time: both are it).
 * ERR_INVALID. */
int period_read(const char *text, int64_t *ret_begin, int64_t *ret_end) MUST_CHECK;

#endif
