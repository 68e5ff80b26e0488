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

/* Adds one summarised warning an urgency that has gaps in the seven days from the midnight (UTC) before now_ms. */
void coverage_check(const struct config *config, int64_t now_ms, struct config_report *report);

#endif
