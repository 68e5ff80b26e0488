/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link - the sender's side of the worker socket: hello, welcome, jobs in, results out, and back-off in between.
 * Keeps: a job gets exactly one result, or none when the connection ends first; nothing of a lost connection is ever
 *        reported on the next one (gateway/PROTOCOL.md §2.5).
 * Not here: how a job is transmitted (pump, transfer), what may be transmitted (job, allow, address).
 */
#ifndef GATEWAY_SENDER_LINK_H
#define GATEWAY_SENDER_LINK_H

#include <stdbool.h>

#include "gateway/base/error.h"
#include "gateway/base/loop.h"

struct link_settings {
    const char *path;    /* of the worker socket */
    const char *name;    /* [a-z0-9_-]{1,32} */
    const char *ca_file; /* NULL = the system's list */
};

struct link;

/* settings and its texts are borrowed for the life of the link. Connects from the loop; an absent daemon is no error.
 */
int link_new(struct loop *loop, const struct link_settings *settings, struct link **ret_link) MUST_CHECK;
/* Takes no new job, finishes the open ones for a few seconds, writes the results, closes. */
void link_stop(struct link *link);
/* To be called after each turn of the loop. True when, after link_stop, nothing is left to do. */
bool link_settle(struct link *link);
/* Is there a welcome? */
bool link_is_up(const struct link *link);
void link_free(struct link *link);

#endif
