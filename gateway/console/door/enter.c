/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enter - see enter.h. */
#include "gateway/console/door/enter.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/door/doorparts.h"
#include "gateway/console/door/enrol.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/peer.h"
#include "gateway/core/attempts.h"

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

static int say_no(
    struct desk *desk, const struct request *request, const char *why, int64_t now_ms, struct visits_page *ret_page)
{
    int rc = page_say(request->path, 403, "This pass does not open", why,
        "Let the person who gave it to you give you a new one.", ret_page);
    return rc ? rc : doorparts_audit(desk->core, "console", "user.refused", "", now_ms);
}

static int use_pass(
    struct desk *desk, const struct request *request, struct span token, int64_t now_ms, struct visits_page *ret_page)
{
    struct pass pass;
    char source[64], network[SIGNINS_SOURCE_MAX];
    int rc = passes_take(&desk->passes, desk->core->vault, token, request, now_ms, &pass);
    if (rc == ERR_NOT_FOUND)
        return say_no(desk, request, "It was used already, it is too old, or it is not whole.", now_ms, ret_page);
    if (rc)
        return rc;
    (void)str_copy_span(source, sizeof source, peer_of(request, desk->core->config));
    attempts_network(source, network, sizeof network);
    struct sessions_who who = { pass.name, pass.role, network };
    rc = doorparts_come_in(desk, request, &who, "/", NULL, now_ms, ret_page);
    if (rc == ERR_NOT_FOUND)
        return say_no(desk, request, "There is an account of that name, and it is disabled or of another role.", now_ms,
            ret_page);
    return rc;
}

int enter_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    struct accounts_enrolment enrolment;
    struct span token = span_of(request->path + strlen(ENTER_PATH));
    bool is_post = str_equal(request->method, "POST");
    if (is_post && !origin_is_here(request, desk->core->config->public_url))
        return page_say(
            request->path, 403, "Not from here", "This was sent from another page than ours.", NULL, ret_page);
    int rc = accounts_look(desk->core, token, now_ms, &enrolment);
    if (!rc)
        return enrol_answer(desk, request, token, &enrolment, now_ms, ret_page);
    if (rc != ERR_NOT_FOUND)
        return rc;
    return is_post ? use_pass(desk, request, token, now_ms, ret_page) : show_button(request, ret_page);
}
