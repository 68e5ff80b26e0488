/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print - the example configuration, from the same tables of keys that the loader checks by.
 * Keeps: what is printed is accepted; a new key appears without further work, and a channel kind that the story does
 *        not know appears switched off.
 * Not here: the manual's tables (gateway/man/keys.c), from the same tables.
 */
#ifndef CONFIG_PRINT_H
#define CONFIG_PRINT_H

#include "config/config.h"
#include "gateway/base/buf.h"

#define PRINT_BYTES_MAX (1024 * 1024) /* a sensible ceiling for the buffer */

/* The whole of config/helplined.conf.example. Errors stick in the buffer. */
void print_example(const struct config_registry *registry, struct buf *out);
/* A value in the file's own notation, from its written form ("a|b" for lists). */
void print_value(const struct key *key, const char *written, struct buf *out);
/* Words of text in lines of at most `width` columns, each with the prefix. */
void print_wrapped(const char *prefix, const char *text, unsigned width, struct buf *out);

#endif
