/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics - writes figures in the text format 0.0.4 of Prometheus. Pure.
 * Keeps: a name, its help and its type come from metrics.def; a family's samples stand together behind its head; a
 *        label's value is escaped. Not here: what the figures are (scrape).
 */
#ifndef GATEWAY_CORE_METRICS_H
#define GATEWAY_CORE_METRICS_H

#include "gateway/base/buf.h"
#include "gateway/base/histogram.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric {
#define METRIC(name, type, labels, help) METRIC_##name,
#include "gateway/base/metrics.def"
#undef METRIC
    METRIC_COUNT
};

struct metrics_label {
    const char *name, *value;
};

/* The head of a family; its samples follow at once. */
void metrics_begin(struct buf *out, enum metric metric);
/* labels: ends with a NULL name; NULL = none. */
void metrics_add(struct buf *out, enum metric metric, const struct metrics_label *labels, int64_t value);
/* value / scale as a decimal number; scale is a power of ten. */
void metrics_add_scaled(
    struct buf *out, enum metric metric, const struct metrics_label *labels, int64_t value, int64_t scale);
/* Head and samples of a family without labels. */
void metrics_add_one(struct buf *out, enum metric metric, int64_t value);
void metrics_add_histogram(struct buf *out, enum metric metric, const struct histogram *histogram);

#endif
