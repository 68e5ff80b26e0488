/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calloff - tells a pager that an alert of its is taken or over: it would go on calling people by itself.
 * Keeps: only where the alert has gone, and to each such address; a notice as others, so it is tried again.
 * Not here: telling people (handover); what the pager is told (compose, the channel).
 */
#ifndef GATEWAY_CORE_CALLOFF_H
#define GATEWAY_CORE_CALLOFF_H

#include "gateway/core/core.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"

bool calloff_is_pager(const struct config_channel *channel);
/* To be called when the alert has its new state. */
int calloff_alert(struct core *core, const struct case_row *row, const struct alert_row *alert, const char *sentence,
    int64_t now_ms) MUST_CHECK;
/* The case is over: all alerts of it that were not called off before. */
int calloff_case(struct core *core, const struct case_row *row, const char *sentence, int64_t now_ms) MUST_CHECK;

#endif
