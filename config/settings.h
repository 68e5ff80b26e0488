/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings - building the checked values of one group (the readers are in schema.h).
 * What:  one slot a key; a value enters only through the check of its key.
 * Keeps: sentences name the key, never the value of a secret. Memory of secrets is wiped by settings_free.
 * Not here: where values come from (reader.c for files; settings_from_pairs for tests).
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "config/check.h"
#include "config/schema.h"

int settings_new(const struct key *keys, struct settings **ret_settings) MUST_CHECK; /* nothing set */
/* NULL when the table has no such key. */
const struct key *settings_find_key(const struct key *keys, const char *name);
/* Checks and stores; ERR_INVALID with a sentence, ERR_NOMEM. */
int settings_put(
    struct settings *settings, const struct key *key, const struct check_value *value, struct error *error) MUST_CHECK;
/* The same from the written form of settings_from_pairs and of fallback: lists are separated by '|'. */
int settings_put_written(
    struct settings *settings, const struct key *key, const char *written, struct error *error) MUST_CHECK;
/* A secret that is written but out of reach: it counts as set and is "". */
void settings_put_placeholder(struct settings *settings, const struct key *key);
/* Gives every key that is not set its fallback. */
int settings_apply_defaults(struct settings *settings, struct error *error) MUST_CHECK;

/* All items of a WORDS or TEXTS key. */
const char *const *settings_items(const struct settings *settings, const char *name);
const struct key *settings_keys(const struct settings *settings);

#endif
