/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enrol - see enrol.h. */
#include "gateway/console/door/enrol.h"

#include "gateway/base/str.h"
#include "gateway/console/door/doorparts.h"
#include "gateway/console/door/qr.h"
#include "gateway/console/formread.h"
#include "gateway/console/page.h"
#include "gateway/console/peer.h"
#include "gateway/core/attempts.h"

struct enrol {
    struct desk *desk;
    const struct request *request;
    struct span token;
    const struct accounts_enrolment *enrolment;
    int64_t now_ms;
    const struct form *form;
    char source[64];
};

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_app(struct html *html, const struct accounts_enrolment *enrolment)
{
    H_LIT(html,
        "<section class=\"step\">\n<h2>1. The authenticator app on your phone</h2>\n<p>Any app for time codes will do, such as Aegis, FreeOTP or "
        "Google Authenticator. Let it read this square:</p>\n");
    qr_write(html, enrolment->uri, "The key of your account, for the camera of an authenticator app");
    H_LIT(html, "<p>Are you reading this on that phone? <a");
    H_ATTR(html, "href", enrolment->uri);
    H_LIT(html, ">Open the app</a>. Or type the key into the app by hand:</p>\n<p class=\"secret\"><code>");
    html_string(html, enrolment->secret);
    H_LIT(html,
        "</code></p>\n<p class=\"hint\">Spaces do not matter. The kind is \"time based\", six digits, 30 seconds. "
        "Nobody else may see this key.</p>\n</section>\n");
}

static void write_form(struct html *html, const struct accounts_enrolment *enrolment)
{
    const struct doorparts_field name = {
        .name = "name",
        .label = "Your name here",
        .type = "text",
        .autocomplete = "username",
        .value = enrolment->name,
        .is_fixed = true,
    };
    const struct doorparts_field code = {
        .name = "code",
        .label = "The six digits that the app shows now",
        .type = "text",
        .autocomplete = "one-time-code",
    };
    H_LIT(html, "<form class=\"door\" method=\"post\">\n<h2>2. A password</h2>\n");
    doorparts_write_field(html, &name);
    doorparts_write_new_password(html);
    H_LIT(html, "<h2>3. Does the app work?</h2>\n");
    doorparts_write_field(html, &code);
    H_LIT(html, "<button type=\"submit\" class=\"primary\">Set both and come in</button>\n</form>\n");
}

static int show(const struct enrol *enrol, int status, const char *sentence, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    page_begin(html, enrol->request->path, "Your account");
    H_LIT(html, "<h1>Your account</h1>\n");
    if (sentence)
        page_write_answer(html, sentence, false);
    H_LIT(html, "<p class=\"lead\">You will come in as <bdi>");
    html_string(html, enrol->enrolment->name);
    H_LIT(html, "</bdi>, ");
    html_string(html, role_word(enrol->enrolment->role));
    H_LIT(html, ". It takes three steps, once.</p>\n");
    write_app(html, enrol->enrolment);
    write_form(html, enrol->enrolment);
    page_end(html);
    return page_finish(html, status, ret_page);
}

static int show_codes(
    const struct enrol *enrol, const char (*codes)[ACCOUNTS_CODE_MAX], const char *token, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    page_begin(html, enrol->request->path, "Your recovery codes");
    H_LIT(html,
        "<h1>Your recovery codes</h1>\n<p class=\"lead\">Your account is ready, and you are in. One thing is left: "
        "what you do when the phone is lost.</p>\n");
    doorparts_write_codes(html, codes);
    H_LIT(html, "<p class=\"onward\"><a class=\"button\" href=\"../\">I have kept them: go on</a></p>\n");
    page_end(html);
    int rc = page_finish(html, 200, ret_page);
    if (!rc)
        doorparts_add_cookie(ret_page, token);
    return rc;
}

/* ---- setting both ---------------------------------------------------------------------------------------------- */

static int come_in(struct enrol *enrol, const char (*codes)[ACCOUNTS_CODE_MAX], struct visits_page *ret_page)
{
    char token[SESSIONS_TOKEN_LEN + 1], network[SIGNINS_SOURCE_MAX];
    struct session *session;
    attempts_network(enrol->source, network, sizeof network);
    struct sessions_who who = { enrol->enrolment->name, enrol->enrolment->role, network };
    int rc = sessions_begin(&enrol->desk->sessions, enrol->desk->core, &who, enrol->now_ms, token, &session);
    if (!rc)
        rc = doorparts_audit(enrol->desk->core, session->actor, "user.enter", role_word(session->role), enrol->now_ms);
    return rc ? rc : show_codes(enrol, codes, token, ret_page);
}

static int refuse(const struct enrol *enrol, const struct accounts_answer *answer, struct visits_page *ret_page)
{
    int rc = show(enrol, doorparts_status(answer), answer->why, ret_page);
    if (!rc)
        doorparts_add_wait(ret_page, answer);
    return rc;
}

static struct span field_of(const struct enrol *enrol, const char *name)
{
    struct span value = { "", 0 };
    (void)form_find(enrol->form, name, &value);
    return value;
}

static int set(struct enrol *enrol, struct visits_page *ret_page)
{
    char codes[ACCOUNTS_CODES][ACCOUNTS_CODE_MAX];
    struct accounts_answer answer = { .end = ACCOUNTS_REFUSED };
    struct accounts_try try = {
        .owner = enrol->request,
        .name = enrol->enrolment->name,
        .password = field_of(enrol, "password"),
        .code = field_of(enrol, "code"),
        .source = enrol->source,
        .now_ms = enrol->now_ms,
    };
    int rc = accounts_enrol(enrol->desk->core, enrol->token, &try, field_of(enrol, "repeated"), &answer, codes);
    if (rc)
        return rc;
    if (answer.end == ACCOUNTS_LATER)
        return VISITS_LATER;
    return answer.end == ACCOUNTS_DONE ? come_in(enrol, codes, ret_page) : refuse(enrol, &answer, ret_page);
}

int enrol_answer(struct desk *desk, const struct request *request, struct span token,
    const struct accounts_enrolment *enrolment, int64_t now_ms, struct visits_page *ret_page)
{
    AUTO_FORM form;
    bool is_post = str_equal(request->method, "POST");
    struct enrol enrol = {
        .desk = desk, .request = request, .token = token, .enrolment = enrolment, .now_ms = now_ms, .form = &form
    };
    form_init(&form);
    (void)str_copy_span(enrol.source, sizeof enrol.source, peer_of(request, desk->core->config));
    int rc = formread_raw(request, &form);
    bool is_ours = !rc && formread_knows(&form, is_post ? "name password repeated code" : "", NULL);
    if (rc && rc != ERR_INVALID && rc != ERR_LIMIT)
        return rc;
    if (!is_ours)
        return page_say(request->path, 400, "Not understood", "This is no form of ours, so nothing was done.",
            "Load the page anew and try again.", ret_page);
    return is_post ? set(&enrol, ret_page) : show(&enrol, 200, NULL, ret_page);
}
