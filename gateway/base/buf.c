/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf - a growing byte buffer with a ceiling.
 * Keeps: an addition happens whole or not at all; after the first failure nothing is added any more, so what is there
 *        is always a clean beginning of what was meant.
 */
#include "gateway/base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_FIRST 64 /* bytes of the first allocation */

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){ .max = max };
}

void buf_done(struct buf *buf)
{
    if (!buf)
        return;
    free(buf->data);
    buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
    buf_truncate(buf, 0);
}

void buf_truncate(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    buf->len = len;
    buf->is_failed = false;
    buf->is_out_of_memory = false;
    if (buf->data)
        buf->data[len] = '\0';
}

/* Room for len more bytes and the NUL; false when that is refused. */
static bool make_room(struct buf *buf, size_t len)
{
    size_t cap = buf->cap ? buf->cap : CAP_FIRST;
    char *data;

    if (buf->is_failed)
        return false;
    if (len > buf->max || buf->len > buf->max - len) {
        buf->is_failed = true;
        return false;
    }
    if (buf->data && buf->len + len < buf->cap)
        return true;
    while (cap <= buf->len + len)
        cap = cap > SIZE_MAX / 2 ? buf->len + len + 1 : cap * 2;
    if (cap > buf->max && buf->max < SIZE_MAX)
        cap = buf->max + 1;
    data = realloc(buf->data, cap);
    if (!data) {
        buf->is_failed = true;
        buf->is_out_of_memory = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    if (!make_room(buf, len))
        return;
    if (len > 0)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
    if (text)
        buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    int len;

    if (!make_room(buf, 0))
        return;
    va_start(arguments, format);
    len = vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, arguments);
    va_end(arguments);
    if (len >= 0 && (size_t)len >= buf->cap - buf->len && make_room(buf, (size_t)len)) {
        va_start(arguments, format);
        len = vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, arguments);
        va_end(arguments);
    }
    if (len < 0)
        buf->is_failed = true;
    if (!buf->is_failed)
        buf->len += (size_t)len;
    buf->data[buf->len] = '\0';
}

void buf_add_span(struct buf *buf, struct span span)
{
    buf_add(buf, span.data, span.len);
}

void buf_consume(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    if (len == 0)
        return;
    memmove(buf->data, buf->data + len, buf->len - len + 1);
    buf->len -= len;
}

int buf_check(const struct buf *buf)
{
    if (!buf->is_failed)
        return 0;
    return buf->is_out_of_memory ? ERR_NOMEM : ERR_LIMIT;
}

char *buf_take(struct buf *buf)
{
    char *data = NULL;

    if (make_room(buf, 0)) {
        data = buf->data;
        data[buf->len] = '\0';
        buf_init(buf, buf->max);
    } else {
        buf_done(buf);
    }
    return data;
}

struct span buf_span(const struct buf *buf)
{
    return (struct span){ buf->data ? buf->data : "", buf->len };
}

struct span span_of(const char *text)
{
    return (struct span){ text ? text : "", text ? strlen(text) : 0 };
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

void buf_auto_done(struct buf *buf)
{
    buf_done(buf);
}

void auto_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}
