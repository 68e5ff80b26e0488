/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv - see csv.h. */
#include "gateway/console/figures/csv.h"

#include <string.h>

#define CELL_MAX 8192

static void add_value(struct buf *cell, const json_t *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        buf_add_text(cell, i ? " " : "");
        add_value(cell, item);
    }
    if (json_is_string(value))
        buf_add(cell, json_string_value(value), json_string_length(value));
    else if (json_is_boolean(value))
        buf_add_text(cell, json_is_true(value) ? "yes" : "no");
    else if (json_is_integer(value))
        buf_add_format(cell, "%lld", (long long)json_integer_value(value));
}

static void add_quoted(struct buf *out, struct span text)
{
    buf_add_char(out, '"');
    if (text.len && memchr("=+-@\t\r\n", text.data[0], 7))
        buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.data[i]);
    }
    buf_add_char(out, '"');
}

static void add_cell(struct buf *out, const json_t *value)
{
    AUTO_BUF cell;
    buf_init(&cell, CELL_MAX);
    add_value(&cell, value);
    if (json_is_integer(value))
        buf_add_span(out, buf_span(&cell));
    else
        add_quoted(out, buf_span(&cell));
}

void csv_add_rows(struct buf *out, const json_t *rows)
{
    json_t *first = json_array_get(rows, 0), *row, *ignored;
    const char *key;
    size_t i, column = 0;
    json_object_foreach(first, key, ignored)
    {
        buf_add_text(out, column++ ? "," : "");
        add_quoted(out, span_of(key));
    }
    json_array_foreach(rows, i, row)
    {
        buf_add_text(out, "\r\n");
        column = 0;
        json_object_foreach(first, key, ignored)
        {
            buf_add_text(out, column++ ? "," : "");
            add_cell(out, json_object_get(row, key));
        }
    }
    buf_add_text(out, "\r\n");
}

int csv_answer(const json_t *rows, const char *disposition, struct visits_page *ret_page)
{
    ret_page->own[0] = (struct http_header){ "Content-Disposition", disposition };
    ret_page->own[1] = (struct http_header){ NULL, NULL };
    ret_page->extra = ret_page->own;
    ret_page->status = 200;
    ret_page->content_type = "text/csv; charset=utf-8";
    csv_add_rows(&ret_page->body, rows);
    return buf_check(&ret_page->body);
}
