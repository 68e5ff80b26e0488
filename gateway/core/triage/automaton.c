/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * automaton - see automaton.h.
 * Why:   thousands of symbols and few children a node: edges live in one hash table keyed by (node, symbol), which is
 *        smaller than any row layout and needs one probe a step. The root has a row of its own, because most steps of a
 *        text end there.
 */
#include "gateway/core/triage/automaton.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOT 0u
#define ENDS (UINT32_C(1) << 31)
#define EDGES_FIRST 65536u
#define ROW 65536u

/* An edge in one word: node 24 bits, symbol 16 bits, target 24 bits; 0 = free (no edge leads to the root). */
#define EDGE_KEY(from, symbol) ((uint64_t)(from) << 40 | (uint64_t)(symbol) << 24)
#define EDGE_KEY_OF(edge) ((edge) & ~UINT64_C(0xFFFFFF))
#define EDGE_TARGET(edge) ((uint32_t)((edge)&0xFFFFFF))

struct node {
    uint32_t fail;
    uint32_t
        end; /* ENDS | word when a word ends here; else the nearest node on the fail path at which one does, or ROOT */
};

/* What only building needs. */
struct origin {
    uint32_t parent;
    uint16_t symbol;
    uint16_t depth;
};

struct automaton {
    struct node *nodes;
    struct origin *origins; /* NULL once closed */
    uint32_t node_count, node_cap;
    uint64_t *edges;
    uint32_t edge_count, edge_mask;
    uint32_t *row; /* of the root */
    uint8_t *word_lens;
    uint32_t word_count, word_cap;
};

static bool is_end(const struct automaton *a, uint32_t node)
{
    return a->nodes[node].end & ENDS;
}

static uint32_t word_of(const struct automaton *a, uint32_t node)
{
    return a->nodes[node].end & ~ENDS;
}

/* The nearest node on the fail path, itself included, at which a word ends. */
static uint32_t output_of(const struct automaton *a, uint32_t node)
{
    return is_end(a, node) ? node : a->nodes[node].end;
}

static uint32_t slot_of(uint64_t key, uint32_t mask)
{
    return (uint32_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 36) & mask;
}

static uint32_t follow(const struct automaton *a, uint32_t node, uint16_t symbol)
{
    if (node == ROOT)
        return a->row[symbol];
    uint64_t key = EDGE_KEY(node, symbol);
    for (uint32_t slot = slot_of(key, a->edge_mask);; slot = (slot + 1) & a->edge_mask) {
        uint64_t edge = a->edges[slot];
        if (edge == 0)
            return ROOT;
        if (EDGE_KEY_OF(edge) == key)
            return EDGE_TARGET(edge);
    }
}

static void place_edge(uint64_t *edges, uint32_t mask, uint64_t edge)
{
    uint32_t slot = slot_of(EDGE_KEY_OF(edge), mask);
    while (edges[slot])
        slot = (slot + 1) & mask;
    edges[slot] = edge;
}

static int grow_edges(struct automaton *a)
{
    uint32_t size = (a->edge_mask + 1) * 2;
    uint64_t *edges = calloc(size, sizeof *edges);
    if (!edges)
        return ERR_NOMEM;
    for (uint32_t i = 0; i <= a->edge_mask; i++)
        if (a->edges[i])
            place_edge(edges, size - 1, a->edges[i]);
    free(a->edges);
    a->edges = edges;
    a->edge_mask = size - 1;
    return 0;
}

static int grow_nodes(struct automaton *a)
{
    uint32_t cap = a->node_cap ? a->node_cap * 2 : 4096;
    struct node *nodes = realloc(a->nodes, cap * sizeof *nodes);
    if (!nodes)
        return ERR_NOMEM;
    a->nodes = nodes;
    struct origin *origins = realloc(a->origins, cap * sizeof *origins);
    if (!origins)
        return ERR_NOMEM;
    a->origins = origins;
    a->node_cap = cap;
    return 0;
}

static int add_node(struct automaton *a, uint32_t parent, uint16_t symbol, uint32_t *ret_node)
{
    if (a->node_count >= AUTOMATON_NODES_MAX)
        return ERR_LIMIT;
    if (a->node_count == a->node_cap && grow_nodes(a))
        return ERR_NOMEM;
    if ((a->edge_count + 1) * 5 > a->edge_mask * 3 && grow_edges(a))
        return ERR_NOMEM;
    uint32_t node = a->node_count++;
    a->nodes[node] = (struct node){ ROOT, ROOT };
    a->origins[node] = (struct origin){ parent, symbol, node == ROOT ? 0 : (uint16_t)(a->origins[parent].depth + 1) };
    if (node != ROOT && parent == ROOT) {
        a->row[symbol] = node;
    } else if (node != ROOT) {
        place_edge(a->edges, a->edge_mask, EDGE_KEY(parent, symbol) | node);
        a->edge_count++;
    }
    *ret_node = node;
    return 0;
}

int automaton_new(struct automaton **ret_automaton)
{
    struct automaton *a = calloc(1, sizeof *a);
    if (!a)
        return ERR_NOMEM;
    a->edges = calloc(EDGES_FIRST, sizeof *a->edges);
    a->edge_mask = EDGES_FIRST - 1;
    a->row = calloc(ROW, sizeof *a->row);
    uint32_t root;
    if (!a->edges || !a->row || add_node(a, ROOT, 0, &root)) {
        automaton_free(a);
        return ERR_NOMEM;
    }
    *ret_automaton = a;
    return 0;
}

void automaton_free(struct automaton *automaton)
{
    if (!automaton)
        return;
    free(automaton->nodes);
    free(automaton->origins);
    free(automaton->edges);
    free(automaton->row);
    free(automaton->word_lens);
    free(automaton);
}

static int add_word(struct automaton *a, uint32_t node, unsigned len)
{
    if (a->word_count == a->word_cap) {
        uint32_t cap = a->word_cap ? a->word_cap * 2 : 4096;
        uint8_t *lens = realloc(a->word_lens, cap);
        if (!lens)
            return ERR_NOMEM;
        a->word_lens = lens;
        a->word_cap = cap;
    }
    a->word_lens[a->word_count] = (uint8_t)len;
    a->nodes[node].end = ENDS | a->word_count++;
    return 0;
}

int automaton_add(struct automaton *a, const uint16_t *symbols, unsigned len, uint32_t *ret_word)
{
    assert(a->origins);
    if (len == 0 || len > AUTOMATON_WORD_MAX)
        return ERR_INVALID;
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        uint32_t next = follow(a, node, symbols[i]);
        if (next == ROOT) {
            int rc = add_node(a, node, symbols[i], &next);
            if (rc)
                return rc;
        }
        node = next;
    }
    int rc = is_end(a, node) ? 0 : add_word(a, node, len);
    *ret_word = word_of(a, node);
    return rc;
}

/* The node for the longest proper suffix of this one; the links of all shallower nodes are known. */
static uint32_t fail_of(const struct automaton *a, const struct origin *origin)
{
    if (origin->parent == ROOT)
        return ROOT;
    uint32_t from = a->nodes[origin->parent].fail;
    for (;;) {
        uint32_t to = follow(a, from, origin->symbol);
        if (to != ROOT || from == ROOT)
            return to;
        from = a->nodes[from].fail;
    }
}

/* Nodes ordered by depth (counting sort). */
static uint32_t *order_by_depth(const struct automaton *a)
{
    uint32_t starts[AUTOMATON_WORD_MAX + 2] = { 0 };
    uint32_t *order = malloc(a->node_count * sizeof *order);
    if (!order)
        return NULL;
    for (uint32_t i = 0; i < a->node_count; i++)
        starts[a->origins[i].depth + 1]++;
    for (unsigned d = 0; d <= AUTOMATON_WORD_MAX; d++)
        starts[d + 1] += starts[d];
    for (uint32_t i = 0; i < a->node_count; i++)
        order[starts[a->origins[i].depth]++] = i;
    return order;
}

int automaton_close(struct automaton *a)
{
    uint32_t *order = order_by_depth(a);
    if (!order)
        return ERR_NOMEM;
    for (uint32_t i = 1; i < a->node_count; i++) {
        struct node *node = &a->nodes[order[i]];
        node->fail = fail_of(a, &a->origins[order[i]]);
        if (!is_end(a, order[i]))
            node->end = output_of(a, node->fail);
    }
    free(order);
    free(a->origins);
    a->origins = NULL;
    struct node *nodes = realloc(a->nodes, a->node_count * sizeof *nodes);
    if (nodes) {
        a->nodes = nodes;
        a->node_cap = a->node_count;
    }
    return 0;
}

uint32_t automaton_word_count(const struct automaton *automaton)
{
    return automaton->word_count;
}

unsigned automaton_word_len(const struct automaton *automaton, uint32_t word)
{
    return automaton->word_lens[word];
}

int32_t automaton_find(const struct automaton *a, const uint16_t *symbols, unsigned len)
{
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        node = follow(a, node, symbols[i]);
        if (node == ROOT)
            return -1;
    }
    return is_end(a, node) ? (int32_t)word_of(a, node) : -1;
}

size_t automaton_bytes(const struct automaton *a)
{
    return sizeof *a + a->node_cap * sizeof *a->nodes + (a->edge_mask + (size_t)1) * sizeof *a->edges +
           ROW * sizeof *a->row + a->word_cap;
}

void automaton_search(
    const struct automaton *a, const uint16_t *text, unsigned len, automaton_found_fn *found, void *context)
{
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        uint32_t next;
        while ((next = follow(a, node, text[i])) == ROOT && node != ROOT)
            node = a->nodes[node].fail;
        node = next;
        for (uint32_t out = output_of(a, node); out != ROOT; out = output_of(a, a->nodes[out].fail))
            found(context, word_of(a, out), i + 1);
    }
}
