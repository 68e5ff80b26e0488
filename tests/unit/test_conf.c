/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conf - a configuration text becomes typed nodes with their lines, or one sentence that names file and line. */
#include <glob.h>
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

static void assert_alike(const char *label, const struct conf_node *quick, const struct conf_node *slow)
{
    bool is_alike = conf_type(quick) == conf_type(slow) && conf_count(quick) == conf_count(slow) &&
                    str_equal(conf_name(quick), conf_name(slow)) && str_equal(conf_text(quick), conf_text(slow)) &&
                    conf_int(quick) == conf_int(slow) && conf_bool(quick) == conf_bool(slow);
    if (!is_alike)
        fail_msg("%s: line %u, \"%s\"", label, conf_line(quick), conf_name(quick));
    for (unsigned i = 0; i < conf_count(quick); i++)
        assert_alike(label, conf_at(quick, i), conf_at(slow, i));
}

/* At a form feed the quick reader gives up, and libconfig reads the whole text. */
static void compare_readers(struct span text, const char *label)
{
    AUTO_BUF fed;
    struct conf *quick = NULL, *slow = NULL;
    buf_init(&fed, text.len + 8);
    buf_add_text(&fed, "\f");
    buf_add_span(&fed, text);
    int quick_rc = conf_read_text(text, "x.conf", NULL, &quick);
    int slow_rc = conf_read_text(buf_span(&fed), "x.conf", NULL, &slow);
    if (quick_rc != slow_rc)
        fail_msg("%s: %d, libconfig says %d", label, quick_rc, slow_rc);
    if (!quick_rc)
        assert_alike(label, conf_root(quick), conf_root(slow));
    conf_free(quick);
    conf_free(slow);
}

static void both_readers_read_the_same(void **state)
{
    static const char *const texts[] = { "", "a = 1", "a=1,b:2;c=3 d=4", "a = 1;;", "a = ( \"x\", );",
        "a = [ \"x\", ];", "a = [];b=();c={};", "a = \"x\" \"y\";", "a = ( \"x\" /* */ \"y\" );", "a = 010;",
        "a = 0x1F;", "a = -0; b = -12;", "a = 5L;", "a = +5;", "a = 1.5;", "a = 1e5;", "a = -;", "a = 5-3;",
        "a = 2147483648;", "a = 99999999999;", "a = [ 1, 2 ];", "a = [ \"x\", 1 ];", "a = [ ( ) ];",
        "a = ( 1, true, { b = \"x\"; }, ( ), [ ] );", "a = True;", "a = truex;", "true = 1;", "TRUE = 1;",
        "*a-b_9 = 1;", "9a = 1;", "a = { b = 1; b = 2; };", "a = 1; a = 2;", "a = { b = 1; }; b = 1;",
        "a = 1; # no end of line", "a = 1; // x\n", "a = 1; /* x", "a = 1; /*/ b = 2; */", "a /* ( */ = /* \" */ 1;",
        "a = 1 /", "a = \"x\ny\";", "a = \"\\x41\\n\";", "a = \"x", "a = ( 1 2 );", "a = (", "a = ( ( ( 1 ) ) ;",
        "= 1;", "a 1;", "a = ;", "}", "a = 1; }", "\r\na = 1;\r\n", "a = true.5;", "a = \"\";" };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++)
        compare_readers(span_of(texts[i]), texts[i]);
}

static void both_readers_read_every_shipped_file_the_same(void **state)
{
    static char bytes[1 << 20];
    glob_t files;
    (void)state;
    assert_int_equal(glob("config/lexicon/*.conf", 0, NULL, &files), 0);
    assert_int_equal(glob("config/*.conf", GLOB_APPEND, NULL, &files), 0);
    assert_int_equal(glob("config/replies/*.conf", GLOB_APPEND, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *file = fopen(files.gl_pathv[i], "re");
        assert_non_null(file);
        size_t len = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        assert_true(len > 0 && len < sizeof bytes);
        compare_readers((struct span){ bytes, len }, files.gl_pathv[i]);
    }
    globfree(&files);
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
        cmocka_unit_test(both_readers_read_the_same),
        cmocka_unit_test(both_readers_read_every_shipped_file_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
