/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk - see desk.h. */
#include "gateway/console/desk.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/access.h"
#include "gateway/console/door.h"
#include "gateway/console/formread.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/shell.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"

static bool is_post(const struct request *request)
{
    return str_equal(request->method, "POST");
}

static bool is_signed(const struct visit *visit)
{
    return str_equal_secret(visit_field(visit, "csrf"), span_of(visit->who->csrf));
}

/* ---- access ---------------------------------------------------------------------------------------------------- */

static int find_whose(const struct visit *visit, enum access_case *ret_whose)
{
    struct case_row row;
    *ret_whose = ACCESS_NO_CASE;
    if (visit->route->scope != ROUTE_CASE)
        return 0;
    int rc = cases_get(visit->core->store, visit->id, &row);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    if (!row.owner[0])
        *ret_whose = ACCESS_NOBODYS;
    else
        *ret_whose = str_equal(row.owner, visit->who->contact) ? ACCESS_MINE : ACCESS_OTHERS;
    return 0;
}

static int say_denied(struct visit *visit, struct visits_page *ret_page)
{
    return shell_say(visit, 404, "Nothing here for you", "There is no such page, or it is not yours to see.",
        "If you need it for your work, ask a supervisor to assign the case to you.", ret_page);
}

/* What a person of ours was kept from is on record: a look into cases of others, a right that does not fit the work. */
static int audit_refusal(const struct visit *visit, const char *why)
{
    struct audit_row row = {
        .at = visit->now_ms,
        .actor = visit->who->actor,
        .action = "user.denied",
        .case_id = visit->route->scope == ROUTE_CASE ? visit->id : 0,
        .object = visit->route->pattern,
        .detail = why,
    };
    return audit_append(visit->core->store, &row);
}

static int refuse(struct visit *visit, enum access_answer answer, struct visits_page *ret_page)
{
    int rc = audit_refusal(visit, answer == ACCESS_NO_CONTENT ? "content" : "role");
    if (rc)
        return rc;
    if (answer == ACCESS_NO_CONTENT)
        return shell_say(visit, 403, "Not for supervisors",
            "This page shows what a person wrote. A supervisor assigns cases, and does not read them.",
            "You can assign the case to somebody who reads it.", ret_page);
    return say_denied(visit, ret_page);
}

/* ---- the order ------------------------------------------------------------------------------------------------- */

static int say_bad_form(struct visit *visit, struct visits_page *ret_page)
{
    return shell_say(visit, 400, "Not understood", "This is no form of ours, so nothing was done.",
        "Go back, load the page anew and try again.", ret_page);
}

static int check_post(struct visit *visit, bool *ret_is_ours, struct visits_page *ret_page)
{
    *ret_is_ours = origin_is_here(visit->request, visit->core->config->public_url) && is_signed(visit);
    if (*ret_is_ours)
        return 0;
    int rc = audit_refusal(visit, "form");
    if (rc)
        return rc;
    return shell_say(visit, 403, "Not from here", "This was not sent by a page of your visit, so nothing was done.",
        "Go back, load the page anew and try again.", ret_page);
}

/* The words of a form that needs a new proof are kept until there is one; a password never. */
static int ask_again(struct visit *visit, struct visits_page *ret_page)
{
    kept_clear(&visit->who->kept);
    if (!(visit->route->flags & ROUTE_SECRET))
        (void)kept_set(&visit->who->kept, visit->request);
    return visit_go(visit, "/again", NULL, false, ret_page);
}

static int handle(struct visit *visit, struct visits_page *ret_page)
{
    enum access_case whose;
    bool is_ours = true;
    int rc = find_whose(visit, &whose);
    if (rc)
        return rc;
    enum access_answer answer =
        access_judge(visit->route, visit->who->role, whose, sessions_is_fresh(visit->who, visit->now_ms));
    if (answer != ACCESS_ALLOW && answer != ACCESS_NEEDS_STEP_UP)
        return refuse(visit, answer, ret_page);
    if (is_post(visit->request))
        rc = check_post(visit, &is_ours, ret_page);
    if (rc || !is_ours)
        return rc;
    if (!formread_knows(visit->form, visit->route->keys, is_post(visit->request) ? "csrf" : NULL))
        return say_bad_form(visit, ret_page);
    return answer == ACCESS_ALLOW ? visit->route->page(visit, ret_page) : ask_again(visit, ret_page);
}

static int say_method(struct visit *visit, const char *allow, struct visits_page *ret_page)
{
    int rc = shell_say(visit, 405, "Not this way", "This address cannot be asked like that.", NULL, ret_page);
    ret_page->own[0] = (struct http_header){ "Allow", allow };
    ret_page->own[1] = (struct http_header){ NULL, NULL };
    ret_page->extra = ret_page->own;
    return rc;
}

static int answer_visitor(struct visit *visit, struct visits_page *ret_page)
{
    const char *allow;
    struct form form;
    visit->route = router_find(visit->request->method, visit->request->path, &visit->id, &allow);
    form_init(&form);
    visit->form = &form;
    int rc = formread_clean(visit->request, &form);
    if (rc == ERR_INVALID || rc == ERR_LIMIT)
        rc = say_bad_form(visit, ret_page);
    else if (!rc && !visit->route)
        rc = allow ? say_method(visit, allow, ret_page) : say_denied(visit, ret_page);
    else if (!rc)
        rc = handle(visit, ret_page);
    visit->form = NULL;
    formread_done(&form);
    return rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc; /* a row that is missing now is a fault of the store */
}

int desk_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    int rc = door_answer(desk, request, now_ms, ret_page);
    if (rc != ERR_NOT_FOUND)
        return rc;
    struct visit visit = { .core = desk->core, .sessions = &desk->sessions, .request = request, .now_ms = now_ms };
    rc = sessions_find(&desk->sessions, desk->core, request, now_ms, &visit.who);
    if (rc == ERR_NOT_FOUND)
        return door_send(request, ret_page);
    return rc ? rc : answer_visitor(&visit, ret_page);
}
