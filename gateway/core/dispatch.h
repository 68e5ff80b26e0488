/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dispatch - hands due outbox rows to workers and writes down what became of them.
 * What:  in each turn: settle the results that came in, lease what is due, and (after the commit) let the frames go.
 * Keeps: nothing leaves before its lease is on the disk; a lost answer makes an alert come again, marked, and a reply
 * to the person never; one slow or broken channel does not delay the others (in-flight limit and breaker per channel).
 * Not here: the retry curve (retry), what is in flight (jobs), the wire (workers, handlers), what a message says
 * (compose), when a provider's list is read (catchup).
 */
#ifndef GATEWAY_CORE_DISPATCH_H
#define GATEWAY_CORE_DISPATCH_H

#include "gateway/core/core.h"
#include "gateway/core/modems.h"
#include "gateway/core/workers.h"

#define DISPATCH_LEASE_MS 90000        /* a sender answers within 60 s */
#define DISPATCH_MODEM_LEASE_MS 150000 /* a modem tells of each part, within 130 s */

struct dispatch;

int dispatch_new(struct core *core, struct loop *loop, int workers_fd, struct dispatch **ret_dispatch) MUST_CHECK;
void dispatch_free(struct dispatch *dispatch);
/* After start and after each reload: tells the workers the hosts of the configuration in force, and tries every channel
 * anew. */
int dispatch_configure(struct dispatch *dispatch) MUST_CHECK;
/* At start, inside a transaction: what an earlier process had leased is uncertain now. */
int dispatch_recover(struct dispatch *dispatch, int64_t now_ms) MUST_CHECK;

/* One turn, inside the open transaction. is_changed: the turn has written rows, so due times are looked up anew. */
int dispatch_settle(struct dispatch *dispatch, int64_t now_ms) MUST_CHECK;
int dispatch_lease(struct dispatch *dispatch, bool is_changed, int64_t now_ms) MUST_CHECK;
/* After the commit: the frames go out. After a rollback: they are forgotten, and the results are settled in the next
 * turn. */
void dispatch_release(struct dispatch *dispatch);
void dispatch_abandon(struct dispatch *dispatch);

bool dispatch_has_results(const struct dispatch *dispatch);
/* When dispatch wants its next turn (UTC ms), INT64_MAX = only when something happens. */
int64_t dispatch_next_due(const struct dispatch *dispatch);
/* Was a channel paused for its configuration since this was asked last? Then the auditor must look now. */
bool dispatch_take_alarm(struct dispatch *dispatch);
/* Somebody has looked at the channel: if it was paused, it is tried again now. False when it was not. */
bool dispatch_resume_channel(struct dispatch *dispatch, const char *channel);
unsigned dispatch_in_flight(const struct dispatch *dispatch);
void dispatch_stop(struct dispatch *dispatch); /* drain: leases nothing any more */

struct dispatch_health {
    unsigned in_flight, failures;
    bool is_resting, is_paused;
    int64_t last_sent_at; /* UTC ms; 0 = not since the start */
};
void dispatch_channel_health(const struct dispatch *dispatch, const char *channel, struct dispatch_health *ret_health);
/* A worker that could take a job of that channel now: a sender, or its own modem; NULL = none. */
struct worker *dispatch_pick(struct workers *workers, const struct config_channel *channel);
struct workers *dispatch_workers(struct dispatch *dispatch);
struct modems *dispatch_modems(struct dispatch *dispatch);
struct flares *dispatch_flares(struct dispatch *dispatch); /* what leaves without a row */

#endif
