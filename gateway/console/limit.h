/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit - how often something may happen: leaky counters by keyed tag, in a table that cannot grow.
 * Keeps: a clock that is set back locks nobody out; when the table is full the counter that was used least recently
 *        makes room, so a flood of strangers costs memory nothing and the busy ones their limit little.
 */
#ifndef GATEWAY_CONSOLE_LIMIT_H
#define GATEWAY_CONSOLE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define LIMIT_TAG_LEN 16

struct limit;
struct limit *limit_new(void); /* NULL when memory is exhausted */
void limit_free(struct limit *limit);

/* Counts one use of tag (LIMIT_TAG_LEN keyed bytes); false when it is one too many. per_minute is both the rate and the
 * burst. */
bool limit_allow(struct limit *limit, const unsigned char *tag, unsigned per_minute, int64_t now_ms);

#endif
