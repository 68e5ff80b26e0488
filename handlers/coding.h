/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coding - how a text stands in its field: "utf-16be", "hex utf-16be", "base64 utf-8", "gsm-7".
 * What:  an optional `hex` or `base64`, then a charset: one of gateway/base/utf8.h, or `gsm-7` (one septet a byte).
 * Keeps: a text is never refused for its bytes: what is not hex after all is taken as it stands.
 */
#ifndef HANDLERS_CODING_H
#define HANDLERS_CODING_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define CODING_CHARSET_MAX 32

struct coding {
    enum { CODING_PLAIN, CODING_HEX, CODING_BASE64 } wrap;
    char charset[CODING_CHARSET_MAX]; /* "" = not known: UTF-8 */
};

/* ERR_INVALID when it is not written as above. */
int coding_parse(const char *text, struct coding *ret_coding) MUST_CHECK;
bool coding_is_charset(const char *name);
/* Appends raw as UTF-8. ERR_LIMIT, ERR_NOMEM. */
int coding_decode(const struct coding *coding, struct span raw, struct buf *out) MUST_CHECK;
/* Appends septets of the GSM alphabet, one a byte, as UTF-8. */
void coding_add_gsm7(struct buf *out, struct span raw);

#endif
