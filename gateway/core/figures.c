/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures - see figures.h. */
#include "gateway/core/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/figureshide.h"
#include "gateway/core/period.h"

#define HOUR_MS 3600000LL
#define MONTH_LEN 7 /* "2026-11" */
#define UNKNOWN "unknown"

enum figures_list figures_row_list(enum figures_table table)
{
    static const enum figures_list rows[TABLE_COUNT] = { LIST_ORIGIN, LIST_CATEGORY, LIST_LANGUAGE, LIST_LANGUAGE };
    return rows[table];
}

enum figures_list figures_column_list(enum figures_table table)
{
    static const enum figures_list columns[TABLE_COUNT] = { LIST_COUNTRY, LIST_MONTH, LIST_MONTH, LIST_ORIGIN };
    return columns[table];
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static unsigned place_of(struct figures_words *list, const char *word)
{
    unsigned i = 0;
    while (i < list->count && !str_equal(list->words[i], word))
        i++;
    if (i == FIGURES_WORDS_MAX)
        str_copy(list->words[--i], FIGURES_WORD_LEN, "other");
    else if (i == list->count)
        str_copy(list->words[list->count++], FIGURES_WORD_LEN, word);
    return i;
}

static void add_word(struct figures *figures, enum figures_list list, const char *word)
{
    (void)place_of(&figures->lists[list], word);
}

/* The fixed words stand in their own order, whoever comes first. */
static void name_words(struct figures *figures)
{
    static const enum state states[] = { STATE_case_open, STATE_case_taken, STATE_case_closed };
    static const char *const ages[] = { "under 1 day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "over 30 days" };
    static const char *const bases[] = { "stated", "probable", UNKNOWN };
    for (size_t i = 0; i < STR_COUNT(states); i++)
        add_word(figures, LIST_STATE, state_word(states[i]));
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        add_word(figures, LIST_URGENCY, urgency_word((enum urgency)i));
    for (int i = 0; i < CATEGORY_COUNT; i++)
        add_word(figures, LIST_CATEGORY, category_word((enum category)i));
    for (int i = 0; i < SEX_COUNT; i++)
        add_word(figures, LIST_SEX, sex_word((enum sex)i));
    for (int i = 0; i < ENDING_COUNT; i++)
        add_word(figures, LIST_ENDING, ending_word((enum ending)i));
    for (size_t i = 0; i < STR_COUNT(ages); i++)
        add_word(figures, LIST_OPEN_AGE, ages[i]);
    for (size_t i = 0; i < STR_COUNT(bases); i++)
        add_word(figures, LIST_BASIS, bases[i]);
}

static unsigned count_word(struct figures *figures, enum figures_list list, const char *word, int64_t cases)
{
    unsigned place = place_of(&figures->lists[list], word[0] ? word : UNKNOWN);
    figures->lists[list].cells[place].count += cases;
    return place;
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

static int count_categories(struct figures *figures, const struct figures_count *count, unsigned month)
{
    category_set set;
    int rc = category_set_parse(count->value, &set);
    for (unsigned i = 0; !rc && i < CATEGORY_COUNT; i++)
        if (set >> i & 1) {
            figures->lists[LIST_CATEGORY].cells[i].count += count->cases;
            figures->tables[TABLE_CATEGORY_MONTH].cells[i][month].count += count->cases;
        }
    return rc;
}

/* "PH>SA" is two words of two lists, and a cell of a table. */
struct pair {
    unsigned row, column;
};

static struct pair places_of(struct figures *figures, enum figures_table table, const char *value)
{
    char first[LANGUAGE_MAX] = "";
    const char *sign = strchr(value, '>'), *second = sign ? sign + 1 : "";
    if (sign)
        str_copy_span(first, sizeof first, (struct span){ value, (size_t)(sign - value) });
    return (struct pair){ place_of(&figures->lists[figures_row_list(table)], first[0] ? first : UNKNOWN),
        place_of(&figures->lists[figures_column_list(table)], second[0] ? second : UNKNOWN) };
}

static void count_language(struct figures *figures, const struct figures_count *count, unsigned month)
{
    struct pair at = places_of(figures, TABLE_LANGUAGE_ORIGIN, count->value);
    figures->lists[LIST_LANGUAGE].cells[at.row].count += count->cases;
    figures->tables[TABLE_LANGUAGE_ORIGIN].cells[at.row][at.column].count += count->cases;
    figures->tables[TABLE_LANGUAGE_MONTH].cells[at.row][month].count += count->cases;
}

static void count_corridor(struct figures *figures, const struct figures_count *count)
{
    struct pair at = places_of(figures, TABLE_CORRIDOR, count->value);
    figures->lists[LIST_ORIGIN].cells[at.row].count += count->cases;
    figures->lists[LIST_COUNTRY].cells[at.column].count += count->cases;
    figures->tables[TABLE_CORRIDOR].cells[at.row][at.column].count += count->cases;
}

static void count_state(struct figures *figures, const struct figures_count *count)
{
    figures->total += count->cases;
    count_word(figures, LIST_MONTH, count->month, count->cases);
    count_word(figures, LIST_STATE, count->value, count->cases);
}

static int count_some(void *context, const struct figures_count *count)
{
    struct figures *figures = context;
    unsigned month = place_of(&figures->lists[LIST_MONTH], count->month);
    switch (count->kind) {
    case FIGURES_state:
        count_state(figures, count);
        break;
    case FIGURES_urgency:
        count_word(figures, LIST_URGENCY, count->value, count->cases);
        break;
    case FIGURES_categories:
        return count_categories(figures, count, month);
    case FIGURES_language:
        count_language(figures, count, month);
        break;
    case FIGURES_corridor:
        count_corridor(figures, count);
        break;
    case FIGURES_basis:
        count_word(figures, LIST_BASIS, count->value, count->cases);
        break;
    case FIGURES_sex:
        count_word(figures, LIST_SEX, count->value, count->cases);
        break;
    case FIGURES_ending:
        count_word(figures, LIST_ENDING, count->value, count->cases);
        break;
    case FIGURES_KINDS:
        break;
    }
    return 0;
}

/* The month in which that moment lies, and where it begins. */
static int64_t month_of(int64_t at, char *ret_month)
{
    int64_t begin = at, end;
    char text[CLOCK_TEXT_MAX];
    clock_format(at, text);
    text[MONTH_LEN] = '\0';
    str_copy(ret_month, MONTH_LEN + 1, text);
    return period_read(text, &begin, &end) ? at : begin;
}

/* Whole months from the counts; what is left before and behind them case by case. */
static int count_cases(struct store *store, int64_t from_ms, int64_t to_ms, struct figures *figures)
{
    char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX] = "9999-99";
    int64_t begin = month_of(from_ms, first), end, last_ms = to_ms;
    if (begin < from_ms && !period_read(first, &begin, &end))
        begin = month_of(end, first);
    if (to_ms != INT64_MAX)
        last_ms = month_of(to_ms, last);
    if (begin >= last_ms)
        return figures_list_cases(store, from_ms, to_ms, count_some, figures);
    int rc = figures_list_cases(store, from_ms, begin, count_some, figures);
    if (!rc)
        rc = figures_list_months(store, first, last, count_some, figures);
    return rc ? rc : figures_list_cases(store, last_ms, to_ms, count_some, figures);
}

static int count_ages(struct store *store, int64_t now_ms, struct figures *figures)
{
    static const int64_t bounds_h[] = { 0, 24, 72, 168, 720 };
    struct suppress_cell *cells = figures->lists[LIST_OPEN_AGE].cells;
    int64_t to_ms = INT64_MAX;
    int rc = 0;
    for (size_t i = 0; !rc && i < STR_COUNT(bounds_h); i++) {
        int64_t from_ms = i + 1 < STR_COUNT(bounds_h) ? now_ms - bounds_h[i + 1] * HOUR_MS + 1 : INT64_MIN;
        rc = figures_count_live(store, from_ms, to_ms, &cells[i].count);
        figures->live += cells[i].count;
        to_ms = from_ms;
    }
    return rc;
}

static int count_delivery(void *context, const struct figures_delivery *row)
{
    char word[FIGURES_WORD_LEN];
    (void)snprintf(word, sizeof word, "%s %s", row->channel, state_word(row->state));
    count_word(context, LIST_DELIVERY, word, 1);
    return 0;
}

/* ---- times ----------------------------------------------------------------------------------------------------- */

static int64_t span_of_time(int64_t from_ms, int64_t to_ms)
{
    return !to_ms ? -1 : to_ms > from_ms ? to_ms - from_ms : 0;
}

static int add_sample(void *context, const struct figures_times *row)
{
    struct figures *figures = context;
    struct figures_words *lists = figures->lists;
    if (figures->sample_count == FIGURES_TIMES_MAX)
        return 0;
    figures->samples[figures->sample_count++] = (struct figures_sample){
        .times = { span_of_time(row->opened_at, row->alerted_at), span_of_time(row->opened_at, row->taken_at),
            span_of_time(row->opened_at, row->closed_at) },
        .categories = row->categories,
        .language = (unsigned char)place_of(&lists[LIST_LANGUAGE], row->language),
        .origin = (unsigned char)place_of(&lists[LIST_ORIGIN], row->origin[0] ? row->origin : UNKNOWN),
        .country = (unsigned char)place_of(&lists[LIST_COUNTRY], row->country[0] ? row->country : UNKNOWN),
        .sex = (unsigned char)place_of(&lists[LIST_SEX], row->sex[0] ? row->sex : UNKNOWN),
    };
    return 0;
}

static bool is_chosen(const struct figures_sample *sample, const struct figures_choice *choice)
{
    switch (choice->of) {
    case CHOICE_CATEGORY:
        return sample->categories >> choice->row & 1;
    case CHOICE_LANGUAGE:
        return sample->language == choice->row;
    case CHOICE_SEX:
        return sample->sex == choice->row;
    case CHOICE_CORRIDOR:
        return sample->origin == choice->row && sample->country == choice->column;
    case CHOICE_ALL:
        break;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

bool figures_mark(const struct figures *figures, const struct figures_choice *choice, enum figures_time time,
    struct figures_marks *ret)
{
    int64_t times[FIGURES_TIMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < figures->sample_count; i++)
        if (figures->samples[i].times[time] >= 0 && is_chosen(&figures->samples[i], choice))
            times[count++] = figures->samples[i].times[time];
    if (count < SUPPRESS_MIN)
        return false;
    qsort(times, count, sizeof times[0], compare);
    ret->median = suppress_percentile(times, count, 50);
    ret->most = suppress_percentile(times, count, 90);
    return true;
}

int figures_make(struct store *store, int64_t from_ms, int64_t to_ms, int64_t now_ms, struct figures *ret)
{
    name_words(ret);
    int rc = count_cases(store, from_ms, to_ms, ret);
    if (!rc)
        rc = figures_list_times(store, from_ms, to_ms, add_sample, ret);
    if (!rc)
        rc = count_ages(store, now_ms, ret);
    if (!rc)
        rc = figures_list_deliveries(store, from_ms, to_ms, count_delivery, ret);
    return rc ? rc : figureshide_all(ret);
}
