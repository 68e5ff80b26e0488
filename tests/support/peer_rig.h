/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer_rig - a listening Unix socket with a loop behind it, and peers that a test plays itself.
 * Keeps: nothing blocks: a frame that is not there yet is NULL; peer_rig_turn runs the loop until it is idle.
 */
#ifndef TESTS_SUPPORT_PEER_RIG_H
#define TESTS_SUPPORT_PEER_RIG_H

#include "gateway/base/frame.h"
#include "gateway/base/loop.h"
#include "gateway/json/json.h"

struct peer_rig {
    struct loop *loop;
    char path[128];
    int listen_fd;
};

void peer_rig_open(struct peer_rig *rig, const char *directory, const char *name);
void peer_rig_close(struct peer_rig *rig); /* after what listens has been freed */
void peer_rig_turn(struct peer_rig *rig);

int peer_rig_connect(struct peer_rig *rig); /* the test closes it */
void peer_rig_send(struct peer_rig *rig, int fd, const char *json);
/* The next frame, NULL when none is there; pings are answered on the way. The caller decrefs. */
json_t *peer_rig_read(struct peer_rig *rig, int fd);
bool peer_rig_is_closed(struct peer_rig *rig, int fd);

/* Connects and says hello as a sender; reads the welcome. */
int peer_rig_sender(struct peer_rig *rig, const char *name, unsigned capacity);

#endif
