/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics - see metrics.h. */
#include "gateway/core/metrics.h"

#include <inttypes.h>

#define PREFIX "helpline_"
#define MICROSECONDS 1000000

static const struct {
    const char *name, *type, *help;
} families[METRIC_COUNT] = {
#define METRIC(name, type, labels, help) { PREFIX #name, #type, help },
#include "gateway/base/metrics.def"
#undef METRIC
};

void metrics_begin(struct buf *out, enum metric metric)
{
    buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", families[metric].name, families[metric].help,
        families[metric].name, families[metric].type);
}

static void add_escaped(struct buf *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            buf_add_char(out, '\\');
        if (*value == '\n')
            buf_add_text(out, "\\n");
        else
            buf_add_char(out, *value);
    }
}

static void add_name(struct buf *out, enum metric metric, const struct metrics_label *labels)
{
    const char *before = "{";
    buf_add_text(out, families[metric].name);
    for (; labels && labels->name; labels++, before = ",") {
        buf_add_format(out, "%s%s=\"", before, labels->name);
        add_escaped(out, labels->value);
        buf_add_char(out, '"');
    }
    buf_add_text(out, *before == ',' ? "} " : " ");
}

/* Decimals are written by hand: printf would take the comma of a locale, and round. */
static void add_decimal(struct buf *out, int64_t value, int64_t scale)
{
    if (value < 0)
        buf_add_char(out, '-');
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, unit = (uint64_t)scale;
    buf_add_format(out, "%" PRIu64, size / unit);
    if (size % unit)
        buf_add_char(out, '.');
    for (size %= unit; size; size %= unit) {
        unit /= 10;
        buf_add_char(out, (char)('0' + size / unit));
    }
}

void metrics_add_scaled(
    struct buf *out, enum metric metric, const struct metrics_label *labels, int64_t value, int64_t scale)
{
    add_name(out, metric, labels);
    add_decimal(out, value, scale);
    buf_add_char(out, '\n');
}

void metrics_add(struct buf *out, enum metric metric, const struct metrics_label *labels, int64_t value)
{
    metrics_add_scaled(out, metric, labels, value, 1);
}

void metrics_add_one(struct buf *out, enum metric metric, int64_t value)
{
    metrics_begin(out, metric);
    metrics_add(out, metric, NULL, value);
}

void metrics_add_histogram(struct buf *out, enum metric metric, const struct histogram *histogram)
{
    const char *name = families[metric].name;
    int64_t below = 0;
    metrics_begin(out, metric);
    for (unsigned i = 0; histogram->bounds_us[i]; i++) {
        below += histogram->counts[i];
        buf_add_format(out, "%s_bucket{le=\"", name);
        add_decimal(out, histogram->bounds_us[i], MICROSECONDS);
        buf_add_format(out, "\"} %" PRId64 "\n", below);
    }
    buf_add_format(out, "%s_bucket{le=\"+Inf\"} %" PRId64 "\n%s_sum ", name, histogram->count, name);
    add_decimal(out, histogram->sum_us, MICROSECONDS);
    buf_add_format(out, "\n%s_count %" PRId64 "\n", name, histogram->count);
}
