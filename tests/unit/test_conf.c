/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conf - a configuration text becomes typed nodes with their lines, or one sentence that names file and line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/conf.h"
#include "gateway/base/str.h"

static const char sample[] = "# a comment with [ brackets ( and { more\n"
                             "name = \"Line \\\"A\\\"\";\n"
                             "limit = 12;\n"
                             "wide = 5000000000L;\n"
                             "share = 0.5;\n"
                             "on = true;\n"
                             "tags = [ \"a\", \"b\" ];\n"
                             "steps = ( { after = 1; },\n"
                             "          { after = 2; } );\n";

static void nodes_know_type_value_and_line(void **state)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    (void)state;
    assert_int_equal(conf_read_text(span_of(sample), "x.conf", &error, &conf), 0);
    const struct conf_node *root = conf_root(conf);
    assert_int_equal(conf_type(root), CONF_GROUP);
    assert_int_equal(conf_count(root), 7);
    assert_string_equal(conf_text(conf_find(root, "name")), "Line \"A\"");
    assert_int_equal(conf_int(conf_find(root, "limit")), 12);
    assert_int_equal(conf_int(conf_find(root, "wide")), 5000000000);
    assert_true(conf_float(conf_find(root, "share")) > 0.4);
    assert_true(conf_bool(conf_find(root, "on")));
    const struct conf_node *steps = conf_find(root, "steps");
    assert_int_equal(conf_type(steps), CONF_LIST);
    assert_int_equal(conf_count(steps), 2);
    assert_int_equal(conf_int(conf_find(conf_at(steps, 1), "after")), 2);
    assert_int_equal(conf_line(conf_find(conf_at(steps, 1), "after")), 9);
    assert_int_equal(conf_line(conf_find(root, "on")), 6);
    assert_string_equal(conf_name(conf_at(root, 0)), "name");
    assert_string_equal(conf_file(conf), "x.conf");
    assert_null(conf_find(root, "absent"));
    assert_null(conf_at(steps, 2));
    conf_free(conf);
}

static void asking_for_another_type_gives_nothing(void **state)
{
    struct conf *conf = NULL;
    (void)state;
    assert_int_equal(conf_read_text(span_of(sample), "x.conf", NULL, &conf), 0);
    const struct conf_node *name = conf_find(conf_root(conf), "name"), *limit = conf_find(conf_root(conf), "limit");
    assert_int_equal(conf_int(name), 0);
    assert_string_equal(conf_text(limit), "");
    assert_false(conf_bool(limit));
    assert_int_equal(conf_count(limit), 0);
    assert_null(conf_find(limit, "x"));
    assert_true(conf_float(limit) > 11.9);
    conf_free(conf);
}

static void mistakes_name_file_and_line(void **state)
{
    static const struct {
        const char *label, *text, *want;
        int code;
    } rows[] = {
        { "syntax", "a = 1;\nb = ;\n", "f.conf:2: ", ERR_INVALID },
        { "twice", "a = 1;\n\na = 2;\n", "f.conf:3: ", ERR_INVALID },
        { "include", "a = 1;\n  @include \"/etc/passwd\"\n", "f.conf:2: @include", ERR_INVALID },
        { "include in a comment", "/*\n@include \"x\"\n*/\n", "f.conf:2: @include", ERR_INVALID },
        { "bytes", "a = 1;\nb = \"\xff\";\n", "f.conf:2: not valid UTF-8", ERR_INVALID },
        { "overlong", "a = \"\xc0\x80\";\n", "f.conf:1: not valid UTF-8", ERR_INVALID },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct error error = { "" };
        struct conf *conf = NULL;
        int rc = conf_read_text(span_of(rows[i].text), "f.conf", &error, &conf);
        if (rc != rows[i].code || !str_starts(error.text, rows[i].want))
            fail_msg("%s: %d \"%s\"", rows[i].label, rc, error.text);
    }
}

static void depth_is_bounded_outside_strings_and_comments(void **state)
{
    char deep[256] = "a = ", shallow[512] = "a = \"";
    struct error error = { "" };
    struct conf *conf = NULL;
    (void)state;
    memset(deep + 4, '(', 100);
    memset(shallow + 5, '(', 100);
    memcpy(shallow + 105, "\"; # ((((((((((((((((((((((((((((((((((((((((((((\n", 51);
    assert_int_equal(conf_read_text(span_of(deep), "d.conf", &error, &conf), ERR_LIMIT);
    assert_int_equal(conf_read_text(span_of(shallow), "s.conf", &error, &conf), 0);
    conf_free(conf);
}

static void nul_and_byte_order_mark(void **state)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    (void)state;
    assert_int_equal(conf_read_text((struct span){ "a = 1;\0b", 8 }, "n.conf", &error, &conf), ERR_INVALID);
    assert_int_equal(conf_read_text(span_of("\xEF\xBB\xBF"
                                            "a = 1;"),
                         "b.conf", &error, &conf),
        0);
    conf_free(conf);
}

static void absent_file_is_not_found(void **state)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    (void)state;
    assert_int_equal(conf_read_file("config/no-such-file.conf", &error, &conf), ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "config/no-such-file.conf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_type_value_and_line),
        cmocka_unit_test(asking_for_another_type_gives_nothing),
        cmocka_unit_test(mistakes_name_file_and_line),
        cmocka_unit_test(depth_is_bounded_outside_strings_and_comments),
        cmocka_unit_test(nul_and_byte_order_mark),
        cmocka_unit_test(absent_file_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
