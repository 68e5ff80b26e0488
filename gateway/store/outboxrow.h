/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outboxrow - private to gateway/store: what the files that work on the table outbox share.
 */
#ifndef GATEWAY_STORE_OUTBOXROW_H
#define GATEWAY_STORE_OUTBOXROW_H

#include "gateway/store/outbox.h"
#include "gateway/store/sql.h"

#define OUTBOX_COLUMNS                                                                                                           \
    "id, kind, case_id, alert_id, message_id, contact, address, channel, urgency, state, due_at, lease_until, attempt, worker, " \
    "may_be_repeated, outcome, provider_code, remote_id, created_at, sent_at, delivered_at, payload"

/* Reads a row of OUTBOX_COLUMNS; its payload is borrowed until the next step. */
int outboxrow_read(struct sql *sql, struct outbox_row *ret_row) MUST_CHECK;
/* Steps once and reads; the payload stays until the next row taken. ERR_NOT_FOUND. */
int outboxrow_take(struct sql *sql, struct outbox_row *ret_row) MUST_CHECK;
/* Part of a purge: cancels what is queued for the case, whatever its kind, and removes every payload. */
int outboxrow_purge_case(struct store *store, int64_t case_id) MUST_CHECK;

#endif
