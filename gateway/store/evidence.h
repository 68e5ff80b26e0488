/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence - private to gateway/store: the reasons of a triage as text, "category:violence:12+9 flag:group:40+7".
 * Keeps: kinds and labels by their words and places by offset and length: never a word of hers.
 */
#ifndef GATEWAY_STORE_EVIDENCE_H
#define GATEWAY_STORE_EVIDENCE_H

#include <stddef.h>

#include "gateway/base/error.h"
#include "gateway/base/model.h"

#define EVIDENCE_TEXT_MAX 2048 /* EVIDENCE_MAX reasons with the longest words fit, with NUL */

/* ret_text is EVIDENCE_TEXT_MAX bytes. */
void evidence_print(const struct triage *triage, char *ret_text);
/* Fills evidence and evidence_count. ERR_CORRUPT when it is not such a text. */
int evidence_parse(const char *text, struct triage *triage) MUST_CHECK;

#endif
