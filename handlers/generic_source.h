/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_source - one request of an unknown provider, asked for values by the words of the configuration.
 * What:  a path is looked up in the fields (form, query, JSON, XML), in a header (header:NAME), in the query
 *        (query:NAME) or is the whole body (body:); {n} in it is the number of the message that is being read.
 * Keeps: what a signature does not cover is not read, unless the path says so, which generic_auth checks.
 */
#ifndef HANDLERS_GENERIC_SOURCE_H
#define HANDLERS_GENERIC_SOURCE_H

#include "handlers/channel.h"
#include "handlers/coding.h"
#include "handlers/fields.h"

#define GENERIC_PATH_MAX 260
#define GENERIC_VALUE_MAX (64 * 1024)

struct generic_source {
    const struct settings *settings;
    const struct request *request;
    struct fields fields;
    char charset[CODING_CHARSET_MAX]; /* of form and query fields, "" = not said */
    bool is_form;     /* the body is a form in percent encoding, even if a document stands in one of its fields */
    int number;       /* what {n} stands for, or which of the repeated fields; -1 = none */
    const char *list; /* path of the list that is being read, "" = none */
};

void generic_source_init(struct generic_source *source, const struct settings *settings, const struct request *request);
void generic_source_done(struct generic_source *source);
void generic_source_auto_done(struct generic_source *source);
#define AUTO_SOURCE __attribute__((cleanup(generic_source_auto_done))) struct generic_source

/* flags of fields_read. ERR_INVALID, ERR_LIMIT, ERR_NOMEM. */
int generic_source_read(struct generic_source *source, unsigned flags) MUST_CHECK;

/* Appends the raw value; ERR_NOT_FOUND and the other codes of fields_get. */
int generic_source_get(const struct generic_source *source, const char *path, struct buf *out) MUST_CHECK;
/* The value at the path that a key holds; nothing when the key is empty or nothing is there. ERR_LIMIT, ERR_NOMEM. */
int generic_source_add(const struct generic_source *source, const char *key, struct buf *out) MUST_CHECK;
/* As generic_source_get, with every different value of a repeated form field, a line each. */
int generic_source_get_text(const struct generic_source *source, const char *path, struct buf *out) MUST_CHECK;

/* Calls use for each entry: of the list at the path in the key `list_key`, of numbered or repeated form fields
 * (those that hold probe_key decide), else once. Stops at the first answer that is not 0, and returns it. */
typedef int (*generic_source_use_fn)(struct generic_source *source, void *context);
int generic_source_each(struct generic_source *source, const char *list_key, const char *probe_key,
    generic_source_use_fn use, void *context) MUST_CHECK;

/* Is the value at the path of `key` one of the list `words_key`? Case does not matter. */
bool generic_source_is_word(const struct generic_source *source, const char *key, const char *words_key);
bool generic_source_has_word(const struct settings *settings, const char *words_key, const char *word);

#endif
