/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delays - how long nothing is tried after so many failures: doubles, has a ceiling, and is never for ever.
 * Why:   who can fail on purpose must not be able to keep the one who is needed out.
 * Not here: what is counted (attempts).
 */
#ifndef GATEWAY_CORE_DELAYS_H
#define GATEWAY_CORE_DELAYS_H

#include <stdint.h>

#define DELAYS_FREE_ACCOUNT 4  /* failures without a delay: a person mistypes */
#define DELAYS_FREE_NETWORK 20 /* an office is one network */
#define DELAYS_FIRST_MS (30 * 1000)
#define DELAYS_MAX_MS (15 * 60 * 1000)
#define DELAYS_FORGET_MS (24 * 60 * 60 * 1000LL) /* after the last failure nothing is left of it */
#define DELAYS_ALARM 10                          /* failures that somebody is told of */

/* The delay after that many failures, of which free_count cost nothing. */
int64_t delays_after(int64_t failures, int64_t free_count);

#endif
