/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rig_http - an HTTP server, its loop and raw clients in one process and one thread.
 * What:  a test writes bytes, lets the loop turn until something has happened, and reads bytes back. Time stands still
 *        unless the test moves it (rig_advance), so deadlines are tested without waiting.
 */
#ifndef TESTS_SUPPORT_RIG_HTTP_H
#define TESTS_SUPPORT_RIG_HTTP_H

#include "gateway/http/server.h"

#define RIG_CLIENTS_MAX 64
#define RIG_HELD_MAX 64

struct rig_client {
    int fd;        /* -1 = none */
    bool is_ended; /* the server has closed its side */
    bool is_deaf;  /* does not read */
    struct buf received;
};

struct rig {
    struct loop *loop;
    int listen_fd;
    char name[128];
    struct http_server *server;
    struct rig_client clients[RIG_CLIENTS_MAX];
    void (*around)(bool is_inside); /* called before (true) and after each turn of the loop; may be NULL */
    /* What the server handed over. */
    unsigned request_count;
    bool is_holding; /* true: requests are kept in held instead of answered 200 at once */
    struct http_exchange *held[RIG_HELD_MAX];
    unsigned held_count;
    char last[512]; /* "METHOD path?query body" of the last request */
    size_t last_body_len;
    char last_peer[48];
};

void rig_start(struct rig *rig, const struct http_options *options);
void rig_stop(struct rig *rig);

struct rig_client *rig_connect(struct rig *rig);
void rig_hang_up(struct rig_client *client);
/* Sends all bytes and lets the server take them in. */
void rig_send(struct rig *rig, struct rig_client *client, const void *data, size_t len);
void rig_send_text(struct rig *rig, struct rig_client *client, const char *text);
/* Turns the loop and reads from all clients until nothing moves any more. */
void rig_settle(struct rig *rig);
/* Moves the monotonic clock and settles. */
void rig_advance(struct rig *rig, int64_t ms);
/* Answers the oldest held exchange with 200 and that body. */
void rig_answer(struct rig *rig, const char *body);

/* The statuses received so far, as "200 400"; "closed" is added when the server has ended the connection. */
const char *rig_statuses(const struct rig_client *client);
/* Whether the received bytes contain the text. */
bool rig_has(const struct rig_client *client, const char *text);

#endif
