/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latency - see the header. Each power of two is cut into 32 equal buckets.
 */
#include "tests/support/latency.h"

#define STEP_BITS 5

static unsigned bucket_of(uint64_t us)
{
    if (us < (1u << (STEP_BITS + 1)))
        return (unsigned)us;
    unsigned shift = 63u - (unsigned)__builtin_clzll(us) - STEP_BITS;
    return (shift << STEP_BITS) + (unsigned)(us >> shift);
}

/* The highest duration that falls into the bucket. */
static int64_t top_of(unsigned bucket)
{
    if (bucket < (1u << (STEP_BITS + 1)))
        return bucket;
    unsigned shift = (bucket >> STEP_BITS) - 1;
    uint64_t first = (uint64_t)(bucket - (shift << STEP_BITS)) << shift;
    return (int64_t)(first + ((uint64_t)1 << shift) - 1);
}

void latency_add(struct latency *latency, int64_t us)
{
    if (us < 0)
        us = 0;
    latency->count++;
    latency->buckets[bucket_of((uint64_t)us)]++;
    if (us > latency->max_us)
        latency->max_us = us;
}

int64_t latency_quantile(const struct latency *latency, double fraction)
{
    uint64_t wanted = (uint64_t)(fraction * (double)latency->count + 0.5), seen = 0;
    if (wanted >= latency->count)
        return latency->max_us;
    for (unsigned bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        seen += latency->buckets[bucket];
        if (seen > 0 && seen >= wanted)
            return top_of(bucket) < latency->max_us ? top_of(bucket) : latency->max_us;
    }
    return latency->max_us;
}
