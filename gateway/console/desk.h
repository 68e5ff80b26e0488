/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * desk - the console behind the entry: in which order a request is judged before its handler sees it.
 * What:  session, route, method, access, then for a POST where it comes from and the sign of the session in it, the
 *        fields, and whether it needs a new proof of who it is.
 * Keeps: who is not in learns nothing about which addresses exist; a GET changes nothing but the audit of what was
 * read.
 */
#ifndef GATEWAY_CONSOLE_DESK_H
#define GATEWAY_CONSOLE_DESK_H

#include "gateway/console/sessions.h"
#include "gateway/core/visits.h"

struct desk {
    struct core *core;
    struct sessions sessions;
    struct passes passes;
};

/* As visits_page_fn. */
int desk_answer(
    struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;

#endif
