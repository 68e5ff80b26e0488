/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - the cases of a period, summed up for people: lists, tables, times; and which of it may be shown.
 * Keeps: no text and no number is opened. A case under several categories is in several cells of that list; of every
 *        other list in one. What is hidden of a table cannot be computed from its totals and the lists beside it.
 * Not here: reading (store/figures), the rule of hiding (suppress), printing (verbs_figures, console/figures).
 */
#ifndef GATEWAY_CORE_FIGURES_H
#define GATEWAY_CORE_FIGURES_H

#include "gateway/core/suppress.h"
#include "gateway/store/figures.h"

#define FIGURES_WORDS_MAX                                                                                              \
    128 /* different languages, countries or months that are counted apart; the rest is "other"                        \
         */
#define FIGURES_WORD_LEN 96
#define FIGURES_MONTHS_MAX 24 /* a longer period has no tables by month */

enum figures_list {
    LIST_STATE,
    LIST_URGENCY,
    LIST_CATEGORY,
    LIST_LANGUAGE,
    LIST_COUNTRY,
    LIST_ORIGIN,
    LIST_BASIS,
    LIST_SEX,
    LIST_ENDING,
    LIST_MONTH,
    LIST_OPEN_AGE,
    LIST_DELIVERY,
    LIST_COUNT
};
/* The last is never shown: it binds the two lists together, because most origins are guessed by the language. */
enum figures_table { TABLE_CORRIDOR, TABLE_CATEGORY_MONTH, TABLE_LANGUAGE_MONTH, TABLE_LANGUAGE_ORIGIN, TABLE_COUNT };
enum figures_time { TIME_ALERT, TIME_TAKE, TIME_CLOSE, TIME_COUNT };

struct figures_words {
    unsigned count;
    bool is_told; /* something of it may be shown */
    char words[FIGURES_WORDS_MAX][FIGURES_WORD_LEN];
    struct suppress_cell cells[FIGURES_WORDS_MAX];
};
struct figures_cross {
    bool is_told;
    struct suppress_cell cells[FIGURES_WORDS_MAX][FIGURES_WORDS_MAX]; /* row, column */
};
struct figures_sample {
    int64_t times[TIME_COUNT]; /* from the first text, -1 = not reached */
    category_set categories;
    unsigned char language, origin, country, sex; /* places in the lists */
};
struct figures {
    int64_t total, live;
    struct figures_words lists[LIST_COUNT];
    struct figures_cross tables[TABLE_COUNT];
    size_t sample_count;
    struct figures_sample samples[FIGURES_TIMES_MAX];
};

/* The lists that the rows and columns of a table stand in. */
enum figures_list figures_row_list(enum figures_table table);
enum figures_list figures_column_list(enum figures_table table);

/* Counts and hides; ret is all zero before. */
int figures_make(struct store *store, int64_t from_ms, int64_t to_ms, int64_t now_ms, struct figures *ret) MUST_CHECK;

/* Which samples: all, or those in a cell of a list or table. */
struct figures_choice {
    enum { CHOICE_ALL, CHOICE_CATEGORY, CHOICE_LANGUAGE, CHOICE_SEX, CHOICE_CORRIDOR } of;
    unsigned row, column;
};
/* Milliseconds below which half and nine of ten of these times lie; false when fewer than five cases reached that step.
 */
struct figures_marks {
    int64_t median, most;
};
bool figures_mark(const struct figures *figures, const struct figures_choice *choice, enum figures_time time,
    struct figures_marks *ret);

#endif
