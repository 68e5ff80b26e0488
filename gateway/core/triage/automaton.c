/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * automaton - see automaton.h.
 * Why:   thousands of symbols and few children a node. Nodes are numbered level by level, so the children of a node
 *        stand together, in the order of their symbols, and end where those of the next node begin: a node takes ten
 *        bytes and a step reads two places. The root has a table of its own, because most steps of a text end there.
 */
#include "gateway/core/triage/automaton.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/core/triage/wordset.h"

#define ROOT 0u
#define PAGE 64u
#define PAGES (65536u / PAGE)
#define SCAN_MAX 8u    /* so many children are looked through one by one */
#define SORT_SMALL 24u /* so many words are sorted by insertion */

struct node {
    uint64_t children : 21; /* the first of them */
    uint64_t fail : 20;
    uint64_t is_end : 1;
    uint64_t end : 20; /* the word that ends here; else the nearest node on the fail path at which one does, or ROOT */
};

_Static_assert(AUTOMATON_NODES_MAX <= 1u << 20 && WORDSET_WORDS_MAX <= 1u << 20, "a node holds its numbers");

struct automaton {
    struct wordset words; /* until closed */
    struct node *nodes;   /* one more than there are: it ends the children of the last; NULL until closed */
    uint16_t *symbols;    /* by node: which leads to it */
    uint32_t node_count;
    uint16_t pages[PAGES]; /* of root_children, by the high bits of a symbol; the first page is empty */
    uint32_t (*root_children)[PAGE];
    uint32_t page_count;
    uint8_t *word_lens;
    uint32_t word_count;
};

int automaton_new(struct automaton **ret_automaton)
{
    *ret_automaton = calloc(1, sizeof **ret_automaton);
    return *ret_automaton ? 0 : ERR_NOMEM;
}

void automaton_free(struct automaton *automaton)
{
    if (!automaton)
        return;
    wordset_clear(&automaton->words);
    free(automaton->nodes);
    free(automaton->symbols);
    free(automaton->root_children);
    free(automaton->word_lens);
    free(automaton);
}

int automaton_add(struct automaton *a, const uint16_t *symbols, unsigned len, uint32_t *ret_word)
{
    assert(!a->nodes);
    return len > AUTOMATON_WORD_MAX ? ERR_INVALID : wordset_add(&a->words, symbols, len, ret_word);
}

/* ---- building -------------------------------------------------------------------------------------------------- */

/* The words below each node, as a part of one array that is put in order level by level. */
struct range {
    uint32_t first, end;
};

struct builder {
    struct automaton *a;
    const struct wordset *words;
    uint64_t *order;      /* words, with the symbol that they are being sorted by above them */
    uint64_t *spare;      /* as long */
    struct range *ranges; /* by node */
    uint32_t cap;
};

#define WORD_BITS 20u
#define WORD_OF(item) ((uint32_t)((item) & ((UINT64_C(1) << WORD_BITS) - 1)))
#define SYMBOL_OF(item) ((uint16_t)((item) >> WORD_BITS))

static int grow_nodes(struct builder *b)
{
    uint32_t cap = b->cap ? b->cap * 2 : 1u << 16;
    struct node *nodes = realloc(b->a->nodes, (cap + 1u) * sizeof *nodes);
    if (!nodes)
        return ERR_NOMEM;
    b->a->nodes = nodes;
    uint16_t *symbols = realloc(b->a->symbols, cap * sizeof *symbols);
    if (!symbols)
        return ERR_NOMEM;
    b->a->symbols = symbols;
    struct range *ranges = realloc(b->ranges, cap * sizeof *ranges);
    if (!ranges)
        return ERR_NOMEM;
    b->ranges = ranges;
    b->cap = cap;
    return 0;
}

static int add_node(struct builder *b, uint16_t symbol, struct range range)
{
    uint32_t node = b->a->node_count;
    if (node == AUTOMATON_NODES_MAX)
        return ERR_LIMIT;
    if (node == b->cap && grow_nodes(b))
        return ERR_NOMEM;
    b->a->nodes[node] = (struct node){ .children = 0 };
    b->a->symbols[node] = symbol;
    b->ranges[node] = range;
    b->a->node_count++;
    return 0;
}

/* By one byte of the symbol, those that are equal in their order. */
static void sort_by_byte(const uint64_t *items, uint32_t count, unsigned shift, uint64_t *ret)
{
    uint32_t starts[257] = { 0 };
    for (uint32_t i = 0; i < count; i++)
        starts[(items[i] >> shift & 0xFF) + 1]++;
    for (unsigned byte = 0; byte < 256; byte++)
        starts[byte + 1] += starts[byte];
    for (uint32_t i = 0; i < count; i++)
        ret[starts[items[i] >> shift & 0xFF]++] = items[i];
}

/* By their symbols. */
static void sort_items(struct builder *b, uint64_t *items, uint32_t count)
{
    if (count > SORT_SMALL) {
        sort_by_byte(items, count, WORD_BITS, b->spare);
        sort_by_byte(b->spare, count, WORD_BITS + 8, items);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        uint64_t item = items[i];
        uint32_t k = i;
        for (; k > 0 && items[k - 1] > item; k--)
            items[k] = items[k - 1];
        items[k] = item;
    }
}

/* Gives the node its children: one for each symbol that follows in the words below it. */
static int add_children(struct builder *b, uint32_t node, unsigned depth)
{
    struct range range = b->ranges[node];
    b->a->nodes[node].children = b->a->node_count;
    uint32_t rest = range.first;
    for (uint32_t i = range.first; i < range.end; i++) {
        uint32_t word = WORD_OF(b->order[i]);
        if (b->words->lens[word] == depth) {
            b->a->nodes[node].is_end = 1;
            b->a->nodes[node].end = word;
        } else {
            b->order[rest++] = (uint64_t)b->words->letters[b->words->starts[word] + depth] << WORD_BITS | word;
        }
    }
    sort_items(b, b->order + range.first, rest - range.first);
    for (uint32_t i = range.first, end; i < rest; i = end) {
        uint16_t symbol = SYMBOL_OF(b->order[i]);
        for (end = i + 1; end < rest && SYMBOL_OF(b->order[end]) == symbol; end++)
            ;
        int rc = add_node(b, symbol, (struct range){ i, end });
        if (rc)
            return rc;
    }
    return 0;
}

static int build_nodes(struct builder *b)
{
    for (uint32_t i = 0; i < b->words->count; i++)
        b->order[i] = i;
    int rc = add_node(b, 0, (struct range){ 0, b->words->count });
    uint32_t level_end = b->a->node_count;
    unsigned depth = 0;
    for (uint32_t node = 0; !rc && node < b->a->node_count; node++) {
        if (node == level_end) {
            level_end = b->a->node_count;
            depth++;
        }
        rc = add_children(b, node, depth);
    }
    if (!rc)
        b->a->nodes[b->a->node_count] = (struct node){ .children = b->a->node_count };
    return rc;
}

static int build_root(struct automaton *a)
{
    uint32_t children = a->nodes[ROOT + 1].children;
    a->page_count = 1;
    for (uint32_t child = ROOT + 1; child < children; child++)
        if (!a->pages[a->symbols[child] / PAGE])
            a->pages[a->symbols[child] / PAGE] = (uint16_t)a->page_count++;
    a->root_children = calloc(a->page_count, sizeof *a->root_children);
    if (!a->root_children)
        return ERR_NOMEM;
    for (uint32_t child = ROOT + 1; child < children; child++)
        a->root_children[a->pages[a->symbols[child] / PAGE]][a->symbols[child] % PAGE] = child;
    return 0;
}

static uint32_t follow(const struct automaton *a, uint32_t node, uint16_t symbol)
{
    if (node == ROOT)
        return a->root_children[a->pages[symbol / PAGE]][symbol % PAGE];
    uint32_t first = a->nodes[node].children, end = a->nodes[node + 1].children;
    while (end - first > SCAN_MAX) {
        uint32_t middle = first + (end - first) / 2;
        if (a->symbols[middle] <= symbol)
            first = middle;
        else
            end = middle;
    }
    for (; first < end; first++)
        if (a->symbols[first] == symbol)
            return first;
    return ROOT;
}

/* The nearest node on the fail path, itself included, at which a word ends. */
static uint32_t output_of(const struct automaton *a, uint32_t node)
{
    return a->nodes[node].is_end ? node : a->nodes[node].end;
}

/* Where a search goes from a node: the longest suffix of what it has read that is followed by the symbol. */
static uint32_t step(const struct automaton *a, uint32_t node, uint16_t symbol)
{
    uint32_t next;
    while ((next = follow(a, node, symbol)) == ROOT && node != ROOT)
        node = a->nodes[node].fail;
    return next;
}

/* Level by level: the links of all shallower nodes are known. */
static void build_links(struct automaton *a)
{
    for (uint32_t node = ROOT; node < a->node_count; node++) {
        for (uint32_t child = a->nodes[node].children; child < a->nodes[node + 1].children; child++) {
            struct node *c = &a->nodes[child];
            c->fail = node == ROOT ? ROOT : step(a, a->nodes[node].fail, a->symbols[child]);
            if (!c->is_end)
                c->end = output_of(a, c->fail);
        }
    }
}

/* Gives back what growing by doubling left over; that it cannot be done is no error. */
static void trim(struct automaton *a)
{
    struct node *nodes = realloc(a->nodes, (a->node_count + 1u) * sizeof *nodes);
    a->nodes = nodes ? nodes : a->nodes;
    uint16_t *symbols = realloc(a->symbols, a->node_count * sizeof *symbols);
    a->symbols = symbols ? symbols : a->symbols;
    uint8_t *lens = realloc(a->word_lens, a->word_count + 1u);
    a->word_lens = lens ? lens : a->word_lens;
}

int automaton_close(struct automaton *a)
{
    struct builder b = { .a = a, .words = &a->words };
    b.order = malloc((a->words.count + 1u) * sizeof *b.order);
    b.spare = malloc((a->words.count + 1u) * sizeof *b.spare);
    int rc = b.order && b.spare ? build_nodes(&b) : ERR_NOMEM;
    free(b.order);
    free(b.spare);
    free(b.ranges);
    if (!rc)
        rc = build_root(a);
    if (rc)
        return rc;
    build_links(a);
    a->word_count = a->words.count;
    a->word_lens = a->words.lens;
    a->words.lens = NULL;
    wordset_clear(&a->words);
    trim(a);
    return 0;
}

/* ---- using ----------------------------------------------------------------------------------------------------- */

uint32_t automaton_word_count(const struct automaton *automaton)
{
    return automaton->nodes ? automaton->word_count : automaton->words.count;
}

unsigned automaton_word_len(const struct automaton *automaton, uint32_t word)
{
    return automaton->nodes ? automaton->word_lens[word] : automaton->words.lens[word];
}

int32_t automaton_find(const struct automaton *a, const uint16_t *symbols, unsigned len)
{
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        node = follow(a, node, symbols[i]);
        if (node == ROOT)
            return -1;
    }
    return a->nodes[node].is_end ? (int32_t)a->nodes[node].end : -1;
}

size_t automaton_bytes(const struct automaton *a)
{
    return sizeof *a + (a->node_count + (size_t)1) * sizeof *a->nodes + a->node_count * sizeof *a->symbols +
           a->page_count * sizeof *a->root_children + a->word_count;
}

void automaton_search(
    const struct automaton *a, const uint16_t *text, unsigned len, automaton_found_fn *found, void *context)
{
    uint32_t node = ROOT;
    for (unsigned i = 0; i < len; i++) {
        node = step(a, node, text[i]);
        for (uint32_t out = output_of(a, node); out != ROOT; out = output_of(a, a->nodes[out].fail))
            found(context, a->nodes[out].end, i + 1);
    }
}
