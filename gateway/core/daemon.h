/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon - the turn: what came in is handled inside one transaction, that is committed, and only then anybody hears of
 * it. What:  owns the two HTTP servers, the control socket, dispatch and the timers; the main gives it open sockets and
 * the services. Keeps: no answer, no job and no row leaves before the commit behind it has returned; at most
 * DAEMON_TURN_MAX requests a turn; a turn that fails is answered "try again" as a whole and changes nothing.
 */
#ifndef GATEWAY_CORE_DAEMON_H
#define GATEWAY_CORE_DAEMON_H

#include "gateway/base/loop.h"
#include "gateway/core/core.h"
#include "gateway/core/visits.h"

#define DAEMON_TURN_MAX 64    /* group commit: more gains little and costs latency */
#define DAEMON_QUEUE_MAX 5000 /* requests that wait; beyond it the answer is 503 at once */

struct daemon;
struct scrape;

struct daemon_sockets {
    int webhooks, console /* -1 = none */, control, workers; /* listening; stay the caller's */
};

/* pages writes what the console's listener answers, apart from /healthz; borrowed for the call. */
int daemon_new(struct core *core, struct loop *loop, const struct daemon_sockets *sockets,
    const struct visits_writer *pages, struct error *error, struct daemon **ret_daemon) MUST_CHECK;
void daemon_free(struct daemon *daemon);

/* What /metrics says; lives as long as the daemon. */
struct scrape *daemon_scrape(const struct daemon *daemon);

/* The main swapped configuration or lexicon in core: tells everybody who has to know, and the audit. */
int daemon_reconfigure(struct daemon *daemon) MUST_CHECK;

/* Waits once and does one turn. Errors are fatal (the loop itself is broken). */
int daemon_turn(struct daemon *daemon) MUST_CHECK;

/* An orderly end: no new connection, no new lease; then daemon_turn until daemon_is_settled or the deadline. */
void daemon_stop(struct daemon *daemon);
bool daemon_is_settled(const struct daemon *daemon);

#endif
