/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_act - for the verbs that are acts on a case (acts.h): the case is read, the actor is who called. */
#ifndef GATEWAY_CORE_VERBS_ACT_H
#define GATEWAY_CORE_VERBS_ACT_H

#include "gateway/core/acts.h"
#include "gateway/core/verbs.h"

#define VERB_ANSWER_MAX 1000
#define VERB_ENDINGS "solved, sheltered, repatriated, referred, advised, withdrawn, unreachable, died or unfounded"

struct verb_acting {
    struct act act;
    struct buf answer;
    int rc; /* not 0: there is no such case */
};
struct verb_acting verb_act_begin(struct verb_call *call, const char *contact);
/* The sentence of the act becomes the sentence of the verb. */
int verb_act_end(struct verb_call *call, struct verb_acting *acting, int rc);

#define VERB_ACT(call, contact_name, expression)                                                                       \
    struct verb_acting acting = verb_act_begin(call, contact_name);                                                    \
    acting.act.answer = &acting.answer;                                                                                \
    return verb_act_end(call, &acting, acting.rc ? acting.rc : (expression))

#endif
