/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules - may something be sent to her now? Her own contact rules, read from her texts, and enforced on everything the
 * machine sends. Pure. Keeps: doubt means no. STOP and an unanswerable number can never be overridden; her other rules
 * only by a person who gives a reason. Not here: reading the flags (triage), writing the message (acts, replies).
 */
#ifndef GATEWAY_CORE_RULES_H
#define GATEWAY_CORE_RULES_H

#include "gateway/store/cases.h"
#include "gateway/store/persons.h"

#define RULES_WINDOW_UNKNOWN (-1)

enum rules_verdict {
    RULES_SEND, /* nothing speaks against it */
    RULES_WAIT, /* her safe hours begin later: due at ret->due_at */
    RULES_HOLD, /* her rules speak against it: only a person may override, with a reason */
    RULES_NEVER /* STOP, or no number that could receive */
};

struct rules_answer {
    enum rules_verdict verdict;
    int64_t due_at;       /* for RULES_WAIT */
    const char *sentence; /* for the person who wants to send; static */
};

/* number: hers, as stored. */
void rules_judge(const struct case_row *row, const struct person_row *person, const char *number, int64_t now_ms,
    struct rules_answer *ret_answer);

/* Minutes east of UTC in a country she may be in, by its ordinary time (summer time is not known here); false when
 * unknown. */
bool rules_zone(const char *country, int *ret_offset_min);

#endif
