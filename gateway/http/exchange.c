/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange - see the header. The library calls exchange_step once when the headers are complete (the moment to refuse),
 * then for each piece of the body, then once more at its end (the moment to hand the request over).
 */
#include "gateway/http/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

static struct connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

void *exchange_begin(void *context, const char *uri, struct MHD_Connection *mhd)
{
    struct http_server *server = context;
    struct connection *connection = connection_of(mhd);
    size_t target_size = (uri != NULL ? strlen(uri) : 0) + 1;
    struct http_exchange *exchange = connection != NULL ? calloc(1, sizeof(*exchange) + target_size) : NULL;
    if (exchange == NULL) {
        server->counters.no_memory++;
        return NULL; /* exchange_step answers 503 */
    }
    exchange->server = server;
    exchange->connection = connection;
    exchange->mhd = mhd;
    str_copy(exchange->target, target_size, uri);
    if (connection->phase == PHASE_IDLE)
        connection_enter(connection, PHASE_REQUEST);
    return exchange;
}

static void list_insert(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->next = server->given;
    if (exchange->next != NULL)
        exchange->next->previous = exchange;
    server->given = exchange;
    server->given_count++;
}

static void list_remove(struct http_exchange *exchange)
{
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        exchange->server->given = exchange->next;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    exchange->server->given_count--;
}

void exchange_end(void *context, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode code)
{
    struct http_server *server = context;
    struct http_exchange *exchange = *con_cls;
    (void)mhd;
    *con_cls = NULL;
    if (exchange == NULL)
        return;
    if (exchange->is_given) {
        list_remove(exchange);
        if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
            server->counters.answered++;
        else
            server->counters.aborted++;
    } else if (!exchange->is_checked) {
        server->counters.unreadable++;
    }
    connection_enter(exchange->connection, PHASE_IDLE);
    free(exchange->body);
    free(exchange);
}

static enum MHD_Result answer_busy(struct http_server *server, struct MHD_Connection *mhd)
{
    return MHD_queue_response(mhd, MHD_HTTP_SERVICE_UNAVAILABLE, server->answers.busy);
}

/* Queued before the body is read, so the library closes the connection after it; what the client still sends goes to
 * drain, never to a second request. */
static enum MHD_Result refuse(struct http_exchange *exchange, enum framing_verdict verdict)
{
    struct http_server *server = exchange->server;
    server->counters.refused[verdict]++;
    drain_add(server->drain, exchange->connection->fd);
    return MHD_queue_response(exchange->mhd, (unsigned)framing_status(verdict), server->answers.refusals[verdict]);
}

static enum MHD_Result collect_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct http_exchange *exchange = context;
    (void)kind;
    if (exchange->request.header_count < FRAMING_HEADERS_MAX)
        exchange->headers[exchange->request.header_count] = (struct request_header){ name, value != NULL ? value : "" };
    exchange->request.header_count++;
    return MHD_YES;
}

/* Stays empty for a socket of this machine. An address of version 4 has its own spelling on a socket for both. */
static void fill_peer(struct http_exchange *exchange)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL)
        return;
    int family = info->client_addr->sa_family;
    const void *address = NULL;
    if (family == AF_INET) {
        address = &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr;
    } else if (family == AF_INET6) {
        const unsigned char *bytes = ((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr.s6_addr;
        bool is_four = memcmp(bytes, mapped, sizeof mapped) == 0;
        family = is_four ? AF_INET : AF_INET6;
        address = is_four ? bytes + sizeof mapped : bytes;
    }
    if (address == NULL || inet_ntop(family, address, exchange->peer, sizeof exchange->peer) == NULL)
        exchange->peer[0] = '\0';
}

static void fill_request(struct http_exchange *exchange, const char *method)
{
    char *mark = strchr(exchange->target, '?');
    if (mark != NULL)
        *mark = '\0';
    exchange->request.method = strcmp(method, "POST") == 0 ? "POST" : "GET";
    exchange->request.path = exchange->target;
    exchange->request.query = mark != NULL ? mark + 1 : "";
    fill_peer(exchange);
    exchange->request.peer = exchange->peer;
    exchange->request.headers = exchange->headers;
    exchange->request.body = (struct span){ "", 0 };
}

static enum MHD_Result check(struct http_exchange *exchange, const char *method, const char *version)
{
    struct http_server *server = exchange->server;
    exchange->is_checked = true;
    (void)MHD_get_connection_values(exchange->mhd, MHD_HEADER_KIND, collect_header, exchange);
    struct framing framing = { method, exchange->target, version, exchange->headers, exchange->request.header_count };
    enum framing_verdict verdict = framing_check(&framing, server->options.body_max, &exchange->body_expected);
    if (verdict != FRAMING_ok)
        return refuse(exchange, verdict);
    fill_request(exchange, method);
    if (exchange->body_expected == 0)
        return MHD_YES;
    exchange->body = malloc(exchange->body_expected + 1);
    if (exchange->body != NULL)
        return MHD_YES;
    server->counters.no_memory++;
    drain_add(server->drain, exchange->connection->fd);
    return answer_busy(server, exchange->mhd);
}

static enum MHD_Result take_body(struct http_exchange *exchange, const char *upload, size_t *upload_len)
{
    if (exchange->body == NULL || *upload_len > exchange->body_expected - exchange->body_len)
        return MHD_NO;
    memcpy(exchange->body + exchange->body_len, upload, *upload_len);
    exchange->body_len += *upload_len;
    *upload_len = 0;
    return MHD_YES;
}

static enum MHD_Result queue_answer(struct http_exchange *exchange)
{
    enum MHD_Result result;
    if (exchange->response == NULL) {
        exchange->server->counters.no_memory++;
        return answer_busy(exchange->server, exchange->mhd);
    }
    result = MHD_queue_response(exchange->mhd, (unsigned)exchange->status, exchange->response);
    MHD_destroy_response(exchange->response);
    exchange->response = NULL;
    return result;
}

static enum MHD_Result give(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    if (exchange->body_len != exchange->body_expected)
        return MHD_NO;
    if (exchange->body != NULL) {
        exchange->body[exchange->body_len] = '\0';
        exchange->request.body = (struct span){ exchange->body, exchange->body_len };
    }
    connection_enter(exchange->connection, PHASE_WAIT);
    exchange->is_given = true;
    list_insert(exchange);
    server->counters.requests++;
    exchange->is_inside = true;
    if (server->is_ending)
        exchange_abandon(exchange);
    else
        server->on_request(server->context, exchange, &exchange->request);
    exchange->is_inside = false;
    if (exchange->is_answered)
        return queue_answer(exchange);
    MHD_suspend_connection(exchange->mhd);
    return MHD_YES;
}

enum MHD_Result exchange_step(void *context, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **con_cls)
{
    struct http_exchange *exchange = *con_cls;
    (void)url; /* our own copy is the raw one */
    if (exchange == NULL)
        return answer_busy(context, mhd);
    if (!exchange->is_checked)
        return check(exchange, method, version);
    if (*upload_len > 0)
        return take_body(exchange, upload, upload_len);
    if (exchange->is_given)
        return MHD_NO; /* resumed, but its answer could not be queued: only closing is left */
    return give(exchange);
}

static void answer(struct http_exchange *exchange, const struct answer *answer)
{
    struct http_server *server = exchange->server;
    if (exchange->is_answered)
        return; /* exactly one: a second answer would be the answer to the next request */
    exchange->is_answered = true;
    exchange->status = answer->status;
    exchange->response = answers_build(&server->answers, answer);
    connection_enter(exchange->connection, PHASE_ANSWER);
    if (exchange->is_inside)
        return; /* give() queues it */
    /* On failure exchange_step is called once more and closes. */
    (void)queue_answer(exchange);
    MHD_resume_connection(exchange->mhd);
    server->wants_run = true;
    server_run_soon(server);
}

void http_answer(struct http_exchange *exchange, const struct reply *reply)
{
    struct answer parts = { .status = reply->status, .is_last = exchange->server->is_quiesced };
    parts.content_type = reply->content_type;
    parts.allow = reply->allow;
    parts.www_authenticate = reply->www_authenticate;
    parts.body = (struct span){ reply->body, reply->body_len };
    answer(exchange, &parts);
}

void http_answer_large(struct http_exchange *exchange, int status, const char *content_type,
    const struct http_header *extra, struct span body)
{
    struct answer parts = { .status = status, .is_last = exchange->server->is_quiesced };
    parts.content_type = content_type;
    parts.extra = extra;
    parts.body = body;
    answer(exchange, &parts);
}

void exchange_abandon(struct http_exchange *exchange)
{
    answer(exchange, &(struct answer){ .status = MHD_HTTP_SERVICE_UNAVAILABLE, .body = { "", 0 }, .is_last = true });
}
