/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue - the pages of the queue of cases: the list, and the views that a person keeps.
 * Keeps: whoever works on cases sees those that it holds and those that nobody holds; a viewer those assigned to it.
 * Not here: how it looks (queueview), the query (store/caselist).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/queueview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define PAGE 25
#define VALUE_MAX 80
#define QUERY_MAX 1024

struct queue {
    struct visit *visit;
    char values[QUEUE_FIELD_COUNT][VALUE_MAX], find[VALUE_MAX], after[VALUE_MAX];
};

static void read_fields(struct queue *queue)
{
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++)
        visit_text(queue->visit, queueview_field_name((enum queue_field)i), queue->values[i], VALUE_MAX);
    visit_text(queue->visit, "find", queue->find, sizeof queue->find);
    visit_text(queue->visit, "after", queue->after, sizeof queue->after);
}

/* Whose cases the visitor may see: --owner of cases list; "" = everybody's. */
static void print_scope(const struct queue *queue, char *ret_owner, size_t size)
{
    const struct session *who = queue->visit->who;
    const char *asked = queue->values[QUEUE_OWNER];
    bool is_own = str_equal(asked, who->contact), is_nobody = str_equal(asked, "nobody");
    if (who->role == ROLE_supervisor || (who->role == ROLE_caseworker && (is_own || is_nobody)))
        str_copy(ret_owner, size, asked);
    else
        snprintf(ret_owner, size, who->role == ROLE_caseworker ? "%s,nobody" : "%s", who->contact);
}

static int set(json_t *args, const char *key, const char *value)
{
    return value[0] && json_object_set_new(args, key, json_string(value)) ? ERR_NOMEM : 0;
}

static int list_rows(struct queue *queue, struct visit_answer *ret_answer)
{
    char owner[VALUE_MAX * 2];
    json_t *args = json_pack("{s:i}", "limit", PAGE + 1);
    int rc = args ? 0 : ERR_NOMEM;
    print_scope(queue, owner, sizeof owner);
    for (int i = 0; !rc && i < QUEUE_FIELD_COUNT; i++)
        rc = set(args, queueview_field_name((enum queue_field)i), i == QUEUE_OWNER ? owner : queue->values[i]);
    if (!rc)
        rc = set(args, "find", queue->find);
    if (!rc)
        rc = set(args, "after", queue->after);
    if (!rc)
        return visit_verb(queue->visit, "cases list", args, ret_answer);
    json_decref(args);
    return rc;
}

/* A number is looked for among all cases; what the visitor may not see is not even told to exist. */
static bool may_see(const struct session *who, const json_t *row)
{
    const char *owner = json_text(row, "owner", "");
    return who->role == ROLE_supervisor || str_equal(owner, who->contact) ||
           (who->role == ROLE_caseworker && !owner[0]);
}

static void keep_visible(const struct session *who, json_t *rows)
{
    for (size_t i = json_array_size(rows); i > 0; i--)
        if (!may_see(who, json_array_get(rows, i - 1)))
            json_array_remove(rows, i - 1);
}

static void write_keep(struct html *html, const struct queue *queue)
{
    bool is_set = false;
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++)
        is_set = is_set || queue->values[i][0];
    if (!is_set)
        return;
    H_LIT(html, "<details class=\"filters\"><summary>Keep this filter as a view</summary>\n");
    shell_form_begin(html, queue->visit, "/cases/views");
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++) {
        H_LIT(html, "<input type=\"hidden\"");
        H_ATTR(html, "name", queueview_field_name((enum queue_field)i));
        H_ATTR(html, "value", queue->values[i]);
        H_LIT(html, ">\n");
    }
    parts_write_field(html, "name", "Its name", "text", "");
    H_LIT(html, "<div class=\"buttons\"><button type=\"submit\">Keep</button></div>\n");
    shell_form_end(html);
    H_LIT(html, "</details>\n");
}

static void write_drop(struct html *html, const struct queue *queue, const json_t *views)
{
    size_t i;
    json_t *view;
    if (!json_array_size(views))
        return;
    H_LIT(html, "<details class=\"filters\"><summary>Forget a view</summary>\n");
    shell_form_begin(html, queue->visit, "/cases/views/drop");
    H_LIT(html, "<label class=\"field\"><span>View</span>\n<select name=\"name\">\n");
    json_array_foreach(views, i, view)
    {
        H_LIT(html, "<option>");
        html_string(html, json_text(view, "name", ""));
        H_LIT(html, "</option>\n");
    }
    H_LIT(html, "</select></label>\n<div class=\"buttons\"><button type=\"submit\">Forget</button></div>\n");
    shell_form_end(html);
    H_LIT(html, "</details>\n");
}

static int show(
    struct queue *queue, const json_t *rows, const json_t *count, const json_t *views, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    struct queueview view = {
        .config = queue->visit->core->config,
        .rows = rows,
        .count = count,
        .views = views,
        .find = queue->find,
        .me = queue->visit->who->contact,
        .is_further = queue->after[0] != '\0',
        .page_max = PAGE,
        .now_ms = queue->visit->now_ms,
    };
    if (!html)
        return ERR_NOMEM;
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++)
        view.fields[i] = queue->values[i];
    shell_begin(html, queue->visit, "Cases", "/cases");
    queueview_write(html, &view);
    write_keep(html, queue);
    write_drop(html, queue, views);
    if (queue->visit->who->role != ROLE_viewer)
        H_LIT(html, "<p class=\"more\"><a href=\"export\">Take cases away as a file</a></p>\n");
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_cases(struct visit *visit, struct visits_page *ret_page)
{
    struct queue queue = { .visit = visit };
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER views = { .rows = NULL };
    AUTO_ANSWER count = { .rows = NULL };
    read_fields(&queue);
    int rc = list_rows(&queue, &rows);
    if (!rc && rows.end != VERB_DONE)
        return shell_say(visit, 400, "Not understood", rows.why, "Go back to the list and choose again.", ret_page);
    if (!rc)
        rc = visit_verb(visit, "views list", json_object(), &views);
    if (!rc && visit->who->role == ROLE_supervisor)
        rc = visit_verb(visit, "cases count", json_object(), &count);
    if (rc)
        return rc;
    keep_visible(visit->who, rows.rows);
    return show(&queue, rows.rows, json_array_get(count.rows, 0), views.rows, ret_page);
}

/* ---- views ----------------------------------------------------------------------------------------------------- */

int page_cases_views(struct visit *visit, struct visits_page *ret_page)
{
    struct queue queue = { .visit = visit };
    char name[VALUE_MAX * 2];
    AUTO_ANSWER answer = { .rows = NULL };
    json_t *args = json_object();
    int rc = args ? 0 : ERR_NOMEM;
    read_fields(&queue);
    for (int i = 0; !rc && i < QUEUE_FIELD_COUNT; i++)
        rc = set(args, queueview_field_name((enum queue_field)i), queue.values[i]);
    if (!rc)
        rc = set(args, "name", visit_text(visit, "name", name, sizeof name));
    if (rc) {
        json_decref(args);
        return rc;
    }
    rc = visit_verb(visit, "views save", args, &answer);
    bool is_done = answer.end == VERB_DONE;
    return rc ? rc : visit_go(visit, "/cases", is_done ? "The view is kept." : answer.why, !is_done, ret_page);
}

int page_cases_views_drop(struct visit *visit, struct visits_page *ret_page)
{
    char name[VALUE_MAX * 2];
    AUTO_ANSWER answer = { .rows = NULL };
    visit_text(visit, "name", name, sizeof name);
    int rc = visit_verb(visit, "views drop", json_pack("{s:s}", "name", name), &answer);
    bool is_done = answer.end == VERB_DONE;
    return rc ? rc : visit_go(visit, "/cases", is_done ? "The view is forgotten." : answer.why, !is_done, ret_page);
}
