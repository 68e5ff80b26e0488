/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - one non-blocking peer in a loop.
 * Why:   a failed send must not free the connection under its caller. It marks the connection broken and shuts the
 *        socket down; the hang-up then arrives through the loop, which is the one place that ends a connection in
 * trouble. Not here: listening, connecting and the blocking pair (framesock.c, same header).
 */
#include "gateway/base/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_LEN 4u
#define READ_CHUNK (16u << 10) /* bytes of one recv */
#define READS_PER_TURN 8       /* recv calls for one peer before the others have their turn */
#define KEEP_MAX (64u << 10)   /* bytes an idle connection holds on to, each way */

struct frame_conn {
    struct loop *loop;
    int fd;
    frame_fn on_frame;
    frame_close_fn on_close;
    void *context;
    struct buf in;
    struct buf out;
    size_t out_sent;   /* bytes of out that are written already */
    unsigned watched;  /* events asked of the loop */
    unsigned depth;    /* callbacks and handlers under way: freeing waits for 0 */
    bool is_closing;   /* to be freed as soon as depth is 0 */
    bool is_finishing; /* to be closed when out is written */
    bool is_broken;    /* nothing can be sent any more */
};

int frame_conn_peer(const struct frame_conn *conn, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid)
{
    struct ucred peer = { 0 };
    socklen_t len = sizeof(peer);

    if (getsockopt(conn->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || len != sizeof(peer))
        return ERR_IO;
    *ret_pid = peer.pid;
    *ret_uid = peer.uid;
    *ret_gid = peer.gid;
    return 0;
}

void *frame_conn_context(const struct frame_conn *conn)
{
    return conn->context;
}

void frame_conn_set_context(struct frame_conn *conn, void *context)
{
    conn->context = context;
}

/* Ends the connection when nothing of it is on the call stack any more. on_close still sees a whole conn. */
static void end_if_idle(struct frame_conn *conn)
{
    if (!conn->is_closing || conn->depth > 0)
        return;
    conn->depth++; /* on_close may call frame_conn_close again */
    loop_remove(conn->loop, conn->fd);
    conn->on_close(conn->context, conn);
    close(conn->fd);
    buf_done(&conn->in);
    buf_done(&conn->out);
    free(conn);
}

static size_t out_left(const struct frame_conn *conn)
{
    return conn->out.len - conn->out_sent;
}

static void mark_broken(struct frame_conn *conn)
{
    conn->is_broken = true;
    shutdown(conn->fd, SHUT_RDWR);
}

/* Asks the loop for what is needed now: input unless finishing, room for output when some is queued. */
static void watch_needed(struct frame_conn *conn)
{
    unsigned events = (conn->is_finishing ? 0u : LOOP_READ) | (out_left(conn) > 0 ? LOOP_WRITE : 0u);

    if (conn->is_broken || events == conn->watched)
        return;
    if (loop_change(conn->loop, conn->fd, events) == 0)
        conn->watched = events;
    else
        mark_broken(conn);
}

/* Gives the memory of a burst back, keeps that of everyday frames. */
static void empty(struct buf *buf)
{
    if (buf->cap > KEEP_MAX)
        buf_done(buf);
    else
        buf_clear(buf);
}

/* Writes what the socket takes. A peer that is gone breaks the connection. */
static void flush_out(struct frame_conn *conn)
{
    while (out_left(conn) > 0 && !conn->is_broken) {
        ssize_t sent = send(conn->fd, conn->out.data + conn->out_sent, out_left(conn), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            conn->out_sent += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            mark_broken(conn);
    }
    if (out_left(conn) == 0) {
        empty(&conn->out);
        conn->out_sent = 0;
    }
    watch_needed(conn);
}

static size_t read_length(const char *header)
{
    const unsigned char *b = (const unsigned char *)header;

    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

/* Hands every complete frame to the callback. ERR_PROTOCOL for a length that cannot be. */
static int deliver_frames(struct frame_conn *conn)
{
    size_t used = 0;

    while (!conn->is_closing && !conn->is_finishing && conn->in.len - used >= HEADER_LEN) {
        size_t len = read_length(conn->in.data + used);
        if (len == 0 || len > FRAME_MAX)
            return ERR_PROTOCOL;
        if (conn->in.len - used - HEADER_LEN < len)
            break;
        conn->on_frame(conn->context, conn, (struct span){ conn->in.data + used + HEADER_LEN, len });
        used += HEADER_LEN + len;
    }
    if (used == conn->in.len)
        empty(&conn->in);
    else
        buf_consume(&conn->in, used);
    return 0;
}

/* 0 to go on, ERR_AGAIN when the socket is empty, anything else ends the connection. */
static int read_some(struct frame_conn *conn)
{
    char chunk[READ_CHUNK];
    ssize_t len = recv(conn->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
    int code;

    if (len < 0 && errno == EINTR)
        return 0;
    if (len < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_AGAIN : ERR_IO;
    if (len == 0)
        return ERR_NOT_FOUND;
    buf_add(&conn->in, chunk, (size_t)len);
    code = buf_check(&conn->in);
    if (code)
        return code;
    code = deliver_frames(conn);
    if (code == 0 && (size_t)len < sizeof(chunk))
        return ERR_AGAIN;
    return code;
}

static void on_event(void *context, int fd, unsigned events)
{
    struct frame_conn *conn = context;
    int code = 0;

    (void)fd;
    conn->depth++;
    if (events & LOOP_WRITE)
        flush_out(conn);
    for (int i = 0; i < READS_PER_TURN && code == 0 && (events & LOOP_READ); i++)
        code = conn->is_closing || conn->is_finishing || conn->is_broken ? ERR_AGAIN : read_some(conn);
    /* A hang-up may stand together with input that is still to be read: it is over when the reading says so. */
    if ((code != 0 && code != ERR_AGAIN) || conn->is_broken)
        conn->is_closing = true;
    else if ((events & LOOP_HANGUP) && (conn->is_finishing || !(events & LOOP_READ)))
        conn->is_closing = true;
    else if (conn->is_finishing && out_left(conn) == 0)
        conn->is_closing = true;
    conn->depth--;
    end_if_idle(conn);
}

int frame_conn_new(
    struct loop *loop, int fd, frame_fn on_frame, frame_close_fn on_close, void *context, struct frame_conn **ret_conn)
{
    struct frame_conn *conn;
    int flags = fcntl(fd, F_GETFL);
    int code;

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return ERR_IO;
    conn = calloc(1, sizeof(*conn));
    if (!conn)
        return ERR_NOMEM;
    conn->loop = loop;
    conn->fd = fd;
    conn->on_frame = on_frame;
    conn->on_close = on_close;
    conn->context = context;
    conn->watched = LOOP_READ;
    buf_init(&conn->in, HEADER_LEN + FRAME_MAX + READ_CHUNK);
    buf_init(&conn->out, FRAME_QUEUE_MAX);
    code = loop_add(loop, fd, LOOP_READ, on_event, conn);
    if (code) {
        free(conn);
        return code;
    }
    *ret_conn = conn;
    return 0;
}

int frame_conn_send(struct frame_conn *conn, struct span frame)
{
    unsigned char header[HEADER_LEN] = { (unsigned char)(frame.len >> 24), (unsigned char)(frame.len >> 16),
        (unsigned char)(frame.len >> 8), (unsigned char)frame.len };
    bool was_idle = out_left(conn) == 0;

    if (frame.len == 0 || frame.len > FRAME_MAX)
        return ERR_INVALID;
    if (conn->is_closing || conn->is_finishing || conn->is_broken)
        return ERR_IO;
    if (conn->out_sent > conn->out.len / 2 || conn->out.len + HEADER_LEN + frame.len > FRAME_QUEUE_MAX) {
        buf_consume(&conn->out, conn->out_sent);
        conn->out_sent = 0;
    }
    buf_add(&conn->out, header, HEADER_LEN);
    buf_add_span(&conn->out, frame);
    if (buf_check(&conn->out)) {
        int code = buf_check(&conn->out);
        mark_broken(conn);
        return code;
    }
    if (was_idle)
        flush_out(conn);
    return conn->is_broken ? ERR_IO : 0;
}

void frame_conn_close(struct frame_conn *conn)
{
    conn->is_closing = true;
    end_if_idle(conn);
}

void frame_conn_finish(struct frame_conn *conn)
{
    conn->is_finishing = true;
    if (out_left(conn) == 0 || conn->is_broken)
        frame_conn_close(conn);
    else
        watch_needed(conn);
}
