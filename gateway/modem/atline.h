/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * atline - what one line of a modem says: its prefix and fields, a final code, a PDU.
 * Why:   modems differ in blanks, quotes and missing fields (ZTE, Qualcomm); one tolerant reader for all of them.
 * Keeps: pure; nothing is read outside the line.
 */
#ifndef GATEWAY_MODEM_ATLINE_H
#define GATEWAY_MODEM_ATLINE_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define ATLINE_ERROR_MAX 65 /* a final line, made printable, with NUL */
#define ATLINE_PDU_OCTETS_MAX 255

/* "+CMGL: 1,1,,23" with prefix "+CMGL": true, and what follows the colon. Blanks around the prefix and the colon and
 * the case of letters do not matter; without a colon it is another line. */
bool atline_has_prefix(struct span line, const char *prefix, struct span *ret_rest);
bool atline_is_word(struct span line, const char *word); /* the whole line, without ASCII case */
bool atline_starts(struct span line, const char *start); /* without ASCII case */

/* Field n, from 0, of a list with commas: without quotes and blanks around it. A comma between quotes is text. False
 * when there is no such field; then ret is "". */
bool atline_field(struct span rest, unsigned n, char *ret, size_t ret_size);
/* A field that is a whole decimal number. */
bool atline_number(struct span rest, unsigned n, int *ret);
/* The last field as a number: the length in +CMGL, +CMGR, +CMT and +CDS, whatever stands before it. */
bool atline_last_number(struct span rest, int *ret);

enum atline_code { ATLINE_NOT_FINAL, ATLINE_OK, ATLINE_ERROR, ATLINE_CMS, ATLINE_CME };
struct atline_final {
    enum atline_code code;
    int number; /* of +CMS ERROR and +CME ERROR; -1 = none */
};
struct atline_final atline_final(struct span line);
/* gateway/PROTOCOL.md §2.8: 0 for OK, N of +CMS, 1000 + N of +CME, 500 for an error without a number. */
int atline_status(struct atline_final final);

/* Only hexadecimal digits, an even number of them, at least two. */
bool atline_is_hex(struct span line);
/* Octets of the TPDU in a PDU line, without the SMSC in front; -1 when the line is no PDU. */
int atline_tpdu_length(struct span line);
/* The type of the TPDU is STATUS-REPORT (23.040 §9.2.3.1). The line must be a PDU. */
bool atline_is_report(struct span line);

#endif
