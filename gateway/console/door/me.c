/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * me - the own account: where one is in, a new password, new recovery codes.
 * Keeps: changing asks for a proof of the last minutes; a new password ends every other visit, as coming in does.
 * Not here: what a password must be (core/accounts); a new phone, which is a new beginning (users reset).
 */
#include "gateway/base/str.h"
#include "gateway/console/door/doorparts.h"
#include "gateway/console/formread.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"
#include "gateway/store/users.h"

/* ---- how it stands --------------------------------------------------------------------------------------------- */

static void write_account(struct html *html, const struct visit *visit, const struct user_row *user, int64_t codes)
{
    const struct session *who = visit->who;
    PARTS_FACTS_BEGIN(html);
    parts_write_fact(html, "Name", who->name);
    parts_write_fact(html, "Role", role_word(who->role));
    if (who->role == ROLE_viewer || who->role == ROLE_caseworker)
        parts_write_fact(html, "Your cases are those of", who->contact);
    if (who->has_account) {
        parts_begin_fact(html, "Password and phone set");
        parts_write_time(html, user->enrolled_at, visit->now_ms);
        PARTS_FACT_END(html);
        parts_begin_fact(html, "Recovery codes left");
        html_number(html, codes);
        PARTS_FACT_END(html);
    }
    PARTS_FACTS_END(html);
}

static void write_visit(struct html *html, const struct visit *visit)
{
    const struct session *who = visit->who;
    H_LIT(html,
        "<section>\n<h2>Where you are in</h2>\n<p>In this browser, and nowhere else: whoever comes in again is out "
        "everywhere else.</p>\n");
    PARTS_FACTS_BEGIN(html);
    parts_begin_fact(html, "Since");
    parts_write_time(html, who->begun_at, visit->now_ms);
    PARTS_FACT_END(html);
    parts_write_fact(
        html, "From the network", who->source[0] ? who->source : "this machine, or one that it cannot tell");
    parts_begin_fact(html, "Ends at the latest");
    parts_write_time(html, who->begun_at + SESSIONS_ABSOLUTE_MS, visit->now_ms);
    PARTS_FACT_END(html);
    PARTS_FACTS_END(html);
    H_LIT(html,
        "<p class=\"hint\">You did not come in then, or not from there? Leave, and tell a supervisor: your password "
        "may be known to somebody.</p>\n</section>\n");
}

static void write_link(struct html *html, const struct visit *visit)
{
    if (visit->who->has_account)
        H_LIT(html,
            "<p class=\"onward\"><a class=\"button\" href=\"me/change\">Change password or recovery codes</a></p>\n");
    else
        H_LIT(html,
            "<p>You came in by a pass of the machine and have no account: no password, and nothing to change.</p>\n");
}

static int find(const struct visit *visit, struct user_row *ret_user, int64_t *ret_codes)
{
    *ret_user = (struct user_row){ .id = 0 };
    *ret_codes = 0;
    int rc = visit->who->has_account ? users_get(visit->core->store, visit->who->name, ret_user) : 0;
    return !rc && ret_user->id ? users_count_codes(visit->core->store, ret_user->id, ret_codes) : rc;
}

int page_me(struct visit *visit, struct visits_page *ret_page)
{
    struct user_row user;
    int64_t codes;
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? find(visit, &user, &codes) : ERR_NOMEM;
    if (rc)
        return rc;
    shell_begin(html, visit, "You", "");
    H_LIT(html, "<h1>You</h1>\n");
    write_account(html, visit, &user, codes);
    write_link(html, visit);
    write_visit(html, visit);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

/* ---- changing -------------------------------------------------------------------------------------------------- */

static int say_no_account(struct visit *visit, struct visits_page *ret_page)
{
    return shell_say(visit, 403, "No account", "You came in by a pass of the machine and have no account.",
        "The person at the machine gives accounts: helplinectl users add.", ret_page);
}

static int show_change(struct visit *visit, int status, const char *sentence, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    const struct doorparts_field name = { .name = "name",
        .label = "Your name here",
        .type = "text",
        .autocomplete = "username",
        .value = visit->who->name,
        .is_fixed = true };
    shell_begin(html, visit, "Password and codes", "");
    H_LIT(html, "<h1>Password and codes</h1>\n");
    if (sentence)
        page_write_answer(html, sentence, false);
    H_LIT(html, "<section class=\"act\">\n<h2>A new password</h2>\n");
    shell_form_begin(html, visit, "/me/password");
    doorparts_write_field(html, &name);
    doorparts_write_new_password(html);
    H_LIT(html, "<button type=\"submit\" class=\"primary\">Set the new password</button>\n");
    shell_form_end(html);
    H_LIT(html,
        "</section>\n<section class=\"act\">\n<h2>New recovery codes</h2>\n<p>Ten new ones; the old ones open nothing "
        "any more.</p>\n");
    shell_form_begin(html, visit, "/me/codes");
    H_LIT(html, "<button type=\"submit\">Make new recovery codes</button>\n");
    shell_form_end(html);
    H_LIT(html,
        "</section>\n<section class=\"act\">\n<h2>A new phone</h2>\n<p>A supervisor, or the person at the machine, gives "
        "you a new beginning: an address at which you set the password and the new phone.</p>\n</section>\n");
    shell_end(html);
    return page_finish(html, status, ret_page);
}

int page_me_change(struct visit *visit, struct visits_page *ret_page)
{
    return visit->who->has_account ? show_change(visit, 200, NULL, ret_page) : say_no_account(visit, ret_page);
}

static int answer_password(struct visit *visit, const struct accounts_answer *answer, struct visits_page *ret_page)
{
    if (answer->end == ACCOUNTS_LATER)
        return VISITS_LATER;
    if (answer->end == ACCOUNTS_DONE)
        return visit_go(visit, "/me", "The new password is set.", false, ret_page);
    int rc = show_change(visit, doorparts_status(answer), answer->why, ret_page);
    if (!rc)
        doorparts_add_wait(ret_page, answer);
    return rc;
}

int page_me_password(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_FORM form;
    struct span repeated = { "", 0 };
    struct accounts_answer answer = { .end = ACCOUNTS_REFUSED };
    struct accounts_try try = {
        .owner = visit->request, .name = visit->who->name, .source = "", .now_ms = visit->now_ms
    };
    form_init(&form);
    if (!visit->who->has_account)
        return say_no_account(visit, ret_page);
    int rc = formread_raw(visit->request, &form);
    (void)form_find(&form, "password", &try.password);
    (void)form_find(&form, "repeated", &repeated);
    if (!rc)
        rc = accounts_set_password(visit->core, &try, repeated, &answer);
    return rc ? rc : answer_password(visit, &answer, ret_page);
}

int page_me_codes(struct visit *visit, struct visits_page *ret_page)
{
    char codes[ACCOUNTS_CODES][ACCOUNTS_CODE_MAX];
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    if (!visit->who->has_account)
        return say_no_account(visit, ret_page);
    int rc = accounts_renew_codes(visit->core, visit->who->name, visit->now_ms, codes);
    if (rc)
        return rc;
    shell_begin(html, visit, "Your recovery codes", "");
    H_LIT(html, "<h1>Your recovery codes</h1>\n<p class=\"lead\">The old ones open nothing any more.</p>\n");
    doorparts_write_codes(html, codes);
    H_LIT(html, "<p class=\"onward\"><a class=\"button\" href=\"../me\">I have kept them: go on</a></p>\n");
    shell_end(html);
    return page_finish(html, 200, ret_page);
}
