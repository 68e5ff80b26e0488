/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latency - a histogram of durations with about 3% resolution and constant size.
 */
#ifndef TESTS_SUPPORT_LATENCY_H
#define TESTS_SUPPORT_LATENCY_H

#include <stdint.h>

#define LATENCY_BUCKETS 2048

struct latency { /* zero-initialise */
    uint64_t count;
    int64_t max_us;
    uint64_t buckets[LATENCY_BUCKETS];
};

void latency_add(struct latency *latency, int64_t us);
/* The duration that `fraction` (0..1) of all did not exceed; 0 when there are none; 1 gives the exact maximum. */
int64_t latency_quantile(const struct latency *latency, double fraction);

#endif
