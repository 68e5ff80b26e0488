/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ends - what follows when a row of the outbox has been sent, given up, or was no longer wanted: the audit row, the
 * proof that a contact can be reached, the word to whoever wrote to her. Not here: whether it is tried again (retry,
 * dispatch); what a later delivery report changes (reports).
 */
#ifndef GATEWAY_CORE_ENDS_H
#define GATEWAY_CORE_ENDS_H

#include "gateway/core/core.h"
#include "gateway/store/outbox.h"

/* The row was settled as sent or dead. */
int ends_settled(
    struct core *core, struct outbox_row *row, const struct outbox_settlement *settlement, int64_t now_ms) MUST_CHECK;
/* A leased row that nobody wants any more, or that her rules forbid by now: cancelled. */
int ends_cancelled(struct core *core, const struct outbox_row *row, int64_t now_ms) MUST_CHECK;
/* A leased row whose time has not come, by her hours or by the quiet hours of the country: it waits until then. Whoever
 * wrote to her is told once. */
int ends_put_off(struct core *core, const struct outbox_row *row, int64_t until_ms, int64_t now_ms) MUST_CHECK;

/* The case was ended by a person: what was to be said to her and has not left is cancelled, and whoever said it is
 * told.
 */
int ends_unspoken(struct core *core, int64_t case_id, int64_t now_ms) MUST_CHECK;

#endif
