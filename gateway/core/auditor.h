/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auditor - compares what should have happened with what did, from the rows alone, and raises its own alarm.
 * What:  every open case has a running step or is asked of somebody; every taken case an owner; every due row ran
 * within its bound; each contact was reached lately and answered its last drill; each provider's list is read; no
 * channel is left in shadow mode; the line's tests of itself come in; nobody guesses at the door of the console, or
 * reads a case against the rule. Keeps: it shares no code with what it audits beyond the store; a finding alarms once
 * (shadow mode: every day) and is resolved when it is gone. Not here: by which way the alarm goes (alarms).
 */
#ifndef GATEWAY_CORE_AUDITOR_H
#define GATEWAY_CORE_AUDITOR_H

#include "gateway/core/core.h"

#define AUDITOR_LATE_MS (2 * 60 * 1000)    /* a due row that has not run so long after its time */
#define AUDITOR_SILENT_MS (60 * 60 * 1000) /* an open case without a step whose last alert is older */
#define AUDITOR_DRILL_MS (60 * 60 * 1000)
#define AUDITOR_LIST_FAILURES 5               /* in a row ... */
#define AUDITOR_BLIND_MS (6 * 60 * 60 * 1000) /* ... and a provider's list was not read for so long */

#define AUDITOR_DOOR_MS (60 * 60 * 1000) /* so long failures of coming in are of now */

/* One round inside the transaction. *ret_open = findings that are open after it. */
int auditor_run(struct core *core, int64_t now_ms, unsigned *ret_open) MUST_CHECK;

#endif
