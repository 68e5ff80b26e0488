/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_systemd - sockets passed by the service manager and messages to it, over sockets of this test.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/systemd.h"

#define FIRST_FD 3
#define FD_COUNT 3

static void set_listen(const char *pid, const char *count, const char *names)
{
    char own[32];
    snprintf(own, sizeof(own), "%d", (int)getpid());
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (pid != NULL)
        setenv("LISTEN_PID", strcmp(pid, "own") == 0 ? own : pid, 1);
    if (count != NULL)
        setenv("LISTEN_FDS", count, 1);
    if (names != NULL)
        setenv("LISTEN_FDNAMES", names, 1);
}

/* Puts descriptors 3, 4 and 5 in place and leaves whatever was there to be restored. */
static int setup_fds(void **state)
{
    static int saved[FD_COUNT];
    for (int i = 0; i < FD_COUNT; i++)
        saved[i] = fcntl(FIRST_FD + i, F_DUPFD_CLOEXEC, 100);
    for (int i = 0; i < FD_COUNT; i++)
        assert_int_equal(dup2(STDOUT_FILENO, FIRST_FD + i), FIRST_FD + i);
    *state = saved;
    return 0;
}

static int restore_fds(void **state)
{
    const int *saved = *state;
    for (int i = 0; i < FD_COUNT; i++) {
        close(FIRST_FD + i);
        if (saved[i] >= 0) {
            dup2(saved[i], FIRST_FD + i);
            close(saved[i]);
        }
    }
    set_listen(NULL, NULL, NULL);
    return 0;
}

static void passed_sockets_are_found_by_name(void **state)
{
    static const struct {
        const char *label, *pid, *count, *names, *wanted;
        int want_fd, want_code;
    } rows[] = {
        { "first", "own", "3", "webhooks:console:control", "webhooks", 3, 0 },
        { "second", "own", "3", "webhooks:console:control", "console", 4, 0 },
        { "last", "own", "3", "webhooks:console:control", "control", 5, 0 },
        { "first of two of the same name", "own", "2", "webhooks:webhooks", "webhooks", 3, 0 },
        { "not passed", "own", "1", "webhooks", "control", -1, ERR_NOT_FOUND },
        { "prefix is no match", "own", "1", "webhooks", "web", -1, ERR_NOT_FOUND },
        { "empty name in the list", "own", "2", ":control", "control", 4, 0 },
        { "no names", "own", "1", NULL, "webhooks", -1, ERR_NOT_FOUND },
        { "for another process", "1", "1", "webhooks", "webhooks", -1, ERR_NOT_FOUND },
        { "pid missing", NULL, "1", "webhooks", "webhooks", -1, ERR_NOT_FOUND },
        { "pid no number", "own4", "1", "webhooks", "webhooks", -1, ERR_NOT_FOUND },
        { "nothing passed", NULL, NULL, NULL, "webhooks", -1, ERR_NOT_FOUND },
        { "more names than sockets", "own", "1", "webhooks:console", "console", -1, ERR_INVALID },
        { "count no number", "own", "many", "webhooks", "webhooks", -1, ERR_INVALID },
        { "count negative", "own", "-1", "webhooks", "webhooks", -1, ERR_INVALID },
        { "count absurd", "own", "100000", "webhooks", "webhooks", -1, ERR_INVALID },
        { "descriptor not open", "own", "60",
            "a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q:r:s:t:u:v:w:x:y:z:A:B:C:D:E:F:G:H:I:J:K:L:M:N:O:P:Q:R:S:T:U:V:W:X:Y:last",
            "last", -1, ERR_INVALID },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int fd = -1;
        set_listen(rows[i].pid, rows[i].count, rows[i].names);
        int code = systemd_socket(rows[i].wanted, &fd);
        if (code != rows[i].want_code || fd != rows[i].want_fd)
            fail_msg("%s: code %d, descriptor %d", rows[i].label, code, fd);
    }
}

static void passed_socket_is_not_inherited_further(void **state)
{
    int fd = -1;
    (void)state;
    set_listen("own", "1", "webhooks");
    assert_int_equal(fcntl(FIRST_FD, F_GETFD) & FD_CLOEXEC, 0);
    assert_int_equal(systemd_socket("webhooks", &fd), 0);
    assert_int_equal(fcntl(FIRST_FD, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

/* Binds a datagram socket at that address ('@' = abstract) and names it to systemd_notify. */
static int listen_for_messages(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_true(str_copy(address.sun_path, sizeof(address.sun_path), path));
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (path[0] == '/'));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    setenv("NOTIFY_SOCKET", path, 1);
    return fd;
}

static void expect_message(int fd, const char *want)
{
    char text[2048];
    ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
    assert_true(n > 0);
    text[n] = '\0';
    if (strncmp(text, want, strlen(want)) != 0)
        fail_msg("received \"%s\", wanted \"%s\"", text, want);
}

static void messages_arrive_at_a_path(void **state)
{
    char directory[] = "/tmp/test_systemd.XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/notify", directory);
    int fd = listen_for_messages(path);
    assert_int_equal(systemd_notify("READY=1"), 0);
    expect_message(fd, "READY=1");
    assert_int_equal(systemd_notify("STATUS=%d cases open\nWATCHDOG=1", 7), 0);
    expect_message(fd, "STATUS=7 cases open\nWATCHDOG=1");
    assert_int_equal(systemd_notify_reloading(), 0);
    expect_message(fd, "RELOADING=1\nMONOTONIC_USEC=");
    close(fd);
    assert_int_equal(systemd_notify("READY=1"), ERR_IO); /* nobody is there any more */
    unlink(path);
    rmdir(directory);
}

static void messages_arrive_at_an_abstract_name(void **state)
{
    char name[64];
    (void)state;
    snprintf(name, sizeof(name), "@test_systemd.%d", (int)getpid());
    int fd = listen_for_messages(name);
    assert_int_equal(systemd_notify("STOPPING=1"), 0);
    expect_message(fd, "STOPPING=1");
    close(fd);
}

static void unusable_addresses_and_messages_are_told(void **state)
{
    static const struct {
        const char *address;
        int want;
    } rows[] = {
        { NULL, ERR_NOT_FOUND },
        { "", ERR_NOT_FOUND },
        { "relative", ERR_INVALID },
        { "/", ERR_INVALID },
        { "/a-path-longer-than-the-108-bytes-that-fit-into-the-address-of-a-unix-socket/"
          "and-that-would-be-cut-silently-by-a-careless-copy",
            ERR_INVALID },
        { "/nonexistent/notify", ERR_IO },
    };
    char huge[2000];
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        unsetenv("NOTIFY_SOCKET");
        if (rows[i].address != NULL)
            setenv("NOTIFY_SOCKET", rows[i].address, 1);
        int code = systemd_notify("READY=1");
        if (code != rows[i].want)
            fail_msg("\"%s\": %d", rows[i].address != NULL ? rows[i].address : "(unset)", code);
    }
    memset(huge, 'x', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    assert_int_equal(systemd_notify("STATUS=%s", huge), ERR_LIMIT);
    assert_int_equal(systemd_notify("%s", ""), ERR_INVALID);
    unsetenv("NOTIFY_SOCKET");
}

static void watchdog_interval_is_half_of_what_is_allowed(void **state)
{
    static const struct {
        const char *usec, *pid;
        int64_t want;
    } rows[] = {
        { NULL, NULL, 0 },
        { "30000000", NULL, 15000 },
        { "30000000", "own", 15000 },
        { "30000000", "1", 0 },
        { "0", NULL, 0 },
        { "soon", NULL, 0 },
        { "2000", NULL, 1 },
        { "-5", NULL, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char own[32];
        snprintf(own, sizeof(own), "%d", (int)getpid());
        unsetenv("WATCHDOG_USEC");
        unsetenv("WATCHDOG_PID");
        if (rows[i].usec != NULL)
            setenv("WATCHDOG_USEC", rows[i].usec, 1);
        if (rows[i].pid != NULL)
            setenv("WATCHDOG_PID", strcmp(rows[i].pid, "own") == 0 ? own : rows[i].pid, 1);
        if (systemd_watchdog_ms() != rows[i].want)
            fail_msg("row %zu: %lld", i, (long long)systemd_watchdog_ms());
    }
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(passed_sockets_are_found_by_name, setup_fds, restore_fds),
        cmocka_unit_test_setup_teardown(passed_socket_is_not_inherited_further, setup_fds, restore_fds),
        cmocka_unit_test(messages_arrive_at_a_path),
        cmocka_unit_test(messages_arrive_at_an_abstract_name),
        cmocka_unit_test(unusable_addresses_and_messages_are_told),
        cmocka_unit_test(watchdog_interval_is_half_of_what_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
