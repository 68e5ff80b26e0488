/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * story - what the example configuration tells: a small help line with invented people and numbers.
 * Keeps: it is data only; keys and their explanations come from the tables of keys.
 */
#ifndef CONFIG_STORY_H
#define CONFIG_STORY_H

#include <stddef.h>

#include "config/daemon.h"

#define STORY_PAIRS_MAX 16

/* One entry of a list: "name=value" in the written form, and the entries of its nested list. */
struct story_entry {
    const char *pairs[STORY_PAIRS_MAX];
    const struct story_entry *nested;
    unsigned nested_count;
};

/* The entries of one list: of the root, or of a group that stands once. */
struct story {
    enum daemon_group group;
    const struct story_entry *entries;
    unsigned count;
};

const struct story *story_at(size_t index); /* NULL past the end */

#endif
