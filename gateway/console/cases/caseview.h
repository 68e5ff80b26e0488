/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caseview - the page of one case, made of the rows of `cases show`: her rules first, then how it stands, what can be
 * done, and what was said and done, newest first.
 * Keeps: writes no more than CASEVIEW_TEXTS_MAX bytes of texts at once, so that a page stays small on a bad line; older
 *        entries have a page of their own. The number is masked for who may not see it.
 * Not here: who may see the case (access), what a button does (caseacts).
 */
#ifndef GATEWAY_CONSOLE_CASES_CASEVIEW_H
#define GATEWAY_CONSOLE_CASES_CASEVIEW_H

#include "gateway/base/model.h"
#include "gateway/console/html.h"
#include "gateway/json/json.h"

#define CASEVIEW_TEXTS_MAX                                                                                             \
    9000                        /* bytes of words of people on one page; the newest entry is shown whatever its size   \
                                 */
#define CASEVIEW_ENTRIES_MAX 25 /* on one page */

struct config;
struct visit;
struct caseview {
    const struct visit *visit; /* for the forms; these put the sign of the session into each */
    void (*begin_form)(struct html *html, const struct visit *visit, const char *path);
    void (*end_form)(struct html *html);
    const struct config *config; /* names of contacts */
    const json_t *rows;          /* of cases show --history yes */
    int64_t id, now_ms;
    int64_t upto;     /* the newest entry to show, counted from 1 at the oldest; 0 = from the newest */
    bool hides_words; /* the rows came without them, because the reader may not see them */
    bool is_stale;    /* a closed case, and the sign-in is too old for its words */
    bool is_self;     /* the reader takes cases for itself, as the contact `self` */
    const char *self;
    bool is_masked; /* numbers as +9665*****12 */
    bool may_act;   /* works on cases: notes, writes, corrects ... */
    bool may_assign, may_override, may_purge;
    struct span kept, kept_reason; /* what was written and not sent */
    const json_t *preview;         /* row of cases preview, NULL = none */
    const char *refusal;           /* why it was not sent, NULL */
};

void caseview_write(struct html *html, const struct caseview *view);

/* The row of that section, NULL when there is none. */
const json_t *caseview_section(const json_t *rows, const char *section);

/* ---- the pieces that have files of their own ---- */

/* A time of a row as parts_write_time writes it; nothing for null. */
void caseview_write_time(struct html *html, const json_t *row, const char *key, int64_t now_ms);
/* Who acted: the title of a contact, the name of a user, "the machine". */
void caseview_write_actor(struct html *html, const struct caseview *view, const char *actor);
/* caserules.c */
void caseview_write_rules(struct html *html, const struct caseview *view);
/* timeline.c */
void caseview_write_timeline(struct html *html, const struct caseview *view);
/* caseforms.c: the first thing to do; then writing to her, and everything else. */
void caseview_write_first_forms(struct html *html, const struct caseview *view);
void caseview_write_forms(struct html *html, const struct caseview *view);

#endif
