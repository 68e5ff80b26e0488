/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * person - what a text of hers changes beside her case: STOP and START, YES and NO to our question, SAFE, her safe
 * hours, and doubt whether it is she who writes. Keeps: STOP stops our messages to her, never our listening and never
 * an alert; nothing that comes from her phone closes a case.
 */
#ifndef GATEWAY_CORE_PERSON_H
#define GATEWAY_CORE_PERSON_H

#include "gateway/core/core.h"
#include "gateway/store/cases.h"
#include "gateway/store/persons.h"

#define PERSON_SILENCE_MS (14LL * 24 * 60 * 60 * 1000) /* after so long another may have the phone */

/* May this text not be hers? row NULL or id 0: no case, so there is nothing to doubt. */
bool person_is_doubtful(const struct case_row *row, const struct triage *triage, int64_t now_ms);

/* Reads her safe hours into the case. */
void person_read_rules(struct case_row *row, const struct triage *triage, struct span text);

/* Should whoever knows the case learn of this text, although it is no request? */
bool person_must_tell(const struct triage *triage);

/* After the message is stored and told: acts on its intent. row->id 0 = no case. (Told first, because her yes alerts
 * contacts that then know of it already.) */
int person_act(struct core *core, struct case_row *row, struct person_row *person, const struct triage *triage,
    bool is_doubtful, int64_t now_ms) MUST_CHECK;

/* A provider refuses to send to her because she texted STOP to the provider: recorded and told. */
int person_is_blocked(struct core *core, int64_t case_id, int64_t now_ms) MUST_CHECK;

#endif
