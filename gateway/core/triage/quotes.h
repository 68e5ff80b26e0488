/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quotes - what stands between quotation marks: the words of somebody else, in any script.
 * Keeps: only marks that open and close count, never an apostrophe; a text that is one quotation from end to end has
 * none (people put their own message in quotation marks). Not here: whose trouble it is then (classify).
 */
#ifndef GATEWAY_CORE_TRIAGE_QUOTES_H
#define GATEWAY_CORE_TRIAGE_QUOTES_H

#include "gateway/core/triage/normalise.h"

#define QUOTES_MAX 8u

struct quotes {
    unsigned count;
    uint16_t start[QUOTES_MAX], end[QUOTES_MAX]; /* bytes of the original, the marks included */
};

void quotes_find(const struct normal *text, struct quotes *ret_quotes);
/* Whether these bytes stand in one of them. */
bool quotes_hold(const struct quotes *quotes, unsigned start, unsigned len);

#endif
