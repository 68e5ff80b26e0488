/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outage - what goes on while the database takes nothing: disk full, read-only, broken, corrupt.
 * What:  the ballast is given up first; then texts are kept, sealed, in the spool, and told from memory (flares); every
 *        second it is looked whether the database works; then the records are taken in as they came, and it is written
 *        down how long it lasted.
 * Keeps: a text is answered with success only when it is durable in one place or the other; a record goes only after
 *        the commit that took it in, so one may come twice and is known as a copy; one that fails delays no other.
 *        Nobody who texts is sent anything meanwhile.
 * Not here: files (store/spool, store/ballast), seals (record), who is told (flares), the turn itself (daemon).
 */
#ifndef GATEWAY_CORE_OUTAGE_H
#define GATEWAY_CORE_OUTAGE_H

#include "gateway/core/core.h"
#include "gateway/core/flares.h"

#define OUTAGE_RETRY_MS 1000

struct outage_state {
    int64_t since_ms; /* 0 = all is well; else until the database works and the spool is empty */
    bool is_failing;  /* the last turn was rolled back */
    bool is_spool_well;
    unsigned spooled, refused, restored; /* requests, in this outage */
    unsigned waiting, aside;             /* records */
    enum { BALLAST_OFF, BALLAST_KEPT, BALLAST_MISSING } ballast;
};

struct outage;
/* Makes the ballast and reads the spool. A spool that cannot be used is logged and is no error. */
int outage_new(struct core *core, struct flares *flares, int64_t now_ms, struct outage **ret_outage) MUST_CHECK;
void outage_free(struct outage *outage);
/* At start, outside a transaction: takes in what an earlier process has left, as far as that works. */
void outage_recover(struct outage *outage, int64_t now_ms);

/* In the open transaction: takes in records, or writes down that it is over. Errors are those of the store. is_careful:
 * each record has a savepoint, and one that fails waits until later. */
int outage_run(struct outage *outage, bool is_careful, int64_t now_ms) MUST_CHECK;
/* What became of that transaction. A turn that failed for good is told by outage_failed as well. */
void outage_worked(struct outage *outage, int64_t now_ms);
void outage_undone(struct outage *outage);
void outage_failed(struct outage *outage, int rc, int64_t now_ms);
/* The turn failed so: was there something to give up, so that it can be tried once more? */
bool outage_make_room(struct outage *outage, int rc, int64_t now_ms);

/* A request that no turn could store: spooled and told, and answered by that. True when it is durable. */
bool outage_take(struct outage *outage, const struct request *request, int64_t now_ms, struct reply *ret_reply);

/* Between turns: looks after the ballast. */
void outage_tend(struct outage *outage, int64_t now_ms);
void outage_forget_times(struct outage *outage); /* the clock was put back: what waits for a time is due */
bool outage_is_resting(
    const struct outage *outage, int64_t now_ms);     /* the database is not tried again before its time */
int64_t outage_next_due(const struct outage *outage); /* UTC ms; INT64_MAX = nothing to do */
bool outage_is_taking(const struct outage *outage);   /* can a text be made durable? */
const struct outage_state *outage_look(struct outage *outage);

#endif
