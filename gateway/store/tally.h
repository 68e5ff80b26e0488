/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - figures that grow, read from the rows that are new since they were read last.
 * Why:   a count over all messages would walk through a table that grows with the years; rows have rising ids, so what
 *        is new is a range of them.
 * Keeps: lives in memory and is copyable by assignment: whoever undoes a turn puts back the copy of before, because ids
 *        are given again. At most TALLY_STEP rows of a table are read at a time; the rest next time.
 */
#ifndef GATEWAY_STORE_TALLY_H
#define GATEWAY_STORE_TALLY_H

#include "gateway/base/histogram.h"
#include "gateway/store/db.h"

#define TALLY_STEP 4000
#define TALLY_LOOK_BACK 1000   /* messages that are read at the begin for when a channel received last */
#define TALLY_UNTAKEN_MAX 1000 /* critical cases that are counted one by one */
#define TALLY_CHANNELS_MAX 128 /* with those that a reload took away; further ones are not counted */

struct tally_channel {
    char name[NAME_MAX_LEN];
    int64_t received, last_received_at;
};

struct tally {
    bool is_begun;
    int64_t message_id, counts_from_id, audit_id; /* read up to here; older messages only tell when they came */
    unsigned channel_count;
    struct tally_channel channels[TALLY_CHANNELS_MAX];
    int64_t categories[CATEGORY_COUNT], urgencies[URGENCY_COUNT], not_help;
    int64_t alerts[STATE_COUNT]; /* that came into that state */
    struct histogram taken;      /* from the opening of a case until it was first taken */
};

/* Nothing is counted; what is in the store now is old. */
void tally_init(struct tally *tally);
int tally_begin(struct store *store, struct tally *tally) MUST_CHECK;
int tally_read(struct store *store, struct tally *tally) MUST_CHECK;
/* NULL when nothing of that channel was seen. */
const struct tally_channel *tally_find_channel(const struct tally *tally, const char *name);

/* What is live: indexed by urgency, and the critical ones that nobody has taken (oldest_at 0 = none). */
struct tally_cases {
    int64_t live[URGENCY_COUNT], untaken_critical, oldest_at;
};
int tally_count_cases(struct store *store, struct tally_cases *ret_cases) MUST_CHECK;

#endif
