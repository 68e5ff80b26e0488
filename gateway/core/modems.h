/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modems - the daemon's side of the role modem (PROTOCOL.md 2.8): what a modem read enters like any provider's request,
 * and the modem hears of it only after the commit.
 * Keeps: `stored` means that the message, its copy, its report or its raw bytes are on the disk; a turn that failed
 * says `busy`; a PIN is tried once, ever. How a modem is lives in memory, for those who look after the line. Not here:
 * the frames of jobs (workers, jobs), what a PDU says (handlers/modem.c), alarms (auditor).
 */
#ifndef GATEWAY_CORE_MODEMS_H
#define GATEWAY_CORE_MODEMS_H

#include "gateway/core/core.h"
#include "gateway/core/outage.h"
#include "gateway/core/workers.h"

#define MODEMS_UNANSWERED_MAX 64 /* frames of one modem that wait for a turn */
#define MODEMS_QUEUE_MAX (WORKERS_MAX * MODEMS_UNANSWERED_MAX)
#define MODEMS_TURN_MAX 64   /* of them handled in one turn */
#define MODEMS_WORD_MAX 24   /* with NUL */
#define MODEMS_TEXT_MAX 65   /* of the network or the modem, with NUL */
#define MODEMS_USSD_MAX 1024 /* likewise */

struct modems;

/* channel is ready: what waits for it may be tried at once. */
typedef void (*modems_ready_fn)(void *context, const char *channel);

int modems_new(struct core *core, struct workers *workers, modems_ready_fn on_ready, void *context,
    struct modems **ret_modems) MUST_CHECK;
/* For workers_set_modems, which wants on_progress besides. */
struct workers_modems modems_callbacks(struct modems *modems);
void modems_free(struct modems *modems); /* after the workers */
/* After a reload. */
void modems_configure(struct modems *modems);

/* One turn, inside the open transaction: handles what waits. is_careful: each with a savepoint of its own, so that one
 * which cannot be stored does not spoil the others. */
int modems_handle(struct modems *modems, bool is_careful, int64_t now_ms) MUST_CHECK;
/* A turn begins anew: nothing of it is handled. */
void modems_begin(struct modems *modems);
/* Takes as many without handling them: nothing can be stored now. */
void modems_take(struct modems *modems);
/* After the commit, or after a turn that failed: then a message may still be durable by outage. */
void modems_answer(struct modems *modems, struct outage *outage, bool is_committed, int64_t now_ms);
bool modems_is_waiting(const struct modems *modems);

/* How a modem is, as it said last. What it never said is -1, 0 or "". */
struct modem_health {
    bool is_connected;
    bool is_ready;
    bool is_pin_refused;                                   /* the configured PIN was tried and not taken */
    char state[MODEMS_WORD_MAX], problem[MODEMS_WORD_MAX]; /* words of PROTOCOL.md 2.8; "" = it has said nothing yet */
    int registration, signal;
    int64_t storage_used, storage_total;
    char operator_name[MODEMS_TEXT_MAX], model[MODEMS_TEXT_MAX];
    int64_t restarts, sweeps, desyncs;
    int64_t last_received_at, last_sent_at; /* UTC ms */
    int64_t changed_at;                     /* state, problem or connection changed; 0 = it was never here */
    int64_t heard_at;                       /* its last status */
    char ussd[MODEMS_USSD_MAX];             /* the last answer to the credit code; untrusted text */
    int64_t ussd_at;
};
/* ERR_NOT_FOUND: no modem of that name has connected since the daemon began; *ret_health is filled all the same. */
int modems_health(const struct modems *modems, const char *channel, struct modem_health *ret_health);

#endif
