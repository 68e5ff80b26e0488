/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * consent - authorities learn of a case only after her yes, or by a named person's override with a reason.
 * Keeps: NO and silence hold; the question is one neutral text, asked once a case, within the window of automatic
 * messages; what was shared with whom on what ground is in the audit.
 */
#ifndef GATEWAY_CORE_CONSENT_H
#define GATEWAY_CORE_CONSENT_H

#include "gateway/core/core.h"
#include "gateway/store/cases.h"
#include "gateway/store/persons.h"

/* That her first text named the authority herself is a matter of the policy, and nothing is held then (alerting). */
enum consent_ground { CONSENT_BY_HER, CONSENT_BY_OVERRIDE };

/* Releases the held alerts of the case: they are open and on their way. actor and reason are for the audit; the reason
 * of an override also becomes a note. *ret_count = released. */
int consent_release(struct core *core, struct case_row *row, enum consent_ground ground, const char *actor,
    struct span reason, int64_t now_ms, unsigned *ret_count) MUST_CHECK;
/* She said no: held alerts stay held. */
int consent_deny(struct core *core, struct case_row *row, int64_t now_ms) MUST_CHECK;
/* May this authority be alerted without asking again? */
bool consent_is_given(const struct case_row *row);
/* Does the case hold an alert back, and was she not asked yet? */
int consent_is_due(struct core *core, const struct case_row *row, bool *ret_is_due) MUST_CHECK;

#endif
