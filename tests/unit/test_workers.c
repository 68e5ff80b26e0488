/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_workers - who may be a worker, what it may say, and what becomes of its jobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/jobframe.h"
#include "gateway/core/workers.h"
#include "tests/support/lineconf.h"
#include "tests/support/peer_rig.h"

#define RESULTS_MAX 32

static int64_t mono_ms;

static int64_t tell_mono(void)
{
    return mono_ms;
}

struct result {
    char job[WORKERS_JOB_ID_MAX];
    int kind, status;
    int64_t retry_after_s;
    char body[64];
};

struct hall {
    struct lineconf folder;
    struct peer_rig peers;
    struct workers *workers;
    unsigned count;
    struct result results[RESULTS_MAX];
};

static void on_result(void *context, const char *job, const struct transmit_reply *reply)
{
    struct hall *hall = context;
    struct result *result = &hall->results[hall->count++ % RESULTS_MAX];
    *result = (struct result){ .kind = reply->kind, .status = reply->status, .retry_after_s = reply->retry_after_s };
    str_copy(result->job, sizeof result->job, job);
    str_copy_span(result->body, sizeof result->body, reply->body);
}

static int open_hall(void **state)
{
    struct hall *hall = calloc(1, sizeof *hall);
    mono_ms = 1000;
    clock_set_source(NULL, tell_mono);
    lineconf_open(&hall->folder);
    peer_rig_open(&hall->peers, hall->folder.directory, "workers.sock");
    *state = hall;
    return workers_new(hall->peers.loop, hall->peers.listen_fd, on_result, hall, &hall->workers);
}

static int close_hall(void **state)
{
    struct hall *hall = *state;
    workers_free(hall->workers);
    peer_rig_close(&hall->peers);
    lineconf_close(&hall->folder);
    clock_set_source(NULL, NULL);
    free(hall);
    return 0;
}

static void give(struct hall *hall, const char *job)
{
    struct transmit transmit;
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    transmit_init(&transmit);
    transmit.kind = TRANSMIT_HTTP;
    transmit.method = "POST";
    buf_add_text(&transmit.url, "https://desk.example.org/");
    buf_add_text(&transmit.headers, "A: b\nC:d\n");
    buf_add_text(&transmit.body, "{}");
    assert_int_equal(jobframe_write(job, &transmit, &frame), 0);
    transmit_done(&transmit);
    struct worker *worker = workers_pick(hall->workers, "sender", NULL);
    assert_non_null(worker);
    worker_reserve(worker, job);
    worker_send_job(worker, buf_span(&frame));
}

static void hello_is_welcomed_or_refused(void **state)
{
    static const struct {
        const char *label, *hello;
        bool is_welcome;
    } table[] = {
        { "good", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s-1\",\"capacity\":64}", true },
        { "another version", "{\"hello\":2,\"role\":\"sender\",\"name\":\"s\",\"capacity\":64}", false },
        { "another role", "{\"hello\":1,\"role\":\"modem\",\"name\":\"s\",\"capacity\":64}", false },
        { "no name", "{\"hello\":1,\"role\":\"sender\",\"capacity\":64}", false },
        { "a name with a space", "{\"hello\":1,\"role\":\"sender\",\"name\":\"a b\",\"capacity\":64}", false },
        { "a name that is too long",
            "{\"hello\":1,\"role\":\"sender\",\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"capacity\":64}", false },
        { "no capacity", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s\"}", false },
        { "capacity 0", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s\",\"capacity\":0}", false },
        { "capacity 1001", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s\",\"capacity\":1001}", false },
        { "a capacity that is no number", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s\",\"capacity\":\"9\"}",
            false },
    };
    struct hall *hall = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int fd = peer_rig_connect(&hall->peers);
        peer_rig_send(&hall->peers, fd, table[i].hello);
        AUTO_JSON *frame = peer_rig_read(&hall->peers, fd);
        if (!frame || !json_object_get(frame, table[i].is_welcome ? "welcome" : "refused") ||
            peer_rig_is_closed(&hall->peers, fd) == table[i].is_welcome)
            fail_msg("%s", table[i].label);
        close(fd);
        peer_rig_turn(&hall->peers);
    }
    assert_int_equal(workers_count(hall->workers, "sender"), 0);
}

static void frame_out_of_place_ends_the_connection(void **state)
{
    static const struct {
        const char *label, *frame;
        bool is_greeted;
    } table[] = {
        { "a result before hello", "{\"result\":\"1-1\",\"kind\":\"answered\"}", false },
        { "no JSON", "x", false },
        { "no object", "[]", true },
        { "a duplicate key", "{\"ping\":1,\"ping\":2}", true },
        { "an unknown word", "{\"shout\":1}", true },
        { "a second hello", "{\"hello\":1,\"role\":\"sender\",\"name\":\"s\",\"capacity\":64}", true },
        { "a result of no kind", "{\"result\":\"1-1\",\"kind\":\"perhaps\"}", true },
        { "a result with a broken body", "{\"result\":\"1-1\",\"kind\":\"answered\",\"body\":\"!\"}", true },
        { "a message of a modem", "{\"message\":\"1\"}", true },
    };
    struct hall *hall = *state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int fd = table[i].is_greeted ? peer_rig_sender(&hall->peers, "s", 4) : peer_rig_connect(&hall->peers);
        peer_rig_send(&hall->peers, fd, table[i].frame);
        if (!peer_rig_is_closed(&hall->peers, fd))
            fail_msg("%s", table[i].label);
        close(fd);
    }
    assert_int_equal(hall->count, 0);
}

static void result_is_reported_once_with_its_parts(void **state)
{
    struct hall *hall = *state;
    int fd = peer_rig_sender(&hall->peers, "s", 4);
    give(hall, "41-3");
    AUTO_JSON *job = peer_rig_read(&hall->peers, fd);
    assert_string_equal(json_text(job, "job", ""), "41-3");
    assert_string_equal(json_text(job, "method", ""), "POST");
    assert_string_equal(json_text(job, "body", ""), "e30=");
    AUTO_BUF headers;
    buf_init(&headers, 100);
    assert_int_equal(json_write(json_object_get(job, "headers"), &headers), 0);
    assert_string_equal(headers.data, "[[\"A\",\"b\"],[\"C\",\"d\"]]");
    for (int i = 0; i < 2; i++) /* the second time nobody waits for it */
        peer_rig_send(&hall->peers, fd,
            "{\"result\":\"41-3\",\"kind\":\"answered\",\"status\":503,\"retry_after\":9,\"body\":\"eHk=\"}");
    assert_int_equal(hall->count, 1);
    assert_string_equal(hall->results[0].job, "41-3");
    assert_int_equal(hall->results[0].kind, REPLY_ANSWERED);
    assert_int_equal(hall->results[0].status, 503);
    assert_int_equal(hall->results[0].retry_after_s, 9);
    assert_string_equal(hall->results[0].body, "xy");
    assert_false(peer_rig_is_closed(&hall->peers, fd));
    close(fd);
}

static void jobs_of_a_lost_worker_are_unknown_once_each(void **state)
{
    struct hall *hall = *state;
    int fd = peer_rig_sender(&hall->peers, "s", 4);
    give(hall, "1-1");
    give(hall, "2-1");
    give(hall, "3-1");
    peer_rig_send(&hall->peers, fd, "{\"result\":\"2-1\",\"kind\":\"not_sent\"}");
    close(fd);
    peer_rig_turn(&hall->peers);
    assert_int_equal(hall->count, 3);
    assert_int_equal(hall->results[0].kind, REPLY_NOT_SENT);
    assert_int_equal(hall->results[1].kind, REPLY_UNKNOWN);
    assert_int_equal(hall->results[2].kind, REPLY_UNKNOWN);
    assert_string_not_equal(hall->results[1].job, hall->results[2].job);
}

static void writing_to_a_lost_worker_is_safe_for_all_its_jobs(void **state)
{
    struct hall *hall = *state;
    int fd = peer_rig_sender(&hall->peers, "s", 8);
    struct worker *worker = workers_pick(hall->workers, "sender", NULL);
    close(fd);
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d-1", i);
        worker_reserve(worker, id);
        worker_send_job(worker, span_of("{\"job\":\"x\"}")); /* the first one finds out that nobody is there */
    }
    peer_rig_turn(&hall->peers);
    assert_int_equal(hall->count, 5);
    assert_int_equal(workers_count(hall->workers, "sender"), 0);
}

static void namesake_replaces_the_older_worker(void **state)
{
    struct hall *hall = *state;
    int older = peer_rig_sender(&hall->peers, "s", 4);
    give(hall, "1-1");
    int newer = peer_rig_sender(&hall->peers, "s", 4);
    AUTO_JSON *job = peer_rig_read(&hall->peers, older);
    assert_true(peer_rig_is_closed(&hall->peers, older));
    assert_false(peer_rig_is_closed(&hall->peers, newer));
    assert_int_equal(hall->count, 1);
    assert_int_equal(workers_count(hall->workers, "sender"), 1);
    close(older);
    close(newer);
}

static void least_busy_worker_is_picked_up_to_its_capacity(void **state)
{
    struct hall *hall = *state;
    int a = peer_rig_sender(&hall->peers, "a", 2), b = peer_rig_sender(&hall->peers, "b", 1);
    assert_int_equal(workers_room(hall->workers, "sender", NULL), 3);
    assert_null(workers_pick(hall->workers, "modem", NULL));
    give(hall, "1-1");
    give(hall, "2-1");
    give(hall, "3-1");
    assert_int_equal(workers_room(hall->workers, "sender", NULL), 0);
    assert_null(workers_pick(hall->workers, "sender", NULL));
    close(a);
    close(b);
}

static void hosts_are_told_in_the_welcome_and_after_a_change(void **state)
{
    struct hall *hall = *state;
    struct hosts *hosts = calloc(1, sizeof *hosts);
    hosts->count = 2;
    hosts->entries[0] = (struct hosts_entry){ "desk.example.org", 443 };
    hosts->entries[1] = (struct hosts_entry){ "fd00::7", 8443 };
    int fd = peer_rig_sender(&hall->peers, "s", 2);
    assert_int_equal(workers_set_hosts(hall->workers, hosts, true), 0);
    free(hosts);
    AUTO_JSON *allow = peer_rig_read(&hall->peers, fd);
    AUTO_BUF text;
    buf_init(&text, 1000);
    assert_int_equal(json_write(allow, &text), 0);
    assert_string_equal(text.data, "{\"allow\":[\"desk.example.org:443\",\"[fd00::7]:8443\"],"
                                   "\"insecure_hosts\":[\"desk.example.org\",\"[fd00::7]\"]}");
    int late = peer_rig_connect(&hall->peers);
    peer_rig_send(&hall->peers, late, "{\"hello\":1,\"role\":\"sender\",\"name\":\"t\",\"capacity\":1}");
    AUTO_JSON *welcome = peer_rig_read(&hall->peers, late);
    assert_int_equal(json_array_size(json_object_get(welcome, "allow")), 2);
    close(fd);
    close(late);
}

static void ping_is_answered_and_a_stray_pong_ignored(void **state)
{
    struct hall *hall = *state;
    int fd = peer_rig_sender(&hall->peers, "s", 2);
    peer_rig_send(&hall->peers, fd, "{\"pong\":5}");
    peer_rig_send(&hall->peers, fd, "{\"ping\":9007199254740992}");
    AUTO_JSON *pong = peer_rig_read(&hall->peers, fd);
    assert_int_equal(json_int(pong, "pong", 0), 9007199254740992);
    close(fd);
}

static void silent_peer_is_closed(void **state)
{
    struct hall *hall = *state;
    int stranger = peer_rig_connect(&hall->peers), hung = peer_rig_sender(&hall->peers, "hung", 2);
    int well = peer_rig_sender(&hall->peers, "well", 2);
    give(hall, "1-1"); /* to the first of the two: hung */
    mono_ms += WORKERS_HELLO_MS;
    assert_true(peer_rig_is_closed(&hall->peers, stranger));
    assert_false(peer_rig_is_closed(&hall->peers, hung));
    for (int i = 0; i < 3; i++) {
        mono_ms += WORKERS_PING_MS;
        peer_rig_turn(&hall->peers);
        assert_null(peer_rig_read(&hall->peers, well)); /* answers the ping */
    }
    peer_rig_turn(&hall->peers);
    assert_int_equal(workers_count(hall->workers, "sender"), 1);
    assert_false(peer_rig_is_closed(&hall->peers, well));
    assert_int_equal(hall->count, 1);
    assert_int_equal(hall->results[0].kind, REPLY_UNKNOWN);
    close(stranger);
    close(hung);
    close(well);
}

static void no_more_workers_than_places(void **state)
{
    struct hall *hall = *state;
    int fds[WORKERS_MAX + 1];
    for (int i = 0; i <= WORKERS_MAX; i++)
        fds[i] = peer_rig_connect(&hall->peers);
    assert_false(peer_rig_is_closed(&hall->peers, fds[WORKERS_MAX - 1]));
    assert_true(peer_rig_is_closed(&hall->peers, fds[WORKERS_MAX]));
    for (int i = 0; i <= WORKERS_MAX; i++)
        close(fds[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_hall, close_hall)
    const struct CMUnitTest tests[] = {
        TEST(hello_is_welcomed_or_refused),
        TEST(frame_out_of_place_ends_the_connection),
        TEST(result_is_reported_once_with_its_parts),
        TEST(jobs_of_a_lost_worker_are_unknown_once_each),
        TEST(writing_to_a_lost_worker_is_safe_for_all_its_jobs),
        TEST(namesake_replaces_the_older_worker),
        TEST(least_busy_worker_is_picked_up_to_its_capacity),
        TEST(hosts_are_told_in_the_welcome_and_after_a_change),
        TEST(ping_is_answered_and_a_stray_pong_ignored),
        TEST(silent_peer_is_closed),
        TEST(no_more_workers_than_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
