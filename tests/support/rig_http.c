/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rig_http - see the header. Clients are non-blocking loopback sockets. Loopback delivers within the system call, so
 * "nothing moved in several turns" is a sound end of settling.
 */
#include "tests/support/rig_http.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/http/listen.h"

#define RECEIVED_MAX (4 * 1024 * 1024)
#define QUIET_TURNS 4
#define TURNS_MAX 100000

static int64_t fake_mono_ms = 1000;

static int64_t mono(void)
{
    return fake_mono_ms;
}

static void need(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "rig: %s failed: %s\n", what, strerror(errno));
    abort();
}

static void on_request(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct rig *rig = context;
    static const struct reply ok = { .status = 200, .content_type = "text/plain", .body = "ok", .body_len = 2 };
    rig->request_count++;
    rig->last_body_len = request->body.len;
    snprintf(rig->last_peer, sizeof(rig->last_peer), "%s", request->peer);
    snprintf(rig->last, sizeof(rig->last), "%s %s?%s %.*s", request->method, request->path, request->query,
        (int)request->body.len, request->body.data);
    if (!rig->is_holding) {
        http_answer(exchange, &ok);
        return;
    }
    need(rig->held_count < RIG_HELD_MAX, "holding");
    rig->held[rig->held_count++] = exchange;
}

void rig_start(struct rig *rig, const struct http_options *options)
{
    struct error error = { "" };
    memset(rig, 0, sizeof(*rig));
    for (size_t i = 0; i < RIG_CLIENTS_MAX; i++)
        rig->clients[i].fd = -1;
    clock_set_source(NULL, mono);
    need(loop_new(&rig->loop) == 0, "loop_new");
    need(http_listen("127.0.0.1:0", &error, &rig->listen_fd) == 0, error.text);
    need(http_listen_name(rig->listen_fd, rig->name) == 0, "http_listen_name");
    need(http_server_new(rig->loop, rig->listen_fd, options, on_request, rig, &error, &rig->server) == 0, error.text);
}

void rig_stop(struct rig *rig)
{
    http_server_free(rig->server);
    for (size_t i = 0; i < RIG_CLIENTS_MAX; i++) {
        if (rig->clients[i].fd >= 0)
            rig_hang_up(&rig->clients[i]);
        buf_done(&rig->clients[i].received);
    }
    close(rig->listen_fd);
    loop_free(rig->loop);
    clock_set_source(NULL, NULL);
}

struct rig_client *rig_connect(struct rig *rig)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct rig_client *client = rig->clients;
    while (client->fd >= 0 || client->received.data != NULL)
        need(++client < rig->clients + RIG_CLIENTS_MAX, "a further client");
    need(getsockname(rig->listen_fd, (struct sockaddr *)&address, &len) == 0, "getsockname");
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(client->fd >= 0, "socket");
    need(connect(client->fd, (struct sockaddr *)&address, len) == 0, "connect");
    need(fcntl(client->fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    /* Otherwise the kernel holds single bytes back for 40 ms, and the rig believes that all is quiet. */
    need(setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) == 0, "setsockopt");
    buf_init(&client->received, RECEIVED_MAX);
    client->is_ended = false;
    client->is_deaf = false;
    return client;
}

void rig_hang_up(struct rig_client *client)
{
    close(client->fd);
    client->fd = -1;
}

/* Returns whether something was read. */
static bool receive(struct rig_client *client)
{
    char chunk[65536];
    if (client->fd < 0 || client->is_ended || client->is_deaf)
        return false;
    ssize_t n = recv(client->fd, chunk, sizeof(chunk), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0)
        client->is_ended = true;
    else
        buf_add(&client->received, chunk, (size_t)n);
    return true;
}

static bool turn_once(struct rig *rig)
{
    if (rig->around != NULL)
        rig->around(true);
    int ran = loop_wait(rig->loop, 0);
    if (rig->around != NULL)
        rig->around(false);
    return ran > 0;
}

void rig_settle(struct rig *rig)
{
    int quiet = 0;
    for (int turn = 0; quiet < QUIET_TURNS; turn++) {
        need(turn < TURNS_MAX, "coming to rest");
        bool is_moving = turn_once(rig);
        for (size_t i = 0; i < RIG_CLIENTS_MAX; i++)
            is_moving = receive(&rig->clients[i]) || is_moving;
        quiet = is_moving ? 0 : quiet + 1;
    }
}

void rig_send(struct rig *rig, struct rig_client *client, const void *data, size_t len)
{
    const char *rest = data;
    while (len > 0) {
        ssize_t n = send(client->fd, rest, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            break; /* the server has closed already: what it answered is what counts */
        rest += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
        rig_settle(rig);
    }
    rig_settle(rig);
}

void rig_send_text(struct rig *rig, struct rig_client *client, const char *text)
{
    rig_send(rig, client, text, strlen(text));
}

void rig_advance(struct rig *rig, int64_t ms)
{
    fake_mono_ms += ms;
    rig_settle(rig);
}

void rig_answer(struct rig *rig, const char *body)
{
    struct reply reply = { .status = 200, .content_type = "text/plain" };
    need(rig->held_count > 0, "answering");
    struct http_exchange *exchange = rig->held[0];
    rig->held_count--;
    memmove(rig->held, rig->held + 1, rig->held_count * sizeof(rig->held[0]));
    str_copy(reply.body, sizeof(reply.body), body);
    reply.body_len = strlen(reply.body);
    http_answer(exchange, &reply);
}

const char *rig_statuses(const struct rig_client *client)
{
    static char text[256];
    const char *at = client->received.data != NULL ? client->received.data : "";
    text[0] = '\0';
    while ((at = strstr(at, "HTTP/1.1 ")) != NULL) {
        at += strlen("HTTP/1.1 ");
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "%s%.3s", used > 0 ? " " : "", at);
    }
    size_t used = strlen(text);
    if (client->is_ended)
        snprintf(text + used, sizeof(text) - used, "%sclosed", used > 0 ? " " : "");
    return text;
}

bool rig_has(const struct rig_client *client, const char *text)
{
    return client->received.data != NULL && strstr(client->received.data, text) != NULL;
}
