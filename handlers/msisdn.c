/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msisdn - see the header. */
#include "handlers/msisdn.h"

#define DIGITS_MIN 8 /* seven and fewer are short codes and services */
#define DIGITS_MAX 15

static bool is_international(struct span raw)
{
    if (raw.len < DIGITS_MIN || raw.len > DIGITS_MAX || raw.data[0] == '0')
        return false;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.data[i] < '0' || raw.data[i] > '9')
            return false;
    }
    return true;
}

void msisdn_add(struct buf *out, struct span raw)
{
    if (is_international(raw))
        buf_add_char(out, '+');
    buf_add_span(out, raw);
}

const char *msisdn_digits(const char *number)
{
    return number[0] == '+' ? number + 1 : number;
}
