/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template - see the header. */
#include "handlers/template.h"

#include <string.h>

#include "gateway/base/str.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* The word of a placeholder that begins at text ("{word}"), or an empty span. */
static struct span placeholder_at(const char *text)
{
    if (*text != '{')
        return (struct span){ "", 0 };
    size_t len = strspn(text + 1, LETTERS);
    return len && text[1 + len] == '}' ? (struct span){ text + 1, len } : (struct span){ "", 0 };
}

static const struct template_value *find_value(const struct template_value *values, struct span word)
{
    for (; values->name; values++) {
        if (span_equal(span_of(values->name), word))
            return values;
    }
    return NULL;
}

/* RFC 8259 clause 7. */
static void add_json(struct buf *out, struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c == '"' || c == '\\') {
            buf_add_char(out, '\\');
            buf_add_char(out, (char)c);
        } else if (c < ' ')
            buf_add_format(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
}

/* A control character that XML cannot hold becomes a space. */
static void add_xml(struct buf *out, struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        bool is_escaped = strchr("<>&\"'", c) != NULL || c == '\n' || c == '\r' || c == '\t';
        if (c && is_escaped)
            buf_add_format(out, "&#%u;", c);
        else
            buf_add_char(out, c < ' ' ? ' ' : (char)c);
    }
}

static int add_header(struct buf *out, struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < ' ' || value.data[i] > '~')
            return ERR_INVALID;
    }
    buf_add_span(out, value);
    return 0;
}

static int add_value(struct buf *out, struct span value, enum template_place place)
{
    switch (place) {
    case TEMPLATE_PLAIN:
        buf_add_span(out, value);
        return 0;
    case TEMPLATE_PERCENT:
        str_percent_encode(out, value);
        return 0;
    case TEMPLATE_JSON:
        add_json(out, value);
        return 0;
    case TEMPLATE_XML:
        add_xml(out, value);
        return 0;
    case TEMPLATE_HEADER:
        return add_header(out, value);
    }
    return ERR_INVALID;
}

int template_fill(struct buf *out, const char *template, const struct template_value *values, enum template_place place)
{
    for (const char *at = template; *at;) {
        struct span word = placeholder_at(at);
        const struct template_value *value = word.len ? find_value(values, word) : NULL;
        if (!value) {
            buf_add_char(out, *at++);
            continue;
        }
        int rc = add_value(out, value->value, place);
        if (rc)
            return rc;
        at += word.len + 2;
    }
    return buf_check(out);
}

bool template_find_unknown(const char *template, const struct template_value *values, char *ret, size_t ret_size)
{
    for (const char *at = template; *at; at++) {
        struct span word = placeholder_at(at);
        if (word.len && !find_value(values, word)) {
            str_copy_span(ret, ret_size, word);
            return true;
        }
    }
    return false;
}
