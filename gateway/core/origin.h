/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin - the country that she probably comes from, for figures by corridor. Pure.
 * Why:   almost nobody writes it. A relative's number tells it best; a language that domestic workers of one country
 * write tells it often. English, Arabic, Swahili, Tamil, Malay, Chinese and French are written by those of several.
 * Keeps: a guess never replaces what a person stated, and no alert is routed by it.
 */
#ifndef GATEWAY_CORE_ORIGIN_H
#define GATEWAY_CORE_ORIGIN_H

#include "gateway/store/cases.h"

/* Fills an origin that is unknown; number_country: that of the number she wrote from, "" = unknown. */
void origin_guess(struct case_row *row, const char *number_country);
/* Her language was read wrongly: what was guessed by the old one is guessed anew. */
void origin_guess_again(struct case_row *row, const char *old_language);

/* "stated", "probable", or "" when it is unknown. */
const char *origin_basis(const struct case_row *row);

#endif
