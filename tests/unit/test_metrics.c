/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_metrics - the format of /metrics: heads, escaped labels, decimals, histograms that add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/metrics.h"

static const int64_t bounds_us[] = { 500, 1000000, 60000000, 0 };

static void label_values_are_escaped(void **state)
{
    static const struct {
        const char *value, *want;
    } cases[] = {
        { "line", "helpline_channel_failures{channel=\"line\"} 3\n" },
        { "a\"b", "helpline_channel_failures{channel=\"a\\\"b\"} 3\n" },
        { "a\\b", "helpline_channel_failures{channel=\"a\\\\b\"} 3\n" },
        { "a\nb", "helpline_channel_failures{channel=\"a\\nb\"} 3\n" },
        { "", "helpline_channel_failures{channel=\"\"} 3\n" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        const struct metrics_label labels[] = { { "channel", cases[i].value }, { NULL, NULL } };
        buf_init(&out, 4096);
        metrics_add(&out, METRIC_channel_failures, labels, 3);
        assert_string_equal(out.data, cases[i].want);
    }
}

static void decimals_are_exact_whatever_the_locale(void **state)
{
    static const struct {
        int64_t value, scale;
        const char *want;
    } cases[] = {
        { 0, 1000, "helpline_modem_credit 0\n" },
        { 1250, 100, "helpline_modem_credit 12.5\n" },
        { 1205, 100, "helpline_modem_credit 12.05\n" },
        { -5, 100, "helpline_modem_credit -0.05\n" },
        { 7, 1, "helpline_modem_credit 7\n" },
        { 1, 1000000, "helpline_modem_credit 0.000001\n" },
        { INT64_MIN, 1, "helpline_modem_credit -9223372036854775808\n" },
        { 1764000000123, 1000, "helpline_modem_credit 1764000000.123\n" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        buf_init(&out, 4096);
        metrics_add_scaled(&out, METRIC_modem_credit, NULL, cases[i].value, cases[i].scale);
        assert_string_equal(out.data, cases[i].want);
    }
}

static void several_labels_stand_in_one_pair_of_braces(void **state)
{
    AUTO_BUF out;
    const struct metrics_label labels[] = { { "from", "sim" }, { "to", "line" }, { NULL, NULL } };
    (void)state;
    buf_init(&out, 4096);
    metrics_add(&out, METRIC_loop_test_failing, labels, 1);
    assert_string_equal(out.data, "helpline_loop_test_failing{from=\"sim\",to=\"line\"} 1\n");
}

static void a_family_begins_with_its_help_and_type(void **state)
{
    AUTO_BUF out;
    (void)state;
    buf_init(&out, 4096);
    metrics_add_one(&out, METRIC_quarantine_rows, 4);
    assert_string_equal(out.data, "# HELP helpline_quarantine_rows Requests in the quarantine\n"
                                  "# TYPE helpline_quarantine_rows gauge\nhelpline_quarantine_rows 4\n");
}

static void the_buckets_of_a_histogram_are_sums(void **state)
{
    AUTO_BUF out;
    struct histogram histogram;
    (void)state;
    buf_init(&out, 4096);
    histogram_init(&histogram, bounds_us);
    histogram_add(&histogram, -3);  /* a clock was set */
    histogram_add(&histogram, 500); /* a bound is within */
    histogram_add(&histogram, 501);
    histogram_add(&histogram, 60000001); /* above all */
    metrics_add_histogram(&out, METRIC_turn_seconds, &histogram);
    assert_non_null(strstr(out.data, "# TYPE helpline_turn_seconds histogram\n"
                                     "helpline_turn_seconds_bucket{le=\"0.0005\"} 2\n"
                                     "helpline_turn_seconds_bucket{le=\"1\"} 3\n"
                                     "helpline_turn_seconds_bucket{le=\"60\"} 3\n"
                                     "helpline_turn_seconds_bucket{le=\"+Inf\"} 4\n"
                                     "helpline_turn_seconds_sum 60.001002\n"
                                     "helpline_turn_seconds_count 4\n"));
}

static void counters_alone_end_in_total_and_helps_need_no_escape(void **state)
{
    static const struct {
        const char *name, *type, *help;
    } rows[] = {
#define METRIC(name, type, labels, help) { #name, #type, help },
#include "gateway/base/metrics.def"
#undef METRIC
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        size_t len = strlen(rows[i].name);
        bool is_total = len > 6 && str_equal(rows[i].name + len - 6, "_total");
        if (is_total != str_equal(rows[i].type, "counter") || strpbrk(rows[i].help, "\\\n") || !rows[i].help[0])
            fail_msg("%s", rows[i].name);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows[i].name, rows[j].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(label_values_are_escaped),
        cmocka_unit_test(decimals_are_exact_whatever_the_locale),
        cmocka_unit_test(several_labels_stand_in_one_pair_of_braces),
        cmocka_unit_test(a_family_begins_with_its_help_and_type),
        cmocka_unit_test(the_buckets_of_a_histogram_are_sums),
        cmocka_unit_test(counters_alone_end_in_total_and_helps_need_no_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
