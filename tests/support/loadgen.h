/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loadgen - an HTTP/1.1 client over many keep-alive connections, in one thread.
 * What:  closed loop (each connection sends its next request when it has its answer) or a fixed rate (requests are due
 *        at fixed times whatever the server does; the delay counts from the due time, so a stall is not hidden).
 * Not here: what is sent and what an answer means: the callbacks of bench and crash harness.
 */
#ifndef TESTS_SUPPORT_LOADGEN_H
#define TESTS_SUPPORT_LOADGEN_H

#include "gateway/base/buf.h"
#include "tests/support/latency.h"

#define LOADGEN_CONNECTIONS_MAX 4096

/* Adds the bytes of the next complete request to out; false: this connection has nothing more to send. */
typedef bool (*loadgen_next_fn)(void *context, unsigned connection, struct buf *out);
/* One answer. status 0: the connection broke after (some of) the request was sent and before the answer was complete;
 * nothing is known about its fate. body is borrowed. */
typedef void (*loadgen_answer_fn)(void *context, unsigned connection, int status, struct span body);

struct loadgen_options {
    const char *address; /* "127.0.0.1:8080" or "unix:/path" */
    unsigned connections;
    uint64_t requests_max; /* 0 = no limit */
    int64_t duration_ms;   /* no request is sent later; 0 = no limit */
    int64_t patience_ms;   /* an answer that takes longer counts as lost; 0 = 30 s */
    unsigned rate_per_s;   /* 0 = closed loop */
    bool is_reconnecting;  /* a broken connection is opened again; else it is out, and the run ends with the last one */
};

struct loadgen_result {
    uint64_t sent, answered, lost, refused_connects;
    uint64_t by_class[6]; /* answers by first digit of their status */
    int64_t elapsed_us;
    struct latency latency; /* of the answers */
};

/* Runs to a limit, or until no connection has anything to do. Every request that was begun has got its on_answer when
 * it returns. ERR_INVALID (address, number of connections), ERR_IO, ERR_NOMEM. */
int loadgen_run(const struct loadgen_options *options, loadgen_next_fn next, loadgen_answer_fn on_answer, void *context,
    struct loadgen_result *ret_result) MUST_CHECK;

#endif
