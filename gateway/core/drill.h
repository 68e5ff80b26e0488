/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drill - a marked test of one contact: sent to its first address, to be answered like an alert, opening no case.
 * Keeps: the words "TEST" and "no one is in danger" stand in it; a contact that does not answer is reported by the
 * auditor.
 */
#ifndef GATEWAY_CORE_DRILL_H
#define GATEWAY_CORE_DRILL_H

#include "gateway/core/core.h"

#define DRILL_ANSWER_MS (60 * 60 * 1000) /* later than this counts as unanswered until it comes */

/* Sends a drill; *ret_id is its number. ERR_NOT_FOUND when the contact is not configured. */
int drill_start(struct core *core, const char *contact, const char *actor, int64_t now_ms, int64_t *ret_id) MUST_CHECK;
/* An answer by SMS to a number that is no case: writes the sentence for the contact. */
int drill_answer(struct core *core, const char *contact, int64_t id, const char *code, int64_t now_ms,
    struct buf *answer) MUST_CHECK;

#endif
