/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - what is counted of the cases of a period: labels and times, no text, no number, no name of a person.
 * Why:   whole months are read from the counts that the schema keeps as cases change, so a year costs no more than its
 *        different words; parts of a month are counted case by case.
 * Keeps: a case that was joined to another is not counted again; what looks up other rows for each case does so for at
 *        most FIGURES_TIMES_MAX of them, the newest.
 * Not here: summing up, and what is too little to be shown (core/tables, core/suppress).
 */
#ifndef GATEWAY_STORE_FIGURES_H
#define GATEWAY_STORE_FIGURES_H

#include "gateway/store/db.h"

#define FIGURES_TIMES_MAX 2000
#define FIGURES_DELIVERIES_MAX 5000

/* Each case is counted once a kind. categories: the set as it is stored; language: with the origin, "tl>PH"; corridor:
 * "PH>SA", where either may be empty; basis of the origin: stated, probable or empty. */
enum figures_kind {
    FIGURES_state,
    FIGURES_urgency,
    FIGURES_categories,
    FIGURES_language,
    FIGURES_corridor,
    FIGURES_basis,
    FIGURES_sex,
    FIGURES_ending,
    FIGURES_KINDS
};
struct figures_count {
    const char *month; /* of the opening, "2026-11" */
    enum figures_kind kind;
    const char *value;
    int64_t cases;
};
typedef int (*figures_count_fn)(void *context, const struct figures_count *count);
/* Whole months from from_month, before to_month; the oldest first. */
int figures_list_months(
    struct store *store, const char *from_month, const char *to_month, figures_count_fn fn, void *context) MUST_CHECK;
/* Opened at from_ms or later, and before to_ms: each case by itself, the oldest first. */
int figures_list_cases(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_count_fn fn, void *context) MUST_CHECK;

struct figures_times {
    int64_t opened_at, alerted_at /* an alert had left, 0 = none */, taken_at, closed_at;
    category_set categories;
    const char *language, *origin, *country, *sex;
};
typedef int (*figures_times_fn)(void *context, const struct figures_times *row);
int figures_list_times(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_times_fn fn, void *context) MUST_CHECK;

/* How many cases that are not closed were opened at from_ms or later, and before to_ms. */
int figures_count_live(struct store *store, int64_t from_ms, int64_t to_ms, int64_t *ret_count) MUST_CHECK;

struct figures_delivery {
    const char *channel;
    enum state state;
};
typedef int (*figures_delivery_fn)(void *context, const struct figures_delivery *row);
/* Of the newest FIGURES_DELIVERIES_MAX messages of ours, those of the period. */
int figures_list_deliveries(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_delivery_fn fn, void *context) MUST_CHECK;

#endif
