/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confnode - the nodes of a configuration text in one array, built from the leaves up.
 * What:  finished nodes wait until what holds them is finished as well; then they move into the array, side by side.
 * Keeps: a node knows its children by their distance, so that the array may move while it grows.
 * Not here: asking a node (conf), reading a text (confscan, conf).
 */
#ifndef CONFIG_CONFNODE_H
#define CONFIG_CONFNODE_H

#include <stdint.h>

#include "config/conf.h"

struct conf_node {
    const char *name; /* NULL = none */
    union {
        const char *text;
        int64_t whole;
        double real;
        struct {
            uint32_t distance, count; /* the first child lies so many nodes before this one */
        } children;
    };
    uint32_t type : 4; /* enum conf_type; CONF_BOOL is in whole */
    uint32_t line : 28;
};

/* Zeroed = empty. Names and texts are borrowed. */
struct confnodes {
    struct conf_node *items, *waiting;
    uint32_t count, cap, waiting_count, waiting_cap;
};

/* A scalar. */
int confnodes_add(struct confnodes *nodes, const struct conf_node *node) MUST_CHECK;
/* A group, array or list of all nodes that were added since `waiting_count` was `first`. */
int confnodes_gather(struct confnodes *nodes, uint32_t first, const struct conf_node *node) MUST_CHECK;
/* The root, once it was gathered as the last that waits. */
int confnodes_finish(struct confnodes *nodes) MUST_CHECK;
const struct conf_node *confnodes_root(const struct confnodes *nodes);
void confnodes_clear(struct confnodes *nodes);

#endif
