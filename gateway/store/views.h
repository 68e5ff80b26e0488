/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * views - filters of the queue that a person gave a name.
 * Keeps: at most VIEWS_MAX a person; a view holds words of the filter only, never a number or a text.
 */
#ifndef GATEWAY_STORE_VIEWS_H
#define GATEWAY_STORE_VIEWS_H

#include "gateway/store/db.h"

#define VIEWS_MAX 20
#define VIEWS_NAME_MAX 100 /* bytes with NUL */
#define VIEWS_QUERY_MAX 512

struct view_row {
    char user[NAME_MAX_LEN * 2]; /* the actor of the verbs */
    char name[VIEWS_NAME_MAX];
    char query[VIEWS_QUERY_MAX]; /* "state=open&urgency=critical" */
    int64_t at;
};
/* Writes it in place of that person's view of the same name. ERR_LIMIT when there are VIEWS_MAX others. */
int views_put(struct store *store, const struct view_row *row) MUST_CHECK;
int views_delete(struct store *store, const char *user, const char *name) MUST_CHECK; /* ERR_NOT_FOUND */
/* By name. */
typedef int (*view_row_fn)(void *context, const struct view_row *row);
int views_list(struct store *store, const char *user, view_row_fn fn, void *context) MUST_CHECK;

#endif
