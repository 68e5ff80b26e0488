/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acts_parts - what the files behind acts.h share. */
#ifndef GATEWAY_CORE_ACTS_PARTS_H
#define GATEWAY_CORE_ACTS_PARTS_H

#include "gateway/core/acts.h"

/* Both write the answer; the first is for what a rule forbids and returns ERR_REFUSED. */
int acts_refuse(struct act *act, const char *sentence) MUST_CHECK;
void acts_answer(struct act *act, const char *sentence);
int acts_audit(struct act *act, const char *action, const char *detail) MUST_CHECK;
int acts_save(struct act *act) MUST_CHECK;
/* How people call that contact; its name when it is not configured any more. */
const char *acts_title(const struct core *core, const char *name);
/* The word of ENDING that these words begin with, in any case of letters; "" = none. */
const char *acts_ending_of(struct span words);
/* Ends the alerts that wait for an answer and tells their contacts. holder "": nobody holds it any more, it is over.
 * *ret_is_untold: an alert of the holder has not left, so its text is still to be told. */
int acts_end_others(struct act *act, const char *holder, const char *sentence, bool *ret_is_untold) MUST_CHECK;
/* The alarm is taken up again when contact is not recorded within the policy's time. */
int acts_plan_resume(struct core *core, const struct case_row *row, int64_t now_ms) MUST_CHECK;

#endif
