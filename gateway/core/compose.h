/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compose - reads what an outbox row is about and makes the message that its channel transmits.
 * Keeps: what is made depends on stored rows and configuration alone, so a retry says the same as the first try; what
 * the contact's trust level hides is never opened longer than this call.
 */
#ifndef GATEWAY_CORE_COMPOSE_H
#define GATEWAY_CORE_COMPOSE_H

#include "gateway/core/core.h"
#include "gateway/store/outbox.h"

#define COMPOSE_ID_MAX 40

/* The message and the memory behind its pointers. */
struct composed {
    struct sms_out message;
    struct alert_view view;
    struct case_row *row;
    bool is_doubtful;          /* one of the messages may not be hers */
    unsigned part, part_total; /* of one that is not whole, 0 = all are */
    bool is_completed;         /* the contact knew a part of it */
    char alert_id[40];         /* of a notice to a pager */
    int64_t wait_until;        /* not 0: it must not go before that time; nothing is composed */
    struct buf text, from, shown, carried, subject, body, ack_url;
};

/* 0 with wait_until: her hours or those of the country speak against it now. ERR_CONFLICT: no longer wanted (alert
 * answered, case closed, she texted STOP). ERR_NOT_FOUND: contact, address or case is gone. Caller calls composed_done
 * in every case. */
int compose_row(struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *ret) MUST_CHECK;
/* An alert that no row stands for: facts (alert_id and what triage says; text, from, code, ack_url are not read), her
 * words and her number, for the index-th address of the contact. */
struct compose_loose {
    const struct alert_view *facts;
    struct span text;
    const char *from; /* "" = hidden */
    const struct config_contact *contact;
    unsigned address, attempt;
};
int compose_loose(
    struct core *core, const struct compose_loose *loose, int64_t now_ms, struct composed *ret) MUST_CHECK;
void composed_done(struct composed *composed);

/* The id that the message of the row has for its channel (sms_out.id), equal over all tries. ERR_NOT_FOUND: the alert
 * is gone. ret holds COMPOSE_ID_MAX bytes. */
int compose_id(struct core *core, const struct outbox_row *out, char *ret) MUST_CHECK;

#endif
