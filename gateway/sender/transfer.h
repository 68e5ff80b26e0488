/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer - one job as one libcurl handle: every option that keeps it harmless, and what was seen while it ran.
 * What:  an HTTP request whole; of a mail the connection, TLS and login (then mailer takes over on the same handle).
 * Keeps: verified TLS or loopback plain text, nothing else; one attempt; at most job.reply_max bytes of answer.
 * Not here: the loop (pump), what the evidence means (verdict).
 */
#ifndef GATEWAY_SENDER_TRANSFER_H
#define GATEWAY_SENDER_TRANSFER_H

#include "gateway/sender/job.h"
#include "gateway/sender/verdict.h"

#define TRANSFER_HEADERS_MAX (64u << 10)
#define TRANSFER_CONNECT_MS 10000L
#define TRANSFER_IDLE_S 4L /* below the keep-alive limit of common servers: see gateway/PROTOCOL.md §3 */

struct transfer {
    struct job *job;
    CURL *easy;
    size_t headers_out; /* HTTP: bytes of the head given to the connection */
    size_t body_out;    /* HTTP: bytes of the body given to the connection */
    size_t headers_in;
    bool has_8bitmime, has_smtputf8; /* mail: offered by the server */
    struct attempt attempt;
    struct buf reply;
    long retry_after_s;
};

/* Takes job over, also on failure. ca_file NULL = the system's list. ERR_NOMEM, ERR_INVALID (an option was refused). */
int transfer_new(struct job *job, const char *ca_file, struct transfer **ret_transfer) MUST_CHECK;
void transfer_free(struct transfer *transfer); /* the handle must have left its multi handle */

/* Reads out what came of it; for a mail whose dialogue has begun, mailer has filled in the attempt. */
struct verdict transfer_finish(struct transfer *transfer, CURLcode code);

#endif
