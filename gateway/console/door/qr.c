/* SPDX-License-Identifier: GPL-3.0-or-later */
/* qr - see qr.h. */
#include "gateway/console/door/qr.h"

#include <qrencode.h>
#include <stdio.h>

#define QUIET 4 /* light modules around it: ISO/IEC 18004, 5.3.8 */
#define PATH_MAX_LEN (48u << 10)

static bool is_dark(const QRcode *code, int x, int y)
{
    return x < code->width && code->data[y * code->width + x] & 1;
}

/* A row as its dark runs. */
static void add_row(struct buf *path, const QRcode *code, int y)
{
    for (int x = 0; x < code->width; x++) {
        int from = x;
        while (is_dark(code, x, y))
            x++;
        if (x > from)
            buf_add_format(path, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

static void write_code(struct html *html, const QRcode *code, const char *label)
{
    AUTO_BUF path;
    char box[32];
    buf_init(&path, PATH_MAX_LEN);
    for (int y = 0; y < code->width; y++)
        add_row(&path, code, y);
    if (buf_check(&path))
        return;
    (void)snprintf(box, sizeof box, "0 0 %d %d", code->width + 2 * QUIET, code->width + 2 * QUIET);
    H_LIT(html, "<svg class=\"qr\" role=\"img\"");
    H_ATTR(html, "viewBox", box);
    H_ATTR(html, "aria-label", label);
    H_LIT(html, "><path");
    H_ATTR(html, "d", path.data);
    H_LIT(html, "></path></svg>\n");
}

void qr_write(struct html *html, const char *text, const char *label)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return;
    write_code(html, code, label);
    QRcode_free(code);
}
