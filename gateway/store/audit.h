/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit - who did what to which case, when; each row chained to the one before.
 * Keeps: append only; a changed, removed or inserted row is found by audit_verify. Holds names and words, never a
 *        text or number.
 */
#ifndef GATEWAY_STORE_AUDIT_H
#define GATEWAY_STORE_AUDIT_H

#include "gateway/store/db.h"

struct audit_row {
    int64_t id; /* given by the store, without gaps */
    int64_t at;
    const char *actor;  /* "daemon", "contact:ngo-desk", "user:root" */
    const char *action; /* "case.open", "alert.send", "case.read" ... */
    int64_t case_id;    /* 0 = none */
    const char *object; /* "message:17", "alert:3", "" */
    const char *detail; /* fixed words and names only */
};
int audit_append(struct store *store, const struct audit_row *row) MUST_CHECK;
/* The same for what concerns a case as a whole (0 = none), without an object. */
int audit_case(struct store *store, int64_t at, const char *actor, const char *action, int64_t case_id,
    const char *detail) MUST_CHECK;
typedef int (*audit_row_fn)(void *context, const struct audit_row *row);
/* Newest first; case_id 0 = all. */
int audit_list(
    struct store *store, int64_t case_id, int64_t before_id, unsigned limit, audit_row_fn fn, void *context) MUST_CHECK;
/* Recomputes the whole chain. 0: intact, *ret_count rows. ERR_CORRUPT: *ret_first_bad is the first row that does not
 * fit. */
int audit_verify(struct store *store, int64_t *ret_count, int64_t *ret_first_bad) MUST_CHECK;

#endif
