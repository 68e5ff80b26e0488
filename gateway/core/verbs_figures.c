/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_figures - counts of cases for reports, without names (recommendation 6): by state, urgency, category, language
 * and country. Keeps: a count under FIGURES_MIN is not shown, because few people in a cell can be recognised; no text
 * and no number is opened.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_loops.h"
#include "gateway/store/cases.h"

#define FIGURES_MIN 5
#define PAGE 1000
#define WORDS_MAX 128 /* different languages or countries that are counted apart; the rest is "other" */

struct word_count {
    char word[LANGUAGE_MAX];
    int64_t count;
};

struct figures {
    int64_t total, last_id;
    unsigned page;
    int64_t states[STATE_COUNT], urgencies[URGENCY_COUNT], categories[CATEGORY_COUNT];
    struct word_count languages[WORDS_MAX], countries[WORDS_MAX];
};

static void count_word(struct word_count *counts, const char *word)
{
    unsigned i = 0;
    while (i < WORDS_MAX - 1 && counts[i].count && !str_equal(counts[i].word, word))
        i++;
    if (!counts[i].count)
        str_copy(counts[i].word, sizeof counts[i].word, i < WORDS_MAX - 1 ? word : "other");
    counts[i].count++;
}

static int count_case(void *context, const struct case_row *row)
{
    struct figures *figures = context;
    figures->total++;
    figures->page++;
    figures->last_id = row->id;
    figures->states[row->state]++;
    figures->urgencies[row->urgency]++;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        figures->categories[i] += (row->categories >> i) & 1;
    count_word(figures->languages, row->language);
    count_word(figures->countries, row->country[0] ? row->country : "unknown");
    return 0;
}

static int count_all(struct verb_call *call, struct figures *figures)
{
    struct cases_filter filter = { .state = "all", .urgency = -1, .category = -1, .limit = PAGE };
    int rc = 0;
    figures->page = PAGE;
    while (!rc && figures->page == PAGE) {
        figures->page = 0;
        rc = cases_list(call->core->store, &filter, count_case, figures);
        filter.before_id = figures->last_id;
    }
    return rc;
}

static void figure(struct verb_call *call, const char *by, const char *value, int64_t count)
{
    if (count)
        verb_row(call, json_pack("{s:s, s:s, s:o}", "by", by, "value", value, "cases",
                           count < FIGURES_MIN ? json_string("under 5") : json_integer(count)));
}

static void print(struct verb_call *call, const struct figures *figures)
{
    static const enum state states[] = { STATE_case_open, STATE_case_taken, STATE_case_closed };
    figure(call, "all", "", figures->total);
    for (size_t i = 0; i < STR_COUNT(states); i++)
        figure(call, "state", state_word(states[i]), figures->states[states[i]]);
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        figure(call, "urgency", urgency_word((enum urgency)i), figures->urgencies[i]);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        figure(call, "category", category_word((enum category)i), figures->categories[i]);
    for (unsigned i = 0; i < WORDS_MAX; i++)
        figure(call, "language", figures->languages[i].word, figures->languages[i].count);
    for (unsigned i = 0; i < WORDS_MAX; i++)
        figure(call, "country", figures->countries[i].word, figures->countries[i].count);
}

int verb_figures(struct verb_call *call)
{
    struct figures *figures = calloc(1, sizeof *figures);
    if (!figures)
        return ERR_NOMEM;
    int rc = count_all(call, figures);
    if (!rc)
        print(call, figures);
    free(figures);
    if (!rc)
        rc = verbs_loops_figures(call);
    return rc ? rc : verb_audit(call, "figures.read", 0, "", "");
}
