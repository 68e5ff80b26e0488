/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control - the daemon's side of the control socket (gateway/PROTOCOL.md section 4).
 * Keeps: requests wait for the turn and run inside its transaction; their rows leave after the commit, so what a person
 * reads as done is on the disk. The socket's mode decides who may connect; the peer's uid is the name in the audit. Not
 * here: what a verb does (verbs).
 */
#ifndef GATEWAY_CORE_CONTROL_H
#define GATEWAY_CORE_CONTROL_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/outage.h"

#define CONTROL_CLIENTS_MAX 32

struct control;

int control_new(struct core *core, struct dispatch *dispatch, struct loop *loop, int listen_fd,
    struct control **ret_control) MUST_CHECK;
void control_free(struct control *control);

bool control_is_waiting(const struct control *control);
/* Inside the transaction: runs the waiting requests, each in a savepoint. Errors of storage only. */
int control_run(struct control *control, const struct outage_state *storage, int64_t now_ms) MUST_CHECK;
/* After the commit: sends what they produced, and runs the verbs that need to be outside a transaction. */
void control_release(struct control *control, const struct outage_state *storage, int64_t now_ms);
/* After a failed turn: every request of it is answered as refused. */
void control_abandon(struct control *control);

#endif
