/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk - see desk.h. */
#include "gateway/console/desk.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/access.h"
#include "gateway/console/door.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/shell.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"

static bool is_post(const struct request *request)
{
    return str_equal(request->method, "POST");
}

/* ---- the form -------------------------------------------------------------------------------------------------- */

/* As a person wrote it: valid UTF-8, trimmed, one kind of line end (a text area sends CR LF, WHATWG HTML 4.10.21.4). */
static int add_clean(struct form *form, struct span name, struct span value)
{
    AUTO_BUF valid;
    AUTO_BUF text;
    buf_init(&valid, 3 * FORM_BYTES_MAX);
    buf_init(&text, 3 * FORM_BYTES_MAX);
    utf8_repair(&valid, value);
    struct span clean = str_trim(buf_span(&valid));
    for (size_t i = 0; i < clean.len; i++)
        if (clean.data[i] != '\r')
            buf_add_char(&text, clean.data[i]);
    if (buf_check(&valid) || buf_check(&text))
        return ERR_LIMIT;
    return form_add_plain(form, name, buf_span(&text));
}

/* Each field once. ERR_INVALID: it is no form of ours. */
static int read_form(const struct request *request, struct form *form)
{
    char type[64];
    struct form raw;
    request_media_type(request, type, sizeof type);
    if (is_post(request) && !str_equal(type, "application/x-www-form-urlencoded"))
        return ERR_INVALID;
    form_init(&raw);
    int rc = form_add(&raw, is_post(request) ? request->body : span_of(request->query));
    for (size_t i = 0; !rc && i < raw.count; i++) {
        for (size_t j = 0; !rc && j < i; j++)
            rc = span_equal(form_name(&raw, i), form_name(&raw, j)) ? ERR_INVALID : 0;
        if (!rc)
            rc = add_clean(form, form_name(&raw, i), form_value(&raw, i));
    }
    form_done(&raw);
    return rc;
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
        *ret_whose = str_equal(row.owner, visit->who->name) ? ACCESS_MINE : ACCESS_OTHERS;
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

static const char *word_of(enum access_answer answer)
{
    return answer == ACCESS_NO_CONTENT ? "content" : answer == ACCESS_NEEDS_STEP_UP ? "stale" : "role";
}

static int refuse(struct visit *visit, enum access_answer answer, struct visits_page *ret_page)
{
    int rc = audit_refusal(visit, word_of(answer));
    if (rc)
        return rc;
    if (answer == ACCESS_NO_CONTENT)
        return shell_say(visit, 403, "Not for supervisors",
            "This page shows what a person wrote. A supervisor assigns cases, and does not read them.",
            "You can assign the case to somebody who reads it.", ret_page);
    if (answer == ACCESS_NEEDS_STEP_UP)
        return shell_say(visit, 403, "Please come in again",
            "This act needs a pass of the last ten minutes. Nothing was changed.",
            "Let the person at the machine give you a new pass, come in with it, and repeat what you did.", ret_page);
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

static bool is_known_form(const struct visit *visit)
{
    for (size_t i = 0; i < visit->form->count; i++) {
        struct span name = form_name(visit->form, i);
        bool is_sign = is_post(visit->request) && span_equal(name, span_of("csrf"));
        if (!is_sign && !router_knows(visit->route, name))
            return false;
    }
    return true;
}

static int handle(struct visit *visit, struct visits_page *ret_page)
{
    enum access_case whose;
    bool is_ours = true;
    int rc = find_whose(visit, &whose);
    if (rc)
        return rc;
    enum access_answer answer =
        access_judge(visit->route, visit->who->role, whose, visit->now_ms - visit->who->begun_at < SESSIONS_FRESH_MS);
    if (answer != ACCESS_ALLOW)
        return refuse(visit, answer, ret_page);
    if (is_post(visit->request))
        rc = check_post(visit, &is_ours, ret_page);
    if (rc || !is_ours)
        return rc;
    return is_known_form(visit) ? visit->route->page(visit, ret_page) : say_bad_form(visit, ret_page);
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
    int rc = read_form(visit->request, &form);
    if (rc == ERR_INVALID || rc == ERR_LIMIT)
        rc = say_bad_form(visit, ret_page);
    else if (!rc && !visit->route)
        rc = allow ? say_method(visit, allow, ret_page) : say_denied(visit, ret_page);
    else if (!rc)
        rc = handle(visit, ret_page);
    visit->form = NULL;
    form_done(&form);
    return rc == ERR_NOT_FOUND ? ERR_CORRUPT : rc; /* a row that is missing now is a fault of the store */
}

int desk_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    int rc = door_answer(desk, request, now_ms, ret_page);
    if (rc != ERR_NOT_FOUND)
        return rc;
    struct visit visit = {
        .core = desk->core,
        .request = request,
        .who = sessions_find(&desk->sessions, desk->core, request, now_ms),
        .now_ms = now_ms,
    };
    return visit.who ? answer_visitor(&visit, ret_page) : door_send(request, ret_page);
}
