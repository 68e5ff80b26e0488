/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page - the frame around every page: head, style, foot, and the headers of every response of the console's listener.
 * Keeps: no script, no inline style, nothing from another host; every address in a page is relative, so a proxy may
 *        put the whole under any path; a telephone number on a page is never a link (one touch would call her).
 */
#ifndef GATEWAY_CONSOLE_PAGE_H
#define GATEWAY_CONSOLE_PAGE_H

#include "gateway/console/html.h"
#include "gateway/core/visits.h"

/* security.md: on every response, errors included. Ends with a NULL name. */
extern const struct http_header page_headers[];

/* path: of the request; the way to the style sheet is counted from it. */
void page_begin(struct html *html, const char *path, const char *title);
/* The same until the end of its head. */
void page_begin_head(struct html *html, const char *path, const char *title);
void page_end(struct html *html);

/* Finishes html into ret_page as a page with that status. ERR_NOMEM, ERR_LIMIT, ERR_INVALID. */
int page_finish(struct html *html, int status, struct visits_page *ret_page) MUST_CHECK;

/* What was said to the last act, and whether it was done. */
void page_write_answer(struct html *html, const char *sentence, bool is_done);
/* Heading, sentence, and what the reader can do (NULL = nothing to add). */
void page_write_saying(struct html *html, const char *title, const char *sentence, const char *next);

/* A page that only says something. next: what the reader can do, NULL = nothing to add. */
int page_say(const char *path, int status, const char *title, const char *sentence, const char *next,
    struct visits_page *ret_page) MUST_CHECK;

/* The style sheet. */
int page_style(struct visits_page *ret_page) MUST_CHECK;

#endif
