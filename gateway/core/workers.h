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
#include "gateway/json/json.h"

#define WORKERS_MAX 16
#define WORKERS_SENDER "sender" /* roles */
#define WORKERS_MODEM "modem"
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

/* What is special about the role modem; all are called from within loop_wait only, but for settings. */
struct workers_modems {
    void *context;
    /* The settings of the modem of that name, a new reference; NULL = there is no such channel. */
    json_t *(*settings)(void *context, const char *name);
    /* A frame of it that is no result and no progress; false = its word is unknown. */
    bool (*on_frame)(void *context, struct worker *worker, const json_t *frame);
    void (*on_gone)(void *context, struct worker *worker);
    worker_result_fn on_progress; /* called with the context of on_result; the job goes on */
};
void workers_set_modems(struct workers *workers, const struct workers_modems *modems);
/* After a reload: each modem is told its settings anew, or that it is none any more. */
void workers_renew_modems(struct workers *workers);
void worker_set_ready(struct worker *worker, bool is_ready); /* a modem has no room before it says so */
/* ERR_IO, ERR_LIMIT: the connection ends from the loop. */
int worker_send(struct worker *worker, const json_t *frame) MUST_CHECK;
void worker_break_off(struct worker *worker, const char *why); /* it broke the protocol */

/* A worker of that role and name (NULL = any) with room for one more job, the least busy one; NULL when there is none.
 */
struct worker *workers_pick(struct workers *workers, const char *role, const char *name);
/* Jobs that all of them together would take now. */
unsigned workers_room(const struct workers *workers, const char *role, const char *name);
const char *worker_name(const struct worker *worker);

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
