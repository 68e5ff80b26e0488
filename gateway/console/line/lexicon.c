/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon - the page of words and its forms: a text is tried, a word is added or taken away.
 * Keeps: a text that is tried is told on the answer itself and kept nowhere; a word that is refused stays in its field.
 * Not here: how it looks (lexiconview), the words of one language (lexiconwords).
 */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/line/dutyparts.h"
#include "gateway/console/line/lexiconview.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/shell.h"

#define PAGE 20

static void read_draft(const struct visit *visit, struct lexicon_draft *ret)
{
    *ret = (struct lexicon_draft){ .refusal = NULL };
    visit_text(visit, "language", ret->language, sizeof ret->language);
    visit_text(visit, "label", ret->label, sizeof ret->label);
    visit_text(visit, "words", ret->words, sizeof ret->words);
    visit_text(visit, "weight", ret->weight, sizeof ret->weight);
}

static int show(struct visit *visit, struct lexiconview *view, int64_t before, struct visits_page *ret_page)
{
    AUTO_ANSWER languages = { .rows = NULL };
    AUTO_ANSWER added = { .rows = NULL };
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    json_t *args = json_pack("{s:i}", "limit", PAGE + 1);
    int rc = html && args ? 0 : ERR_NOMEM;
    if (!rc && before > 0 && json_object_set_new(args, "before", json_integer(before)))
        rc = ERR_NOMEM;
    if (rc)
        json_decref(args);
    else
        rc = visit_verb(visit, "lexicon added", args, &added);
    if (!rc)
        rc = visit_verb(visit, "lexicon list", json_object(), &languages);
    if (rc)
        return rc;
    view->visit = visit;
    view->languages = languages.rows;
    view->added = added.rows;
    view->page_max = PAGE;
    view->is_further = before > 0;
    shell_begin(html, visit, "Words", DUTYPARTS_HERE);
    lexiconview_write(html, view);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

int page_lexicon(struct visit *visit, struct visits_page *ret_page)
{
    struct lexiconview view = { .text = span_of("") };
    int64_t before = visit_number(visit, "before");
    if (before < 0)
        return shell_say(visit, 400, "Not understood", "There is no such page of words.", NULL, ret_page);
    read_draft(visit, &view.draft);
    return show(visit, &view, before, ret_page);
}

int page_lexicon_try(struct visit *visit, struct visits_page *ret_page)
{
    struct lexiconview view = { .text = visit_field(visit, "text") };
    AUTO_ANSWER answer = { .rows = NULL };
    int rc = visit_verb(visit, "lexicon read", json_pack("{s:s%}", "text", view.text.data, view.text.len), &answer);
    if (rc)
        return rc;
    if (answer.end != VERB_DONE)
        return visit_go(visit, "/lexicon", "A text of at most 4,000 bytes is wanted.", true, ret_page);
    view.reading = json_array_get(answer.rows, 0);
    return show(visit, &view, 0, ret_page);
}

int page_lexicon_add(struct visit *visit, struct visits_page *ret_page)
{
    struct lexiconview view = { .text = span_of("") };
    AUTO_ANSWER answer = { .rows = NULL };
    char anyway[8];
    read_draft(visit, &view.draft);
    json_t *args = json_pack("{s:s, s:s, s:s, s:s, s:s}", "language", view.draft.language, "label", view.draft.label,
        "words", view.draft.words, "weight", view.draft.weight, "anyway",
        visit_text(visit, "anyway", anyway, sizeof anyway));
    int rc = visit_verb(visit, "lexicon add", args, &answer);
    if (rc)
        return rc;
    if (answer.end == VERB_DONE)
        return visit_go(visit, "/lexicon", answer.why, false, ret_page);
    view.draft.refusal = answer.why;
    return show(visit, &view, 0, ret_page);
}

int page_lexicon_remove(struct visit *visit, struct visits_page *ret_page)
{
    AUTO_ANSWER answer = { .rows = NULL };
    json_t *args = json_pack("{s:I}", "added", (json_int_t)visit_number(visit, "added"));
    int rc = visit_verb(visit, "lexicon remove", args, &answer);
    return rc ? rc : visit_go(visit, "/lexicon", answer.why, answer.end != VERB_DONE, ret_page);
}
