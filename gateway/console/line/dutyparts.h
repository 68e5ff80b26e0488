/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dutyparts - what the pages of contacts, words and replies share. */
#ifndef GATEWAY_CONSOLE_LINE_DUTYPARTS_H
#define GATEWAY_CONSOLE_LINE_DUTYPARTS_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

#define DUTYPARTS_HERE "/contacts" /* the entry of the navigation that leads to them */

/* The pages that stand beside each other; here: the address of this one. */
void dutyparts_write_tabs(struct html *html, const struct visit *visit, const char *here);

/* Another address of ours as a link of this page: "/lexicon/words" with "language=tl". query NULL = none. */
void dutyparts_begin_link(struct html *html, const struct visit *visit, const char *path, const char *query);
#define DUTYPARTS_LINK_END(html) H_LIT(html, "</a>")
/* Adds "name=value" to a query, nothing for an empty value. */
void dutyparts_add_query(struct buf *query, const char *name, const char *value);
/* A figure above a page; href: where it is told in full. */
void dutyparts_write_sum(struct html *html, int64_t number, const char *href, const char *label);

#endif
