/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doorparts - see doorparts.h. */
#include "gateway/console/door/doorparts.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/visit.h"
#include "gateway/store/audit.h"

/* ---- fields ---------------------------------------------------------------------------------------------------- */

void doorparts_write_field(struct html *html, const struct doorparts_field *field)
{
    char hint[48];
    (void)snprintf(hint, sizeof hint, "%s-rule", field->name);
    H_LIT(html, "<label");
    H_ATTR(html, "for", field->name);
    H_LIT(html, ">");
    html_string(html, field->label);
    H_LIT(html, "</label>\n<input autocapitalize=\"none\" spellcheck=\"false\"");
    H_ATTR(html, "id", field->name);
    H_ATTR(html, "name", field->name);
    H_ATTR(html, "type", field->type);
    H_ATTR(html, "autocomplete", field->autocomplete);
    H_ATTR(html, "value", field->value ? field->value : "");
    if (field->hint)
        H_ATTR(html, "aria-describedby", hint);
    if (field->is_fixed)
        H_LIT(html, " readonly");
    else if (!field->is_optional)
        H_LIT(html, " required");
    H_LIT(html, ">\n");
    if (!field->hint)
        return;
    H_LIT(html, "<p class=\"hint\"");
    H_ATTR(html, "id", hint);
    H_LIT(html, ">");
    html_string(html, field->hint);
    H_LIT(html, "</p>\n");
}

void doorparts_write_password(struct html *html, const char *name, const char *label)
{
    const struct doorparts_field field = {
        .name = name, .label = label, .type = "password", .autocomplete = "current-password"
    };
    doorparts_write_field(html, &field);
}

void doorparts_write_new_password(struct html *html)
{
    const struct doorparts_field password = {
        .name = "password",
        .label = "Your new password",
        .hint =
            "15 to 128 characters. A sentence that only you would think of is best; no sign or digit is asked for. It must "
            "not be your name, nor one of the passwords that everybody tries.",
        .type = "password",
        .autocomplete = "new-password",
    };
    const struct doorparts_field repeated = {
        .name = "repeated", .label = "The same once more", .type = "password", .autocomplete = "new-password"
    };
    doorparts_write_field(html, &password);
    doorparts_write_field(html, &repeated);
}

void doorparts_write_code(struct html *html, bool is_optional)
{
    const struct doorparts_field field = {
        .name = "code",
        .label = "Code",
        .hint = "The six digits that your authenticator app shows now, or one of your recovery codes.",
        .type = "text",
        .autocomplete = "one-time-code",
        .is_optional = is_optional,
    };
    doorparts_write_field(html, &field);
}

void doorparts_write_codes(struct html *html, const char (*codes)[ACCOUNTS_CODE_MAX])
{
    H_LIT(html, "<ol class=\"codes\">\n");
    for (int i = 0; i < ACCOUNTS_CODES; i++) {
        H_LIT(html, "<li><code>");
        html_string(html, codes[i]);
        H_LIT(html, "</code></li>\n");
    }
    H_LIT(html,
        "</ol>\n<p>Each of them stands in once for the code of your phone. Print this page or copy them by hand, and keep "
        "the paper where you keep what is valuable, away from the phone: they are not shown again.</p>\n");
}

/* ---- coming in ------------------------------------------------------------------------------------------------- */

void doorparts_add_cookie(struct visits_page *page, const char *token)
{
    size_t count = page->status == 303 ? 1 : 0;
    (void)snprintf(page->cookie, sizeof page->cookie, SESSIONS_COOKIE "=%s" SESSIONS_COOKIE_ENDING, token);
    page->own[count] = (struct http_header){ "Set-Cookie", page->cookie };
    page->own[count + 1] = (struct http_header){ NULL, NULL };
    page->extra = page->own;
}

int doorparts_come_in(struct desk *desk, const struct request *request, const struct sessions_who *who,
    const char *path, const char *sentence, int64_t now_ms, struct visits_page *ret_page)
{
    char token[SESSIONS_TOKEN_LEN + 1];
    struct session *session;
    int rc = sessions_begin(&desk->sessions, desk->core, who, now_ms, token, &session);
    if (!rc)
        rc = visit_go_from(request, path, ret_page);
    if (rc)
        return rc;
    if (sentence)
        str_copy(session->sentence, sizeof session->sentence, sentence);
    doorparts_add_cookie(ret_page, token);
    return doorparts_audit(desk->core, session->actor, "user.enter", role_word(session->role), now_ms);
}

int doorparts_audit(struct core *core, const char *actor, const char *action, const char *detail, int64_t now_ms)
{
    struct audit_row row = { .at = now_ms, .actor = actor, .action = action, .object = "", .detail = detail };
    return audit_append(core->store, &row);
}

/* ---- what accounts said ---------------------------------------------------------------------------------------- */

static long long seconds_of(int64_t wait_ms)
{
    return (long long)((wait_ms + 999) / 1000);
}

int doorparts_status(const struct accounts_answer *answer)
{
    return answer->end == ACCOUNTS_BUSY ? 503 : answer->end == ACCOUNTS_WAIT ? 429 : 403;
}

void doorparts_add_wait(struct visits_page *page, const struct accounts_answer *answer)
{
    if (answer->end != ACCOUNTS_BUSY && answer->end != ACCOUNTS_WAIT)
        return;
    (void)snprintf(page->location, sizeof page->location, "%lld",
        answer->end == ACCOUNTS_WAIT ? seconds_of(answer->wait_ms) : 5LL);
    page->own[0] = (struct http_header){ "Retry-After", page->location };
    page->own[1] = (struct http_header){ NULL, NULL };
    page->extra = page->own;
}
