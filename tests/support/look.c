/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look - see look.h. */
#include "tests/support/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/markup.h"

#define PAGE_MAX (1u << 18)

void look_begin(struct look *look)
{
    look->html = html_new(PAGE_MAX);
    assert_non_null(look->html);
}

void look_finish(struct look *look)
{
    buf_init(&look->bytes, PAGE_MAX);
    buf_init(&look->text, PAGE_MAX);
    assert_int_equal(html_finish(look->html, &look->bytes), 0);
    const char *problem = markup_read_text(buf_span(&look->bytes), &look->text);
    if (problem)
        fail_msg("%s", problem);
    html_free(look->html);
}

void look_away(struct look *look)
{
    buf_done(&look->bytes);
    buf_done(&look->text);
}

json_t *look_json(const char *text)
{
    struct error error = { "" };
    json_t *json = json_read(span_of(text), &error);
    if (!json)
        fail_msg("%s", error.text);
    return json;
}
