/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_http_memory - every single allocation of the HTTP server fails once, and every one from the n-th on fails.
 * Why:   a prototype of this server died of one unchecked response in its 503 path.
 * Keeps: no crash; the client always learns something: an answer, or the end of its connection. Without a sanitizer
 *        only, because the sanitizers bring their own allocator.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/http/listen.h"
#include "tests/support/rig_http.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#define RUNS_MAX 2000
#define POST "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static bool is_armed;
static unsigned countdown; /* the allocation that fails, counted from 1; 0 = none */
static bool is_sticky;
static unsigned failed;

static bool must_fail(void)
{
    if (!is_armed || countdown == 0 || --countdown > 0)
        return false;
    countdown = is_sticky ? 1 : 0;
    failed++;
    return true;
}

void *malloc(size_t size)
{
    return must_fail() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return must_fail() ? NULL : __libc_realloc(old, size);
}

static void arm(bool is_inside)
{
    is_armed = is_inside;
}

static void start_countdown(unsigned n, bool sticky)
{
    countdown = n;
    is_sticky = sticky;
    failed = 0;
}

static void settle_with_answers(struct rig *rig)
{
    rig_settle(rig);
    while (rig->held_count > 0) {
        arm(true);
        rig_answer(rig, "stored");
        arm(false);
        rig_settle(rig);
    }
}

/* Two requests, one answered later. Returns whether an allocation failed. */
static bool run_scenario(unsigned n, bool sticky)
{
    struct rig rig;
    rig_start(&rig, NULL);
    rig.is_holding = true;
    rig.around = arm;
    struct rig_client *client = rig_connect(&rig), *refused = rig_connect(&rig);
    start_countdown(n, sticky);
    rig_send_text(&rig, client, POST);
    settle_with_answers(&rig);
    rig_send_text(&rig, client, POST);
    settle_with_answers(&rig);
    rig_send_text(&rig, refused, "GET / HTTP/1.1\r\n\r\n");
    bool has_failed = failed > 0;
    countdown = 0;
    /* Memory is back. Whoever has no answer must not wait for ever, and the server must serve again. */
    rig_advance(&rig, 60000);
    rig.around = NULL;
    if (client->received.len == 0 && !client->is_ended)
        fail_msg("allocation %u (%s): the client was left without an answer", n, sticky ? "and all later" : "once");
    if (!refused->is_ended)
        fail_msg("allocation %u: the refused client was left", n);
    rig.is_holding = false;
    struct rig_client *later = rig_connect(&rig);
    rig_send_text(&rig, later, POST);
    if (!str_equal(rig_statuses(later), "200"))
        fail_msg("allocation %u: not serving afterwards: \"%s\"", n, rig_statuses(later));
    rig_stop(&rig);
    return has_failed;
}

static void each_failing_allocation_is_survived(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++) {
        unsigned n = 1;
        while (run_scenario(n, sticky))
            assert_true(++n < RUNS_MAX);
        assert_true(n > 10); /* else the failures never reached the server */
    }
}

static void start_without_memory_is_refused_with_a_sentence(void **state)
{
    (void)state;
    bool has_failed = true;
    for (unsigned n = 1; has_failed; n++) {
        struct loop *loop = NULL;
        struct http_server *server = NULL;
        struct error error = { "" };
        int fd = -1;
        assert_int_equal(loop_new(&loop), 0);
        assert_int_equal(http_listen("127.0.0.1:0", &error, &fd), 0);
        start_countdown(n, false);
        arm(true);
        int code = http_server_new(loop, fd, NULL, NULL, NULL, &error, &server);
        arm(false);
        has_failed = failed > 0;
        if (code != 0)
            assert_true(error.text[0] != '\0');
        else
            http_server_free(server);
        assert_true(code == 0 || has_failed);
        close(fd);
        loop_free(loop);
        assert_true(n < RUNS_MAX);
    }
}

#else

static void each_failing_allocation_is_survived(void **state)
{
    (void)state;
    skip();
}

static void start_without_memory_is_refused_with_a_sentence(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failing_allocation_is_survived),
        cmocka_unit_test(start_without_memory_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
