/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vetoes - what makes a text something else than a request: adverts, news, chat, jest, films and games.
 * Keeps: only positive evidence makes a text not help; all of its lists of concepts stand here. Not here: stop, thanks
 * and other answers (controls).
 */
#ifndef GATEWAY_CORE_TRIAGE_VETOES_H
#define GATEWAY_CORE_TRIAGE_VETOES_H

#include "gateway/core/triage/reading.h"

/* Whether the text, with its categories named, is no request. */
bool vetoes_apply(const struct reading *r);

#endif
