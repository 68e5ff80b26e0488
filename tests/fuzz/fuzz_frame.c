/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_frame - any byte stream, cut anywhere: the blocking and the non-blocking reader see the same frames.
 * What:  the first byte is the size of the pieces the stream arrives in; the peer vanishes at the end.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/frame.h"

#define STREAM_MAX (64u << 10) /* fits the buffer of a socket pair */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    unsigned frames, closes;
    size_t bytes;
    uint32_t sum;
};

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void note(struct seen *seen, struct span frame)
{
    seen->frames++;
    seen->bytes += frame.len;
    for (size_t i = 0; i < frame.len; i++)
        seen->sum = seen->sum * 31 + (unsigned char)frame.data[i];
}

static void on_frame(void *context, struct frame_conn *conn, struct span frame)
{
    (void)conn;
    must_be(frame.len > 0 && frame.len <= FRAME_MAX);
    note(context, frame);
}

static void on_close(void *context, struct frame_conn *conn)
{
    struct seen *seen = context;

    (void)conn;
    seen->closes++;
}

static void turn(struct loop *loop)
{
    int ran;

    do {
        ran = loop_wait(loop, 0);
        must_be(ran >= 0);
    } while (ran > 0);
}

static void read_by_loop(const uint8_t *data, size_t size, size_t piece, struct seen *seen)
{
    struct frame_conn *conn;
    struct loop *loop;
    int pair[2];

    must_be(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    must_be(loop_new(&loop) == 0);
    must_be(frame_conn_new(loop, pair[0], on_frame, on_close, seen, &conn) == 0);
    for (size_t at = 0; at < size && seen->closes == 0; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        must_be(send(pair[1], data + at, len, MSG_NOSIGNAL) == (ssize_t)len);
        turn(loop);
    }
    close(pair[1]);
    turn(loop);
    must_be(seen->closes == 1);
    loop_free(loop);
}

static void read_blocking(const uint8_t *data, size_t size, struct seen *seen)
{
    AUTO_BUF frame;
    int pair[2];

    buf_init(&frame, FRAME_MAX);
    must_be(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    must_be(size == 0 || send(pair[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
    close(pair[0]);
    while (frame_read(pair[1], &frame) == 0)
        note(seen, buf_span(&frame));
    close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen by_loop = { 0 }, blocking = { 0 };
    size_t piece;

    if (size == 0 || size > STREAM_MAX)
        return 0;
    piece = data[0] == 0 ? STREAM_MAX : data[0];
    if (size / piece > 512)
        piece = size / 512 + 1;
    read_by_loop(data + 1, size - 1, piece, &by_loop);
    read_blocking(data + 1, size - 1, &blocking);
    must_be(by_loop.frames == blocking.frames && by_loop.bytes == blocking.bytes && by_loop.sum == blocking.sum);
    return 0;
}
