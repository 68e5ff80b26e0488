/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * again - somebody who is in proves anew who it is, by code or password, and goes on with what it was about.
 * Keeps: the visit gets a new cookie; what was filled in comes back as it was, to be sent by a button and not by
 * itself. Not here: which pages ask for it (routes.def).
 */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/door/doorparts.h"
#include "gateway/console/door/next.h"
#include "gateway/console/formread.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/peer.h"
#include "gateway/console/shell.h"

/* ---- the question ---------------------------------------------------------------------------------------------- */

static void write_question(struct html *html, const struct visit *visit)
{
    H_LIT(html,
        "<p class=\"lead\">This asks for a proof of the last ten minutes: the code of your app, or your password. ");
    if (visit->who->kept.is_post && visit->who->kept.path[0])
        H_LIT(html, "What you wrote is kept, and nothing was done yet.");
    H_LIT(html, "</p>\n");
    shell_form_begin(html, visit, "/again");
    doorparts_write_code(html, true);
    const struct doorparts_field password = {
        .name = "password",
        .label = "Or your password",
        .type = "password",
        .autocomplete = "current-password",
        .is_optional = true,
    };
    doorparts_write_field(html, &password);
    H_LIT(html, "<button type=\"submit\" class=\"primary\">It is me</button>\n");
    shell_form_end(html);
}

static int show(struct visit *visit, int status, const char *sentence, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, visit, "Is it you?", "");
    H_LIT(html, "<h1>Is it you?</h1>\n");
    if (sentence)
        page_write_answer(html, sentence, false);
    if (visit->who->has_account)
        write_question(html, visit);
    else
        H_LIT(html,
            "<p class=\"lead\">This asks for a proof of the last ten minutes, and you came in by a pass of the machine, "
            "without an account.</p>\n<p>Let the person at the machine give you a new pass, come in with it, and "
            "repeat what you did. Nothing was changed.</p>\n");
    shell_end(html);
    return page_finish(html, status, ret_page);
}

int page_again(struct visit *visit, struct visits_page *ret_page)
{
    struct span next = visit_field(visit, "next");
    if (next_is_own(next))
        (void)kept_set_path(&visit->who->kept, next);
    return show(visit, 200, NULL, ret_page);
}

/* ---- going on -------------------------------------------------------------------------------------------------- */

static void write_field(struct html *html, struct span name, struct span value)
{
    AUTO_BUF text;
    buf_init(&text, FORM_BYTES_MAX);
    H_LIT(html, "<input type=\"hidden\"");
    buf_add_span(&text, name);
    H_ATTR(html, "name", text.data ? text.data : "");
    buf_clear(&text);
    buf_add_span(&text, value);
    H_ATTR(html, "value", text.data ? text.data : "");
    H_LIT(html, ">\n");
}

/* Words are shown, so that nobody sends what it does not see. */
static void write_words(struct html *html, struct span value)
{
    parts_begin_words(html, "");
    html_text(html, value);
    PARTS_WORDS_END(html);
}

static void write_fields(struct html *html, const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        struct span name = form_name(form, i), value = form_value(form, i);
        if (span_equal(name, span_of("csrf")))
            continue;
        write_field(html, name, value);
        if (span_equal(name, span_of("text")) || span_equal(name, span_of("reason")))
            write_words(html, value);
    }
}

static int read_kept(const struct kept *kept, struct form *form)
{
    struct request request = { .method = "GET", .path = kept->path, .query = kept->fields };
    return formread_clean(&request, form);
}

static int offer(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_FORM form;
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    form_init(&form);
    int rc = html ? read_kept(&visit->who->kept, &form) : ERR_NOMEM;
    if (rc)
        return rc;
    shell_begin(html, visit, "Go on", "");
    H_LIT(html,
        "<h1>Thank you, it is you</h1>\n<p class=\"lead\">What you began is not done yet. Do you still want it?</p>\n");
    shell_form_begin(html, visit, visit->who->kept.path);
    write_fields(html, &form);
    H_LIT(html, "<button type=\"submit\" class=\"primary\">Yes, do it now</button>\n");
    shell_form_end(html);
    H_LIT(html, "<p class=\"onward\"><a");
    char way[VISITS_LINE_MAX];
    visit_way(visit->request->path, "/", way, sizeof way);
    H_ATTR(html, "href", way);
    H_LIT(html, ">No, leave it</a></p>\n");
    shell_end(html);
    rc = page_finish(html, 200, ret_page);
    kept_clear(&visit->who->kept);
    return rc;
}

static int go_on(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_BUF path;
    struct kept *kept = &visit->who->kept;
    buf_init(&path, VISITS_LINE_MAX / 2);
    if (kept->path[0] && kept->is_post)
        return offer(visit, ret_page);
    buf_add_text(&path, kept->path[0] ? kept->path : "/");
    if (kept->path[0] && kept->fields[0])
        buf_add_format(&path, "?%s", kept->fields);
    bool is_whole = !buf_check(&path);
    int rc = visit_go(visit, is_whole ? path.data : kept->path, NULL, false, ret_page);
    kept_clear(kept);
    return rc;
}

/* ---- the proof ------------------------------------------------------------------------------------------------- */

static int renew(struct visit *visit, struct visits_page *ret_page)
{
    char token[SESSIONS_TOKEN_LEN + 1];
    int rc = sessions_renew(visit->core, visit->who, visit->now_ms, token);
    if (!rc)
        rc = go_on(visit, ret_page);
    if (!rc)
        doorparts_add_cookie(ret_page, token);
    return rc;
}

static int refuse(struct visit *visit, const struct accounts_answer *answer, struct visits_page *ret_page)
{
    int rc = show(visit, doorparts_status(answer), answer->why, ret_page);
    if (!rc)
        doorparts_add_wait(ret_page, answer);
    return rc;
}

static int prove(struct visit *visit, const struct form *form, struct visits_page *ret_page)
{
    char source[64];
    struct accounts_answer answer = { .end = ACCOUNTS_REFUSED };
    struct accounts_try try = {
        .owner = visit->request, .name = visit->who->name, .source = source, .now_ms = visit->now_ms
    };
    (void)form_find(form, "password", &try.password);
    (void)form_find(form, "code", &try.code);
    (void)str_copy_span(source, sizeof source, peer_of(visit->request, visit->core->config));
    if (!str_trim(try.code).len == !try.password.len)
        return show(visit, 400, "Please fill in one of the two: the code, or the password.", ret_page);
    int rc = accounts_step_up(visit->core, &try, &answer);
    if (rc)
        return rc;
    if (answer.end == ACCOUNTS_LATER)
        return VISITS_LATER;
    return answer.end == ACCOUNTS_DONE ? renew(visit, ret_page) : refuse(visit, &answer, ret_page);
}

int page_again_prove(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_FORM form;
    form_init(&form);
    int rc = formread_raw(visit->request, &form);
    return rc ? rc : prove(visit, &form, ret_page);
}
