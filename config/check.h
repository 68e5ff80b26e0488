/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - does one value fit its key?
 * What:  type bounds, words, URLs, durations.
 * Keeps: a sentence names the key and never the value of a secret or of an address.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/schema.h"
#include "gateway/base/buf.h"

#define CHECK_KEYS_MAX 160  /* keys of one table */
#define CHECK_TEXT_MAX 4096 /* bytes of a text without bounds of its own */
#define CHECK_ITEMS_MAX 64  /* entries of a list */

/* One value before its check: the member that fits the key's type is read. */
struct check_value {
    const char *text; /* TEXT, WORD, URL, DURATION */
    int64_t number;   /* INT, BOOL */
    const char *const *items;
    unsigned count; /* WORDS, TEXTS */
};

/* 0, or ERR_INVALID with a sentence. */
int check_value(const struct key *key, const struct check_value *value, struct error *error) MUST_CHECK;

bool check_is_list(enum key_type type);
/* The bounds in force for a key, its type's own ones included. */
void check_bounds(const struct key *key, int64_t *ret_min, int64_t *ret_max);
/* An http or https URL with a host, without user, blanks or control characters. */
bool check_is_url(const char *text);
/* "did you mean" over the names of a table; NULL when none is near. */
const char *check_nearest_key(const char *name, const struct key *keys);
/* 90000 as "90 s": the largest unit that divides it. */
void check_print_duration(struct buf *out, int64_t ms);

#endif
