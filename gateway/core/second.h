/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * second - acts of the console that take two persons: the first asks, another one does the same, and it happens.
 * Why:   whoever stands at the machine is trusted with the keys anyway; from afar it takes two.
 * Keeps: who asked stands in the audit and nowhere else, so a restart forgets nothing.
 */
#ifndef GATEWAY_CORE_SECOND_H
#define GATEWAY_CORE_SECOND_H

#include "gateway/core/verbs.h"

#define SECOND_MS (24 * 3600 * 1000LL) /* so long another person may agree */

/* Has another person asked for the same within SECOND_MS: action about case_id (0 = any) with this very detail? If not,
 * it is kept that call's actor asks. At most look_back rows are looked through. */
int second_ask(struct verb_call *call, const char *action, int64_t case_id, const char *detail, unsigned look_back,
    bool *ret_is_agreed) MUST_CHECK;

#endif
