/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit - see limit.h. */
#include "gateway/console/limit.h"

#include <stdlib.h>
#include <string.h>

#define SETS 512 /* a power of two */
#define WAYS 4
#define MINUTE_MS 60000

struct counter {
    unsigned char tag[LIMIT_TAG_LEN];
    int64_t used_at;
    int64_t level; /* uses not yet leaked away, times MINUTE_MS */
};

struct limit {
    struct counter counters[SETS][WAYS];
};

struct limit *limit_new(void)
{
    return calloc(1, sizeof(struct limit));
}

void limit_free(struct limit *limit)
{
    free(limit);
}

/* The counter of the tag, or the one that makes room for it. */
static struct counter *find(struct limit *limit, const unsigned char *tag)
{
    struct counter *set = limit->counters[(tag[0] | tag[1] << 8) & (SETS - 1)], *oldest = set;
    for (unsigned i = 0; i < WAYS; i++) {
        if (!memcmp(set[i].tag, tag, LIMIT_TAG_LEN))
            return &set[i];
        if (set[i].used_at < oldest->used_at)
            oldest = &set[i];
    }
    *oldest = (struct counter){ .used_at = 0 };
    memcpy(oldest->tag, tag, LIMIT_TAG_LEN);
    return oldest;
}

bool limit_allow(struct limit *limit, const unsigned char *tag, unsigned per_minute, int64_t now_ms)
{
    struct counter *counter = find(limit, tag);
    int64_t elapsed = now_ms - counter->used_at;
    if (elapsed >= MINUTE_MS)
        counter->level = 0;
    else if (elapsed > 0)
        counter->level -= elapsed * per_minute;
    if (counter->level < 0)
        counter->level = 0;
    counter->used_at = now_ms;
    if (counter->level + MINUTE_MS > (int64_t)per_minute * MINUTE_MS)
        return false;
    counter->level += MINUTE_MS;
    return true;
}
