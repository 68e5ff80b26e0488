/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kannel_text - see the header. */
#include "handlers/kannel_text.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/coding.h"
#include "handlers/inbound.h"

/* Control characters that no text has, and no byte above 127: only the GSM alphabet looks like that. */
static bool looks_like_gsm7(struct span raw)
{
    bool has_control = false;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char byte = (unsigned char)raw.data[i];
        if (byte >= 0x80)
            return false;
        has_control |= byte < ' ' && byte != '\n' && byte != '\r' && byte != '\t';
    }
    return has_control;
}

int kannel_text_decode(struct buf *out, struct span raw, const char *coding, const char *charset)
{
    bool is_septets = str_starts_nocase(charset, "GSM") || str_is_empty(charset);
    bool is_unnamed = is_septets || str_equal_nocase(charset, "binary");
    if (str_equal(coding, "2") && is_unnamed)
        charset = "utf-16be";
    else if (is_septets && looks_like_gsm7(raw)) {
        coding_add_gsm7(out, raw);
        return buf_check(out);
    } else if (is_unnamed)
        charset = "";
    else if (str_equal_nocase(charset, "ucs-2") || str_equal_nocase(charset, "ucs2"))
        charset = "utf-16be";
    return inbound_decode(out, raw, charset);
}

static void add_unit(struct buf *out, uint32_t unit)
{
    buf_add_char(out, (char)(unit >> 8 & 0xff));
    buf_add_char(out, (char)(unit & 0xff));
}

void kannel_text_add_utf16be(struct buf *out, struct span text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        at += utf8_decode(text.data + at, text.len - at, &c);
        if (c > 0xffff) {
            add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
            add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
        } else
            add_unit(out, c);
    }
}
