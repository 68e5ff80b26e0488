/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quarantine - requests that were refused or could not be read, sealed, until a person looks.
 * Keeps: bounded (rows, bytes, age): the oldest go first, and per channel no flood pushes out the others' last 100.
 */
#ifndef GATEWAY_STORE_QUARANTINE_H
#define GATEWAY_STORE_QUARANTINE_H

#include "gateway/store/db.h"

#define QUARANTINE_ROWS_MAX 10000
#define QUARANTINE_BYTES_MAX (50u << 20)

struct quarantine_row {
    int64_t id, at;
    char channel[NAME_MAX_LEN];
    char reason[64];     /* fixed word: "signature", "malformed", "unknown_channel" ... */
    enum state state;    /* machine quarantine */
    struct span request; /* sealed by the hot key */
    int64_t size;        /* bytes of the request */
    int64_t resolved_at;
    char resolved_by[NAME_MAX_LEN];
};
int quarantine_insert(struct store *store, const struct quarantine_row *row) MUST_CHECK;
int quarantine_get(struct store *store, int64_t id, struct quarantine_row *ret_row) MUST_CHECK;
/* kept -> released or dropped (the sealed request is removed when dropped). ERR_CONFLICT when it is not kept. */
int quarantine_resolve(struct store *store, int64_t id, enum state state, const char *by, int64_t now_ms) MUST_CHECK;
struct quarantine_filter {
    const char *state;   /* "all" = any */
    const char *channel; /* NULL = any */
    int64_t before_id;   /* 0 = from the newest */
    unsigned limit;
};
typedef int (*quarantine_row_fn)(void *context, const struct quarantine_row *row);
int quarantine_list(
    struct store *store, const struct quarantine_filter *filter, quarantine_row_fn fn, void *context) MUST_CHECK;
/* How many were kept since since_ms (for the alarm). */
int quarantine_count_since(struct store *store, int64_t since_ms, int64_t *ret_count) MUST_CHECK;
int quarantine_expire(struct store *store, int64_t before_ms) MUST_CHECK;

#endif
