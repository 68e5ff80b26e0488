/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_config_loop_tests - which tests of the line load, which are refused, and whose absence nobody would hear of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/lineconf.h"

#define ROUTES "  { policy = \"usual\"; }\n);\n"
#define NUMBER "country = \"PH\"; number = \"+63 917 555 0100\"; }"
#define ONE "loop_tests = ( { from = \"line\"; to = \"line\"; } );\n"
#define DESK "auditor = { contacts = [ \"ngo-desk\" ]; };\n"
#define HOUSE "auditor = { contacts = [ \"house\" ]; };\n"

static int open_folder(void **state)
{
    static struct lineconf lineconf;
    lineconf_open(&lineconf);
    *state = &lineconf;
    return 0;
}

static int close_folder(void **state)
{
    lineconf_close(*state);
    return 0;
}

static int load(const struct lineconf *lineconf, const char *channel, const char *rest, struct config_report *report,
    struct config **ret_config)
{
    AUTO_FREE char *with_number = lineconf_change("country = \"PH\"; }", channel);
    char put[1000];
    snprintf(put, sizeof put, "%s%s", ROUTES, rest);
    AUTO_FREE char *text = lineconf_replace(with_number, ROUTES, put);
    return lineconf_load(lineconf, text, 0, report, ret_config);
}

static void test_loads_with_its_defaults(void **state)
{
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(load(*state, NUMBER, ONE DESK, report, &config), 0);
    assert_int_equal(config->loop_test_count, 1);
    const struct config_loop_test *test = &config->loop_tests[0];
    assert_ptr_equal(test->from, test->to);
    assert_string_equal(test->to->number, "+639175550100");
    assert_int_equal(test->every_ms, 3600000);
    assert_int_equal(test->within_ms, 300000);
    assert_string_equal(config->channels[1].number, "");
    config_free(config);
}

static void wrong_tests_are_refused(void **state)
{
    static const struct {
        const char *label, *channel, *rest, *want;
    } rows[] = {
        { "no number", "country = \"PH\"; }", ONE,
            "helplined.conf:33: loop_tests[0]: `to`: channel `line` has no `number`: the test could not be sent to it" },
        { "not a number", "country = \"PH\"; number = \"12345\"; }", "",
            "helplined.conf:6: channels[0] (line): `number` is not a telephone number with + and country code, such as "
            "\"+639175550100\"" },
        { "unknown channel", NUMBER, "loop_tests = ( { from = \"lien\"; to = \"line\"; } );\n",
            "helplined.conf:33: loop_tests[0]: there is no channel `lien`, did you mean `line`?" },
        { "to one that only sends", NUMBER, "loop_tests = ( { from = \"line\"; to = \"desk\"; } );\n",
            "helplined.conf:33: loop_tests[0]: `to`: channel `desk` does not receive" },
        { "from no SMS", NUMBER, "loop_tests = ( { from = \"desk\"; to = \"line\"; } );\n",
            "helplined.conf:33: loop_tests[0]: `from`: channel `desk` does not send SMS" },
        { "from one that only receives", NUMBER, "loop_tests = ( { from = \"spare\"; to = \"line\"; } );\n",
            "helplined.conf:33: loop_tests[0]: `from`: channel `spare` does not send SMS" },
        { "one after the other", NUMBER,
            "loop_tests = ( { from = \"line\"; to = \"line\"; every = \"5 min\"; within = \"5 min\"; } );\n",
            "helplined.conf:33: loop_tests[0]: `within` must be shorter than `every`: one test at a time" },
        { "twice", NUMBER,
            "loop_tests = ( { from = \"line\"; to = \"line\"; }, { from = \"line\"; to = \"line\"; } );\n",
            "helplined.conf:33: loop_tests[1]: loop_tests[0] is between the same two channels" },
        { "unknown key", NUMBER, "loop_tests = ( { from = \"line\"; to = \"line\"; ever = \"2 h\"; } );\n",
            "helplined.conf:33: loop_tests[0]: unknown key `ever`, did you mean `every`?" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_REPORT *report = report_new();
        struct config *config = NULL;
        int code = load(*state, rows[i].channel, rows[i].rest, report, &config);
        bool is_right = code == ERR_INVALID && report->error_count == 1 && lineconf_has_line(report, rows[i].want);
        if (!is_right)
            lineconf_print(report, rows[i].label);
        assert_true(is_right);
        assert_null(config);
    }
}

static void absence_that_nobody_would_hear_of_is_a_warning(void **state)
{
    static const struct {
        const char *label, *rest, *want;
    } rows[] = {
        { "nobody", ONE,
            "helplined.conf:33: warning: loop_tests[0]: nobody hears when this test stays out: name a contact in "
            "auditor.contacts" },
        { "by the same channel", ONE HOUSE,
            "helplined.conf:33: warning: loop_tests[0]: no contact in auditor.contacts has an address on a channel "
            "other than `line` and `line`: when they fail, the alarm fails with them" },
        { "by another", ONE DESK, NULL },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_REPORT *report = report_new();
        struct config *config = NULL;
        assert_int_equal(load(*state, NUMBER, rows[i].rest, report, &config), 0);
        bool is_right = rows[i].want ? lineconf_has_line(report, rows[i].want) : report->warning_count == 0;
        if (!is_right)
            lineconf_print(report, rows[i].label);
        assert_true(is_right);
        config_free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads_with_its_defaults),
        cmocka_unit_test(wrong_tests_are_refused),
        cmocka_unit_test(absence_that_nobody_would_hear_of_is_a_warning),
    };
    return cmocka_run_group_tests_name("config_loop_tests", tests, open_folder, close_folder);
}
