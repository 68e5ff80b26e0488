/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - length-prefixed messages on a Unix stream socket.
 * What:  four bytes big-endian length, then that many bytes of JSON (gateway/PROTOCOL.md). One `frame_conn` is one
 *        non-blocking peer in a loop; frame_read/frame_write are the blocking pair for a command-line client.
 * Keeps: a frame over FRAME_MAX or an output queue over FRAME_QUEUE_MAX closes the connection: never unbounded.
 */
#ifndef GATEWAY_BASE_FRAME_H
#define GATEWAY_BASE_FRAME_H

#include <stddef.h>
#include <sys/types.h>

#include "gateway/base/buf.h"
#include "gateway/base/loop.h"

#define FRAME_MAX (1u << 20)
#define FRAME_QUEUE_MAX (8u << 20)

struct frame_conn;

/* frame is borrowed for the call. The callback may call frame_conn_close(conn). */
typedef void (*frame_fn)(void *context, struct frame_conn *conn, struct span frame);
/* Called exactly once when the peer is gone, broke the protocol, or after frame_conn_close; conn is freed afterwards.
 */
typedef void (*frame_close_fn)(void *context, struct frame_conn *conn);

/* Takes over fd (made non-blocking, closed at the end); when it fails fd stays with the caller. context is the
 * caller's. */
int frame_conn_new(struct loop *loop, int fd, frame_fn on_frame, frame_close_fn on_close, void *context,
    struct frame_conn **ret_conn) MUST_CHECK;
/* Queues one frame and writes what the socket takes at once. ERR_LIMIT when the peer does not read, ERR_IO when it is
 * gone: the connection then ends from the loop, conn stays valid until on_close. ERR_INVALID for an empty or oversized
 * frame. */
int frame_conn_send(struct frame_conn *conn, struct span frame) MUST_CHECK;
/* Closes soon: on_close runs from the loop (or before this returns when outside a callback). */
void frame_conn_close(struct frame_conn *conn);
/* Closes after the queued output has been written. */
void frame_conn_finish(struct frame_conn *conn);
void *frame_conn_context(const struct frame_conn *conn);
void frame_conn_set_context(struct frame_conn *conn, void *context);
/* SO_PEERCRED of the peer. */
int frame_conn_peer(const struct frame_conn *conn, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid) MUST_CHECK;

/* Listens on a Unix stream socket at path with the given mode (a stale socket file is replaced, a live one is
 * ERR_EXISTS). */
int frame_listen(const char *path, unsigned mode, struct error *error, int *ret_fd) MUST_CHECK;
int frame_connect(const char *path, struct error *error, int *ret_fd) MUST_CHECK;

/* Blocking. frame_read replaces the contents of into. ERR_NOT_FOUND at a clean end of stream. */
int frame_write(int fd, struct span frame) MUST_CHECK;
int frame_read(int fd, struct buf *into) MUST_CHECK;

#endif
