/* SPDX-License-Identifier: GPL-3.0-or-later */
/* family - see family.h. */
#include "gateway/core/family.h"

int family_find(struct store *store, int64_t id, struct family *family)
{
    int rc = 0;
    family->ids[0] = id;
    family->count = 1;
    /* Each case goes into one other that was there before it was closed, so no case comes twice. */
    for (unsigned i = 0; !rc && i < family->count; i++) {
        unsigned count = 0;
        rc = cases_list_joined(store, family->ids[i], family->ids + family->count, FAMILY_MAX - family->count, &count);
        family->count += count;
    }
    return rc;
}

bool family_has(const struct family *family, int64_t id)
{
    for (unsigned i = 0; i < family->count; i++)
        if (family->ids[i] == id)
            return true;
    return false;
}
