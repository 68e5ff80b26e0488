/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dispatch_parts - what the files behind dispatch.h share: its state, and the steps of settling that leasing needs too.
 */
#ifndef GATEWAY_CORE_DISPATCH_PARTS_H
#define GATEWAY_CORE_DISPATCH_PARTS_H

#include "gateway/core/chanstates.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/jobs.h"
#include "gateway/store/outbox.h"

#define DISPATCH_BATCH 64 /* rows of one channel in one turn */

struct dispatch {
    struct core *core;
    struct workers *workers;
    struct modems *modems;
    struct jobs jobs;
    struct flares *flares;
    struct chanstates channels;
    int64_t next_lease_end;
    int64_t next_poll; /* when a list wants to be read, or a request for it ends */
    bool must_renew;   /* after start and reload: every list is asked now */
    bool has_gone;     /* rows may wait on channels that are gone */
    bool is_stopped;
};

/* Rows that a list of the store gave, to be worked on when it has ended. */
struct dispatch_rows {
    unsigned count;
    struct outbox_row rows[DISPATCH_BATCH];
};
int dispatch_collect(void *context, const struct outbox_row *row); /* ERR_LIMIT when full */

bool dispatch_is_modem(const struct config_channel *channel); /* NULL is none */
/* Writes what became of a leased row, and what follows from it. */
int dispatch_settle_row(
    struct dispatch *dispatch, struct outbox_row *row, const struct send_result *result, int64_t now_ms) MUST_CHECK;

#endif
