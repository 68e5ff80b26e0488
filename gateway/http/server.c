/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server - see the header. How the loop and the library fit together:
 *   the library's epoll descriptor is one descriptor in our loop; when it is readable, MHD_run serves what is ready and
 *   never waits. The stall of the library (a second epoll_wait with the full timeout when exactly 128 events came back)
 *   needs a timeout above 0; MHD_run has none. tests/bench/bench_stall proves it with 128, 256 and 512 connections.
 *   All time-outs are ours (connection.c): the library's counts inactivity only, and a client that drips one byte a
 *   second is never inactive.
 */
#include "gateway/http/server.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/clock.h"
#include "gateway/http/exchange.h"

#define BODY_MAX_DEFAULT (16 * 1024)
#define HEADER_MAX_DEFAULT (16 * 1024)
#define CONNECTIONS_MAX_DEFAULT 1000
#define CONNECTIONS_SPARE 32 /* accepted above the limit, so that connection.c can choose who has to go */
#define REQUEST_DEADLINE_MS_DEFAULT 10000
#define IDLE_MS_DEFAULT 30000
/* What level 1 adds in 0.9.75, a Host header and no space in the target, framing checks itself; and the library's own
 * refusal of a missing Host is written twice into the connection. From 1.0 on it also refuses bare LF, NUL and folding.
 */
#define STRICTNESS (MHD_VERSION >= 0x01000000 ? 1 : 0)
#define ENDING_RUNS_MAX 8 /* turns without waiting in which the last answers reach the kernel */

/* The escapes of the target are left alone: a signature covers the bytes as they were sent. */
static size_t keep_escapes(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

static void on_again(void *context)
{
    http_server_run(context);
}

static void on_ready(void *context, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    http_server_run(context);
}

void server_run_soon(struct http_server *server)
{
    if (loop_timer_set(server->loop, &server->again, clock_mono_ms(), on_again, server) != 0)
        server->counters.no_memory++; /* the next event of any connection makes up for it */
}

void http_server_run(struct http_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (server->is_running)
        return;
    server->is_running = true;
    server->wants_run = false;
    enum MHD_Result is_run = MHD_run(server->daemon);
    server->is_running = false;
    /* With its own time-outs off, the library asks for nothing but "at once" or "when a descriptor is ready". */
    if (server->wants_run || (is_run == MHD_YES && MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES))
        server_run_soon(server);
    else
        loop_timer_cancel(server->loop, &server->again);
}

static struct http_options with_defaults(const struct http_options *options)
{
    struct http_options full = { 0 };
    if (options != NULL)
        full = *options;
    full.body_max = full.body_max != 0 ? full.body_max : BODY_MAX_DEFAULT;
    full.header_max = full.header_max != 0 ? full.header_max : HEADER_MAX_DEFAULT;
    full.connections_max = full.connections_max != 0 ? full.connections_max : CONNECTIONS_MAX_DEFAULT;
    full.request_deadline_ms = full.request_deadline_ms != 0 ? full.request_deadline_ms : REQUEST_DEADLINE_MS_DEFAULT;
    full.idle_ms = full.idle_ms != 0 ? full.idle_ms : IDLE_MS_DEFAULT;
    return full;
}

/* accept() must not block when a client leaves between the event and the call; systemd hands over blocking sockets. */
static int make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int start_library(struct http_server *server, int listen_fd)
{
    const struct http_options *options = &server->options;
    /* clang-format off */
    server->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_step, server,
        MHD_OPTION_LISTEN_SOCKET, listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, options->connections_max + CONNECTIONS_SPARE,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->per_ip_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->header_max,
        MHD_OPTION_CONNECTION_TIMEOUT, 0u,
        MHD_OPTION_STRICT_FOR_CLIENT, STRICTNESS,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, server,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server,
        MHD_OPTION_NOTIFY_CONNECTION, connection_notify, server,
        MHD_OPTION_END);
    /* clang-format on */
    if (server->daemon == NULL)
        return ERR_IO;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL || info->epoll_fd < 0)
        return ERR_UNSUPPORTED;
    int code = loop_add(server->loop, info->epoll_fd, LOOP_READ, on_ready, server);
    if (code == 0)
        server->epoll_fd = info->epoll_fd;
    return code;
}

int http_server_new(struct loop *loop, int listen_fd, const struct http_options *options, http_request_fn on_request,
    void *context, struct error *error, struct http_server **ret_server)
{
    struct http_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return error_set(error, ERR_NOMEM, "no memory for an HTTP server");
    server->loop = loop;
    server->options = with_defaults(options);
    server->on_request = on_request;
    server->context = context;
    server->epoll_fd = -1;
    int code = answers_init(&server->answers, server->options.headers);
    if (code == 0)
        code = drain_new(loop, &server->drain);
    if (code == 0 && make_nonblocking(listen_fd) != 0)
        code = ERR_IO;
    if (code == 0)
        code = start_library(server, listen_fd);
    if (code != 0) {
        http_server_free(server);
        return error_set(error, code, "the HTTP server does not start: %s", error_name(code));
    }
    http_server_run(server); /* puts the listening socket into the library's epoll */
    *ret_server = server;
    return 0;
}

void http_server_quiesce(struct http_server *server)
{
    if (server->is_quiesced)
        return;
    server->is_quiesced = true;
    /* From here on the library does not touch, and at its end does not close, the listening socket. */
    (void)MHD_quiesce_daemon(server->daemon);
}

size_t http_server_pending(const struct http_server *server)
{
    return server->given_count;
}

bool http_server_is_hearing(const struct http_server *server, int64_t age_max_ms)
{
    const struct connection *newest = server->queues[PHASE_REQUEST].last;
    return newest != NULL && clock_mono_ms() - newest->since_ms < age_max_ms;
}

const struct http_counters *http_server_counters(const struct http_server *server)
{
    return &server->counters;
}

static void stop_library(struct http_server *server)
{
    http_server_quiesce(server);
    server->is_ending = true;
    /* The library aborts the process when it is stopped with a suspended connection. */
    for (struct http_exchange *exchange = server->given; exchange != NULL; exchange = exchange->next)
        exchange_abandon(exchange);
    for (int run = 0; run < ENDING_RUNS_MAX && (run == 0 || server->given_count > 0); run++)
        http_server_run(server);
    if (server->epoll_fd >= 0)
        loop_remove(server->loop, server->epoll_fd);
    MHD_stop_daemon(server->daemon);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        stop_library(server);
    loop_timer_cancel(server->loop, &server->again);
    loop_timer_cancel(server->loop, &server->crowd);
    drain_free(server->drain);
    answers_done(&server->answers);
    free(server);
}
