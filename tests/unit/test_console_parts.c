/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_console_parts - what the pages of the console are built of: read back as a reader gets it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/parts.h"
#include "tests/support/markup.h"

#define NOW 1764000000000
#define HOSTILE "<b>\"x\" & \xd8\xa7\xd9\x84</b>"

/* Both the bytes and what a reader gets of them; the page is spoiled when a part is written in a wrong place. */
struct page {
    struct html *html;
    struct buf bytes, text;
};

static void page_begin(struct page *page)
{
    page->html = html_new(65536);
    assert_non_null(page->html);
    buf_init(&page->bytes, 65536);
    buf_init(&page->text, 65536);
}

static void page_end(struct page *page)
{
    assert_int_equal(html_finish(page->html, &page->bytes), 0);
    const char *problem = markup_read_text(buf_span(&page->bytes), &page->text);
    if (problem)
        fail_msg("%s in: %s", problem, page->bytes.data);
}

static void page_free(struct page *page)
{
    html_free(page->html);
    buf_done(&page->bytes);
    buf_done(&page->text);
}

static void times_are_told_for_people_and_for_machines(void **state)
{
    static const struct {
        const char *label;
        int64_t at;
        const char *want, *age;
    } table[] = {
        { "never", 0, "never", "\xe2\x80\x93" },
        { "now", NOW, "24 Nov 2025, 16:00 UTC (now)", "now" },
        { "a minute", NOW - 60000, "24 Nov 2025, 15:59 UTC (1 minute ago)", "1\xc2\xa0min" },
        { "59 minutes", NOW - 59 * 60000, "24 Nov 2025, 15:01 UTC (59 minutes ago)", "59\xc2\xa0min" },
        { "an hour", NOW - 60 * 60000, "24 Nov 2025, 15:00 UTC (1 hour ago)", "1\xc2\xa0h" },
        { "47 hours", NOW - 47 * 3600000LL, "22 Nov 2025, 17:00 UTC (47 hours ago)", "47\xc2\xa0h" },
        { "two days", NOW - 48 * 3600000LL, "22 Nov 2025, 16:00 UTC (2 days ago)",
            "2\xc2\xa0"
            "d" },
        { "to come", NOW + 5 * 60000, "24 Nov 2025, 16:05 UTC (in 5 minutes)", "in 5\xc2\xa0min" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct page page, age;
        page_begin(&page);
        page_begin(&age);
        parts_write_time(page.html, table[i].at, NOW);
        parts_write_age(age.html, table[i].at, NOW);
        page_end(&page);
        page_end(&age);
        if (!str_equal(page.text.data, table[i].want) || !str_equal(age.text.data, table[i].age))
            fail_msg("%s: %s, %s", table[i].label, page.text.data, age.text.data);
        assert_true(!table[i].at == !strstr(page.bytes.data, "datetime=\"2025-11-2"));
        page_free(&page);
        page_free(&age);
    }
}

static void urgency_has_a_word_and_a_shape(void **state)
{
    struct page page;
    (void)state;
    page_begin(&page);
    parts_write_urgency(page.html, "critical");
    parts_write_urgency(page.html, "routine");
    parts_write_urgency(page.html, "unheard");
    page_end(&page);
    assert_string_equal(page.text.data, "\xe2\x96\xb2 critical\xe2\x97\x8b routineunheard");
    page_free(&page);
}

static void flags_that_bind_a_responder_come_first(void **state)
{
    struct error error;
    struct page page;
    AUTO_JSON *flags = json_read(span_of("[\"repeat\",\"do_not_call\",7]"), &error);
    (void)state;
    page_begin(&page);
    parts_write_flags(page.html, flags);
    parts_write_words(page.html, flags);
    parts_write_words(page.html, NULL);
    page_end(&page);
    assert_string_equal(page.text.data, "do not call repeat  repeat, do not call, none");
    page_free(&page);
}

static void every_part_escapes_what_it_is_given(void **state)
{
    static const char *const headings[] = { HOSTILE, "" };
    static const struct parts_option options[] = { { HOSTILE, HOSTILE } };
    struct page page;
    (void)state;
    page_begin(&page);
    PARTS_FACTS_BEGIN(page.html);
    parts_write_fact(page.html, "Name", HOSTILE);
    PARTS_FACTS_END(page.html);
    parts_begin_table(page.html, "cards", HOSTILE, headings, 2);
    H_LIT(page.html, "<tr>");
    parts_write_cell(page.html, HOSTILE, HOSTILE);
    parts_write_number_cell(page.html, "Count", -5);
    H_LIT(page.html, "</tr>");
    parts_end_table(page.html);
    parts_write_empty(page.html, HOSTILE, HOSTILE);
    parts_write_pager(page.html, "?a=\"1\"&b", NULL);
    parts_write_pager(page.html, NULL, NULL);
    parts_begin_filter(page.html, "cases", HOSTILE);
    parts_write_choice(page.html, "x", HOSTILE, options, 1, HOSTILE);
    parts_write_field(page.html, "y", HOSTILE, "search", HOSTILE);
    parts_write_check(page.html, "z", HOSTILE, true);
    parts_end_filter(page.html, "cases");
    parts_write_chip(page.html, "new", HOSTILE);
    page_end(&page);
    assert_null(strstr(page.bytes.data, "<b>"));
    assert_non_null(strstr(page.text.data, HOSTILE));
    assert_non_null(strstr(page.text.data, "-5"));
    assert_null(strstr(page.text.data, "Further"));
    page_free(&page);
}

static void a_choice_shows_what_was_chosen(void **state)
{
    static const struct parts_option options[] = { { "open", "open" }, { "closed", "closed" } };
    struct page page;
    (void)state;
    page_begin(&page);
    parts_write_choice(page.html, "state", "State", options, 2, "closed");
    page_end(&page);
    assert_non_null(strstr(page.bytes.data, "value=\"closed\" selected>"));
    assert_null(strstr(page.bytes.data, "value=\"open\" selected"));
    page_free(&page);
}

static void a_time_of_a_row_is_read(void **state)
{
    struct error error;
    AUTO_JSON *row = json_read(span_of("{\"at\":\"2025-11-24T16:00:00Z\",\"null\":null,\"bad\":\"soon\"}"), &error);
    (void)state;
    assert_true(parts_time_of(row, "at") == NOW);
    assert_true(parts_time_of(row, "null") == 0 && parts_time_of(row, "bad") == 0 && parts_time_of(row, "no") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_told_for_people_and_for_machines),
        cmocka_unit_test(urgency_has_a_word_and_a_shape),
        cmocka_unit_test(flags_that_bind_a_responder_come_first),
        cmocka_unit_test(every_part_escapes_what_it_is_given),
        cmocka_unit_test(a_choice_shows_what_was_chosen),
        cmocka_unit_test(a_time_of_a_row_is_read),
    };
    return cmocka_run_group_tests_name("console_parts", tests, NULL, NULL);
}
