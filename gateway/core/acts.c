/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acts - ending and the smaller acts; who holds a case is in handover.c, saying in say.c. */
#include "gateway/core/acts.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts_parts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/calloff.h"
#include "gateway/core/casefile.h"
#include "gateway/core/ends.h"
#include "gateway/store/audit.h"
#include "gateway/store/outbox.h"

int acts_refuse(struct act *act, const char *sentence)
{
    acts_answer(act, sentence);
    return ERR_REFUSED;
}

void acts_answer(struct act *act, const char *sentence)
{
    buf_clear(act->answer);
    if (act->row.id)
        buf_add_format(act->answer, "Case %lld: ", (long long)act->row.id);
    buf_add_text(act->answer, sentence);
}

int acts_audit(struct act *act, const char *action, const char *detail)
{
    char object[40] = "";
    if (act->alert.id)
        snprintf(object, sizeof object, "alert:%lld", (long long)act->alert.id);
    struct audit_row row = {
        .at = act->now_ms,
        .actor = act->actor,
        .action = action,
        .case_id = act->row.id,
        .object = object,
        .detail = detail,
    };
    return audit_append(act->core->store, &row);
}

int acts_save(struct act *act)
{
    act->row.updated_at = act->now_ms;
    return cases_update(act->core->store, &act->row);
}

bool acts_is_live(const struct case_row *row, const struct alert_row *alert, const char *contact)
{
    bool is_holder = row->state == STATE_case_taken && str_equal(row->owner, contact);
    if (row->state == STATE_case_closed || alert->state == STATE_alert_voided)
        return false;
    if (row->state == STATE_case_taken && !is_holder)
        return false;
    return is_holder || alert->state != STATE_alert_ended;
}

const char *acts_title(const struct core *core, const char *name)
{
    const struct config_contact *contact = config_find_contact(core->config, name);
    return contact ? contact->title : name;
}

/* ---- ending ---------------------------------------------------------------------------------------------------- */

/* A contact may end what it holds, or what nobody holds; an administrator anything. */
static bool may_end(const struct act *act)
{
    return !act->contact[0] || act->row.state != STATE_case_taken || str_equal(act->row.owner, act->contact);
}

/* A case whose key is gone can still be ended: the outcome is then in nobody's notes. */
static int keep_outcome(struct act *act, struct span outcome)
{
    AUTO_KEY key = { { 0 } };
    return casefile_key(act->core, &act->row, &key) ? 0 : act_note(act, outcome);
}

int act_end(struct act *act, struct span outcome)
{
    char sentence[256];
    bool is_untold;
    if (act->row.state == STATE_case_closed)
        return acts_refuse(act, "it is closed already.");
    if (!may_end(act))
        return acts_refuse(act, "somebody else holds it; only its holder ends it.");
    if (outcome.len == 0)
        return acts_refuse(act, "how did it end? Send END, the number, the code, and a few words.");
    snprintf(sentence, sizeof sentence, "Case %lld: ended by %s.", (long long)act->row.id,
        act->contact[0] ? acts_title(act->core, act->contact) : "an administrator");
    int rc = keep_outcome(act, outcome);
    if (rc)
        return rc;
    act->row.state = STATE_case_closed;
    act->row.closed_at = act->now_ms;
    str_copy(act->row.outcome, sizeof act->row.outcome, act->ending ? act->ending : acts_ending_of(outcome));
    rc = acts_end_others(act, "", sentence, &is_untold);
    if (!rc)
        rc = calloff_case(act->core, &act->row, sentence, act->now_ms);
    if (!rc)
        rc = alerts_end_case(act->core->store, act->row.id, act->now_ms);
    if (!rc)
        rc = steps_cancel_case(act->core->store, act->row.id, act->now_ms);
    if (!rc)
        rc = acts_save(act);
    if (!rc)
        rc = ends_unspoken(act->core, act->row.id, act->now_ms);
    if (!rc)
        rc = acts_audit(act, "case.close", "");
    if (rc)
        return rc;
    log_event(LOG_LEVEL_NOTICE, EV_case_closed, F_INT("case", act->row.id), F_WORD("by", act->actor));
    acts_answer(act, "closed. Thank you.");
    return 0;
}

/* ---- the smaller acts ------------------------------------------------------------------------------------------ */

int act_note(struct act *act, struct span text)
{
    AUTO_KEY key = { { 0 } };
    AUTO_BUF sealed;
    buf_init(&sealed, ACTS_NOTE_MAX + 512);
    if (text.len == 0 || text.len > ACTS_NOTE_MAX)
        return acts_refuse(act, "a note needs some words.");
    if (casefile_key(act->core, &act->row, &key))
        return acts_refuse(act, "its texts cannot be opened; nothing can be added.");
    struct note_row note = {
        .id = store_next_id(act->core->store, SEQUENCE_NOTE), .case_id = act->row.id, .at = act->now_ms
    };
    str_copy(note.author, sizeof note.author, act->actor);
    int rc = casefile_seal_note(act->core, &key, act->row.id, note.id, text, &sealed);
    note.text = buf_span(&sealed);
    if (!rc)
        rc = cases_add_note(act->core->store, &note);
    if (!rc)
        rc = acts_audit(act, "case.note", "");
    if (!rc)
        acts_answer(act, "noted.");
    return rc;
}

int act_contacted(struct act *act)
{
    if (act->row.state != STATE_case_taken)
        return acts_refuse(
            act, act->row.state == STATE_case_closed ? "it is closed." : "nobody holds it yet: take it first.");
    if (act->contact[0] && !str_equal(act->row.owner, act->contact))
        return acts_refuse(act, "somebody else holds it; only its holder records that.");
    act->row.contacted_at = act->now_ms;
    act->row.answered_at = act->now_ms;
    int rc = acts_pause(act->core, act->row.id, act->now_ms);
    if (!rc)
        rc = acts_save(act);
    if (!rc)
        rc = acts_audit(act, "case.contacted", act->contact);
    if (!rc)
        acts_answer(
            act, act->is_page ? "recorded that she was reached." : "recorded that she was reached. END ends the case.");
    return rc;
}

int act_verify(struct act *act, enum state verification)
{
    act->row.verification = verification;
    int rc = acts_save(act);
    if (!rc)
        rc = acts_audit(act, "case.verify", state_word(verification));
    if (!rc)
        acts_answer(act, state_word(verification));
    return rc;
}

int act_flag(struct act *act, enum flag flag, bool is_set)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%s%s", is_set ? "+" : "-", flag_word(flag));
    act->row.flags = is_set ? act->row.flags | (1u << flag) : act->row.flags & ~(1u << flag);
    int rc = acts_save(act);
    if (!rc)
        rc = acts_audit(act, "case.flag", detail);
    if (!rc)
        acts_answer(act, detail);
    return rc;
}

/* What was urgent in the other case is urgent in this one. */
static int alert_anew(struct act *act)
{
    int64_t message_id;
    int rc = alerting_newest_message(act->core, act->row.id, &message_id);
    return rc ? rc : alerting_start(act->core, &act->row, message_id, act->now_ms);
}

int act_join(struct act *act, int64_t other_id)
{
    struct case_row other;
    char detail[40];
    int rc = cases_get(act->core->store, other_id, &other);
    if (rc == ERR_NOT_FOUND || other_id == act->row.id)
        return acts_refuse(act, "there is no such other case.");
    if (rc)
        return rc;
    if (other.state == STATE_case_closed || act->row.state == STATE_case_closed)
        return acts_refuse(act, "a closed case cannot be joined.");
    snprintf(detail, sizeof detail, "other=%lld", (long long)other_id);
    other.state = STATE_case_closed;
    other.closed_at = other.updated_at = act->now_ms;
    other.joined_to = act->row.id;
    act->row.categories |= other.categories;
    act->row.flags |= other.flags;
    if (act->row.safe_from_min < 0) { /* the flag alone would hold everything: nobody could tell which hours */
        act->row.safe_from_min = other.safe_from_min;
        act->row.safe_to_min = other.safe_to_min;
    }
    if (!act->row.is_origin_stated && other.origin[0]) {
        str_copy(act->row.origin, sizeof act->row.origin, other.origin);
        act->row.is_origin_stated = other.is_origin_stated;
    }
    if (!act->row.sex[0])
        str_copy(act->row.sex, sizeof act->row.sex, other.sex);
    bool is_rise = other.urgency > act->row.urgency;
    if (is_rise)
        act->row.urgency = other.urgency;
    rc = cases_update(act->core->store, &other);
    if (!rc)
        rc = steps_cancel_case(act->core->store, other_id, act->now_ms);
    if (!rc)
        rc = alerts_end_case(act->core->store, other_id, act->now_ms);
    if (!rc)
        rc = outbox_cancel_case(act->core->store, other_id);
    if (!rc && is_rise && act->row.state == STATE_case_open)
        rc = alert_anew(act);
    if (!rc)
        rc = acts_save(act);
    if (!rc)
        rc = acts_audit(act, "case.join", detail);
    if (!rc)
        acts_answer(act, "joined; the other case is closed and points here.");
    return rc;
}
