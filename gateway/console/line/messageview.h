/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messageview - texts that opened no case: a list of them by what they were taken for, and one of them whole.
 * Why:   a cry for help among adverts is found by a person who reads; so the words stand in the list.
 * Keeps: a list shows the beginning of a long text and hides numbers; without words it names no text at all.
 * Not here: which verb is asked (messages), who may come (access).
 */
#ifndef GATEWAY_CONSOLE_LINE_MESSAGEVIEW_H
#define GATEWAY_CONSOLE_LINE_MESSAGEVIEW_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

struct messageview {
    const json_t *rows;   /* of `messages list --case none` */
    const json_t *counts; /* of `messages count` */
    const char *intent;   /* the filter, "" = none */
    bool is_further;      /* not the first page */
    bool has_words;       /* rows have text, from and evidence, and lead to their own page */
    bool counts_only;     /* no list */
    size_t page_max;
    int64_t now_ms;
};
void messageview_write_list(struct html *html, const struct messageview *view);

/* rows: of `messages show`. The form that opens a case is written by the caller. */
void messageview_write_text(struct html *html, const json_t *rows, int64_t now_ms);

#endif
