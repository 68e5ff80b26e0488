/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markup - reads a page back as a browser would, as far as our pages use HTML: tags, double-quoted attributes,
 * entities. Why:   what html.h promises is about the reader, so the tests look at what a reader gets, not at the bytes.
 * Keeps: anything it does not know (a single quote in a tag, an unknown entity, an unbalanced element) is an error.
 */
#ifndef TESTS_SUPPORT_MARKUP_H
#define TESTS_SUPPORT_MARKUP_H

#include "gateway/base/buf.h"

/* Appends the text between all tags, decoded. NULL, or what is wrong with the page. */
const char *markup_read_text(struct span page, struct buf *out);
/* Appends the decoded value of the first attribute of that name. NULL, or what is wrong. */
const char *markup_read_attr(struct span page, const char *name, struct buf *out);
/* What html.h says that a reader gets of a text; written without its code. */
void markup_expect(struct span text, struct buf *out);

#endif
