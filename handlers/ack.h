/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack - the answer of providers that look at the status alone: an empty text/plain.
 * Why:   an empty body can never be sent to her as an SMS, whatever the provider does with bodies.
 */
#ifndef HANDLERS_ACK_H
#define HANDLERS_ACK_H

#include "handlers/channel.h"

/* malformed_status: 400 where the provider gives up soon, 200 where it would repeat for days what quarantine holds. */
void ack_fill(enum answer_to to, int malformed_status, struct reply *ret_reply);

#endif
