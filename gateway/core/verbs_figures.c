/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_figures - counts of the cases of a period for reports, without names (recommendation 6), as rows.
 * Keeps: what is hidden does not depend on what is asked for. What is told of the line itself (deliveries, its own
 *        tests) is about nobody.
 * Not here: counting and hiding (figures).
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/core/figures.h"
#include "gateway/core/period.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_loops.h"

#define VALUE_MAX (2 * FIGURES_WORD_LEN + 32)

/* The words of --by. */
static const char *const lists[LIST_COUNT] = { "state", "urgency", "category", "language", "country", "origin",
    "origin_basis", "sex", "ending", "month", "open_age", "delivery" };
static const struct {
    const char *by;
    const char *between; /* the word of the row and the word of the column */
    bool is_trend;
} tables[] = { { "corridor", " > ", false }, { "category_month", " ", true }, { "language_month", " ", true } };
static const char *const steps[TIME_COUNT] = { "first_alert", "acknowledge", "close" };
/* The steps by label: how fast she was answered, and how long it took. */
static const struct {
    const char *by;
    enum figures_time time;
    int of;
} answers[] = { { "acknowledge_category", TIME_TAKE, CHOICE_CATEGORY },
    { "acknowledge_language", TIME_TAKE, CHOICE_LANGUAGE }, { "acknowledge_corridor", TIME_TAKE, CHOICE_CORRIDOR },
    { "acknowledge_sex", TIME_TAKE, CHOICE_SEX }, { "close_category", TIME_CLOSE, CHOICE_CATEGORY },
    { "close_language", TIME_CLOSE, CHOICE_LANGUAGE }, { "close_corridor", TIME_CLOSE, CHOICE_CORRIDOR },
    { "close_sex", TIME_CLOSE, CHOICE_SEX } };

struct telling {
    struct verb_call *call;
    const struct figures *figures;
    const char *asked;
    bool has_trends;
};

static bool is_wanted(const struct telling *telling, const char *by, bool is_extra)
{
    return telling->asked[0] ? str_equal(telling->asked, by) : !is_extra || telling->has_trends;
}

static void add_row(struct telling *telling, const char *by, const char *value, json_t *cases)
{
    verb_row(telling->call, json_pack("{s:s, s:s, s:o}", "by", by, "value", value, "cases", cases));
}

static void add_cell(struct telling *telling, const char *by, const char *value, const struct suppress_cell *cell)
{
    if (cell->count)
        add_row(telling, by, value, cell->is_hidden ? json_string("hidden") : json_integer(cell->count));
}

static void tell_list(struct telling *telling, int index)
{
    const struct figures_words *list = &telling->figures->lists[index];
    for (unsigned i = 0; list->is_told && i < list->count; i++)
        add_cell(telling, lists[index], list->words[i], &list->cells[i]);
    if (!list->is_told)
        add_row(telling, lists[index], "", json_string("hidden"));
}

static void tell_table(struct telling *telling, enum figures_table table)
{
    char value[VALUE_MAX];
    const struct figures_words *rows = &telling->figures->lists[figures_row_list(table)];
    const struct figures_words *columns = &telling->figures->lists[figures_column_list(table)];
    const struct figures_cross *cross = &telling->figures->tables[table];
    for (unsigned r = 0; cross->is_told && r < rows->count; r++)
        for (unsigned c = 0; c < columns->count; c++) {
            (void)snprintf(value, sizeof value, "%s%s%s", rows->words[r], tables[table].between, columns->words[c]);
            add_cell(telling, tables[table].by, value, &cross->cells[r][c]);
        }
    if (!cross->is_told && telling->figures->total)
        add_row(telling, tables[table].by, "", json_string("hidden"));
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

static void add_time(struct telling *telling, const char *by, const char *label, const char *mark, int64_t ms)
{
    char value[VALUE_MAX];
    (void)snprintf(value, sizeof value, "%s%s%s", label, label[0] ? " " : "", mark);
    add_row(telling, by, value, json_integer(ms / 1000));
}

static void tell_times(struct telling *telling, const char *by, const char *label, const struct figures_choice *choice,
    enum figures_time time)
{
    struct figures_marks marks;
    if (!figures_mark(telling->figures, choice, time, &marks))
        return;
    add_time(telling, by, label, "median, s", marks.median);
    add_time(telling, by, label, "90th percentile, s", marks.most);
}

static void tell_answers_of_list(struct telling *telling, size_t index, enum figures_list of)
{
    const struct figures_words *list = &telling->figures->lists[of];
    for (unsigned i = 0; list->is_told && i < list->count; i++) {
        struct figures_choice choice = { .of = answers[index].of, .row = i };
        if (list->cells[i].count && !list->cells[i].is_hidden)
            tell_times(telling, answers[index].by, list->words[i], &choice, answers[index].time);
    }
}

static void tell_answers_of_corridors(struct telling *telling, size_t index)
{
    char label[VALUE_MAX];
    const struct figures_words *origins = &telling->figures->lists[LIST_ORIGIN];
    const struct figures_words *countries = &telling->figures->lists[LIST_COUNTRY];
    const struct figures_cross *cross = &telling->figures->tables[TABLE_CORRIDOR];
    for (unsigned r = 0; cross->is_told && r < origins->count; r++)
        for (unsigned c = 0; c < countries->count; c++) {
            struct figures_choice choice = { .of = CHOICE_CORRIDOR, .row = r, .column = c };
            if (!cross->cells[r][c].count || cross->cells[r][c].is_hidden)
                continue;
            (void)snprintf(label, sizeof label, "%s > %s", origins->words[r], countries->words[c]);
            tell_times(telling, answers[index].by, label, &choice, answers[index].time);
        }
}

static void tell_answers(struct telling *telling, size_t index)
{
    if (answers[index].of == CHOICE_CORRIDOR)
        tell_answers_of_corridors(telling, index);
    else
        tell_answers_of_list(telling, index,
            answers[index].of == CHOICE_CATEGORY   ? LIST_CATEGORY
            : answers[index].of == CHOICE_LANGUAGE ? LIST_LANGUAGE
                                                   : LIST_SEX);
}

static void tell(struct telling *telling)
{
    static const struct figures_choice all = { .of = CHOICE_ALL };
    int64_t total = telling->figures->total;
    if (is_wanted(telling, "all", false) && total)
        add_row(telling, "all", "", suppress_is_small(total) ? json_string("hidden") : json_integer(total));
    for (int i = 0; i < LIST_COUNT; i++)
        if (is_wanted(telling, lists[i], false))
            tell_list(telling, i);
    for (int i = 0; i < TIME_COUNT; i++)
        if (is_wanted(telling, steps[i], false))
            tell_times(telling, steps[i], "", &all, (enum figures_time)i);
    for (size_t i = 0; i < STR_COUNT(tables); i++)
        if (is_wanted(telling, tables[i].by, tables[i].is_trend))
            tell_table(telling, (enum figures_table)i);
    for (size_t i = 0; i < STR_COUNT(answers); i++)
        if (is_wanted(telling, answers[i].by, true))
            tell_answers(telling, i);
}

/* ---- the verb -------------------------------------------------------------------------------------------------- */

static bool is_known(const char *by)
{
    bool is_found = !by[0] || str_equal(by, "all");
    for (int i = 0; i < LIST_COUNT; i++)
        is_found = is_found || str_equal(by, lists[i]);
    for (int i = 0; i < TIME_COUNT; i++)
        is_found = is_found || str_equal(by, steps[i]);
    for (size_t i = 0; i < STR_COUNT(tables); i++)
        is_found = is_found || str_equal(by, tables[i].by);
    for (size_t i = 0; i < STR_COUNT(answers); i++)
        is_found = is_found || str_equal(by, answers[i].by);
    return is_found;
}

static bool read_period(const struct verb_call *call, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    const char *from = verb_text(call, "from"), *to = verb_text(call, "to");
    int64_t end;
    *ret_from_ms = 0;
    *ret_to_ms = INT64_MAX;
    return (!from[0] || !period_read(from, ret_from_ms, &end)) && (!to[0] || !period_read(to, &end, ret_to_ms));
}

int verb_figures(struct verb_call *call)
{
    int64_t from_ms, to_ms;
    const char *by = verb_text(call, "by"), *more = verb_text(call, "more");
    AUTO_FREE struct figures *figures = calloc(1, sizeof *figures);
    if (!figures)
        return ERR_NOMEM;
    if (!read_period(call, &from_ms, &to_ms))
        return verb_usage(
            call, "--from and --to take a month (2026-11), a day (2026-11-24) or a time; --to is included");
    if (!is_known(by))
        return verb_usage(call,
            "--by takes all, state, urgency, category, language, country, origin, origin_basis, sex, "
            "ending, month, open_age, delivery, corridor, category_month, language_month, "
            "first_alert, acknowledge or close, or acknowledge_ or close_ with category, language, "
            "corridor or sex");
    if (more[0] && !str_equal(more, "yes"))
        return verb_usage(call, "--more takes yes");
    int rc = figures_make(call->core->store, from_ms, to_ms, call->now_ms, figures);
    if (rc)
        return rc;
    struct telling telling = { call, figures, by, more[0] != '\0' };
    tell(&telling);
    rc = by[0] ? 0 : verbs_loops_figures(call);
    return rc ? rc : verb_audit(call, "figures.read", 0, "", "");
}
