/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - the classifier as a program in a pipe: one JSON object a line in, one a line out.
 * What:  {"id","text"} becomes {"id","language","help","intent","categories","urgency","flags","evidence","facts"}; an
 * unreadable line becomes {"id" when it could be read,"error",...} with the safe answer (help, unclear, urgent). Keeps:
 * exactly one line out for every line in, in order, flushed when the input is interactive.
 */
#ifndef GATEWAY_CORE_TRIAGE_FILTER_H
#define GATEWAY_CORE_TRIAGE_FILTER_H

#include <stdio.h>

#include "gateway/core/triage/lexicon.h"

#define FILTER_LINE_MAX (4u * 1024 * 1024) /* a longer line is answered as unreadable */

/* Until the end of in; 0, ERR_IO or ERR_NOMEM. */
int filter_run(FILE *in, FILE *out, const struct lexicon *lexicon) MUST_CHECK;

#endif
