/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_log - one line an event on standard error, escaped, whole, and without a way to print a number.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/log.h"

static int pipe_ends[2], real_stderr;
static char line[8192];

static int set_up(void **state)
{
    (void)state;
    if (pipe2(pipe_ends, O_NONBLOCK) != 0)
        return -1;
    real_stderr = dup(STDERR_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    log_set_level(LOG_LEVEL_INFO);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return 0;
}

static const char *take_line(void)
{
    ssize_t len = read(pipe_ends[0], line, sizeof(line) - 1);

    line[len > 0 ? len : 0] = '\0';
    return line;
}

static void line_has_priority_event_and_fields(void **state)
{
    static const unsigned char tag[16] = { 0xde, 0xad, 0xbe, 0xef, 0x99 };

    (void)state;
    log_event(LOG_LEVEL_INFO, EV_started, F_INT("case", 1042), F_WORD("urgency", "critical"), F_TAG("from", tag));
    assert_string_equal(take_line(), "<6>event=started case=1042 urgency=critical from=deadbeef\n");
    log_event(LOG_LEVEL_ERROR, EV_stopped);
    assert_string_equal(take_line(), "<3>event=stopped\n");
}

static void values_are_quoted_and_escaped(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = { { "two words", "\"two words\"" }, { "", "\"\"" }, { NULL, "\"\"" }, { "a=b", "\"a=b\"" },
        { "say \"no\"", "\"say \\\"no\\\"\"" }, { "c:\\d e", "\"c:\\\\d e\"" },
        { "a\nevent=forged", "\"a\\\\x0aevent=forged\"" }, { "\x1b[31m", "\\x1b[31m" }, { "\xff", "\\xff" } };
    char want[200];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        log_event(LOG_LEVEL_WARNING, EV_config_warning, F_WHY(rows[i].in));
        snprintf(want, sizeof(want), "<4>event=config_warning why=%s\n", rows[i].want);
        assert_string_equal(take_line(), want);
    }
}

static void extreme_integers_and_missing_tags_print(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_INFO, EV_started, F_INT("low", INT64_MIN), F_TAG("from", NULL));
    assert_string_equal(take_line(), "<6>event=started low=-9223372036854775808 from=\n");
}

static void level_hides_but_counts(void **state)
{
    uint64_t before = log_event_count(EV_stopping);

    (void)state;
    log_event(LOG_LEVEL_DEBUG, EV_stopping);
    assert_string_equal(take_line(), "");
    log_set_level(LOG_LEVEL_DEBUG);
    log_event(LOG_LEVEL_DEBUG, EV_stopping);
    assert_string_equal(take_line(), "<7>event=stopping\n");
    assert_int_equal(log_event_count(EV_stopping), before + 2);
}

static void overlong_field_is_left_out_whole(void **state)
{
    char text[7000];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_event(LOG_LEVEL_INFO, EV_started, F_INT("case", 1), F_WORD("long", text), F_INT("after", 2));
    assert_string_equal(take_line(), "<6>event=started case=1 after=2\n");
}

static void longest_sentence_fits(void **state)
{
    char text[1024];

    (void)state;
    memset(text, '\x01', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_event(LOG_LEVEL_INFO, EV_started, F_WHY(text));
    assert_int_equal(strlen(take_line()), strlen("<6>event=started why=\n") + 1023 * 4);
}

static void events_have_names_and_meanings(void **state)
{
    (void)state;
    for (int i = 0; i < EV_COUNT; i++) {
        assert_true(strlen(log_event_name((enum log_event_id)i)) > 0);
        assert_true(strlen(log_event_meaning((enum log_event_id)i)) > 0);
    }
    assert_string_equal(log_event_name(EV_COUNT), "unknown");
    assert_string_equal(log_event_meaning(EV_COUNT), "");
    assert_int_equal(log_event_count(EV_COUNT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(line_has_priority_event_and_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_quoted_and_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extreme_integers_and_missing_tags_print, set_up, tear_down),
        cmocka_unit_test_setup_teardown(level_hides_but_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overlong_field_is_left_out_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(longest_sentence_fits, set_up, tear_down),
        cmocka_unit_test(events_have_names_and_meanings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
