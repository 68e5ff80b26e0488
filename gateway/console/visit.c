/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visit - see visit.h. */
#include "gateway/console/visit.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"

static const struct outage_state is_well = { .is_spool_well = true }; /* a page is answered by a store that works */

struct span visit_field(const struct visit *visit, const char *name)
{
    struct span value = { "", 0 };
    (void)form_find(visit->form, name, &value);
    return value;
}

const char *visit_text(const struct visit *visit, const char *name, char *ret, size_t size)
{
    str_copy_span(ret, size, visit_field(visit, name));
    return ret;
}

int64_t visit_number(const struct visit *visit, const char *name)
{
    char text[32];
    int64_t number = 0;
    struct span value = visit_field(visit, name);
    if (!value.len)
        return 0;
    if (!str_copy_span(text, sizeof text, value) || str_to_int64(text, 1, INT64_MAX, &number))
        return -1;
    return number;
}

/* ---- verbs ----------------------------------------------------------------------------------------------------- */

void visit_answer_done(struct visit_answer *answer)
{
    json_decref(answer->rows);
    answer->rows = NULL;
}

static void on_row(void *context, json_t *row)
{
    struct visit_answer *answer = context;
    if (row)
        json_array_append_new(answer->rows, row);
}

int visit_verb(struct visit *visit, const char *words, json_t *args, struct visit_answer *ret_answer)
{
    const struct verb *verb = verbs_find(words);
    struct verb_call call = {
        .core = visit->core,
        .dispatch = visit->core->dispatch,
        .actor = visit->who->actor,
        .args = args,
        .now_ms = visit->now_ms,
        .storage = &is_well,
        .on_row = on_row,
        .context = ret_answer,
    };
    *ret_answer = (struct visit_answer){ .end = VERB_USAGE, .rows = json_array() };
    int end = verb && args && ret_answer->rows ? verb->run(&call) : ERR_NOMEM;
    json_decref(args);
    ret_answer->end = end < 0 ? VERB_REFUSED : end;
    str_copy(ret_answer->why, sizeof ret_answer->why, call.why);
    return end < 0 ? end : 0;
}

/* ---- going on -------------------------------------------------------------------------------------------------- */

void visit_way(const char *from, const char *to, char *ret_path, size_t size)
{
    size_t len = 0;
    ret_path[0] = '\0';
    for (const char *p = from[0] == '/' ? from + 1 : from; *p; p++)
        if (*p == '/' && len + 3 < size) {
            str_copy(ret_path + len, size - len, "../");
            len += 3;
        }
    const char *rest = to[0] == '/' ? to + 1 : to;
    str_copy(ret_path + len, size - len, rest[0] || len ? rest : "./");
}

int visit_go_from(const struct request *request, const char *path, struct visits_page *ret_page)
{
    visit_way(request->path, path, ret_page->location, sizeof ret_page->location);
    ret_page->own[0] = (struct http_header){ "Location", ret_page->location };
    ret_page->own[1] = (struct http_header){ NULL, NULL };
    ret_page->extra = ret_page->own;
    ret_page->status = 303;
    ret_page->content_type = NULL;
    return 0;
}

int visit_go(struct visit *visit, const char *path, const char *sentence, bool is_refusal, struct visits_page *ret_page)
{
    if (sentence)
        str_copy(visit->who->sentence, sizeof visit->who->sentence, sentence);
    visit->who->is_refusal = is_refusal;
    return visit_go_from(visit->request, path, ret_page);
}
