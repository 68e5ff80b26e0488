/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage - does every urgency, at every hour of the week, reach at least two people who need no consent?
 * What:  walks urgencies x 168 hours (UTC) x routes x the countries that the configuration names.
 * Why:   the mistake that silences an alert is made in the configuration and found when nobody came.
 * Keeps: pure: the time is passed in. An authority does not count: it may be held for consent.
 */
#ifndef CONFIG_COVERAGE_H
#define CONFIG_COVERAGE_H

#include "config/config.h"

#define COVERAGE_CONTACTS_WANTED 2
#define COVERAGE_HOURS 168

/* How many contacts without need of consent a case of that urgency and country ("" = unknown), opened at that moment,
 * reaches over the steps of the policy. Duty hours are ignored for critical. */
unsigned coverage_count(
    const struct config_policy *policy, enum urgency urgency, const char *country, int64_t opened_at);

/* The worst gap of one urgency: a policy that reaches too few in a country. Borrowed for the call. */
struct coverage_gap {
    enum urgency urgency;
    const struct config_policy *policy;
    const char *country; /* "" = unknown, COVERAGE_ELSEWHERE = any that the configuration does not name */
    unsigned least;      /* contacts that are reached in the worst hour */
    unsigned hour_count; /* of COVERAGE_HOURS */
    unsigned run;        /* hours of the run that follows */
    const char *hours;   /* the first unbroken run of them: "Wed 20:00-Thu 15:00 UTC", "at every hour" */
    unsigned others;     /* combinations of policy and country that have gaps too */
};
#define COVERAGE_ELSEWHERE "ZZ" /* no country has this code */
typedef int (*coverage_fn)(void *context, const struct coverage_gap *gap);
/* One call an urgency that has gaps in the seven days from the midnight (UTC) before now_ms, the worst urgency first.
 * What fn answers other than 0 ends it and is returned. */
int coverage_each(const struct config *config, int64_t now_ms, coverage_fn fn, void *context) MUST_CHECK;

/* Adds one summarised warning an urgency that has gaps in the seven days from the midnight (UTC) before now_ms. */
void coverage_check(const struct config *config, int64_t now_ms, struct config_report *report);

#endif
