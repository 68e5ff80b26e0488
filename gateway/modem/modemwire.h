/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modemwire - the worker protocol in the role of a modem, as words and frames (gateway/PROTOCOL.md §1 and §2.8).
 * Keeps: pure; a frame has exactly one word or it is refused.
 */
#ifndef GATEWAY_MODEM_MODEMWIRE_H
#define GATEWAY_MODEM_MODEMWIRE_H

#include "gateway/json/json.h"
#include "gateway/modem/ledger.h"

#define MODEMWIRE_VERSION 1
#define MODEMWIRE_PING_MAX ((int64_t)1 << 53)
#define MODEMWIRE_JOB_ID_MAX 65 /* with NUL */
#define MODEMWIRE_PARTS_MAX 64
#define MODEMWIRE_PDU_MAX 401 /* hex digits of a part, with NUL */
#define MODEMWIRE_LABEL_MAX 65

enum modemwire_word {
    MODEMWIRE_WELCOME,
    MODEMWIRE_REFUSED,
    MODEMWIRE_PIN,
    MODEMWIRE_STORED,
    MODEMWIRE_BUSY,
    MODEMWIRE_JOB,
    MODEMWIRE_PING,
    MODEMWIRE_PONG,
    MODEMWIRE_MODEM, /* these two are the word only where no other is present */
    MODEMWIRE_ALLOW,
    MODEMWIRE_NONE
};

/* ERR_PROTOCOL (sentence without content) when it is no frame that a modem understands; then *ret_frame is NULL. */
int modemwire_read(struct span text, json_t **ret_frame, enum modemwire_word *ret_word, struct error *error) MUST_CHECK;
/* [a-z0-9_-]{1,32} */
bool modemwire_is_name(const char *name);
/* The id of a job frame, borrowed; NULL when unusable. */
const char *modemwire_job_id(const json_t *frame);

int modemwire_write_hello(struct buf *out, const char *name) MUST_CHECK;
int modemwire_write_pong(struct buf *out, int64_t number) MUST_CHECK;
int modemwire_write_pin(struct buf *out, const char *word) MUST_CHECK;
int modemwire_write_message(struct buf *out, const struct ledger_entry *entry) MUST_CHECK;

struct modemwire_sent {
    int part, ref;
};
/* error: "" = none. */
int modemwire_write_progress(
    struct buf *out, const char *job_id, const struct modemwire_sent *sent, size_t sent_count) MUST_CHECK;
int modemwire_write_result(struct buf *out, const char *job_id, const char *kind, int status, const char *reason,
    const struct modemwire_sent *sent, size_t sent_count, const char *error) MUST_CHECK;

struct modemwire_status {
    const char *state, *problem;
    int registration, signal, storage_used, storage_total; /* -1 = unknown */
    const char *operator, * model, *ussd;                  /* "" = unknown */
    int64_t last_received_at, last_sent_at;                /* 0 = never */
    int64_t restarts, sweeps, desyncs;
};
int modemwire_write_status(struct buf *out, const struct modemwire_status *status) MUST_CHECK;

#endif
