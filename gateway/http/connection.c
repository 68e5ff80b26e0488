/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connection - how long a client may take, and who has to go when there are too many (exchange.h).
 * Why:   a thousand clients that drip a byte now and then would otherwise hold all places for the whole deadline, and
 *        one real message would wait behind them. So above the limit the connection that has been of no use for longest
 *        is closed for the newest; never one that waits for our answer or is reading it.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/base/clock.h"
#include "gateway/http/exchange.h"

#define USELESS_MS 1000 /* younger connections are left alone: a burst of honest clients may all be about to speak */

static void queue_leave(struct connection *connection)
{
    struct queue *queue = &connection->server->queues[connection->phase];
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        queue->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    else
        queue->last = connection->previous;
    connection->previous = connection->next = NULL;
}

static void queue_join(struct connection *connection, enum phase phase)
{
    struct queue *queue = &connection->server->queues[phase];
    connection->phase = phase;
    connection->previous = queue->last;
    if (queue->last != NULL)
        queue->last->next = connection;
    else
        queue->first = connection;
    queue->last = connection;
}

/* The library owns the descriptor: it sees the end of the stream, reports the exchange's end and closes. */
static void shut(struct connection *connection)
{
    connection->server->leaving++;
    connection_enter(connection, PHASE_LEAVING);
    shutdown(connection->fd, SHUT_RDWR);
}

static void on_late(void *context)
{
    struct connection *connection = context;
    struct http_counters *counters = &connection->server->counters;
    if (connection->phase == PHASE_IDLE)
        counters->idle_timeouts++;
    else
        counters->request_timeouts++;
    shut(connection);
}

static int64_t span_of_phase(const struct http_options *options, enum phase phase)
{
    switch (phase) {
    case PHASE_REQUEST:
    case PHASE_ANSWER:
        return options->request_deadline_ms;
    case PHASE_IDLE:
        return options->idle_ms;
    default:
        return 0; /* none */
    }
}

void connection_enter(struct connection *connection, enum phase phase)
{
    struct http_server *server = connection->server;
    if (connection->phase == PHASE_LEAVING)
        return; /* whatever the library still makes of its last bytes */
    queue_leave(connection);
    queue_join(connection, phase);
    connection->since_ms = clock_mono_ms();
    int64_t span_ms = span_of_phase(&server->options, phase);
    if (span_ms == 0) {
        loop_timer_cancel(server->loop, &connection->timer);
    } else if (loop_timer_set(server->loop, &connection->timer, connection->since_ms + span_ms, on_late, connection) !=
               0) {
        server->counters.no_memory++;
        shut(connection); /* without a deadline it could stay for ever */
    }
}

static void relieve(struct http_server *server);

static void on_crowd(void *context)
{
    relieve(context);
}

static struct connection *most_useless(const struct http_server *server)
{
    struct connection *idle = server->queues[PHASE_IDLE].first, *slow = server->queues[PHASE_REQUEST].first;
    if (idle == NULL || slow == NULL)
        return idle != NULL ? idle : slow;
    return idle->since_ms <= slow->since_ms ? idle : slow;
}

static void relieve(struct http_server *server)
{
    while (server->counters.open - server->leaving > server->options.connections_max) {
        struct connection *connection = most_useless(server);
        if (connection == NULL)
            return; /* all are being served: the library stops accepting a little above the limit */
        int64_t may_go_at = connection->since_ms + USELESS_MS;
        if (may_go_at > clock_mono_ms()) {
            if (loop_timer_set(server->loop, &server->crowd, may_go_at, on_crowd, server) != 0)
                server->counters.no_memory++; /* the next connection comes by here again */
            return;
        }
        server->counters.crowded_out++;
        shut(connection);
    }
}

static int descriptor_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

static void on_open(struct http_server *server, struct MHD_Connection *mhd, void **ret_connection)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    *ret_connection = connection;
    server->counters.open++;
    server->counters.connections++;
    if (connection == NULL) {
        server->counters.no_memory++;
        shutdown(descriptor_of(mhd), SHUT_RDWR);
        return;
    }
    connection->server = server;
    connection->fd = descriptor_of(mhd);
    queue_join(connection, PHASE_REQUEST);
    connection_enter(connection, PHASE_REQUEST);
    relieve(server);
}

static void on_closed(struct http_server *server, struct connection *connection)
{
    server->wants_run = true; /* at its limit the library looks for waiting clients only when a run begins */
    server->counters.open--;
    if (connection == NULL)
        return;
    server->leaving -= connection->phase == PHASE_LEAVING;
    queue_leave(connection);
    loop_timer_cancel(server->loop, &connection->timer);
    free(connection);
}

void connection_notify(
    void *context, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        on_open(context, mhd, socket_context);
    } else {
        on_closed(context, *socket_context);
        *socket_context = NULL;
    }
}
