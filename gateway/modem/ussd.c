/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ussd - packing and unpacking.
 * Why:   the same text comes as characters, as UCS-2 in hex (coding 72), or as packed septets in hex (Huawei), and only
 *        the first two can be told from the coding. Hex that unpacks to nothing but printable ASCII is the third.
 */
#include "gateway/modem/ussd.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/modem/atline.h"

#define PACKED_MIN 8 /* hex digits: shorter ones are a number */
#define CODING_UCS2 72
#define CARRIAGE_RETURN 13

void ussd_write_command(const char *code, bool is_packed, char *ret, size_t ret_size)
{
    AUTO_BUF packed;
    unsigned bits = 0, pending = 0;
    buf_init(&packed, USSD_COMMAND_MAX);
    if (!is_packed) {
        (void)snprintf(ret, ret_size, "AT+CUSD=1,\"%s\",15", code);
        return;
    }
    for (const char *c = code; *c != '\0'; c++) {
        pending |= (unsigned)(*c & 0x7f) << bits;
        bits += 7;
        for (; bits >= 8; bits -= 8, pending >>= 8)
            buf_add_format(&packed, "%02X", pending & 0xff);
    }
    /* Seven bits left over would read as one "@" more: 23.038 §6.1.2.3 fills them with a CR. */
    if (bits > 0)
        buf_add_format(&packed, "%02X", (pending | (bits == 1 ? CARRIAGE_RETURN << 1 : 0)) & 0xff);
    (void)snprintf(ret, ret_size, "AT+CUSD=1,\"%s\",15", packed.data != NULL ? packed.data : "");
}

static bool unpack(struct span octets, struct buf *out)
{
    unsigned bits = 0, pending = 0;
    for (size_t i = 0; i < octets.len; i++) {
        pending |= (unsigned)(unsigned char)octets.data[i] << bits;
        for (bits += 8; bits >= 7; bits -= 7, pending >>= 7) {
            char c = (char)(pending & 0x7f);
            if (c == '\r' && i + 1 == octets.len)
                continue;
            if (c == 0 && i + 1 == octets.len)
                continue;
            if (c != '\n' && c != '\r' && (c < ' ' || c > '~'))
                return false;
            buf_add_char(out, c == '\n' || c == '\r' ? ' ' : c);
        }
    }
    return true;
}

static bool decode_hex(struct span text, int coding, struct buf *out)
{
    AUTO_BUF octets;
    buf_init(&octets, USSD_TEXT_MAX * 2);
    if (!atline_is_hex(text) || str_hex_decode(&octets, text) != 0)
        return false;
    if (coding == CODING_UCS2)
        return octets.len % 2 == 0 && utf8_from_charset(out, buf_span(&octets), "utf-16be") == 0;
    return text.len >= PACKED_MIN && unpack(buf_span(&octets), out);
}

bool ussd_read_text(struct span rest, char *ret, size_t ret_size)
{
    char text[1024];
    int coding = -1;
    AUTO_BUF decoded;
    buf_init(&decoded, USSD_TEXT_MAX * 4);
    ret[0] = '\0';
    if (!atline_field(rest, 1, text, sizeof(text)) || text[0] == '\0')
        return false;
    if (!atline_number(rest, 2, &coding))
        coding = -1;
    if (!decode_hex(span_of(text), coding, &decoded)) {
        buf_clear(&decoded);
        utf8_repair(&decoded, span_of(text));
    }
    struct span whole = buf_span(&decoded);
    whole.len = utf8_prefix(whole, ret_size - 1);
    return str_copy_span(ret, ret_size, whole) && whole.len > 0;
}
