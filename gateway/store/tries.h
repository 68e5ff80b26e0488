/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tries - failures of coming in, by account and by network, so that a restart forgets none.
 * Keeps: at most TRIES_MAX rows: the one that failed longest ago makes room.
 * Not here: how long the delay is, and what the tags are made of (core/delays).
 */
#ifndef GATEWAY_STORE_TRIES_H
#define GATEWAY_STORE_TRIES_H

#include "gateway/store/db.h"

#define TRIES_MAX 10000
#define TRIES_OBJECT_MAX 100

struct try_row {
    unsigned char tag[STORE_TAG_LEN];
    char object[TRIES_OBJECT_MAX]; /* "account:maria", "network:203.0.113.0/24"; "" = nothing that may be told */
    int64_t failures, last_at;
    int64_t until_at; /* nothing is tried before */
};
/* An unknown one has no failure: never ERR_NOT_FOUND. */
int tries_get(struct store *store, const unsigned char *tag, struct try_row *ret_row) MUST_CHECK;
int tries_put(struct store *store, const struct try_row *row) MUST_CHECK;
int tries_drop(struct store *store, const unsigned char *tag) MUST_CHECK; /* also when it is not there */
/* Those whose last failure was before last_before and that are not valid any more at now_ms. */
int tries_expire(struct store *store, int64_t last_before, int64_t now_ms) MUST_CHECK;
typedef int (*try_row_fn)(void *context, const struct try_row *row);
/* With an object, failures_min or more, the last one at or after since_at. */
int tries_list(struct store *store, int64_t failures_min, int64_t since_at, try_row_fn fn, void *context) MUST_CHECK;

#endif
