/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - why a text was read as it was, for people: what fired, where, in which pass, at which weight, what denied
 * it, which rules it made, and what came of it.
 * Not here: the answer for programs (filter).
 */
#ifndef GATEWAY_CORE_TRIAGE_EXPLAIN_H
#define GATEWAY_CORE_TRIAGE_EXPLAIN_H

#include <stdio.h>

#include "gateway/core/triage/lexicon.h"

#define EXPLAIN_BYTES_MAX (1u << 20)

/* Several lines about one text. Where lexicon keeps its sources, entries are shown as they were written. */
void explain_text(const struct lexicon *lexicon, struct span text, struct buf *out);
/* One explanation for every line of in: plain text, or an object with "text". 0, ERR_IO or ERR_NOMEM. */
int explain_run(FILE *in, FILE *out, const struct lexicon *lexicon) MUST_CHECK;

#endif
