/* SPDX-License-Identifier: GPL-3.0-or-later */
/* person - see person.h. */
#include "gateway/core/person.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/consent.h"
#include "gateway/core/hours.h"
#include "gateway/core/notices.h"
#include "gateway/core/rules.h"
#include "gateway/store/audit.h"
#include "gateway/store/outbox.h"

/* ---- is it she? ------------------------------------------------------------------------------------------------ */

/* "ne" and "ne-Latn" are one language; hi and ur, id and ms are written too much alike to found a doubt on. */
static bool is_other_language(const char *before, const char *now)
{
    static const char *const alike[][2] = { { "hi", "ur" }, { "id", "ms" }, { "tl", "ceb" }, { "id", "jv" } };
    size_t n = strcspn(before, "-"), m = strcspn(now, "-");
    if (str_equal(before, "und") || str_equal(now, "und") || str_equal(before, "en") || str_equal(now, "en"))
        return false;
    if (n == m && !strncmp(before, now, n))
        return false;
    for (size_t i = 0; i < STR_COUNT(alike); i++)
        for (int side = 0; side < 2; side++)
            if (!strncmp(before, alike[i][side], n) && !strncmp(now, alike[i][!side], m))
                return false;
    return true;
}

bool person_is_doubtful(const struct case_row *row, const struct triage *triage, int64_t now_ms)
{
    if (!row || !row->id || row->message_count == 0)
        return false;
    if (now_ms - row->last_message_at > PERSON_SILENCE_MS)
        return true;
    if (triage->intent == INTENT_safe && row->urgency >= URGENCY_urgent)
        return true;
    if (triage->intent != INTENT_help && triage->intent != INTENT_safe)
        return false; /* the language of one word ("oo", "stop") is a guess */
    return is_other_language(row->language, triage->language);
}

void person_read_rules(struct case_row *row, const struct triage *triage, struct span text)
{
    if (!(triage->flags & FLAG_BIT(safe_time)))
        return;
    int from_min, to_min;
    hours_read_window(text, &from_min, &to_min);
    row->safe_from_min = from_min;
    row->safe_to_min = to_min;
}

/* ---- what she wants -------------------------------------------------------------------------------------------- */

static int audit(struct core *core, const struct case_row *row, const char *action, int64_t now_ms)
{
    return audit_case(core->store, now_ms, "person", action, row->id, "");
}

static int stop(struct core *core, const struct case_row *row, struct person_row *person, int64_t now_ms)
{
    person->is_stopped = true;
    person->stopped_at = now_ms;
    int rc = row->id ? outbox_cancel_replies(core->store, row->id) : 0;
    log_event(LOG_LEVEL_NOTICE, EV_person_stopped, F_INT("case", row->id), F_TAG("number", person->tag));
    return rc ? rc : audit(core, row, "person.stop", now_ms);
}

static int start(struct core *core, const struct case_row *row, struct person_row *person, int64_t now_ms)
{
    person->is_stopped = false;
    person->stopped_at = now_ms;
    person->provider_blocked_at = 0;
    return audit(core, row, "person.start", now_ms);
}

/* Her answer to our question, and to nothing else: a "yes" that we did not ask for is only told. */
static int answer(
    struct core *core, struct case_row *row, struct person_row *person, bool is_yes, bool is_doubtful, int64_t now_ms)
{
    unsigned released;
    if (person->asked != QUESTION_CONSENT || person->asked_case_id != row->id || row->consent != STATE_consent_asked)
        return 0;
    if (is_doubtful && is_yes) /* a yes that may be somebody else's opens nothing: a person decides */
        return 0;
    person->asked = QUESTION_NONE;
    if (!is_yes)
        return consent_deny(core, row, now_ms);
    return consent_release(core, row, CONSENT_BY_HER, "person", (struct span){ "", 0 }, now_ms, &released);
}

bool person_must_tell(const struct triage *triage)
{
    switch (triage->intent) {
    case INTENT_stop:
    case INTENT_start:
    case INTENT_safe:
    case INTENT_yes:
    case INTENT_no:
        return true;
    default:
        return false;
    }
}

int person_act(struct core *core, struct case_row *row, struct person_row *person, const struct triage *triage,
    bool is_doubtful, int64_t now_ms)
{
    switch (triage->intent) {
    case INTENT_stop:
        return stop(core, row, person, now_ms);
    case INTENT_start:
        return start(core, row, person, now_ms);
    case INTENT_safe:
        return row->id ? audit(core, row, "person.safe", now_ms) : 0;
    case INTENT_yes:
    case INTENT_no:
        return row->id ? answer(core, row, person, triage->intent == INTENT_yes, is_doubtful, now_ms) : 0;
    default:
        return 0;
    }
}

int person_is_blocked(struct core *core, int64_t case_id, int64_t now_ms)
{
    struct case_row row;
    struct person_row person;
    int rc = cases_get(core->store, case_id, &row);
    if (!rc)
        rc = persons_get(core->store, row.sender_tag, &person);
    if (rc || person.provider_blocked_at)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    person.provider_blocked_at = now_ms;
    rc = persons_put(core->store, &person);
    if (!rc)
        rc = audit(core, &row, "person.provider_blocked", now_ms);
    log_event(LOG_LEVEL_WARNING, EV_person_blocked, F_INT("case", case_id), F_TAG("number", person.tag));
    if (rc || !row.owner[0])
        return rc;
    struct notice notice = {
        .contact = row.owner,
        .case_id = case_id,
        .urgency = row.urgency,
        .text = span_of(
            "The provider no longer delivers our messages to her: she, or whoever has her phone, texted STOP. Her own "
            "messages still arrive."),
    };
    return notices_queue(core, &notice, now_ms);
}
