/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glass - who may read the texts of one case against the rule, until when. Few rows, for minutes. */
#ifndef GATEWAY_STORE_GLASS_H
#define GATEWAY_STORE_GLASS_H

#include "gateway/store/db.h"

struct glass_row {
    char name[NAME_MAX_LEN]; /* of the user */
    int64_t case_id, broken_at, until_at;
};
int glass_put(struct store *store, const struct glass_row *row) MUST_CHECK; /* in place of an older one */
int glass_get(struct store *store, const char *name, int64_t case_id, struct glass_row *ret_row) MUST_CHECK;
int glass_drop_old(struct store *store, int64_t until_before) MUST_CHECK; /* those that ended before */
typedef int (*glass_row_fn)(void *context, const struct glass_row *row);
int glass_list(struct store *store, glass_row_fn fn, void *context) MUST_CHECK; /* by name and case */

#endif
