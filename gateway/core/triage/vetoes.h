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
/* Whether chat, jest or a tale speaks in a text that stays a request, and nothing says that it happens to her: it is
 * not one for the middle of the night. */
bool vetoes_doubt(const struct reading *r);

#endif
