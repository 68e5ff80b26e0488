/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * polls - how far each channel's listing was read, and what came of the last look.
 * Keeps: a row a channel; it is written in the transaction that stores what the listing gave.
 * Not here: when a channel is asked, and what its answer means (core/catchup).
 */
#ifndef GATEWAY_STORE_POLLS_H
#define GATEWAY_STORE_POLLS_H

#include "gateway/store/db.h"

#define POLLS_CURSOR_MAX 512

struct poll_row {
    char channel[NAME_MAX_LEN];
    int64_t number;      /* of the last request, from SEQUENCE_POLL; 0 = none yet */
    int64_t lease_until; /* that request is with a worker; 0 = none is */
    int64_t due_at;
    char cursor[POLLS_CURSOR_MAX]; /* where a poll begins: the channel's own text */
    char page[POLLS_CURSOR_MAX];   /* where the one in progress goes on */
    int64_t pages;                 /* it has read so many */
    int64_t since_at, started_at;  /* of the one in progress; started_at 0 = there is none */
    int64_t covered_at;            /* the last one that was read to its end had begun then; 0 = none was */
    int64_t polled_at, ok_at;      /* the last answer, the last one that could be read; 0 = none */
    int64_t failures;              /* in a row */
    enum outcome outcome;          /* of the last request; `sent` when all is well */
    int64_t late_found;            /* messages that no webhook had brought, ever */
};
/* ERR_NOT_FOUND for a channel that was never asked. */
int polls_get(struct store *store, const char *channel, struct poll_row *ret_row) MUST_CHECK;
int polls_find(struct store *store, int64_t number, struct poll_row *ret_row) MUST_CHECK;
int polls_put(struct store *store, const struct poll_row *row) MUST_CHECK;
/* All are due now. is_start: and no request is with a worker any more. */
int polls_renew(struct store *store, bool is_start, int64_t now_ms) MUST_CHECK;

#endif
