/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * automaton - see automaton.h.
 * Why:   thousands of symbols and few children a node: edges live in one hash table keyed by (node, symbol), which is
 *        smaller than any row layout and needs one probe a step.
 */
#include "gateway/core/triage/automaton.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOT 0u
#define NO_WORD UINT32_MAX
#define EDGES_FIRST 4096u

struct edge {
    uint32_t from; /* node + 1, 0 = free slot */
    uint32_t to;
    uint16_t symbol;
};

struct node {
    uint32_t fail;
    uint32_t word;   /* NO_WORD when no word ends here */
    uint32_t output; /* nearest node on the fail path, itself included, at which a word ends; ROOT = none */
    uint32_t parent;
    uint16_t symbol;
    uint16_t depth;
};

struct automaton {
    struct node *nodes;
    uint32_t node_count, node_cap;
    struct edge *edges;
    uint32_t edge_count, edge_mask;
    uint32_t *word_nodes;
    uint32_t word_count, word_cap;
    bool is_closed;
};

static uint32_t slot_of(uint32_t from, uint16_t symbol, uint32_t mask)
{
    uint64_t key = ((uint64_t)from << 16) | symbol;
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & mask;
}

static uint32_t follow(const struct automaton *a, uint32_t node, uint16_t symbol)
{
    for (uint32_t slot = slot_of(node, symbol, a->edge_mask);; slot = (slot + 1) & a->edge_mask) {
        const struct edge *edge = &a->edges[slot];
        if (edge->from == 0)
            return ROOT;
        if (edge->from == node + 1 && edge->symbol == symbol)
            return edge->to;
    }
}

static void place_edge(struct edge *edges, uint32_t mask, struct edge edge)
{
    uint32_t slot = slot_of(edge.from - 1, edge.symbol, mask);
    while (edges[slot].from)
        slot = (slot + 1) & mask;
    edges[slot] = edge;
}

static int grow_edges(struct automaton *a)
{
    uint32_t size = (a->edge_mask + 1) * 2;
    struct edge *edges = calloc(size, sizeof *edges);
    if (!edges)
        return ERR_NOMEM;
    for (uint32_t i = 0; i <= a->edge_mask; i++)
        if (a->edges[i].from)
            place_edge(edges, size - 1, a->edges[i]);
    free(a->edges);
    a->edges = edges;
    a->edge_mask = size - 1;
    return 0;
}

static int grow(void **array, uint32_t *cap, size_t size)
{
    uint32_t wanted = *cap ? *cap * 2 : 1024;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return ERR_NOMEM;
    *array = grown;
    *cap = wanted;
    return 0;
}

static int add_node(struct automaton *a, uint32_t parent, uint16_t symbol, uint32_t *ret_node)
{
    if (a->node_count >= AUTOMATON_NODES_MAX)
        return ERR_LIMIT;
    if (a->node_count == a->node_cap && grow((void **)&a->nodes, &a->node_cap, sizeof *a->nodes))
        return ERR_NOMEM;
    if ((a->edge_count + 1) * 2 > a->edge_mask && grow_edges(a))
        return ERR_NOMEM;
    uint32_t node = a->node_count++;
    uint16_t depth = node == ROOT ? 0 : (uint16_t)(a->nodes[parent].depth + 1);
    a->nodes[node] = (struct node){ ROOT, NO_WORD, ROOT, parent, symbol, depth };
    if (node != ROOT) {
        place_edge(a->edges, a->edge_mask, (struct edge){ parent + 1, node, symbol });
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
    uint32_t root;
    if (!a->edges || add_node(a, ROOT, 0, &root)) {
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
    free(automaton->edges);
    free(automaton->word_nodes);
    free(automaton);
}

int automaton_add(struct automaton *a, const uint16_t *symbols, unsigned len, uint32_t *ret_word)
{
    assert(!a->is_closed);
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
    if (a->nodes[node].word == NO_WORD) {
        if (a->word_count == a->word_cap && grow((void **)&a->word_nodes, &a->word_cap, sizeof *a->word_nodes))
            return ERR_NOMEM;
        a->word_nodes[a->word_count] = node;
        a->nodes[node].word = a->word_count++;
    }
    *ret_word = a->nodes[node].word;
    return 0;
}

/* The node for the longest proper suffix of this one; the links of all shallower nodes are known. */
static uint32_t fail_of(const struct automaton *a, const struct node *node)
{
    if (node->parent == ROOT)
        return ROOT;
    uint32_t from = a->nodes[node->parent].fail;
    for (;;) {
        uint32_t to = follow(a, from, node->symbol);
        if (to != ROOT || from == ROOT)
            return to;
        from = a->nodes[from].fail;
    }
}

static void link_node(struct automaton *a, uint32_t index)
{
    struct node *node = &a->nodes[index];
    node->fail = fail_of(a, node);
    node->output = node->word != NO_WORD ? index : a->nodes[node->fail].output;
}

int automaton_close(struct automaton *a)
{
    /* Links need all shallower nodes first: visit by depth. */
    uint32_t left = a->node_count - 1;
    for (unsigned depth = 1; left > 0 && depth <= AUTOMATON_WORD_MAX; depth++) {
        for (uint32_t i = 1; i < a->node_count; i++) {
            if (a->nodes[i].depth == depth) {
                link_node(a, i);
                left--;
            }
        }
    }
    a->is_closed = true;
    return 0;
}

uint32_t automaton_word_count(const struct automaton *automaton)
{
    return automaton->word_count;
}

unsigned automaton_word_len(const struct automaton *automaton, uint32_t word)
{
    return automaton->nodes[automaton->word_nodes[word]].depth;
}

int32_t automaton_find(const struct automaton *a, const uint16_t *symbols, unsigned len)
{
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        node = follow(a, node, symbols[i]);
        if (node == ROOT)
            return -1;
    }
    return node == ROOT || a->nodes[node].word == NO_WORD ? -1 : (int32_t)a->nodes[node].word;
}

size_t automaton_bytes(const struct automaton *a)
{
    return sizeof *a + a->node_cap * sizeof *a->nodes + (a->edge_mask + 1u) * sizeof *a->edges +
           a->word_cap * sizeof *a->word_nodes;
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
        for (uint32_t out = a->nodes[node].output; out != ROOT; out = a->nodes[a->nodes[out].fail].output)
            found(context, a->nodes[out].word, i + 1);
    }
}
