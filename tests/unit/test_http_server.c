/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_http_server - answers that come later, clients that leave, drip or do not read, limits, and the orderly end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/rig_http.h"

#define HOST "Host: line.example\r\n"
#define GET_OF(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"
#define POST_HELLO "POST /in/test/message?k=a%20b HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"

static void start(struct rig *rig, const struct http_options *options, bool is_holding)
{
    rig_start(rig, options);
    rig->is_holding = is_holding;
}

static void expect(const struct rig_client *client, const char *want)
{
    if (!str_equal(rig_statuses(client), want))
        fail_msg("answered \"%s\", wanted \"%s\"", rig_statuses(client), want);
}

static void request_arrives_raw_and_complete(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, false);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, POST_HELLO);
    assert_string_equal(rig.last, "POST /in/test/message?k=a%20b hello");
    assert_string_equal(rig.last_peer, "127.0.0.1");
    expect(client, "200");
    rig_stop(&rig);
}

static void answer_of_a_later_turn_reaches_its_client(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, POST_HELLO);
    expect(client, "");
    assert_int_equal(http_server_pending(rig.server), 1);
    rig_answer(&rig, "stored");
    rig_settle(&rig);
    expect(client, "200");
    assert_true(rig_has(client, "stored"));
    assert_int_equal(http_server_pending(rig.server), 0);
    assert_int_equal(http_server_counters(rig.server)->answered, 1);
    rig_stop(&rig);
}

static void answers_in_another_order_reach_the_right_clients(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *first = rig_connect(&rig), *second = rig_connect(&rig);
    rig_send_text(&rig, first, GET_OF("/first"));
    rig_send_text(&rig, second, GET_OF("/second"));
    struct http_exchange *swap = rig.held[0];
    rig.held[0] = rig.held[1];
    rig.held[1] = swap;
    rig_answer(&rig, "for-second");
    rig_answer(&rig, "for-first");
    rig_settle(&rig);
    assert_true(rig_has(first, "for-first"));
    assert_true(rig_has(second, "for-second"));
    rig_stop(&rig);
}

/* Requests sent ahead on one connection are handed over one by one. */
static void pipelined_requests_wait_for_each_other(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, GET_OF("/one") GET_OF("/two") GET_OF("/three"));
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(rig.request_count, i);
        assert_int_equal(rig.held_count, 1);
        rig_answer(&rig, "ok");
        rig_settle(&rig);
    }
    expect(client, "200 200 200");
    rig_stop(&rig);
}

struct chain {
    struct http_exchange *waiting;
    unsigned answered;
};

static void answer_the_one_before(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct chain *chain = context;
    static const struct reply ok = { .status = 200, .body = "chained", .body_len = 7 };
    (void)request;
    if (chain->waiting != NULL) {
        http_answer(chain->waiting, &ok);
        chain->answered++;
    }
    chain->waiting = exchange;
}

/* A full transaction is committed, and its answers released, from inside the request that no longer fits. */
static void answering_inside_another_request_does_not_stall(void **state)
{
    (void)state;
    struct rig rig;
    struct chain chain = { 0 };
    start(&rig, NULL, false);
    http_server_free(rig.server);
    assert_int_equal(
        http_server_new(rig.loop, rig.listen_fd, NULL, answer_the_one_before, &chain, NULL, &rig.server), 0);
    struct rig_client *first = rig_connect(&rig), *second = rig_connect(&rig);
    rig_send_text(&rig, first, GET_OF("/"));
    expect(first, "");
    rig_send_text(&rig, second, GET_OF("/"));
    expect(first, "200");
    expect(second, "");
    rig_stop(&rig);
    assert_int_equal(chain.answered, 1);
}

static void client_that_left_is_answered_without_harm(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *gone = rig_connect(&rig), *reset = rig_connect(&rig), *half = rig_connect(&rig);
    rig_send_text(&rig, gone, POST_HELLO);
    rig_send_text(&rig, reset, POST_HELLO);
    rig_send_text(&rig, half, POST_HELLO);
    rig_hang_up(gone);
    struct linger hard = { .l_onoff = 1, .l_linger = 0 };
    assert_int_equal(setsockopt(reset->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)), 0);
    rig_hang_up(reset);
    assert_int_equal(shutdown(half->fd, SHUT_WR), 0);
    rig_settle(&rig);
    for (int i = 0; i < 3; i++)
        rig_answer(&rig, "late");
    rig_settle(&rig);
    assert_true(half->is_ended); /* the library takes a half-closed connection for a closed one: no answer, no harm */
    assert_int_equal(http_server_pending(rig.server), 0);
    assert_int_equal(http_server_counters(rig.server)->open, 0);
    rig_stop(&rig);
}

static void body_limit_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        size_t len;
        const char *want;
    } rows[] = {
        { "at the limit", 1000, "200" },
        { "one byte over", 1001, "413 closed" },
        { "far over, sent completely", 600000, "413 closed" },
    };
    const struct http_options options = { .body_max = 1000 };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct rig rig;
        AUTO_BUF bytes;
        start(&rig, &options, false);
        buf_init(&bytes, 1024 * 1024);
        buf_add_format(&bytes, "POST / HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", rows[i].len);
        for (size_t at = 0; at < rows[i].len; at++)
            buf_add_char(&bytes, 'x');
        assert_int_equal(buf_check(&bytes), 0);
        struct rig_client *client = rig_connect(&rig);
        rig_send(&rig, client, bytes.data, bytes.len);
        if (!str_equal(rig_statuses(client), rows[i].want))
            fail_msg("%s: answered \"%s\"", rows[i].label, rig_statuses(client));
        if (rig.request_count > 0)
            assert_int_equal(rig.last_body_len, rows[i].len);
        rig_stop(&rig);
    }
}

/* The client goes on sending after it was refused: it must still be able to read why. */
static void refused_client_can_finish_sending(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, false);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, "POST / HTTP/1.1\r\n" HOST "Content-Length: 20000\r\n\r\n");
    for (int i = 0; i < 20; i++) {
        char chunk[1000];
        memset(chunk, 'y', sizeof(chunk));
        assert_int_equal(send(client->fd, chunk, sizeof(chunk), MSG_NOSIGNAL), sizeof(chunk));
        rig_settle(&rig);
    }
    expect(client, "413 closed");
    rig_stop(&rig);
}

static void expect_continue_is_granted_only_to_acceptable_bodies(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, false);
    struct rig_client *good = rig_connect(&rig), *big = rig_connect(&rig);
    rig_send_text(&rig, good, "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    expect(good, "100");
    rig_send_text(&rig, good, "hello");
    expect(good, "100 200");
    rig_send_text(&rig, big, "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
    expect(big, "413 closed");
    rig_stop(&rig);
}

static void dripping_request_is_cut_at_the_deadline(void **state)
{
    (void)state;
    static const char *const starts[] = {
        "GET /healthz HTTP/1.1\r\n" HOST "X-Slow: ",
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n",
        "GET /",
        "",
    };
    for (size_t i = 0; i < STR_COUNT(starts); i++) {
        struct rig rig;
        start(&rig, NULL, false);
        struct rig_client *client = rig_connect(&rig);
        rig_send_text(&rig, client, starts[i]);
        for (int second = 1; second <= 9; second++) {
            rig_advance(&rig, 1000);
            rig_send_text(&rig, client, "z");
            expect(client, "");
        }
        rig_advance(&rig, 1000);
        expect(client, "closed");
        assert_int_equal(http_server_counters(rig.server)->request_timeouts, 1);
        assert_int_equal(rig.request_count, 0);
        rig_stop(&rig);
    }
}

static void idle_connection_is_closed_and_a_new_request_gets_its_own_deadline(void **state)
{
    (void)state;
    struct rig rig;
    const struct http_options options = { .idle_ms = 30000, .request_deadline_ms = 10000 };
    start(&rig, &options, false);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, GET_OF("/"));
    rig_advance(&rig, 29000);
    rig_send_text(&rig, client, "GET / HTTP/1.1\r\n");
    rig_advance(&rig, 9000);
    rig_send_text(&rig, client, HOST "\r\n");
    expect(client, "200 200");
    rig_advance(&rig, 29999);
    expect(client, "200 200");
    rig_advance(&rig, 1);
    expect(client, "200 200 closed");
    assert_int_equal(http_server_counters(rig.server)->idle_timeouts, 1);
    assert_int_equal(http_server_counters(rig.server)->request_timeouts, 0);
    rig_stop(&rig);
}

static void waiting_for_our_answer_has_no_deadline(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, POST_HELLO);
    rig_advance(&rig, 3600000);
    rig_answer(&rig, "at last");
    rig_settle(&rig);
    expect(client, "200");
    rig_stop(&rig);
}

static void client_that_does_not_read_is_cut(void **state)
{
    (void)state;
    struct rig rig;
    const size_t len = 16 * 1024 * 1024; /* more than the socket buffers hold */
    char *page = calloc(1, len);
    assert_non_null(page);
    start(&rig, NULL, true);
    struct rig_client *client = rig_connect(&rig);
    client->is_deaf = true;
    rig_send_text(&rig, client, GET_OF("/"));
    http_answer_large(rig.held[0], 200, "text/plain", NULL, (struct span){ page, len });
    free(page);
    rig_settle(&rig);
    assert_int_equal(http_server_pending(rig.server), 1);
    rig_advance(&rig, 10000);
    assert_int_equal(http_server_pending(rig.server), 0);
    assert_int_equal(http_server_counters(rig.server)->open, 0);
    assert_int_equal(http_server_counters(rig.server)->aborted, 1);
    rig_stop(&rig);
}

static void idle_or_dripping_connection_makes_room_for_a_new_one(void **state)
{
    (void)state;
    struct rig rig;
    const struct http_options options = { .connections_max = 3 };
    start(&rig, &options, true);
    struct rig_client *served = rig_connect(&rig), *idle = rig_connect(&rig), *slow = rig_connect(&rig);
    rig_send_text(&rig, idle, GET_OF("/"));
    rig_answer(&rig, "ok");
    rig_send_text(&rig, served, GET_OF("/"));
    rig_advance(&rig, 500);
    rig_send_text(&rig, slow, "GET / HT");
    struct rig_client *fourth = rig_connect(&rig);
    rig_send_text(&rig, fourth, GET_OF("/"));
    assert_false(idle->is_ended || slow->is_ended || served->is_ended); /* nobody has been useless for a second */
    rig_advance(&rig, 500);
    assert_int_equal(idle->is_ended + slow->is_ended, 1);
    struct rig_client *fifth = rig_connect(&rig);
    rig_settle(&rig);
    rig_advance(&rig, 1000);
    assert_true(idle->is_ended && slow->is_ended);
    assert_int_equal(http_server_counters(rig.server)->crowded_out, 2);
    assert_false(served->is_ended || fourth->is_ended || fifth->is_ended);
    rig_answer(&rig, "first");
    rig_answer(&rig, "second");
    rig_settle(&rig);
    expect(served, "200");
    expect(fourth, "200");
    rig_stop(&rig);
}

static void nobody_who_is_served_makes_room(void **state)
{
    (void)state;
    struct rig rig;
    const struct http_options options = { .connections_max = 2 };
    struct rig_client *clients[40];
    start(&rig, &options, true);
    for (size_t i = 0; i < STR_COUNT(clients); i++) {
        clients[i] = rig_connect(&rig);
        rig_send_text(&rig, clients[i], GET_OF("/"));
    }
    unsigned first = rig.request_count;
    assert_in_range(first, 2, STR_COUNT(clients) - 1); /* the others wait in the kernel */
    rig_advance(&rig, 60000);
    for (size_t i = 0; i < STR_COUNT(clients); i++)
        assert_false(clients[i]->is_ended);
    while (rig.held_count > 0) {
        rig_answer(&rig, "ok");
        rig_advance(&rig, 1000); /* those who have their answer now make room */
    }
    for (size_t i = 0; i < STR_COUNT(clients); i++) {
        if (strncmp(rig_statuses(clients[i]), "200", 3) != 0)
            fail_msg("client %zu: \"%s\"", i, rig_statuses(clients[i]));
    }
    rig_stop(&rig);
}

static void connections_of_one_address_are_limited(void **state)
{
    (void)state;
    struct rig rig;
    const struct http_options options = { .per_ip_max = 2 };
    start(&rig, &options, false);
    struct rig_client *clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = rig_connect(&rig);
        rig_settle(&rig);
    }
    rig_send_text(&rig, clients[0], GET_OF("/"));
    expect(clients[0], "200");
    expect(clients[2], "closed");
    rig_stop(&rig);
}

static void headers_of_the_options_are_on_every_response(void **state)
{
    (void)state;
    static const struct http_header always[] = { { "X-Content-Type-Options", "nosniff" }, { NULL, NULL } };
    static const struct http_header extra[] = { { "Cache-Control", "no-store" }, { NULL, NULL } };
    const struct http_options options = { .headers = always };
    struct rig rig;
    start(&rig, &options, true);
    struct rig_client *good = rig_connect(&rig), *bad = rig_connect(&rig);
    rig_send_text(&rig, good, GET_OF("/"));
    http_answer_large(rig.held[0], 200, "text/html; charset=utf-8", extra, span_of("<p>"));
    rig_send_text(&rig, bad, "GET / HTTP/1.1\r\n\r\n");
    assert_true(rig_has(good, "X-Content-Type-Options: nosniff\r\n"));
    assert_true(rig_has(good, "Cache-Control: no-store\r\n"));
    assert_true(rig_has(good, "Content-Type: text/html; charset=utf-8\r\n"));
    assert_true(rig_has(bad, "X-Content-Type-Options: nosniff\r\n"));
    rig_stop(&rig);
}

static void reply_carries_allow_challenge_and_retry_after(void **state)
{
    (void)state;
    static const struct {
        struct reply reply;
        const char *want;
    } rows[] = {
        { { .status = 405, .allow = "POST" }, "Allow: POST\r\n" },
        { { .status = 401, .www_authenticate = "Basic" }, "WWW-Authenticate: Basic\r\n" },
        { { .status = 503 }, "Retry-After: " },
        { { .status = 200, .content_type = "text/xml" }, "Content-Type: text/xml\r\n" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct rig rig;
        start(&rig, NULL, true);
        struct rig_client *client = rig_connect(&rig);
        rig_send_text(&rig, client, GET_OF("/"));
        http_answer(rig.held[0], &rows[i].reply);
        rig_settle(&rig);
        if (!rig_has(client, rows[i].want))
            fail_msg("no \"%s\" in the answer", rows[i].want);
        rig_stop(&rig);
    }
}

static void header_value_with_a_line_break_becomes_503(void **state)
{
    (void)state;
    static const struct http_header broken[] = { { "X-A", "a\r\nX-B: b" }, { NULL, NULL } };
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, GET_OF("/"));
    http_answer_large(rig.held[0], 200, NULL, broken, span_of("x"));
    rig_settle(&rig);
    expect(client, "503 closed");
    rig_stop(&rig);
}

/* A restart refuses nobody: who connects meanwhile waits in the kernel and is served by the next process. */
static void quiesced_socket_serves_the_next_server(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *old = rig_connect(&rig);
    rig_send_text(&rig, old, POST_HELLO);
    http_server_quiesce(rig.server);
    struct rig_client *waiting = rig_connect(&rig);
    rig_send_text(&rig, waiting, POST_HELLO);
    expect(waiting, "");
    rig_answer(&rig, "settled");
    rig_settle(&rig);
    expect(old, "200 closed");
    assert_true(rig_has(old, "Connection: close\r\n"));
    expect(waiting, "");
    assert_int_equal(http_server_pending(rig.server), 0);
    http_server_free(rig.server);
    rig.server = NULL;
    struct chain chain = { 0 };
    assert_int_equal(
        http_server_new(rig.loop, rig.listen_fd, NULL, answer_the_one_before, &chain, NULL, &rig.server), 0);
    rig_settle(&rig);
    assert_non_null(chain.waiting);
    rig_stop(&rig);
}

static void ending_with_open_exchanges_answers_503(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, true);
    struct rig_client *clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = rig_connect(&rig);
        rig_send_text(&rig, clients[i], POST_HELLO POST_HELLO);
    }
    http_server_free(rig.server);
    rig.server = NULL;
    rig_settle(&rig);
    for (int i = 0; i < 3; i++)
        expect(clients[i], "503 closed");
    rig_stop(&rig);
}

static void counters_tell_what_happened(void **state)
{
    (void)state;
    struct rig rig;
    start(&rig, NULL, false);
    struct rig_client *client = rig_connect(&rig), *bad = rig_connect(&rig), *broken = rig_connect(&rig);
    rig_send_text(&rig, client, GET_OF("/") GET_OF("/"));
    rig_send_text(&rig, bad, "POST / HTTP/1.1\r\n" HOST "\r\n");
    rig_send_text(&rig, broken, "GET / HTTP/1.1\r\nnonsense\r\n\r\n");
    const struct http_counters *counters = http_server_counters(rig.server);
    assert_int_equal(counters->connections, 3);
    assert_int_equal(counters->open, 1);
    assert_int_equal(counters->requests, 2);
    assert_int_equal(counters->answered, 2);
    assert_int_equal(counters->refused[FRAMING_length_required], 1);
    assert_int_equal(counters->unreadable, 1);
    assert_int_equal(counters->no_memory, 0);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_arrives_raw_and_complete),
        cmocka_unit_test(answer_of_a_later_turn_reaches_its_client),
        cmocka_unit_test(answers_in_another_order_reach_the_right_clients),
        cmocka_unit_test(pipelined_requests_wait_for_each_other),
        cmocka_unit_test(answering_inside_another_request_does_not_stall),
        cmocka_unit_test(client_that_left_is_answered_without_harm),
        cmocka_unit_test(body_limit_is_exact),
        cmocka_unit_test(refused_client_can_finish_sending),
        cmocka_unit_test(expect_continue_is_granted_only_to_acceptable_bodies),
        cmocka_unit_test(dripping_request_is_cut_at_the_deadline),
        cmocka_unit_test(idle_connection_is_closed_and_a_new_request_gets_its_own_deadline),
        cmocka_unit_test(waiting_for_our_answer_has_no_deadline),
        cmocka_unit_test(client_that_does_not_read_is_cut),
        cmocka_unit_test(idle_or_dripping_connection_makes_room_for_a_new_one),
        cmocka_unit_test(nobody_who_is_served_makes_room),
        cmocka_unit_test(connections_of_one_address_are_limited),
        cmocka_unit_test(headers_of_the_options_are_on_every_response),
        cmocka_unit_test(reply_carries_allow_challenge_and_retry_after),
        cmocka_unit_test(header_value_with_a_line_break_becomes_503),
        cmocka_unit_test(quiesced_socket_serves_the_next_server),
        cmocka_unit_test(ending_with_open_exchanges_answers_503),
        cmocka_unit_test(counters_tell_what_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
