/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door - see gateway/console/door.h. */
#include "gateway/console/door.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/door/enter.h"
#include "gateway/console/door/login.h"
#include "gateway/console/door/next.h"
#include "gateway/console/visit.h"

static void keep_next(const struct request *request, char *location, size_t size)
{
    static const char query[] = "?next=";
    size_t len = strlen(location);
    if (str_equal(request->method, "GET") && next_is_own(span_of(request->path)) &&
        str_copy(location + len, size - len, query))
        str_copy(location + len + strlen(query), size - len - strlen(query), request->path);
}

int door_send(const struct request *request, struct visits_page *ret_page)
{
    int rc = visit_go_from(request, LOGIN_PATH, ret_page);
    keep_next(request, ret_page->location, sizeof ret_page->location);
    return rc;
}

int door_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    if (str_starts(request->path, ENTER_PATH))
        return enter_answer(desk, request, now_ms, ret_page);
    if (str_equal(request->path, LOGIN_PATH))
        return login_answer(desk, request, now_ms, ret_page);
    return ERR_NOT_FOUND;
}
