/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alerting - turns a step of a policy into rows: alerts, the outbox rows that carry them, and the step that comes next.
 * Keeps: an open case always has a waiting step or a policy that has run out; an authority's alert is `held`, without
 * an outbox row, until consent or an override releases it; everything happens in the caller's transaction. Not here:
 * who fits (routing), when due steps run (escalation), how rows are transmitted (dispatch).
 */
#ifndef GATEWAY_CORE_ALERTING_H
#define GATEWAY_CORE_ALERTING_H

#include "gateway/core/core.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"

#define ALERTING_BUNDLE_MS (5 * 60 * 1000) /* further messages of a case within this are told together */
#define ALERTING_UPDATE_STEP (-1)          /* step number of "tell those who know the case what came since" */

/* Writes row->policy by the routes, for the case as it stands. */
void alerting_choose(const struct core *core, struct case_row *row);

/* Chooses the policy for the case as it stands (writes row->policy), drops what was still to come, and runs the first
 * step now. */
int alerting_start(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms) MUST_CHECK;

/* Runs one step of a policy and plans the one after it. A policy that is no longer configured starts anew with the
 * routes. */
int alerting_run_step(struct core *core, struct case_row *row, const char *policy, int step, int64_t message_id,
    int64_t now_ms) MUST_CHECK;

/* The next step of the policy does not wait for its time (a contact declined); when there is none and nobody is asked
 * any more, the policy starts again. */
int alerting_next_step(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms) MUST_CHECK;

/* Queues the addresses of an alert that is open now (held until consent came). */
int alerting_send_alert(
    struct core *core, const struct case_row *row, const struct alert_row *alert, int64_t now_ms) MUST_CHECK;

/* The newest text of hers in that case; *ret_id is 0 when there is none. */
int alerting_newest_message(struct core *core, int64_t case_id, int64_t *ret_id) MUST_CHECK;

/* A further message without a rise in urgency: told at once when the last alert is older than the bundle time, else by
 * a step at the end of that time. */
int alerting_update(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms) MUST_CHECK;
/* Tells everybody who holds an alert of this case (its owner alone, when it is taken). */
int alerting_run_update(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms) MUST_CHECK;

/* The next address of a contact that cannot be reached on the present one: queues it, or lets it
 * go now when it was queued for later; not when the alert is answered or there is none left. */
int alerting_use_next_address(struct core *core, int64_t alert_id, int address, int64_t now_ms) MUST_CHECK;
/* The configuration has changed under the alert: its first address now on a channel by which it has no row. Nothing is
 * queued, and that is fine (*ret_is_fine), when nobody waits for it any more or a row of it still waits. */
int alerting_use_other_address(struct core *core, int64_t alert_id, int64_t now_ms, bool *ret_is_fine) MUST_CHECK;

#endif
