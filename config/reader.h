/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader - from a group of the file to settings, by tables of keys.
 * What:  types, bounds, secrets, defaults, required and unknown keys; each fault is a line of the report.
 * Keeps: it goes on after a fault, and returns an error only when memory is exhausted.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "config/conf.h"
#include "config/report.h"
#include "config/schema.h"

#define READER_TABLES_MAX 2

struct reader {
    struct config_report *report;
    const char *directory; /* relative secrets start here */
    bool is_check_only;
    bool is_out_of_reach; /* set when a secret could not be judged from here (only with is_check_only) */
};

/* A key that stands in both tables of a group is read into both. */
struct reader_table {
    const struct key *keys;
    struct settings *settings;
};
struct reader_group {
    const struct conf_node *node; /* NULL: the group is absent, only defaults apply */
    const char *where;            /* "channels[0] (sms)" */
    struct reader_table tables[READER_TABLES_MAX];
    unsigned table_count;
    const char *const *groups; /* names of nested groups, NULL-terminated, or NULL */
    bool any_key;              /* do not complain about unknown keys: the kind is unknown */
    /* A better sentence for a word that is refused, or NULL. */
    const char *(*explain)(const struct key *key, const char *word);
};

int reader_read(struct reader *reader, const struct reader_group *group) MUST_CHECK;

#endif
