/* SPDX-License-Identifier: GPL-3.0-or-later */
/* router - which route of routes.def an address is, and the number in it. Pure. */
#ifndef GATEWAY_CONSOLE_ROUTER_H
#define GATEWAY_CONSOLE_ROUTER_H

#include <stdint.h>

#include "gateway/core/visits.h"

struct visit;
/* Negative: an error of storage or memory, as visits_page_fn. */
typedef int (*page_fn)(struct visit *visit, struct visits_page *ret_page);

enum route_roles { ROUTE_V = 1, ROUTE_C = 2, ROUTE_S = 4, ROUTE_A = 8 }; /* 1 << enum role */
enum route_scope { ROUTE_NONE, ROUTE_CASE };
enum route_flags { ROUTE_STEP_UP = 1, ROUTE_NO_CONTENT = 2, ROUTE_SECRET = 4 };

struct route {
    const char *method, *pattern;
    page_fn page;
    unsigned roles;
    enum route_scope scope;
    unsigned flags;
    const char *keys; /* words with a space between; "*" = any */
};
extern const struct route routes[];
extern const unsigned routes_count;

/* ret_id: the number of the address, 0 when the pattern has none. ret_allow: when the address exists for other methods
 * only, those ("GET, POST"; static), otherwise NULL. NULL: no such route. */
const struct route *router_find(const char *method, const char *path, int64_t *ret_id, const char **ret_allow);

#endif
