/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsm7 - see the header. */
#include "handlers/gsm7.h"

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

/* Beyond ASCII; the last is the euro sign of the extension table. */
static const uint16_t letters[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5, 0x394,
    0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1,
    0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1, 0xfc, 0xe0, 0x20ac };

/* Of ASCII only the backquote and the control characters are missing. */
static bool is_carried(uint32_t c)
{
    if (c < 0x80)
        return c == '\n' || c == '\r' || c == '\f' || (c >= ' ' && c != '`' && c != 0x7f);
    for (size_t i = 0; i < STR_COUNT(letters); i++) {
        if (letters[i] == c)
            return true;
    }
    return false;
}

bool gsm7_can_carry(struct span text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        at += utf8_decode(text.data + at, text.len - at, &c);
        if (!is_carried(c))
            return false;
    }
    return true;
}
