/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print - see print.h: values and comments. */
#include "config/print.h"

#include <string.h>

#include "config/check.h"

static void add_quoted(struct span text, struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            buf_add_char(out, '\\');
        if (text.data[i] == '\n')
            buf_add_text(out, "\\n");
        else
            buf_add_char(out, text.data[i]);
    }
    buf_add_char(out, '"');
}

static void add_list(const char *written, struct buf *out)
{
    if (!*written) {
        buf_add_text(out, "[ ]");
        return;
    }
    buf_add_text(out, "[ ");
    for (;;) {
        size_t len = strcspn(written, "|");
        add_quoted((struct span){ written, len }, out);
        if (!written[len])
            break;
        buf_add_text(out, ", ");
        written += len + 1;
    }
    buf_add_text(out, " ]");
}

void print_value(const struct key *key, const char *written, struct buf *out)
{
    if (check_is_list(key->type))
        add_list(written, out);
    else if (key->type == KEY_INT || key->type == KEY_BOOL)
        buf_add_text(out, written);
    else
        add_quoted(span_of(written), out);
}

void print_wrapped(const char *prefix, const char *text, unsigned width, struct buf *out)
{
    size_t column = 0, room = width > strlen(prefix) ? width - strlen(prefix) : 1;
    while (*text) {
        size_t len = strcspn(text, " ");
        if (column > 0 && column + 1 + len > room) {
            buf_add_char(out, '\n');
            column = 0;
        }
        buf_add_text(out, column == 0 ? prefix : " ");
        buf_add_span(out, (struct span){ text, len });
        column += len + (column > 0);
        text += len + strspn(text + len, " ");
    }
    buf_add_char(out, '\n');
}
