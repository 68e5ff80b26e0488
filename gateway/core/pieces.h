/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pieces - an SMS that comes in parts, on its way through intake: each part is stored as it comes and is one message
 * with the others.
 * Keeps: the first part opens or joins the case; the case rises when what has come says more; contacts are told as
 *        joining.h decides, at the latest when a row says so. A command of a responder is obeyed when it is whole.
 * Not here: the decision (joining), the sealed pieces (longtext), the message and its case (intake).
 */
#ifndef GATEWAY_CORE_PIECES_H
#define GATEWAY_CORE_PIECES_H

#include "gateway/core/intake_parts.h"

#define PIECES_TURN_MAX 32 /* messages whose wait is over, handled in one turn */

/* Takes in one part: in as intake_message begins it, its text alone in in->sms. */
int pieces_receive(struct core *core, struct arrival *in, struct intake_result *result) MUST_CHECK;

/* Called by intake when the message's row is written: keeps the part, and tells or plans. *ret_is_told: somebody is
 * told of it now, so an answer to her may be considered. */
int pieces_settle(struct core *core, struct arrival *in, int64_t id, bool must_tell, bool *ret_is_told) MUST_CHECK;

/* Tells what has come of the messages whose wait is over. *ret_next_due: of the next, INT64_MAX when none waits. */
int pieces_run_due(struct core *core, int64_t now_ms, int64_t *ret_next_due) MUST_CHECK;

#endif
