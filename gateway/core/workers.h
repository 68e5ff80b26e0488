/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workers - the daemon's side of gateway/PROTOCOL.md: who is connected, what each has in hand, what comes back.
 * Keeps: a peer of another user is closed unread; a worker without a hello gets nothing; when a connection ends, each
 * of its open jobs is reported as unknown exactly once. Not here: what a job is for and what its result means
 * (dispatch).
 */
#ifndef GATEWAY_CORE_WORKERS_H
#define GATEWAY_CORE_WORKERS_H

#include "config/hosts.h"
#include "gateway/base/loop.h"
#include "gateway/base/model.h"

#define WORKERS_MAX 16
#define WORKERS_JOB_ID_MAX 65
#define WORKERS_HELLO_MS 10000
#define WORKERS_PING_MS 30000 /* a worker that says nothing between two pings is closed */

struct workers;
struct worker;

/* The result of one job; reply and its body are borrowed for the call. Called from within loop_wait only. */
typedef void (*worker_result_fn)(void *context, const char *job, const struct transmit_reply *reply);

int workers_new(struct loop *loop, int listen_fd, worker_result_fn on_result, void *context,
    struct workers **ret_workers) MUST_CHECK;
void workers_free(struct workers *workers);

/* The allow-list of the present configuration; sent to every worker now and to new ones in their welcome. */
int workers_set_hosts(struct workers *workers, const struct hosts *hosts, bool may_send_to_private) MUST_CHECK;

/* A worker of that role with room for one more job, the least busy one; NULL when there is none. */
struct worker *workers_pick(struct workers *workers, const char *role);
unsigned workers_room(
    const struct workers *workers, const char *role); /* jobs that all of them together would take now */
const char *worker_name(const struct worker *worker);

/* Writes the frame of a job. ERR_LIMIT when it does not fit a frame. */
int worker_encode_job(const char *job, const struct transmit *transmit, struct buf *out) MUST_CHECK;
/* Counts a job for the worker before its frame is sent (so that picking is fair within one turn), or takes that back.
 */
void worker_reserve(struct worker *worker, const char *job);
void worker_unreserve(struct worker *worker, const char *job);
/* Sends a reserved job. A worker that cannot be written to ends from the loop, and the job comes back as unknown. */
void worker_send_job(struct worker *worker, struct span frame);

unsigned workers_count(const struct workers *workers, const char *role);
/* Calls fn for each connected worker (name, role, jobs in hand). */
typedef void (*worker_fn)(void *context, const char *name, const char *role, unsigned in_hand, unsigned capacity);
void workers_each(const struct workers *workers, worker_fn fn, void *context);

#endif
