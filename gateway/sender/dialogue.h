/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - one mail as an SMTP dialogue after the login: MAIL, RCPT, DATA, the text, the dot (RFC 5321 §3.3, §4.5.2).
 * What:  a pure state machine: replies in, bytes to write out. libcurl connects, encrypts and logs in (CONNECT_ONLY).
 * Why:   libcurl's own SMTP waits for the reply to the final dot inside the library, for up to 120 s, and stops every
 * other transfer meanwhile (curl/curl#8555). It also leaves open whether the dot was written; here that is exact.
 * Keeps: nothing of the body can end the text early: lines are CRLF, a leading dot is doubled, a lone CR or LF is a
 * CRLF. Not here: sockets and time (mailer).
 */
#ifndef GATEWAY_SENDER_DIALOGUE_H
#define GATEWAY_SENDER_DIALOGUE_H

#include "gateway/sender/job.h"

#define DIALOGUE_LINE_MAX 2048           /* of a reply; RFC 5321 §4.5.3.1.5 asks for 512 */
#define DIALOGUE_REPLIES_MAX (64u << 10) /* all replies of one dialogue */
#define DIALOGUE_OUT_MAX (2u * JOB_BODY_MAX + 1024u)

enum dialogue_step { DIALOGUE_MAIL, DIALOGUE_RCPT, DIALOGUE_DATA, DIALOGUE_TEXT, DIALOGUE_ENDED };

struct dialogue {
    const struct job *job;
    enum dialogue_step step;         /* whose reply is awaited */
    bool has_8bitmime, has_smtputf8; /* what the server offered */
    struct buf out;                  /* the step's bytes */
    size_t out_sent;                 /* counted by dialogue_wrote */
    char line[DIALOGUE_LINE_MAX];
    size_t line_len, taken;
    int status; /* reply code that ended the dialogue, 0 = none */
};

/* job is borrowed. Puts the MAIL command into out. ERR_NOMEM; ERR_UNSUPPORTED when an address needs SMTPUTF8 (RFC 6531)
 * and the server did not offer it. */
int dialogue_begin(struct dialogue *dialogue, const struct job *job, bool has_8bitmime, bool has_smtputf8) MUST_CHECK;
void dialogue_done(struct dialogue *dialogue);

/* What is still to be written; empty while a reply is awaited. */
struct span dialogue_pending(const struct dialogue *dialogue);
void dialogue_wrote(struct dialogue *dialogue, size_t len);

/* Takes received bytes. 0: go on; when step is DIALOGUE_ENDED, status holds the final reply. ERR_PROTOCOL: no SMTP, or
 * a reply that makes no sense here; ERR_NOMEM. */
int dialogue_take(struct dialogue *dialogue, struct span data) MUST_CHECK;

/* The final dot has been written whole: the mail may have been taken. */
bool dialogue_is_text_written(const struct dialogue *dialogue);

/* Adds text as it goes over the wire, with the final dot. */
void dialogue_add_text(struct buf *out, struct span text);

#endif
