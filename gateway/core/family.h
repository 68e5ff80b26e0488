/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * family - a case and those that were joined to it, also by way of another: all that one person wrote, from every
 * number of hers.
 */
#ifndef GATEWAY_CORE_FAMILY_H
#define GATEWAY_CORE_FAMILY_H

#include "gateway/store/cases.h"

#define FAMILY_MAX 64 /* cases; further ones are left out */

struct family {
    unsigned count;
    int64_t ids[FAMILY_MAX]; /* the case itself first */
};
int family_find(struct store *store, int64_t id, struct family *ret_family) MUST_CHECK;
bool family_has(const struct family *family, int64_t id);

#endif
