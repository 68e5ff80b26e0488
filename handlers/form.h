/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form - application/x-www-form-urlencoded bodies and query strings (WHATWG URL Standard, clause 5.1) as ordered pairs.
 * Why:   signatures are made over every pair that arrived, in any number and with any bytes; so nothing is merged,
 *        trimmed or dropped here, and values are spans that may hold NUL.
 * Keeps: at most FORM_FIELDS_MAX pairs and FORM_BYTES_MAX decoded bytes, counted over all sources of one form.
 * Not here: which source counts and what a field means (fields, the channels).
 */
#ifndef HANDLERS_FORM_H
#define HANDLERS_FORM_H

#include "gateway/base/buf.h"

#define FORM_FIELDS_MAX 100
#define FORM_BYTES_MAX (128 * 1024)

struct form_field {
    size_t name_start, name_len, value_start, value_len; /* in form.text */
};
struct form {
    struct buf text; /* all names and values, decoded */
    size_t count;
    struct form_field fields[FORM_FIELDS_MAX];
};

void form_init(struct form *form);
void form_done(struct form *form);
/* Appends the pairs of one encoded source; a pair without "=" has an empty value, an empty pair is skipped.
 * ERR_LIMIT, ERR_NOMEM: the form holds then nothing that may be used. */
int form_add(struct form *form, struct span encoded) MUST_CHECK;
/* Appends one pair that is not encoded. ERR_LIMIT, ERR_NOMEM. */
int form_add_plain(struct form *form, struct span name, struct span value) MUST_CHECK;

/* Borrowed until the next form_add. */
struct span form_name(const struct form *form, size_t index);
struct span form_value(const struct form *form, size_t index);
/* The first value of that name; false when there is none. */
bool form_find(const struct form *form, const char *name, struct span *ret_value);
/* The value of that name when it comes for the (index + 1)-th time; false when it does not. */
bool form_find_nth(const struct form *form, const char *name, size_t index, struct span *ret_value);
size_t form_count_name(const struct form *form, const char *name);
/* Does the name come again with another value? */
bool form_is_ambiguous(const struct form *form, const char *name);

/* Did the pair come before, name and value alike? */
bool form_is_repeated(const struct form *form, size_t index);

/* Fields of one name stay as they came, or are in byte order of their values. */
enum form_order { FORM_AS_IT_CAME, FORM_BY_VALUE };
/* The indexes of all fields in byte order of their names, as signatures want them; order has room for FORM_FIELDS_MAX.
 */
void form_sort(const struct form *form, enum form_order values, size_t *ret_order);

#endif
