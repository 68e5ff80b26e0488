/* SPDX-License-Identifier: GPL-3.0-or-later */
/* login - see login.h. */
#include "gateway/console/door/login.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/door/doorparts.h"
#include "gateway/console/door/next.h"
#include "gateway/console/formread.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/console/peer.h"
#include "gateway/console/visit.h"
#include "gateway/core/attempts.h"

#define NAME_SHOWN_MAX 100 /* a longer one is no name of ours, and is not shown again */

struct login {
    struct desk *desk;
    const struct request *request;
    int64_t now_ms;
    const struct form *form;
    const char *sentence; /* why it was refused; NULL = nothing was tried */
};

static struct span field_of(const struct login *login, const char *name)
{
    struct span value = { "", 0 };
    (void)form_find(login->form, name, &value);
    return value;
}

static const char *next_of(const struct login *login, char *ret, size_t size)
{
    struct span next = field_of(login, "next");
    return next_is_own(next) && str_copy_span(ret, size, next) ? ret : "/";
}

static const char *name_of(const struct login *login, char *ret, size_t size)
{
    struct span name = str_trim(field_of(login, "name"));
    return str_copy_span(ret, size, name) ? ret : "";
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_form(struct html *html, const struct login *login)
{
    char next[NEXT_MAX], name[NAME_SHOWN_MAX];
    const struct doorparts_field field = {
        .name = "name",
        .label = "Name",
        .type = "text",
        .autocomplete = "username",
        .value = login->sentence ? name_of(login, name, sizeof name) : "",
    };
    H_LIT(html, "<form class=\"door\" method=\"post\" action=\"login\">\n");
    doorparts_write_field(html, &field);
    doorparts_write_password(html, "password", "Password");
    doorparts_write_code(html, false);
    H_LIT(html, "<input type=\"hidden\" name=\"next\"");
    H_ATTR(html, "value", next_of(login, next, sizeof next));
    H_LIT(html, ">\n<button type=\"submit\" class=\"primary\">Come in</button>\n</form>\n");
}

static int show(const struct login *login, int status, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    page_begin(html, login->request->path, "Come in");
    H_LIT(html, "<h1>Come in</h1>\n");
    if (login->sentence)
        page_write_answer(html, login->sentence, false);
    write_form(html, login);
    H_LIT(html,
        "<p class=\"hint\">Have you lost your phone, or forgotten the password? A supervisor, or the person at the "
        "machine, gives you a new beginning. Nobody of this line ever asks you for your password or a code.</p>\n");
    page_end(html);
    return page_finish(html, status, ret_page);
}

/* ---- coming in ------------------------------------------------------------------------------------------------- */

static int refuse(struct login *login, const struct accounts_answer *answer, struct visits_page *ret_page)
{
    login->sentence = answer->why;
    int rc = show(login, doorparts_status(answer), ret_page);
    login->sentence = NULL;
    if (!rc)
        doorparts_add_wait(ret_page, answer);
    return rc;
}

static int welcome(const struct login *login, const struct accounts_answer *answer, struct visits_page *ret_page)
{
    char network[SIGNINS_SOURCE_MAX], source[64], next[NEXT_MAX], sentence[120];
    (void)str_copy_span(source, sizeof source, peer_of(login->request, login->desk->core->config));
    attempts_network(source, network, sizeof network);
    int role = role_from_word(answer->user.role);
    struct sessions_who who = { answer->user.name, role < 0 ? ROLE_viewer : (enum role)role, network };
    (void)snprintf(sentence, sizeof sentence, "You came in by a recovery code. You have %lld left.",
        (long long)answer->codes_left);
    return doorparts_come_in(login->desk, login->request, &who, next_of(login, next, sizeof next),
        answer->has_used_recovery ? sentence : NULL, login->now_ms, ret_page);
}

static int try(struct login *login, struct visits_page *ret_page)
{
    AUTO_BUF name;
    char source[64];
    struct accounts_answer answer = { .end = ACCOUNTS_REFUSED };
    buf_init(&name, 3 * FORM_BYTES_MAX);
    utf8_repair(&name, str_trim(field_of(login, "name")));
    (void)str_copy_span(source, sizeof source, peer_of(login->request, login->desk->core->config));
    struct accounts_try try = {
        .owner = login->request,
        .name = name.data ? name.data : "",
        .password = field_of(login, "password"),
        .code = field_of(login, "code"),
        .source = source,
        .now_ms = login->now_ms,
    };
    int rc = buf_check(&name);
    if (!rc)
        rc = accounts_sign_in(login->desk->core, &try, &answer);
    if (rc)
        return rc;
    if (answer.end == ACCOUNTS_LATER)
        return VISITS_LATER;
    return answer.end == ACCOUNTS_DONE ? welcome(login, &answer, ret_page) : refuse(login, &answer, ret_page);
}

static int answer_form(struct login *login, struct visits_page *ret_page)
{
    bool is_post = str_equal(login->request->method, "POST");
    if (!formread_knows(login->form, is_post ? "name password code next" : "next", NULL))
        return page_say(login->request->path, 400, "Not understood", "This is no form of ours, so nothing was done.",
            NULL, ret_page);
    if (!is_post)
        return show(login, 200, ret_page);
    if (!origin_is_here(login->request, login->desk->core->config->public_url))
        return page_say(
            login->request->path, 403, "Not from here", "This was sent from another page than ours.", NULL, ret_page);
    return try(login, ret_page);
}

int login_answer(struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    AUTO_FORM form;
    struct login login = { .desk = desk, .request = request, .now_ms = now_ms, .form = &form };
    struct session *session;
    char next[NEXT_MAX];
    form_init(&form);
    int rc = formread_raw(request, &form);
    if (rc == ERR_INVALID || rc == ERR_LIMIT)
        return page_say(
            request->path, 400, "Not understood", "This is no form of ours, so nothing was done.", NULL, ret_page);
    if (rc)
        return rc;
    rc = sessions_find(&desk->sessions, desk->core, request, now_ms, &session);
    if (rc != ERR_NOT_FOUND && !str_equal(request->method, "POST"))
        return rc ? rc : visit_go_from(request, next_of(&login, next, sizeof next), ret_page);
    return rc == 0 || rc == ERR_NOT_FOUND ? answer_form(&login, ret_page) : rc;
}
