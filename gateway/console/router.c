/* SPDX-License-Identifier: GPL-3.0-or-later */
/* router - see router.h. */
#include "gateway/console/router.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/pages.h"

#define NUMBER "{number}"
#define DIGITS_MAX 18

const struct route routes[] = {
#define V ROUTE_V
#define C ROUTE_C
#define S ROUTE_S
#define A ROUTE_A
#define STEP_UP ROUTE_STEP_UP
#define NO_CONTENT ROUTE_NO_CONTENT
#define SECRET ROUTE_SECRET
#define ROUTE(method, pattern, identifier, roles, scope, flags, keys)                                                  \
    { #method, pattern, page_##identifier, roles, ROUTE_##scope, flags, keys },
#include "gateway/console/routes.def"
#undef ROUTE
#undef V
#undef C
#undef S
#undef A
#undef STEP_UP
#undef NO_CONTENT
#undef SECRET
};
const unsigned routes_count = sizeof routes / sizeof routes[0];

/* A number has one spelling, so that a page has one address. */
static const char *take_number(const char *path, int64_t *ret_id)
{
    char digits[DIGITS_MAX + 1];
    size_t len = strspn(path, "0123456789");
    if (!len || len > DIGITS_MAX || path[0] == '0' || !str_copy_span(digits, sizeof digits, (struct span){ path, len }))
        return NULL;
    return str_to_int64(digits, 1, INT64_MAX, ret_id) ? NULL : path + len;
}

static bool fits(const char *pattern, const char *path, int64_t *ret_id)
{
    const char *hole = strstr(pattern, NUMBER);
    *ret_id = 0;
    if (!hole)
        return str_equal(pattern, path);
    size_t head = (size_t)(hole - pattern);
    if (strncmp(pattern, path, head) != 0)
        return false;
    const char *rest = take_number(path + head, ret_id);
    return rest && str_equal(rest, hole + strlen(NUMBER));
}

const struct route *router_find(const char *method, const char *path, int64_t *ret_id, const char **ret_allow)
{
    unsigned found = 0;
    *ret_allow = NULL;
    for (unsigned i = 0; i < routes_count; i++) {
        if (!fits(routes[i].pattern, path, ret_id))
            continue;
        if (str_equal(routes[i].method, method))
            return &routes[i];
        found |= str_equal(routes[i].method, "GET") ? 1 : 2;
    }
    if (found)
        *ret_allow = found == 1 ? "GET" : found == 2 ? "POST" : "GET, POST";
    return NULL;
}
