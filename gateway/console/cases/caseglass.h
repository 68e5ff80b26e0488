/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseglass - what a supervisor sees on the page of a case about reading it against the rule (core/breakglass). */
#ifndef GATEWAY_CONSOLE_CASES_CASEGLASS_H
#define GATEWAY_CONSOLE_CASES_CASEGLASS_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

/* The way to it: a reason, and what it brings with it. */
void caseglass_write_form(struct html *html, const struct visit *visit);
/* It is open until then. */
void caseglass_write_notice(struct html *html, const struct visit *visit, int64_t until_at);

#endif
