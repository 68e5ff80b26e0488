/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_coverage - the hours, urgencies and countries in which too few people would be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/coverage.h"
#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "tests/support/lineconf.h"

#define WEEK_AT 1795305600000LL /* Sunday, 22 November 2026, 00:00 UTC */
#define HOUR_MS 3600000LL

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

static struct config *load(const struct lineconf *lineconf, const char *text)
{
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    int code = lineconf_load(lineconf, text, 0, report, &config);
    if (code)
        lineconf_print(report, "coverage");
    assert_int_equal(code, 0);
    return config;
}

/* The file of lineconf: ngo-desk (Sun-Thu 08-17 Riyadh, only SA) and house (any time) at once, embassy after 30 min. */
static void contacts_on_duty_are_counted_once(void **state)
{
    static const struct {
        const char *label, *country;
        enum urgency urgency;
        int hour; /* after WEEK_AT, UTC */
        unsigned want;
    } rows[] = {
        { "both on duty", "SA", URGENCY_urgent, 6, 2 },
        { "unknown country", "", URGENCY_urgent, 6, 2 },
        { "night: only the house", "SA", URGENCY_urgent, 20, 1 },
        { "night, critical ignores duty", "SA", URGENCY_critical, 20, 2 },
        { "desk does not serve that country", "KW", URGENCY_critical, 6, 1 },
        { "Friday", "SA", URGENCY_soon, 5 * 24 + 9, 1 },
    };
    struct config *config = load(*state, lineconf_text);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        unsigned got =
            coverage_count(&config->policies[0], rows[i].urgency, rows[i].country, WEEK_AT + rows[i].hour * HOUR_MS);
        if (got != rows[i].want)
            fail_msg("%s: %u", rows[i].label, got);
    }
    config_free(config);
}

static void later_step_counts_at_its_own_hour(void **state)
{
    AUTO_FREE char *text = lineconf_change(
        "{ contacts = [ \"ngo-desk\", \"house\" ]; },\n    { after = \"30 min\"; contacts = [ \"embassy\" ]; }",
        "{ contacts = [ \"house\" ]; },\n    { after = \"12 h\"; contacts = [ \"ngo-desk\", \"house\", \"embassy\" ]; }");
    struct config *config = load(*state, text);
    assert_int_equal(coverage_count(&config->policies[0], URGENCY_urgent, "SA", WEEK_AT + 18 * HOUR_MS), 2);
    assert_int_equal(coverage_count(&config->policies[0], URGENCY_urgent, "SA", WEEK_AT + 6 * HOUR_MS), 1);
    config_free(config);
}

struct row {
    const char *label, *cut, *put, *want;
};

static const char more_contacts[] =
    "contacts = (\n"
    "  { name = \"two\"; title = \"Two\"; kind = \"ngo\"; addresses = ( { channel = \"line\"; to = "
    "\"+639175550122\"; } ); },";

static void gaps_are_told_once_an_urgency(void **state)
{
    static const char everywhere[] =
        " by policy `usual` at every hour, for a phone in a country that no contact and no route names";
    char want[256];
    AUTO_REPORT *report = report_new();
    struct config *config = load(*state, lineconf_text);
    coverage_check(config, WEEK_AT, report);
    assert_int_equal(report->warning_count, URGENCY_COUNT);
    for (int i = 0; i < URGENCY_COUNT; i++) {
        enum urgency urgency = (enum urgency)(URGENCY_COUNT - 1 - i);
        snprintf(want, sizeof want,
            "/helplined.conf:25: warning: coverage: a case of urgency `%s` reaches only 1 contact without need of consent",
            urgency_word(urgency));
        if (!strstr(report->lines[i].text, want) || !strstr(report->lines[i].text, everywhere))
            fail_msg("%s", report->lines[i].text);
        assert_int_equal(report->lines[i].line, 25);
    }
    config_free(config);
}

/* Mutations of a file that is covered: each loses somebody, and the warning says whom it strikes. */
static void each_mutation_of_a_covered_file_is_noticed(void **state)
{
    static const char spare_policy[] = "policies = ( { name = \"thin\"; steps = ( { contacts = [ \"house\" ]; } ); },";
    static const char covered_step[] = "{ contacts = [ \"ngo-desk\", \"house\", \"two\" ]; }";
    static const struct row rows[] = {
        { "nothing lost", "", "", NULL },
        { "contact taken out of the step", "\"house\", \"two\" ]", "\"two\" ]",
            "a case of urgency `urgent` reaches only 1 contact without need of consent by policy `usual` at every hour" },
        { "shelter became an authority", "kind = \"shelter\"", "kind = \"police\"",
            "a case of urgency `critical` reaches only 1 contact without need of consent by policy `usual` at every hour, for a "
            "phone in a country" },
        { "duty hours", "title = \"House\"; kind = \"shelter\";",
            "title = \"House\"; kind = \"shelter\"; duty = [ \"daily 06:00-22:00\" ];",
            "a case of urgency `routine` reaches only 1 contact without need of consent by policy `usual` Sun 22:00-Mon 06:00 UTC "
            "and others, together 56 of 168 hours" },
        { "channel switched off", "kind = \"sms\";", "kind = \"sms\"; enabled = false;",
            "a case of urgency `urgent` reaches only 0 contacts without need of consent" },
        { "country", "title = \"House\"; kind = \"shelter\";",
            "title = \"House\"; kind = \"shelter\"; countries = [ \"SA\", \"KW\" ];",
            "for a phone in a country that no contact and no route names" },
        { "route of its own", "routes = (", "routes = ( { countries = [ \"KW\" ]; policy = \"thin\"; },",
            "by policy `thin` at every hour, for a phone in KW" },
        { "route that an earlier one hides", "routes = (",
            "routes = ( { policy = \"usual\"; }, { policy = \"thin\"; },", NULL },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *more = lineconf_change("contacts = (", more_contacts);
        AUTO_FREE char *covered = lineconf_replace(more, "{ contacts = [ \"ngo-desk\", \"house\" ]; }", covered_step);
        AUTO_FREE char *spare = lineconf_replace(covered, "policies = (", spare_policy);
        AUTO_FREE char *text = lineconf_replace(spare, rows[i].cut, rows[i].put);
        AUTO_REPORT *report = report_new();
        struct config *config = load(*state, text);
        coverage_check(config, WEEK_AT, report);
        bool is_found = false;
        for (unsigned line = 0; line < report->line_count; line++)
            is_found = is_found || (rows[i].want && strstr(report->lines[line].text, rows[i].want));
        if (is_found != (rows[i].want != NULL) || (!rows[i].want && report->line_count > 0)) {
            lineconf_print(report, rows[i].label);
            fail_msg("%s", rows[i].label);
        }
        config_free(config);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(contacts_on_duty_are_counted_once),
        cmocka_unit_test(later_step_counts_at_its_own_hour),
        cmocka_unit_test(gaps_are_told_once_an_urgency),
        cmocka_unit_test(each_mutation_of_a_covered_file_is_noticed),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
