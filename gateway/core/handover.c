/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handover - the acts of acts.h about who holds a case: taking, declining, giving to somebody, and taking up the alarm
 * again. Keeps: the others learn of it once, and only who has read the alert; no text of hers is lost on the way from
 * one holder to the next.
 */
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/calloff.h"
#include "gateway/core/consent.h"
#include "gateway/core/notices.h"
#include "gateway/store/audit.h"
#include "gateway/store/contacts.h"
#include "gateway/store/outbox.h"

#define OTHERS_MAX 64
#define CONTACTED_WITHIN_USUAL_MS (15 * 60 * 1000)

/* ---- taking ---------------------------------------------------------------------------------------------------- */

struct others { /* the alerts that wait for an answer, but for the one that was answered; newest first */
    const struct act *act;
    unsigned count;
    struct alert_row rows[OTHERS_MAX];
    bool is_told[OTHERS_MAX];
};

/* What is held for an authority stays held: whether it may know is hers to say, whoever holds the case. */
static int collect_other(void *context, const struct alert_row *row)
{
    struct others *others = context;
    if (row->state == STATE_alert_open && row->id != others->act->alert.id && others->count < OTHERS_MAX)
        others->rows[others->count++] = *row;
    return 0;
}

static int note_sent_address(void *context, const struct outbox_row *row)
{
    if (row->state == STATE_outbox_sent || row->state == STATE_outbox_delivered || row->state == STATE_outbox_leased)
        *(int *)context = row->address;
    return 0;
}

/* The address to which the alert has gone, -1 when it has not left. */
static int find_sent_address(struct act *act, int64_t alert_id, int *ret_address)
{
    struct outbox_filter filter = { .state = "all", .alert_id = alert_id, .limit = 50 };
    *ret_address = -1;
    return outbox_list(act->core->store, &filter, note_sent_address, ret_address);
}

static int tell(struct act *act, const char *contact, int address, const char *sentence)
{
    struct notice notice = {
        .contact = contact,
        .address = address,
        .case_id = act->row.id,
        .urgency = act->row.urgency,
        .text = span_of(sentence),
    };
    return notices_queue(act->core, &notice, act->now_ms);
}

/* It is told by calloff, once for each alert. */
static bool is_pager(const struct act *act, const char *name, int address)
{
    const struct config_contact *contact = config_find_contact(act->core->config, name);
    return contact && address < (int)contact->address_count && calloff_is_pager(contact->addresses[address].channel);
}

static bool is_told(const struct others *others, unsigned until, const char *contact)
{
    for (unsigned i = 0; i < until; i++)
        if (others->is_told[i] && str_equal(others->rows[i].contact, contact))
            return true;
    return false;
}

/* Whoever has read the alert is told once that it is in good hands; whoever has not is not told at all. The holder's
 * own alerts are answered by taking; *ret_is_untold: one of them has not left, so its text is still to be told. */
static int end_alert(struct act *act, struct others *others, unsigned index, const char *holder, const char *sentence,
    bool *ret_is_untold)
{
    const struct alert_row *alert = &others->rows[index];
    bool is_own = str_equal(alert->contact, holder);
    int address;
    int rc = find_sent_address(act, alert->id, &address);
    *ret_is_untold = *ret_is_untold || (is_own && address < 0);
    bool must_tell = !is_own && address >= 0 && !is_pager(act, alert->contact, address) &&
                     !str_equal(alert->contact, act->contact) && !is_told(others, index, alert->contact);
    if (!rc && must_tell)
        rc = tell(act, alert->contact, address, sentence);
    others->is_told[index] = must_tell;
    enum state state = is_own ? STATE_alert_acknowledged : STATE_alert_ended;
    if (!rc)
        rc = alerts_set_state(act->core->store, alert->id, state, act->now_ms);
    return rc ? rc : calloff_alert(act->core, &act->row, alert, sentence, act->now_ms);
}

/* holder "": nobody holds it any more, it is over. */
int acts_end_others(struct act *act, const char *holder, const char *sentence, bool *ret_is_untold)
{
    struct others others = { .act = act };
    *ret_is_untold = false;
    int rc = alerts_list(act->core->store, act->row.id, NULL, 0, 1000, collect_other, &others);
    for (unsigned i = 0; !rc && i < others.count; i++)
        rc = end_alert(act, &others, i, holder, sentence, ret_is_untold);
    return rc ? rc : outbox_cancel_case(act->core->store, act->row.id);
}

static int plan(struct core *core, const struct case_row *row, int number, int64_t due_at)
{
    struct step_row step = { .case_id = row->id, .step = number, .state = STATE_step_waiting, .due_at = due_at };
    str_copy(step.policy, sizeof step.policy, row->policy);
    return steps_insert(core->store, &step);
}

int acts_plan_resume(struct core *core, const struct case_row *row, int64_t now_ms)
{
    const struct config_policy *policy = config_find_policy(core->config, row->policy);
    int64_t within = policy ? policy->contacted_ms : CONTACTED_WITHIN_USUAL_MS;
    if (within <= 0 || row->contacted_at)
        return 0;
    return plan(core, row, ACTS_RESUME_STEP, now_ms + within);
}

static int note_update(void *context, const struct step_row *row)
{
    bool *has_update = context;
    *has_update = *has_update || (row->state == STATE_step_waiting && row->step == ALERTING_UPDATE_STEP);
    return 0;
}

/* The policy rests, but a text of hers that waits to be told is told to the holder now. */
static int replan(struct act *act, bool is_untold)
{
    int rc = steps_list(act->core->store, act->row.id, note_update, &is_untold);
    if (!rc)
        rc = steps_cancel_case(act->core->store, act->row.id, act->now_ms);
    if (!rc && is_untold)
        rc = plan(act->core, &act->row, ALERTING_UPDATE_STEP, act->now_ms);
    return rc ? rc : acts_plan_resume(act->core, &act->row, act->now_ms);
}

static void taken_sentence(const struct act *act, char *ret, size_t size)
{
    struct clock_civil civil;
    clock_to_civil(act->now_ms, &civil);
    snprintf(ret, size, "Case %lld: taken by %s, %02d:%02d UTC.", (long long)act->row.id,
        acts_title(act->core, act->row.owner), civil.hour, civil.minute);
}

static int note_answer_time(struct act *act)
{
    struct contact_state_row state;
    if (!act->contact[0])
        return 0;
    int rc = contacts_get(act->core->store, act->contact, &state);
    state.last_answer_at = act->now_ms;
    return rc ? rc : contacts_put(act->core->store, &state);
}

static int take_for(struct act *act, const char *owner)
{
    char sentence[256];
    bool is_untold;
    act->row.state = STATE_case_taken;
    str_copy(act->row.owner, sizeof act->row.owner, owner);
    taken_sentence(act, sentence, sizeof sentence);
    int rc = acts_end_others(act, owner, sentence, &is_untold);
    if (!rc && act->alert.id)
        rc = alerts_set_state(act->core->store, act->alert.id, STATE_alert_acknowledged, act->now_ms);
    if (!rc && act->alert.id)
        rc = calloff_alert(act->core, &act->row, &act->alert, sentence, act->now_ms);
    if (!rc)
        rc = replan(act, is_untold);
    if (!rc)
        rc = acts_save(act);
    return rc ? rc : note_answer_time(act);
}

static bool is_forbidden(const struct act *act, const char *name)
{
    const struct config_contact *contact = config_find_contact(act->core->config, name);
    return contact && contact_is_authority(contact->kind) && !consent_is_given(&act->row);
}

int act_take(struct act *act)
{
    char sentence[256];
    if (act->row.state == STATE_case_closed)
        return acts_refuse(act, "it is closed.");
    if (act->row.state == STATE_case_taken && str_equal(act->row.owner, act->contact)) {
        acts_answer(act, "you hold it already.");
        return 0;
    }
    if (act->row.state == STATE_case_taken) {
        snprintf(sentence, sizeof sentence, "it was taken by %s before you. Thank you.",
            acts_title(act->core, act->row.owner));
        return acts_refuse(act, sentence);
    }
    if (is_forbidden(act, act->contact))
        return acts_refuse(act, "an authority can hold it only with her consent, or after an override.");
    int rc = take_for(act, act->contact);
    if (!rc)
        rc = acts_audit(act, "case.take", act->contact);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_case_taken, F_INT("case", act->row.id), F_WORD("by", act->actor));
    acts_answer(act,
        act->is_page
            ? "it is yours. Whoever else was asked is told."
            : "it is yours. SAY with number and code writes to her, DONE records that you reached her, END ends the case.");
    return 0;
}

/* ---- declining ------------------------------------------------------------------------------------------------- */

int act_decline(struct act *act)
{
    if (act->row.state == STATE_case_closed)
        return acts_refuse(act, "it is closed.");
    if (act->row.state == STATE_case_taken && !str_equal(act->row.owner, act->contact))
        return acts_refuse(act, "somebody else holds it. Thank you.");
    bool was_owner = act->row.state == STATE_case_taken;
    if (!was_owner && act->alert.state == STATE_alert_declined)
        return acts_refuse(act, "understood already; others are asked.");
    if (was_owner) { /* gives it back; who takes it next has to reach her anew */
        act->row.state = STATE_case_open;
        act->row.owner[0] = '\0';
        act->row.contacted_at = 0;
    }
    int rc = alerts_set_state(act->core->store, act->alert.id, STATE_alert_declined, act->now_ms);
    if (!rc)
        rc = calloff_alert(act->core, &act->row, &act->alert, "Declined: others are asked.", act->now_ms);
    if (!rc && was_owner)
        rc = alerting_start(act->core, &act->row, act->alert.message_id, act->now_ms);
    else if (!rc)
        rc = alerting_next_step(act->core, &act->row, act->alert.message_id, act->now_ms);
    if (!rc)
        rc = acts_save(act);
    if (!rc)
        rc = acts_audit(act, "alert.decline", act->contact);
    if (!rc)
        rc = note_answer_time(act);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_alert_declined, F_INT("case", act->row.id), F_WORD("by", act->actor));
    acts_answer(act, "understood, the next contact is asked.");
    return 0;
}

/* ---- giving ---------------------------------------------------------------------------------------------------- */

struct briefed { /* what a contact has of this case */
    struct act *act;
    const char *contact;
    int address; /* to which an alert has gone, -1 = none */
    unsigned count;
    int64_t ids[OTHERS_MAX]; /* of the alerts it answered by taking */
};

static int note_brief(void *context, const struct alert_row *row)
{
    struct briefed *briefed = context;
    if (!str_equal(row->contact, briefed->contact))
        return 0;
    if (row->state == STATE_alert_acknowledged && briefed->count < OTHERS_MAX)
        briefed->ids[briefed->count++] = row->id;
    return briefed->address >= 0 ? 0 : find_sent_address(briefed->act, row->id, &briefed->address);
}

static int find_brief(struct act *act, const char *contact, struct briefed *ret)
{
    *ret = (struct briefed){ .act = act, .contact = contact, .address = -1 };
    return alerts_list(act->core->store, act->row.id, NULL, 0, 1000, note_brief, ret);
}

/* Two people who both think that they hold it would both write to her. */
static int take_from(struct act *act, const char *owner)
{
    char sentence[256];
    struct briefed briefed;
    int rc = act->row.owner[0] ? find_brief(act, act->row.owner, &briefed) : ERR_NOT_FOUND;
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    for (unsigned i = 0; !rc && i < briefed.count; i++)
        rc = alerts_set_state(act->core->store, briefed.ids[i], STATE_alert_ended, act->now_ms);
    snprintf(sentence, sizeof sentence, "Case %lld: it was given to %s. Please write to her no more.",
        (long long)act->row.id, acts_title(act->core, owner));
    return rc ? rc : tell(act, act->row.owner, briefed.address < 0 ? 0 : briefed.address, sentence);
}

/* Who was never alerted gets an alert with her texts and a code; who was, a word that it is the holder now. */
static int give_to(struct act *act, const char *owner)
{
    char sentence[256];
    struct briefed briefed;
    int rc = find_brief(act, owner, &briefed);
    if (rc)
        return rc;
    if (briefed.address < 0)
        return plan(act->core, &act->row, ALERTING_UPDATE_STEP, act->now_ms);
    snprintf(sentence, sizeof sentence, "Case %lld: it was given to you. Your code of the alert counts.",
        (long long)act->row.id);
    return tell(act, owner, briefed.address, sentence);
}

int act_assign(struct act *act, const char *owner)
{
    char sentence[256];
    if (act->row.state == STATE_case_closed)
        return acts_refuse(act, "it is closed.");
    if (!config_find_contact(act->core->config, owner))
        return acts_refuse(act, "there is no contact of that name.");
    if (act->row.state == STATE_case_taken && str_equal(act->row.owner, owner))
        return acts_refuse(act, "this contact holds it already.");
    if (is_forbidden(act, owner))
        return acts_refuse(act, "an authority can hold it only with her consent, or after an override.");
    int rc = take_from(act, owner);
    act->row.contacted_at = 0; /* the new holder has to reach her */
    if (!rc)
        rc = take_for(act, owner);
    if (!rc)
        rc = give_to(act, owner);
    if (!rc)
        rc = acts_audit(act, "case.assign", owner);
    if (rc)
        return rc;
    snprintf(sentence, sizeof sentence, "it is held by %s now.", acts_title(act->core, owner));
    acts_answer(act, sentence);
    return 0;
}

/* ---- the alarm again --------------------------------------------------------------------------------------------- */

struct resumes {
    unsigned count;
    int64_t ids[OTHERS_MAX];
};

static int note_resume(void *context, const struct step_row *row)
{
    struct resumes *resumes = context;
    if (row->step == ACTS_RESUME_STEP && row->state == STATE_step_waiting && resumes->count < OTHERS_MAX)
        resumes->ids[resumes->count++] = row->id;
    return 0;
}

int acts_pause(struct core *core, int64_t case_id, int64_t now_ms)
{
    struct resumes resumes = { 0 };
    int rc = steps_list(core->store, case_id, note_resume, &resumes);
    for (unsigned i = 0; !rc && i < resumes.count; i++)
        rc = steps_set_state(core->store, resumes.ids[i], STATE_step_cancelled, now_ms);
    return rc;
}

int acts_resume(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms)
{
    if (row->state != STATE_case_taken || row->contacted_at)
        return 0;
    int rc = audit_case(core->store, now_ms, "daemon", "case.resume", row->id, row->owner);
    row->state = STATE_case_open;
    row->owner[0] = '\0';
    if (!rc)
        rc = alerting_start(core, row, message_id, now_ms);
    if (!rc)
        log_event(LOG_LEVEL_WARNING, EV_case_resumed, F_INT("case", row->id));
    return rc;
}
