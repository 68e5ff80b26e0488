/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look - a piece of a page as a reader gets it: written, finished, read back; whatever is wrong fails the test. */
#ifndef TESTS_SUPPORT_LOOK_H
#define TESTS_SUPPORT_LOOK_H

#include "gateway/base/buf.h"
#include "gateway/console/html.h"
#include "gateway/json/json.h"

struct look {
    struct html *html;      /* between look_begin and look_finish: what is looked at is written here */
    struct buf bytes, text; /* after look_finish: the page, and its text as a browser shows it */
};

void look_begin(struct look *look);
void look_finish(struct look *look);
void look_away(struct look *look);

/* A new reference. */
json_t *look_json(const char *text);

#endif
