/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell - the frame around every page of the console: who is in, where one can go, what was just done. */
#ifndef GATEWAY_CONSOLE_SHELL_H
#define GATEWAY_CONSOLE_SHELL_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

/* title: of the window. here: the address of the entry of the navigation that is marked ("/cases"), "" = none. Tells
 * the sentence of the visit before, once. */
void shell_begin(struct html *html, struct visit *visit, const char *title, const char *here);
void shell_end(struct html *html);
struct shell_place {
    const char *path, *name;
};
/* An entry of a list of places, when there is such a page and the visitor may have it; marked when it is here. */
void shell_write_place(struct html *html, const struct visit *visit, const struct shell_place *place, const char *here);
/* A POST form to that address ("/cases/1001/note"), with the sign of the session. */
void shell_form_begin(struct html *html, const struct visit *visit, const char *path);
void shell_form_end(struct html *html);
/* A page that only says something. */
int shell_say(struct visit *visit, int status, const char *title, const char *sentence, const char *next,
    struct visits_page *ret_page) MUST_CHECK;

#endif
