/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escalation - see escalation.h. */
#include "gateway/core/escalation.h"

#include "gateway/base/log.h"
#include "gateway/core/acts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/pieces.h"

struct due {
    unsigned count;
    struct step_row rows[ESCALATION_TURN_MAX];
};

static int collect(void *context, const struct step_row *row)
{
    struct due *due = context;
    if (due->count < ESCALATION_TURN_MAX)
        due->rows[due->count++] = *row;
    return 0;
}

static int run_step(struct core *core, const struct step_row *step, int64_t now_ms)
{
    struct case_row row;
    int64_t message_id;
    int rc = cases_get(core->store, step->case_id, &row);
    if (!rc)
        rc = alerting_newest_message(core, row.id, &message_id);
    if (rc)
        return rc;
    bool is_update = step->step == ALERTING_UPDATE_STEP, is_resume = step->step == ACTS_RESUME_STEP;
    bool is_wanted = is_resume ? row.state == STATE_case_taken
                               : row.state == STATE_case_open || (is_update && row.state == STATE_case_taken);
    rc = steps_set_state(core->store, step->id, is_wanted ? STATE_step_done : STATE_step_cancelled, now_ms);
    if (rc || !is_wanted)
        return rc;
    log_event(LOG_LEVEL_INFO, EV_step_run, F_INT("case", row.id), F_WORD("policy", step->policy),
        F_INT("step", step->step), F_INT("late_ms", now_ms - step->due_at));
    if (is_update)
        return alerting_run_update(core, &row, message_id, now_ms);
    rc = is_resume ? acts_resume(core, &row, message_id, now_ms)
                   : alerting_run_step(core, &row, step->policy, step->step, message_id, now_ms);
    return rc ? rc : cases_update(core->store, &row);
}

static int run_steps(struct core *core, int64_t now_ms, int64_t *ret_next_due)
{
    struct due due = { 0 };
    int rc = steps_due(core->store, now_ms, ESCALATION_TURN_MAX, collect, &due);
    for (unsigned i = 0; !rc && i < due.count; i++)
        rc = run_step(core, &due.rows[i], now_ms);
    if (rc)
        return rc;
    rc = steps_next_due(core->store, ret_next_due);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *ret_next_due = INT64_MAX;
    return 0;
}

int escalation_run(struct core *core, int64_t now_ms, int64_t *ret_next_due)
{
    int64_t next_part;
    int rc = pieces_run_due(core, now_ms, &next_part); /* first: it may plan steps */
    if (!rc)
        rc = run_steps(core, now_ms, ret_next_due);
    if (!rc && next_part < *ret_next_due)
        *ret_next_due = next_part;
    return rc;
}
