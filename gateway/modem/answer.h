/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer - to whom a line of the modem belongs: to the running command, to a message that came by itself, or to nobody.
 * Why:   modems speak unasked at any moment, also inside a listing. A prototype took such a line for the PDU of a slot,
 *        deleted the slot, and a message was lost.
 * Keeps: a line belongs to the running command only if it has the command's prefix or is its final code, and a PDU to
 *        the header before it only if it is hex and its TPDU has the length that the header said. All else is unasked.
 * Not here: time, the device (talk); what follows from a line (sweep, sending, driver).
 */
#ifndef GATEWAY_MODEM_ANSWER_H
#define GATEWAY_MODEM_ANSWER_H

#include "gateway/modem/atline.h"

#define ANSWER_RAW_MAX 2048 /* what is kept of a PDU line that does not fit */

enum answer_shape {
    ANSWER_PLAIN,  /* lines with the prefix, then a final code */
    ANSWER_BARE,   /* lines without a prefix that do not look unasked (AT+CGMM), then a final code */
    ANSWER_LISTING /* headers with the prefix, each with a PDU line, then a final code */
};

enum answer_kind {
    ANSWER_LINE,    /* of the running command */
    ANSWER_RECORD,  /* header and PDU of the running command */
    ANSWER_FINAL,   /* ends the running command */
    ANSWER_ECHO,    /* the running command itself */
    ANSWER_MESSAGE, /* +CMT with its PDU: a message that lies in no slot */
    ANSWER_REPORT,  /* +CDS with its PDU, likewise */
    ANSWER_UNASKED  /* anything else */
};

struct answer_found {
    enum answer_kind kind;
    struct span line; /* LINE, UNASKED, FINAL: the line; RECORD, MESSAGE, REPORT: what follows the header's colon */
    struct span pdu;  /* RECORD, MESSAGE, REPORT: hex that fits, or when !is_whole what stood in its place, maybe "" */
    int length;       /* octets of the TPDU as the header said; -1 = it did not say */
    bool is_whole;    /* pdu fits length */
    struct atline_final final;
};

typedef void (*answer_fn)(void *context, const struct answer_found *found);

struct answer_header {
    bool is_open; /* its PDU has not come */
    enum answer_kind kind;
    int length;
    char text[256];
    char near[ANSWER_RAW_MAX + 1]; /* the first line after it that looked like a damaged PDU */
};

struct answer {
    bool is_running;
    enum answer_shape shape;
    const char *prefix;  /* borrowed; NULL = the command has no lines of its own */
    const char *command; /* borrowed: an echo of it is told apart */
    struct answer_header record, arrival;
    bool is_clouded;   /* a message came between the record's header and its PDU: equal lengths can be mistaken */
    bool is_skipping;  /* the PDU line of a cell broadcast follows */
    bool is_in_quotes; /* +CUSD whose text goes on over several lines */
    unsigned quoted_lines;
    char quoted[1024];
};

/* Begins the answer of a command; what belongs to a message that is just arriving stays. */
void answer_begin(struct answer *answer, const char *command, enum answer_shape shape, const char *prefix);
/* No command runs any more. */
void answer_end(struct answer *answer);
/* Takes a line; calls fn for everything that is now complete, never more than four times. */
void answer_take(struct answer *answer, struct span line, answer_fn fn, void *context);

#endif
