/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jobs - outbox rows in the hands of workers, and what came back of them, until the next turn.
 * Keeps: a frame waits for the commit behind its lease; a result stays until a commit has settled it, so that a turn
 * that failed loses none. Not here: which row may begin and what its result means (dispatch), the wire (workers).
 */
#ifndef GATEWAY_CORE_JOBS_H
#define GATEWAY_CORE_JOBS_H

#include "gateway/base/model.h"
#include "gateway/core/workers.h"

#define JOBS_MAX 1024                   /* in flight over all channels */
#define JOBS_RESULTS_MAX (2 * JOBS_MAX) /* of each an end, and the newest word of its progress */
#define JOBS_POLL (-1) /* in place of an attempt: the other number is that of a poll, not of an outbox row */

struct job {
    int64_t outbox_id; /* or the number of a poll */
    int attempt;       /* or JOBS_POLL */
    char channel[NAME_MAX_LEN];
    struct worker *worker; /* NULL once its frame has gone: the worker may be gone too */
    struct buf frame;      /* until the commit */
};

struct job_result {
    int64_t outbox_id;
    int attempt;
    bool is_progress; /* the job goes on: parts of it went out */
    bool is_counted;  /* the channel's breaker knows of it: a turn that is repeated must not count it twice */
    struct transmit_reply reply;
    struct buf body; /* owner of what reply points to */
    char reason[96];
};

struct jobs {
    struct job all[JOBS_MAX];
    unsigned count;
    unsigned unreleased; /* the last ones of all[] were given in this turn */
    struct job_result results[JOBS_RESULTS_MAX];
    unsigned result_count;
};

/* Gives the built request of one try to a worker; its frame leaves with jobs_release. ERR_LIMIT when it does not fit a
 * frame, ERR_NOMEM. */
int jobs_give(struct jobs *jobs, int64_t outbox_id, int attempt, const char *channel, struct worker *worker,
    const struct transmit *transmit) MUST_CHECK;
/* The try is settled: it is in nobody's hands any more. Unknown ones are ignored. */
void jobs_forget(struct jobs *jobs, int64_t outbox_id, int attempt);
unsigned jobs_count_channel(const struct jobs *jobs, const char *channel); /* rows; polls take no place of theirs */
unsigned jobs_count_polls(const struct jobs *jobs);

/* A worker_result_fn; context is the struct jobs. */
void jobs_take_result(void *context, const char *job, const struct transmit_reply *reply);

/* Likewise, of a job that goes on; it takes the place of an earlier word of it that nobody has read yet. */
void jobs_take_progress(void *context, const char *job, const struct transmit_reply *reply);

/* After the commit: the frames go out, settled results are dropped. */
void jobs_release(struct jobs *jobs);
/* After a rollback: what was given in this turn is taken back, results stay. */
void jobs_abandon(struct jobs *jobs);
void jobs_done(struct jobs *jobs); /* frees what is inside */

#endif
