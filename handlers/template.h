/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template - "{name}" placeholders filled in with the escaping of the place where they stand.
 * Why:   a message text inside a URL, a JSON string or a header is an injection unless the place decides the escaping.
 * Keeps: a brace that does not begin a known placeholder is an ordinary character, so JSON can be written as it is.
 */
#ifndef HANDLERS_TEMPLATE_H
#define HANDLERS_TEMPLATE_H

#include "gateway/base/buf.h"

enum template_place {
    TEMPLATE_PLAIN,   /* as it is */
    TEMPLATE_PERCENT, /* a URL or a form */
    TEMPLATE_JSON,    /* inside the quotes of a JSON string */
    TEMPLATE_XML,     /* between tags, or inside the quotes of an attribute */
    TEMPLATE_HEADER   /* a header line: printable ASCII only, else ERR_INVALID */
};

struct template_value {
    const char *name; /* NULL ends the list */
    struct span value;
};

int template_fill(
    struct buf *out, const char *template, const struct template_value *values, enum template_place place) MUST_CHECK;

/* The first "{word}" of the template that is no name of the list, copied into ret; false when there is none. */
bool template_find_unknown(const char *template, const struct template_value *values, char *ret, size_t ret_size);

#endif
