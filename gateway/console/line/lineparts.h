/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lineparts - what the pages of the line share: tabs, and lists by number, newest first. */
#ifndef GATEWAY_CONSOLE_LINE_LINEPARTS_H
#define GATEWAY_CONSOLE_LINE_LINEPARTS_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

#define LINEPARTS_HERE "/channels" /* the entry of the navigation that leads to them */

/* The pages of the line that the visitor may have; here: the address of this one. */
void lineparts_write_tabs(struct html *html, const struct visit *visit, const char *here);

/* Rows of a listing verb by state and channel ("" = any), from before number `before` (0 = the newest) on. As
 * visit_verb. */
int lineparts_ask(struct visit *visit, const char *verb, const char *state, const char *channel, int64_t before,
    unsigned limit, struct visit_answer *ret_answer);

/* The pager of such a list, asked for one row more than page_max. key: of the number in a row. */
struct lineparts_pages {
    const char *address, *key, *state, *channel;
    const json_t *rows;
    size_t page_max;
    bool is_further; /* not the first page */
};
void lineparts_write_pages(struct html *html, const struct lineparts_pages *pages);

/* The first cell of a row: "Request 12", as a link to address/12 when it leads there, and its age. */
struct lineparts_record {
    const char *address, *noun;
    int64_t id, at;
    bool is_link;
};
void lineparts_write_record_cell(struct html *html, const struct lineparts_record *record, int64_t now_ms);

#endif
