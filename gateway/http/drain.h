/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drain - closing a connection whose client is still sending, without killing our answer.
 * Why:   closing a socket that holds unread bytes makes the kernel send a reset, and many clients then lose the 413 or
 *        400 that explains why. So a second descriptor keeps the socket, reads and forgets until the client stops.
 * Keeps: bounded in number, bytes and time; a client that gets no place is closed the hard way.
 */
#ifndef GATEWAY_HTTP_DRAIN_H
#define GATEWAY_HTTP_DRAIN_H

#include "gateway/base/error.h"
#include "gateway/base/loop.h"

struct drain;

int drain_new(struct loop *loop, struct drain **ret_drain) MUST_CHECK;
void drain_free(struct drain *drain);

/* Duplicates fd and drains it until its end; fd stays the caller's, who no longer reads from it. Best effort. */
void drain_add(struct drain *drain, int fd);

#endif
