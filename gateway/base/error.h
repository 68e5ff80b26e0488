/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error - the one vocabulary of failure.
 * What:  negative codes a caller may have to tell apart, and a sentence for the human who must act.
 * Keeps: 0 is success; every fallible function returns one of these codes and is marked MUST_CHECK.
 * Not here: outcomes of a transmission (outcomes.def); HTTP status numbers (handlers, http).
 */
#ifndef GATEWAY_BASE_ERROR_H
#define GATEWAY_BASE_ERROR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

enum error_code {
    ERR_NOMEM = -1,       /* memory is exhausted */
    ERR_INVALID = -2,     /* the input breaks its own rules: never retry it unchanged */
    ERR_NOT_FOUND = -3,   /* no such row, key, file or name */
    ERR_EXISTS = -4,      /* it is there already (a duplicate): usually a success for the sender */
    ERR_LIMIT = -5,       /* a named ceiling was reached */
    ERR_IO = -6,          /* the system refused a read, a write or a socket call */
    ERR_FULL = -7,        /* no space left on the disk */
    ERR_CORRUPT = -8,     /* stored data contradicts itself */
    ERR_CRYPTO = -9,      /* a seal did not open: wrong key, wrong place, or changed bytes */
    ERR_CONFLICT = -10,   /* the state has moved on since the caller looked */
    ERR_AGAIN = -11,      /* not now: more input or room is needed first */
    ERR_PROTOCOL = -12,   /* the peer broke the protocol: close the connection */
    ERR_REFUSED = -13,    /* a rule forbids it (permission, consent, allow-list) */
    ERR_UNSUPPORTED = -14 /* this build, channel or version cannot do it */
};

/* The word for a code ("not_found"); "ok" for 0; "unknown" for anything else. Static storage. */
const char *error_name(int code);

/* A sentence for people: what was wrong, where (file:line, key, value), what to do. Never holds a telephone
 * number, a message text or a secret. */
struct error {
    char text[1024];
};

/* Writes the sentence and returns code, so that a caller can `return error_set(...)`. error may be NULL. */
int error_set(struct error *error, int code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " in front of the sentence that is there; cuts at the end if it grows too long. */
void error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
