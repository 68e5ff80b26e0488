/* SPDX-License-Identifier: GPL-3.0-or-later */
/* login - see login.h. */
#include "gateway/console/door/login.h"

#include "gateway/console/page.h"
#include "gateway/console/visit.h"

int login_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    if (sessions_find(&desk->sessions, desk->core, request, now_ms))
        return visit_go_from(request, "/", ret_page);
    return page_say(request->path, 200, "Nobody is in",
        "These pages are for the people who run this line, and open with a pass.",
        "A pass comes from the person at the machine, and is valid for ten minutes.", ret_page);
}
