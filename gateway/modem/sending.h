/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sending - one job of the daemon: its parts one after the other, each with its exact outcome.
 * Why:   "not sent" is tried again and "unknown" is never tried again for a person's phone. So "not sent" is said only
 *        while the body's last byte had not been written.
 * Keeps: exactly one result for a job; nothing is repeated; the first part that fails ends the job.
 * Not here: when the next part may go (driver), what a +CMS number means (the daemon).
 */
#ifndef GATEWAY_MODEM_SENDING_H
#define GATEWAY_MODEM_SENDING_H

#include "gateway/modem/modemwire.h"
#include "gateway/modem/talk.h"

#define SENDING_TIMEOUT_MS 130000
#define SENDING_TIMEOUT_MAX_MS 600000

struct sending_part {
    int part, length;
    char pdu[MODEMWIRE_PDU_MAX];
};

/* STEADY: the modem answered. DESYNC: it did not, or its settings are gone: begin anew. */
enum sending_end { SENDING_STEADY, SENDING_DESYNC };

struct sending {
    bool is_open; /* a job is in hand */
    char id[MODEMWIRE_JOB_ID_MAX];
    int timeout_ms;
    struct sending_part parts[MODEMWIRE_PARTS_MAX];
    size_t part_count, at;
    struct modemwire_sent sent[MODEMWIRE_PARTS_MAX];
    size_t sent_count;
    struct talk *talk;
    bool is_cancelled; /* no answer is owed any more: the connection of the job ended */
    char text[32];
    /* Writes a frame to the daemon. */
    void (*write)(void *context, int built, const struct buf *frame);
    /* A part has ended; is_open tells whether more of the job follows. */
    void (*part_done)(void *context, enum sending_end end, bool is_sent);
    void *context;
};

/* Reads a job; ERR_INVALID with a sentence when its keys break their bounds. Nothing must be open. */
int sending_read(struct sending *sending, const char *id, const json_t *job, struct error *error) MUST_CHECK;
/* Sends the next part. echo_means_reset: the echo is off, so one says that the modem has lost its settings. */
void sending_run(struct sending *sending, struct talk *talk, bool echo_means_reset);
/* A part is at the modem at this moment. */
bool sending_is_running(const struct sending *sending);
/* Ends the job now, whatever the modem is doing: unknown when a body is out, else not sent. The talk is not touched. */
void sending_abort(struct sending *sending, bool is_body_out, const char *reason);
/* The daemon's connection ended: it forgets the job; a running part ends without a frame. */
void sending_cancel(struct sending *sending);

#endif
