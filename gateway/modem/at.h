/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * at - bytes of a serial device to lines, and the prompt of AT+CMGS (3GPP TS 27.007 §4, 27.005 §3.5.1).
 * Keeps: pure and bounded: a longer line is cut, empty ones are left out, NUL bytes are dropped. `> ` is a prompt only
 * at the beginning of a line and only while one is awaited: elsewhere it is text. Not here: what a line means (atline),
 * to whom it belongs (answer).
 */
#ifndef GATEWAY_MODEM_AT_H
#define GATEWAY_MODEM_AT_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define AT_LINE_MAX 4096

enum at_event { AT_LINE, AT_PROMPT };

struct at {
    char line[AT_LINE_MAX + 1];
    size_t len;
    bool wants_prompt; /* set by who has written AT+CMGS; cleared when the prompt came */
    bool skips_blank;  /* the blank after the prompt is not of the next line */
};

/* line is borrowed for the call, not NUL-terminated for others to rely on; empty with AT_PROMPT. */
typedef void (*at_fn)(void *context, enum at_event event, struct span line);

/* Forgets the line begun and the prompt awaited. */
void at_reset(struct at *at);
void at_feed(struct at *at, struct span data, at_fn fn, void *context);

#endif
