/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hours - the time of day in which she says that she can be reached: "after 11pm", "10-11 ng gabi", "at night". Pure.
 * Keeps: doubt is no answer: an hour that could be in the morning or the evening ("after 11"), one that is forbidden
 *        ("not after 9pm"), numbers that may be days or amounts are left to a person. Not here: what follows (rules).
 */
#ifndef GATEWAY_CORE_HOURS_H
#define GATEWAY_CORE_HOURS_H

#include "gateway/base/buf.h"

/* For a text that carries the flag safe_time. Local minutes of the day, from 0 to 1439; both RULES_WINDOW_UNKNOWN when
 * the text names no hours that are understood. A single hour opens five hours; "at night" alone is 22:00 to 05:00. */
void hours_read_window(struct span text, int *ret_from_min, int *ret_to_min);

#endif
