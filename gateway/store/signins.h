/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signins - who is in the console: one row a cookie, of which a keyed tag alone is stored.
 * Not here: how long somebody is in (console/sessions).
 */
#ifndef GATEWAY_STORE_SIGNINS_H
#define GATEWAY_STORE_SIGNINS_H

#include "gateway/store/db.h"

#define SIGNINS_ROLE_MAX 16
#define SIGNINS_SOURCE_MAX 64

struct signin_row {
    unsigned char tag[STORE_TAG_LEN];
    char name[NAME_MAX_LEN], role[SIGNINS_ROLE_MAX];
    char source[SIGNINS_SOURCE_MAX];     /* the network: "203.0.113.0/24", "" = this host */
    int64_t begun_at, seen_at, fresh_at; /* fresh_at: when password or factor was proved last */
};
int signins_put(struct store *store, const struct signin_row *row) MUST_CHECK; /* new, or in place of the same tag */
int signins_get(struct store *store, const unsigned char *tag, struct signin_row *ret_row) MUST_CHECK;
int signins_drop(struct store *store, const unsigned char *tag) MUST_CHECK; /* ERR_NOT_FOUND */
/* *ret_count = how many there were. */
int signins_drop_name(struct store *store, const char *name, int64_t *ret_count) MUST_CHECK;
/* Those begun before begun_before or seen last before seen_before. */
int signins_expire(struct store *store, int64_t begun_before, int64_t seen_before) MUST_CHECK;
typedef int (*signin_row_fn)(void *context, const struct signin_row *row);
int signins_list(struct store *store, signin_row_fn fn, void *context) MUST_CHECK; /* by name */

#endif
