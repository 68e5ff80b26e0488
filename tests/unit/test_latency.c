/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_latency - the histogram behind every figure that bench and crash harness print.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/latency.h"

static void quantiles_are_exact_to_a_thirtieth(void **state)
{
    static struct latency latency;
    (void)state;
    for (int64_t us = 1; us <= 1000000; us++)
        latency_add(&latency, us);
    for (int percent = 1; percent < 100; percent++) {
        int64_t exact = 10000 * percent, got = latency_quantile(&latency, percent / 100.0);
        if (llabs(got - exact) > exact / 30)
            fail_msg("%d%%: %lld instead of %lld", percent, (long long)got, (long long)exact);
    }
    assert_int_equal(latency_quantile(&latency, 1), 1000000);
}

static void edges_do_not_break_it(void **state)
{
    static struct latency empty, latency;
    (void)state;
    assert_int_equal(latency_quantile(&empty, 0.5), 0);
    latency_add(&latency, -5);
    latency_add(&latency, 0);
    assert_int_equal(latency_quantile(&latency, 0.5), 0);
    latency_add(&latency, INT64_MAX);
    assert_int_equal(latency_quantile(&latency, 1), INT64_MAX);
    assert_int_equal(latency_quantile(&latency, 0.6), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_exact_to_a_thirtieth),
        cmocka_unit_test(edges_do_not_break_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
