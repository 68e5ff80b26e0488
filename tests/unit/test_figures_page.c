/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_figures_page - charts say what they show; a file for a spreadsheet holds no formula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/figures/chart.h"
#include "gateway/console/figures/csv.h"

static const struct chart_row rows[] = { { "<b>wages</b>", 40 }, { "violence", CHART_HIDDEN }, { "legal", 20 } };
static const struct chart chart = { "kind", "What they wrote about", rows, STR_COUNT(rows), 0 };

static char *draw(void (*write)(struct html *html, const struct chart *chart))
{
    AUTO_HTML *html = html_new(1 << 16);
    struct buf out;
    buf_init(&out, 1 << 16);
    write(html, &chart);
    assert_int_equal(html_finish(html, &out), 0);
    return buf_take(&out);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *p = strstr(text, part); p; p = strstr(p + 1, part))
        count++;
    return count;
}

static void bars_have_a_title_and_hidden_ones_no_length(void **state)
{
    AUTO_FREE char *text = draw(chart_write_bars);
    (void)state;
    assert_non_null(strstr(text, "role=\"img\" viewBox=\"0 0 400 70\" aria-labelledby=\"kind-title kind-desc\""));
    assert_non_null(strstr(text, "<title id=\"kind-title\">What they wrote about</title>"));
    assert_non_null(strstr(text, "&lt;b&gt;wages"));
    assert_null(strstr(text, "<b>"));
    assert_null(strstr(text, "style="));
    assert_int_equal(count_of(text, "<rect"), 2);
    assert_non_null(strstr(text, "width=\"190\""));
    assert_non_null(strstr(text, "width=\"95\""));
    assert_int_equal(count_of(text, ">hidden<"), 1);
}

static void a_line_is_interrupted_where_a_count_is_hidden(void **state)
{
    AUTO_FREE char *text = draw(chart_write_line);
    (void)state;
    assert_int_equal(count_of(text, "<circle"), 2);
    assert_int_equal(count_of(text, "<line"), 2); /* the axes alone */
}

static void a_small_line_has_a_gap_where_a_count_is_hidden(void **state)
{
    static const int64_t counts[] = { 5, 10, CHART_HIDDEN, 0, 20 };
    AUTO_HTML *html = html_new(1 << 16);
    AUTO_BUF out;
    (void)state;
    buf_init(&out, 1 << 16);
    chart_write_spark(html, "wages, month by month", counts, STR_COUNT(counts));
    assert_int_equal(html_finish(html, &out), 0);
    assert_non_null(strstr(out.data, "role=\"img\" viewBox=\"0 0 128 36\" aria-label=\"wages, month by month\""));
    assert_non_null(strstr(out.data, "points=\"4,25 34,18\""));
    assert_non_null(strstr(out.data, "points=\"94,32 124,4\""));
    assert_int_equal(count_of(out.data, "<polyline"), 2);
}

static void no_cell_of_a_file_is_a_formula(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } table[] = {
        { "equals", "=1+1", "\"'=1+1\"" },
        { "plus", "+966", "\"'+966\"" },
        { "minus", "-1", "\"'-1\"" },
        { "at", "@SUM(A1)", "\"'@SUM(A1)\"" },
        { "tab", "\t=1", "\"'\t=1\"" },
        { "carriage return", "\r=1", "\"'\r=1\"" },
        { "line feed", "\n=1", "\"'\n=1\"" },
        { "inside", "a=1", "\"a=1\"" },
        { "quotes", "say \"hi\", now", "\"say \"\"hi\"\", now\"" },
        { "empty", "", "\"\"" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        char want[128];
        AUTO_BUF out;
        AUTO_JSON *list = json_pack("[{s:s, s:i}]", "text", table[i].text, "n", -3);
        buf_init(&out, 4096);
        csv_add_rows(&out, list);
        str_copy(want, sizeof want, "\"text\",\"n\"\r\n");
        str_copy(want + strlen(want), sizeof want - strlen(want), table[i].want);
        str_copy(want + strlen(want), sizeof want - strlen(want), ",-3\r\n");
        if (!str_equal(out.data, want))
            fail_msg("%s: %s", table[i].label, out.data);
    }
}

static void sets_stand_in_one_cell(void **state)
{
    AUTO_BUF out;
    AUTO_JSON *list = json_pack("[{s:[s,s], s:b, s:n}]", "flags", "no_reply", "minor", "late", 1, "case");
    (void)state;
    buf_init(&out, 4096);
    csv_add_rows(&out, list);
    assert_string_equal(out.data, "\"flags\",\"late\",\"case\"\r\n\"no_reply minor\",\"yes\",\"\"\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_have_a_title_and_hidden_ones_no_length),
        cmocka_unit_test(a_line_is_interrupted_where_a_count_is_hidden),
        cmocka_unit_test(a_small_line_has_a_gap_where_a_count_is_hidden),
        cmocka_unit_test(no_cell_of_a_file_is_a_formula),
        cmocka_unit_test(sets_stand_in_one_cell),
    };
    return cmocka_run_group_tests_name("figures_page", tests, NULL, NULL);
}
