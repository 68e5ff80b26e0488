/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decoded - fields and bytes of a request that was kept back: what is named, what is not shown, where it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/line/decoded.h"

static void note(void *context, struct span name, const struct span *value)
{
    struct buf *out = context;
    buf_add_span(out, name);
    buf_add_char(out, '=');
    buf_add_span(out, value ? *value : span_of("(secret)"));
    buf_add_char(out, ';');
}

static const struct {
    const char *label, *text, *want;
} table[] = {
    { "nothing", "", "" },
    { "a form", "from=%2B966&text=he+beats%20me&text=again", "from=+966;text=he beats me;text=again;" },
    { "a form with proofs", "Token=x&signature=y&body=z", "Token=(secret);signature=(secret);body=z;" },
    { "an object", " {\"a\":{\"b\":[1,true,null,\"x\"]},\"apiKey\":\"k\"}",
        "a.b[0]=1;a.b[1]=true;a.b[3]=x;apiKey=(secret);" },
    { "an array", "[\"x\",{\"text\":\"\xd9\x85\"}]", "[0]=x;[1].text=\xd9\x85;" },
    { "too deep", "[[[[[[[[[1]]]]]]]]]", "[0][0][0][0][0][0][0][0]=(deeper than is shown);" },
    { "broken JSON", "{\"a\":", "" },
    { "prose", "please help = me", "" },
    { "no pair", "nonsense", "" },
};

static void forms_and_json_are_named_by_their_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        AUTO_BUF out;
        buf_init(&out, 4096);
        decoded_list(span_of(table[i].text), note, &out);
        if (!str_equal(out.data ? out.data : "", table[i].want))
            fail_msg("%s: %s", table[i].label, out.data ? out.data : "");
    }
}

static void count(void *context, struct span name, const struct span *value)
{
    (void)name;
    (void)value;
    ++*(unsigned *)context;
}

static void many_fields_are_counted_and_not_all_told(void **state)
{
    unsigned told = 0;
    AUTO_BUF text;
    buf_init(&text, 4096);
    (void)state;
    for (int i = 0; i < DECODED_FIELDS_MAX + 5; i++)
        buf_add_format(&text, "%sa%d=1", i ? "&" : "", i);
    assert_int_equal(decoded_list(buf_span(&text), count, &told), DECODED_FIELDS_MAX + 5);
    assert_int_equal(told, DECODED_FIELDS_MAX);
}

static void bytes_stand_in_rows_of_eight(void **state)
{
    AUTO_BUF out;
    AUTO_BUF hex;
    buf_init(&out, 8 * DECODED_BYTES_MAX);
    buf_init(&hex, 4 * DECODED_BYTES_MAX);
    (void)state;
    decoded_dump(span_of("48656c6c6f003cff41"), &out);
    assert_string_equal(out.data, "0000  48 65 6c 6c 6f 00 3c ff  Hello.<.\n0008  41                       A\n");
    for (int i = 0; i < 2 * DECODED_BYTES_MAX; i++)
        buf_add_format(&hex, "00");
    buf_clear(&out);
    decoded_dump(buf_span(&hex), &out);
    assert_non_null(strstr(out.data, "01f8"));
    assert_null(strstr(out.data, "0200"));
    buf_clear(&out);
    decoded_dump(span_of("4"), &out);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_json_are_named_by_their_fields),
        cmocka_unit_test(many_fields_are_counted_and_not_all_told),
        cmocka_unit_test(bytes_stand_in_rows_of_eight),
    };
    return cmocka_run_group_tests_name("decoded", tests, NULL, NULL);
}
