/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit - a text as the PDUs that a modem sends: the cheapest alphabet, as few parts as that allows, each complete by
 * itself (3GPP TS 23.040 9.2.2.2, 9.2.3.24). Pure: no I/O, no allocation.
 * Keeps: no escape, surrogate pair or sign of several characters is cut (gateway/base/gsm7.h); the same text, reference
 *        and options give the same parts, so a single part can be sent again.
 * Not here: when, how often, and what the modem says (handlers/modem.c, gateway/modem).
 */
#ifndef HANDLERS_GSM_SUBMIT_H
#define HANDLERS_GSM_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define GSM_PARTS_MAX 255
#define GSM_SUBMIT_HEX_MAX (2 * 180 + 1)

struct gsm_submit_options {
    uint8_t reference; /* of the parts */
    bool wants_report;
    bool may_use_national; /* shift tables: a third to half of the parts for some scripts, if her phone is not old */
    unsigned validity_minutes; /* 0 = the network's own */
};

struct gsm_plan {
    bool is_ucs2;
    unsigned locking, single; /* national language identifiers, 0 = default */
    unsigned units;           /* septets or UTF-16 code units of the text */
    unsigned parts;           /* 0 for an empty text: it is sent as one empty part */
    unsigned left;            /* units left in the last part */
};

/* ERR_LIMIT: more than GSM_PARTS_MAX parts. */
int gsm_submit_plan(struct span text, const struct gsm_submit_options *options, struct gsm_plan *ret) MUST_CHECK;

/* Part `part` (from 1) of the planned text, as hex with an empty SMSC (the SIM's own) and NUL into ret; *ret_length =
 * octets of the TPDU, as AT+CMGS wants it. to: a number, with "+" when international. ERR_INVALID: not a number, or no
 * such part. */
int gsm_submit_write(struct span text, const struct gsm_submit_options *options, const struct gsm_plan *plan,
    unsigned part, const char *to, char ret[GSM_SUBMIT_HEX_MAX], unsigned *ret_length) MUST_CHECK;

#endif
