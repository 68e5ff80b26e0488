/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leave - the beginning and the end of a visit. */
#include "gateway/console/door/doorparts.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/visit.h"

static const struct http_header leave_headers[] = { { "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"" },
    { "Set-Cookie", SESSIONS_COOKIE "=" SESSIONS_COOKIE_ENDING "; Max-Age=0" }, { NULL, NULL } };

int page_leave(struct visit *visit, struct visits_page *ret_page)
{
    int rc = doorparts_audit(visit->core, visit->who->actor, "user.leave", "", visit->now_ms);
    if (!rc)
        rc = sessions_end(visit->core, visit->who);
    if (!rc)
        rc = page_say(visit->request->path, 200, "You have left",
            "Nobody can see anything here without coming in again.", "You can close this window.", ret_page);
    ret_page->extra = leave_headers;
    return rc;
}

int page_home(struct visit *visit, struct visits_page *ret_page)
{
    return visit_go(visit, visit->who->role == ROLE_auditor ? "/audit" : "/cases", NULL, false, ret_page);
}
