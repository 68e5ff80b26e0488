/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quotes - see quotes.h. */
#include "gateway/core/triage/quotes.h"

#include "gateway/base/str.h"

/* What closes a quotation that c opens, 0 = it opens none. German and Polish marks open below, French ones point out.
 */
static uint16_t closing_of(uint16_t c)
{
    static const uint16_t pairs[][2] = {
        { '"', '"' },
        { 0x00AB, 0x00BB },
        { 0x201C, 0x201D },
        { 0x201E, 0x201D },
        { 0x300C, 0x300D },
        { 0x300E, 0x300F },
    };
    for (size_t i = 0; i < STR_COUNT(pairs); i++)
        if (pairs[i][0] == c)
            return pairs[i][1];
    return 0;
}

void quotes_find(const struct normal *text, struct quotes *ret_quotes)
{
    unsigned outside = 0;
    ret_quotes->count = 0;
    for (unsigned i = 0; i < text->plain_len && ret_quotes->count < QUOTES_MAX; i++) {
        uint16_t closing = closing_of(text->plain[i]);
        unsigned end = i + 1;
        while (closing && end < text->plain_len && text->plain[end] != closing)
            end++;
        if (!closing || end >= text->plain_len) {
            outside++;
            continue;
        }
        ret_quotes->start[ret_quotes->count] = text->plain_start[i];
        ret_quotes->end[ret_quotes->count++] = text->plain_start[end + 1];
        i = end;
    }
    if (outside == 0)
        ret_quotes->count = 0;
}

bool quotes_hold(const struct quotes *quotes, unsigned start, unsigned len)
{
    for (unsigned i = 0; i < quotes->count; i++)
        if (start >= quotes->start[i] && start + len <= quotes->end[i])
            return true;
    return false;
}
