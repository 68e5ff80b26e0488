/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access - see access.h. */
#include "gateway/console/access.h"

static bool may_see_case(enum role role, enum access_case whose)
{
    switch (role) {
    case ROLE_viewer:
        return whose == ACCESS_MINE;
    case ROLE_caseworker:
        return whose == ACCESS_MINE || whose == ACCESS_NOBODYS;
    case ROLE_supervisor:
        return whose != ACCESS_NO_CASE;
    default:
        return false;
    }
}

enum access_answer access_judge(const struct route *route, enum role role, enum access_case whose, bool is_fresh)
{
    if (!(route->roles & (1u << role)))
        return ACCESS_DENY;
    if (route->scope == ROUTE_CASE && !may_see_case(role, whose))
        return ACCESS_DENY;
    if (role == ROLE_supervisor && !(route->flags & ROUTE_NO_CONTENT))
        return ACCESS_NO_CONTENT;
    if ((route->flags & ROUTE_STEP_UP) && !is_fresh)
        return ACCESS_NEEDS_STEP_UP;
    return ACCESS_ALLOW;
}
