/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server - complete, bounded, unambiguous HTTP requests in; one answer out, now or in a later turn.
 * What:  drives libmicrohttpd from our own loop (gateway/base/loop.h); its header is nowhere else included.
 * Why:   an answer may only leave after the transaction behind it is durable, so a request waits (its connection is
 *        suspended) from on_request until http_answer, and the daemon commits in between.
 * Keeps: framing is checked before a body byte is read; a request must be complete within the deadline however slowly
 *        it drips; no exchange is freed before its answer; running out of memory answers 503 or closes, never crashes.
 * Not here: routing and forms (console, core/intake); what a framing error is (framing).
 */
#ifndef GATEWAY_HTTP_SERVER_H
#define GATEWAY_HTTP_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"
#include "gateway/base/loop.h"
#include "gateway/base/model.h"
#include "gateway/http/framing.h"

struct http_server;
struct http_exchange;

struct http_header {
    const char *name, *value;
};

/* Every 0 or NULL means the default. */
struct http_options {
    size_t body_max;             /* bytes of one body; 16 KiB */
    size_t header_max;           /* bytes of request line and headers, roughly; 16 KiB */
    unsigned connections_max;    /* 1000; above it the connection idle or dripping for longest (at least 1 s)
                                  * makes room, or else further clients wait in the backlog */
    unsigned per_ip_max;         /* connections of one address; no limit of its own (a proxy is one address) */
    int64_t request_deadline_ms; /* from connect, or from the next request line, to the complete request; and again
                                  * from the answer until the client has read it; 10 s */
    int64_t idle_ms;             /* from the end of an answer to the next request line; 30 s */
    const struct http_header *headers; /* ends with a NULL name; put on every response; must outlive the server */
};

/* Since the start; for the metrics. refused[FRAMING_ok] is not used. */
struct http_counters {
    uint64_t connections, requests, answered;
    uint64_t refused[FRAMING_COUNT]; /* by our framing check */
    uint64_t unreadable;             /* refused or cut before the framing check: the library could not parse it */
    uint64_t request_timeouts, idle_timeouts;
    uint64_t crowded_out; /* idle or slow connections closed to make room for newer ones */
    uint64_t aborted;     /* the client was gone before it had its answer */
    uint64_t no_memory;
    unsigned open; /* connections now */
};

/* One complete request. request (and all it points to) stays valid until the exchange is answered. The callee keeps
 * the exchange and must give exactly one answer: inside this call, inside a later on_request, or in a later turn. */
typedef void (*http_request_fn)(void *context, struct http_exchange *exchange, const struct request *request);

/* Serves the listening socket from now on. listen_fd stays the caller's: it is made non-blocking and never closed.
 * options may be NULL. ERR_NOMEM or ERR_IO with a sentence. */
int http_server_new(struct loop *loop, int listen_fd, const struct http_options *options, http_request_fn on_request,
    void *context, struct error *error, struct http_server **ret_server) MUST_CHECK;
/* Answers whatever is still open with 503, closes all connections. No exchange may be used afterwards. NULL is allowed.
 */
void http_server_free(struct http_server *server);

/* Does what can be done without waiting. The loop calls it by itself when there is something to do; calling it after
 * the answers of a turn sends them now instead of at the next loop_wait (which would not block either). May call
 * on_request. */
void http_server_run(struct http_server *server);

/* Accepts no further connection (they wait in the kernel for the next process) and asks clients to leave with each
 * answer; requests on open connections are still served. */
void http_server_quiesce(struct http_server *server);
/* Exchanges given to on_request whose answer has not left completely: 0 means settled. */
size_t http_server_pending(const struct http_server *server);
/* Has a client that came (or began its next request) less than age_max_ms ago not sent all of it yet? To close now
 * would turn it away. */
bool http_server_is_hearing(const struct http_server *server, int64_t age_max_ms);
const struct http_counters *http_server_counters(const struct http_server *server);

/* Gives the answer; everything is copied. Safe when the client is gone, and when memory is exhausted (then 503, or a
 * closed connection: the client must ask again). A 503 carries Retry-After. The exchange is gone for the caller. */
void http_answer(struct http_exchange *exchange, const struct reply *reply);
/* The same for a page of any length. content_type and extra (ends with a NULL name) may be NULL. */
void http_answer_large(struct http_exchange *exchange, int status, const char *content_type,
    const struct http_header *extra, struct span body);

#endif
