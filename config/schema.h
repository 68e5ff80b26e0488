/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema - typed configuration keys: a table says what a group may hold; the reader checks, defaults and explains.
 * What:  a channel brings its own table (`keys[]`); the daemon's own groups have theirs in daemon.def. The same tables
 *        print helplined.conf(5) and the example configuration.
 * Keeps: every error is collected with file:line; nothing stops at the first.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/error.h"

enum key_type {
    KEY_TEXT, /* min/max: length in bytes */
    KEY_INT,  /* min/max: value */
    KEY_BOOL,
    KEY_DURATION, /* text such as "90 s"; min/max and value in milliseconds */
    KEY_WORD,     /* one of words[] */
    KEY_WORDS,    /* list of words[] */
    KEY_TEXTS,    /* list of texts */
    KEY_URL       /* http or https URL */
};
enum key_flags { KEY_REQUIRED = 1, KEY_SECRET = 2 /* @credential:NAME, @file:PATH, or a literal with a warning */ };

struct key {
    const char *name;
    enum key_type type;
    unsigned flags;
    int64_t min, max;         /* 0, 0 = the type's own bounds */
    const char *fallback;     /* default as it would be written; NULL = none ("" / 0 / false / empty list) */
    const char *const *words; /* KEY_WORD(S): NULL-terminated */
    const char *doc;          /* one sentence for the manual */
    const char *example;      /* value for the example configuration, NULL = the default, commented out */
};

/* The checked values of one group, in the order of its table; made by the loader, immutable, freed with the snapshot.
 */
struct settings;

/* Readers by key name. Asking for a name that the table does not have, or of another type, is a programmer error
 * (assert). */
const char *settings_text(const struct settings *settings, const char *name); /* TEXT, WORD, URL; "" when unset */
int64_t settings_int(const struct settings *settings, const char *name);      /* INT, DURATION (ms) */
bool settings_bool(const struct settings *settings, const char *name);
unsigned settings_count(const struct settings *settings, const char *name); /* WORDS, TEXTS */
const char *settings_item(const struct settings *settings, const char *name, unsigned index);
bool settings_has(const struct settings *settings, const char *name); /* was it written in the file? */

/* For tests and self-tests: builds settings from "name=value" strings (lists separated by '|'), NULL-terminated,
 * with the same checks and defaults as a file. Caller frees with settings_free. */
int settings_from_pairs(
    const struct key *keys, const char *const *pairs, struct error *error, struct settings **ret_settings) MUST_CHECK;
void settings_free(struct settings *settings);

#endif
