/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline - what the files behind the timeline of a case share: one entry. */
#ifndef GATEWAY_CONSOLE_CASES_TIMELINE_H
#define GATEWAY_CONSOLE_CASES_TIMELINE_H

#include <stddef.h>

#include "gateway/console/cases/caseview.h"

struct entry {
    int64_t at;
    size_t order; /* of the row: keeps what came at one moment in its order */
    const json_t *row;
    const char *kind; /* section, or "answer": of an alert */
    unsigned count;   /* readings in a row by one person */
};

/* The key of a row that holds its time, by its section; NULL when such a row has no entry. */
const char *timeline_time_key(const char *section);
/* " . 24 Nov 2026, 22:50 UTC (3 minutes ago)" */
void timeline_write_when(struct html *html, const struct caseview *view, const struct entry *entry);

/* entrytext.c: what people wrote. */
void timeline_write_words(
    struct html *html, const struct caseview *view, const json_t *row, const json_t *evidence, const char *language);
void timeline_write_message(struct html *html, const struct caseview *view, const struct entry *entry);

#endif
