/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multipart - cuts at "--boundary"; a bare LF is taken for CRLF. */
#include "handlers/multipart.h"

#include <string.h>

#include "gateway/base/str.h"

#define BOUNDARY_MAX 74 /* "--" and 70 (RFC 2046, 5.1.1), with NUL */
#define NAME_LEN_MAX 256

bool multipart_is(const struct request *request)
{
    char type[64];
    request_media_type(request, type, sizeof type);
    return str_equal(type, "multipart/form-data");
}

static struct span skip(struct span text, size_t len)
{
    return (struct span){ text.data + len, text.len - len };
}

/* "name=value" or "name=\"value\"" somewhere in a header value; empty when absent. */
static struct span find_parameter(struct span header, const char *name)
{
    size_t len = strlen(name);
    for (size_t at = 0; at + len < header.len; at++) {
        bool is_start = at == 0 || strchr("; \t", header.data[at - 1]) != NULL;
        if (!is_start || strncasecmp(header.data + at, name, len) != 0)
            continue;
        struct span value = skip(header, at + len);
        bool is_quoted = value.len && *value.data == '"';
        if (is_quoted)
            value = skip(value, 1);
        size_t end = 0;
        while (end < value.len && (is_quoted ? value.data[end] != '"' : !strchr("; \t\r\n", value.data[end])))
            end++;
        return (struct span){ value.data, end };
    }
    return (struct span){ "", 0 };
}

/* Where the next "--boundary" begins; text.len when there is none. */
static size_t find_boundary(struct span text, const char *boundary)
{
    const char *at = text.len ? memmem(text.data, text.len, boundary, strlen(boundary)) : NULL;
    return at ? (size_t)(at - text.data) : text.len;
}

static size_t line_break(struct span text)
{
    if (text.len >= 2 && text.data[0] == '\r' && text.data[1] == '\n')
        return 2;
    return text.len && text.data[0] == '\n' ? 1 : 0;
}

static struct span take_line(struct span *rest)
{
    const char *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    struct span line = { rest->data, len && rest->data[len - 1] == '\r' ? len - 1 : len };
    *rest = skip(*rest, end ? len + 1 : len);
    return line;
}

/* part: headers, an empty line, the value and the line break that belongs to the boundary. */
static int add_part(struct form *form, struct span part)
{
    static const char wanted[] = "Content-Disposition:";
    struct span name = { "", 0 };
    for (struct span line = take_line(&part); line.len; line = take_line(&part)) {
        if (line.len > strlen(wanted) && strncasecmp(line.data, wanted, strlen(wanted)) == 0)
            name = find_parameter(line, "name=");
    }
    if (part.len && part.data[part.len - 1] == '\n')
        part.len--;
    if (part.len && part.data[part.len - 1] == '\r')
        part.len--;
    return name.len && name.len <= NAME_LEN_MAX ? form_add_plain(form, name, part) : 0;
}

int multipart_add(struct form *form, const struct request *request)
{
    char boundary[BOUNDARY_MAX] = "--";
    struct span given = find_parameter(span_of(request_header(request, "Content-Type")), "boundary=");
    struct span rest = request->body;
    if (!given.len || !str_copy_span(boundary + 2, sizeof boundary - 2, given))
        return ERR_INVALID;
    size_t len = strlen(boundary), at = find_boundary(rest, boundary);
    int parts = 0;
    while (at < rest.len) {
        rest = skip(rest, at + len);
        size_t begins = line_break(rest);
        if (!begins) /* "--boundary--" */
            break;
        rest = skip(rest, begins);
        at = find_boundary(rest, boundary);
        int rc = add_part(form, (struct span){ rest.data, at });
        if (rc)
            return rc;
        parts++;
    }
    return parts ? 0 : ERR_INVALID;
}
