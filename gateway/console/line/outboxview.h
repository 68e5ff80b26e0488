/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outboxview - what has not left yet and why, what was given up, and whom only her consent keeps from being asked.
 * Keeps: shows names, words and case numbers; no text and no number is in these rows. Not here: forms beside rows are
 *        begun by a function of the caller (outbox).
 */
#ifndef GATEWAY_CONSOLE_LINE_OUTBOXVIEW_H
#define GATEWAY_CONSOLE_LINE_OUTBOXVIEW_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

struct config;

struct outboxview {
    const struct config *config;
    const json_t *rows;          /* of `outbox list` */
    const json_t *health;        /* the first row of `health` */
    const json_t *held;          /* of `alerts list --state held` */
    const char *state, *channel; /* the filter; "" = what waits and what was given up, any */
    bool is_further;             /* not the first page */
    size_t page_max, held_max;
    int64_t now_ms;
    const void *context;
    bool (*may_see_case)(const void *context, int64_t case_id);             /* leads to it */
    void (*write_kick)(struct html *html, const void *context, int64_t id); /* a form; id 0: all that were given up */
};
void outboxview_write(struct html *html, const struct outboxview *view);

/* A word of core/waiting.h as a sentence; static. */
const char *outboxview_sentence(const char *why);

#endif
