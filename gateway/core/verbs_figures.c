/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_figures - counts of the cases of a period for reports, without names (recommendation 6).
 * Keeps: no text and no number is opened; what is hidden of the counts decides core/suppress; a figure of fewer than
 *        five cases is none. What is told of the line itself (deliveries, its own tests) is about nobody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/period.h"
#include "gateway/core/suppress.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_loops.h"
#include "gateway/store/figures.h"

#define WORDS_MAX 128 /* different languages, countries or months that are counted apart; the rest is "other" */
#define WORD_LEN 96
#define HOUR_MS 3600000LL

struct group {
    const char *by;
    bool is_parted;  /* each case is in one cell of it */
    bool is_of_line; /* counts messages of ours and not people: nothing is hidden */
    unsigned count;
    char words[WORDS_MAX][WORD_LEN];
    struct suppress_cell cells[WORDS_MAX];
};
enum { BY_STATE, BY_URGENCY, BY_CATEGORY, BY_LANGUAGE, BY_COUNTRY, BY_MONTH, BY_OPEN_AGE, BY_DELIVERY, BY_COUNT };
enum { TIME_ALERT, TIME_TAKE, TIME_CLOSE, TIME_COUNT };

struct figures {
    int64_t from_ms, to_ms, now_ms, total, live, month_end_ms;
    struct group groups[BY_COUNT];
    size_t time_counts[TIME_COUNT];
    int64_t times[TIME_COUNT][FIGURES_TIMES_MAX];
};

static const struct {
    const char *by;
    bool is_parted, is_of_line;
} kinds[BY_COUNT] = { { "state", true, false }, { "urgency", true, false }, { "category", false, false },
    { "language", true, false }, { "country", true, false }, { "month", true, false }, { "open_age", true, false },
    { "delivery", true, true } };
static const char *const time_words[TIME_COUNT] = { "first_alert", "acknowledge", "close" };

/* ---- counting -------------------------------------------------------------------------------------------------- */

static void count_word(struct group *group, const char *word)
{
    unsigned i = 0;
    while (i < group->count && !str_equal(group->words[i], word))
        i++;
    if (i == WORDS_MAX)
        str_copy(group->words[--i], WORD_LEN, "other");
    else if (i == group->count)
        str_copy(group->words[group->count++], WORD_LEN, word);
    group->cells[i].count++;
}

/* The fixed words stand in their own order, whoever comes first. */
static void name_words(struct figures *figures)
{
    static const enum state states[] = { STATE_case_open, STATE_case_taken, STATE_case_closed };
    static const char *const ages[] = { "under 1 day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "over 30 days" };
    struct group *groups = figures->groups;
    for (int i = 0; i < BY_COUNT; i++) {
        groups[i].by = kinds[i].by;
        groups[i].is_parted = kinds[i].is_parted;
        groups[i].is_of_line = kinds[i].is_of_line;
    }
    for (size_t i = 0; i < STR_COUNT(states); i++)
        str_copy(groups[BY_STATE].words[groups[BY_STATE].count++], WORD_LEN, state_word(states[i]));
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        str_copy(groups[BY_URGENCY].words[groups[BY_URGENCY].count++], WORD_LEN, urgency_word((enum urgency)i));
    for (int i = 0; i < CATEGORY_COUNT; i++)
        str_copy(groups[BY_CATEGORY].words[groups[BY_CATEGORY].count++], WORD_LEN, category_word((enum category)i));
    for (size_t i = 0; i < STR_COUNT(ages); i++)
        str_copy(groups[BY_OPEN_AGE].words[groups[BY_OPEN_AGE].count++], WORD_LEN, ages[i]);
}

/* Cases come the oldest first, so the month is looked for when it changes only. */
static void count_month(struct figures *figures, int64_t at)
{
    struct group *months = &figures->groups[BY_MONTH];
    char text[CLOCK_TEXT_MAX];
    int64_t begin;
    if (at < figures->month_end_ms) {
        months->cells[months->count - 1].count++;
        return;
    }
    clock_format(at, text);
    text[strlen("2026-11")] = '\0';
    count_word(months, text);
    if (months->count == WORDS_MAX || period_read(text, &begin, &figures->month_end_ms))
        figures->month_end_ms = 0;
}

static int count_case(void *context, const struct figures_case *row)
{
    struct figures *figures = context;
    struct group *groups = figures->groups;
    figures->total++;
    groups[BY_STATE].cells[row->state - STATE_case_open].count++;
    groups[BY_URGENCY].cells[URGENCY_COUNT - 1 - (int)row->urgency].count++;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        groups[BY_CATEGORY].cells[i].count += (row->categories >> i) & 1;
    count_word(&groups[BY_LANGUAGE], row->language);
    count_word(&groups[BY_COUNTRY], row->country[0] ? row->country : "unknown");
    count_month(figures, row->opened_at);
    return 0;
}

static void add_time(struct figures *figures, int kind, int64_t from_ms, int64_t to_ms)
{
    if (to_ms)
        figures->times[kind][figures->time_counts[kind]++] = to_ms > from_ms ? to_ms - from_ms : 0;
}

static int count_times(void *context, const struct figures_times *row)
{
    struct figures *figures = context;
    add_time(figures, TIME_ALERT, row->opened_at, row->alerted_at);
    add_time(figures, TIME_TAKE, row->opened_at, row->taken_at);
    add_time(figures, TIME_CLOSE, row->opened_at, row->closed_at);
    return 0;
}

static int count_age(void *context, int64_t opened_at)
{
    static const int64_t bounds_h[] = { 24, 72, 168, 720 };
    struct figures *figures = context;
    size_t i = 0;
    while (i < STR_COUNT(bounds_h) && figures->now_ms - opened_at >= bounds_h[i] * HOUR_MS)
        i++;
    figures->live++;
    figures->groups[BY_OPEN_AGE].cells[i].count++;
    return 0;
}

static int count_delivery(void *context, const struct figures_delivery *row)
{
    struct figures *figures = context;
    char word[WORD_LEN];
    (void)snprintf(word, sizeof word, "%s %s", row->channel, state_word(row->state));
    count_word(&figures->groups[BY_DELIVERY], word);
    return 0;
}

static int count_all(struct store *store, struct figures *figures)
{
    name_words(figures);
    int rc = figures_list_cases(store, figures->from_ms, figures->to_ms, count_case, figures);
    if (!rc)
        rc = figures_list_times(store, figures->from_ms, figures->to_ms, count_times, figures);
    if (!rc)
        rc = figures_list_live(store, count_age, figures);
    return rc ? rc : figures_list_deliveries(store, figures->from_ms, figures->to_ms, count_delivery, figures);
}

/* ---- telling --------------------------------------------------------------------------------------------------- */

static void add_row(struct verb_call *call, const char *by, const char *value, json_t *cases)
{
    verb_row(call, json_pack("{s:s, s:s, s:o}", "by", by, "value", value, "cases", cases));
}

static json_t *hidden(void)
{
    return json_string("hidden");
}

static void add_group(struct verb_call *call, struct group *group, int64_t total)
{
    bool is_told = group->is_of_line ||
                   suppress_line(group->cells, group->count, suppress_is_small(total) ? 0 : total, group->is_parted);
    if (!is_told)
        add_row(call, group->by, "", hidden());
    for (unsigned i = 0; is_told && i < group->count; i++)
        if (group->cells[i].count)
            add_row(call, group->by, group->words[i],
                group->cells[i].is_hidden ? hidden() : json_integer(group->cells[i].count));
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void add_times(struct verb_call *call, struct figures *figures, int kind)
{
    static const struct {
        const char *word;
        unsigned percent;
    } marks[] = { { "median, s", 50 }, { "90th percentile, s", 90 } };
    size_t count = figures->time_counts[kind];
    if (count < SUPPRESS_MIN)
        return;
    qsort(figures->times[kind], count, sizeof figures->times[kind][0], compare);
    for (size_t i = 0; i < STR_COUNT(marks); i++)
        add_row(call, time_words[kind], marks[i].word,
            json_integer(suppress_percentile(figures->times[kind], count, marks[i].percent) / 1000));
}

static bool is_wanted(const char *asked, const char *by)
{
    return !asked[0] || str_equal(asked, by);
}

static void tell(struct verb_call *call, struct figures *figures, const char *asked)
{
    if (is_wanted(asked, "all") && figures->total)
        add_row(call, "all", "", suppress_is_small(figures->total) ? hidden() : json_integer(figures->total));
    for (int i = 0; i < BY_COUNT; i++)
        if (is_wanted(asked, kinds[i].by))
            add_group(call, &figures->groups[i], i == BY_OPEN_AGE ? figures->live : figures->total);
    for (int i = 0; i < TIME_COUNT; i++)
        if (is_wanted(asked, time_words[i]))
            add_times(call, figures, i);
}

static bool is_known(const char *by)
{
    bool is_found = !by[0] || str_equal(by, "all");
    for (int i = 0; i < BY_COUNT; i++)
        is_found = is_found || str_equal(by, kinds[i].by);
    for (int i = 0; i < TIME_COUNT; i++)
        is_found = is_found || str_equal(by, time_words[i]);
    return is_found;
}

static bool read_period(const struct verb_call *call, struct figures *figures)
{
    const char *from = verb_text(call, "from"), *to = verb_text(call, "to");
    int64_t end;
    figures->to_ms = INT64_MAX;
    return (!from[0] || !period_read(from, &figures->from_ms, &end)) &&
           (!to[0] || !period_read(to, &end, &figures->to_ms));
}

int verb_figures(struct verb_call *call)
{
    const char *by = verb_text(call, "by");
    AUTO_FREE struct figures *figures = calloc(1, sizeof *figures);
    if (!figures)
        return ERR_NOMEM;
    figures->now_ms = call->now_ms;
    if (!read_period(call, figures))
        return verb_usage(
            call, "--from and --to take a month (2026-11), a day (2026-11-24) or a time; --to is included");
    if (!is_known(by))
        return verb_usage(call, "--by takes all, state, urgency, category, language, country, month, open_age, "
                                "delivery, first_alert, acknowledge or close");
    int rc = count_all(call->core->store, figures);
    if (rc)
        return rc;
    tell(call, figures, by);
    rc = by[0] ? 0 : verbs_loops_figures(call);
    return rc ? rc : verb_audit(call, "figures.read", 0, "", "");
}
