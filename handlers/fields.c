/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields - picks the format once, then answers from the form or from the tree. */
#include "handlers/fields.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/xml/xml.h"
#include "handlers/jsonhook.h"
#include "handlers/multipart.h"

#define MEDIA_TYPE_MAX 64

void fields_init(struct fields *fields)
{
    form_init(&fields->form);
    fields->root = NULL;
}

void fields_done(struct fields *fields)
{
    form_done(&fields->form);
    json_decref(fields->root);
    fields->root = NULL;
}

void fields_auto_done(struct fields *fields)
{
    fields_done(fields);
}

static bool begins_like_xml(struct span body)
{
    size_t at = body.len >= 3 && memcmp(body.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < body.len && strchr(" \t\r\n", body.data[at]) && body.data[at])
        at++;
    return at < body.len && body.data[at] == '<';
}

static bool is_xml(const struct request *request)
{
    char type[MEDIA_TYPE_MAX];
    request_media_type(request, type, sizeof type);
    size_t len = strlen(type);
    if (len >= 4 && (strcmp(type + len - 4, "/xml") == 0 || strcmp(type + len - 4, "+xml") == 0))
        return true;
    return !str_equal(type, "application/x-www-form-urlencoded") && begins_like_xml(request->body);
}

static enum fields_format choose_format(const struct request *request)
{
    if (str_equal(request->method, "GET"))
        return FIELDS_QUERY;
    if (multipart_is(request))
        return FIELDS_FORM;
    return jsonhook_is_json(request) ? FIELDS_JSON : is_xml(request) ? FIELDS_XML : FIELDS_FORM;
}

static int begin_tree(struct fields *fields, json_t *root, bool is_of_xml)
{
    json_decref(fields->root);
    fields->root = root;
    if (!root)
        return ERR_INVALID;
    paths_begin(&fields->place, root, is_of_xml);
    return 0;
}

int fields_read_document(struct fields *fields, struct span text, const char *charset, bool is_of_xml)
{
    struct error error;
    const struct request inner = { .method = "POST", .path = "", .query = "", .body = text };
    return begin_tree(fields, is_of_xml ? xml_read(text, charset, &error) : jsonhook_read(&inner), is_of_xml);
}

static int read_json(struct fields *fields, const struct request *request)
{
    return begin_tree(fields, jsonhook_read(request), false);
}

static int read_xml(struct fields *fields, const struct request *request)
{
    char charset[JSONHOOK_CHARSET_MAX];
    jsonhook_charset(request, charset);
    return fields_read_document(fields, request->body, charset, true);
}

static int read_form(struct fields *fields, const struct request *request)
{
    return multipart_is(request) ? multipart_add(&fields->form, request) : form_add(&fields->form, request->body);
}

int fields_read(struct fields *fields, const struct request *request, enum fields_format format, unsigned flags)
{
    if (format == FIELDS_AUTO)
        format = choose_format(request);
    if (format == FIELDS_JSON)
        return read_json(fields, request);
    if (format == FIELDS_XML)
        return read_xml(fields, request);
    int rc = format == FIELDS_FORM ? read_form(fields, request) : 0;
    if (!rc && (format == FIELDS_QUERY || (flags & FIELDS_WITH_QUERY)))
        rc = form_add(&fields->form, span_of(request->query));
    return rc;
}

int fields_get(const struct fields *fields, const char *path, struct buf *out)
{
    if (fields->root)
        return paths_get(&fields->place, path, out);
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
