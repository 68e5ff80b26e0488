/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xml - expat's events make the tree.
 * Why:   expat 2.5 bounds what entities may grow to, but a message needs none at all: the first declaration ends the
 *        reading. A DOCTYPE that only names something elsewhere is common in old gateways and is skipped.
 */
#include "gateway/xml/xml.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/xml/mend.h"

#define BLANK " \t\r\n"

struct element {
    char name[XML_NAME_MAX];
    json_t *value; /* an object; owned */
    struct buf text;
};

struct reader {
    XML_Parser parser;
    struct element stack[XML_DEPTH_MAX + 1]; /* [0] is the document */
    int depth;
    unsigned nodes;
    int code;          /* 0, or the error that stopped the reading */
    const char *fault; /* its words */
};

static void stop(struct reader *reader, int code, const char *fault)
{
    if (!reader->code) {
        reader->code = code;
        reader->fault = fault;
    }
    (void)XML_StopParser(reader->parser, XML_FALSE);
}

static void take_local_name(const char *name, const char *prefix, char ret[XML_NAME_MAX])
{
    const char *colon = strrchr(name, ':');
    (void)snprintf(ret, XML_NAME_MAX, "%s%s", prefix, colon && colon[1] ? colon + 1 : name);
}

/* A second value under one name makes a list. Takes value, which may be NULL (out of memory). */
static int add_member(json_t *object, const char *name, json_t *value)
{
    json_t *present = json_object_get(object, name);
    if (!present)
        return json_object_set_new(object, name, value);
    if (json_is_array(present))
        return json_array_append_new(present, value);
    json_t *list = json_array();
    if (json_array_append(list, present) || json_array_append_new(list, value)) {
        json_decref(list);
        return -1;
    }
    return json_object_set_new(object, name, list);
}

static json_t *string_of(const struct buf *text)
{
    return buf_check(text) ? NULL : json_stringn(text->data ? text->data : "", text->len);
}

static void add_attributes(struct reader *reader, json_t *object, const XML_Char **pairs)
{
    char name[XML_NAME_MAX];
    for (; *pairs; pairs += 2) {
        if (strcmp(pairs[0], "xmlns") == 0 || str_starts(pairs[0], "xmlns:"))
            continue;
        take_local_name(pairs[0], "@", name);
        if (++reader->nodes > XML_NODES_MAX)
            stop(reader, ERR_LIMIT, "there are too many elements");
        else if (json_object_set_new(object, name, json_string(pairs[1])))
            stop(reader, ERR_NOMEM, "memory is exhausted");
    }
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = context;
    if (reader->code)
        return;
    if (reader->depth == XML_DEPTH_MAX || ++reader->nodes > XML_NODES_MAX || strlen(name) >= XML_NAME_MAX) {
        stop(reader, ERR_LIMIT, "there are too many elements, or a name is too long");
        return;
    }
    struct element *element = &reader->stack[++reader->depth];
    take_local_name(name, "", element->name);
    buf_init(&element->text, XML_BYTES_MAX);
    element->value = json_object();
    if (!element->value)
        stop(reader, ERR_NOMEM, "memory is exhausted");
    else
        add_attributes(reader, element->value, attributes);
}

static bool is_blank(const struct buf *text)
{
    return text->len == 0 || strspn(text->data, BLANK) == text->len;
}

/* What the element at the top of the stack is worth; its object is used up. */
static json_t *take_value(struct element *element)
{
    json_t *value = element->value;
    element->value = NULL;
    if (json_object_size(value) == 0) {
        json_decref(value);
        return string_of(&element->text);
    }
    if (!is_blank(&element->text) && json_object_set_new(value, "#text", string_of(&element->text))) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static void on_end(void *context, const XML_Char *name)
{
    struct reader *reader = context;
    (void)name;
    if (reader->code)
        return;
    struct element *element = &reader->stack[reader->depth];
    json_t *value = take_value(element);
    buf_done(&element->text);
    reader->depth--;
    if (!value || add_member(reader->stack[reader->depth].value, element->name, value))
        stop(reader, ERR_NOMEM, "memory is exhausted");
}

static void on_text(void *context, const XML_Char *text, int len)
{
    struct reader *reader = context;
    if (!reader->code && reader->depth > 0)
        buf_add(&reader->stack[reader->depth].text, text, (size_t)len);
}

static void on_doctype(
    void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
    (void)name, (void)system, (void)public;
    if (has_subset)
        stop(context, ERR_INVALID, "a document may not declare entities");
}

/* "&eacute;" where a DOCTYPE elsewhere might explain it: kept as it is written. */
static void on_skipped(void *context, const XML_Char *name, int is_parameter)
{
    struct reader *reader = context;
    if (!is_parameter && reader->depth > 0)
        buf_add_format(&reader->stack[reader->depth].text, "&%s;", name);
}

static void done(struct reader *reader)
{
    for (int i = 0; i <= reader->depth; i++) {
        json_decref(reader->stack[i].value);
        buf_done(&reader->stack[i].text);
    }
    XML_ParserFree(reader->parser);
}

static bool begin(struct reader *reader)
{
    reader->depth = 0;
    reader->nodes = 0;
    reader->code = 0;
    reader->fault = "this is not XML, or memory is exhausted";
    reader->parser = XML_ParserCreate("UTF-8"); /* decided before: what the declaration says counts no more */
    reader->stack[0].value = json_object();
    buf_init(&reader->stack[0].text, 0);
    if (!reader->parser || !reader->stack[0].value)
        return false;
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    XML_SetSkippedEntityHandler(reader->parser, on_skipped);
    return true;
}

static int parse(struct span text, struct error *error, json_t **ret_root)
{
    struct reader reader;
    if (!begin(&reader))
        reader.code = ERR_NOMEM;
    else if (XML_Parse(reader.parser, text.data ? text.data : "", (int)text.len, 1) != XML_STATUS_OK && !reader.code)
        reader.code = ERR_INVALID;
    int code = reader.code;
    if (code)
        error_set(error, code, "XML, line %lu: %s",
            reader.parser ? (unsigned long)XML_GetCurrentLineNumber(reader.parser) : 0, reader.fault);
    else
        *ret_root = json_incref(reader.stack[0].value);
    done(&reader);
    return code;
}

json_t *xml_read(struct span text, const char *charset, struct error *error)
{
    AUTO_BUF plain;
    AUTO_BUF mended;
    json_t *root = NULL;
    buf_init(&plain, XML_BYTES_MAX);
    buf_init(&mended, XML_BYTES_MAX);
    mend_decode(&plain, text, charset);
    int code = buf_check(&plain);
    if (code) {
        error_set(error, code, "XML: longer than %d bytes", XML_BYTES_MAX);
        return NULL;
    }
    if (parse(buf_span(&plain), error, &root) != ERR_INVALID)
        return root;
    mend_references(&mended, buf_span(&plain));
    if (buf_check(&mended) == 0 && parse(buf_span(&mended), error, &root) == 0)
        return root;
    return NULL;
}
