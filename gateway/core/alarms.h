/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alarms - tells the auditor's contacts what it found, and for a way in or out also when it is over.
 * Why:   the loss of one path must be reported by another (product requirement 15).
 * Keeps: an alarm goes to a contact's last address whose channel no open finding is about; where there is none, to all
 *        of its addresses, because one of the channels may still work. Each finding is told once.
 */
#ifndef GATEWAY_CORE_ALARMS_H
#define GATEWAY_CORE_ALARMS_H

#include "gateway/core/core.h"

#define ALARMS_REMIND_MS (24 * 60 * 60 * 1000) /* what was left open by a person is told again */

/* Kinds of findings that are told in a way of their own; what they are about is "channel:NAME" or "loop:NAME>NAME". */
#define ALARMS_SHADOW "signatures_not_enforced" /* every day */
#define ALARMS_LOOP "loop_test_missing"
#define ALARMS_ARROW ">"

/* Ends the findings that this round has not seen; the end of one about a channel is told, but for what a person has
 * ended. */
int alarms_end(struct core *core, int64_t now_ms) MUST_CHECK;
/* Tells what is new. *ret_open = findings that are open. */
int alarms_raise(struct core *core, int64_t now_ms, unsigned *ret_open) MUST_CHECK;

#endif
