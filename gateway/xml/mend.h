/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mend - the bytes of an XML document as UTF-8, and the repair of what writers of XML get wrong.
 * Why:   beside the parser, because expat refuses a document as a whole and knows few charsets.
 */
#ifndef GATEWAY_XML_MEND_H
#define GATEWAY_XML_MEND_H

#include "gateway/base/buf.h"

/* Appends text as UTF-8 by, in this order: a mark of byte order or two zero bytes, the transport's charset, the
 * document's declaration; else it is UTF-8, or windows-1252 where it cannot be that. */
void mend_decode(struct buf *out, struct span text, const char *charset);
/* Appends UTF-8 text with control characters and impossible character references as U+FFFD, two references that are
 * halves of one character as that character, and an "&" that begins nothing as "&amp;". */
void mend_references(struct buf *out, struct span text);

#endif
