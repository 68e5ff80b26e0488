/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_form - form bodies and query strings, and asking a request for its fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "handlers/fields.h"
#include "tests/support/channels.h"

/* The pairs as "name=value;" with visible bytes. */
static void print_pairs(const struct form *form, struct buf *out)
{
    for (size_t i = 0; i < form->count; i++) {
        buf_add_span(out, form_name(form, i));
        buf_add_char(out, '=');
        buf_add_span(out, form_value(form, i));
        buf_add_char(out, ';');
    }
}

static void pairs_are_split_and_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *label, *in, *want;
    } cases[] = {
        { "nothing", "", "" },
        { "one pair", "a=b", "a=b;" },
        { "plus is a space, %2B is a plus", "from=+966&to=%2B962", "from= 966;to=+962;" },
        { "empty value", "FromCity=&x=1", "FromCity=;x=1;" },
        { "no equals sign", "a&b=2", "a=;b=2;" },
        { "empty pairs", "&&a=1&&", "a=1;" },
        { "second equals sign belongs to the value", "a=b=c", "a=b=c;" },
        { "no name", "=b", "=b;" },
        { "broken escape stays", "text=100%&b=%zz%4", "text=100%;b=%zz%4;" },
        { "escapes of either case", "a=%e1%88%80%E1%88%80", "a=ሀሀ;" },
        { "order and repetition are kept", "a=2&b=1&a=1&a=2", "a=2;b=1;a=1;a=2;" },
        { "escaped name", "a%5B0%5D=x", "a[0]=x;" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct form form;
        AUTO_BUF text;
        buf_init(&text, 1024);
        form_init(&form);
        int rc = form_add(&form, span_of(cases[i].in));
        print_pairs(&form, &text);
        if (rc || strcmp(text.data ? text.data : "", cases[i].want) != 0)
            fail_msg("%s: %d, \"%s\"", cases[i].label, rc, text.data ? text.data : "");
        form_done(&form);
    }
}

static void values_may_hold_nul(void **state)
{
    (void)state;
    struct form form;
    struct span value;
    form_init(&form);
    assert_int_equal(form_add(&form, span_of("a=x%00y")), 0);
    assert_true(form_find(&form, "a", &value));
    assert_int_equal(value.len, 3);
    assert_memory_equal(value.data, "x\0y", 3);
    form_done(&form);
}

static void fields_are_sorted_by_bytes(void **state)
{
    (void)state;
    static const struct {
        enum form_order values;
        size_t want[5];
    } rows[] = { { FORM_AS_IT_CAME, { 3, 4, 1, 0, 2 } }, { FORM_BY_VALUE, { 3, 4, 1, 2, 0 } } };
    struct form form;
    size_t order[FORM_FIELDS_MAX];
    form_init(&form);
    assert_int_equal(form_add(&form, span_of("b=2&a=9&b=1&A=1&B=")), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        form_sort(&form, rows[i].values, order);
        assert_memory_equal(order, rows[i].want, sizeof rows[i].want);
    }
    form_done(&form);
}

static void hundred_fields_fit_and_one_more_does_not(void **state)
{
    (void)state;
    AUTO_BUF text;
    buf_init(&text, 4096);
    for (int i = 0; i < FORM_FIELDS_MAX; i++)
        buf_add_format(&text, "&f%d=%d", i, i);
    struct form form;
    form_init(&form);
    assert_int_equal(form_add(&form, buf_span(&text)), 0);
    assert_int_equal(form.count, FORM_FIELDS_MAX);
    assert_int_equal(form_add(&form, span_of("one=more")), ERR_LIMIT);
    form_done(&form);
}

static void repetition_with_another_value_is_ambiguous(void **state)
{
    (void)state;
    struct form form;
    form_init(&form);
    assert_int_equal(form_add(&form, span_of("a=1&b=1&a=1&b=2")), 0);
    assert_false(form_is_ambiguous(&form, "a"));
    assert_true(form_is_ambiguous(&form, "b"));
    assert_false(form_is_ambiguous(&form, "c"));
    form_done(&form);
}

struct field_case {
    const char *label, *method, *type, *query, *body, *path, *want; /* want NULL: not there */
    unsigned flags;
};

static void check_field(const struct field_case *test)
{
    struct request_header header = { "Content-Type", test->type };
    struct request request = { .method = test->method,
        .path = "/in/x/message",
        .query = test->query,
        .headers = &header,
        .header_count = test->type ? 1 : 0,
        .body = span_of(test->body) };
    AUTO_FIELDS fields;
    AUTO_BUF out;
    buf_init(&out, 1024);
    fields_init(&fields);
    if (fields_read(&fields, &request, FIELDS_AUTO, test->flags))
        fail_msg("%s: cannot be read", test->label);
    int rc = fields_get_all(&fields, test->path, &out);
    const char *got = rc ? NULL : out.data ? out.data : "";
    if (!got != !test->want || (got && strcmp(got, test->want) != 0))
        fail_msg("%s: %d \"%s\"", test->label, rc, got ? got : "(none)");
}

static void fields_come_from_query_form_or_json(void **state)
{
    (void)state;
    static const struct field_case cases[] = {
        { "GET reads the query", "GET", NULL, "text=a+b", "", "text", "a b", 0 },
        { "POST form", "POST", "application/x-www-form-urlencoded", "", "text=x", "text", "x", 0 },
        { "POST without a type", "POST", NULL, "", "text=x", "text", "x", 0 },
        { "an unsigned query is not read", "POST", NULL, "text=q", "", "text", NULL, 0 },
        { "a query may complete a form", "POST", NULL, "text=q", "a=1", "text", "q", FIELDS_WITH_QUERY },
        { "the body comes before the query", "POST", NULL, "text=b", "text=b", "text", "b", FIELDS_WITH_QUERY },
        { "JSON by type", "POST", "application/json; charset=utf-8", "", "{\"text\":\"x\"}", "text", "x", 0 },
        { "JSON by a derived type", "POST", "application/vnd.x+json", "", "{\"text\":\"x\"}", "text", "x", 0 },
        { "JSON without a type", "POST", NULL, "", " {\"text\":\"x\"}", "text", "x", 0 },
        { "a form that begins like JSON", "POST", "application/x-www-form-urlencoded", "", "{a=1&text=x", "text", "x",
            0 },
        { "pointer", "POST", "application/json", "", "{\"a\":{\"b\":[1,\"y\"]}}", "/a/b/1", "y", 0 },
        { "number as text", "POST", "application/json", "", "{\"id\":12345678901}", "id", "12345678901", 0 },
        { "null is absence", "POST", "application/json", "", "{\"id\":null}", "id", NULL, 0 },
        { "an object is no text", "POST", "application/json", "", "{\"id\":{}}", "id", NULL, 0 },
        { "JSON in Latin-1", "POST", "application/json", "", "{\"a\":\"caf\xe9\"}", "a", "café", 0 },
        { "JSON with a NUL", "POST", "application/json", "", "{\"a\":\"x\\u0000\"}", "a", "x\xef\xbf\xbd", 0 },
        { "different repeated values are all kept", "POST", NULL, "", "text=a&text=b&text=a", "text", "a\nb", 0 },
        { "an equal repeated value is one", "POST", NULL, "", "text=a&text=a", "text", "a", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_field(&cases[i]);
}

static void broken_json_is_an_error(void **state)
{
    (void)state;
    static const char *const bodies[] = { "{", "{\"a\":1,\"a\":2}", "\"a\"", "" };
    struct request_header header = { "Content-Type", "application/json" };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct request request = { .method = "POST", .path = "/", .query = "", .headers = &header, .header_count = 1 };
        request.body = span_of(bodies[i]);
        AUTO_FIELDS fields;
        fields_init(&fields);
        if (fields_read(&fields, &request, FIELDS_AUTO, 0) != ERR_INVALID)
            fail_msg("accepted: %s", bodies[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_split_and_decoded),
        cmocka_unit_test(values_may_hold_nul),
        cmocka_unit_test(fields_are_sorted_by_bytes),
        cmocka_unit_test(hundred_fields_fit_and_one_more_does_not),
        cmocka_unit_test(repetition_with_another_value_is_ambiguous),
        cmocka_unit_test(fields_come_from_query_form_or_json),
        cmocka_unit_test(broken_json_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
