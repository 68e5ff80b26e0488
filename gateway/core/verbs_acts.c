/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_acts - the acts of an administrator on a case (acts.h), and what the auditor found. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/consent.h"
#include "gateway/core/verbs_act.h"
#include "gateway/store/findings.h"
#include "gateway/store/messages.h"

struct verb_acting verb_act_begin(struct verb_call *call, const char *contact)
{
    struct verb_acting acting = { .act = { .core = call->core,
                                      .actor = call->actor,
                                      .contact = contact,
                                      .is_page = str_starts(call->actor, "user:"),
                                      .now_ms = call->now_ms } };
    int64_t id = verb_id(call, "case");
    buf_init(&acting.answer, VERB_ANSWER_MAX);
    if (id <= 0)
        acting.rc = verb_usage(call, "CASE must be a case number");
    else
        acting.rc = verb_missing(call, cases_get(call->core->store, id, &acting.act.row), "case", id);
    return acting;
}

int verb_act_end(struct verb_call *call, struct verb_acting *acting, int rc)
{
    if (acting->answer.len)
        str_copy(call->why, sizeof call->why, acting->answer.data);
    buf_done(&acting->answer);
    return rc == ERR_REFUSED ? VERB_REFUSED : rc;
}

static struct span text_of(struct verb_call *call, const char *key)
{
    return span_of(verb_text(call, key));
}

/* ---- words that a second touch would send twice ---- */

struct written { /* by the actor, after what it had seen */
    const char *actor;
    int64_t after;
    bool is_newer;
};

static int note_own_message(void *context, const struct message_row *row)
{
    struct written *written = context;
    written->is_newer = written->is_newer || (row->direction == MESSAGE_OUT && row->id > written->after &&
                                                 str_equal(row->author, written->actor));
    return 0;
}

static int note_own_note(void *context, const struct note_row *row)
{
    struct written *written = context;
    written->is_newer = written->is_newer || (row->id > written->after && str_equal(row->author, written->actor));
    return 0;
}

/* 0: the actor has written nothing since --after, or did not say what it had seen. */
static int check_unsent(struct verb_call *call, bool is_note)
{
    struct written written = { call->actor, verb_id(call, "after"), false };
    int64_t id = verb_id(call, "case");
    if (!json_object_get(call->args, "after") || id <= 0)
        return 0;
    if (written.after < 0)
        written.after = 0;
    struct messages_filter filter = { .case_id = id, .limit = VERB_LIMIT_MAX };
    int rc = is_note ? cases_list_notes(call->core->store, id, note_own_note, &written)
                     : messages_list(call->core->store, &filter, note_own_message, &written);
    if (!rc && written.is_newer)
        return verb_refuse(
            call, "case %lld: you wrote something since you looked at it: look again first", (long long)id);
    return rc;
}

int verb_cases_note(struct verb_call *call)
{
    if (!verb_text(call, "text")[0])
        return verb_usage(call, "TEXT is missing");
    int seen = check_unsent(call, true);
    if (seen)
        return seen;
    VERB_ACT(call, "", act_note(&acting.act, text_of(call, "text")));
}

static int close_case(struct act *act, const char *ending, struct span outcome)
{
    act->ending = ending[0] ? ending : NULL;
    return act_end(act, outcome);
}

int verb_cases_close(struct verb_call *call)
{
    if (!verb_text(call, "outcome")[0])
        return verb_usage(call, "OUTCOME is missing: a few words on how it ended");
    const char *ending = verb_text(call, "ending");
    if (ending[0] && ending_from_word(ending) < 0)
        return verb_usage(call, "--ending takes " VERB_ENDINGS);
    VERB_ACT(call, "", close_case(&acting.act, ending, text_of(call, "outcome")));
}

int verb_cases_ack(struct verb_call *call)
{
    const struct config_contact *contact = config_find_contact(call->core->config, verb_text(call, "contact"));
    if (!contact)
        return verb_refuse(call, "there is no contact of that name");
    VERB_ACT(call, contact->name, act_take(&acting.act));
}

int verb_cases_assign(struct verb_call *call)
{
    VERB_ACT(call, "", act_assign(&acting.act, verb_text(call, "contact")));
}

int verb_cases_contacted(struct verb_call *call)
{
    VERB_ACT(call, "", act_contacted(&acting.act));
}

int verb_cases_say(struct verb_call *call)
{
    int seen = check_unsent(call, false);
    if (seen)
        return seen;
    VERB_ACT(call, "", act_say(&acting.act, text_of(call, "text"), text_of(call, "reason")));
}

int verb_cases_verify(struct verb_call *call)
{
    int state = state_from_word(MACHINE_verification, verb_text(call, "verification"));
    if (state < 0)
        return verb_usage(call, "VERIFICATION is verified, unfounded or unverified");
    VERB_ACT(call, "", act_verify(&acting.act, (enum state)state));
}

int verb_cases_flag(struct verb_call *call)
{
    int flag = flag_from_word(verb_text(call, "flag"));
    if (flag < 0)
        return verb_usage(call, "there is no flag of that name");
    VERB_ACT(call, "", act_flag(&acting.act, (enum flag)flag, !str_equal(verb_text(call, "off"), "yes")));
}

int verb_cases_join(struct verb_call *call)
{
    int64_t other = verb_id(call, "other");
    if (other <= 0)
        return verb_usage(call, "OTHER must be a case number");
    VERB_ACT(call, "", act_join(&acting.act, other));
}

static int override(struct verb_call *call, struct verb_acting *acting)
{
    unsigned released;
    struct case_row *row = &acting->act.row;
    if (row->state == STATE_case_closed)
        return verb_refuse(call, "case %lld is closed", (long long)row->id);
    int rc = consent_release(
        call->core, row, CONSENT_BY_OVERRIDE, call->actor, text_of(call, "reason"), call->now_ms, &released);
    if (!rc)
        snprintf(call->why, sizeof call->why, "%u held alerts are on their way; later ones of this case are not held",
            released);
    return rc;
}

int verb_cases_consent(struct verb_call *call)
{
    if (!verb_text(call, "reason")[0])
        return verb_usage(call, "an override needs a reason");
    VERB_ACT(call, "", override(call, &acting));
}

/* ---- findings -------------------------------------------------------------------------------------------------- */

static int list_finding(void *context, const struct finding_row *row)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:o, s:o}", "finding", row->kind, "object", row->object, "first_at",
        verb_time(row->first_at), "last_at", verb_time(row->last_at), "resolved_at", verb_time(row->resolved_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_findings_list(struct verb_call *call)
{
    return findings_list(
        call->core->store, !str_equal(verb_text(call, "state"), "all"), verb_limit(call), list_finding, call);
}
