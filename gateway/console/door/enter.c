/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enter - see enter.h; and leaving. */
#include "gateway/console/door/enter.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/visit.h"
#include "gateway/store/audit.h"

static const struct http_header leave_headers[] = { { "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"" },
    { "Set-Cookie", SESSIONS_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0" }, { NULL, NULL } };

static int show_button(const struct request *request, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    page_begin(html, request->path, "Come in");
    H_LIT(html, "<h1>Come in</h1>\n<p class=\"lead\">This address opens the console once, for the person it was given "
                "to.</p>\n<form method=\"post\">\n<button type=\"submit\" class=\"primary\">Come in</button>\n</form>\n"
                "<p class=\"hint\">Use it on a computer of your own. After fifteen silent minutes, or eight hours, you "
                "need a new one.</p>\n");
    page_end(html);
    return page_finish(html, 200, ret_page);
}

static int audit(struct core *core, const char *actor, const char *action, const char *detail, int64_t now_ms)
{
    struct audit_row row = { .at = now_ms, .actor = actor, .action = action, .object = "", .detail = detail };
    return audit_append(core->store, &row);
}

static int begin(struct desk *desk, const struct pass *pass, const struct request *request, int64_t now_ms,
    struct visits_page *ret_page)
{
    char token[SESSIONS_TOKEN_LEN + 1];
    struct session *session = sessions_begin(&desk->sessions, desk->core, pass, now_ms, token);
    visit_way(request->path, "/", ret_page->location, sizeof ret_page->location);
    snprintf(ret_page->cookie, sizeof ret_page->cookie,
        SESSIONS_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", token);
    ret_page->own[0] = (struct http_header){ "Location", ret_page->location };
    ret_page->own[1] = (struct http_header){ "Set-Cookie", ret_page->cookie };
    ret_page->own[2] = (struct http_header){ NULL, NULL };
    ret_page->extra = ret_page->own;
    ret_page->status = 303;
    return audit(desk->core, session->actor, "user.enter", role_word(pass->role), now_ms);
}

int enter_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    struct pass pass;
    if (!str_equal(request->method, "POST"))
        return show_button(request, ret_page);
    if (!origin_is_here(request, desk->core->config->public_url))
        return page_say(
            request->path, 403, "Not from here", "This was sent from another page than ours.", NULL, ret_page);
    int rc = passes_take(&desk->passes, desk->core->vault, span_of(request->path + strlen(ENTER_PATH)), now_ms, &pass);
    if (rc == ERR_NOT_FOUND) {
        rc = page_say(request->path, 403, "This pass does not open",
            "It was used already, it is older than ten minutes, or it is not whole.",
            "Let the person at the machine give you a new one.", ret_page);
        return rc ? rc : audit(desk->core, "console", "user.refused", "", now_ms);
    }
    return rc ? rc : begin(desk, &pass, request, now_ms, ret_page);
}

int page_leave(struct visit *visit, struct visits_page *ret_page)
{
    int rc = audit(visit->core, visit->who->actor, "user.leave", "", visit->now_ms);
    sessions_end(visit->who);
    if (!rc)
        rc = page_say(visit->request->path, 200, "You have left", "Nobody can see anything here without a new pass.",
            "You can close this window.", ret_page);
    ret_page->extra = leave_headers;
    return rc;
}

int page_home(struct visit *visit, struct visits_page *ret_page)
{
    return visit_go(visit, visit->who->role == ROLE_auditor ? "/audit" : "/cases", NULL, false, ret_page);
}
