/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_json - what is accepted, how it is read, and that no error quotes the input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"

static json_t *must_read(const char *text)
{
    struct error error = { "" };
    json_t *value = json_read(span_of(text), &error);

    if (!value)
        fail_msg("%s: %s", text, error.text);
    return value;
}

static void any_value_is_read_and_written_back(void **state)
{
    static const char *const rows[] = { "{}", "[]", "null", "true", "12", "\"t\xc3\xa9xt\"",
        "{\"z\":1,\"a\":[{\"b\":\"c\"}]}" };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_JSON *value = must_read(rows[i]);
        AUTO_BUF out;
        buf_init(&out, 1000);
        assert_int_equal(json_write(value, &out), 0);
        assert_string_equal(out.data, rows[i]);
    }
}

static void broken_input_is_refused_without_quoting_it(void **state)
{
    static const struct {
        const char *label, *in;
        size_t len;
        const char *reason;
    } rows[] = {
        { "empty", "", 0, "ends too early" },
        { "cut", "{\"marker\":", 10, "ends too early" },
        { "two values", "1 2", 3, "something follows" },
        { "duplicate key", "{\"marker\":1,\"marker\":2}", 23, "appears twice" },
        { "NUL escape", "\"marker\\u0000\"", 14, "NUL" },
        { "raw NUL", "\"mar\0ker\"", 9, "" },
        { "invalid UTF-8", "\"marker\xff\"", 9, "UTF-8" },
        { "lone surrogate", "\"marker\\ud800\"", 14, "" },
        { "bare word", "marker", 6, "not JSON" },
        { "single quotes", "{'marker':1}", 12, "" },
        { "huge number", "[99999999999999999999]", 22, "too large" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct error error = { "" };
        json_t *value = json_read((struct span){ rows[i].in, rows[i].len }, &error);
        if (value || !strstr(error.text, rows[i].reason) || !strstr(error.text, "line"))
            fail_msg("%s: %s", rows[i].label, error.text);
        if (strstr(error.text, "marker") || strstr(error.text, "999"))
            fail_msg("%s: the error quotes the input", rows[i].label);
    }
    assert_null(json_read((struct span){ NULL, 0 }, NULL));
}

static void depth_is_bounded(void **state)
{
    static const int depths[] = { 1, JSON_DEPTH_MAX, JSON_DEPTH_MAX + 1, 1000, 5000 };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(depths); i++) {
        AUTO_BUF text;
        struct error error = { "" };
        buf_init(&text, 20000);
        for (int d = 0; d < depths[i]; d++)
            buf_add_char(&text, '[');
        for (int d = 0; d < depths[i]; d++)
            buf_add_char(&text, ']');
        AUTO_JSON *value = json_read(buf_span(&text), &error);
        if ((value != NULL) != (depths[i] <= JSON_DEPTH_MAX))
            fail_msg("depth %d: %s", depths[i], error.text);
    }
}

static void objects_count_as_depth(void **state)
{
    AUTO_BUF text;

    (void)state;
    buf_init(&text, 20000);
    for (int d = 0; d <= JSON_DEPTH_MAX; d++)
        buf_add_text(&text, "{\"a\":");
    buf_add_char(&text, '1');
    for (int d = 0; d <= JSON_DEPTH_MAX; d++)
        buf_add_char(&text, '}');
    assert_null(json_read(buf_span(&text), NULL));
}

static void typed_reading_falls_back(void **state)
{
    AUTO_JSON *object = must_read("{\"t\":\"x\",\"i\":5,\"b\":false,\"n\":null,\"f\":1.5}");

    (void)state;
    assert_string_equal(json_text(object, "t", "none"), "x");
    assert_string_equal(json_text(object, "i", "none"), "none");
    assert_string_equal(json_text(object, "absent", "none"), "none");
    assert_null(json_text(NULL, "t", NULL));
    assert_int_equal(json_int(object, "i", -1), 5);
    assert_int_equal(json_int(object, "t", -1), -1);
    assert_int_equal(json_int(object, "f", -1), -1);
    assert_false(json_bool(object, "b", true));
    assert_true(json_bool(object, "n", true));
}

static void pointers_follow_rfc_6901(void **state)
{
    static const struct {
        const char *pointer, *want; /* NULL = absent */
    } rows[] = { { "/data/list/1", "second" }, { "/data/a~1b", "slash" }, { "/data/m~0n", "tilde" },
        { "/data/", "empty key" }, { "plain", "top" }, { "a/b", "one key" }, { "/data/list/2", NULL },
        { "/data/list/01", NULL }, { "/data/list/-", NULL }, { "/data/list/+1", NULL }, { "/data/list/-1", NULL },
        { "/plain/x", NULL }, { "/data/~2", NULL }, { "/data/~", NULL }, { "/nothing/at/all", NULL },
        { "nothing", NULL } };
    AUTO_JSON *root =
        must_read("{\"data\":{\"list\":[\"first\",\"second\"],\"a/b\":\"slash\",\"m~n\":\"tilde\",\"\":\"empty key\","
                  "\"~\":1,\"~2\":1},\"plain\":\"top\",\"a/b\":\"one key\"}");

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        const char *found = json_string_value(json_pointer(root, rows[i].pointer));
        if (!str_equal(found, rows[i].want))
            fail_msg("%s: %s", rows[i].pointer, found ? found : "absent");
    }
    assert_ptr_equal(json_pointer(root, ""), root);
}

static void overlong_pointer_key_is_absent(void **state)
{
    AUTO_JSON *root = must_read("{\"a\":1}");
    char pointer[400];

    (void)state;
    memset(pointer, 'a', sizeof(pointer) - 1);
    pointer[0] = '/';
    pointer[sizeof(pointer) - 1] = '\0';
    assert_null(json_pointer(root, pointer));
    assert_null(json_pointer(NULL, "/a"));
}

static void scalars_become_text(void **state)
{
    static const struct {
        const char *in, *want; /* NULL = refused */
    } rows[] = { { "\"a b\"", "a b" }, { "12345678901", "12345678901" }, { "-1", "-1" }, { "true", "true" },
        { "1.5", "1.5" }, { "\"\"", "" }, { "null", NULL }, { "[1]", NULL }, { "{}", NULL } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_JSON *value = must_read(rows[i].in);
        AUTO_BUF out;
        buf_init(&out, 100);
        int code = json_scalar_text(value, &out);
        if ((code == 0) != (rows[i].want != NULL) || (code == 0 && strcmp(buf_span(&out).data, rows[i].want) != 0))
            fail_msg("%s: code %d", rows[i].in, code);
    }
    assert_int_equal(json_scalar_text(NULL, NULL), ERR_INVALID);
}

static void writing_stops_at_the_ceiling(void **state)
{
    AUTO_JSON *value = must_read("[1,2,3,4,5,6,7,8,9]");
    AUTO_BUF out;

    (void)state;
    buf_init(&out, 8);
    assert_int_equal(json_write(value, &out), ERR_LIMIT);
    buf_clear(&out);
    assert_int_equal(json_write(NULL, &out), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_value_is_read_and_written_back),
        cmocka_unit_test(broken_input_is_refused_without_quoting_it),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(objects_count_as_depth),
        cmocka_unit_test(typed_reading_falls_back),
        cmocka_unit_test(pointers_follow_rfc_6901),
        cmocka_unit_test(overlong_pointer_key_is_absent),
        cmocka_unit_test(scalars_become_text),
        cmocka_unit_test(writing_stops_at_the_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
