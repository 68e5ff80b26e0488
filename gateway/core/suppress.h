/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suppress - which counts of people are not shown, so that nobody can be recognised in them. Pure.
 * Why:   few people in a cell can be recognised; and what is hidden must not be found by taking the cells that are
 *        shown from their total.
 * Keeps: no cell of 1 to 4 is shown. All hidden cells look alike. Where the cells of a line make up a total that is
 *        shown, either none is hidden, or at least two, and together so many that each could be five or more.
 */
#ifndef GATEWAY_CORE_SUPPRESS_H
#define GATEWAY_CORE_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define SUPPRESS_MIN 5

struct suppress_cell {
    int64_t count;
    bool is_hidden;
};

bool suppress_is_small(int64_t count); /* 1 to 4 */

/* total: as it is known to the reader, 0 = it is not. is_parted: each case is in one cell, so the cells add up to it;
 * otherwise a case may be in several. Hides the smallest further cells that are needed. False: all cells together are
 * too few to be named at all; then none of the line may be shown. */
bool suppress_line(struct suppress_cell *cells, size_t count, int64_t total, bool is_parted);

/* A table whose rows and columns have totals, as a net: a cell leads from the node of its row to that of its column,
 * the total of a row leads to the row, that of a column away from it; so at each node as much comes in as goes out, and
 * that is all that a reader can compute with. */
struct suppress_edge {
    unsigned from, to; /* nodes */
    int64_t count;
    bool is_hidden;
    bool is_unseen; /* part of no list: hidden, and nobody is to be recognised in it */
};
/* Hides what is small, and the smallest further edges that are needed, so that each hidden one could be five or more
 * for all that its reader knows. False: there is nothing left to hide; then no cell of the table may be shown. Also
 * without memory. */
bool suppress_net(struct suppress_edge *edges, size_t count, unsigned nodes) MUST_CHECK;

/* The value below which `percent` of the sorted values lie (nearest rank); count > 0. */
int64_t suppress_percentile(const int64_t *sorted, size_t count, unsigned percent);

#endif
