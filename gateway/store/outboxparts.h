/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outboxparts - the SMS that one outbox row is sent as, where the network takes them one by one.
 *
 *   given --progress--> sent --report--> delivered
 *     |                  +-----report--> failed --(sent again)--> given
 *     +-- the answer was lost: doubtful --(sent again)--> given, or --report--> delivered
 *
 * Keeps: a part is `given` in the transaction of the lease, before it leaves; recipient and content are keyed tags.
 * Not here: what a report or a lost answer means for the row (core/sentparts).
 */
#ifndef GATEWAY_STORE_OUTBOXPARTS_H
#define GATEWAY_STORE_OUTBOXPARTS_H

#include "gateway/store/db.h"

enum part_state { PART_GIVEN, PART_DOUBTFUL, PART_SENT, PART_DELIVERED, PART_FAILED };

struct outbox_part {
    int64_t outbox_id;
    unsigned part, total; /* from 1 */
    char channel[NAME_MAX_LEN];
    unsigned char recipient[STORE_TAG_LEN], content[STORE_TAG_LEN];
    enum part_state state;
    char remote_id[REMOTE_ID_MAX]; /* the network's reference, "" = not known */
    int64_t at;                    /* when it was given, went out, or was reported */
};
typedef int (*outbox_part_fn)(void *context, const struct outbox_part *row);

/* Writes the row, in place of what was known of that part. */
int outboxparts_put(struct store *store, const struct outbox_part *row) MUST_CHECK;
/* In the order of part. */
int outboxparts_list(struct store *store, int64_t outbox_id, outbox_part_fn fn, void *context) MUST_CHECK;
/* Parts to that recipient by that channel since then, newest first; fn may return 1 to end the list, which then gives
 * 0. It may not write. */
int outboxparts_find(struct store *store, const unsigned char *recipient, const char *channel, int64_t since_ms,
    outbox_part_fn fn, void *context) MUST_CHECK;
int outboxparts_delete(struct store *store, int64_t outbox_id) MUST_CHECK;
int outboxparts_forget(struct store *store, int64_t before_ms) MUST_CHECK;

#endif
