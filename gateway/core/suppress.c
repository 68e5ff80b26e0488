/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suppress - see suppress.h. */
#include "gateway/core/suppress.h"

bool suppress_is_small(int64_t count)
{
    return count > 0 && count < SUPPRESS_MIN;
}

struct sums {
    int64_t shown;
    int64_t hidden_count; /* cells with somebody in them */
};

static struct sums sum_up(const struct suppress_cell *cells, size_t count)
{
    struct sums sums = { 0, 0 };
    for (size_t i = 0; i < count; i++) {
        sums.hidden_count += cells[i].is_hidden;
        sums.shown += cells[i].is_hidden ? 0 : cells[i].count;
    }
    return sums;
}

/* What the reader can find out: each hidden cell holds at least one person. */
static bool is_safe(const struct sums *sums, int64_t total, bool is_parted)
{
    int64_t rest = total - sums->shown;
    if (!sums->hidden_count || !total)
        return true;
    if (!is_parted) /* the rest is the least that is in the hidden cells together */
        return sums->hidden_count > 1 || rest <= 1;
    return sums->hidden_count > 1 && rest - (sums->hidden_count - 1) >= SUPPRESS_MIN;
}

static struct suppress_cell *smallest_shown(struct suppress_cell *cells, size_t count)
{
    struct suppress_cell *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (!cells[i].is_hidden && cells[i].count && (!found || cells[i].count < found->count))
            found = &cells[i];
    return found;
}

bool suppress_line(struct suppress_cell *cells, size_t count, int64_t total, bool is_parted)
{
    for (size_t i = 0; i < count; i++)
        cells[i].is_hidden = cells[i].is_hidden || suppress_is_small(cells[i].count);
    for (;;) {
        struct sums sums = sum_up(cells, count);
        if (is_safe(&sums, total, is_parted))
            return true;
        struct suppress_cell *next = smallest_shown(cells, count);
        if (!next)
            return false;
        next->is_hidden = true;
    }
}

int64_t suppress_percentile(const int64_t *sorted, size_t count, unsigned percent)
{
    size_t rank = (count * percent + 99) / 100;
    return sorted[rank ? rank - 1 : 0];
}
