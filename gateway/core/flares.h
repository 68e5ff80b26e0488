/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flares - alerts that leave from memory, without a row, while the database takes nothing.
 * What:  a text becomes one alert for each contact that would be asked first; an alarm goes to the administrators.
 * Keeps: only configuration and triage decide who is told; never an authority, whose permission cannot be read; nothing
 *        is ever sent to the person who texted; one of a kind for a contact and message; bounded, the most urgent
 * first. No flare can be answered: there is nothing to answer to. Not here: when (outage); what a contact may read
 * (compose, render); the alert that follows from the database.
 */
#ifndef GATEWAY_CORE_FLARES_H
#define GATEWAY_CORE_FLARES_H

#include "gateway/core/core.h"
#include "gateway/core/workers.h"

#define FLARES_MAX 64
#define FLARES_TRIES_MAX 6

struct flares;
int flares_new(struct core *core, struct workers *workers, struct flares **ret_flares) MUST_CHECK;
void flares_free(struct flares *flares);

/* One text that came by that channel. marks: enum arrival_marks. is_kept: it is durable, and its own alert will come.
 */
void flares_raise(
    struct flares *flares, const char *channel, const struct sms_in *sms, unsigned marks, bool is_kept, int64_t now_ms);
/* The sentence goes to the last address of each contact that the auditor tells. */
void flares_alarm(struct flares *flares, const char *sentence);
/* What was kept is told by its own alerts now. */
void flares_forget_kept(struct flares *flares);

/* Gives what is due to workers. */
void flares_run(struct flares *flares, int64_t now_ms);
/* A worker_result_fn that says whether the job was one of ours. */
bool flares_take_result(struct flares *flares, const char *job, const struct transmit_reply *reply);

/* How long until flares_run has something to do; -1 = only when something happens. */
int64_t flares_wait_ms(const struct flares *flares);
unsigned flares_count(const struct flares *flares);
unsigned flares_in_flight(const struct flares *flares);

#endif
