/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * casepage - the page of one case and what its forms do.
 * Keeps: every look is recorded by the verb; a refused text stays in its field, on the answer to the POST itself.
 * Not here: who may come (access), how it looks (caseview), what a form means (caseacts).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/caseacts.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"

#define ACT_MAX 16

/* What is shown beside the rows. */
struct extra {
    const json_t *preview;
    const char *refusal;
};

static int show(struct visit *visit, int status, const struct extra *extra, struct visits_page *ret_page)
{
    char title[40];
    AUTO_ANSWER rows = { .rows = NULL };
    json_t *args = json_pack("{s:I, s:s}", "case", (json_int_t)visit->id, "history", "yes");
    int rc = visit_verb(visit, "cases show", args, &rows);
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (rc || !html)
        return rc ? rc : ERR_NOMEM;
    if (rows.end != VERB_DONE)
        return shell_say(visit, 404, "No such case", rows.why, NULL, ret_page);
    enum role role = visit->who->role;
    bool is_post = str_equal(visit->request->method, "POST");
    struct caseview view = {
        .visit = visit,
        .begin_form = shell_form_begin,
        .end_form = shell_form_end,
        .config = visit->core->config,
        .rows = rows.rows,
        .id = visit->id,
        .now_ms = visit->now_ms,
        .upto = is_post ? 0 : visit_number(visit, "upto"),
        .is_masked = role == ROLE_viewer,
        .may_act = role == ROLE_caseworker,
        .kept = is_post ? visit_field(visit, "text") : span_of(""),
        .kept_reason = is_post ? visit_field(visit, "reason") : span_of(""),
        .preview = extra->preview,
        .refusal = extra->refusal,
    };
    snprintf(title, sizeof title, "Case %lld", (long long)visit->id);
    shell_begin(html, visit, title, "/cases");
    caseview_write(html, &view);
    shell_end(html);
    return page_finish(html, status, ret_page);
}

int page_case(struct visit *visit, struct visits_page *ret_page)
{
    static const struct extra none;
    return show(visit, 200, &none, ret_page);
}

static struct span field_of(const void *context, const char *name)
{
    const struct visit *visit = context;
    /* A caseworker takes a case for itself, whatever the form says. */
    if (str_equal(name, "contact") && visit->who->role == ROLE_caseworker)
        return span_of(visit->who->name);
    return visit_field(visit, name);
}

static int run(struct visit *visit, const char *act, struct visit_answer *ret_answer)
{
    const char *verb = NULL, *why = NULL;
    json_t *args = NULL;
    int rc = caseacts_read(act, visit->id, field_of, visit, &verb, &args, &why);
    if (!rc)
        return visit_verb(visit, verb, args, ret_answer);
    if (rc != ERR_INVALID)
        return rc;
    ret_answer->end = VERB_USAGE;
    str_copy(ret_answer->why, sizeof ret_answer->why, why ? why : "Something is missing.");
    return 0;
}

int page_case_act(struct visit *visit, struct visits_page *ret_page)
{
    char path[40];
    AUTO_ANSWER answer = { .rows = NULL };
    const char *slash = strrchr(visit->request->path, '/'), *act = slash ? slash + 1 : "";
    int rc = run(visit, act, &answer);
    if (rc)
        return rc;
    bool is_done = answer.end == VERB_DONE, is_preview = str_equal(act, "preview");
    bool is_saying = is_preview || str_equal(act, "say");
    snprintf(path, sizeof path, "/cases/%lld", (long long)visit->id);
    if (is_saying && (is_preview || !is_done)) {
        struct extra extra = { is_done ? json_array_get(answer.rows, 0) : NULL, is_done ? NULL : answer.why };
        return show(visit, 200, &extra, ret_page);
    }
    return visit_go(visit, path, answer.why[0] ? answer.why : "Done.", !is_done, ret_page);
}
