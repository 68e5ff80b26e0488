/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_form - any bytes as a form.
 * Keeps: what was read, written again and read again, is the same pairs; nothing grows; the ceiling holds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/form.h"
#include "tests/support/textcopy.h"

#define ENCODED_MAX (1024 * 1024)

static void write_again(const struct form *form, struct buf *out)
{
    for (size_t i = 0; i < form->count; i++) {
        buf_add_text(out, i ? "&" : "");
        str_percent_encode(out, form_name(form, i));
        buf_add_char(out, '=');
        str_percent_encode(out, form_value(form, i));
    }
}

static void check_equal(const struct form *a, const struct form *b)
{
    if (a->count != b->count)
        abort();
    for (size_t i = 0; i < a->count; i++) {
        struct span found;
        if (!span_equal(form_name(a, i), form_name(b, i)) || !span_equal(form_value(a, i), form_value(b, i)))
            abort();
        bool has_nul = form_name(a, i).len && memchr(form_name(a, i).data, '\0', form_name(a, i).len);
        AUTO_FREE char *name = textcopy_new(form_name(a, i));
        if (name && !has_nul && !form_find(a, name, &found))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct form form, again;
    AUTO_BUF encoded;
    buf_init(&encoded, ENCODED_MAX);
    form_init(&form);
    form_init(&again);
    int rc = form_add(&form, (struct span){ (const char *)data, size });
    if (form.count > FORM_FIELDS_MAX || form.text.len > size || (rc && rc != ERR_LIMIT && rc != ERR_NOMEM))
        abort();
    if (rc == 0) {
        write_again(&form, &encoded);
        if (buf_check(&encoded) == 0) {
            if (form_add(&again, buf_span(&encoded)))
                abort();
            check_equal(&form, &again);
        }
    }
    form_done(&form);
    form_done(&again);
    return 0;
}
