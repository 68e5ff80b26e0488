/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * next - the page that somebody asked for before coming in, and goes to afterwards.
 * Keeps: only a path of our own spelling, without a query: no foreign site can choose where a sign-in leads, and what
 * somebody searched for does not travel on. Pure.
 */
#ifndef GATEWAY_CONSOLE_DOOR_NEXT_H
#define GATEWAY_CONSOLE_DOOR_NEXT_H

#include <stdbool.h>

#include "gateway/base/model.h"

#define NEXT_MAX 96 /* with NUL */

/* Letters, digits, '-', '_' and single slashes, beginning with one. "/" is none: it is where one goes anyway. */
bool next_is_own(struct span path);

#endif
