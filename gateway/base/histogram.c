/* SPDX-License-Identifier: GPL-3.0-or-later */
/* histogram - see histogram.h. */
#include "gateway/base/histogram.h"

#include <assert.h>

void histogram_init(struct histogram *histogram, const int64_t *bounds_us)
{
    unsigned count = 0;
    while (bounds_us[count])
        count++;
    assert(count <= HISTOGRAM_BOUNDS_MAX);
    *histogram = (struct histogram){ .bounds_us = bounds_us };
}

void histogram_add(struct histogram *histogram, int64_t span_us)
{
    unsigned i = 0;
    span_us = span_us < 0 ? 0 : span_us;
    while (histogram->bounds_us[i] && span_us > histogram->bounds_us[i])
        i++;
    histogram->counts[i]++;
    histogram->count++;
    histogram->sum_us += span_us;
}
