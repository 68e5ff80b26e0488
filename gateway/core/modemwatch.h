/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modemwatch - says aloud what is wrong with a modem for longer than it may be.
 * Why:   a silent modem, a lost signal and an empty card look like a quiet day (product fact 15).
 * Keeps: what passes by itself within minutes is not told; a restart of the daemon neither ends nor repeats a finding.
 *        When each thing was well last lives in memory; findings are rows, told and ended by alarms.
 * Not here: what a modem says (modems), by which way it is told (alarms).
 */
#ifndef GATEWAY_CORE_MODEMWATCH_H
#define GATEWAY_CORE_MODEMWATCH_H

#include "gateway/core/core.h"
#include "gateway/core/modems.h"

#define MODEMWATCH_ABSENT_MS (2 * 60 * 1000) /* no driver is connected */
#define MODEMWATCH_TROUBLE_MS (5 * 60 * 1000)
#define MODEMWATCH_FULL_PERCENT 80 /* of the slots of the card */

/* As modems_health. */
typedef int (*modemwatch_look_fn)(const void *context, const char *channel, struct modem_health *ret_health);

struct modemwatch;
int modemwatch_new(
    struct core *core, modemwatch_look_fn look, const void *context, struct modemwatch **ret_watch) MUST_CHECK;
void modemwatch_free(struct modemwatch *watch);
/* One round inside the transaction, before the auditor's of the same time. */
int modemwatch_run(struct modemwatch *watch, int64_t now_ms) MUST_CHECK;

bool modemwatch_is_modem(const struct config_channel *channel);
/* Is it ready, and does nothing keep it from working? */
bool modemwatch_is_well(const struct modem_health *health);

#endif
