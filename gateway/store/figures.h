/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - what is counted of the cases of a period: labels and times, no text, no number, no name of a person.
 * Keeps: a case that was joined to another is not counted again; what looks up other rows for each case does so for at
 *        most FIGURES_TIMES_MAX of them, the newest.
 * Not here: counting, and what is too little to be shown (core/suppress).
 */
#ifndef GATEWAY_STORE_FIGURES_H
#define GATEWAY_STORE_FIGURES_H

#include "gateway/store/db.h"

#define FIGURES_TIMES_MAX 2000
#define FIGURES_DELIVERIES_MAX 5000

struct figures_case {
    int64_t opened_at;
    enum state state;
    enum urgency urgency;
    category_set categories;
    char language[LANGUAGE_MAX], country[COUNTRY_MAX];
};
typedef int (*figures_case_fn)(void *context, const struct figures_case *row);
/* Opened at from_ms or later, and before to_ms; the oldest first. */
int figures_list_cases(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_case_fn fn, void *context) MUST_CHECK;

struct figures_times {
    int64_t opened_at, alerted_at /* an alert had left, 0 = none */, taken_at, closed_at;
};
typedef int (*figures_times_fn)(void *context, const struct figures_times *row);
int figures_list_times(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_times_fn fn, void *context) MUST_CHECK;

/* When each case was opened that is not closed. */
typedef int (*figures_age_fn)(void *context, int64_t opened_at);
int figures_list_live(struct store *store, figures_age_fn fn, void *context) MUST_CHECK;

struct figures_delivery {
    const char *channel;
    enum state state;
};
typedef int (*figures_delivery_fn)(void *context, const struct figures_delivery *row);
/* Of the newest FIGURES_DELIVERIES_MAX messages of ours, those of the period. */
int figures_list_deliveries(
    struct store *store, int64_t from_ms, int64_t to_ms, figures_delivery_fn fn, void *context) MUST_CHECK;

#endif
