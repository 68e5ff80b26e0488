/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields - picks the format once, then answers from the form or from the JSON value. */
#include "handlers/fields.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/jsonhook.h"

void fields_init(struct fields *fields)
{
    form_init(&fields->form);
    fields->root = NULL;
    fields->item = NULL;
}

void fields_done(struct fields *fields)
{
    form_done(&fields->form);
    json_decref(fields->root);
    fields->root = NULL;
    fields->item = NULL;
}

void fields_auto_done(struct fields *fields)
{
    fields_done(fields);
}

static enum fields_format choose_format(const struct request *request)
{
    if (str_equal(request->method, "GET"))
        return FIELDS_QUERY;
    return jsonhook_is_json(request) ? FIELDS_JSON : FIELDS_FORM;
}

static int read_json(struct fields *fields, const struct request *request)
{
    fields->root = jsonhook_read(request);
    fields->item = fields->root;
    return fields->root ? 0 : ERR_INVALID;
}

int fields_read(struct fields *fields, const struct request *request, enum fields_format format, unsigned flags)
{
    if (format == FIELDS_AUTO)
        format = choose_format(request);
    if (format == FIELDS_JSON)
        return read_json(fields, request);
    int rc = format == FIELDS_FORM ? form_add(&fields->form, request->body) : 0;
    if (!rc && (format == FIELDS_QUERY || (flags & FIELDS_WITH_QUERY)))
        rc = form_add(&fields->form, span_of(request->query));
    return rc;
}

static int get_json(const struct fields *fields, const char *path, struct buf *out)
{
    const json_t *value = json_pointer(fields->item, path);
    if (!value || json_is_null(value))
        return ERR_NOT_FOUND;
    return json_scalar_text(value, out);
}

int fields_get(const struct fields *fields, const char *path, struct buf *out)
{
    if (fields->root)
        return get_json(fields, path, out);
    struct span value;
    if (!form_find(&fields->form, path, &value))
        return ERR_NOT_FOUND;
    buf_add_span(out, value);
    return buf_check(out);
}

int fields_get_optional(const struct fields *fields, const char *path, struct buf *out)
{
    int rc = fields_get(fields, path, out);
    return rc == ERR_NOMEM || rc == ERR_LIMIT ? rc : 0;
}

int fields_get_all(const struct fields *fields, const char *path, struct buf *out)
{
    const struct form *form = &fields->form;
    if (fields->root || !form_is_ambiguous(form, path))
        return fields_get(fields, path, out);
    size_t before = out->len;
    for (size_t i = 0; i < form->count; i++) {
        if (!span_equal(form_name(form, i), span_of(path)) || form_is_repeated(form, i))
            continue;
        if (out->len > before)
            buf_add_char(out, '\n');
        buf_add_span(out, form_value(form, i));
    }
    return buf_check(out);
}

bool fields_enter(struct fields *fields, const char *path, size_t index)
{
    json_t *list = fields->root ? json_pointer(fields->root, path) : NULL;
    json_t *item = json_is_array(list) ? json_array_get(list, index) : NULL;
    if (!item)
        return false;
    fields->item = item;
    return true;
}
