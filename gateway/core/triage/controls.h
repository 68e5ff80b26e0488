/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * controls - the short words that are no request: stop, start, safe, thanks, yes, no.
 * Keeps: a problem that fires outside the words themselves makes it a request ("stop them"); INTENT_help means none.
 * Not here: adverts and chat (classify).
 */
#ifndef GATEWAY_CORE_TRIAGE_CONTROLS_H
#define GATEWAY_CORE_TRIAGE_CONTROLS_H

#include "gateway/core/triage/reading.h"

/* By the words of the languages that the text was looked through in. */
enum intent controls_read(const struct reading *r);
/* A short answer whose language was guessed wrongly: the control words of all languages, for the whole message. Where
 * it finds one, the marks are those of all languages and ret's language is learnt from the word. */
enum intent controls_read_short(const struct lexicon *lexicon, struct reading *r, struct triage *ret);
/* She was asked for yes or no: the words of her language first, and of a word or two those of any. A yes with any "not"
 * or question beside it is INTENT_help: a person reads it. */
enum intent controls_read_asked(
    const struct lexicon *lexicon, const struct triage_history *history, struct reading *r, struct triage *ret);

#endif
