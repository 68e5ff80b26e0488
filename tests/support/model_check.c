/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_check - the invariants of model_ref.h, on every row of the store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/store/messages.h"
#include "gateway/store/persons.h"
#include "tests/support/model_ref.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define LIST_MAX 1000

struct looking {
    struct model_ref *ref;
    struct model_rig *rig;
    const struct case_row *row;
    unsigned cases;
    unsigned policy_steps, resume_steps, waiting_steps; /* of the case looked at */
    unsigned open_alerts, held_alerts;
};

/* ---- what belongs to a case ------------------------------------------------------------------------------------ */

static int look_at_step(void *context, const struct step_row *step)
{
    struct looking *looking = context;
    bool is_waiting = step->state == STATE_step_waiting;
    looking->waiting_steps += is_waiting;
    looking->policy_steps += is_waiting && step->step >= 0;
    looking->resume_steps += is_waiting && step->step == ACTS_RESUME_STEP;
    return 0;
}

static int look_at_alert(void *context, const struct alert_row *alert)
{
    struct looking *looking = context;
    looking->open_alerts += alert->state == STATE_alert_open;
    looking->held_alerts += alert->state == STATE_alert_held;
    return 0;
}

static void collect(struct looking *looking, const struct case_row *row)
{
    struct store *store = looking->rig->core.store;
    looking->policy_steps = looking->resume_steps = looking->waiting_steps = 0;
    looking->open_alerts = looking->held_alerts = 0;
    assert_int_equal(steps_list(store, row->id, look_at_step, looking), 0);
    assert_int_equal(alerts_list(store, row->id, NULL, 0, LIST_MAX, look_at_alert, looking), 0);
}

static void check_alarm(const struct looking *looking, const struct case_row *row)
{
    long long id = row->id;
    bool is_critical = row->urgency == URGENCY_critical;
    if (row->state == STATE_case_open && is_critical && !looking->policy_steps)
        model_ref_fail("open critical case %lld has no step that waits", id);
    if (row->state == STATE_case_open && !looking->open_alerts && !looking->policy_steps)
        model_ref_fail("open case %lld is asked of nobody and has no step that waits", id);
    if (row->state == STATE_case_taken && !row->contacted_at && !looking->resume_steps)
        model_ref_fail("taken case %lld without contact has no alarm that resumes", id);
    if (row->state == STATE_case_taken && !row->owner[0])
        model_ref_fail("taken case %lld is held by nobody", id);
    if (row->state == STATE_case_closed && (looking->waiting_steps || looking->open_alerts || looking->held_alerts))
        model_ref_fail("closed case %lld still rings: %u steps, %u alerts, %u held", id, looking->waiting_steps,
            looking->open_alerts, looking->held_alerts);
}

static void compare(const struct ref_case *c, const struct case_row *row)
{
    static const enum state states[] = { STATE_case_open, STATE_case_taken, STATE_case_closed };
    long long id = row->id;
    if (row->state == STATE_case_closed && c->state != REF_CLOSED)
        model_ref_fail("case %lld was closed, and nobody with a right to did it", id);
    if (row->state != states[c->state])
        model_ref_fail("case %lld is %s, in the model %s", id, state_word(row->state), state_word(states[c->state]));
    if (c->state == REF_TAKEN && !str_equal(row->owner, c->holder))
        model_ref_fail("case %lld is held by %s, in the model by %s", id, row->owner, c->holder);
    if (row->consent != c->consent)
        model_ref_fail(
            "case %lld: consent is %s, in the model %s", id, state_word(row->consent), state_word(c->consent));
    if (row->urgency != c->urgency)
        model_ref_fail("case %lld is %s, in the model %s", id, urgency_word(row->urgency), urgency_word(c->urgency));
    if ((row->contacted_at != 0) != (c->contact_at != 0))
        model_ref_fail("case %lld: contact is %srecorded", id, row->contacted_at ? "" : "not ");
}

static int check_case(void *context, const struct case_row *row)
{
    struct looking *looking = context;
    const struct ref_case *c = model_ref_case(looking->ref, row->id);
    looking->cases++;
    if (!c)
        model_ref_fail("case %lld is not in the model", (long long)row->id);
    compare(c, row);
    return 0;
}

/* ---- what goes out --------------------------------------------------------------------------------------------- */

static void add_auto(struct model_ref *ref, const struct outbox_row *row)
{
    const struct ref_auto reply = { row->id, row->message_id, row->created_at,
        model_ref_case(ref, row->case_id)->last_person };
    for (unsigned i = 0; i < ref->auto_count; i++) {
        const struct ref_auto *other = &ref->autos[i];
        int64_t apart = other->created_at - reply.created_at;
        if (other->message_id == reply.message_id)
            model_ref_fail("message %lld was answered twice by the machine", (long long)reply.message_id);
        if (other->person == reply.person && apart < DAY_MS && apart > -DAY_MS)
            model_ref_fail("replies %lld and %lld are in one window", (long long)other->row_id, (long long)row->id);
    }
    if (ref->auto_count == REF_AUTOS_MAX)
        model_ref_fail("the model has no room for another reply");
    ref->autos[ref->auto_count++] = reply;
}

static void check_authority(struct model_rig *rig, const struct outbox_row *row)
{
    struct case_row owner;
    assert_int_equal(cases_get(rig->core.store, row->case_id, &owner), 0);
    if (owner.consent != STATE_consent_yes && owner.consent != STATE_consent_override)
        model_ref_fail(
            "an authority is told of case %lld, consent is %s", (long long)owner.id, state_word(owner.consent));
}

void model_ref_look(struct model_ref *ref, struct model_rig *rig)
{
    struct outbox_row row;
    for (; outbox_get(rig->core.store, ref->last_row + 1, &row) == 0; ref->last_row++) {
        if (row.kind == OUTBOX_REPLY && !row.contact[0] && model_ref_case(ref, row.case_id))
            add_auto(ref, &row);
        if (row.kind == OUTBOX_ALERT && str_equal(row.contact, "embassy"))
            check_authority(rig, &row);
    }
}

static void check_messages(struct model_ref *ref, struct model_rig *rig)
{
    struct message_row row;
    for (unsigned i = 0; i < ref->message_count; i++)
        if (messages_get(rig->core.store, ref->messages[i], &row) != 0)
            model_ref_fail("the acknowledged message %lld is missing", (long long)ref->messages[i]);
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

void model_ref_check(struct model_ref *ref, struct model_rig *rig, bool is_thorough)
{
    struct looking looking = { .ref = ref, .rig = rig };
    struct cases_filter all = { .state = "all", .urgency = -1, .category = -1, .limit = LIST_MAX };
    assert_int_equal(cases_list(rig->core.store, &all, check_case, &looking), 0);
    if (looking.cases != ref->case_count)
        model_ref_fail("%u cases, the model has %u", looking.cases, ref->case_count);
    for (unsigned i = 0; i < ref->case_count; i++) {
        struct case_row row;
        assert_int_equal(cases_get(rig->core.store, ref->cases[i].id, &row), 0);
        collect(&looking, &row);
        check_alarm(&looking, &row);
    }
    model_ref_look(ref, rig);
    if (is_thorough)
        check_messages(ref, rig);
}
