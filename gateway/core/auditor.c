/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auditor - see auditor.h. */
#include "gateway/core/auditor.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alarms.h"
#include "gateway/core/breakglass.h"
#include "gateway/core/catchup.h"
#include "gateway/core/delays.h"
#include "gateway/core/looptest.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"
#include "gateway/store/contacts.h"
#include "gateway/store/drills.h"
#include "gateway/store/findings.h"
#include "gateway/store/outbox.h"
#include "gateway/store/parts.h"
#include "gateway/store/tries.h"

#define CASES_MAX 1000

struct round {
    struct core *core;
    int64_t now_ms;
    unsigned case_count;
    struct case_row *cases;
    int rc;
};

static int see(struct round *round, const char *kind, const char *object)
{
    bool is_new;
    int rc = findings_see(round->core->store, kind, object, round->now_ms, &is_new);
    if (!rc && is_new)
        log_event(LOG_LEVEL_ERROR, EV_finding, F_WORD("kind", kind), F_WORD("object", object));
    return rc;
}

static int find(struct round *round, const char *kind, const char *what, int64_t id)
{
    char object[FINDINGS_OBJECT_MAX];
    snprintf(object, sizeof object, "%s:%lld", what, (long long)id);
    return see(round, kind, object);
}

static int find_named(struct round *round, const char *kind, const char *what, const char *name)
{
    char object[FINDINGS_OBJECT_MAX];
    snprintf(object, sizeof object, "%s:%s", what, name);
    return see(round, kind, object);
}

/* ---- cases ----------------------------------------------------------------------------------------------------- */

static int collect_case(void *context, const struct case_row *row)
{
    struct round *round = context;
    if (round->case_count < CASES_MAX)
        round->cases[round->case_count++] = *row;
    return 0;
}

struct running {
    unsigned steps, resumes, alerts; /* steps: of its policy; resumes: take up the alarm again */
    int64_t newest_at;               /* of its alerts */
};

static int count_step(void *context, const struct step_row *row)
{
    struct running *running = context;
    running->steps += row->state == STATE_step_waiting && row->step >= 0;
    running->resumes += row->state == STATE_step_waiting && row->step < 0;
    return 0;
}

static int count_alert(void *context, const struct alert_row *row)
{
    struct running *running = context;
    running->alerts += row->state == STATE_alert_open || row->state == STATE_alert_acknowledged;
    if (row->created_at > running->newest_at)
        running->newest_at = row->created_at;
    return 0;
}

static int check_case(struct round *round, const struct case_row *row)
{
    struct running running = { 0 };
    int rc = steps_list(round->core->store, row->id, count_step, &running);
    if (!rc)
        rc = alerts_list(round->core->store, row->id, NULL, 0, 1000, count_alert, &running);
    if (rc)
        return rc;
    bool is_open = row->state == STATE_case_open;
    bool is_fresh = row->opened_at > round->now_ms - AUDITOR_LATE_MS; /* it may wait for the rest of a text */
    if (is_open && !running.alerts && !is_fresh)
        rc = find(round, "case_asked_of_nobody", "case", row->id);
    bool is_critical = row->urgency == URGENCY_critical;
    if (!rc && is_open && is_critical && !running.steps)
        rc = find(round, "critical_without_step", "case", row->id);
    /* A policy that does not repeat has run out and nobody answered: its silence must not be the end. */
    if (!rc && is_open && !is_critical && !running.steps && running.newest_at < round->now_ms - AUDITOR_SILENT_MS)
        rc = find(round, "case_without_step", "case", row->id);
    if (!rc && row->state == STATE_case_taken && !row->owner[0])
        rc = find(round, "taken_by_nobody", "case", row->id);
    if (!rc && row->state == STATE_case_taken && !row->contacted_at && !running.resumes && is_critical)
        rc = find(round, "taken_without_resume", "case", row->id);
    return rc;
}

static int check_cases(struct round *round)
{
    struct cases_filter filter = { .urgency = -1, .category = -1, .by_urgency = true, .limit = CASES_MAX };
    int rc = cases_list(round->core->store, &filter, collect_case, round);
    for (unsigned i = 0; !rc && i < round->case_count; i++)
        rc = check_case(round, &round->cases[i]);
    return rc;
}

/* ---- rows that should have run --------------------------------------------------------------------------------- */

static int check_step(void *context, const struct step_row *row)
{
    struct round *round = context;
    return find(round, "step_overdue", "case", row->case_id);
}

static int check_part(void *context, const struct join_row *row)
{
    struct round *round = context;
    return find(round, "part_overdue", "message", row->message_id);
}

static int check_row(void *context, const struct outbox_row *row)
{
    struct round *round = context;
    bool is_late = row->state == STATE_outbox_queued && row->due_at < round->now_ms - AUDITOR_LATE_MS;
    bool is_lost = row->state == STATE_outbox_leased && row->lease_until < round->now_ms - AUDITOR_LATE_MS;
    if (row->state == STATE_outbox_queued && row->outcome == OUTCOME_bad_config)
        return find_named(round, "channel_refuses_us", "channel", row->channel);
    if ((is_late || is_lost) && row->urgency >= URGENCY_urgent)
        return find(round, is_late ? "alert_not_sent" : "lease_not_ended", "outbox", row->id);
    return 0;
}

/* Of cases that are over nobody needs to hear, nor of a row that was tried again. */
static int check_dead(void *context, const struct outbox_row *row)
{
    struct round *round = context;
    struct case_row owner = { .state = STATE_case_open };
    bool is_followed = false;
    if (row->urgency != URGENCY_critical)
        return 0;
    int rc = row->case_id ? cases_get(round->core->store, row->case_id, &owner) : 0;
    if (rc || owner.state == STATE_case_closed)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    rc = outbox_is_followed(round->core->store, row, &is_followed);
    if (rc || is_followed)
        return rc;
    return find(round, "critical_alert_dead", "outbox", row->id);
}

static int check_rows(struct round *round)
{
    static const struct {
        const char *state;
        outbox_row_fn check;
    } lists[] = { { "queued", check_row }, { "leased", check_row }, { "dead", check_dead } };
    int rc = steps_due(round->core->store, round->now_ms - AUDITOR_LATE_MS, 100, check_step, round);
    if (!rc)
        rc = joins_due(round->core->store, round->now_ms - AUDITOR_LATE_MS, 100, check_part, round);
    for (size_t i = 0; !rc && i < STR_COUNT(lists); i++) {
        struct outbox_filter filter = { .state = lists[i].state, .limit = CASES_MAX };
        rc = outbox_list(round->core->store, &filter, lists[i].check, round);
    }
    return rc;
}

/* ---- contacts -------------------------------------------------------------------------------------------------- */

static int check_contact(struct round *round, const struct config_contact *contact)
{
    struct contact_state_row state;
    struct drill_row drill;
    int64_t stale_ms = round->core->config->auditor.stale_ms;
    int rc = contacts_get(round->core->store, contact->name, &state);
    if (!rc && state.last_sent_at && stale_ms && state.last_sent_at < round->now_ms - stale_ms)
        rc = find_named(round, "contact_not_tested", "contact", contact->name);
    if (rc)
        return rc;
    rc = drills_last(round->core->store, contact->name, &drill);
    if (rc == ERR_NOT_FOUND)
        return 0;
    if (!rc && !drill.answered_at && drill.sent_at < round->now_ms - AUDITOR_DRILL_MS)
        rc = find_named(round, "drill_unanswered", "contact", contact->name);
    return rc;
}

static int check_contacts(struct round *round)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < round->core->config->contact_count; i++)
        rc = check_contact(round, &round->core->config->contacts[i]);
    return rc;
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

/* A list that refuses us is told at once; one that is merely down, when it was so for long. */
static int check_list(struct round *round, const struct config_channel *channel)
{
    struct poll_row list;
    int rc = catchup_look(round->core, channel, &list);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    if (list.failures && list.outcome == OUTCOME_bad_config)
        return find_named(round, "list_refuses_us", "channel", channel->name);
    bool is_blind = list.failures >= AUDITOR_LIST_FAILURES && list.ok_at < round->now_ms - AUDITOR_BLIND_MS;
    return is_blind ? find_named(round, "list_not_read", "channel", channel->name) : 0;
}

static int check_lists(struct round *round)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < round->core->config->channel_count; i++)
        rc = check_list(round, &round->core->config->channels[i]);
    return rc;
}

/* Shadow mode is meant for an hour. */
static int check_channels(struct round *round)
{
    const struct config *config = round->core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->channel_count; i++) {
        const struct config_channel *channel = &config->channels[i];
        if (channel->is_enabled && channel->receives && channel->is_shadow)
            rc = find_named(round, ALARMS_SHADOW, "channel", channel->name);
    }
    return rc;
}

/* ---- tests of the line ----------------------------------------------------------------------------------------- */

static int check_loop(struct round *round, const struct config_loop_test *test)
{
    struct loop_summary summary;
    char pair[2 * NAME_MAX_LEN];
    if (!looptest_is_on(test))
        return 0;
    int rc = loops_sum_up(round->core->store, test->from->name, test->to->name, &summary);
    if (rc || !looptest_is_failing(&summary))
        return rc;
    snprintf(pair, sizeof pair, "%s%s%s", test->from->name, ALARMS_ARROW, test->to->name);
    return find_named(round, ALARMS_LOOP, "loop", pair);
}

static int check_loops(struct round *round)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < round->core->config->loop_test_count; i++)
        rc = check_loop(round, &round->core->config->loop_tests[i]);
    return rc;
}

/* ---- the door of the console ------------------------------------------------------------------------------------ */

static int check_try(void *context, const struct try_row *row)
{
    struct round *round = context;
    return see(round, "sign_in_failures", row->object);
}

static int check_door(struct round *round)
{
    return tries_list(round->core->store, DELAYS_ALARM, round->now_ms - AUDITOR_DOOR_MS, check_try, round);
}

int auditor_run(struct core *core, int64_t now_ms, unsigned *ret_open)
{
    struct round round = { .core = core, .now_ms = now_ms };
    *ret_open = 0;
    round.cases = calloc(CASES_MAX, sizeof *round.cases);
    int rc = round.cases ? check_cases(&round) : ERR_NOMEM;
    free(round.cases);
    if (!rc)
        rc = check_rows(&round);
    if (!rc)
        rc = check_contacts(&round);
    if (!rc)
        rc = check_lists(&round);
    if (!rc)
        rc = check_channels(&round);
    if (!rc)
        rc = check_loops(&round);
    if (!rc)
        rc = check_door(&round);
    if (!rc)
        rc = breakglass_find(core, now_ms);
    if (!rc)
        rc = alarms_end(core, now_ms);
    return rc ? rc : alarms_raise(core, now_ms, ret_open);
}
