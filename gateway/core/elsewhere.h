/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * elsewhere - rows of the outbox whose channel cannot carry them: it is paused or switched off, or a reload took it
 * away. Why:   an alert must not wait for a channel that only a person can repair, and a row on a channel that is gone
 * would wait for ever without a word. Not here: when a channel pauses (retry), which address is the next of an alert
 * (alerting).
 */
#ifndef GATEWAY_CORE_ELSEWHERE_H
#define GATEWAY_CORE_ELSEWHERE_H

#include "gateway/core/core.h"
#include "gateway/store/outbox.h"

/* The channel rests: for each of its alerts that should have left, the contact is sought on the next address. The rows
 * stay: they are tried when the channel works again. *ret_next_due: when the next of its rows should leave, INT64_MAX =
 * none. Asked again it changes nothing. */
int elsewhere_seek(struct core *core, const char *channel, int64_t now_ms, int64_t *ret_next_due) MUST_CHECK;

/* The first channel with waiting rows that is not configured to send any more; ERR_NOT_FOUND. */
int elsewhere_find_gone(struct core *core, char *ret_name) MUST_CHECK;

/* Does the configuration still have that contact's address at that place, on that channel? */
bool elsewhere_is_there(const struct core *core, const struct outbox_row *row);

/* The row has ended because it is there no more: its alert or notice goes to another address of its contact, or that
 * there is none is logged. */
int elsewhere_move(struct core *core, const struct outbox_row *row, int64_t now_ms) MUST_CHECK;

#endif
