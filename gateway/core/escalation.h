/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escalation - runs the steps that are due, one turn after the other, until a person ends it.
 * Keeps: a step that is due runs once: its row is done in the same transaction as what it caused.
 */
#ifndef GATEWAY_CORE_ESCALATION_H
#define GATEWAY_CORE_ESCALATION_H

#include "gateway/core/core.h"

#define ESCALATION_TURN_MAX 64 /* due steps handled in one turn */

/* Runs due steps inside the open transaction; *ret_next_due is the due time of the next one, INT64_MAX when none waits.
 */
int escalation_run(struct core *core, int64_t now_ms, int64_t *ret_next_due) MUST_CHECK;

#endif
