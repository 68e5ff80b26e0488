/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_loops - what other verbs say of the tests that the line makes of itself. */
#ifndef GATEWAY_CORE_VERBS_LOOPS_H
#define GATEWAY_CORE_VERBS_LOOPS_H

#include "gateway/core/verbs.h"

/* Over all tests that are switched on. */
struct loops_health {
    unsigned count, failing;
    int64_t latency_ms; /* the longest of their last ones that passed; -1 = none has */
    int64_t passed_at;  /* when the newest came in; 0 = none has */
};
int verbs_loops_health(const struct verb_call *call, struct loops_health *ret_health) MUST_CHECK;
/* Adds rows to the figures: they are about the line and not about people, so no count is hidden. */
int verbs_loops_figures(struct verb_call *call) MUST_CHECK;

#endif
