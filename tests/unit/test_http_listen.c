/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_http_listen - addresses to listen on, and the names they get.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/http/listen.h"

static void addresses_are_parsed_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        int want;
    } rows[] = {
        { "127.0.0.1:0", 0 },
        { "[::1]:0", 0 },
        { "localhost:80", ERR_INVALID },
        { "127.0.0.1", ERR_INVALID },
        { "127.0.0.1:65536", ERR_INVALID },
        { "::1:80", ERR_INVALID },
        { "[127.0.0.1]:80", ERR_INVALID },
        { "unix:relative", ERR_INVALID },
        { "", ERR_INVALID },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct error error = { "" };
        char name[HTTP_LISTEN_NAME_MAX];
        int fd = -1;
        int code = http_listen(rows[i].address, &error, &fd);
        if (code != rows[i].want && !(code == ERR_IO && rows[i].address[0] == '[')) /* a machine without IPv6 */
            fail_msg("\"%s\": %s %s", rows[i].address, error_name(code), error.text);
        if (code != 0)
            continue;
        assert_int_equal(http_listen_name(fd, name), 0);
        assert_null(strstr(name, ":0"));
        close(fd);
    }
}

static void unix_socket_is_replaced_only_when_nobody_answers(void **state)
{
    (void)state;
    char directory[] = "/tmp/test_http_server.XXXXXX", address[128], name[HTTP_LISTEN_NAME_MAX];
    struct error error = { "" };
    int fd = -1, second = -1;
    assert_non_null(mkdtemp(directory));
    snprintf(address, sizeof(address), "unix:%s/s.sock", directory);
    assert_int_equal(http_listen(address, &error, &fd), 0);
    assert_int_equal(http_listen_name(fd, name), 0);
    assert_string_equal(name, address);
    assert_int_equal(http_listen(address, &error, &second), ERR_EXISTS);
    close(fd);
    assert_int_equal(http_listen(address, &error, &second), 0);
    close(second);
    unlink(address + strlen("unix:"));
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_parsed_or_refused),
        cmocka_unit_test(unix_socket_is_replaced_only_when_nobody_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
