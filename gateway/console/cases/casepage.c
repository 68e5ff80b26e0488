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
#include "gateway/console/cases/caseglass.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"
#include "gateway/core/breakglass.h"
#include "gateway/store/cases.h"

/* What is shown beside the rows. */
struct extra {
    const json_t *preview;
    const char *refusal;
};

/* ---- the page -------------------------------------------------------------------------------------------------- */

/* What stands between the visitor and her words. */
struct bars {
    bool is_stale;       /* a closed case, and the last proof of who it is is too old */
    bool is_supervisor;  /* who gives out cases and does not read them ... */
    int64_t glass_until; /* ... but for an emergency, until then */
};

static bool may_read(const struct bars *bars)
{
    return !bars->is_stale && (!bars->is_supervisor || bars->glass_until);
}

static int find_bars(const struct visit *visit, struct bars *ret_bars)
{
    struct case_row row;
    int rc = cases_get(visit->core->store, visit->id, &row);
    bool is_fresh = sessions_is_fresh(visit->who, visit->now_ms);
    *ret_bars = (struct bars){
        .is_stale = !rc && row.state == STATE_case_closed && !is_fresh,
        .is_supervisor = visit->who->role == ROLE_supervisor,
    };
    if (!rc && ret_bars->is_supervisor)
        rc = breakglass_look(visit->core, visit->who->name, visit->id, visit->now_ms, &ret_bars->glass_until);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static void write_dossier_link(struct html *html, const struct visit *visit)
{
    char address[48], way[VISITS_LINE_MAX];
    (void)snprintf(address, sizeof address, "/cases/%lld/dossier", (long long)visit->id);
    visit_way(visit->request->path, address, way, sizeof way);
    H_LIT(html, "<p class=\"more\"><a");
    H_ATTR(html, "href", way);
    H_LIT(html, ">All of it as a dossier for a lawyer (is recorded)</a></p>\n");
}

static void write_proof_link(struct html *html, const struct visit *visit)
{
    char address[64], way[VISITS_LINE_MAX];
    (void)snprintf(address, sizeof address, "/again?next=/cases/%lld", (long long)visit->id);
    visit_way(visit->request->path, address, way, sizeof way);
    H_LIT(html, "<p><a class=\"button\"");
    H_ATTR(html, "href", way);
    H_LIT(html, ">Show the words of this closed case</a></p>\n");
}

static void write_case(
    struct html *html, struct visit *visit, const json_t *rows, const struct extra *extra, const struct bars *bars)
{
    char title[40];
    enum role role = visit->who->role;
    bool is_post = str_equal(visit->request->method, "POST");
    struct caseview view = {
        .visit = visit,
        .begin_form = shell_form_begin,
        .end_form = shell_form_end,
        .config = visit->core->config,
        .rows = rows,
        .id = visit->id,
        .now_ms = visit->now_ms,
        .upto = is_post ? 0 : visit_number(visit, "upto"),
        .hides_words = !may_read(bars),
        .is_stale = bars->is_stale && (!bars->is_supervisor || bars->glass_until),
        .is_self = role == ROLE_caseworker,
        .self = visit->who->contact,
        .is_masked = role == ROLE_viewer,
        .may_act = role == ROLE_caseworker,
        .may_assign = role == ROLE_supervisor,
        .may_override = role == ROLE_supervisor,
        .may_purge = role == ROLE_supervisor,
        .kept = is_post ? visit_field(visit, "text") : span_of(""),
        .kept_reason = is_post ? visit_field(visit, "reason") : span_of(""),
        .preview = extra->preview,
        .refusal = extra->refusal,
    };
    snprintf(title, sizeof title, "Case %lld", (long long)visit->id);
    shell_begin(html, visit, title, "/cases");
    if (bars->glass_until)
        caseglass_write_notice(html, visit, bars->glass_until);
    if (view.is_stale)
        write_proof_link(html, visit);
    caseview_write(html, &view);
    if (view.may_act)
        write_dossier_link(html, visit);
    if (bars->is_supervisor && !bars->glass_until)
        caseglass_write_form(html, visit);
    shell_end(html);
}

static int show(struct visit *visit, const struct extra *extra, struct visits_page *ret_page)
{
    struct bars bars;
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    int rc = html ? find_bars(visit, &bars) : ERR_NOMEM;
    if (rc)
        return rc;
    json_t *args = json_pack(
        "{s:I, s:s, s:s}", "case", (json_int_t)visit->id, "history", "yes", "content", may_read(&bars) ? "yes" : "no");
    rc = visit_verb(visit, "cases show", args, &rows);
    if (rc)
        return rc;
    if (rows.end != VERB_DONE)
        return shell_say(visit, 404, "No such case", rows.why, NULL, ret_page);
    write_case(html, visit, rows.rows, extra, &bars);
    return page_finish(html, 200, ret_page);
}

int page_case(struct visit *visit, struct visits_page *ret_page)
{
    static const struct extra none;
    if (visit_number(visit, "upto") < 0)
        return shell_say(visit, 400, "Not understood", "There is no such page of this case.", NULL, ret_page);
    return show(visit, &none, ret_page);
}

/* ---- what the forms do ----------------------------------------------------------------------------------------- */

static struct span field_of(const void *context, const char *name)
{
    const struct visit *visit = context;
    /* A caseworker takes a case for itself, whatever the form says. */
    if (str_equal(name, "contact") && visit->who->role == ROLE_caseworker)
        return span_of(visit->who->contact);
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

static bool is_known_form(const struct visit *visit, const char *act)
{
    for (size_t i = 0; i < visit->form->count; i++) {
        struct span name = form_name(visit->form, i);
        if (!span_equal(name, span_of("csrf")) && !caseacts_knows(act, name))
            return false;
    }
    return true;
}

/* Joining brings another case here: it must be one that the visitor could open. */
static int check_other(const struct visit *visit, const char *act, bool *ret_may)
{
    struct case_row row;
    int64_t other = visit_number(visit, "other");
    *ret_may = true;
    if (!str_equal(act, "join") || other <= 0)
        return 0;
    int rc = cases_get(visit->core->store, other, &row);
    *ret_may = !rc && (!row.owner[0] || str_equal(row.owner, visit->who->contact));
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* The words stay in their field, on the answer to the POST itself. */
static int answer_words(struct visit *visit, const struct visit_answer *answer, struct visits_page *ret_page)
{
    bool is_done = answer->end == VERB_DONE;
    struct extra extra = { is_done ? json_array_get(answer->rows, 0) : NULL, is_done ? NULL : answer->why };
    return show(visit, &extra, ret_page);
}

int page_case_act(struct visit *visit, struct visits_page *ret_page)
{
    char path[40];
    bool may = true;
    AUTO_ANSWER answer = { .rows = NULL };
    const char *slash = strrchr(visit->request->path, '/'), *act = slash ? slash + 1 : "";
    if (!is_known_form(visit, act))
        return shell_say(visit, 400, "Not understood", "This is no form of ours, so nothing was done.", NULL, ret_page);
    if (str_equal(act, "say") && span_equal(visit_field(visit, "do"), span_of("preview")))
        act = "preview";
    int rc = check_other(visit, act, &may);
    if (!rc && may)
        rc = run(visit, act, &answer);
    if (rc)
        return rc;
    bool is_done = may && answer.end == VERB_DONE, is_preview = str_equal(act, "preview");
    if (is_preview || (!is_done && (str_equal(act, "say") || str_equal(act, "override"))))
        return answer_words(visit, &answer, ret_page);
    snprintf(path, sizeof path, "/cases/%lld", (long long)visit->id);
    const char *sentence = !may ? "The other case is not yours to see." : answer.why[0] ? answer.why : "Done.";
    return visit_go(visit, path, sentence, !is_done, ret_page);
}
