/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages - the handlers of routes.def. */
#ifndef GATEWAY_CONSOLE_PAGES_H
#define GATEWAY_CONSOLE_PAGES_H

#include "gateway/console/router.h"

#define ROUTE(method, pattern, identifier, roles, scope, flags, keys)                                                  \
    int page_##identifier(struct visit *visit, struct visits_page *ret_page) MUST_CHECK;
#include "gateway/console/routes.def"
#undef ROUTE

#endif
