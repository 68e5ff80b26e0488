/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suppress - see suppress.h. */
#include "gateway/core/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buf.h"

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

/* ---- a table as a net ------------------------------------------------------------------------------------------ */

struct net {
    struct suppress_edge *edges;
    size_t count;
    unsigned nodes;
    int64_t *guess;  /* of each edge: what the hidden ones could be */
    unsigned *queue; /* nodes that were reached */
    size_t *by;      /* of each node: the edge by which it was reached; count = not yet, count + 1 = begin */
};

/* May a unit more be thought to go over that edge out of the node? Forwards always; backwards it takes one away, and a
 * hidden edge holds at least one. */
static bool leads_on(const struct net *net, size_t edge, unsigned node, unsigned *ret_next)
{
    const struct suppress_edge *e = &net->edges[edge];
    bool is_forward = e->from == node;
    *ret_next = is_forward ? e->to : e->from;
    return e->is_hidden && (is_forward || (e->to == node && net->guess[edge] > 1));
}

static bool find_way(struct net *net, size_t except, unsigned from, unsigned to)
{
    unsigned head = 0, tail = 0, next;
    for (unsigned i = 0; i < net->nodes; i++)
        net->by[i] = net->count;
    net->by[from] = net->count + 1;
    net->queue[tail++] = from;
    while (head < tail && net->by[to] == net->count) {
        unsigned node = net->queue[head++];
        for (size_t i = 0; i < net->count; i++)
            if (i != except && leads_on(net, i, node, &next) && net->by[next] == net->count) {
                net->by[next] = i;
                net->queue[tail++] = next;
            }
    }
    return net->by[to] != net->count;
}

/* One unit more on that edge, and somewhere the same unit back, so that every total stays. */
static bool think_one_more(struct net *net, size_t edge)
{
    unsigned from = net->edges[edge].to, node = net->edges[edge].from;
    if (!find_way(net, edge, from, node))
        return false;
    while (node != from) {
        const struct suppress_edge *way = &net->edges[net->by[node]];
        bool is_forward = way->to == node;
        net->guess[net->by[node]] += is_forward ? 1 : -1;
        node = is_forward ? way->from : way->to;
    }
    net->guess[edge]++;
    return true;
}

static bool could_be_many(struct net *net, size_t edge)
{
    for (size_t i = 0; i < net->count; i++)
        net->guess[i] = net->edges[i].count;
    bool is_free = true;
    while (is_free && net->guess[edge] < SUPPRESS_MIN)
        is_free = think_one_more(net, edge);
    return is_free;
}

/* The smallest shown edge that leads out of the nodes that the last search reached: hidden, it carries the search on.
 */
static bool hide_next(struct net *net)
{
    struct suppress_edge *found = NULL;
    for (size_t i = 0; i < net->count; i++) {
        struct suppress_edge *e = &net->edges[i];
        bool from_here = net->by[e->from] != net->count, to_here = net->by[e->to] != net->count;
        bool is_way = (from_here && !to_here && e->count) || (to_here && !from_here && e->count > 1);
        if (is_way && !e->is_hidden && (!found || e->count < found->count))
            found = e;
    }
    if (found)
        found->is_hidden = true;
    return found != NULL;
}

static bool is_at_stake(const struct suppress_edge *edge)
{
    return !edge->is_unseen && suppress_is_small(edge->count);
}

/* What is hidden for one edge makes the others freer, so each is looked at once. */
static bool hide_all(struct net *net)
{
    bool is_safe = true;
    for (size_t i = 0; i < net->count; i++)
        net->edges[i].is_hidden =
            net->edges[i].is_hidden || net->edges[i].is_unseen || suppress_is_small(net->edges[i].count);
    for (size_t i = 0; is_safe && i < net->count; i++)
        while (is_safe && is_at_stake(&net->edges[i]) && !could_be_many(net, i))
            is_safe = hide_next(net);
    return is_safe;
}

bool suppress_net(struct suppress_edge *edges, size_t count, unsigned nodes)
{
    AUTO_FREE int64_t *guess = calloc(count + 1, sizeof *guess);
    AUTO_FREE unsigned *queue = calloc(nodes + 1, sizeof *queue);
    AUTO_FREE size_t *by = calloc(nodes + 1, sizeof *by);
    struct net net = { edges, count, nodes, guess, queue, by };
    return guess && queue && by && hide_all(&net);
}

int64_t suppress_percentile(const int64_t *sorted, size_t count, unsigned percent)
{
    size_t rank = (count * percent + 99) / 100;
    return sorted[rank ? rank - 1 : 0];
}
