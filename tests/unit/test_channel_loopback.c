/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_loopback - the smallest channel there can be; the worked example of handlers/README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/channels.h"

#define FILE_MAX (64 * 1024)

static void what_is_sent_goes_nowhere_and_counts_as_sent(void **state)
{
    (void)state;
    static const char *const pairs[] = { NULL };
    const struct channel_ops *ops = registry_find("loopback");
    struct settings *settings = channels_settings("loopback", pairs);
    struct sms_out message = { .id = "out-1", .from = "", .to = "+966500000001", .text = "x" };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops->build_send(settings, &message, &transmit), 0);
    assert_int_equal(transmit.kind, TRANSMIT_LOOPBACK);
    assert_string_equal(transmit.body.data, "x");
    struct transmit_reply reply = { .kind = REPLY_ANSWERED, .status = 200, .reason = "" };
    struct send_result result;
    ops->read_reply(settings, &reply, &result);
    assert_int_equal(result.outcome, OUTCOME_sent);
    message.to = "";
    assert_int_equal(ops->build_send(settings, &message, &transmit), ERR_INVALID);
    transmit_done(&transmit);
    settings_free(settings);
}

static void it_takes_no_requests(void **state)
{
    (void)state;
    const struct channel_ops *ops = registry_find("loopback");
    assert_false(ops->caps & CHANNEL_RECEIVES);
    assert_null(ops->verify);
}

static void read_file(const char *path, char ret[FILE_MAX])
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s: run tests from the root of the tree", path);
    size_t len = file ? fread(ret, 1, FILE_MAX - 1, file) : 0;
    ret[len] = '\0';
    if (file)
        fclose(file);
}

static void the_worked_example_of_the_manual_is_the_source(void **state)
{
    (void)state;
    static char readme[FILE_MAX], source[FILE_MAX];
    read_file("handlers/README.md", readme);
    read_file("handlers/loopback.c", source);
    char *start = strstr(readme, "```c\n");
    assert_non_null(start);
    char *end = strstr(start, "\n```\n");
    assert_non_null(end);
    end[1] = '\0';
    const char *code = strstr(source, "static const struct key");
    assert_non_null(code);
    assert_string_equal(start + 5, code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_goes_nowhere_and_counts_as_sent),
        cmocka_unit_test(it_takes_no_requests),
        cmocka_unit_test(the_worked_example_of_the_manual_is_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
