/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_frame - framing over a socket pair: partial, joined, forbidden frames, and peers that vanish.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/frame.h"

enum action { DO_NOTHING, DO_ECHO, DO_CLOSE, DO_FINISH, DO_CLOSE_TWICE };

struct peer {
    struct loop *loop;
    struct frame_conn *conn;
    int fd; /* the other end, blocking */
    enum action action;
    int frames, closes, last_code;
    struct buf last;
};

static void on_frame(void *context, struct frame_conn *conn, struct span frame)
{
    struct peer *peer = context;

    peer->frames++;
    buf_clear(&peer->last);
    buf_add_span(&peer->last, frame);
    if (peer->action == DO_ECHO || peer->action == DO_FINISH)
        peer->last_code = frame_conn_send(conn, frame);
    if (peer->action == DO_FINISH)
        frame_conn_finish(conn);
    if (peer->action == DO_CLOSE || peer->action == DO_CLOSE_TWICE)
        frame_conn_close(conn);
    if (peer->action == DO_CLOSE_TWICE)
        frame_conn_close(conn);
}

static void on_close(void *context, struct frame_conn *conn)
{
    struct peer *peer = context;

    assert_ptr_equal(frame_conn_context(conn), context);
    peer->closes++;
    peer->conn = NULL;
    frame_conn_close(conn);
}

static int set_up(void **state)
{
    struct peer *peer = calloc(1, sizeof(*peer));
    int pair[2];

    if (!peer || loop_new(&peer->loop) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
    peer->fd = pair[1];
    buf_init(&peer->last, FRAME_MAX);
    *state = peer;
    return frame_conn_new(peer->loop, pair[0], on_frame, on_close, peer, &peer->conn);
}

static int tear_down(void **state)
{
    struct peer *peer = *state;

    if (peer->conn)
        frame_conn_close(peer->conn);
    if (peer->fd >= 0)
        close(peer->fd);
    loop_free(peer->loop);
    buf_done(&peer->last);
    free(peer);
    return 0;
}

static void turn(struct peer *peer)
{
    while (loop_wait(peer->loop, 0) > 0)
        ;
}

static void put_bytes(const struct peer *peer, const char *bytes, size_t len)
{
    assert_int_equal(send(peer->fd, bytes, len, MSG_NOSIGNAL), len);
}

static void frame_arrives_byte_by_byte(void **state)
{
    struct peer *peer = *state;
    static const char bytes[] = "\0\0\0\5hello\0\0\0\1x";

    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        put_bytes(peer, bytes + i, 1);
        turn(peer);
        assert_int_equal(peer->frames, i < 8 ? 0 : i < 13 ? 1 : 2);
    }
    assert_string_equal(peer->last.data, "x");
}

static void several_frames_in_one_read_arrive_one_by_one(void **state)
{
    struct peer *peer = *state;

    put_bytes(peer, "\0\0\0\1a\0\0\0\2bc\0\0\0\1d\0\0", 18);
    turn(peer);
    assert_int_equal(peer->frames, 3);
    assert_string_equal(peer->last.data, "d");
    assert_int_equal(peer->closes, 0);
}

static void forbidden_lengths_close_the_connection(void **state)
{
    static const struct {
        const char *label, *bytes;
    } rows[] = { { "zero", "\0\0\0\0" }, { "one over the ceiling", "\0\x10\0\1" }, { "all ones", "\xff\xff\xff\xff" } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct peer *peer;
        assert_int_equal(set_up(state), 0);
        peer = *state;
        put_bytes(peer, rows[i].bytes, 4);
        turn(peer);
        if (peer->closes != 1 || peer->frames != 0)
            fail_msg("%s: %d closes, %d frames", rows[i].label, peer->closes, peer->frames);
        tear_down(state);
    }
}

static void largest_frame_passes_both_ways(void **state)
{
    struct peer *peer = *state;
    char *bytes = malloc(FRAME_MAX);
    struct buf back;
    size_t sent = 0;

    assert_non_null(bytes);
    memset(bytes, 'z', FRAME_MAX);
    buf_init(&back, FRAME_MAX + 4);
    peer->action = DO_ECHO;
    put_bytes(peer, "\0\x10\0\0", 4);
    while (sent < FRAME_MAX) {
        ssize_t len = send(peer->fd, bytes + sent, FRAME_MAX - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        sent += len > 0 ? (size_t)len : 0;
        turn(peer);
    }
    assert_int_equal(peer->frames, 1);
    assert_int_equal(peer->last_code, 0);
    while (back.len < FRAME_MAX + 4) {
        ssize_t len = recv(peer->fd, bytes, FRAME_MAX, MSG_DONTWAIT);
        if (len > 0)
            buf_add(&back, bytes, (size_t)len);
        turn(peer);
    }
    assert_memory_equal(back.data, "\0\x10\0\0zzzz", 8);
    assert_int_equal(peer->closes, 0);
    buf_done(&back);
    free(bytes);
}

static void vanished_peer_is_reported_once(void **state)
{
    struct peer *peer = *state;

    put_bytes(peer, "\0\0\0\1a\0\0\0\5hal", 12);
    close(peer->fd);
    peer->fd = -1;
    turn(peer);
    assert_int_equal(peer->frames, 1);
    assert_int_equal(peer->closes, 1);
}

static void sending_to_a_vanished_peer_breaks_nothing(void **state)
{
    struct peer *peer = *state;

    close(peer->fd);
    peer->fd = -1;
    assert_int_equal(frame_conn_send(peer->conn, span_of("lost")), ERR_IO);
    assert_int_equal(frame_conn_send(peer->conn, span_of("lost too")), ERR_IO);
    assert_int_equal(peer->closes, 0);
    turn(peer);
    assert_int_equal(peer->closes, 1);
}

static void peer_that_does_not_read_reaches_the_ceiling(void **state)
{
    struct peer *peer = *state;
    struct buf big;
    int code = 0, sent = 0;

    buf_init(&big, FRAME_MAX);
    for (int i = 0; i < 4096; i++)
        buf_add_format(&big, "%0256d", i);
    assert_int_equal(big.len, FRAME_MAX);
    for (; code == 0 && sent < 20; sent++)
        code = frame_conn_send(peer->conn, buf_span(&big));
    assert_int_equal(code, ERR_LIMIT);
    assert_in_range(sent, 8, 10);
    turn(peer);
    assert_int_equal(peer->closes, 1);
    buf_done(&big);
}

static void empty_and_oversized_frames_cannot_be_sent(void **state)
{
    struct peer *peer = *state;

    assert_int_equal(frame_conn_send(peer->conn, span_of("")), ERR_INVALID);
    assert_int_equal(frame_conn_send(peer->conn, (struct span){ "x", FRAME_MAX + 1 }), ERR_INVALID);
    assert_int_equal(frame_write(peer->fd, span_of("")), ERR_INVALID);
    assert_int_equal(frame_write(peer->fd, (struct span){ "x", FRAME_MAX + 1 }), ERR_INVALID);
    turn(peer);
    assert_int_equal(peer->closes, 0);
}

static void close_inside_the_callback_drops_later_frames(void **state)
{
    for (int action = DO_CLOSE; action <= DO_CLOSE_TWICE; action += DO_CLOSE_TWICE - DO_CLOSE) {
        struct peer *peer;
        assert_int_equal(set_up(state), 0);
        peer = *state;
        peer->action = (enum action)action;
        put_bytes(peer, "\0\0\0\1a\0\0\0\1b", 10);
        turn(peer);
        assert_int_equal(peer->frames, 1);
        assert_int_equal(peer->closes, 1);
        tear_down(state);
    }
}

static void close_outside_a_callback_is_immediate(void **state)
{
    struct peer *peer = *state;
    char byte;

    frame_conn_close(peer->conn);
    assert_int_equal(peer->closes, 1);
    assert_int_equal(recv(peer->fd, &byte, 1, 0), 0);
}

static void finish_writes_first_and_closes_then(void **state)
{
    struct peer *peer = *state;
    struct buf in;

    buf_init(&in, FRAME_MAX);
    peer->action = DO_FINISH;
    put_bytes(peer, "\0\0\0\3bye\0\0\0\1b", 12);
    turn(peer);
    assert_int_equal(peer->frames, 1);
    assert_int_equal(peer->closes, 1);
    assert_int_equal(frame_read(peer->fd, &in), 0);
    assert_string_equal(in.data, "bye");
    assert_int_not_equal(frame_read(peer->fd, &in), 0);
    buf_done(&in);
}

static void finish_waits_for_a_slow_reader(void **state)
{
    struct peer *peer = *state;
    struct buf big, in;

    buf_init(&big, FRAME_MAX);
    buf_init(&in, FRAME_MAX);
    while (big.len < FRAME_MAX)
        buf_add_text(&big, "0123456789abcdef");
    assert_int_equal(frame_conn_send(peer->conn, buf_span(&big)), 0);
    frame_conn_finish(peer->conn);
    assert_int_equal(frame_conn_send(peer->conn, span_of("late")), ERR_IO);
    turn(peer);
    assert_int_equal(peer->closes, 0);
    for (size_t got = 0; got < 4 + FRAME_MAX;) {
        char chunk[4096];
        ssize_t len = recv(peer->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
        got += len > 0 ? (size_t)len : 0;
        turn(peer);
    }
    assert_int_equal(peer->closes, 1);
    buf_done(&big);
    buf_done(&in);
}

static void peer_credentials_are_our_own(void **state)
{
    struct peer *peer = *state;
    pid_t pid;
    uid_t uid;
    gid_t gid;

    assert_int_equal(frame_conn_peer(peer->conn, &pid, &uid, &gid), 0);
    assert_int_equal(pid, getpid());
    assert_int_equal(uid, geteuid());
    assert_int_equal(gid, getegid());
}

static void blocking_read_tells_how_the_stream_ended(void **state)
{
    static const struct {
        const char *label, *bytes;
        size_t len;
        int want;
    } rows[] = {
        { "clean end", "", 0, ERR_NOT_FOUND },
        { "end in the length", "\0\0", 2, ERR_PROTOCOL },
        { "end after the length", "\0\0\0\5", 4, ERR_PROTOCOL },
        { "end in the frame", "\0\0\0\5ab", 6, ERR_PROTOCOL },
        { "zero length", "\0\0\0\0", 4, ERR_PROTOCOL },
        { "oversized", "\0\x10\0\1", 4, ERR_PROTOCOL },
        { "whole", "\0\0\0\2ab", 6, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf in;
        int pair[2], code;
        buf_init(&in, FRAME_MAX);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(write(pair[0], rows[i].bytes, rows[i].len), rows[i].len);
        close(pair[0]);
        code = frame_read(pair[1], &in);
        if (code != rows[i].want)
            fail_msg("%s: code %d", rows[i].label, code);
        close(pair[1]);
        buf_done(&in);
    }
}

static void blocking_write_is_read_back(void **state)
{
    struct buf in;
    int pair[2];

    (void)state;
    buf_init(&in, 8);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(frame_write(pair[0], span_of("{\"a\":1}")), 0);
    assert_int_equal(frame_read(pair[1], &in), 0);
    assert_string_equal(in.data, "{\"a\":1}");
    assert_int_equal(frame_write(pair[0], span_of("123456789")), 0);
    assert_int_equal(frame_read(pair[1], &in), ERR_LIMIT);
    close(pair[1]);
    assert_int_equal(frame_write(pair[0], span_of("x")), ERR_IO);
    close(pair[0]);
    buf_done(&in);
}

static void stale_socket_is_replaced_and_a_live_one_kept(void **state)
{
    char folder[] = "/tmp/helplined-frame-XXXXXX", path[64];
    struct error error = { "" };
    struct stat status;
    int server, client, second = -1;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    assert_int_equal(frame_connect(path, &error, &client), ERR_NOT_FOUND);
    assert_int_equal(frame_listen(path, 0660, &error, &server), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    assert_int_equal(frame_connect(path, &error, &client), 0);
    close(client);
    assert_int_equal(frame_listen(path, 0660, &error, &second), ERR_EXISTS);
    close(server);
    assert_int_equal(frame_connect(path, &error, &client), ERR_NOT_FOUND);
    assert_int_equal(frame_listen(path, 0600, &error, &server), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    close(server);
    unlink(path);
    rmdir(folder);
}

static void other_files_and_long_paths_are_refused(void **state)
{
    char folder[] = "/tmp/helplined-frame-XXXXXX", path[64], longer[300];
    struct error error = { "" };
    FILE *file;
    int fd = -1;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(frame_listen(path, 0660, &error, &fd), ERR_EXISTS);
    assert_non_null(strstr(error.text, "not a socket"));
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
    rmdir(folder);
    assert_int_equal(frame_listen(path, 0660, &error, &fd), ERR_IO);
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(frame_listen(longer, 0660, &error, &fd), ERR_INVALID);
    assert_int_equal(frame_connect("", &error, &fd), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frame_arrives_byte_by_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_frames_in_one_read_arrive_one_by_one, set_up, tear_down),
        cmocka_unit_test(forbidden_lengths_close_the_connection),
        cmocka_unit_test_setup_teardown(largest_frame_passes_both_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(vanished_peer_is_reported_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sending_to_a_vanished_peer_breaks_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(peer_that_does_not_read_reaches_the_ceiling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_and_oversized_frames_cannot_be_sent, set_up, tear_down),
        cmocka_unit_test(close_inside_the_callback_drops_later_frames),
        cmocka_unit_test_setup_teardown(close_outside_a_callback_is_immediate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finish_writes_first_and_closes_then, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finish_waits_for_a_slow_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(peer_credentials_are_our_own, set_up, tear_down),
        cmocka_unit_test(blocking_read_tells_how_the_stream_ended),
        cmocka_unit_test(blocking_write_is_read_back),
        cmocka_unit_test(stale_socket_is_replaced_and_a_live_one_kept),
        cmocka_unit_test(other_files_and_long_paths_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
