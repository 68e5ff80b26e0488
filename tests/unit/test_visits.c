/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_visits - pages wait for the turn and its commit, and some of them for what is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/visits.h"
#include "tests/support/store_rig.h"

#define COUNT 3

/* Instead of a connection: what each of them was answered. */
static struct http_exchange {
    int status;
    unsigned answers;
} exchanges[COUNT];

void http_answer_large(struct http_exchange *exchange, int status, const char *content_type,
    const struct http_header *extra, struct span body)
{
    (void)content_type, (void)extra, (void)body;
    exchange->status = status;
    exchange->answers++;
}

static struct request requests[COUNT];
static struct store_rig rig;
static struct visits *visits;
static bool is_ready[COUNT], must_fail;
static unsigned written[COUNT], settled[COUNT];
static bool was_done[COUNT];

static int number_of(const struct request *request)
{
    return (int)(request - requests);
}

static int write_page(void *context, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    int number = number_of(request);
    (void)context;
    struct try_row row = { .failures = 1, .last_at = now_ms };
    written[number]++;
    rig_tag(number + 1, row.tag);
    assert_int_equal(tries_put(rig.store, &row), 0);
    if (must_fail)
        return ERR_NOMEM;
    if (!is_ready[number])
        return VISITS_LATER;
    ret_page->status = 200;
    return 0;
}

static int write_busy(void *context, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    (void)context, (void)request, (void)now_ms;
    ret_page->status = 503;
    return 0;
}

static bool look(void *context, const struct request *request)
{
    (void)context;
    return is_ready[number_of(request)];
}

static void settle(void *context, const struct request *request, bool is_done)
{
    (void)context;
    settled[number_of(request)]++;
    was_done[number_of(request)] = is_done;
}

static int open_rig(void **state)
{
    static const struct visits_writer writer = {
        .answer = write_page, .busy = write_busy, .is_ready = look, .settle = settle
    };
    (void)state;
    memset(exchanges, 0, sizeof exchanges);
    memset(written, 0, sizeof written);
    memset(settled, 0, sizeof settled);
    memset(was_done, 0, sizeof was_done);
    memset(is_ready, 0, sizeof is_ready);
    must_fail = false;
    rig_open_memory(&rig);
    return visits_new(&writer, &visits);
}

static int close_rig(void **state)
{
    (void)state;
    visits_free(visits);
    rig_close(&rig);
    return 0;
}

static void turn(bool must_commit)
{
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(visits_handle(visits, rig.store, RIG_NOW), 0);
    if (must_commit)
        assert_int_equal(store_commit(rig.store), 0);
    else
        store_rollback(rig.store);
    visits_answer(visits, must_commit, RIG_NOW);
}

static void add(int number)
{
    visits_add(visits, &exchanges[number], &requests[number], RIG_NOW);
}

static bool is_stored(int number)
{
    unsigned char tag[STORE_TAG_LEN];
    struct try_row row;
    rig_tag(number + 1, tag);
    assert_int_equal(tries_get(rig.store, tag, &row), 0);
    return row.failures == 1;
}

static void a_page_leaves_after_the_commit(void **state)
{
    (void)state;
    is_ready[0] = true;
    add(0);
    assert_int_equal(visits_waiting(visits), 1);
    turn(true);
    assert_true(
        exchanges[0].answers == 1 && exchanges[0].status == 200 && is_stored(0) && settled[0] == 1 && was_done[0]);
    assert_int_equal(visits_waiting(visits), 0);
}

static void a_page_that_is_not_ready_is_undone_and_written_anew(void **state)
{
    (void)state;
    is_ready[1] = true;
    add(0);
    add(1);
    turn(true);
    assert_true(exchanges[0].answers == 0 && !is_stored(0) && !settled[0]);
    assert_true(exchanges[1].answers == 1 && is_stored(1));
    assert_int_equal(visits_waiting(visits), 0); /* so that the loop sleeps */
    assert_int_equal(visits_parked(visits), 1);
    turn(true);
    assert_int_equal(written[0], 1); /* not tried again before its time */
    is_ready[0] = true;
    assert_int_equal(visits_waiting(visits), 1);
    turn(true);
    assert_true(written[0] == 2 && exchanges[0].answers == 1 && exchanges[0].status == 200 && is_stored(0));
    assert_int_equal(visits_parked(visits), 0);
}

static void a_turn_that_fails_answers_all_it_has_written_but_not_what_waits(void **state)
{
    (void)state;
    add(0);
    turn(true);
    is_ready[1] = true;
    add(1);
    turn(false);
    assert_true(exchanges[1].answers == 1 && exchanges[1].status == 503 && !exchanges[0].answers);
    is_ready[0] = true;
    turn(false);
    assert_true(exchanges[0].answers == 1 && exchanges[0].status == 503 && settled[0] == 1);
    assert_true(settled[1] == 1 && !was_done[0] && !was_done[1]);
}

static void a_turn_that_is_repeated_parks_once(void **state)
{
    (void)state;
    add(0);
    assert_int_equal(store_begin(rig.store), 0);
    assert_int_equal(visits_handle(visits, rig.store, RIG_NOW), 0);
    store_rollback(rig.store);
    turn(true);
    assert_true(written[0] == 2 && visits_parked(visits) == 1);
    is_ready[0] = true;
    turn(true);
    assert_int_equal(exchanges[0].answers, 1);
}

static void a_page_that_fails_spoils_no_other(void **state)
{
    (void)state;
    must_fail = true;
    add(0);
    turn(true);
    assert_true(exchanges[0].answers == 1 && exchanges[0].status == 503 && !is_stored(0));
    assert_true(settled[0] == 1 && !was_done[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_leaves_after_the_commit, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_page_that_is_not_ready_is_undone_and_written_anew, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(
            a_turn_that_fails_answers_all_it_has_written_but_not_what_waits, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_turn_that_is_repeated_parks_once, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_page_that_fails_spoils_no_other, open_rig, close_rig),
    };
    return cmocka_run_group_tests_name("visits", tests, NULL, NULL);
}
