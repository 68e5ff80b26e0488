/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queueview - how the queue of cases looks: what waits, views, search, filters, the list itself.
 * Keeps: made of rows of verbs alone, so it holds no text and no number of a person, but a telephone number that the
 *        reader has just typed.
 * Not here: who may see which rows, and what the verbs are asked (queue).
 */
#ifndef GATEWAY_CONSOLE_CASES_QUEUEVIEW_H
#define GATEWAY_CONSOLE_CASES_QUEUEVIEW_H

#include "config/config.h"
#include "gateway/console/html.h"
#include "gateway/json/json.h"

/* The fields of the filter, as they stand in the address, in `cases list` and in a saved view. */
enum queue_field {
    QUEUE_STATE,
    QUEUE_URGENCY,
    QUEUE_CATEGORY,
    QUEUE_FLAG,
    QUEUE_LANGUAGE,
    QUEUE_COUNTRY,
    QUEUE_OWNER,
    QUEUE_UNREAD,
    QUEUE_UNANSWERED,
    QUEUE_FIELD_COUNT
};
const char *queueview_field_name(enum queue_field field);

struct queueview {
    const struct config *config;           /* how contacts are called */
    const json_t *rows;                    /* of cases list: at most one more than page_max */
    const json_t *count;                   /* the row of cases count; NULL = not shown to this reader */
    const json_t *views;                   /* of views list */
    const char *fields[QUEUE_FIELD_COUNT]; /* "" = any */
    const char *find;                      /* what was searched for, "" = nothing */
    const char *me;                        /* name of the reader, as an owner of cases */
    bool is_further;                       /* not the first page */
    size_t page_max;
    int64_t now_ms;
};

void queueview_write(struct html *html, const struct queueview *view);

/* The address of the list with that filter, relative to its own; place: what follows, "" = from the beginning. */
void queueview_write_address(const struct queueview *view, const char *place, struct buf *out);

#endif
