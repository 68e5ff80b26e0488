/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_buf - a growing buffer never passes its ceiling and never holds half an addition.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buf.h"

static void additions_follow_one_another(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 1000);
    assert_int_equal(buf_span(&buf).len, 0);
    assert_non_null(buf_span(&buf).data);
    buf_add_text(&buf, "ab");
    buf_add_text(&buf, NULL);
    buf_add_char(&buf, 'c');
    buf_add_format(&buf, "-%d-%s", 12, "x");
    buf_add_span(&buf, span_of("yz"));
    buf_add(&buf, "\0q", 2);
    assert_int_equal(buf.len, 12);
    assert_memory_equal(buf.data, "abc-12-xyz\0q", 13);
    assert_int_equal(buf_check(&buf), 0);
}

static void ceiling_is_reached_but_not_passed(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 10);
    buf_add_text(&buf, "0123456789");
    assert_int_equal(buf_check(&buf), 0);
    buf_add_char(&buf, 'x');
    assert_int_equal(buf_check(&buf), ERR_LIMIT);
    assert_string_equal(buf.data, "0123456789");
    assert_in_range(buf.cap, 11, 11);
}

static void first_failure_sticks_until_cleared(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 4);
    buf_add_text(&buf, "ab");
    buf_add_text(&buf, "cde");
    buf_add_char(&buf, 'f');
    assert_string_equal(buf.data, "ab");
    assert_int_equal(buf_check(&buf), ERR_LIMIT);
    assert_null(buf_take(&buf));
    buf_add_text(&buf, "next");
    assert_string_equal(buf.data, "next");
    buf_add_char(&buf, '!');
    buf_clear(&buf);
    assert_int_equal(buf_check(&buf), 0);
    assert_string_equal(buf.data, "");
}

static void format_is_added_whole_or_not_at_all(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 200);
    for (int i = 0; i < 20; i++)
        buf_add_format(&buf, "%09d,", i);
    assert_int_equal(buf.len, 200);
    assert_int_equal(buf_check(&buf), 0);
    assert_memory_equal(buf.data + 190, "000000019,", 11);
    buf_clear(&buf);
    buf_add_text(&buf, "ab");
    buf_add_format(&buf, "%0300d", 1);
    assert_int_equal(buf_check(&buf), ERR_LIMIT);
    assert_string_equal(buf.data, "ab");
}

static void zero_initialised_buffer_takes_nothing(void **state)
{
    struct buf buf = { 0 };

    (void)state;
    buf_add_text(&buf, "x");
    assert_int_equal(buf_check(&buf), ERR_LIMIT);
    buf_done(&buf);
    buf_done(NULL);
}

static void consume_drops_the_front(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 100);
    buf_consume(&buf, 0);
    buf_add_text(&buf, "headtail");
    buf_consume(&buf, 4);
    assert_string_equal(buf.data, "tail");
    buf_consume(&buf, 4);
    assert_string_equal(buf.data, "");
}

static void truncate_keeps_the_front_and_forgives(void **state)
{
    AUTO_BUF buf;

    (void)state;
    buf_init(&buf, 6);
    buf_add_text(&buf, "abcdef");
    buf_add_text(&buf, "g");
    buf_truncate(&buf, 3);
    assert_string_equal(buf.data, "abc");
    assert_int_equal(buf_check(&buf), 0);
}

static void take_gives_the_bytes_away(void **state)
{
    struct buf buf;
    char *bytes;

    (void)state;
    buf_init(&buf, 100);
    bytes = buf_take(&buf);
    assert_string_equal(bytes, "");
    free(bytes);
    buf_add_text(&buf, "mine");
    bytes = buf_take(&buf);
    assert_string_equal(bytes, "mine");
    assert_null(buf.data);
    assert_int_equal(buf.max, 100);
    free(bytes);
}

static void spans_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(span_equal(span_of(NULL), span_of("")));
    assert_true(span_equal((struct span){ NULL, 0 }, span_of("")));
    assert_true(span_equal(span_of("ab"), (struct span){ "abc", 2 }));
    assert_false(span_equal(span_of("ab"), span_of("aB")));
    assert_false(span_equal(span_of("ab"), span_of("abc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions_follow_one_another),
        cmocka_unit_test(ceiling_is_reached_but_not_passed),
        cmocka_unit_test(first_failure_sticks_until_cleared),
        cmocka_unit_test(format_is_added_whole_or_not_at_all),
        cmocka_unit_test(zero_initialised_buffer_takes_nothing),
        cmocka_unit_test(consume_drops_the_front),
        cmocka_unit_test(truncate_keeps_the_front_and_forgives),
        cmocka_unit_test(take_gives_the_bytes_away),
        cmocka_unit_test(spans_compare_by_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
