/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - the one door to libconfig: a file or a text becomes a read-only tree of typed nodes that know their line.
 * Why:   every sentence an administrator reads must name file and line; nobody else has to know libconfig for that.
 * Keeps: only valid UTF-8 without NUL is read; @include is refused, so one file is exactly what it shows; size and
 *        depth are bounded. Nodes are borrowed from their struct conf.
 * Not here: what a key means, bounds and defaults (config/schema.h).
 */
#ifndef CONFIG_CONF_H
#define CONFIG_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

struct conf;
struct conf_node;

enum conf_type {
    CONF_TEXT,
    CONF_INT, /* 32 and 64 bits alike */
    CONF_FLOAT,
    CONF_BOOL,
    CONF_GROUP, /* { name = value; ... } and the root */
    CONF_ARRAY, /* [ ... ]: scalars of one type */
    CONF_LIST   /* ( ... ): anything */
};

/* Reads a whole file. ERR_NOT_FOUND, ERR_IO, ERR_LIMIT, or ERR_INVALID with "path:line: sentence". */
int conf_read_file(const char *path, struct error *error, struct conf **ret_conf) MUST_CHECK;
/* The same from memory; name stands for the file in sentences. text is borrowed for the call. */
int conf_read_text(struct span text, const char *name, struct error *error, struct conf **ret_conf) MUST_CHECK;
void conf_free(struct conf *conf);

const struct conf_node *conf_root(const struct conf *conf); /* always a group */
const char *conf_file(const struct conf *conf);             /* the path or name it was read from */

enum conf_type conf_type(const struct conf_node *node);
const char *conf_type_word(enum conf_type type);     /* for sentences: "text", "whole number", ... */
const char *conf_name(const struct conf_node *node); /* "" for the root and for elements of arrays and lists */
unsigned conf_line(const struct conf_node *node);    /* 1-based; 0 for the root */

/* Values. Asking a node of another type gives "", 0 or false; conf_float also takes a whole number. */
const char *conf_text(const struct conf_node *node);
int64_t conf_int(const struct conf_node *node);
double conf_float(const struct conf_node *node);
bool conf_bool(const struct conf_node *node);

/* Children of a group, array or list, in the order of the file; 0 and NULL for scalars. */
unsigned conf_count(const struct conf_node *node);
const struct conf_node *conf_at(const struct conf_node *node, unsigned index);      /* NULL past the end */
const struct conf_node *conf_find(const struct conf_node *group, const char *name); /* direct child, or NULL */

#endif
