/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * highlight - a text of hers with the words that spoke for a label marked in it.
 * Keeps: nothing of the text is left out or turned; a mark begins and ends where a sign does as the reader sees it, so
 *        that no vowel sign is torn from its letter; where reasons overlap, one mark names all of them.
 */
#ifndef GATEWAY_CONSOLE_CASES_HIGHLIGHT_H
#define GATEWAY_CONSOLE_CASES_HIGHLIGHT_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

/* evidence: array of {kind, label, start, len}, bytes of text, as the verbs give it; what does not fit is left out. */
void highlight_write(struct html *html, struct span text, const json_t *evidence);

#endif
