/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer_rig - see peer_rig.h. Failures of the rig itself abort: a test on a broken rig proves nothing. */
#include "tests/support/peer_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "peer_rig: %s\n", what);
    abort();
}

void peer_rig_open(struct peer_rig *rig, const char *directory, const char *name)
{
    struct error error = { "" };
    snprintf(rig->path, sizeof rig->path, "%s/%s", directory, name);
    must(loop_new(&rig->loop) == 0, "no loop");
    must(frame_listen(rig->path, 0600, &error, &rig->listen_fd) == 0, error.text);
}

void peer_rig_close(struct peer_rig *rig)
{
    loop_free(rig->loop);
    close(rig->listen_fd);
    unlink(rig->path);
}

void peer_rig_turn(struct peer_rig *rig)
{
    int ran;
    do {
        ran = loop_wait(rig->loop, 0);
        must(ran >= 0, "the loop is broken");
    } while (ran > 0);
}

int peer_rig_connect(struct peer_rig *rig)
{
    struct error error = { "" };
    int fd;
    must(frame_connect(rig->path, &error, &fd) == 0, error.text);
    must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "no flags");
    peer_rig_turn(rig);
    return fd;
}

void peer_rig_send(struct peer_rig *rig, int fd, const char *json)
{
    must(frame_write(fd, span_of(json)) == 0, "a frame does not go out");
    peer_rig_turn(rig);
}

json_t *peer_rig_read(struct peer_rig *rig, int fd)
{
    struct error error = { "" };
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    peer_rig_turn(rig);
    if (frame_read(fd, &text))
        return NULL;
    json_t *frame = json_read(buf_span(&text), &error);
    must(frame != NULL, error.text);
    if (!json_object_get(frame, "ping"))
        return frame;
    json_decref(frame);
    peer_rig_send(rig, fd, "{\"pong\":1}");
    return peer_rig_read(rig, fd);
}

bool peer_rig_is_closed(struct peer_rig *rig, int fd)
{
    char byte;
    peer_rig_turn(rig);
    ssize_t len = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return len == 0 || (len < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

int peer_rig_sender(struct peer_rig *rig, const char *name, unsigned capacity)
{
    char hello[128];
    int fd = peer_rig_connect(rig);
    snprintf(hello, sizeof hello, "{\"hello\":1,\"role\":\"sender\",\"name\":\"%s\",\"capacity\":%u}", name, capacity);
    peer_rig_send(rig, fd, hello);
    AUTO_JSON *welcome = peer_rig_read(rig, fd);
    must(welcome && json_int(welcome, "welcome", 0) == 1, "no welcome");
    return fd;
}
