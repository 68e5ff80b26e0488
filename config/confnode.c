/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confnode - see confnode.h. */
#include "config/confnode.h"

#include <stdlib.h>

#define NODES_FIRST 64u

static int grow(struct conf_node **items, uint32_t *cap, uint32_t wanted)
{
    if (wanted <= *cap)
        return 0;
    uint32_t size = *cap ? *cap : NODES_FIRST;
    while (size < wanted)
        size *= 2;
    struct conf_node *grown = realloc(*items, size * sizeof *grown);
    if (!grown)
        return ERR_NOMEM;
    *items = grown;
    *cap = size;
    return 0;
}

static bool has_children(const struct conf_node *node)
{
    return node->type == CONF_GROUP || node->type == CONF_ARRAY || node->type == CONF_LIST;
}

int confnodes_add(struct confnodes *nodes, const struct conf_node *node)
{
    if (grow(&nodes->waiting, &nodes->waiting_cap, nodes->waiting_count + 1))
        return ERR_NOMEM;
    nodes->waiting[nodes->waiting_count++] = *node;
    return 0;
}

/* Those that wait from `first` on take their places; while one waits, `distance` is the place of its first child. */
static int settle(struct confnodes *nodes, uint32_t first)
{
    if (grow(&nodes->items, &nodes->cap, nodes->count + nodes->waiting_count - first))
        return ERR_NOMEM;
    for (uint32_t i = first; i < nodes->waiting_count; i++) {
        struct conf_node node = nodes->waiting[i];
        if (has_children(&node))
            node.children.distance = nodes->count - node.children.distance;
        nodes->items[nodes->count++] = node;
    }
    nodes->waiting_count = first;
    return 0;
}

int confnodes_gather(struct confnodes *nodes, uint32_t first, const struct conf_node *node)
{
    struct conf_node whole = *node;
    whole.children.distance = nodes->count;
    whole.children.count = nodes->waiting_count - first;
    int rc = settle(nodes, first);
    return rc ? rc : confnodes_add(nodes, &whole);
}

int confnodes_finish(struct confnodes *nodes)
{
    int rc = settle(nodes, 0);
    free(nodes->waiting);
    nodes->waiting = NULL;
    nodes->waiting_cap = 0;
    return rc;
}

const struct conf_node *confnodes_root(const struct confnodes *nodes)
{
    return &nodes->items[nodes->count - 1];
}

void confnodes_clear(struct confnodes *nodes)
{
    free(nodes->items);
    free(nodes->waiting);
    *nodes = (struct confnodes){ .count = 0 };
}
