/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quarantine - the pages of what was kept back, and what a person decides about it.
 * Keeps: every look into one is recorded by the verb; what is thrown away is gone, so it asks for a fresh sign-in.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/line/keptview.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"

#define PAGE 25
#define WORD_MAX 40

/* ---- the list -------------------------------------------------------------------------------------------------- */

int page_quarantine(struct visit *visit, struct visits_page *ret_page)
{
    char state[WORD_MAX], channel[NAME_MAX_LEN];
    int64_t before = visit_number(visit, "before");
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    struct keptview view = { .config = visit->core->config,
        .state = visit_text(visit, "state", state, sizeof state),
        .channel = visit_text(visit, "channel", channel, sizeof channel),
        .is_further = before != 0,
        .may_read = visit->who->role == ROLE_caseworker,
        .page_max = PAGE,
        .now_ms = visit->now_ms };
    int rc =
        html ? lineparts_ask(visit, "quarantine list", view.state, view.channel, before, PAGE + 1, &rows) : ERR_NOMEM;
    if (rc)
        return rc;
    if (rows.end != VERB_DONE || before < 0)
        return shell_say(visit, 400, "Not understood", "There is no such list of requests.", NULL, ret_page);
    view.rows = rows.rows;
    shell_begin(html, visit, "Kept back", LINEPARTS_HERE);
    lineparts_write_tabs(html, visit, "/quarantine");
    keptview_write_list(html, &view);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

/* ---- one of them ----------------------------------------------------------------------------------------------- */

static void write_form(struct html *html, const struct visit *visit, const char *act, const char *button)
{
    char path[64];
    snprintf(path, sizeof path, "/quarantine/%lld/%s", (long long)visit->id, act);
    shell_form_begin(html, visit, path);
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\"");
    if (str_equal(act, "release"))
        H_ATTR(html, "class", "primary");
    H_LIT(html, ">");
    html_string(html, button);
    H_LIT(html, "</button></div>\n");
    shell_form_end(html);
}

static void write_release(struct html *html, const struct visit *visit, const char *channel)
{
    if (!config_find_channel(visit->core->config, channel)) {
        H_LIT(html,
            "<p>Its channel is not configured, so it cannot be let in. Ask the person at the machine to add the channel "
            "under this name; then come back.</p>\n");
        return;
    }
    H_LIT(html,
        "<p>Let in, it is taken as if it had been proved: a request opens a case, and contacts are asked. If you doubt "
        "where it comes from but not that somebody is in need, let it in: a case is checked by people before anybody "
        "acts on it.</p>\n");
    write_form(html, visit, "release", "Let it in");
}

static void write_acts(struct html *html, const struct visit *visit, const json_t *row)
{
    if (!str_equal(json_text(row, "state", ""), "kept"))
        return;
    H_LIT(html, "<section class=\"act\">\n<h2>What is to become of it?</h2>\n");
    write_release(html, visit, json_text(row, "channel", ""));
    H_LIT(html,
        "<details><summary>Throw it away</summary>\n<p>Its bytes are destroyed; that it came, and that you threw it away, "
        "stays on record. You may be asked to prove again who you are.</p>\n");
    write_form(html, visit, "drop", "Throw it away for good");
    H_LIT(html, "</details>\n</section>\n");
}

int page_kept(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    json_t *args = json_pack("{s:I, s:s}", "id", (json_int_t)visit->id, "read", "yes");
    int rc = visit_verb(visit, "quarantine show", args, &answer);
    if (rc || !html)
        return rc ? rc : ERR_NOMEM;
    if (answer.end != VERB_DONE)
        return shell_say(visit, 404, "Nothing to show", answer.why, "The list says what became of it.", ret_page);
    shell_begin(html, visit, "Kept request", LINEPARTS_HERE);
    lineparts_write_tabs(html, visit, "/quarantine");
    keptview_write_request(html, answer.rows, visit->now_ms);
    write_acts(html, visit, json_array_get(answer.rows, 0));
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

static int decide(struct visit *visit, const char *verb, const char *done, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = visit_verb(visit, verb, json_pack("{s:I}", "id", (json_int_t)visit->id), &answer);
    if (rc)
        return rc;
    bool is_done = answer.end == VERB_DONE;
    return visit_go(visit, "/quarantine", answer.why[0] ? answer.why : done, !is_done, ret_page);
}

int page_kept_release(struct visit *visit, struct visits_page *ret_page)
{
    return decide(visit, "quarantine release", "It was let in.", ret_page);
}

int page_kept_drop(struct visit *visit, struct visits_page *ret_page)
{
    return decide(visit, "quarantine drop", "It was thrown away.", ret_page);
}
