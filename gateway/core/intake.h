/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake - stores an inbound message with everything that follows from it, inside the open transaction of the turn.
 * Keeps: message, case change, alerts, outbox rows and audit row are written together or not at all; the same message
 *        twice is stored once; a text that says nothing we know still reaches a person.
 * Not here: signatures and HTTP (webhooks), committing (turn), what a text means (triage), who is told (routing,
 * alerting); delivery reports (reports); copies (copies); parts (pieces).
 */
#ifndef GATEWAY_CORE_INTAKE_H
#define GATEWAY_CORE_INTAKE_H

#include "gateway/core/core.h"

/* What is known about the way of a message. */
enum arrival_marks {
    ARRIVAL_LATE = 1,    /* authentic, but outside the replay window */
    ARRIVAL_UNPROVED = 2 /* of a channel in shadow mode, without a proof of its origin */
};

struct intake_result {
    int64_t message_id; /* 0 = it was a test of the line: nobody's message */
    int64_t case_id;    /* 0 = it belongs to no case */
    bool is_duplicate, is_new_case;
    enum urgency urgency; /* of the case after it, or of the message */
};

/* sms is as a channel's parse_message left it. An unproved message is obeyed in nothing, but its STOP holds replies in
 * the open case for a person to decide; no contact is recognised in its sender, and nothing is answered. Errors are
 * those of the store. */
int intake_message(struct core *core, const char *channel, const struct sms_in *sms, unsigned marks, int64_t now_ms,
    struct intake_result *ret_result) MUST_CHECK;

/* The same for one that came at received_at and could not be stored then: that is its time, also for what is a copy of
 * it; what follows from it begins now. */
int intake_restored(struct core *core, const char *channel, const struct sms_in *sms, unsigned marks,
    int64_t received_at, int64_t now_ms, struct intake_result *ret_result) MUST_CHECK;

/* The same for one that was fetched from the provider's own list: it is late, and its id there may be another than that
 * of its webhook. */
int intake_fetched(struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    struct intake_result *ret_result) MUST_CHECK;

/* A number in local form is read by the country that its channel stands in; the channel itself does not know it. */
void intake_complete_number(const struct core *core, const char *channel, struct sms_in *sms);

/* Who typed to us in a chat, and where. */
struct intake_source {
    const char *channel;
    const struct config_contact *contact;
    int address; /* index in its addresses; the answer goes there */
};
/* What a contact typed there counts as an SMS of it; sms->from is the place. */
int intake_contact(struct core *core, const struct intake_source *source, const struct sms_in *sms, int64_t now_ms,
    struct intake_result *ret_result) MUST_CHECK;

#endif
