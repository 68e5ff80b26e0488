/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calls - a call that nobody took is a contact: it opens or joins a case as a text without words would.
 * Why:   who has no credit, or dares not write, lets it ring once.
 * Keeps: nothing is ever answered; several calls of one number within CALLS_WINDOW_MS are one message with a count; a
 *        withheld number is kept and listed, but wakes nobody: there is nothing that anybody could do.
 */
#ifndef GATEWAY_CORE_CALLS_H
#define GATEWAY_CORE_CALLS_H

#include "gateway/core/intake_parts.h"

#define CALLS_WINDOW_MS (10 * 60 * 1000)
#define CALLS_TEXT "(missed call)" /* stands where her words would */

/* 0: one of the same number is so recent that this one is counted with it; ERR_NOT_FOUND: it is a message. */
int calls_count(struct core *core, struct arrival *in, struct intake_result *result) MUST_CHECK;
/* It is stored as message id: the next ones find it. */
int calls_note(struct core *core, const struct arrival *in, int64_t id) MUST_CHECK;
/* What a call says. */
void calls_read(const struct arrival *in, struct triage *ret_triage);

#endif
