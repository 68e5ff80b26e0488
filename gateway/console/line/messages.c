/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messages - the pages of texts that opened no case, and the act that makes a case of one.
 * Keeps: a text that belongs to a case is shown by that case alone, to whom the case is open; supervisors see what was
 *        set aside without its words, auditors how much.
 */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/line/messageview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"
#include "gateway/store/messages.h"

#define PAGE 20
#define WORD_MAX 24

/* ---- the list -------------------------------------------------------------------------------------------------- */

static int ask(struct visit *visit, const struct messageview *view, int64_t before, struct visit_answer *ret_answer)
{
    json_t *args = json_pack("{s:s, s:i}", "case", "none", "limit", PAGE + 1);
    int rc = args ? 0 : ERR_NOMEM;
    if (!rc && view->has_words && json_object_set_new(args, "content", json_string("yes")))
        rc = ERR_NOMEM;
    if (!rc && view->intent[0] && json_object_set_new(args, "intent", json_string(view->intent)))
        rc = ERR_NOMEM;
    if (!rc && before > 0 && json_object_set_new(args, "before", json_integer(before)))
        rc = ERR_NOMEM;
    if (!rc)
        return visit_verb(visit, "messages list", args, ret_answer);
    json_decref(args);
    return rc;
}

int page_messages(struct visit *visit, struct visits_page *ret_page)
{
    char intent[WORD_MAX];
    int64_t before = visit_number(visit, "before");
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER counts = { .rows = NULL };
    struct messageview view = { .intent = visit_text(visit, "intent", intent, sizeof intent),
        .is_further = before != 0,
        .has_words = visit->who->role == ROLE_caseworker,
        .counts_only = visit->who->role == ROLE_auditor,
        .page_max = PAGE,
        .now_ms = visit->now_ms };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? visit_verb(visit, "messages count", json_object(), &counts) : ERR_NOMEM;
    if (!rc && !view.counts_only)
        rc = ask(visit, &view, before, &rows);
    if (rc)
        return rc;
    if (rows.end != VERB_DONE || before < 0)
        return shell_say(visit, 400, "Not understood", "There is no such list of texts.", NULL, ret_page);
    view.rows = rows.rows;
    view.counts = counts.rows;
    shell_begin(html, visit, "Messages", "/messages");
    messageview_write_list(html, &view);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

/* ---- one of them ----------------------------------------------------------------------------------------------- */

/* 0 and *ret_case_id, also for what does not exist. */
static int find_case(const struct visit *visit, int64_t *ret_case_id)
{
    struct message_row row;
    int rc = messages_get(visit->core->store, visit->id, &row);
    *ret_case_id = rc ? 0 : row.case_id;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int go_to_case(struct visit *visit, int64_t case_id, const char *sentence, struct visits_page *ret_page)
{
    char path[40];
    snprintf(path, sizeof path, "/cases/%lld", (long long)case_id);
    return visit_go(visit, path, sentence, false, ret_page);
}

static void write_open(struct html *html, const struct visit *visit)
{
    char path[48];
    snprintf(path, sizeof path, "/messages/%lld/open", (long long)visit->id);
    H_LIT(html,
        "<section class=\"act\">\n<h2>Is it a request after all?</h2>\n<p>A case is opened with this text, and its "
        "contacts are asked at once, as if it had been read so when it came. What the machine misread can be put right "
        "on the page of the case.</p>\n");
    shell_form_begin(html, visit, path);
    H_LIT(html, "<div class=\"buttons\"><button class=\"primary\" type=\"submit\">Open a case</button></div>\n");
    shell_form_end(html);
    H_LIT(html, "</section>\n<p class=\"more\"><a href=\"../messages\">Back to the list</a></p>\n");
}

int page_message(struct visit *visit, struct visits_page *ret_page)
{
    int64_t case_id;
    AUTO_ANSWER answer = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? find_case(visit, &case_id) : ERR_NOMEM;
    if (rc || case_id)
        return rc ? rc : go_to_case(visit, case_id, NULL, ret_page);
    rc = visit_verb(visit, "messages show", json_pack("{s:I}", "message", (json_int_t)visit->id), &answer);
    if (rc)
        return rc;
    if (answer.end != VERB_DONE)
        return shell_say(visit, 404, "No such text", answer.why, NULL, ret_page);
    shell_begin(html, visit, "Text", "/messages");
    messageview_write_text(html, answer.rows, visit->now_ms);
    write_open(html, visit);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_message_open(struct visit *visit, struct visits_page *ret_page)
{
    int64_t case_id;
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = find_case(visit, &case_id);
    if (rc || case_id)
        return rc ? rc : go_to_case(visit, case_id, "Somebody was faster: this text is in a case already.", ret_page);
    rc = visit_verb(visit, "messages open", json_pack("{s:I}", "message", (json_int_t)visit->id), &answer);
    if (!rc)
        rc = find_case(visit, &case_id);
    if (rc)
        return rc;
    if (case_id)
        return go_to_case(visit, case_id, answer.why, ret_page);
    return visit_go(visit, "/messages", answer.why, true, ret_page);
}
