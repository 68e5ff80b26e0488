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
#include "gateway/core/modemhealth.h"
#include "gateway/core/outage.h"
#include "gateway/core/workers.h"

#define MODEMS_UNANSWERED_MAX 64 /* frames of one modem that wait for a turn */
#define MODEMS_QUEUE_MAX (WORKERS_MAX * MODEMS_UNANSWERED_MAX)
#define MODEMS_TURN_MAX 64 /* of them handled in one turn */

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

/* ERR_NOT_FOUND: no modem of that name has connected since the daemon began; *ret_health is filled all the same. */
int modems_health(const struct modems *modems, const char *channel, struct modem_health *ret_health);

#endif
