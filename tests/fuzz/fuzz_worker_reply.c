/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_worker_reply - whatever a worker says, each of its jobs comes back exactly once.
 * What:  a sender with two jobs in hand sends each line of the input as one frame, and vanishes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/core/workers.h"
#include "tests/support/peer_rig.h"

#define STREAM_MAX (64u << 10) /* fits the buffer of a socket */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    unsigned first, second, others;
};

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void on_result(void *context, const char *job, const struct transmit_reply *reply)
{
    struct seen *seen = context;
    must_be(reply->reason != NULL && reply->body.len <= (64u << 10));
    must_be(reply->kind == REPLY_ANSWERED || reply->kind == REPLY_NOT_SENT || reply->kind == REPLY_UNKNOWN);
    if (str_equal(job, "1-1"))
        seen->first++;
    else if (str_equal(job, "2-1"))
        seen->second++;
    else
        seen->others++;
}

static void send_lines(struct peer_rig *peers, int fd, const char *at, const char *end)
{
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct span line = { at, (size_t)((stop ? stop : end) - at) };
        if (line.len && frame_write(fd, line))
            return; /* it was closed */
        peer_rig_turn(peers);
        at += line.len + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const jobs[] = { "1-1", "2-1" };
    struct seen seen = { 0 };
    struct peer_rig peers;
    struct workers *workers;
    char name[40];
    if (size > STREAM_MAX)
        return 0;
    snprintf(name, sizeof name, "fuzz-worker-%ld", (long)getpid());
    peer_rig_open(&peers, "/tmp", name);
    must_be(workers_new(peers.loop, peers.listen_fd, on_result, &seen, &workers) == 0);
    int fd = peer_rig_sender(&peers, "s", 2);
    for (size_t i = 0; i < STR_COUNT(jobs); i++)
        worker_reserve(workers_pick(workers, "sender", NULL), jobs[i]);
    send_lines(&peers, fd, (const char *)data, (const char *)data + size);
    close(fd);
    peer_rig_turn(&peers);
    must_be(workers_count(workers, "sender") == 0);
    must_be(seen.first == 1 && seen.second == 1 && seen.others == 0);
    workers_free(workers);
    peer_rig_close(&peers);
    return 0;
}
