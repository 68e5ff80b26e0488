/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flags - how she may be answered, and of whom a text speaks.
 * Keeps: every flag leaves its evidence. Not here: categories and urgency (rules), what the line does with a flag
 * (intake, alerting).
 */
#ifndef GATEWAY_CORE_TRIAGE_FLAGS_H
#define GATEWAY_CORE_TRIAGE_FLAGS_H

#include "gateway/core/triage/rules.h"

/* Reads the flags of a text whose categories are settled. */
void flags_find(const struct scene *scene, struct verdict *verdict);

#endif
