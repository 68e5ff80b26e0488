/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settle - what is left when several categories claim the same words, or one is only the setting of another.
 * Keeps: takes weight away, never adds any; a category that rests on a word of its own stays. Not here: what names a
 * category (rules).
 */
#ifndef GATEWAY_CORE_TRIAGE_SETTLE_H
#define GATEWAY_CORE_TRIAGE_SETTLE_H

#include "gateway/core/triage/rules.h"

void settle_categories(const struct scene *scene, struct verdict *verdict);

#endif
