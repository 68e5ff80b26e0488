/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobs - see jobs.h. The id of a job is "<outbox id>-<attempt>", or "poll-<number>": it says nothing about a person. */
#include "gateway/core/jobs.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"
#include "gateway/core/jobframe.h"

#define POLL_PREFIX "poll-"

static void write_id(const struct job *job, char *ret)
{
    if (job->attempt == JOBS_POLL)
        snprintf(ret, WORKERS_JOB_ID_MAX, POLL_PREFIX "%lld", (long long)job->outbox_id);
    else
        snprintf(ret, WORKERS_JOB_ID_MAX, "%lld-%d", (long long)job->outbox_id, job->attempt);
}

static int read_id(const char *id, int64_t *ret_outbox_id, int64_t *ret_attempt)
{
    char number[32];
    *ret_attempt = JOBS_POLL;
    if (str_starts(id, POLL_PREFIX))
        return str_to_int64(id + strlen(POLL_PREFIX), 1, INT64_MAX, ret_outbox_id);
    const char *dash = strchr(id, '-');
    if (!dash || !str_copy_span(number, sizeof number, (struct span){ id, (size_t)(dash - id) }) ||
        str_to_int64(number, 1, INT64_MAX, ret_outbox_id))
        return ERR_INVALID;
    return str_to_int64(dash + 1, 0, INT32_MAX, ret_attempt);
}

int jobs_give(struct jobs *jobs, int64_t outbox_id, int attempt, const char *channel, struct worker *worker,
    const struct transmit *transmit)
{
    char id[WORKERS_JOB_ID_MAX];
    if (jobs->count == JOBS_MAX)
        return ERR_LIMIT;
    struct job *job = &jobs->all[jobs->count];
    *job = (struct job){ .outbox_id = outbox_id, .attempt = attempt, .worker = worker };
    str_copy(job->channel, sizeof job->channel, channel);
    write_id(job, id);
    buf_init(&job->frame, FRAME_MAX);
    int rc = jobframe_write(id, transmit, &job->frame);
    if (rc) {
        buf_done(&job->frame);
        return rc;
    }
    worker_reserve(worker, id);
    jobs->count++;
    jobs->unreleased++;
    return 0;
}

void jobs_forget(struct jobs *jobs, int64_t outbox_id, int attempt)
{
    assert(!jobs->unreleased); /* the last places belong to this turn: settling comes before leasing */
    for (unsigned i = 0; i < jobs->count; i++) {
        if (jobs->all[i].outbox_id != outbox_id || jobs->all[i].attempt != attempt)
            continue;
        buf_done(&jobs->all[i].frame);
        jobs->all[i] = jobs->all[--jobs->count];
        return;
    }
}

unsigned jobs_count_channel(const struct jobs *jobs, const char *channel)
{
    unsigned count = 0;
    for (unsigned i = 0; i < jobs->count; i++)
        count += jobs->all[i].attempt != JOBS_POLL && str_equal(jobs->all[i].channel, channel);
    return count;
}

unsigned jobs_count_polls(const struct jobs *jobs)
{
    unsigned count = 0;
    for (unsigned i = 0; i < jobs->count; i++)
        count += jobs->all[i].attempt == JOBS_POLL;
    return count;
}

/* What a job that goes on said last, and nobody has read: each word repeats those before it. */
static struct job_result *find_progress(struct jobs *jobs, int64_t outbox_id, int attempt)
{
    for (unsigned i = 0; i < jobs->result_count; i++) {
        struct job_result *result = &jobs->results[i];
        if (!result->is_progress || result->outbox_id != outbox_id || result->attempt != attempt)
            continue;
        buf_done(&result->body);
        return result;
    }
    return NULL;
}

/* There are places for all. One more can only be a second word about a try whose lease has ended: nobody waits for it.
 */
static void take(struct jobs *jobs, const char *job, const struct transmit_reply *reply, bool is_progress)
{
    int64_t outbox_id, attempt;
    if (read_id(job, &outbox_id, &attempt))
        return;
    struct job_result *result = find_progress(jobs, outbox_id, (int)attempt);
    if (!result && jobs->result_count == JOBS_RESULTS_MAX)
        return;
    if (!result)
        result = &jobs->results[jobs->result_count++];
    *result = (struct job_result){
        .outbox_id = outbox_id, .attempt = (int)attempt, .is_progress = is_progress, .reply = *reply
    };
    buf_init(&result->body, FRAME_MAX);
    buf_add_span(&result->body, reply->body);
    str_copy(result->reason, sizeof result->reason, reply->reason);
    result->reply.body = buf_span(&result->body);
    result->reply.reason = result->reason;
}

void jobs_take_result(void *context, const char *job, const struct transmit_reply *reply)
{
    take(context, job, reply, false);
}

void jobs_take_progress(void *context, const char *job, const struct transmit_reply *reply)
{
    take(context, job, reply, true);
}

static void drop_results(struct jobs *jobs)
{
    for (unsigned i = 0; i < jobs->result_count; i++)
        buf_done(&jobs->results[i].body);
    jobs->result_count = 0;
}

void jobs_release(struct jobs *jobs)
{
    drop_results(jobs);
    for (unsigned i = jobs->count - jobs->unreleased; i < jobs->count; i++) {
        struct job *job = &jobs->all[i];
        worker_send_job(job->worker, buf_span(&job->frame));
        job->worker = NULL;
        buf_done(&job->frame);
    }
    jobs->unreleased = 0;
}

void jobs_abandon(struct jobs *jobs)
{
    for (; jobs->unreleased; jobs->unreleased--) {
        char id[WORKERS_JOB_ID_MAX];
        struct job *job = &jobs->all[--jobs->count];
        write_id(job, id);
        worker_unreserve(job->worker, id);
        buf_done(&job->frame);
    }
}

void jobs_done(struct jobs *jobs)
{
    drop_results(jobs);
    for (unsigned i = 0; i < jobs->count; i++)
        buf_done(&jobs->all[i].frame);
    jobs->count = jobs->unreleased = 0;
}
