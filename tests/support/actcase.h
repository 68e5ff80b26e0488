/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actcase - a table of what contacts did, as a chat or a pager posts it, and what a channel reads in it.
 */
#ifndef TESTS_SUPPORT_ACTCASE_H
#define TESTS_SUPPORT_ACTCASE_H

#include "tests/support/channels.h"

/* A body that begins with a brace goes as JSON, any other as a form. */
struct actcase {
    const char *label, *body;
    int want;                                                          /* acts, or an error */
    int verb;                                                          /* of the first one, CONTACT_... */
    const char *alert_id, *event_id, *place, *place_name, *who, *text; /* NULL = not looked at */
};
void actcase_check(const char *kind, const char *const *pairs, const struct actcase *cases, size_t count);

#endif
