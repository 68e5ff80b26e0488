/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * access - may this role have this route, for this case? Pure, and without a default that allows.
 * Keeps: a supervisor sees no text and no number; an auditor sees no case; a viewer sees what was assigned to it.
 */
#ifndef GATEWAY_CONSOLE_ACCESS_H
#define GATEWAY_CONSOLE_ACCESS_H

#include "gateway/console/router.h"
#include "gateway/core/passes.h"

/* Whose the case is; ACCESS_NO_CASE: there is none of that number, or the route is about none. */
enum access_case { ACCESS_NO_CASE, ACCESS_MINE, ACCESS_NOBODYS, ACCESS_OTHERS, ACCESS_CASE_COUNT };

enum access_answer { ACCESS_ALLOW, ACCESS_DENY, ACCESS_NEEDS_STEP_UP, ACCESS_NO_CONTENT };

/* is_fresh: the visitor came in a few minutes ago. */
enum access_answer access_judge(const struct route *route, enum role role, enum access_case whose, bool is_fresh);

#endif
