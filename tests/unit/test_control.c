/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_control - requests wait for the turn; what a person reads as done is committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/core/control.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

static const struct outage_state well = { .is_spool_well = true };

struct office {
    struct core_rig core;
    struct peer_rig workers, peers;
    struct dispatch *dispatch;
    struct control *control;
};

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);
    core_rig_open(&office->core, NULL);
    peer_rig_open(&office->workers, office->core.folder.directory, "workers.sock");
    peer_rig_open(&office->peers, office->core.folder.directory, "control.sock");
    assert_int_equal(
        dispatch_new(&office->core.core, office->workers.loop, office->workers.listen_fd, &office->dispatch), 0);
    assert_int_equal(control_new(&office->core.core, office->dispatch, office->peers.loop, office->peers.listen_fd,
                         &office->control),
        0);
    *state = office;
    return 0;
}

static int close_office(void **state)
{
    struct office *office = *state;
    control_free(office->control);
    dispatch_free(office->dispatch);
    peer_rig_close(&office->peers);
    peer_rig_close(&office->workers);
    core_rig_close(&office->core);
    free(office);
    return 0;
}

static void turn(struct office *office)
{
    peer_rig_turn(&office->peers);
    core_rig_begin(&office->core);
    assert_int_equal(control_run(office->control, &well, RIG_NOW), 0);
    core_rig_commit(&office->core);
    control_release(office->control, &well, RIG_NOW);
    peer_rig_turn(&office->peers);
}

static void ask(struct office *office, int fd, const char *verb, const char *args)
{
    char request[512];
    snprintf(request, sizeof request, "{\"control\":1,\"verb\":\"%s\",\"args\":%s}", verb, args);
    peer_rig_send(&office->peers, fd, request);
}

/* Reads rows up to the end. Returns the end, -1 when there is none. */
static int read_end(struct office *office, int fd, unsigned *ret_rows)
{
    *ret_rows = 0;
    for (;;) {
        AUTO_JSON *frame = peer_rig_read(&office->peers, fd);
        if (!frame)
            return -1;
        if (json_object_get(frame, "end"))
            return (int)json_int(frame, "end", -1);
        assert_non_null(json_object_get(frame, "row"));
        ++*ret_rows;
    }
}

static void rows_come_after_the_commit_and_before_the_end(void **state)
{
    struct office *office = *state;
    unsigned rows;
    int fd = peer_rig_connect(&office->peers);
    core_rig_text_in(&office->core, "+966505550123", "he beats me", "a1", RIG_NOW);
    core_rig_text_in(&office->core, "+966505550124", "he beats me", "a2", RIG_NOW);
    ask(office, fd, "cases list", "{}");
    assert_true(control_is_waiting(office->control));
    core_rig_begin(&office->core);
    assert_int_equal(control_run(office->control, &well, RIG_NOW), 0);
    assert_null(peer_rig_read(&office->peers, fd));
    core_rig_commit(&office->core);
    control_release(office->control, &well, RIG_NOW);
    assert_false(control_is_waiting(office->control));
    assert_int_equal(read_end(office, fd, &rows), 0);
    assert_int_equal(rows, 2);
    close(fd);
}

static void request_of_another_form_is_a_usage_error(void **state)
{
    static const char *const requests[] = { "{}", "{\"control\":2,\"verb\":\"cases list\"}", "{\"control\":1}",
        "{\"control\":1,\"verb\":\"cases eat\"}", "{\"control\":1,\"verb\":7}",
        "{\"control\":\"1\",\"verb\":\"health\"}", "{\"control\":1,\"verb\":\"cases show\"}",
        "{\"control\":1,\"verb\":\"cases show\",\"args\":[]}" };
    struct office *office = *state;
    int fd = peer_rig_connect(&office->peers);
    for (size_t i = 0; i < STR_COUNT(requests); i++) {
        unsigned rows;
        peer_rig_send(&office->peers, fd, requests[i]);
        turn(office);
        int end = read_end(office, fd, &rows);
        if (end != 2 || rows)
            fail_msg("%s: end %d", requests[i], end);
    }
    close(fd);
}

static void broken_frames_close_the_connection(void **state)
{
    static const char *const frames[] = { "x", "[1]", "{\"control\":1,\"control\":1}" };
    struct office *office = *state;
    for (size_t i = 0; i < STR_COUNT(frames); i++) {
        int fd = peer_rig_connect(&office->peers);
        peer_rig_send(&office->peers, fd, frames[i]);
        assert_true(peer_rig_is_closed(&office->peers, fd));
        close(fd);
    }
}

static void second_request_before_the_end_closes_the_connection(void **state)
{
    struct office *office = *state;
    int fd = peer_rig_connect(&office->peers);
    ask(office, fd, "health", "{}");
    ask(office, fd, "health", "{}");
    assert_true(peer_rig_is_closed(&office->peers, fd));
    assert_false(control_is_waiting(office->control));
    close(fd);
}

static void two_clients_are_answered_in_one_turn(void **state)
{
    struct office *office = *state;
    unsigned rows;
    int a = peer_rig_connect(&office->peers), b = peer_rig_connect(&office->peers);
    ask(office, a, "channels list", "{}");
    ask(office, b, "contacts list", "{}");
    turn(office);
    assert_int_equal(read_end(office, a, &rows), 0);
    assert_int_equal(rows, 5);
    assert_int_equal(read_end(office, b, &rows), 0);
    assert_int_equal(rows, 4);
    close(a);
    close(b);
}

static void client_that_left_has_changed_what_it_asked_for(void **state)
{
    struct office *office = *state;
    struct intake_result in = core_rig_text_in(&office->core, "+966505550123", "he beats me", "a1", RIG_NOW);
    int fd = peer_rig_connect(&office->peers);
    char args[64];
    snprintf(args, sizeof args, "{\"case\":%lld,\"outcome\":\"safe\"}", (long long)in.case_id);
    ask(office, fd, "cases close", args);
    core_rig_begin(&office->core);
    assert_int_equal(control_run(office->control, &well, RIG_NOW), 0);
    close(fd);
    core_rig_commit(&office->core);
    control_release(office->control, &well, RIG_NOW);
    peer_rig_turn(&office->peers);
    assert_int_equal(core_rig_case(&office->core, in.case_id).state, STATE_case_closed);
}

static void client_that_leaves_before_the_turn_asks_nothing(void **state)
{
    struct office *office = *state;
    int fd = peer_rig_connect(&office->peers);
    ask(office, fd, "health", "{}");
    close(fd);
    peer_rig_turn(&office->peers);
    assert_false(control_is_waiting(office->control));
    turn(office);
}

static void failed_turn_is_told_as_refused(void **state)
{
    struct office *office = *state;
    unsigned rows;
    struct intake_result in = core_rig_text_in(&office->core, "+966505550123", "he beats me", "a1", RIG_NOW);
    int fd = peer_rig_connect(&office->peers);
    char args[64];
    snprintf(args, sizeof args, "{\"case\":%lld,\"outcome\":\"safe\"}", (long long)in.case_id);
    ask(office, fd, "cases close", args);
    core_rig_begin(&office->core);
    assert_int_equal(control_run(office->control, &well, RIG_NOW), 0);
    store_rollback(office->core.core.store);
    control_abandon(office->control);
    assert_int_equal(read_end(office, fd, &rows), 1);
    assert_int_equal(core_rig_case(&office->core, in.case_id).state, STATE_case_open);
    close(fd);
}

static void backup_runs_outside_the_transaction(void **state)
{
    struct office *office = *state;
    unsigned rows;
    int fd = peer_rig_connect(&office->peers);
    char path[128], args[200];
    snprintf(path, sizeof path, "%s/copy.db", office->core.folder.directory);
    snprintf(args, sizeof args, "{\"path\":\"%s\"}", path);
    ask(office, fd, "backup", args);
    turn(office);
    assert_int_equal(read_end(office, fd, &rows), 0);
    assert_int_equal(core_rig_count_audit(&office->core, "backup.write"), 1);
    ask(office, fd, "backup", args); /* it is there already */
    turn(office);
    assert_int_equal(read_end(office, fd, &rows), 1);
    assert_int_equal(unlink(path), 0);
    ask(office, fd, "backup", "{\"path\":\"copy.db\"}");
    turn(office);
    assert_int_equal(read_end(office, fd, &rows), 2);
    close(fd);
}

static void actor_is_the_uid_of_the_peer(void **state)
{
    struct office *office = *state;
    unsigned rows;
    char want[40];
    int fd = peer_rig_connect(&office->peers);
    ask(office, fd, "contacts off", "{\"contact\":\"ngo\",\"actor\":\"somebody\"}");
    turn(office);
    assert_int_equal(read_end(office, fd, &rows), 0);
    ask(office, fd, "audit list", "{}");
    turn(office);
    AUTO_JSON *frame = peer_rig_read(&office->peers, fd);
    snprintf(want, sizeof want, "uid:%u", (unsigned)getuid());
    assert_string_equal(json_text(json_object_get(frame, "row"), "actor", ""), want);
    close(fd);
}

static void no_more_clients_than_places(void **state)
{
    struct office *office = *state;
    int fds[CONTROL_CLIENTS_MAX + 1];
    for (int i = 0; i <= CONTROL_CLIENTS_MAX; i++)
        fds[i] = peer_rig_connect(&office->peers);
    assert_false(peer_rig_is_closed(&office->peers, fds[CONTROL_CLIENTS_MAX - 1]));
    assert_true(peer_rig_is_closed(&office->peers, fds[CONTROL_CLIENTS_MAX]));
    for (int i = 0; i <= CONTROL_CLIENTS_MAX; i++)
        close(fds[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_office, close_office)
    const struct CMUnitTest tests[] = {
        TEST(rows_come_after_the_commit_and_before_the_end),
        TEST(request_of_another_form_is_a_usage_error),
        TEST(broken_frames_close_the_connection),
        TEST(second_request_before_the_end_closes_the_connection),
        TEST(two_clients_are_answered_in_one_turn),
        TEST(client_that_left_has_changed_what_it_asked_for),
        TEST(client_that_leaves_before_the_turn_asks_nothing),
        TEST(failed_turn_is_told_as_refused),
        TEST(backup_runs_outside_the_transaction),
        TEST(actor_is_the_uid_of_the_peer),
        TEST(no_more_clients_than_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
