/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram - how many spans of time fell under each of a few bounds. Pure.
 * Keeps: copyable by assignment; bounds are static and rising.
 */
#ifndef GATEWAY_BASE_HISTOGRAM_H
#define GATEWAY_BASE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BOUNDS_MAX 14

struct histogram {
    const int64_t *bounds_us;                 /* microseconds; ends with 0 */
    int64_t counts[HISTOGRAM_BOUNDS_MAX + 1]; /* each its own; the last used one is above all bounds */
    int64_t count, sum_us;
};

void histogram_init(struct histogram *histogram, const int64_t *bounds_us);
/* A span below zero (a clock was set) counts as zero. A bound belongs to its own bucket. */
void histogram_add(struct histogram *histogram, int64_t span_us);

#endif
