/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notices - short texts of the machine to a contact: "taken by ...", an answer to a command, an alarm of the auditor.
 * Keeps: sealed like everything else; retried like an alert; they take no acknowledgement.
 */
#ifndef GATEWAY_CORE_NOTICES_H
#define GATEWAY_CORE_NOTICES_H

#include "gateway/core/core.h"
#include "gateway/store/cases.h"

#define NOTICES_TEXT_MAX 2000

struct notice {
    const char *contact;
    int address;      /* index in the contact's addresses */
    int64_t case_id;  /* 0 = none; one whose key is gone counts as none */
    int64_t alert_id; /* for a pager: the alert of that case that is taken or over; 0 = none */
    enum urgency urgency;
    struct span text;
};
int notices_queue(struct core *core, const struct notice *notice, int64_t now_ms) MUST_CHECK;

/* Opens the payload of an outbox row of kind notice or reply into out. */
struct outbox_row;
int notices_open_payload(struct core *core, const struct outbox_row *row, struct buf *out) MUST_CHECK;
/* Seals a payload for such a row (id and case_id set). */
int notices_seal_payload(
    struct core *core, int64_t case_id, int64_t row_id, struct span text, struct buf *out) MUST_CHECK;

#endif
