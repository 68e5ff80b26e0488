/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - one way to ask a request for a value, whether it came as a form, a query, JSON or XML.
 * What:  a path is a field name, or for JSON and XML a path of handlers/paths.h ("/data/payload/text").
 * Why:   most providers let the operator choose between GET, form and JSON; their channels should not notice.
 * Keeps: a body that a signature covers is never mixed with a query that it does not cover (FIELDS_WITH_QUERY).
 */
#ifndef HANDLERS_FIELDS_H
#define HANDLERS_FIELDS_H

#include "gateway/base/model.h"
#include "gateway/json/json.h"
#include "handlers/form.h"
#include "handlers/paths.h"

enum fields_format {
    FIELDS_AUTO, /* GET: query; JSON or XML media type, or a body that begins like one of them and is not said to be a
                    form: that; else form */
    FIELDS_FORM, /* also multipart/form-data */
    FIELDS_QUERY,
    FIELDS_JSON,
    FIELDS_XML
};
enum fields_flags { FIELDS_WITH_QUERY = 1 /* for a form body: what it lacks may stand in the query */ };

struct fields {
    struct form form;
    json_t *root;             /* owned; NULL unless JSON or XML */
    struct paths_place place; /* where paths start: the top, or one entry of a list in it */
};

void fields_init(struct fields *fields);
void fields_done(struct fields *fields);
void fields_auto_done(struct fields *fields);
#define AUTO_FIELDS __attribute__((cleanup(fields_auto_done))) struct fields

/* ERR_INVALID (broken JSON or XML, duplicate keys), ERR_LIMIT, ERR_NOMEM. */
int fields_read(
    struct fields *fields, const struct request *request, enum fields_format format, unsigned flags) MUST_CHECK;

/* The same for a document that stands somewhere in the request, such as in a field of a form. */
int fields_read_document(struct fields *fields, struct span text, const char *charset, bool is_of_xml) MUST_CHECK;

/* Appends the value: text, number or boolean; of a repeated form field the first. ERR_NOT_FOUND (also JSON null),
 * ERR_INVALID for an object or a list, ERR_LIMIT, ERR_NOMEM. */
int fields_get(const struct fields *fields, const char *path, struct buf *out) MUST_CHECK;
/* The same where absence is no error: out then stays as it was. Only ERR_LIMIT and ERR_NOMEM. */
int fields_get_optional(const struct fields *fields, const char *path, struct buf *out) MUST_CHECK;
/* The same as fields_get for a text of a person: different values of a repeated form field are all kept, a line each.
 */
int fields_get_all(const struct fields *fields, const char *path, struct buf *out) MUST_CHECK;

#endif
