/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict - what a finished or broken attempt means: answered, not sent, or unknown (gateway/PROTOCOL.md §2.5).
 * Why:   everything after it hangs on this: "not sent" is tried again, "unknown" is never tried again for a person's
 *        phone. So "not sent" is said only where the remote side cannot have taken anything; every doubt is "unknown".
 * Keeps: pure; the sentences are fixed and hold nothing of the job.
 */
#ifndef GATEWAY_SENDER_VERDICT_H
#define GATEWAY_SENDER_VERDICT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "gateway/base/model.h"

/* What was seen of one attempt. */
struct attempt {
    bool is_mail;
    CURLcode code;
    long status;        /* HTTP status or last SMTP reply code, 0 = none */
    bool has_begun;     /* connected, encrypted, logged in: the request or the mail itself was about to be written */
    bool is_written;    /* the whole request, or the final dot of the mail, was given to the connection */
    bool is_cut;        /* we stopped reading: the body passed its ceiling */
    bool is_second_try; /* libcurl was about to write the request again on a new connection; we stopped it */
    bool is_address_refused; /* no address of the host is permitted */
};

struct verdict {
    int kind;   /* REPLY_ANSWERED, REPLY_NOT_SENT or REPLY_UNKNOWN of struct transmit_reply */
    int status; /* 0 unless answered */
    const char *reason;
};

struct verdict verdict_reach(const struct attempt *attempt);
struct verdict verdict_not_sent(const char *reason); /* reason: static storage */
const char *verdict_word(int kind);                  /* the word on the wire */

#endif
