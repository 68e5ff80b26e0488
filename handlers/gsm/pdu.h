/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pdu - a short message as a modem prints it: SMSC and TPDU in hex, to a structure (3GPP TS 23.040, 23.038). Pure: no
 * I/O, no allocation.
 * Why:   every octet comes from a stranger's phone; one crafted message must neither stop the line nor be lost.
 * Keeps: nothing is read outside the input; what is usable of a damaged message is kept and marked (is_salvaged); what
 *        cannot be read at all is an error, and its caller keeps it raw.
 * Not here: the alphabets (alphabet), writing (submit), what becomes of a message (handlers/modem.c).
 */
#ifndef HANDLERS_GSM_PDU_H
#define HANDLERS_GSM_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define GSM_OCTETS_MAX 140 /* user data of one message */
#define GSM_SEPTETS_MAX 160
#define GSM_TPDU_MAX 180 /* octets: longest TPDU with room; more is refused */
#define GSM_SMSC_MAX 12
#define GSM_ADDRESS_MAX 32 /* "+" and 20 digits, or 11 characters of an alphanumeric sender in UTF-8, with NUL */

enum gsm_type { GSM_DELIVER, GSM_SUBMIT, GSM_STATUS_REPORT };
enum gsm_alphabet {
    GSM_7BIT,
    GSM_8BIT,
    GSM_UCS2,
    GSM_OPAQUE /* compressed or reserved: no text can be read from it */
};
enum gsm_waiting { GSM_WAITING_NONE, GSM_WAITING_DISCARD, GSM_WAITING_STORE };

struct gsm_pdu {
    enum gsm_type type;
    char smsc[GSM_ADDRESS_MAX];    /* "" when absent */
    char address[GSM_ADDRESS_MAX]; /* sender of a DELIVER, recipient of the others; "" when empty */
    bool is_alphanumeric;          /* address is a name */
    uint8_t protocol_id, coding;   /* TP-PID, TP-DCS as they came */
    uint8_t reference;             /* TP-MR of SUBMIT and STATUS-REPORT */
    uint8_t status;                /* TP-ST of a STATUS-REPORT */
    bool wants_report;             /* TP-SRR of a SUBMIT */
    enum gsm_alphabet alphabet;
    int message_class; /* 0 (flash) to 3; -1 = none */
    enum gsm_waiting waiting;
    unsigned locking, single;            /* national language identifiers; 0 = default */
    int64_t sent_at;                     /* UTC ms of the time stamp; 0 = none readable */
    int64_t discharged_at;               /* likewise, of a STATUS-REPORT */
    int zone_minutes;                    /* of sent_at */
    unsigned part, part_total, part_ref; /* 0, 0, 0 = whole */
    bool is_part_ref_16bit;
    bool has_ports; /* application data (WAP push ...), no text for people */
    unsigned port_to, port_from;
    uint8_t data[GSM_SEPTETS_MAX]; /* without the header: one septet an element, or octets */
    size_t data_len;
    bool is_salvaged; /* something of it was wrong and left out */
};

/* hex: SMSC and TPDU, no white space. tpdu_length: octets of the TPDU as the modem announced them, or -1. ERR_INVALID:
 * not a message (odd or foreign digits, cut, a length that does not fit, a header longer than its data, a type that
 * does not arrive); ERR_LIMIT: longer than any message. */
int gsm_pdu_parse(struct span hex, int tpdu_length, struct gsm_pdu *ret) MUST_CHECK;
/* The same for a SUBMIT, which is not an incoming message: for checking what was written. */
int gsm_pdu_parse_submit(struct span hex, struct gsm_pdu *ret) MUST_CHECK;

/* The text of parts in their order, decoded together (an escape or a surrogate pair may lie across two parts), as
 * UTF-8 with NUL into ret. Characters that do not fit are left out whole. Returns the bytes that all of it needs,
 * without NUL. A part that is GSM_8BIT or GSM_OPAQUE has no text. */
size_t gsm_pdu_text(const struct gsm_pdu *const *parts, size_t count, char *ret, size_t ret_size);

/* What a network's TP-ST says: delivered, still trying, or failed (23.040 9.2.3.15). */
enum gsm_fate { GSM_DELIVERED, GSM_FORWARDED, GSM_TRYING, GSM_FAILED };
enum gsm_fate gsm_pdu_fate(uint8_t status);

#endif
