/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pump - all transfers in progress, driven by our loop (curl_multi_socket_action).
 * Keeps: each started job is reported exactly once, or not at all after pump_abort_all; reports come from the loop,
 *        never from inside pump_start. One slow destination holds nothing but its own transfer.
 * Not here: the daemon (link).
 */
#ifndef GATEWAY_SENDER_PUMP_H
#define GATEWAY_SENDER_PUMP_H

#include "gateway/base/loop.h"
#include "gateway/sender/transfer.h"

struct pump;

/* transfer is borrowed for the call. */
typedef void (*pump_fn)(void *context, const struct transfer *transfer, struct verdict verdict);

/* ca_file (NULL = the system's list) is borrowed for the life of the pump. ERR_NOMEM. */
int pump_new(struct loop *loop, const char *ca_file, pump_fn on_done, void *context, struct pump **ret_pump) MUST_CHECK;
void pump_free(struct pump *pump);

/* Takes job over, also on failure (then nothing was sent). */
int pump_start(struct pump *pump, struct job *job) MUST_CHECK;
/* Breaks everything off and reports nothing. */
void pump_abort_all(struct pump *pump);

size_t pump_count(const struct pump *pump);
bool pump_has_job(const struct pump *pump, const char *id);

#endif
