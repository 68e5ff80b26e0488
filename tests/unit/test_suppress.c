/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_suppress - what is hidden cannot be found by taking what is shown from the total. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/period.h"
#include "gateway/core/suppress.h"

#define CELLS_MAX 8

static void small_cells_go_and_what_would_tell_them(void **state)
{
    static const struct {
        const char *label;
        int64_t counts[CELLS_MAX];
        size_t count;
        bool is_parted, want_told;
        const char *want; /* h hidden, s shown */
    } table[] = {
        { "nothing small", { 40, 5, 6 }, 3, true, true, "sss" },
        { "one small cell takes the next one along", { 40, 3, 9 }, 3, true, true, "shh" },
        { "two that could both be only one", { 40, 1, 1 }, 3, true, true, "hhh" },
        { "two small ones with enough between them", { 40, 4, 4 }, 3, true, true, "shh" },
        { "two small ones of three hide a third", { 40, 1, 2, 7 }, 4, true, true, "shhh" },
        { "an empty cell is no cover", { 40, 3, 0, 9 }, 4, true, true, "shsh" },
        { "too few altogether", { 1, 1, 1, 1, 1 }, 5, true, false, "hhhhh" },
        { "one cell is the total", { 9 }, 1, true, true, "s" },
        { "of several labels, one that overlaps", { 96, 3 }, 2, false, true, "sh" },
        { "of several labels, none", { 7, 6 }, 2, false, true, "ss" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct suppress_cell cells[CELLS_MAX] = { { 0, false } };
        int64_t total = 0;
        for (size_t c = 0; c < table[i].count; c++) {
            cells[c].count = table[i].counts[c];
            total += table[i].is_parted ? cells[c].count : 0;
        }
        if (!table[i].is_parted)
            total = table[i].counts[0]; /* whoever has the second label has the first */
        bool is_told = suppress_line(cells, table[i].count, total, table[i].is_parted);
        for (size_t c = 0; c < table[i].count; c++)
            if (is_told != table[i].want_told || cells[c].is_hidden != (table[i].want[c] == 'h'))
                fail_msg("%s: cell %zu", table[i].label, c);
    }
}

static void a_label_beside_another_is_not_the_rest_of_the_total(void **state)
{
    struct suppress_cell cells[] = { { 96, false }, { 4, false }, { 30, false } };
    (void)state;
    /* 96 and 30 of 130 leave four, which would be the hidden cell */
    assert_true(suppress_line(cells, STR_COUNT(cells), 130, false));
    assert_true(cells[1].is_hidden && cells[2].is_hidden && !cells[0].is_hidden);
}

/* Every way to fill three cells: no hidden cell has a single possible value, nor is one known to be under five. */
static void no_hidden_cell_can_be_computed(void **state)
{
    (void)state;
    for (int64_t a = 0; a < 14; a++)
        for (int64_t b = 0; b < 14; b++)
            for (int64_t c = 0; c < 14; c++) {
                struct suppress_cell cells[] = { { a, false }, { b, false }, { c, false } };
                int64_t rest = a + b + c, hidden = 0;
                if (suppress_is_small(rest) || !suppress_line(cells, STR_COUNT(cells), rest, true))
                    continue;
                for (size_t i = 0; i < STR_COUNT(cells); i++) {
                    hidden += cells[i].is_hidden;
                    rest -= cells[i].is_hidden ? 0 : cells[i].count;
                    assert_true(cells[i].is_hidden || !suppress_is_small(cells[i].count));
                }
                assert_true(hidden == 0 || (hidden > 1 && rest - (hidden - 1) >= SUPPRESS_MIN));
            }
}

static void percentiles_are_values_that_occurred(void **state)
{
    static const int64_t values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 100 };
    (void)state;
    assert_int_equal(suppress_percentile(values, 10, 50), 5);
    assert_int_equal(suppress_percentile(values, 10, 90), 9);
    assert_int_equal(suppress_percentile(values, 10, 100), 100);
    assert_int_equal(suppress_percentile(values, 1, 50), 1);
    assert_int_equal(suppress_percentile(values, 5, 90), 5);
}

static void periods_are_months_days_or_times(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t begin, end;
    } table[] = {
        { "2026-11", 0, 1793491200000, 1796083200000 },
        { "2026-12", 0, 1796083200000, 1798761600000 },
        { "2026-11-24", 0, 1795478400000, 1795564800000 },
        { "2026-11-24T01:00:00Z", 0, 1795482000000, 1795482000000 },
        { "2026-13", ERR_INVALID, 0, 0 },
        { "2026-02-30", ERR_INVALID, 0, 0 },
        { "november", ERR_INVALID, 0, 0 },
        { "2026/11", ERR_INVALID, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int64_t begin = 0, end = 0;
        int rc = period_read(table[i].text, &begin, &end);
        if (rc != table[i].rc || (!rc && (begin != table[i].begin || end != table[i].end)))
            fail_msg("%s: %d %lld %lld", table[i].text, rc, (long long)begin, (long long)end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_cells_go_and_what_would_tell_them),
        cmocka_unit_test(a_label_beside_another_is_not_the_rest_of_the_total),
        cmocka_unit_test(no_hidden_cell_can_be_computed),
        cmocka_unit_test(percentiles_are_values_that_occurred),
        cmocka_unit_test(periods_are_months_days_or_times),
    };
    return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
