/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reports - delivery reports meet their outbox rows, in whatever order the two appear.
 * Keeps: a state never moves backwards; a report whose id is unknown is kept and taken when the row learns its id.
 */
#ifndef GATEWAY_CORE_REPORTS_H
#define GATEWAY_CORE_REPORTS_H

#include "gateway/core/core.h"
#include "gateway/store/outbox.h"

#define REPORTS_KEEP_MS (48LL * 60 * 60 * 1000)

/* A report from a channel. */
int reports_receive(
    struct core *core, const char *channel, const struct delivery_report *report, int64_t now_ms) MUST_CHECK;
/* The row has just been sent with a remote id: a report may have come first. */
int reports_catch_up(struct core *core, const struct outbox_row *row, int64_t now_ms) MUST_CHECK;

#endif
