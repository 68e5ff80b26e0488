/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory - everything one snapshot owns, freed in one go.
 * Keeps: an allocation is zeroed and stays where it is until memory_free, which wipes it; nothing is freed singly.
 */
#ifndef CONFIG_MEMORY_H
#define CONFIG_MEMORY_H

#include <stddef.h>

#include "config/schema.h"
#include "config/zone.h"

struct config_memory;
struct texts;

struct config_memory *memory_new(void); /* NULL when memory is exhausted, as for all below */
void memory_free(struct config_memory *memory);

void *memory_alloc(struct config_memory *memory, size_t size);
char *memory_copy(struct config_memory *memory, const char *text);
/* A new, empty set of settings for a table. */
struct settings *memory_settings(struct config_memory *memory, const struct key *keys);
/* Takes the set: it is freed with the rest. */
int memory_keep_texts(struct config_memory *memory, struct texts *texts_take) MUST_CHECK;
/* Opens a zone once a snapshot, however many contacts live in it. */
int memory_zone(
    struct config_memory *memory, const char *name, struct error *error, const struct zone **ret_zone) MUST_CHECK;

#endif
