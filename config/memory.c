/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory - see memory.h. Three plain lists: blocks, settings, zones. */
#include "config/memory.h"

#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "config/texts.h"
#include "gateway/base/str.h"

struct block {
    struct block *next;
    size_t size;
    max_align_t bytes[];
};
struct kept_settings {
    struct kept_settings *next;
    struct settings *settings;
};
struct kept_zone {
    struct kept_zone *next;
    struct zone *zone;
};

struct config_memory {
    struct texts *texts; /* NULL or one set */
    struct block *blocks;
    struct kept_settings *settings;
    struct kept_zone *zones;
};

struct config_memory *memory_new(void)
{
    return calloc(1, sizeof(struct config_memory));
}

void memory_free(struct config_memory *memory)
{
    if (!memory)
        return;
    texts_free(memory->texts);
    /* The list entries are blocks themselves, so they go last. */
    for (struct kept_settings *kept = memory->settings; kept; kept = kept->next)
        settings_free(kept->settings);
    for (struct kept_zone *kept = memory->zones; kept; kept = kept->next)
        zone_free(kept->zone);
    while (memory->blocks) {
        struct block *block = memory->blocks;
        memory->blocks = block->next;
        explicit_bzero(block->bytes, block->size);
        free(block);
    }
    free(memory);
}

void *memory_alloc(struct config_memory *memory, size_t size)
{
    struct block *block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    block->next = memory->blocks;
    memory->blocks = block;
    return block->bytes;
}

char *memory_copy(struct config_memory *memory, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_alloc(memory, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

struct settings *memory_settings(struct config_memory *memory, const struct key *keys)
{
    struct kept_settings *kept = memory_alloc(memory, sizeof *kept);
    if (!kept || settings_new(keys, &kept->settings))
        return NULL;
    kept->next = memory->settings;
    memory->settings = kept;
    return kept->settings;
}

int memory_keep_texts(struct config_memory *memory, struct texts *texts_take)
{
    if (memory->texts) {
        texts_free(texts_take);
        return ERR_EXISTS;
    }
    memory->texts = texts_take;
    return 0;
}

int memory_zone(struct config_memory *memory, const char *name, struct error *error, const struct zone **ret_zone)
{
    for (struct kept_zone *kept = memory->zones; kept; kept = kept->next)
        if (str_equal(zone_name(kept->zone), name)) {
            *ret_zone = kept->zone;
            return 0;
        }
    struct kept_zone *kept = memory_alloc(memory, sizeof *kept);
    if (!kept)
        return error_set(error, ERR_NOMEM, "no memory for a time zone");
    int code = zone_open(name, error, &kept->zone);
    if (code)
        return code;
    kept->next = memory->zones;
    memory->zones = kept;
    *ret_zone = kept->zone;
    return 0;
}
