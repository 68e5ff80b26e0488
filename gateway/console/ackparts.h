/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ackparts - the pieces of ackview that have files of their own. Private to it.
 */
#ifndef GATEWAY_CONSOLE_ACKPARTS_H
#define GATEWAY_CONSOLE_ACKPARTS_H

#include "gateway/console/ackview.h"

/* "24 Nov 2026, 22:50 UTC (3 minutes ago)" */
void ackparts_write_time(struct html *html, int64_t at, int64_t now_ms);

/* acktexts.c: the newest texts of the case, as the contact's trust shapes them. */
int ackparts_write_texts(struct html *html, const struct ackview *view, unsigned *ret_texts) MUST_CHECK;

/* ackforms.c: the one thing to do now, right under the state; and everything else, at the end. */
int ackparts_write_first_forms(struct html *html, const struct ackview *view) MUST_CHECK;
int ackparts_write_more_forms(struct html *html, const struct ackview *view) MUST_CHECK;

#endif
