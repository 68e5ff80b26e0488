/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange - one request from its first line to the end of its answer. Private to gateway/http.
 * What:  the three calls the library makes for it (begin, step, end) and the structures they share with server.c.
 * Keeps: while an exchange waits for its answer its connection is suspended, so the library can neither free the
 * request nor notice that the client has left: whoever holds the exchange holds something valid.
 */
#ifndef GATEWAY_HTTP_EXCHANGE_H
#define GATEWAY_HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <netinet/in.h>

#include "gateway/http/answers.h"
#include "gateway/http/drain.h"
#include "gateway/http/server.h"

enum phase {
    PHASE_REQUEST, /* a request has to be complete by the deadline */
    PHASE_IDLE,    /* nothing is under way */
    PHASE_WAIT,    /* the client waits for us: no deadline */
    PHASE_ANSWER,  /* the client has to read its answer by the deadline */
    PHASE_LEAVING, /* shut down by us */
    PHASE_COUNT
};

/* One client connection, in the queue of its phase. */
struct connection {
    struct http_server *server;
    struct connection *previous, *next;
    int fd; /* the library's */
    enum phase phase;
    int64_t since_ms; /* in this phase */
    struct loop_timer timer;
};
struct queue {
    struct connection *first, *last; /* in the order of entering */
};

struct http_server {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    struct http_options options; /* with the defaults filled in */
    http_request_fn on_request;
    void *context;
    struct answers answers;
    struct drain *drain;
    int epoll_fd;                /* the library's; -1 until it is in our loop */
    struct loop_timer again;     /* the library has work left that no descriptor announces */
    struct http_exchange *given; /* list of exchanges that on_request has seen */
    size_t given_count;
    struct http_counters counters;
    struct queue queues[PHASE_COUNT];
    struct loop_timer crowd; /* when the oldest unused connection may be closed for a newer one */
    unsigned leaving;        /* connections shut down by us that the library has not closed yet */
    bool is_running, is_quiesced, is_ending;
    bool wants_run; /* since the last MHD_run began something happened that only the next one will notice */
};

/* In connection.c. */
void connection_enter(struct connection *connection, enum phase phase);
void connection_notify(
    void *server, struct MHD_Connection *mhd, void **connection, enum MHD_ConnectionNotificationCode code);

/* In server.c. No descriptor and no time-out of the library announces a resumed
 * connection, so this must be called for it. */
void server_run_soon(struct http_server *server);

struct http_exchange {
    struct http_server *server;
    struct connection *connection;
    struct MHD_Connection *mhd;
    struct http_exchange *previous, *next; /* in server->given */
    bool is_checked;                       /* framing was judged */
    bool is_given;                         /* on_request has seen it */
    bool is_inside;                        /* on_request has not returned yet: not suspended */
    bool is_answered;
    int status; /* the answer, while is_inside */
    struct MHD_Response *response;
    char *body;
    size_t body_len, body_expected;
    struct request request;
    struct request_header headers[FRAMING_HEADERS_MAX];
    char peer[INET6_ADDRSTRLEN];
    char target[]; /* as it was sent; after the check cut into path and query */
};

/* The callbacks of libmicrohttpd: URI_LOG_CALLBACK, the access handler, NOTIFY_COMPLETED. */
void *exchange_begin(void *server, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result exchange_step(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **exchange);
void exchange_end(void *server, struct MHD_Connection *mhd, void **exchange, enum MHD_RequestTerminationCode code);

/* Gives up on an exchange that on_request has seen: 503. */
void exchange_abandon(struct http_exchange *exchange);

#endif
