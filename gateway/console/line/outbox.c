/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox - the page of what waits, and the act that tries something again now. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/line/outboxview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"
#include "gateway/store/cases.h"

#define PAGE 25
#define HELD_SHOWN 10
#define WORD_MAX 24

static bool may_see_case(const void *context, int64_t case_id)
{
    const struct visit *visit = context;
    struct case_row row;
    if (visit->who->role == ROLE_supervisor)
        return true;
    return cases_get(visit->core->store, case_id, &row) == 0 &&
           (!row.owner[0] || str_equal(row.owner, visit->who->contact));
}

static void write_kick(struct html *html, const void *context, int64_t id)
{
    char path[48];
    if (id)
        snprintf(path, sizeof path, "/outbox/%lld/kick", (long long)id);
    else
        snprintf(path, sizeof path, "/outbox/kick");
    shell_form_begin(html, context, path);
    H_LIT(html, "<button class=\"small\" type=\"submit\">");
    html_string(html, id ? "Try now" : "Try all that were given up again");
    H_LIT(html, "</button>\n");
    shell_form_end(html);
}

int page_outbox(struct visit *visit, struct visits_page *ret_page)
{
    char state[WORD_MAX], channel[NAME_MAX_LEN];
    int64_t before = visit_number(visit, "before");
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER health = { .rows = NULL };
    AUTO_ANSWER held = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    struct outboxview view = { .config = visit->core->config,
        .state = visit_text(visit, "state", state, sizeof state),
        .channel = visit_text(visit, "channel", channel, sizeof channel),
        .is_further = before != 0,
        .page_max = PAGE,
        .held_max = HELD_SHOWN,
        .now_ms = visit->now_ms,
        .context = visit,
        .may_see_case = may_see_case,
        .write_kick = write_kick };
    int rc = html ? lineparts_ask(visit, "outbox list", view.state, view.channel, before, PAGE + 1, &rows) : ERR_NOMEM;
    if (!rc)
        rc = visit_verb(visit, "health", json_object(), &health);
    if (!rc)
        rc = visit_verb(visit, "alerts list", json_pack("{s:s, s:i}", "state", "held", "limit", HELD_SHOWN + 1), &held);
    if (rc)
        return rc;
    if (rows.end != VERB_DONE || before < 0)
        return shell_say(visit, 400, "Not understood", "There is no such list of the outbox.", NULL, ret_page);
    view.rows = rows.rows;
    view.health = json_array_get(health.rows, 0);
    view.held = held.rows;
    shell_begin(html, visit, "What waits", LINEPARTS_HERE);
    lineparts_write_tabs(html, visit, "/outbox");
    outboxview_write(html, &view);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

static int kick(struct visit *visit, json_t *args, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = visit_verb(visit, "outbox kick", args, &answer);
    if (rc)
        return rc;
    return visit_go(
        visit, "/outbox", answer.why[0] ? answer.why : "It is tried now.", answer.end != VERB_DONE, ret_page);
}

int page_outbox_kick(struct visit *visit, struct visits_page *ret_page)
{
    return kick(visit, json_pack("{s:I}", "outbox", (json_int_t)visit->id), ret_page);
}

int page_outbox_kick_dead(struct visit *visit, struct visits_page *ret_page)
{
    return kick(visit, json_pack("{s:s}", "outbox", "dead"), ret_page);
}
