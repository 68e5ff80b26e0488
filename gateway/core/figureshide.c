/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figureshide - see figureshide.h.
 * Why:   the same case stands in a list, in a table and in the totals of both. A cell that a table needs hidden is
 * hidden in the list too, and what that makes necessary is done until nothing more is: what is hidden only grows.
 * Keeps: a table that cannot be made safe is not told at all; the lists beside it are.
 */
#include "gateway/core/figureshide.h"

#include <stdlib.h>

#include "gateway/base/buf.h"
#include "gateway/base/str.h"

static bool is_of_line(enum figures_list list)
{
    return list == LIST_DELIVERY; /* messages of ours and not people */
}

static void hide_lists(struct figures *figures)
{
    for (int i = 0; i < LIST_COUNT; i++) {
        struct figures_words *list = &figures->lists[i];
        int64_t total = i == LIST_OPEN_AGE ? figures->live : figures->total;
        list->is_told =
            is_of_line((enum figures_list)i) ||
            suppress_line(list->cells, list->count, suppress_is_small(total) ? 0 : total, i != LIST_CATEGORY);
    }
}

/* ---- a table whose rows and columns add up --------------------------------------------------------------------- */

struct net {
    size_t count;
    struct suppress_edge *edges;
    struct suppress_cell **cells; /* that the edges stand for */
};

static void add_edge(struct net *net, size_t from, size_t to, struct suppress_cell *cell, bool is_unseen)
{
    if (!cell->count)
        return;
    net->cells[net->count] = cell;
    net->edges[net->count++] =
        (struct suppress_edge){ (unsigned)from, (unsigned)to, cell->count, cell->is_hidden, is_unseen };
}

/* Nodes: where everything begins, the rows, the columns, where everything ends. The total of all is known, so nothing
 * leads from the end to the beginning. */
static void fill_net(struct figures *figures, enum figures_table table, struct net *net)
{
    struct figures_words *rows = &figures->lists[figures_row_list(table)];
    struct figures_words *columns = &figures->lists[figures_column_list(table)];
    size_t first = 1 + rows->count, end = first + columns->count;
    for (size_t r = 0; r < rows->count; r++)
        for (size_t c = 0; c < columns->count; c++)
            add_edge(net, 1 + r, first + c, &figures->tables[table].cells[r][c], table == TABLE_LANGUAGE_ORIGIN);
    for (size_t r = 0; r < rows->count; r++)
        add_edge(net, 0, 1 + r, &rows->cells[r], false);
    for (size_t c = 0; c < columns->count; c++)
        add_edge(net, first + c, end, &columns->cells[c], false);
}

static int hide_net(struct figures *figures, enum figures_table table)
{
    size_t rows = figures->lists[figures_row_list(table)].count;
    size_t columns = figures->lists[figures_column_list(table)].count, max = (rows + 1) * (columns + 1);
    AUTO_FREE struct suppress_edge *edges = calloc(max, sizeof *edges);
    AUTO_FREE struct suppress_cell **cells = calloc(max, sizeof *cells);
    struct net net = { 0, edges, cells };
    if (!edges || !cells)
        return ERR_NOMEM;
    fill_net(figures, table, &net);
    bool is_told = suppress_net(edges, net.count, (unsigned)(2 + rows + columns));
    for (size_t i = 0; is_told && i < net.count; i++)
        cells[i]->is_hidden = edges[i].is_hidden;
    figures->tables[table].is_told = is_told;
    return 0;
}

/* How many origins are unknown stands in two lists. */
static void hide_basis(struct figures *figures)
{
    struct figures_words *basis = &figures->lists[LIST_BASIS], *origins = &figures->lists[LIST_ORIGIN];
    struct suppress_cell *unknown = &basis->cells[basis->count - 1];
    for (unsigned i = 0; i < origins->count; i++)
        if (str_equal(origins->words[i], basis->words[basis->count - 1])) {
            unknown->is_hidden = unknown->is_hidden || origins->cells[i].is_hidden;
            basis->is_told = suppress_line(basis->cells, basis->count, figures->total, true);
            origins->cells[i].is_hidden = unknown->is_hidden;
        }
}

/* ---- categories: a case stands under several of them ----------------------------------------------------------- */

static bool hide_row(struct figures *figures, unsigned row)
{
    const struct suppress_cell *total = &figures->lists[LIST_CATEGORY].cells[row];
    unsigned months = figures->lists[LIST_MONTH].count;
    return !total->count || suppress_line(figures->tables[TABLE_CATEGORY_MONTH].cells[row], months,
                                total->is_hidden ? 0 : total->count, true);
}

static bool hide_column(struct figures *figures, unsigned column)
{
    struct suppress_cell line[CATEGORY_COUNT];
    const struct suppress_cell *total = &figures->lists[LIST_MONTH].cells[column];
    struct suppress_cell(*cells)[FIGURES_WORDS_MAX] = figures->tables[TABLE_CATEGORY_MONTH].cells;
    for (unsigned i = 0; i < CATEGORY_COUNT; i++)
        line[i] = cells[i][column];
    bool is_told = suppress_line(line, CATEGORY_COUNT, total->is_hidden ? 0 : total->count, false);
    for (unsigned i = 0; i < CATEGORY_COUNT; i++)
        cells[i][column].is_hidden = line[i].is_hidden;
    return is_told;
}

static unsigned count_hidden(const struct figures *figures)
{
    unsigned hidden = 0;
    for (unsigned t = 0; t < TABLE_COUNT; t++)
        for (unsigned i = 0; i < FIGURES_WORDS_MAX * FIGURES_WORDS_MAX; i++)
            hidden += figures->tables[t].cells[i / FIGURES_WORDS_MAX][i % FIGURES_WORDS_MAX].is_hidden;
    for (unsigned t = 0; t < LIST_COUNT; t++)
        for (unsigned i = 0; i < figures->lists[t].count; i++)
            hidden += figures->lists[t].cells[i].is_hidden;
    return hidden;
}

static void hide_categories(struct figures *figures)
{
    bool is_told = true;
    for (unsigned i = 0; is_told && i < CATEGORY_COUNT; i++)
        is_told = hide_row(figures, i);
    for (unsigned i = 0; is_told && i < figures->lists[LIST_MONTH].count; i++)
        is_told = hide_column(figures, i);
    figures->tables[TABLE_CATEGORY_MONTH].is_told = is_told;
}

int figureshide_all(struct figures *figures)
{
    bool has_months = figures->lists[LIST_MONTH].count <= FIGURES_MONTHS_MAX;
    unsigned before, after = 0;
    int rc = 0;
    hide_lists(figures);
    if (figures->total < SUPPRESS_MIN)
        return 0;
    do {
        before = after;
        hide_basis(figures);
        rc = hide_net(figures, TABLE_LANGUAGE_ORIGIN);
        if (!rc)
            rc = hide_net(figures, TABLE_CORRIDOR);
        if (!rc && has_months)
            rc = hide_net(figures, TABLE_LANGUAGE_MONTH);
        if (has_months)
            hide_categories(figures);
        after = count_hidden(figures);
    } while (!rc && after != before);
    if (!figures->tables[TABLE_LANGUAGE_ORIGIN].is_told) {
        figures->lists[LIST_ORIGIN].is_told = false;
        figures->tables[TABLE_CORRIDOR].is_told = false;
    }
    return rc;
}
