/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kannel_text - the bytes of a Kannel message as UTF-8, and UTF-16BE for the way back.
 * What:  coding 2 is UTF-16BE; coding 0 with charset GSM is what Kannel made of it (UTF-8, in old versions Latin-1) or,
 *        from some drivers, still the septets of the GSM alphabet; a named charset is that charset.
 */
#ifndef HANDLERS_KANNEL_TEXT_H
#define HANDLERS_KANNEL_TEXT_H

#include "gateway/base/buf.h"

/* coding is "0", "1", "2" or ""; charset may be "". */
int kannel_text_decode(struct buf *out, struct span raw, const char *coding, const char *charset) MUST_CHECK;
void kannel_text_add_utf16be(struct buf *out, struct span text);

#endif
