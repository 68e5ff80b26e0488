/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formread - see formread.h. */
#include "gateway/console/formread.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

void formread_done(struct form *form)
{
    if (form->text.data)
        explicit_bzero(form->text.data, form->text.len);
    form_done(form);
}

int formread_raw(const struct request *request, struct form *form)
{
    char type[64];
    bool is_post = str_equal(request->method, "POST");
    request_media_type(request, type, sizeof type);
    if (is_post && !str_equal(type, "application/x-www-form-urlencoded"))
        return ERR_INVALID;
    int rc = form_add(form, is_post ? request->body : span_of(request->query));
    for (size_t i = 0; !rc && i < form->count; i++)
        for (size_t j = 0; !rc && j < i; j++)
            rc = span_equal(form_name(form, i), form_name(form, j)) ? ERR_INVALID : 0;
    return rc;
}

/* A text area sends CR LF (WHATWG HTML 4.10.21.4). */
static int add_clean(struct form *form, struct span name, struct span value)
{
    AUTO_BUF valid;
    AUTO_BUF text;
    buf_init(&valid, 3 * FORM_BYTES_MAX);
    buf_init(&text, 3 * FORM_BYTES_MAX);
    utf8_repair(&valid, value);
    struct span clean = str_trim(buf_span(&valid));
    for (size_t i = 0; i < clean.len; i++)
        if (clean.data[i] != '\r')
            buf_add_char(&text, clean.data[i]);
    if (buf_check(&valid) || buf_check(&text))
        return ERR_LIMIT;
    return form_add_plain(form, name, buf_span(&text));
}

int formread_clean(const struct request *request, struct form *form)
{
    AUTO_FORM raw;
    form_init(&raw);
    int rc = formread_raw(request, &raw);
    for (size_t i = 0; !rc && i < raw.count; i++)
        rc = add_clean(form, form_name(&raw, i), form_value(&raw, i));
    return rc;
}

static bool is_among(struct span name, const char *names)
{
    while (*names) {
        size_t len = strcspn(names, " ");
        if (span_equal(name, (struct span){ names, len }))
            return true;
        names += len + strspn(names + len, " ");
    }
    return false;
}

bool formread_knows(const struct form *form, const char *names, const char *sign)
{
    for (size_t i = 0; i < form->count; i++) {
        bool is_sign = sign && span_equal(form_name(form, i), span_of(sign));
        if (!is_sign && !str_equal(names, "*") && !is_among(form_name(form, i), names))
            return false;
    }
    return true;
}
