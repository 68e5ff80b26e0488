/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catchup - reads the providers' own lists of what they received, and takes in what no webhook has brought.
 * What:  each channel that has such a list is asked at start, after a reload and every few minutes, page by page, by
 * the workers that send; what is missing goes through intake, marked late. Keeps: how far a list was read is written in
 * the transaction that stores what it gave; one request a channel at a time, few at all, and none where a worker has no
 * room beside it: an alert never waits for a list. A list that fails is asked less and less often; one that refuses us
 * hourly. Receiving and sending go on in any case. Not here: how a provider lists (handlers), what is a copy (copies),
 * what a message leads to (intake).
 */
#ifndef GATEWAY_CORE_CATCHUP_H
#define GATEWAY_CORE_CATCHUP_H

#include "gateway/core/core.h"
#include "gateway/core/jobs.h"
#include "gateway/core/workers.h"
#include "gateway/store/polls.h"

#define CATCHUP_OVERLAP_MS (15 * 60 * 1000) /* a list may be slower than a webhook, and clocks differ */
#define CATCHUP_LEASE_MS 90000              /* a worker answers within 60 s */
#define CATCHUP_FIRST_MS (30 * 1000)        /* after one failure; it doubles ... */
#define CATCHUP_REST_MS (30 * 60 * 1000)    /* ... up to this, or the usual interval where that is longer */
#define CATCHUP_PAUSE_MS (60 * 60 * 1000)   /* our credentials were refused */
#define CATCHUP_OPEN_MAX 4                  /* requests at a time */
#define CATCHUP_ROOM_MIN 2                  /* places that a worker must have: one stays for an alert */
#define CATCHUP_PAGES_MAX 100               /* in one go; then it goes on after the usual interval */

/* All inside the open transaction. */

/* At start and after a reload: every list is asked now. is_start: what an earlier process had asked is not answered
 * any more. */
int catchup_renew(struct core *core, bool is_start, int64_t now_ms) MUST_CHECK;
/* One answer: takes in what it gives. An answer that nobody waits for is ignored. */
int catchup_settle(struct core *core, int64_t number, const struct transmit_reply *reply, int64_t now_ms) MUST_CHECK;
/* Ends requests that were not answered in time and hands out due ones, as far as there is room. *ret_next_due: when it
 * wants to be called again, INT64_MAX = when there is room, or an answer. */
int catchup_run(
    struct core *core, struct jobs *jobs, struct workers *workers, int64_t now_ms, int64_t *ret_next_due) MUST_CHECK;

/* How the list of a channel is; ERR_NOT_FOUND when it is not read, or was not yet. */
int catchup_look(const struct core *core, const struct config_channel *channel, struct poll_row *ret_row) MUST_CHECK;
bool catchup_has_room(const struct jobs *jobs, const struct workers *workers);

#endif
