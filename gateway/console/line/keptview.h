/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keptview - requests that were kept back: the list of them, and one as a person can judge it.
 * Keeps: what stands in one is untrusted and bounded; no header of it is shown. Not here: the forms (quarantine).
 */
#ifndef GATEWAY_CONSOLE_LINE_KEPTVIEW_H
#define GATEWAY_CONSOLE_LINE_KEPTVIEW_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

struct config;

struct keptview {
    const struct config *config;
    const json_t *rows;          /* of `quarantine list` */
    const char *state, *channel; /* the filter; "" = kept, any */
    bool is_further;             /* not the first page */
    bool may_read;               /* rows lead to their own page */
    size_t page_max;
    int64_t now_ms;
};
void keptview_write_list(struct html *html, const struct keptview *view);

/* Why it was kept, for a reader who did not set up the line; static. */
const char *keptview_reason(const char *reason);

/* rows: of `quarantine show --read yes`. */
void keptview_write_request(struct html *html, const json_t *rows, int64_t now_ms);

#endif
